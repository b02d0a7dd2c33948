"""Places for labels along an axis, so that nothing covers them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

FLAG_GAP = 4.0
"""Pixels that keep the labels of upright lines apart."""


def text_width(text: str, size: float = 12.0) -> float:
    """Return a width in pixels that a text in a common sans-serif face does not exceed.

    Wide (East Asian) characters and pictographs take more than an em, narrow letters four tenths, others
    six, capitals seven.
    """
    return sum(_em(letter) for letter in text) * size


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Where the label of an upright line flies: its row (0 is next to the chart) and on which side."""

    row: int
    left: bool


def place_flags(marks: Sequence[tuple[float, float]], *, low: float, high: float) -> list[Flag]:
    """Return a place for the label of each upright line so that no label and no line touches a label.

    `marks` are position of the line and width of its label, all in pixels. A line reaches from the chart to
    the row of its label, and the label stands beside it, at least `FLAG_GAP` from its neighbors. Of all ways
    that keep the labels within [low, high] the one with the fewest rows is taken, then the one with the
    fewest labels at the left; labels fly at the right, beyond `high`, where there is no other way.
    """
    best: tuple[int, int, list[Flag]] | None = None
    for sides in product((False, True), repeat=len(marks)):
        spans = [_span(mark, left=left) for mark, left in zip(marks, sides, strict=True)]
        inside = all(low <= start and end <= high for start, end in spans)
        rows = _rows(marks, spans) if inside or not any(sides) else None
        if rows is None:
            continue
        cost = (max(rows, default=0) + (0 if inside else len(marks)), sum(sides))
        if best is None or cost < best[:2]:
            best = (*cost, [Flag(row=row, left=left) for row, left in zip(rows, sides, strict=True)])
    return best[2] if best else []


def _span(mark: tuple[float, float], *, left: bool) -> tuple[float, float]:
    position, width = mark
    return (position - width, position) if left else (position, position + width)


def _rows(marks: Sequence[tuple[float, float]], spans: Sequence[tuple[float, float]]) -> list[int] | None:
    """Return the lowest rows that keep lines and labels off labels; None where that goes round in a ring."""
    below = {
        i: {j for j, (x, _) in enumerate(marks) if j != i and _crosses(x, marks[i][0], spans[i])}
        for i in range(len(marks))
    }
    rows: dict[int, int] = {}
    while len(rows) < len(marks):
        ready = [i for i in below if i not in rows and below[i] <= rows.keys()]
        if not ready:
            return None
        row = max((rows[j] for j in below[ready[0]]), default=-1) + 1
        taken = {rows[j] for j in rows if overlap(spans[ready[0]], spans[j], FLAG_GAP)}
        rows[ready[0]] = next(r for r in range(row, row + len(marks) + 1) if r not in taken)
    return [rows[i] for i in range(len(marks))]


def _crosses(x: float, own: float, span: tuple[float, float]) -> bool:
    return span[0] - FLAG_GAP < x < span[1] + FLAG_GAP and abs(x - own) > 1 and (x > own) == (span[1] > own)


def overlap(one: tuple[float, float], other: tuple[float, float], gap: float) -> bool:
    """Return whether two spans lie nearer to each other than a gap."""
    return one[0] < other[1] + gap and other[0] < one[1] + gap


@cache
def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000:
        return 1.1
    if letter in " .,:;'|ilfjrt()":
        return 0.42
    return 0.72 if letter.isupper() or letter in "mw%@—" else 0.6
