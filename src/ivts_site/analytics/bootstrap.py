"""Intervals for dependent data: a circular block bootstrap of sums, and the naive intervals beside it.

A history of n sessions is closed to a ring; a resample is k = ⌈n / b⌉ blocks of b consecutive sessions,
begun anywhere with equal chance, the last block cut so that n sessions are drawn. Dependence over spans
shorter than a block survives in it. Means, shares, variances and correlations are functions of column sums,
and the sum of a block is the difference of two prefix sums; so a draw costs k look-ups a column, not n.

References
----------
Politis and Romano (1992), "A circular block-resampling procedure for stationary data", in LePage and Billard,
Exploring the Limits of Bootstrap — the scheme. Künsch (1989), Annals of Statistics 17 — blocks. Efron (1979),
Annals of Statistics 7 — percentiles as limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.rules import Resampling
from ivts_site.published.studies import Pair

_CHUNK = 2_000_000
"""Look-ups made at a time; bounds the memory of long histories."""


def block_length(how: Resampling, horizon: int) -> int:
    """Sessions of a block for outcomes that span `horizon` sessions."""
    return how.block_factor * horizon


def block_starts(n: int, block: int, draws: int, seed: int) -> Iterator[Ints]:
    """Give the first positions of the blocks of all draws: arrays (some draws, ⌈n / block⌉) in [0, n).

    Raw output of PCG64 is used, as it is the same in every version of NumPy and on every machine.
    """
    k = -(-n // block)
    step = max(1, _CHUNK // k)
    if draws <= step:
        yield _starts(n, k, draws, seed)
        return
    source = np.random.PCG64(seed)
    for done in range(0, draws, step):
        rows = min(step, draws - done)
        yield uniform(source, rows * k, n).reshape(rows, k)


@lru_cache(maxsize=4)
def _starts(n: int, k: int, draws: int, seed: int) -> Ints:
    """All draws at once, kept for the next numbers of the same sessions."""
    starts = uniform(np.random.PCG64(seed), draws * k, n).reshape(draws, k)
    starts.flags.writeable = False
    return starts


def uniform(source: np.random.PCG64, size: int, n: int) -> Ints:
    """Draw positions in [0, n) with equal chance, from the upper 53 bits of raw draws."""
    raw = source.random_raw(size)
    return ((raw >> np.uint64(11)).astype(np.float64) * (n * 2.0**-53)).astype(np.int64)


def resample_sums(columns: Floats, block: int, draws: int, seed: int) -> Floats:
    """Sum columns, (sessions, m) without NaN and drawn together, over resampled histories: (draws, m)."""
    n = len(columns)
    block = min(block, n)
    whole, cut = block_sums(columns, block), block_sums(columns, n - (-(-n // block) - 1) * block)
    return np.concatenate(
        [
            np.column_stack(
                [
                    full.take(starts[:, :-1]).sum(axis=1) + last.take(starts[:, -1])
                    for full, last in zip(whole, cut, strict=True)
                ]
            )
            for starts in block_starts(n, block, draws, seed)
        ]
    )


def percentile_interval(draws: Floats, level: float) -> Pair | None:
    """Take the middle share of the draws, linear between order statistics.

    A draw that does not define the statistic is NaN and left out; None where less than half define it.
    """
    known = draws[~np.isnan(draws)]
    if len(known) * 2 <= len(draws):
        return None
    low, high = np.percentile(known, [50 * (1 - level), 50 * (1 + level)]).tolist()
    return low, high


def naive_interval(values: Floats, level: float) -> Pair | None:
    """Interval of a mean as if values were independent: mean ± z·s/√n, s with n − 1; None below 2 values."""
    if len(values) < 2:
        return None
    return _around(float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5, level)


def naive_difference(values: Floats, others: Floats, level: float) -> Pair | None:
    """Interval of a difference of means as if all values were independent (Welch's standard error).

    None where either side has less than two values.
    """
    if min(len(values), len(others)) < 2:
        return None
    error = float(values.var(ddof=1) / len(values) + others.var(ddof=1) / len(others)) ** 0.5
    return _around(float(values.mean() - others.mean()), error, level)


def wilson_interval(numerator: int, denominator: int, level: float) -> Pair | None:
    """Wilson's score interval of a share of independent cases; None without any.

    (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n), within [0, 1] and defined for shares of 0 and 1 too.
    Wilson (1927), Journal of the American Statistical Association 22.
    """
    if not denominator:
        return None
    share, z = numerator / denominator, normal_quantile(level)
    shrink = 1 + z**2 / denominator
    center = (share + z**2 / (2 * denominator)) / shrink
    reach = z * (share * (1 - share) / denominator + z**2 / (4 * denominator**2)) ** 0.5 / shrink
    return max(0.0, center - reach), min(1.0, center + reach)


def normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval of this level reaches to either side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def count_windows(member: Flags, horizon: int) -> int:
    """Count the most windows of `horizon` sessions that start in a group and do not overlap.

    Taking the earliest possible start each time is the best; done run by run.
    """
    first, last = find_runs(member)
    count, free = 0, 0
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        start = max(begin, free)
        if start <= end:
            fits = (end - start) // horizon + 1
            count, free = count + fits, start + fits * horizon
    return count


def split_clusters(member: Flags, horizon: int) -> list[Ints]:
    """Split a group's positions where two neighbors lie `horizon` sessions or more apart."""
    places = np.flatnonzero(member)
    return np.split(places, np.flatnonzero(np.diff(places) >= horizon) + 1) if len(places) else []


def find_runs(member: Flags) -> tuple[Ints, Ints]:
    """First and last positions of the maximal runs of True, in order."""
    padded = np.zeros(len(member) + 2, dtype=np.int8)
    padded[1:-1] = member
    change = np.diff(padded)
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1


def block_sums(columns: Floats, length: int) -> list[Floats]:
    """Sums of the `length` sessions from each position of the ring, a contiguous array a column."""
    ring = np.concatenate([columns, columns[: length - 1]])
    sums = np.cumsum(np.concatenate([np.zeros((1, columns.shape[1])), ring]), axis=0)
    return list(np.ascontiguousarray((sums[length:] - sums[:-length]).T))


def long_run_sum(scores: Floats, width: int) -> Floats:
    """Sum the products of scores up to `width` sessions apart, each weighted 1 − lag / width.

    Newey and West (1987), Econometrica 55: over the square of the information, a covariance for outcomes
    that overlap.
    """
    total = scores.T @ scores
    for lag in range(1, min(width, len(scores))):
        apart = scores[lag:].T @ scores[:-lag]
        total = total + (1 - lag / width) * (apart + apart.T)
    return total


def _around(center: float, error: float, level: float) -> Pair:
    reach = normal_quantile(level) * error
    return center - reach, center + reach
