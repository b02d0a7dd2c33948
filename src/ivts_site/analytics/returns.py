"""Forward returns and drawdowns of closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.results import Flags, Floats
from ivts_site.published.snapshot import ForwardReturn


def forward_returns(close: Floats, horizon: int) -> Floats:
    """Return over the next sessions: close(t + horizon) / close(t) − 1.

    Parameters
    ----------
    close : array
        Closes on consecutive sessions; NaN where not stored.
    horizon : int
        Sessions, at least 1.

    Returns
    -------
    array
        Same length; NaN where either close is not stored, the last `horizon` sessions among them.
    """
    result = np.full(len(close), np.nan)
    result[:-horizon] = close[horizon:] / close[:-horizon] - 1
    return result


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

    Parameters
    ----------
    benchmark : Series
        Closes on every session of the panel.
    signal : DataFrame
        Column backwardation by session with a defined ratio.
    horizons : sequence of int
        In sessions of the panel.

    Returns
    -------
    tuple of ForwardReturn
        One a horizon; means are None where no start has a return. The counts are of starts with a return.
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


def max_drawdown(closes: pd.Series) -> tuple[float, pd.Timestamp | None, pd.Timestamp | None]:
    """Deepest fall from a running high.

    Parameters
    ----------
    closes : Series
        By session, without missing values, at least one.

    Returns
    -------
    drawdown : float
        Lowest close / highest close before it − 1, at most 0.
    peak, trough : Timestamp or None
        Its sessions, the earliest on a tie; None where no close lies below an earlier one.
    """
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
        mean_backwardation=float(after.mean()) if len(after) else None,
        n_all=len(all_returns),
        mean_all=float(all_returns.mean()) if len(all_returns) else None,
    )
