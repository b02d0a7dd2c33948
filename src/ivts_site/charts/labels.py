"""Rows for labels along an axis, so that nothing covers them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def text_width(text: str, size: float = 12.0) -> float:
    """Return a width in pixels that a text in a common sans-serif face does not exceed.

    Wide (East Asian) characters and pictographs take a full em, others six tenths, capitals seven.
    """
    return sum(_em(letter) for letter in text) * size


def flag_rows(marks: Sequence[tuple[float, float]], *, gap: float) -> list[int]:
    """Return a row for the label of each upright line, 0 the lowest, so that nothing covers a label.

    A label stands at the right of its line like a flag, and the line reaches up to it. Neither another label
    nor another line touches it: where flags meet, the one further left flies higher.

    Parameters
    ----------
    marks : sequence of (position, width)
        Position of the line and width of its label, pixels.
    gap : float
        Least distance of neighbours, pixels.
    """
    order = sorted(range(len(marks)), key=lambda i: (-marks[i][0], i))
    rows: dict[int, int] = {}
    for i in order:
        start, width = marks[i]
        met = [row for j, row in rows.items() if marks[j][0] < start + width + gap]
        rows[i] = max(met, default=-1) + 1
    return [rows[i] for i in range(len(marks))]


def room_needed(marks: Sequence[tuple[float, float]], low: float, *, plot: float, beyond: float) -> float:
    """Return the least upper end of an axis from `low` at which every flag ends `beyond` the plot or before.

    Parameters
    ----------
    marks : sequence of (value, width)
        Value of the line in axis units and width of its label, pixels.
    low : float
        Lower end of the axis.
    plot, beyond : float
        Width of the plot area and of the room at its right, pixels.
    """
    return max(low + (value - low) * plot / (plot + beyond - width) for value, width in marks)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000:
        return 1.1
    if letter in " .,:;'|il1()":
        return 0.6 if letter == "1" else 0.36
    return 0.72 if letter.isupper() or letter in "mw%@—" else 0.6
