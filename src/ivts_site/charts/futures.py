"""Pictures of the futures curve: the curve, its history, its agreement with the ratio, and the roll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as f
from ivts_site.analytics.futures import Curves, FuturesFound
from ivts_site.analytics.rows import iso_days, plain_columns
from ivts_site.charts import dated, theme
from ivts_site.charts.axes import spread, value_axis
from ivts_site.charts.options import Options, Texts, finish
from ivts_site.charts.panels import PanelLine, lower_head, two_panels
from ivts_site.charts.peaks import Peak
from ivts_site.charts.series import Floats, bounds, latest, session_column
from ivts_site.charts.strip import Strip, StripLine, draw_strip
from ivts_site.charts.studies.frame import PERCENT, Caption, Item, area, draw, head_right, percent_axis
from ivts_site.charts.studies.growth import GrowthLine, draw_growth
from ivts_site.charts.theme import Figure
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
WEEK, MONTH = 5, 21
"""Sessions back to the curves drawn behind today's."""
RECORDS = (FuturesRegime, FuturesContract, Futures)
"""What documents the columns of the tables."""
REACHED = 0.6
"""The band is drawn where so many sessions of the window have a contract as far out."""
BAND = (0.1, 0.9)
TABLE_ROWS = 20
END_GAP = 0.06
"""Least distance of two names at the right, as a share of the height."""
COMPARED_TICKS = (8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
BEFORE_ZERO = 8
"""Days of room to the left of day 0, where the spot index stands."""


class Tenor(NamedTuple):
    """An index of the term structure on the day of the curve: label, days, close."""

    label: str
    days: int
    close: float


def draw_pictures(
    found: FuturesFound, tenors: Sequence[Tenor], compared: Sequence[str]
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


def _draw_curve(found: FuturesFound, tenors: Sequence[Tenor]) -> str:
    """Draw futures, spot and index tenors by days to expiry; the curves of a week and a month ago behind."""
    curves, futures = found.curves, found.futures
    role, spot = futures.regime.name, futures.vix
    x, y = _line(curves, -1)
    past = [(back, dash) for back, dash in ((MONTH, "4px,3px"), (WEEK, "solid")) if len(curves.days) > back]
    behind = [(_line(curves, -1 - back), dash) for back, dash in past]
    grid, low, high = _band(curves, futures.window.first_session)
    indices = [(tenor.days, tenor.close) for tenor in tenors]
    levels = np.concatenate([y, low, high, *(values for (_, values), _ in behind), [c for _, c in indices]])
    axis = value_axis(*bounds(levels, *([] if spot is None else [spot])), at_most=5, pad=0.08)
    traces = [area(grid, low, high, role="muted")] if len(grid) > 1 else []
    traces += [theme.line(y, x=x, role="muted", width=1.25, dash=dash) for (x, y), dash in behind]
    if indices:
        at = list(zip(*indices, strict=True))
        traces += [
            theme.line(at[1], x=at[0], role="muted", dash="1px,3px", mode="lines"),
            theme.points(*at, role="ink", hollow=True),
        ]
    traces += [theme.line(y, x=x, role=role, width=2.0), theme.points(x, y, role=role)]
    notes = _value_notes(x, y, role)
    for tenor in tenors:
        if tenor.close != spot:  # that of 30 days is the VIX, whose value stands at day 0
            above = tenor.close > np.interp(tenor.days, x, y)
            notes.append(_at(tenor.days, tenor.close, tenor.label, role="muted", up=bool(above)))
    if spot is not None:
        traces.append(theme.points([0], [spot], role="ink", size=9))
        notes.append(_at(0, spot, f"VIX {f.level(spot)}", role="ink", up=bool(spot > y[0])))
    ages = [0, *(back for back, _ in past)]
    ends = [
        (_line(curves, -1 - age)[1][-1], f.date_day(curves.sessions[-1 - age]), "muted" if age else role)
        for age in ages
    ]
    return draw(
        traces,
        _caption(found, "curve", "VIX futures by days to expiry", "Settlements, spot VIX and index tenors."),
        x=theme.x_axis(
            range=[-BEFORE_ZERO, max(x[-1], *(days for days, _ in indices), 0) + 6],
            tickvals=x.tolist(),
            ticktext=[f.month(contract.expiry)[:3] for contract in futures.curve],
        ),
        y=theme.y_axis(**axis),
        notes=[
            *notes,
            *_end_notes(ends, axis["range"], room=52),
            theme.head_note("index points"),
            head_right("by month of expiry"),
        ],
    )


def _end_notes(
    ends: Sequence[tuple[float, str, str]], scale: Sequence[float], *, room: int
) -> Iterator[Item]:
    """Name lines, each by height, text and role, at their right ends, kept apart; the first is strong."""
    low, high = scale
    places = spread([(height - low) / (high - low) for height, *_ in ends], END_GAP, 0.0, 1.0)
    for n, ((_, text, role), at) in enumerate(zip(ends, places, strict=True)):
        yield theme.end_note(text, role=role, y=at, strong=n == 0, room=room)


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
    )


def _corners(agreement: FuturesAgreement | None) -> Iterator[Item]:
    """Write the share of all sessions into each corner."""
    if agreement is None:
        return
    n = agreement.n_sessions
    yield _corner(agreement.n_both_contango / n, "both up", 0, 1, role="muted")
    yield _corner(agreement.n_index_only / n, "index only", 1, 1, role="muted")
    yield _corner(agreement.n_futures_only / n, "futures only", 0, 0, role="muted")
    yield _corner(agreement.n_both_backwardation / n, "both inverted", 1, 0, role="backwardation")


def _corner(share: float, words: str, x: int, y: int, *, role: str) -> Item:
    across: Item = {"xref": "x domain", "x": x, "xanchor": "right" if x else "left", "xshift": -4 if x else 4}
    up: Item = {"yref": "y domain", "y": y, "yanchor": "top" if y else "bottom", "yshift": -2 if y else 2}
    return theme.note(f"{f.percent(share, 0)} {words}", role=role, **across, **up)


def _draw_holder(found: FuturesFound) -> str:
    """Draw the price of 30 days and the value of a position that always holds it, from 1, on a log scale."""
    lines = [
        GrowthLine(label=name, values=found.holder[name].tolist(), role=role, width=width, dash="solid")
        for name, role, width in (("price", "muted", 1.25), ("holder", "ink", 2.0))
    ]
    what = "Price of 30 days and value of a position that always holds it."
    caption = _caption(found, "holder", "Price and holder", what)
    return draw_growth(iso_days(found.holder.index), lines, caption)


def _draw_years(found: FuturesFound, years: Sequence[FuturesYear]) -> str:
    """Draw what the roll earned in each calendar year as bars; the extremes and the last have values."""
    at, values = [each.year for each in years], [each.roll_return for each in years]
    labels = [f"’{year % 100:02}" for year in at]
    bars = []
    for role, sign in (("muted", -1), ("ink", 1)):
        kept = [n for n, value in enumerate(values) if (value < 0) == (sign < 0)]
        x, y = [at[n] for n in kept], [values[n] for n in kept]
        bars += [theme.bars(x, y, role=role, name="roll", width=0.7)] if kept else []
    what = "What the roll earned in each calendar year."
    told = {values.index(min(values)), values.index(max(values)), len(values) - 1}
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
                for n in sorted(told)
            ),
        ],
    )


def build_futures_chart(found: FuturesFound, options: Options, *, title: str, summary: str) -> Chart:
    """Return the chart of M1→M2 over all sessions, opened at the default window, inversions filled."""
    values = _percent(found)
    views = dated.window_views(found.futures, found.curves.sessions, _fitter(values, found.vix))
    return finish(
        _history_figure(found, options, values, views),
        Texts(
            id=ID_HISTORY,
            title=title,
            description=(
                "Line of the settlement of the second monthly VIX future over that of the first − 1, "
                "in percent, by session; sessions below zero, an inverted front, are filled. Below, the VIX."
            ),
            summary=summary,
        ),
        table=_history_table(found.history),
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


def _at(  # noqa: PLR0913 (a place, a text and its look)
    x: float, y: float, text: str, *, role: str, up: bool, strong: bool = False
) -> Item:
    """Return a text above or below a point."""
    place = {"xref": "x", "yref": "y", "x": x, "y": y, "xanchor": "center"}
    return theme.note(
        text, role=role, strong=strong, yanchor="bottom" if up else "top", yshift=6 if up else -6, **place
    )


def _history_figure(
    found: FuturesFound, options: Options, values: pd.Series, views: Sequence[dated.View]
) -> Figure:
    figure = two_panels(
        PanelLine(values=values, name="M1→M2", hover=f"M1→M2 %{{y:+.1f}}{PERCENT}<extra></extra>"),
        PanelLine(
            values=pd.Series(found.vix, index=values.index), name="VIX", hover="VIX %{y:.2f}<extra></extra>"
        ),
        beyond=values < 0,
        level=0.0,
        regime=found.futures.regime.name,
        views=views,
        default=found.futures.window.name,
    )
    figure.layout["annotations"] = [
        theme.head_note("▼ below 0%: M1 above M2, inverted", role="backwardation", strong=True),
        *lower_head("VIX", sample=options.sample),
    ]
    return figure


def build_futures_strip(found: FuturesFound, events: Sequence[NamedSpan], *, title: str) -> Strip:
    """Return the strip of M1→M2 over all sessions; the deepest inversion of each great event is named."""
    values = _percent(found)
    spans = [(values.loc[event.first : event.last], event) for event in events]
    deepest = [(part.idxmin(), float(part.min()), event) for part, event in spans if (part < 0).any()]
    line = StripLine(
        values=values,
        beyond=values < 0,
        level=0.0,
        below=True,
        peaks=[
            (Peak(session=pd.Timestamp(str(session)), ratio=low, event=event), "")
            for session, low, event in sorted(deepest, key=lambda each: each[1])
        ],
        words=lambda value: f.signed(value, 0) + "%",
        title=title,
        description=sample_words("M1→M2 of VIX futures, every session", sample=found.futures.sample),
    )
    return draw_strip(line)


def _percent(found: FuturesFound) -> pd.Series:
    return pd.Series(np.round(found.curves.contango(1, 2) * 100, 2), index=found.curves.sessions)


def _fitter(values: pd.Series, vix: Floats) -> dated.Fit:
    def fit(shown: npt.NDArray[np.bool_]) -> Mapping[str, Mapping[str, Any]]:
        pool = np.r_[values.to_numpy()[shown], 0.0]
        return {
            "yaxis": value_axis(float(pool.min()), float(pool.max()), unit=PERCENT, at_most=6),
            "yaxis2": value_axis(*bounds(vix[shown]), at_most=3),
        }

    return fit


def history_columns(history: pd.DataFrame) -> dict[str, Column]:
    """Return the columns of every table by session, by name; those of the page have a heading."""
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


def _history_table(history: pd.DataFrame) -> Table:
    columns = history_columns(history)
    listed = tuple(columns[name] for name in ("session", "contango_m1_m2", "regime", "run"))
    shown = latest(len(history), TABLE_ROWS)
    return Table(
        file=listed,
        records=RECORDS,
        caption=f"M1→M2: the latest {f.plural(len(shown), 'session')}",
        page=listed,
        shown=shown,
    )


def _draw_compare(found: FuturesFound, sessions: Sequence[str]) -> str:
    """Draw the curves of some sessions by days to expiry, on a log scale; the first one strong."""
    places = pd.DatetimeIndex(found.curves.sessions).get_indexer(pd.DatetimeIndex(list(sessions))).tolist()
    lines = [_line(found.curves, at) for at in places]
    roles = [found.history["regime"].iloc[at] for at in places]
    logs = np.log10(np.concatenate([settle for _, settle in lines]))
    scale = float(logs.min()) - 0.03, float(logs.max()) + 0.03
    ticks = [tick for tick in COMPARED_TICKS if scale[0] <= np.log10(tick) <= scale[1]]
    days_, labels = list(range(0, 271, 30)), [str(days) for days in range(0, 271, 30)]
    ends = [
        (float(np.log10(settle[-1])), f.date_short(day), role)
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
        y=theme.y_axis(type="log", range=list(scale), tickvals=ticks, ticktext=[*map(str, ticks)]),
        notes=[
            theme.head_note("points, log scale"),
            head_right("days to expiry"),
            *_end_notes(ends, scale, room=90),
        ],
    )
