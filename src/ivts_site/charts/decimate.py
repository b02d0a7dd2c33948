"""Thin a line to what a screen can show, without losing a spike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def kept_points(x: Floats, y: Floats, *, columns: int, low: float, high: float) -> Ints:
    """Return the indices of the points to draw: first, lowest, highest and last of each pixel column.

    Parameters
    ----------
    x, y : array
        Rising positions and their values, without NaN.
    columns : int
        Pixel columns between `low` and `high`.
    low, high : float
        The axis range of x.

    Returns
    -------
    array of int
        Rising, without repeats; the drawn minimum and maximum of every column equal the full data's.
    """
    if len(x) == 0:
        return np.empty(0, dtype=np.int64)
    column = np.floor((x - low) / (high - low) * columns).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    ends = np.r_[starts[1:], len(x)]
    by_value = np.lexsort((y, column))
    return np.unique(np.concatenate([starts, ends - 1, by_value[starts], by_value[ends - 1]]))


def runs(y: Floats) -> list[slice]:
    """Return the slices of consecutive values that are not NaN."""
    defined = np.r_[False, ~np.isnan(y), False]
    edges = np.flatnonzero(defined[1:] != defined[:-1])
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
