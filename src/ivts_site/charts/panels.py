"""A line that is filled where it is beyond a level, above a second line in a panel of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.charts import theme
from ivts_site.charts.dated import View, open_figure
from ivts_site.charts.series import days, shaded_runs
from ivts_site.charts.theme import Figure, Trace

UPPER, LOWER = (0.29, 1.0), (0.0, 0.21)
"""Parts of the plot area of the two lines."""
FILL = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLine:
    """A line by session, NaN where undefined; its name, its line of the hover label, more for the script."""

    values: pd.Series
    name: str
    hover: str
    meta: Mapping[str, Any] = field(default_factory=dict)


def two_panels(  # noqa: PLR0913 (two lines, what tells them apart, and the ranges)
    upper: PanelLine,
    lower: PanelLine,
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
    hidden = theme.y_axis(
        overlaying="y2", range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]
    )
    return open_figure(
        [
            theme.line(
                upper.values.to_numpy(),
                x=days(upper.values.index),
                role="ink",
                name=upper.name,
                yaxis="y",
                hovertemplate=upper.hover,
                meta=dict(upper.meta),
            ),
            theme.line(
                lower.values.to_numpy(),
                role="muted",
                name=lower.name,
                width=1.25,
                yaxis="y2",
                hovertemplate=lower.hover,
            ),
            theme.bands(*shaded_runs(beyond), yaxis="y3"),
            theme.outlines(
                *excess_outlines(upper.values.loc[beyond.index], beyond, level),
                name="beyond the line",
                width=1.5,
                opacity=FILL,
                yaxis="y",
            ),
            *marks,
            *_last_dot(lower.values, role="muted", yaxis="y2", size=6),
            *_last_dot(upper.values, role=regime, yaxis="y", hollow=suspect),
        ],
        views,
        default,
        xaxis=theme.x_axis(type="date", anchor="y2"),
        yaxis=theme.y_axis(domain=list(UPPER)),
        yaxis2=theme.y_axis(domain=list(LOWER), anchor="x"),
        yaxis3=hidden,
        shapes=[theme.rule_line(role="ink", along="x", at=level, axis="y", width=1.25), *shapes],
    )


def lower_head(text: str, *, sample: bool) -> list[dict[str, Any]]:
    """Return the name of the lower panel above it, and the mark of simulated data.

    On a phone both would not fit beside the words over the upper panel.
    """
    place = {"y": LOWER[1], "yshift": 4}
    return [note | place for note in (theme.head_note(text), *theme.sample_note(sample=sample))]


def _last_dot(values: pd.Series, **look: Any) -> list[Trace]:
    """Return the latest session as a dot on its line, where it has a value."""
    last = values.iloc[-1:]
    dot = {"hoverinfo": "skip", "name": "latest", **look}
    return [] if last.isna().any() else [theme.points(days(last.index), last.to_numpy(), **dot)]


def excess_outlines(
    line: pd.Series, beyond: pd.Series, level: float
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
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


def _crossing(
    minutes: npt.NDArray[np.int64], heights: npt.NDArray[np.float64], level: float, i: int, step: int
) -> float:
    """Return when the line from a session to its neighbor crosses the level."""
    j = i + step
    if not 0 <= j < len(heights) or heights[i] == heights[j]:
        return float(minutes[i])
    share = (heights[i] - level) / (heights[i] - heights[j])
    return float(np.rint(minutes[i] + share * (minutes[j] - minutes[i])))
