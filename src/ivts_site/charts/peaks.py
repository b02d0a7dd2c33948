"""Peaks and troughs of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Floats
from ivts_site.charts import theme
from ivts_site.charts.axes import share
from ivts_site.charts.dated import Axes
from ivts_site.charts.labels import text_width
from ivts_site.charts.series import days
from ivts_site.model import NamedSpan

MOST = 5
HALF = 8.0
"""Half the height of a label with the room around it, pixels."""
ASIDE = 6.0
"""Pixels between a peak and its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The farthest value of an inversion, as far as it lies in a range; the event that it is the peak of."""

    session: pd.Timestamp
    value: float
    event: NamedSpan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels, y upward."""

    left: float
    right: float
    foot: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.foot < other.top
            and other.foot < self.top
        )


def find_peaks(signal: pd.DataFrame, events: Sequence[NamedSpan]) -> list[Peak]:
    """Return the peaks of some rows of `Analysis.signal`, the highest first; suspect closes make none.

    An event gives its name to its highest peak alone.
    """
    inverted = signal[signal["backwardation"].to_numpy() & ~signal["suspect"].to_numpy()]
    return rank_peaks(inverted["ivts"], inverted["spell"], events)


def rank_peaks(
    inverted: pd.Series, spells: pd.Series, events: Sequence[NamedSpan], *, below: bool = False
) -> list[Peak]:
    """Return the highest value of each spell, or the lowest, by session; the farthest spell comes first."""
    if inverted.empty:
        return []
    values = inverted.to_numpy()
    heights, numbers = (-values if below else values), spells.to_numpy()
    starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
    tops = [a + int(heights[a:b].argmax()) for a, b in pairwise([*starts, len(heights)])]
    ranked = sorted(tops, key=lambda at: -heights[at])
    free = list(events)
    peaks = []
    for session, value in zip(inverted.index[ranked], values[ranked], strict=True):
        day = f"{session:%Y-%m-%d}"
        event = next((each for each in free if each.first <= day <= each.last), None)
        if event is not None:
            free.remove(event)
        peaks.append(Peak(session=session, value=float(value), event=event))
    return peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A line in a panel of some size, in pixels: what labels must keep off.

    Peaks point down where `below`: all heights are then counted from the top.
    """

    x: Floats
    y: Floats
    width: float
    height: float
    below: bool = False

    def rise(self, part: float) -> float:
        """Return how high a part of the height lies, as heights are counted."""
        return (1 - part if self.below else part) * self.height

    def is_free(self, box: Box) -> bool:
        """Whether a rectangle lies in the panel, and the line passes below it."""
        if box.left < 0 or box.right > self.width:
            return False
        under = self.y[(self.x >= box.left) & (self.x <= box.right)]
        return not len(under) or bool(np.nanmax(under) < box.foot)


def place_labels(
    panel: Panel, peaks: Iterable[tuple[float, float, str]], taken: Sequence[Box] = ()
) -> dict[int, str]:
    """Return on which side of its peak each label stands, by the peak's position; some find no room.

    Peaks are x, y and text, the most important first; those after the last that finds room are not asked
    for. In the boxes that are `taken` other words stand.
    """
    boxes, sides = list(taken), {}
    for at, (x, y, text) in enumerate(peaks):
        length = text_width(text) + 2
        for side, start in (("right", x + ASIDE), ("left", x - ASIDE - length)):
            box = Box(left=start, right=start + length, foot=y - HALF, top=y + HALF)
            if panel.is_free(box) and not any(box.meets(other) for other in boxes):
                boxes.append(box)
                sides[at] = side
                break
        if len(sides) == MOST:
            break
    return sides


def draw_panel(shown: pd.Series, axes: Axes, size: tuple[float, float], *, below: bool = False) -> Panel:
    """Return the panel of a line over the sessions shown, on a chart of some size."""
    width, height = size
    heights = share(shown.to_numpy(), axes["yaxis"])
    return Panel(
        x=share(days(shown.index), axes["xaxis"], "date") * width,
        y=(1 - heights if below else heights) * height,
        width=width,
        height=height,
        below=below,
    )


def peak_notes(  # noqa: PLR0913 (where, what, and for which layout)
    panel: Panel,
    peaks: Sequence[Peak],
    axes: Axes,
    taken: Sequence[Box],
    words: Callable[[float], str],
    *,
    only: str,
) -> Iterator[dict[str, Any]]:
    """Yield the labels of the farthest peaks that have room, for one layout."""
    across = share([peak.session.to_datetime64() for peak in peaks], axes["xaxis"], "date") * panel.width
    texts = [_text(peak, words(peak.value), only) for peak in peaks]
    places = (
        (x, panel.rise(float(share(peak.value, axes["yaxis"]))) - HALF / 2, text)
        for x, peak, text in zip(across.tolist(), peaks, texts, strict=True)
    )
    for at, side in place_labels(panel, places, taken).items():
        yield theme.note(
            texts[at],
            role="ink",
            x=f"{peaks[at].session:%Y-%m-%d}",
            xref="x",
            y=round(peaks[at].value, 4),
            yref="y",
            yshift=HALF / 2 if panel.below else -HALF / 2,
            only=only,
            **theme.aside(ASIDE, left=side == "left"),
        )


def _text(peak: Peak, value: str, only: str) -> str:
    """Return value and name of a peak; on a chart that is not narrow also the day."""
    day, name = fmt.date_short(peak.session.date()), f"{value} {peak.event.label}" if peak.event else ""
    return name if name and only == "n" else f"{name or value}, {day}"
