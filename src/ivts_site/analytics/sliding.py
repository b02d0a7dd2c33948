"""Order statistics of a window that slides over a series, one session at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivts_site.analytics.results import Floats, Ints
from ivts_site.analytics.term_structure import rounding_edge


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidingStatistics:
    """What each window holds.

    Attributes
    ----------
    rank : array
        Share of the window's values at or below its last one, in [0, 1]; itself is among them, and ratios
        that differ from it by rounding alone count as equal.
    percentiles : array of shape (n, number of shares)
        Linear between order statistics, to the bit what `numpy.percentile` gives.
    """

    rank: Floats
    percentiles: Floats


def slide(values: Floats, starts: Ints, stops: Ints, shares: Sequence[float] = ()) -> SlidingStatistics:
    """Measure every window `values[start:stop]`.

    Parameters
    ----------
    values : array
        Without NaN.
    starts, stops : array of int
        Non-decreasing, as many as there are windows; each start lies before its stop.
    shares : sequence of float
        Which percentiles, as shares in [0, 1].

    Returns
    -------
    SlidingStatistics
        The window is kept sorted while it moves: a value enters and leaves once, found by bisection.
    """
    edges = rounding_edge(values[stops - 1]).tolist()
    n = stops - starts
    virtual = [(n - 1) * share for share in shares]
    places = np.floor(np.array(virtual)).astype(np.int64).reshape(len(shares), len(n))
    begin, end = int(starts[0]), int(stops[0])
    window: Any = np.sort(values[begin:end])
    numbers: list[float] = []
    if len(n) > 1:  # a list takes what enters and leaves; a single window needs none
        window, numbers = window.tolist(), values.tolist()
    rank, low, high = np.empty(len(n)), np.empty(places.shape), np.empty(places.shape)
    for row, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        for number in numbers[end:stop]:
            insort(window, number)
        for number in numbers[begin:start]:
            del window[bisect_left(window, number)]
        begin, end = start, stop
        rank[row] = bisect_right(window, edges[row])
        for share, place in enumerate(places[:, row].tolist()):
            low[share, row] = window[place]
            high[share, row] = window[min(place + 1, len(window) - 1)]
    percentiles = _between(low, high, np.array(virtual).reshape(places.shape) - places)
    return SlidingStatistics(rank=rank / n, percentiles=percentiles.T)


def _between(low: Floats, high: Floats, weight: Floats) -> Floats:
    """Interpolate as NumPy does, from the nearer end, so that both give the same bits."""
    span = high - low
    return np.where(weight >= 0.5, high - span * (1 - weight), low + span * weight)
