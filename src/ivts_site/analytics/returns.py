"""Returns and lowest closes ahead, deepest falls, and realized volatility."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, mean
from ivts_site.published.snapshot import ForwardReturn


def forward_returns(close: Floats, horizon: int) -> Floats:
    """Return over the next sessions: close(t + horizon) / close(t) − 1; NaN where either is not stored."""
    return lead(close, horizon) / close - 1


def lowest_ahead(close: Floats, horizon: int) -> Floats:
    """Give the lowest close of the next `horizon` sessions / close(t) − 1; NaN where one is missing."""
    result = np.full(len(close), np.nan)
    if len(close) > horizon:
        ahead = np.lib.stride_tricks.sliding_window_view(close[1:], horizon).min(axis=1)
        result[:-horizon] = ahead / close[:-horizon] - 1
    return result


def compare_forward_returns(
    benchmark: pd.Series, signal: pd.DataFrame, horizons: Sequence[int]
) -> tuple[ForwardReturn, ...]:
    """Mean forward returns after sessions in backwardation against those after all sessions with a ratio.

    Horizons are in sessions of the panel. Counts are of starts with a return; means are None where there is
    none.
    """
    starts = find_places(benchmark.index, signal.index)
    backwardation = signal["backwardation"].to_numpy()
    close = benchmark.to_numpy()
    return tuple(
        _compare(horizon, forward_returns(close, horizon)[starts], backwardation) for horizon in horizons
    )


def find_places(sessions: pd.Index, wanted: pd.Index) -> npt.NDArray[np.intp]:
    """Positions of sessions among those that hold them all, both rising; no search where they are all."""
    if len(sessions) == len(wanted):
        return np.arange(len(sessions), dtype=np.intp)
    return np.asarray(sessions.searchsorted(wanted), dtype=np.intp)


def max_drawdown(closes: pd.Series) -> tuple[float | None, pd.Timestamp | None, pd.Timestamp | None]:
    """Deepest fall from a running high, at most 0, and the sessions of its high and its low.

    The earliest session wins a tie; both are None where no close lies below an earlier one, all three
    without a close.
    """
    if closes.empty:
        return None, None, None
    values = closes.to_numpy()
    falls = values / np.maximum.accumulate(values) - 1
    trough = int(falls.argmin())
    if falls[trough] == 0:
        return 0.0, None, None
    peak = int(values[:trough].argmax())
    return float(falls[trough]), closes.index[peak], closes.index[trough]


def _compare(horizon: int, returns: Floats, backwardation: Flags) -> ForwardReturn:
    known = ~np.isnan(returns)
    all_returns, after = returns[known], returns[known & backwardation]
    return ForwardReturn(
        horizon=horizon,
        n_backwardation=len(after),
        mean_backwardation=mean(after),
        n_all=len(all_returns),
        mean_all=mean(all_returns),
    )


SESSIONS_A_YEAR = 252


def realized_volatility(close: Floats, n: int) -> Floats:
    """Volatility over the last n sessions, in annualized points.

    100 · √252 · standard deviation (n − 1) of the n log returns that end with each session; NaN where one of
    the n + 1 closes is not stored. The mean is deducted within each window, so that nothing is lost to
    rounding where the level is large.
    """
    result = np.full(len(close), np.nan)
    if len(close) <= n:
        return result
    windows = np.lib.stride_tricks.sliding_window_view(np.diff(np.log(close)), n)
    result[n:] = windows.std(axis=1, ddof=1)
    return np.asarray(100 * np.sqrt(SESSIONS_A_YEAR) * result)


def lead(values: Floats, n: int) -> Floats:
    """Give each session the value n sessions later; NaN where that is not stored yet."""
    moved = np.full(len(values), np.nan)
    moved[: max(len(values) - n, 0)] = values[n:]
    return moved
