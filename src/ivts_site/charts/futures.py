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
from ivts_site.charts.series import days, latest
from ivts_site.charts.studies import Caption, GrowthLine, draw_growth
from ivts_site.charts.studies.frame import PERCENT, Item, area, dots, draw, head_right, percent_axis, stroke
from ivts_site.charts.theme import Figure
from ivts_site.model import Chart, Column, Table
from ivts_site.published.futures import Futures, FuturesContract, FuturesHistory, FuturesRegime

ID_HISTORY = "futures"
RECORDS = (FuturesRegime, FuturesContract, Futures)
"""What documents the columns of the tables."""
WEEK, MONTH = 5, 21
"""Sessions back to the curves drawn behind today's."""
REACHED = 0.6
"""The band is drawn where so many sessions of the window have a contract as far out."""
BAND = (0.1, 0.9)
TABLE_ROWS = 20
FILLED = 0.6
"""Opacity of inversions."""
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
    lines = [
        (_line(curves, -1 - back), dash)
        for back, dash in ((MONTH, "4px,3px"), (WEEK, "solid"))
        if len(curves.sessions) > back
    ]
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
        notes=[*notes, theme.head_note("index points"), head_right("by month of expiry")],
    )


def draw_agreement(found: FuturesFound, caption: Caption, *, window_first: str) -> str:
    """Draw one dot a session of the window: the ratio of the indices across, M1→M2 up; the last is strong."""
    both = found.agreeing.loc[window_first:]
    x, y = both["ivts"].to_numpy(), both["contango"].to_numpy()
    last = both.iloc[-1]
    axis = value_axis(min(float(x.min()), 0.99), max(float(x.max()), 1.01), places=2, at_most=5)
    return draw(
        [
            dots(x, y, role="muted", size=3),
            dots(x[-1:], y[-1:], role=found.futures.regime.name, size=10),
        ],
        caption,
        x=theme.x_axis(range=axis["range"], tickvals=axis["tickvals"], ticktext=axis["ticktext"]),
        y=theme.y_axis(**percent_axis(y)),
        shapes=[
            theme.rule_line(role="ink", along="x", at=0.0, axis="y"),
            theme.rule_line(role="ink", along="y", at=1.0, axis="x"),
        ],
        notes=[
            theme.head_note("futures, M1→M2"),
            head_right("VIX ÷ VIX3M"),
            _at(
                float(last["ivts"]),
                float(last["contango"]),
                f.date_short(both.index[-1]),
                role="ink",
                up=True,
            ),
        ],
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
    values = np.round(found.curves.contango(1, 2) * 100, 2)
    sessions = pd.DatetimeIndex(found.curves.sessions)
    views = dated.window_views(found.futures, sessions, _fitter(values))
    return finish(
        _history_figure(found, options, values, views),
        Texts(
            id=ID_HISTORY,
            title=title,
            description=(
                "Line of the settlement of the second monthly VIX future over that of the first − 1, "
                "in per cent, by session; sessions below zero, an inverted front, are filled."
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
    """Write the first two settlements, then every other one, on the side away from the index."""
    for at, (x, y) in enumerate(today):
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
    found: FuturesFound, options: Options, values: npt.NDArray[np.float64], views: Sequence[dated.View]
) -> Figure:
    index = pd.DatetimeIndex(found.curves.sessions)
    meta = dated.range_meta(views, found.futures.window.name)
    below = np.where(values < 0, values, 0.0)
    layout = theme.base_layout() | {
        "meta": meta,
        "xaxis": theme.x_axis(type="date", anchor="y"),
        "yaxis": theme.y_axis(),
        "shapes": [theme.rule_line(role="ink", along="x", at=0.0, axis="y")],
        "annotations": [
            theme.head_note("M1→M2", role="ink", strong=True),
            *theme.sample_note(sample=options.sample),
        ],
    }
    x, y = _rings(days(index), below)
    traces = [
        theme.line(
            values,
            x=days(index),
            role="ink",
            name="M1→M2",
            hovertemplate=f"M1→M2 %{{y:+.1f}}{PERCENT}<extra></extra>",
        ),
        theme.excess(x, y, name="inverted", width=0, opacity=FILLED),
        theme.points(
            days(index)[-1:], values[-1:], role=found.futures.regime.name, name="latest", hoverinfo="skip"
        ),
    ]
    return Figure(traces=traces, layout=dated.apply(layout, meta["axes"][meta["default_range"]]))


def _rings(dates: Any, below: npt.NDArray[np.float64]) -> tuple[Any, npt.NDArray[np.float64]]:
    """Return each run below zero as a closed ring between it and the line of zero, a gap after each."""
    flags = below < 0
    starts = np.flatnonzero(flags & ~np.append(False, flags[:-1]))
    ends = np.flatnonzero(flags & ~np.append(flags[1:], False))
    hours = dates.astype("datetime64[h]")
    half, xs, ys = np.timedelta64(12, "h"), [], []
    for a, b in zip(starts, ends, strict=True):
        xs += [
            hours[a] - half,
            *hours[a : b + 1],
            hours[b] + half,
            hours[a] - half,
            np.datetime64("NaT", "h"),
        ]
        ys += [0.0, *below[a : b + 1], 0.0, 0.0, np.nan]
    return np.array(xs[:-1], dtype="datetime64[h]"), np.array(ys[:-1], dtype=float)


def _fitter(values: npt.NDArray[np.float64]) -> dated.Fit:
    def fit(shown: npt.NDArray[np.bool_]) -> Mapping[str, Mapping[str, Any]]:
        pool = np.r_[values[shown], 0.0]
        return {"yaxis": value_axis(float(pool.min()), float(pool.max()), unit=PERCENT, at_most=6)}

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
