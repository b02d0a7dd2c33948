"""Windows of the ratio: rates, percentiles, ranks, histogram, rolling rates, and how a window slides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.term_structure import rounding_edge
from ivts_site.published.numbers import day
from ivts_site.published.snapshot import PercentileRanks, Percentiles, Window

Sessions = TypeVar("Sessions", pd.Timestamp, pd.DatetimeIndex)


SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
FEW = 20
"""Readings, below which there is no distribution to draw and no 95th or 99th percentile to name."""
_DAY = pd.Timedelta(days=1)


def window_start(as_of: Sessions, name: str) -> Sessions | None:
    """Last day *outside* the window of months (`6m`), years (`2y`) or `all` that ends on `as_of`.

    The same day so many calendar months or years earlier, or the last day of that month where it has no such
    day (2024-02-29 − 1 year = 2023-02-28); None for `all`.
    """
    if name == "all":
        return None
    return as_of - pd.DateOffset(months=int(name[:-1]) * (12 if name.endswith("y") else 1))


def slide_window(
    name: str, closes: pd.DataFrame, signal: pd.DataFrame, rows: slice = slice(None)
) -> dict[str, Any]:
    """Measure the window that ends on each session with a defined ratio, as arrays by name.

    first_session: the window's first with a ratio; n_sessions; n_backwardation; backwardation_rate; complete:
    False where the ratio begins after the window's first day; p50, p95 and p99 of the ratio, linear between
    order statistics; ivts_rank, vix_rank, vix3m_rank: shares in [0, 1] of the values at or below the last.
    Ranks of front and back take all stored closes from the window's first session with a ratio.
    """
    index = pd.DatetimeIndex(signal.index)
    stops = np.arange(1, len(index) + 1)[rows]
    starts, complete = window_starts(index, index[rows], name)
    first, base = index[starts], int(starts[0])  # what lies before the first window is in none
    stored = closes.iloc[closes.index.searchsorted(first[0]) :]
    flags, ivts = (signal[name].to_numpy()[base:] for name in ("backwardation", "ivts"))
    starts, stops = starts - base, stops - base
    total = np.append(0, np.cumsum(flags))
    counts, n = total[stops] - total[starts], stops - starts
    rank, percentiles = slide(ivts, starts, stops, tuple(SHARES.values()))
    return {
        "first_session": first,
        "n_sessions": n,
        "n_backwardation": counts,
        "backwardation_rate": counts / n,
        "complete": complete,
        **dict(zip(SHARES, percentiles, strict=True)),
        "ivts_rank": rank,
        "vix_rank": _leg_ranks(stored["front"], first, index[rows]),
        "vix3m_rank": _leg_ranks(stored["back"], first, index[rows]),
    }


def measure_window(name: str, closes: pd.DataFrame, signal: pd.DataFrame) -> Window:
    """Measure the window that ends on the last session, see `slide_window`, with its extremes.

    Extremes of front and back take all stored closes from the window's first session with a ratio to the last
    session; the earliest session wins a tie.
    """
    columns = slide_window(name, closes, signal, slice(-1, None))
    last = {key: values.tolist()[0] for key, values in columns.items()}
    stored = closes.iloc[closes.index.searchsorted(last["first_session"]) :]
    front, back = stored["front"].dropna(), stored["back"].dropna()
    ivts = signal["ivts"].to_numpy()[-last["n_sessions"] :]
    return Window(
        name=name,
        first_session=day(last["first_session"]),
        last_session=day(signal.index[-1]),
        **{key: last[key] for key in ("n_sessions", "n_backwardation", "backwardation_rate", "complete")},
        vix_min=float(front.min()),
        vix_max=float(front.max()),
        vix_max_session=day(front.index[int(front.argmax())]),
        vix3m_max=float(back.max()),
        vix3m_max_session=day(back.index[int(back.argmax())]),
        ivts_min=float(ivts.min()),
        ivts_max=float(ivts.max()),
        ivts_percentiles=Percentiles(**{key: last[key] for key in SHARES}),
        percentile_ranks=PercentileRanks(**{key: last[f"{key}_rank"] for key in ("ivts", "vix", "vix3m")}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of the ratio in steps of 0.01; each bin holds its upper edge, 1.00 is always an edge."""

    edges: Floats
    counts: Ints


def build_histogram(ivts: Floats) -> Histogram:
    """Count ratios in steps of 0.01, from below the smallest to the largest, and at least to 1.00.

    A bin holds its upper edge and not its lower one, so that 1.0 is counted on the contango side.
    """
    step = np.ceil(np.round(ivts * 100, 9)).astype(np.int64)
    low, high = min(step.min() - 1, 100), max(step.max(), 100)
    counts = np.bincount(step - low - 1, minlength=high - low)
    return Histogram(edges=np.arange(low, high + 1) / 100, counts=counts.astype(np.int64))


def rolling_rates(signal: pd.DataFrame, lengths: Sequence[int]) -> pd.DataFrame:
    """Share of the last n sessions with a ratio that were in backwardation; NaN until n sessions exist."""
    flags = signal["backwardation"].to_numpy()
    return pd.DataFrame({n: _rolling_mean(flags, n) for n in lengths}, index=signal.index)


def _rolling_mean(flags: Flags, n: int) -> Floats:
    total = np.concatenate([[0], np.cumsum(flags)])
    rate = np.full(len(flags), np.nan)
    rate[n - 1 :] = (total[n:] - total[:-n]) / n
    return rate


def window_starts(index: pd.DatetimeIndex, ends: pd.DatetimeIndex, name: str) -> tuple[Ints, Flags]:
    """Return the place of each window's first session, and whether the history reaches back that far.

    Windows end on `ends`, which are some of the sessions of `index`.
    """
    outside = window_start(ends, name)
    if outside is None:
        return np.zeros(len(ends), dtype=np.int64), np.full(len(ends), True)
    starts = index.searchsorted(outside, side="right")
    return starts.astype(np.int64), np.asarray(index[0] <= outside + _DAY)


def _leg_ranks(leg: pd.Series, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> Floats:
    """Rank a leg's closes among all that are stored since the window's first session with a ratio."""
    stored = leg.dropna()
    first, last = (stored.index.searchsorted(sessions).astype(np.int64) for sessions in (starts, ends))
    return slide(stored.to_numpy(), first, last + 1)[0]


def slide(values: Floats, starts: Ints, stops: Ints, shares: Sequence[float] = ()) -> tuple[Floats, Floats]:
    """Rank the last value of every window `values[start:stop]`, and find percentiles of each.

    Starts and stops never decrease. A rank is the share of the window's values at or below its last one, in
    [0, 1]; itself is among them, and ratios that differ from it by rounding alone count as equal. Percentiles
    have a row a share, linear between order statistics, to the bit what `numpy.percentile` gives.
    """
    n = stops - starts
    virtual = np.multiply.outer(np.array(shares), n - 1)
    places = np.floor(virtual).astype(np.int64)
    read = np.array([places, np.minimum(places + 1, n - 1)])
    edges = rounding_edge(values[stops - 1])
    counts, (low, high) = _move(values, starts, stops, edges, read)
    return counts / n, _between(low, high, virtual - places)


def _move(values: Floats, starts: Ints, stops: Ints, edges: Floats, places: Ints) -> tuple[Ints, Floats]:
    """Count what lies up to each window's edge, and find what stands at the places once it is sorted.

    Each value enters the sorted window and leaves it once, by bisection.
    """
    begin, end = int(starts[0]), int(stops[0])
    window, numbers = np.sort(values[begin:end]).tolist(), values.tolist()
    counts, found = np.empty(len(stops), dtype=np.int64), np.empty(places.shape)
    spans = zip(starts.tolist(), stops.tolist(), edges.tolist(), strict=True)
    for row, (start, stop, edge) in enumerate(spans):
        for number in numbers[end:stop]:
            insort(window, number)
        for number in numbers[begin:start]:
            del window[bisect_left(window, number)]
        begin, end = start, stop
        counts[row] = bisect_right(window, edge)
        found[..., row] = [[window[place] for place in read] for read in places[..., row].tolist()]
    return counts, found


def _between(low: Floats, high: Floats, weight: Floats) -> Floats:
    """Interpolate as NumPy does, from the nearer end, so that both give the same bits."""
    span = high - low
    return np.where(weight >= 0.5, high - span * (1 - weight), low + span * weight)
