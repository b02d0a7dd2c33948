"""Pictures of the futures curve: the curve, its history, its agreement with the ratio, and the roll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ivts_site import formatting as f
from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.futures import Curves, FuturesFound
from ivts_site.analytics.rows import iso_days, plain_columns
from ivts_site.charts import dated, theme
from ivts_site.charts.axes import value_axis
from ivts_site.charts.options import Options, finish
from ivts_site.charts.panels import LAYOUTS, end_values, lower_head, pack_readings, two_panels
from ivts_site.charts.peaks import Peak, draw_panel, peak_notes, rank_peaks
from ivts_site.charts.picture import (
    PERCENT,
    Caption,
    GrowthLine,
    Item,
    area,
    draw,
    draw_growth,
    head_right,
    log_scale,
    percent_axis,
)
from ivts_site.charts.series import bounds, latest, session_column
from ivts_site.charts.strip import Strip, StripLine, draw_strip
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, Column, NamedSpan, Table
from ivts_site.published.futures import (
    Futures,
    FuturesAgreement,
    FuturesContract,
    FuturesRegime,
    FuturesYear,
)
from ivts_site.published.numbers import numbers

ID_HISTORY = "futures"
AGES = ((21, "4px,3px"), (5, "solid"))
"""Sessions back to the curves drawn behind today's, a month and a week, and the dash of each."""
RECORDS = (FuturesRegime, FuturesContract, Futures)
"""What documents the columns of the tables."""
REACHED = 0.6
"""The band is drawn where so many sessions of the window have a contract as far out."""
BAND = (0.1, 0.9)
SHOWN = 8
"""Contracts in the table, and in the files that are drawn from."""
DEEP = 0.35
"""Inversions this share as deep as the deepest are named."""
END_GAP = 0.06
"""Least distance of two names at the right, as a share of the height."""
COMPARED_TICKS = (8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
BEFORE_ZERO = 8
"""Days of room to the left of day 0, where the spot index stands."""


class TenorClose(NamedTuple):
    """An index of the term structure on the day of the curve: label, days, close."""

    label: str
    days: int
    close: float


def draw_pictures(
    found: FuturesFound, tenors: Sequence[TenorClose], compared: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Draw what stands beside the history, by name; without data there is no such picture.

    `tenors` rise by days; `compared` are the sessions that the comparison opens with.
    """
    yield "curve", _draw_curve(found, tenors)
    yield "compare", _draw_compare(found, compared)
    if len(_in_window(found.agreeing, found)):
        yield "agreement", _draw_agreement(found)
    if found.futures.holder is not None:
        yield "holder", _draw_holder(found)
        yield "years", _draw_years(found, found.futures.holder.years)


def _caption(found: FuturesFound, name: str, title: str, description: str) -> Caption:
    return Caption(id=f"futures-{name}", title=title, description=description, sample=found.futures.sample)


def _in_window(rows: pd.DataFrame, found: FuturesFound) -> pd.DataFrame:
    return rows.loc[found.futures.window.first_session :]


def _draw_curve(found: FuturesFound, tenors: Sequence[TenorClose]) -> str:
    """Draw futures, spot and index tenors by days to expiry; the curves of a week and a month ago behind."""
    curves, futures = found.curves, found.futures
    role, spot = futures.regime.name, futures.vix
    x, y = _line(curves, -1)
    behind = [(_line(curves, -1 - age), dash) for age, dash in AGES if len(curves.days) > age]
    grid, low, high = _band(curves, futures.window.first_session)
    days, closes = [tenor.days for tenor in tenors], [tenor.close for tenor in tenors]
    levels = np.concatenate([y, low, high, *(settle for (_, settle), _ in behind), closes])
    axis = value_axis(*bounds(levels, *([] if spot is None else [spot])), at_most=5, pad=0.08)
    traces = [area(grid, low, high, role="muted")] if len(grid) > 1 else []
    traces += [theme.line(settle, x=at, role="muted", width=1.25, dash=dash) for (at, settle), dash in behind]
    if tenors:
        traces += [
            theme.line(closes, x=days, role="muted", dash=theme.DOTS, mode="lines"),
            theme.points(days, closes, role="ink", hollow=True),
        ]
    traces += [theme.line(y, x=x, role=role, width=2.0), theme.points(x, y, role=role)]
    if spot is not None:
        traces.append(theme.points([0], [spot], role="ink", size=9))
    return draw(
        traces,
        _caption(found, "curve", "VIX futures by days to expiry", "Settlements, spot VIX and index tenors."),
        x=theme.x_axis(
            range=[-BEFORE_ZERO, max(x[-1], *days, 0) + 6],
            tickvals=x.tolist(),
            ticktext=[f.month(contract.expiry)[:3] for contract in futures.curve],
        ),
        y=theme.y_axis(**axis),
        notes=[
            *_value_notes(x, y, role),
            *_tenor_notes(found, tenors),
            *theme.end_notes(list(_end_names(found)), axis["range"], gap=END_GAP, room=52),
            theme.head_note("index points"),
            head_right("by month of expiry"),
        ],
    )


def _draw_agreement(found: FuturesFound) -> str:
    """Draw one dot a session of the window: the ratio of the indices across, M1→M2 up; the last is strong."""
    both = _in_window(found.agreeing, found)
    x, y = both["ivts"].to_numpy(), both["contango_m1_m2"].to_numpy()
    axis = value_axis(min(float(x.min()), 0.99), max(float(x.max()), 1.01), places=2, at_most=5)
    heights = percent_axis(y)
    (left, right), (foot, top) = axis["range"], heights["range"]
    return draw(
        [
            area([left, 1], [foot, foot], [0, 0], role="muted"),
            area([1, right], [0, 0], [top, top], role="muted"),
            theme.points(x, y, role="muted", size=3),
            theme.points(x[-1:], y[-1:], role=found.futures.regime.name, size=10),
        ],
        _caption(found, "agreement", "Futures slope and index ratio", "One dot a session of the window."),
        x=theme.x_axis(**axis),
        y=theme.y_axis(**heights),
        shapes=[
            theme.rule_line(role="ink", along="x", at=0.0, axis="y"),
            theme.rule_line(role="ink", along="y", at=1.0, axis="x"),
        ],
        notes=[
            theme.head_note("futures, M1→M2"),
            head_right("VIX ÷ VIX3M"),
            *_corners(found.futures.agreement),
            _at(x[-1], y[-1], f.date_short(both.index[-1]), role="ink", up=True),
        ],
        sample_at=(0.5, 0.12),
    )


def _corners(agreement: FuturesAgreement | None) -> Iterator[Item]:
    """Write the share of all sessions into each corner."""
    if agreement is None:
        return
    for n, words, x, y in (
        (agreement.n_both_contango, "both up", 0, 1),
        (agreement.n_index_only, "index only", 1, 1),
        (agreement.n_futures_only, "futures only", 0, 0),
        (agreement.n_both_backwardation, "both inverted", 1, 0),
    ):
        across: Item = {"xref": "x domain", "x": x, **theme.aside(4, left=bool(x))}
        up: Item = {"yref": "y domain", "y": y, "yanchor": "top" if y else "bottom", "yshift": -2 if y else 2}
        role = "backwardation" if x > y else "muted"
        yield theme.note(f"{f.percent(n / agreement.n_sessions, 0)} {words}", role=role, **across, **up)


def _draw_holder(found: FuturesFound) -> str:
    """Draw the price of 30 days and the value of a position that always holds it, from 1, on a log scale."""
    lines = [
        GrowthLine(label=name, values=found.holder[name].tolist(), role=role, width=width)
        for name, role, width in (("price", "muted", 1.25), ("holder", "ink", 2.0))
    ]
    what = "Price of 30 days and value of a position that always holds it."
    caption = _caption(found, "holder", "Price and holder", what)
    return draw_growth(iso_days(found.holder.index), lines, caption)


def _draw_years(found: FuturesFound, years: Sequence[FuturesYear]) -> str:
    """Draw what the roll earned in each calendar year as bars; the extremes and the last have values."""
    at, values = [each.year for each in years], [each.roll_return for each in years]
    labels = [f"’{year % 100:02}" for year in at]
    signs = (("muted", [value < 0 for value in values]), ("ink", [value >= 0 for value in values]))
    bars = [
        theme.bars([*compress(at, kept)], [*compress(values, kept)], role=role, name="roll", width=0.7)
        for role, kept in signs
        if any(kept)
    ]
    what = "What the roll earned in each calendar year."
    valued = {values.index(min(values)), values.index(max(values)), len(values) - 1}
    return draw(
        bars,
        _caption(found, "years", "Roll by calendar year", what),
        x=theme.x_axis(
            range=[at[0] - 0.6, at[-1] + 0.6],
            tickvals=at,
            ticktext=labels,
            narrow={"tickvals": at[::-2][::-1], "ticktext": labels[::-2][::-1]},
        ),
        y=theme.y_axis(**percent_axis([*values, min(values) - 0.1, max(values) + 0.1])),
        shapes=[theme.rule_line(role="ink", along="x", at=0.0, axis="y")],
        notes=[
            theme.head_note("roll in a calendar year"),
            *(
                _at(at[n], values[n], f.signed(values[n] * 100, 0), role="ink", up=values[n] >= 0)
                for n in sorted(valued)
            ),
        ],
    )


def build_futures_chart(
    found: FuturesFound, lines: pd.DataFrame, options: Options, words: Mapping[str, tuple[str, str]]
) -> Chart:
    """Return the chart of M1→M2 over all sessions, opened at the default window, inversions filled.

    `lines` are those of `futures_lines`; `words` are the title and the summary of each window.
    """
    views = tuple(_views(found, lines, options, words))
    default = next(view for view in views if view.span.name == found.futures.window.name)
    return finish(
        two_panels(
            lines[["slope", "vix"]],
            (("M1→M2", f"M1→M2 %{{y:+.2f}}{PERCENT}<extra></extra>"), ("VIX", "VIX %{y:.2f}<extra></extra>")),
            beyond=lines["slope"] < 0,
            level=0.0,
            regime=found.futures.regime.name,
            views=views,
            default=default.span.name,
        ),
        id_=ID_HISTORY,
        title=default.title,
        description=(
            "Line of the settlement of the second monthly VIX future over that of the first − 1, "
            "in percent, by session; sessions below zero, an inverted front, are filled. Below, the VIX."
        ),
        summary=default.summary,
        raw_closes=True,
        table=_page_table(found.history),
        options=options,
        views=views,
    )


def _line(curves: Curves, at: int) -> tuple[Floats, Floats]:
    known = np.isfinite(curves.settle[at])
    return curves.days[at][known], curves.settle[at][known]


def _band(curves: Curves, first: str) -> tuple[Floats, Floats, Floats]:
    """Days, and the range that holds the middle of the window's curves there, each read between contracts."""
    inside = np.flatnonzero(curves.sessions >= pd.Timestamp(first))
    grid = np.arange(0.0, 280.0, 10.0)
    read = np.full((len(inside), len(grid)), np.nan)
    for row, at in enumerate(inside):
        x, y = _line(curves, int(at))
        read[row] = np.interp(grid, x, y, left=np.nan, right=np.nan)
    reached = np.isfinite(read).mean(axis=0) > REACHED
    if not reached.any():
        return grid[:0], grid[:0], grid[:0]
    low, high = np.nanquantile(read[:, reached], BAND, axis=0)
    return grid[reached], low, high


def _value_notes(x: Floats, y: Floats, role: str) -> list[Item]:
    """Write the first two settlements, then every other one but the last, on the side away from the index."""
    falling = role == "backwardation"
    return [
        _at(x[at], y[at], f.level(y[at]), role=role, up=(at == 0) == falling, strong=at < 2)
        for at in range(len(y) - 1)
        if at < 2 or at % 2
    ]


def _tenor_notes(found: FuturesFound, tenors: Sequence[TenorClose]) -> Iterator[Item]:
    """Name the index tenors, and write the VIX at day 0, on the side away from the curve."""
    (x, y), spot = _line(found.curves, -1), found.futures.vix
    for tenor in tenors:
        if tenor.close != spot:  # that of 30 days is the VIX, whose value stands at day 0
            above = tenor.close > np.interp(tenor.days, x, y)
            yield _at(tenor.days, tenor.close, tenor.label, role="muted", up=bool(above))
    if spot is not None:
        note = _at(0, spot, f"VIX {f.level(spot)}", role="ink", up=bool(spot > y[0]))
        yield note | {"x": -BEFORE_ZERO, "xanchor": "left"}  # clear of the axis


def _end_names(found: FuturesFound) -> Iterator[tuple[float, str, str, bool]]:
    """Yield the ends of today's curve and of those behind it with their dates, for `theme.end_notes`."""
    curves = found.curves
    for age in (0, *(age for age, _ in AGES if len(curves.days) > age)):
        role = "muted" if age else found.futures.regime.name
        end = float(_line(curves, -1 - age)[1][-1])
        yield end, f.date_day(curves.sessions[-1 - age]), role, not age


def _at(  # noqa: PLR0913 (a place, a text and its look)
    x: float, y: float, text: str, *, role: str, up: bool, strong: bool = False
) -> Item:
    """Return a text above or below a point."""
    place = {"xref": "x", "yref": "y", "x": x, "y": y, "xanchor": "center"}
    return theme.note(
        text, role=role, strong=strong, yanchor="bottom" if up else "top", yshift=6 if up else -6, **place
    )


def futures_lines(found: FuturesFound) -> pd.DataFrame:
    """Return what the history shows and what is read off it: M1→M2 in percent, both settlements, the VIX."""
    curves = found.curves
    columns = (curves.contango(1, 2) * 100, curves.settle[:, 0], curves.settle[:, 1], found.vix)
    hundredths = np.round(np.column_stack(columns) * 100, 6)
    rounded = np.trunc(hundredths + np.copysign(0.5, hundredths)) / 100  # halves as words round them
    return pd.DataFrame(rounded, index=curves.sessions, columns=["slope", "near", "far", "vix"])


def _views(
    found: FuturesFound, lines: pd.DataFrame, options: Options, words: Mapping[str, tuple[str, str]]
) -> Iterator[dated.View]:
    """Yield the history over each window, with its own words."""
    regime, run = found.history["regime"], found.history["run"]
    runs = np.column_stack([regime == "backwardation", run])
    spans = dated.window_spans(found.futures)

    def fit(shown: Flags) -> dated.Axes:
        slopes = np.r_[lines["slope"].to_numpy()[shown], 0.0]
        return {
            "yaxis": value_axis(float(slopes.min()), float(slopes.max()), unit=PERCENT, at_most=6),
            "yaxis2": value_axis(*bounds(lines["vix"].to_numpy()[shown]), at_most=3),
        }

    for name, span in spans.items():
        axes = dated.fit_axes(span, found.curves.sessions, fit)
        inside = slice(*lines.index.slice_locs(pd.Timestamp(span.first), pd.Timestamp(span.last)))
        yield dated.View(
            span=span,
            axes=axes,
            notes=tuple(_notes(found, lines["slope"].iloc[inside], options, axes)),
            title=words[name][0],
            summary=words[name][1],
            readings=pack_readings(lines.iloc[inside], runs[inside], axes, line=0.0, lines=("slope", "vix")),
        )


def _notes(found: FuturesFound, shown: pd.Series, options: Options, axes: dated.Axes) -> Iterator[Item]:
    """Yield the words on the history: what is above and below, the last values, the deepest inversions."""
    yield theme.head_note("▼ below 0%: M1 above M2, inverted", role="backwardation", strong=True)
    yield from lower_head("VIX", sample=options.sample)
    now, vix = found.futures, found.futures.vix
    labels = f.percent_change(now.contango_m1_m2), "" if vix is None else f.fixed(vix, 1)
    yield from end_values((float(shown.iloc[-1]), vix or 0.0), labels, axes, regime=now.regime.name)
    troughs = _troughs(found, shown, options.events)
    deep = [peak for peak in troughs if peak.value < DEEP * troughs[0].value]
    for only, size in LAYOUTS.items():
        panel = draw_panel(shown, axes, size, below=True)
        yield from peak_notes(panel, deep, axes, (), partial(_percents, places=1), only=only)


def _troughs(found: FuturesFound, slopes: pd.Series, events: Sequence[NamedSpan]) -> list[Peak]:
    """Return the deepest session of each inversion, the deepest first."""
    below = slopes[slopes < 0]
    return rank_peaks(below, found.history["run"].eq(1).cumsum().loc[below.index], events, below=True)


def _percents(value: float, places: int) -> str:
    return f"{f.signed(value, places)}{PERCENT}"


def build_futures_strip(
    found: FuturesFound, slopes: pd.Series, events: Sequence[NamedSpan], *, title: str
) -> Strip:
    """Return the strip of M1→M2 over all sessions; the deepest inversion of each great event is named."""
    line = StripLine(
        values=slopes,
        beyond=slopes < 0,
        level=0.0,
        below=True,
        peaks=[(trough, "") for trough in _troughs(found, slopes, events) if trough.event],
        words=lambda value: _percents(value, 0),
        title=title,
        description=sample_words("M1→M2 of VIX futures, every session", sample=found.futures.sample),
    )
    return draw_strip(line)


def history_table(found: FuturesFound, *, raw_closes: bool) -> Table:
    """Lay the history out as a table; settlements are in it where the site publishes raw closes."""
    settled = found.curves.settle.T[:SHOWN] if raw_closes else ()
    raw = (
        Column(name=f"m{place}", values=numbers(values.tolist()), key="settle")
        for place, values in enumerate(settled, start=1)
    )
    return Table(file=(*_columns(found.history).values(), *raw), records=RECORDS)


def _columns(history: pd.DataFrame) -> dict[str, Column]:
    """Return the columns of the history by name; those that a page shows have a heading."""
    page: dict[str, dict[str, Any]] = {
        "contango_m1_m2": {"label": "M1→M2", "words": f.percent_change},
        "regime": {"label": "Futures curve", "key": "name"},
        "run": {"label": "Session of the run", "words": f.count},
    }
    first = replace(session_column(history.index), about="Session, ISO date.")
    return {"session": first} | {
        name: Column(name=name, values=values, **page.get(name, {}))
        for name, values in plain_columns(history, numbers).items()
    }


def _page_table(history: pd.DataFrame) -> Table:
    columns, shown = _columns(history), latest(len(history))
    listed = tuple(column for column in columns.values() if column.label)
    caption = f"M1→M2: the latest {f.plural(len(shown), 'session')}"
    return Table(file=listed, records=RECORDS, caption=caption, page=listed, shown=shown)


def _draw_compare(found: FuturesFound, sessions: Sequence[str]) -> str:
    """Draw the curves of some sessions by days to expiry, on a log scale; the first one strong."""
    places = pd.DatetimeIndex(found.curves.sessions).get_indexer(pd.DatetimeIndex(list(sessions))).tolist()
    lines = [_line(found.curves, at) for at in places]
    roles = [found.history["regime"].iloc[at] for at in places]
    logs = np.log10(np.concatenate([settle for _, settle in lines]))
    scale = [float(logs.min()) - 0.03, float(logs.max()) + 0.03]
    days_, labels = list(range(0, 271, 30)), [str(days) for days in range(0, 271, 30)]
    ends = [
        (float(np.log10(settle[-1])), f.date_short(day), role, day == sessions[0])
        for day, role, (_, settle) in zip(sessions, roles, lines, strict=True)
    ]
    traces = [
        theme.line(y, x=x, role=role, width=1.25 if n else 2.5)
        for n, ((x, y), role) in enumerate(zip(lines, roles, strict=True))
    ]
    traces += [theme.points(*line, role=role, size=5) for line, role in zip(lines, roles, strict=True)]
    return draw(
        traces,
        _caption(found, "compare", "Compared curves", "Curves of some sessions by days to expiry."),
        x=theme.x_axis(
            range=[0, 290],
            tickvals=days_,
            ticktext=labels,
            narrow={"tickvals": days_[::2], "ticktext": labels[::2]},
        ),
        y=log_scale(scale, COMPARED_TICKS),
        notes=[
            theme.head_note("points, log scale"),
            head_right("days to expiry"),
            *theme.end_notes(ends, scale, gap=END_GAP, room=90),
        ],
    )
