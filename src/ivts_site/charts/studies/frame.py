"""What the pictures of the studies are made of: traces and axes as plain values, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.charts import theme
from ivts_site.charts.axes import value_axis
from ivts_site.charts.svg import Trace, draw_figure
from ivts_site.charts.words import sample_words

PERCENT = "%"
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
    sample_at: tuple[float, float] = (0.5, 0.0),
) -> str:
    """Return a picture as inline SVG, marked where the closes are simulated.

    `narrow` in `x` holds its ticks on a phone. `sample_at` is where in the plot, from the left and from the
    bottom, the mark of simulated closes stands: what is drawn is elsewhere, and the room above the plot is
    taken by the names of the axes.
    """
    layout = {
        "xaxis": x | {"anchor": "y"},
        "yaxis": y,
        "shapes": list(shapes),
        "annotations": [*notes, *(_sample(*sample_at) if caption.sample else ())],
    }
    words = sample_words(caption.description, sample=caption.sample)
    return draw_figure(traces, layout, id_=caption.id, title=caption.title, description=words)


def _sample(x: float, y: float) -> list[Item]:
    place = {"xref": "x domain", "x": x, "xanchor": "right" if x == 1 else "center", "yshift": 5}
    return [theme.note(theme.SAMPLE_MARK, role="ink", strong=True, y=y, yanchor="bottom", **place)]


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


def percent_axis(values: Any, *, at_most: int = 5, places: int = 0) -> Item:
    """Return range and ticks for fractions, labeled in percent; zero is always within."""
    hundredths = np.asarray(values, dtype=np.float64) * 100
    axis = value_axis(
        min(0.0, float(hundredths.min())),
        max(0.0, float(hundredths.max())),
        places=places,
        unit=PERCENT,
        at_most=at_most,
    )
    return {
        "range": [edge / 100 for edge in axis["range"]],
        "tickvals": [tick / 100 for tick in axis["tickvals"]],
        "ticktext": axis["ticktext"],
    }
