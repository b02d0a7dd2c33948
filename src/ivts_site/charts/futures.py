"""Pictures of the futures curve: the curve, its history, its agreement with the ratio, and the roll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as f
from ivts_site.analytics.futures import Curves, FuturesFound
from ivts_site.charts import dated, theme
from ivts_site.charts.axes import spread, value_axis
from ivts_site.charts.options import Options, Texts, finish
from ivts_site.charts.peaks import Peak
from ivts_site.charts.series import bounds, days, latest, rings
from ivts_site.charts.signal import FILL, LOWER, UPPER, excess_outlines
from ivts_site.charts.strip import Strip, StripLine, draw_strip
from ivts_site.charts.studies import Caption, GrowthLine, draw_growth
from ivts_site.charts.studies.frame import PERCENT, Item, area, dots, draw, head_right, percent_axis, stroke
from ivts_site.charts.theme import Figure
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, Column, NamedSpan, Table
from ivts_site.published.futures import (
    Futures,
    FuturesAgreement,
    FuturesContract,
    FuturesHistory,
    FuturesRegime,
)

ID_HISTORY = "futures"
RECORDS = (FuturesRegime, FuturesContract, Futures)
"""What documents the columns of the tables."""
WEEK, MONTH = 5, 21
"""Sessions back to the curves drawn behind today's."""
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


def draw_futures(found: FuturesFound, tenors: Sequence[Tenor], caption: Caption, *, window_first: str) -> str:
    """Draw the curve by days to expiry: futures, spot and index tenors; a week and a month ago behind."""
    curves, futures = found.curves, found.futures
    role = futures.regime.name
    today = [(contract.days, contract.settle) for contract in futures.curve]
    past = [
        (back, dash) for back, dash in ((MONTH, "4px,3px"), (WEEK, "solid")) if len(curves.sessions) > back
    ]
    lines = [(_line(curves, -1 - back), dash) for back, dash in past]
    grid, low, high = _band(curves, window_first)
    x, y = zip(*today, strict=True)
    levels = [*y, *low, *high, *(value for (_, values), _ in lines for value in values)]
    levels += [tenor.close for tenor in tenors] + ([futures.vix] if futures.vix is not None else [])
    axis = value_axis(min(levels), max(levels), at_most=5, pad=0.08)
    last = max(x[-1], *(tenor.days for tenor in tenors)) if tenors else x[-1]
    traces = [area(grid, low, high, role="muted")] if len(grid) > 1 else []
    traces += [stroke(*line, role="muted", width=1.25, dash=dash) for line, dash in lines]
    if tenors:
        at, closes = [tenor.days for tenor in tenors], [tenor.close for tenor in tenors]
        traces += [
            stroke(at, closes, role="muted", dash="1px,3px"),
            dots(at, closes, role="ink", hollow=True),
        ]
    traces += [stroke(x, y, role=role, width=2.0), dots(x, y, role=role)]
    notes = [*_value_notes(today, role, falling=role == "backwardation")]
    # that of 30 days is the VIX, whose value stands at day 0
    named = [tenor for tenor in tenors if tenor.close != futures.vix]
    notes += [_at(t.days, t.close, t.label, role="muted", up=_above(t, today)) for t in named]
    if futures.vix is not None:
        traces.append(dots([0], [futures.vix], role="ink", size=9))
        notes.append(_at(0, futures.vix, f"VIX {f.level(futures.vix)}", role="ink", up=futures.vix > y[0]))
    return draw(
        traces,
        caption,
        x=theme.x_axis(
            range=[-BEFORE_ZERO, last + 6],
            tickvals=list(x),
            ticktext=[f.month(contract.expiry)[:3] for contract in futures.curve],
        ),
        y=theme.y_axis(**axis),
        notes=[
            *notes,
            *_line_ends(curves, [0, *(back for back, _ in past)], axis["range"], role),
            theme.head_note("index points"),
            head_right("by month of expiry"),
        ],
    )


def _line_ends(curves: Curves, ages: Sequence[int], bounds_: Sequence[float], role: str) -> Iterator[Item]:
    """Write the dates of the curves, so many sessions old, at their ends, kept apart; the first is strong."""
    low, high = bounds_
    ends = [(_line(curves, -1 - age)[1][-1] - low) / (high - low) for age in ages]
    for age, at in zip(ages, spread(ends, END_GAP, 0.0, 1.0), strict=True):
        told = f.date_day(curves.sessions[-1 - age])
        yield theme.end_note(told, role="muted" if age else role, y=at, strong=not age, room=52)


def draw_agreement(found: FuturesFound, caption: Caption, *, window_first: str) -> str:
    """Draw one dot a session of the window: the ratio of the indices across, M1→M2 up; the last is strong."""
    both = found.agreeing.loc[window_first:]
    x, y = both["ivts"].to_numpy(), both["contango"].to_numpy()
    last = both.iloc[-1]
    axis = value_axis(min(float(x.min()), 0.99), max(float(x.max()), 1.01), places=2, at_most=5)
    heights = percent_axis(y)
    (left, right), (foot, top) = axis["range"], heights["range"]
    return draw(
        [
            area([left, 1], [foot, foot], [0, 0], role="muted"),
            area([1, right], [0, 0], [top, top], role="muted"),
            dots(x, y, role="muted", size=3),
            dots(x[-1:], y[-1:], role=found.futures.regime.name, size=10),
        ],
        caption,
        x=theme.x_axis(range=axis["range"], tickvals=axis["tickvals"], ticktext=axis["ticktext"]),
        y=theme.y_axis(**heights),
        shapes=[
            theme.rule_line(role="ink", along="x", at=0.0, axis="y"),
            theme.rule_line(role="ink", along="y", at=1.0, axis="x"),
        ],
        notes=[
            theme.head_note("futures, M1→M2"),
            head_right("VIX ÷ VIX3M"),
            *_corners(found.futures.agreement),
            _at(
                float(last["ivts"]),
                float(last["contango"]),
                f.date_short(both.index[-1]),
                role="ink",
                up=True,
            ),
        ],
    )


def _corners(agreement: FuturesAgreement | None) -> Iterator[Item]:
    """Write the share of all sessions into each corner."""
    if agreement is None:
        return
    told = (
        (agreement.n_both_contango, "both up", 0, 1),
        (agreement.n_index_only, "index only", 1, 1),
        (agreement.n_futures_only, "futures only", 0, 0),
        (agreement.n_both_backwardation, "both inverted", 1, 0),
    )
    for n, words, x, y in told:
        yield theme.note(
            f"{f.percent(n / agreement.n_sessions, 0)} {words}",
            role="backwardation" if words == "both inverted" else "muted",
            xref="x domain",
            yref="y domain",
            x=x,
            y=y,
            xanchor="right" if x else "left",
            yanchor="top" if y else "bottom",
            xshift=-4 if x else 4,
            yshift=-2 if y else 2,
        )


def draw_holder(found: FuturesFound, caption: Caption) -> str:
    """Draw the price of 30 days and the value of a position that always holds it, from 1, on a log scale."""
    lines = [
        GrowthLine(label=label, values=found.holder[name].tolist(), role=role, width=width, dash="solid")
        for name, label, role, width in (("price", "price", "muted", 1.25), ("holder", "holder", "ink", 2.0))
    ]
    sessions = [f"{session:%Y-%m-%d}" for session in found.holder.index]
    return draw_growth(sessions, lines, caption)


def draw_years(found: FuturesFound, caption: Caption) -> str:
    """Draw what the roll earned in each calendar year as bars."""
    years = found.futures.holder.years if found.futures.holder else ()
    at, values = [each.year for each in years], [each.roll_return for each in years]
    labels = [f"’{year % 100:02}" for year in at]
    few = {"tickvals": at[::-2][::-1], "ticktext": labels[::-2][::-1]}
    bars = [
        {
            "type": "bar",
            "x": [year for year, value in zip(at, values, strict=True) if (value < 0) == cost],
            "y": [value for value in values if (value < 0) == cost],
            "width": 0.7,
            "marker": {"line": {"width": 0}},
            "meta": {"role": "muted" if cost else "ink"},
        }
        for cost in (True, False)
    ]
    return draw(
        [bar for bar in bars if bar["x"]],
        caption,
        x=theme.x_axis(range=[at[0] - 0.6, at[-1] + 0.6], tickvals=at, ticktext=labels, narrow=few),
        y=theme.y_axis(**percent_axis([*values, min(values) - 0.1, max(values) + 0.1])),
        shapes=[theme.rule_line(role="ink", along="x", at=0.0, axis="y")],
        notes=[
            theme.head_note("roll in a calendar year"),
            *(
                _at(at[n], values[n], f.signed(values[n] * 100, 0), role="ink", up=values[n] >= 0)
                for n in sorted({values.index(min(values)), values.index(max(values)), len(values) - 1})
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


def _line(curves: Curves, at: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    known = np.isfinite(curves.settle[at])
    return curves.days[at][known], curves.settle[at][known]


def _band(
    curves: Curves, first: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
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


def _value_notes(today: Sequence[tuple[int, float]], role: str, *, falling: bool) -> Iterator[Item]:
    """Write the first two settlements, then every other one but the last, on the side away from the index."""
    for at, (x, y) in enumerate(today[:-1]):
        if at > 1 and at % 2 == 0:
            continue
        yield _at(x, y, f.level(y), role=role, up=(at == 0) == falling, strong=at < 2)


def _above(tenor: Tenor, today: Sequence[tuple[int, float]]) -> bool:
    x, y = zip(*today, strict=True)
    return bool(tenor.close > np.interp(tenor.days, x, y))


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
    meta = dated.range_meta(views, found.futures.window.name)
    at_foot = {"y": LOWER[1], "yshift": 4}
    sessions, regime = days(values.index), found.futures.regime.name
    layout = theme.base_layout() | {
        "meta": meta,
        "xaxis": theme.x_axis(type="date", anchor="y2"),
        "yaxis": theme.y_axis(domain=list(UPPER)),
        "yaxis2": theme.y_axis(domain=list(LOWER), anchor="x"),
        "yaxis3": theme.y_axis(
            overlaying="y2", range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]
        ),
        "shapes": [theme.rule_line(role="ink", along="x", at=0.0, axis="y")],
        "annotations": [
            theme.head_note("▼ below 0%: M1 above M2, inverted", role="backwardation", strong=True),
            theme.head_note("VIX") | at_foot,
            *(note | at_foot for note in theme.sample_note(sample=options.sample)),
        ],
    }
    below = values < 0
    first, last = below & ~below.shift(fill_value=False), below & ~below.shift(-1, fill_value=False)
    latest_ = {"name": "latest", "hoverinfo": "skip"}
    traces = [
        theme.line(
            values.to_numpy(),
            x=sessions,
            role="ink",
            name="M1→M2",
            yaxis="y",
            hovertemplate=f"M1→M2 %{{y:+.1f}}{PERCENT}<extra></extra>",
        ),
        theme.line(
            found.vix,
            x=sessions,
            role="muted",
            name="VIX",
            yaxis="y2",
            width=1.25,
            hovertemplate="VIX %{y:.2f}<extra></extra>",
        ),
        theme.bands(*rings(values.index[first], values.index[last]), name="inverted", yaxis="y3"),
        theme.excess(
            *excess_outlines(values, below, 0.0), name="below zero", width=1.5, opacity=FILL, yaxis="y"
        ),
        theme.points(sessions[-1:], found.vix[-1:], role="muted", yaxis="y2", size=6, **latest_),
        theme.points(sessions[-1:], values.to_numpy()[-1:], role=regime, yaxis="y", **latest_),
    ]
    return Figure(traces=traces, layout=dated.apply(layout, meta["axes"][meta["default_range"]]))


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


def _fitter(values: pd.Series, vix: npt.NDArray[np.float64]) -> dated.Fit:
    def fit(shown: npt.NDArray[np.bool_]) -> Mapping[str, Mapping[str, Any]]:
        pool = np.r_[values.to_numpy()[shown], 0.0]
        return {
            "yaxis": value_axis(float(pool.min()), float(pool.max()), unit=PERCENT, at_most=6),
            "yaxis2": value_axis(*bounds(vix[shown]), at_most=3),
        }

    return fit


def session_columns(history: FuturesHistory) -> tuple[Column, Column, Column]:
    """Return the columns of every table by session: the session, its regime and its place in the run."""
    return (
        Column(
            name="session",
            values=history.session,
            about="Session, ISO date.",
            label="Session",
            words=f.date_short,
        ),
        Column(name="regime", values=history.regime, key="name", label="Futures curve"),
        Column(name="run", values=history.run, label="Session of the run", words=f.count),
    )


def _history_table(history: FuturesHistory) -> Table:
    session, *regime = session_columns(history)
    contango = Column(
        name="contango_m1_m2", values=history.contango_m1_m2, label="M1→M2", words=f.percent_change
    )
    shown = latest(len(history.session), TABLE_ROWS)
    return Table(
        file=(session, contango, *regime),
        records=RECORDS,
        caption=f"M1→M2: the latest {f.plural(len(shown), 'session')}",
        page=(session, contango, *regime),
        shown=shown,
    )


def draw_compare(found: FuturesFound, sessions: list[str], caption: Caption) -> str:
    """Draw the curves of some sessions by days to expiry, on a log scale; the first one strong."""
    places = pd.DatetimeIndex(found.curves.sessions).get_indexer(pd.DatetimeIndex(sessions))
    lines = [_line(found.curves, int(at)) for at in places]
    slopes = found.curves.contango(1, 2)[places]
    roles = ["backwardation" if slope < 0 else "contango" for slope in slopes]
    logs = np.log10(np.concatenate([settle for _, settle in lines]))
    low, high = float(logs.min()) - 0.03, float(logs.max()) + 0.03
    ticks = [tick for tick in COMPARED_TICKS if low <= np.log10(tick) <= high]
    ends = [(float(np.log10(settle[-1])) - low) / (high - low) for _, settle in lines]
    ends = spread(ends, END_GAP, 0.0, 1.0)
    ticks_x = list(range(0, 271, 30))
    widths = [2.5 if at == 0 else 1.25 for at in range(len(lines))]
    return draw(
        [
            *(
                stroke(*line, role=role, width=width)
                for line, role, width in zip(lines, roles, widths, strict=True)
            ),
            *(dots(*line, role=role, size=5) for line, role in zip(lines, roles, strict=True)),
        ],
        caption,
        x=theme.x_axis(
            range=[0, 290],
            tickvals=ticks_x,
            ticktext=[str(days) for days in ticks_x],
            narrow={"tickvals": ticks_x[::2], "ticktext": [str(days) for days in ticks_x[::2]]},
        ),
        y=theme.y_axis(type="log", range=[low, high], tickvals=ticks, ticktext=[str(tick) for tick in ticks]),
        notes=[
            theme.head_note("points, log scale"),
            head_right("days to expiry"),
            *(
                theme.end_note(f.date_short(day), role=role, y=at, strong=n == 0, room=90)
                for n, (day, role, at) in enumerate(zip(sessions, roles, ends, strict=True))
            ),
        ],
    )
