"""Pictures without a chart behind them: traces and axes as plain values, and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis, value_axis
from ivts_site.charts.svg import Trace, draw_figure
from ivts_site.charts.words import sample_words

PERCENT = "%"
DOTTED: Mapping[str, Any] = {"dash": theme.DOTS, "width": 1.5}
"""A line that others are compared with."""
Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Identity and words of a picture: `id` is unique on its page, `sample` says that it shows simulation."""

    id: str
    title: str
    description: str
    sample: bool


def draw(  # noqa: PLR0913 - each is a part of a figure
    traces: Sequence[Trace],
    caption: Caption,
    *,
    x: Item,
    y: Item,
    shapes: Sequence[Item] = (),
    notes: Sequence[Item] = (),
    sample_at: tuple[float, float] | None = (0.5, 0.0),
) -> str:
    """Return a picture as inline SVG, marked where the closes are simulated.

    `narrow` in `x` holds its ticks on a phone. `sample_at` is where in the plot, from the left and from the
    bottom, the mark of simulated closes stands: what is drawn is elsewhere. Without a place it stands above
    the plot, where only the name of the value axis is.
    """
    layout = {
        "xaxis": x | {"anchor": "y"},
        "yaxis": y,
        "shapes": list(shapes),
        "annotations": [*notes, *_sample(sample_at, sample=caption.sample)],
    }
    words = sample_words(caption.description, sample=caption.sample)
    return draw_figure(traces, layout, id_=caption.id, title=caption.title, description=words)


def _sample(at: tuple[float, float] | None, *, sample: bool) -> list[Item]:
    """Return the mark that simulated data carry, or nothing."""
    marks = theme.sample_note(sample=sample)
    if at is None:
        return marks
    x, y = at
    place = {"x": x, "y": y, "xanchor": "right" if x == 1 else "center", "xshift": 0, "yshift": 5}
    return [mark | place for mark in marks]


def head_right(text: str) -> Item:
    """Return a text above the plot area that ends with it: these pictures have no margin at the right."""
    return theme.head_note(text, side="right") | {"xshift": 0}


def log_scale(bounds: Sequence[float], ticks: Sequence[float]) -> Item:
    """Return a logarithmic axis between two powers of ten, with those of the ticks that lie within."""
    shown = [tick for tick in ticks if bounds[0] <= np.log10(tick) <= bounds[1]]
    texts = [fmt.plain(tick).removesuffix(".0") for tick in shown]
    return theme.y_axis(type="log", range=list(bounds), tickvals=shown, ticktext=texts)


def area(x: Any, low: Any, high: Any, *, role: str) -> theme.Trace:
    """Return the shaded area between two lines over the same positions."""
    return theme.outlines(np.r_[x, x[::-1]], np.r_[low, high[::-1]], role=role)


def percent_axis(values: Any) -> Item:
    """Return range and ticks for fractions, labeled in percent; zero is always within."""
    hundredths = np.asarray(values, dtype=np.float64) * 100
    low, high = min(0.0, float(hundredths.min())), max(0.0, float(hundredths.max()))
    axis = value_axis(low, high, unit=PERCENT, at_most=5)
    return axis | {name: [each / 100 for each in axis[name]] for name in ("range", "tickvals")}


GROWTH_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_GAP = 0.085
"""Least distance of two names at the right, as a share of the height."""
_ROOM = 60
"""Pixels at the right, as the style sheet of the page gives this picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthLine:
    """A rule: its name, the value of 1 over time, color role, width, dash."""

    label: str
    values: Sequence[float]
    role: str
    width: float = 1.5
    dash: str = "solid"


def draw_growth(sessions: Sequence[str], lines: Sequence[GrowthLine], caption: Caption) -> str:
    """Return growth of 1 under several rules on a log scale; no line has a gap or falls to zero."""
    days = np.asarray(sessions, dtype="datetime64[D]")
    logs = np.log10(np.array([line.values for line in lines], dtype=float))
    low, high = min(float(logs.min()), -0.05), max(float(logs.max()), 0.05)
    pad = 0.05 * (high - low)
    bounds = [low - pad, high + pad]
    ends = [(float(np.log10(line.values[-1])), line.label, line.role, line.role == "ink") for line in lines]
    return draw(
        [theme.line(line.values, x=days, role=line.role, width=line.width, dash=line.dash) for line in lines],
        caption,
        x=theme.x_axis(type="date", **date_axis(pd.Timestamp(sessions[0]), pd.Timestamp(sessions[-1]))),
        y=log_scale(bounds, GROWTH_TICKS),
        notes=[
            theme.head_note("value of 1, log scale"),
            *theme.end_notes(ends, bounds, gap=_GAP, room=_ROOM),
        ],
    )
