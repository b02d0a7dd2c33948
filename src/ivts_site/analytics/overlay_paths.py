"""Mean, volatility, Sharpe ratio and deepest fall of many daily return paths at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.bootstrap import block_starts, resample_sums
from ivts_site.analytics.results import Floats
from ivts_site.analytics.rules import Resampling
from ivts_site.analytics.volatility import SESSIONS_A_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of each path: annualised mean, volatility, their quotient, deepest fall; arrays of one shape.

    The Sharpe ratio is NaN where the volatility is 0.
    """

    annual_mean: Floats
    volatility: Floats
    sharpe: Floats
    max_drawdown: Floats


def measure_paths(nets: Floats) -> Measures:
    """Measure daily simple returns, one path a row, of shape (paths, sessions)."""
    level = np.cumsum(np.log1p(nets), axis=1)
    high = np.maximum.accumulate(np.maximum(level, 0.0), axis=1)
    falls = np.expm1(np.minimum((level - high).min(axis=1), 0.0))
    return read_measures(nets.sum(axis=1), (nets**2).sum(axis=1), nets.shape[1], falls)


def resample_paths(nets: Floats, block: int, how: Resampling) -> Measures:
    """Measure resampled histories, all paths on the same sessions.

    Parameters
    ----------
    nets : array of shape (paths, sessions)
        Daily simple returns above −1.
    block : int
        Sessions of a bootstrap block.
    how : Resampling
        Draws and seed.

    Returns
    -------
    Measures
        Arrays of shape (draws, paths).
    """
    paths, n = nets.shape
    sums = resample_sums(np.concatenate([nets, nets**2]).T, block, how)
    rows = np.ascontiguousarray(np.log1p(nets).T)
    falls = [
        max_drawdowns(_drawn(rows, starts, min(block, n))) for starts in block_starts(n, min(block, n), how)
    ]
    return read_measures(sums[:, :paths], sums[:, paths:], n, np.concatenate(falls))


def read_measures(sums: Floats, squares: Floats, n: int, falls: Floats) -> Measures:
    """From sums of n daily returns, of their squares, and the deepest falls; n is at least 2."""
    average = sums / n
    variance = np.maximum(squares / n - average**2, 0.0) * n / (n - 1)
    variance[variance < 1e-18] = 0.0  # a constant path leaves the rounding of its squares
    annual, volatility = average * SESSIONS_A_YEAR, np.sqrt(variance * SESSIONS_A_YEAR)
    sharpe = np.divide(annual, volatility, out=np.full(annual.shape, np.nan), where=volatility > 0)
    return Measures(annual_mean=annual, volatility=volatility, sharpe=sharpe, max_drawdown=falls)


def max_drawdowns(steps: Iterable[Floats]) -> Floats:
    """Deepest fall from a running high of very many paths; the start is among the highs.

    Parameters
    ----------
    steps : iterable of array
        Log returns of all paths on one session, then on the next, so that all of it stays in fast memory.

    Returns
    -------
    array
        By path: lowest value / highest value before it − 1; 0 or negative.
    """
    level = high = low = fall = np.zeros(())
    for number, step in enumerate(steps):
        if number == 0:
            level, high, low, fall = (np.zeros(step.shape) for _ in range(4))
        np.add(level, step, out=level)
        np.maximum(high, level, out=high)
        np.subtract(level, high, out=fall)
        np.minimum(low, fall, out=low)
    return np.asarray(np.expm1(low))


def _drawn(rows: Floats, starts: np.ndarray, block: int) -> Iterator[Floats]:
    """Rows (sessions, paths) in the drawn order: one array (draws, paths) a session."""
    n = len(rows)
    for session in range(n):
        turn, offset = divmod(session, block)
        place = starts[:, turn] + offset
        yield rows.take(np.where(place < n, place, place - n), axis=0)
