"""Peaks of the ratio worth a name, and where their labels fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts.labels import text_width
from ivts_site.model import NamedSpan

Floats = npt.NDArray[np.float64]

NEAR_ONE = 0.005
"""Distance from 1 within which a ratio has four decimals: one of 1.0039 must not read 1.00."""
MOST = 5
HALF = 8.0
"""Half the height of a label with the room around it, pixels."""
ASIDE = 6.0
"""Pixels between a peak and its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest ratio of an inversion, as far as it lies in a range; the event that it is the peak of."""

    session: pd.Timestamp
    ratio: float
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


def short_ratio(ratio: float) -> str:
    """Return a ratio with two decimals, with four where it is close to 1."""
    return fmt.fixed(ratio, 4 if abs(ratio - 1) < NEAR_ONE else 2)


def find_peaks(analysis: Analysis, first: str, last: str, events: Sequence[NamedSpan]) -> list[Peak]:
    """Return the peaks within some days, the highest first; suspect closes make none.

    An event gives its name to its highest peak alone.
    """
    signal = analysis.signal.loc[first:last]
    inside = signal[signal["backwardation"] & ~signal["suspect"]]
    if inside.empty:
        return []
    ratios, spells = inside["ivts"].to_numpy(), inside["spell"].to_numpy()
    starts = np.flatnonzero(np.r_[True, spells[1:] != spells[:-1]])
    tops = [a + int(ratios[a:b].argmax()) for a, b in pairwise([*starts, len(ratios)])]
    ranked = sorted(tops, key=lambda at: -ratios[at])
    free = list(events)
    peaks = []
    for session, ratio in zip(inside.index[ranked], ratios[ranked], strict=True):
        day = f"{session:%Y-%m-%d}"
        event = next((each for each in free if each.first <= day <= each.last), None)
        if event is not None:
            free.remove(event)
        peaks.append(Peak(session=session, ratio=float(ratio), event=event))
    return peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A line in a panel of some size, in pixels: what labels must keep off."""

    x: Floats
    y: Floats
    width: float
    height: float

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

    Parameters
    ----------
    panel : Panel
        The line.
    peaks : iterable of (x, y, text)
        The most important first; those after the last that finds room are not asked for.
    taken : sequence of Box
        Where other words stand.
    """
    boxes, sides = list(taken), {}
    for at, side, box in islice(_fitting(panel, peaks, boxes), MOST):
        boxes.append(box)
        sides[at] = side
    return sides


def _fitting(
    panel: Panel, peaks: Iterable[tuple[float, float, str]], boxes: list[Box]
) -> Iterator[tuple[int, str, Box]]:
    for at, (x, y, text) in enumerate(peaks):
        length = text_width(text) + 2
        for side, start in (("right", x + ASIDE), ("left", x - ASIDE - length)):
            box = Box(left=start, right=start + length, foot=y - HALF, top=y + HALF)
            if panel.is_free(box) and not any(box.meets(other) for other in boxes):
                yield at, side, box
                break
