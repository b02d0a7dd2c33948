"""A line that is filled where it is beyond a level, above a second line in a panel of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Floats, Ints
from ivts_site.charts import theme
from ivts_site.charts.axes import ends, share
from ivts_site.charts.dated import Axes, View, open_figure
from ivts_site.charts.series import Dates, days, shaded_runs
from ivts_site.charts.theme import Figure, Trace

UPPER, LOWER = (0.29, 1.0), (0.0, 0.21)
"""Parts of the plot area of the two lines."""
FILL = 0.7
END_PLACE = {"x": 1, "xref": "x domain", "xshift": 5, "yref": "y"}
LAYOUTS: Mapping[str, tuple[float, float]] = {"n": (272.0, 214.0), "m": (560.0, 270.0), "x": (892.0, 308.0)}
"""Width and height of the upper panel in pixels, on a narrow, a middling and a wide chart."""


def two_panels(  # noqa: PLR0913 (two lines, what tells them apart, and the ranges)
    lines: pd.DataFrame,
    names: tuple[tuple[str, str], tuple[str, str]],
    *,
    beyond: pd.Series,
    level: float,
    regime: str,
    views: Sequence[View],
    default: str,
    suspect: bool = False,
    marks: Sequence[Trace] = (),
    shapes: Sequence[Mapping[str, Any]] = (),
) -> Figure:
    """Return the figure of two lines below each other, opened at the default range.

    The views fit their axes, ``yaxis`` and ``yaxis2``. Where it is `beyond` the level, which is drawn across
    the upper panel, the upper line is filled and the lower panel is shaded. The last session's dot has the
    color of its regime, and is a ring where it rests on a suspect close; `marks` and `shapes` are further
    traces and lines.
    """
    upper, lower = (lines[column] for column in lines.columns)
    hidden = theme.y_axis(
        overlaying="y2", range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]
    )
    figure = open_figure(
        [
            *_traces(lines, names, beyond, level),
            *marks,
            *_last_dot(lower, role="muted", yaxis="y2", size=6),
            *_last_dot(upper, role=regime, yaxis="y", hollow=suspect),
        ],
        views,
        default,
        xaxis=theme.x_axis(type="date", anchor="y2"),
        yaxis=theme.y_axis(domain=list(UPPER)),
        yaxis2=theme.y_axis(domain=list(LOWER), anchor="x"),
        yaxis3=hidden,
        shapes=[theme.rule_line(role="ink", along="x", at=level, axis="y", width=1.25), *shapes],
    )
    figure.layout["meta"] |= {"notes": {view.span.name: view.notes for view in views}}
    return figure


def _traces(
    lines: pd.DataFrame,
    names: tuple[tuple[str, str], tuple[str, str]],
    beyond: pd.Series,
    level: float,
) -> Iterator[Trace]:
    """Yield both lines, the shading of the lower panel, and what is filled up to the upper line."""
    upper, lower = (lines[column] for column in lines.columns)
    looks: list[dict[str, Any]] = [{"name": name, "hovertemplate": hover} for name, hover in names]
    yield theme.line(upper.to_numpy(), x=days(lines.index), role="ink", **looks[0], yaxis="y")
    yield theme.line(lower.to_numpy(), role="muted", width=1.25, yaxis="y2", **looks[1])
    yield theme.bands(*shaded_runs(beyond), yaxis="y3")
    yield theme.outlines(
        *excess_outlines(upper.loc[beyond.index], beyond, level),
        name="beyond the line",
        width=1.5,
        opacity=FILL,
        yaxis="y",
    )


def lower_head(text: str, *, sample: bool) -> list[dict[str, Any]]:
    """Return the name of the lower panel above it, and the mark of simulated data.

    On a phone both would not fit beside the words over the upper panel.
    """
    place = {"y": LOWER[1], "yshift": 4}
    return [note | place for note in (theme.head_note(text), *theme.sample_note(sample=sample))]


def end_values(
    values: tuple[float, float], labels: tuple[str, str], axes: Axes, *, regime: str
) -> Iterator[dict[str, Any]]:
    """Yield the last values at the right ends of both lines; none of the lower one without words for it."""
    yield theme.note(labels[0], role=regime, strong=True) | END_PLACE | {"y": values[0]}
    if labels[1]:
        place = {"y": round(float(share(values[1], axes["yaxis2"])), 4), "yref": "y2 domain"}
        yield theme.note(labels[1], role="muted") | END_PLACE | place


def _last_dot(values: pd.Series, **look: Any) -> list[Trace]:
    """Return the latest session as a dot on its line, where it has a value."""
    last = values.iloc[-1:]
    dot = {"hoverinfo": "skip", "name": "latest", **look}
    return [] if last.isna().any() else [theme.points(days(last.index), last.to_numpy(), **dot)]


def excess_outlines(line: pd.Series, beyond: pd.Series, level: float) -> tuple[Dates, Floats]:
    """Return a line where it is beyond a level, one outline a run of sessions, with a break after each.

    An outline begins and ends where the line from session to session crosses the level; where there is no
    session on the other side it is cut off upright.
    """
    minutes = line.index.to_numpy().astype("datetime64[m]").astype(np.int64)
    heights, is_beyond = line.to_numpy(), beyond.to_numpy()
    x: list[float] = []
    y: list[float] = []
    for inside, group in groupby(range(len(heights)), key=lambda i: is_beyond[i]):
        if not inside:
            continue
        run = list(group)
        x += [_crossing(minutes, heights, level, run[0], -1), *minutes[run]]
        x += [_crossing(minutes, heights, level, run[-1], 1), np.nan]
        y += [level, *heights[run].round(4), level, np.nan]
    at = np.asarray(x[:-1], dtype=np.float64)
    dates = np.where(np.isnan(at), np.iinfo(np.int64).min, np.nan_to_num(at)).astype(np.int64)
    return dates.astype("datetime64[m]"), np.asarray(y[:-1], dtype=np.float64)


def _crossing(minutes: Ints, heights: Floats, level: float, i: int, step: int) -> float:
    """Return when the line from a session to its neighbor crosses the level."""
    j = i + step
    if not 0 <= j < len(heights) or heights[i] == heights[j]:
        return float(minutes[i])
    part = (heights[i] - level) / (heights[i] - heights[j])
    return float(np.rint(minutes[i] + part * (minutes[j] - minutes[i])))


def pack_readings(
    frame: pd.DataFrame, runs: Any, axes: Axes, *, line: float, suspect: Sequence[int] = (), **others: Any
) -> dict[str, Any]:
    """Return what is read off a picture of two panels: columns in hundredths, each less the one before it.

    `runs` holds for each session whether it is in backwardation, and its number in its run, NaN where none is
    known. In what is returned, `gaps` are the calendar days from one session to the next; `runs` are
    [position, 1 in backwardation, number of the session in its run]; `suspect` are positions; `ends` and
    `panels` say where the axes lie.
    """
    above, day = np.asarray(runs).T
    known = np.flatnonzero(~np.isnan(day))
    starts = known[(day[known] == 1) | (known == known[:1])]
    low, high = ends(axes["xaxis"], "date")
    return {
        "first": f"{frame.index[0]:%Y-%m-%d}",
        "gaps": np.diff(days(frame.index)).astype(int).tolist(),
        **{str(key): _steps(column.to_numpy()) for key, column in frame.items()},
        "runs": [[int(i), int(above[i]), int(day[i])] for i in starts],
        "suspect": list(suspect),
        "ends": [low, high],
        "line": line,
        "panels": [
            [*axes[axis]["range"], int(axes[axis].get("type") == "log"), *domain]
            for axis, domain in (("yaxis", UPPER), ("yaxis2", LOWER))
        ],
        **others,
    }


def _steps(values: Floats) -> list[int | None]:
    """Return values in whole hundredths, each less the last one before it; None where undefined."""
    whole = np.rint(values * 100)
    known = ~np.isnan(whole)
    steps = np.full(len(whole), None, dtype=object)
    steps[known] = np.diff(whole[known], prepend=0.0).astype(int)
    return steps.tolist()
