"""Realised volatility of closes, and values moved to the sessions before them."""

from __future__ import annotations

import numpy as np

from ivts_site.analytics.results import Floats

SESSIONS_A_YEAR = 252


def realised_volatility(close: Floats, n: int) -> Floats:
    """Volatility over the last n sessions, in annualised points.

    Parameters
    ----------
    close : array
        By session; NaN where not stored.
    n : int
        Daily log returns, at least 2.

    Returns
    -------
    array
        100 · √252 · standard deviation (n − 1) of the n log returns that end with each session; NaN where one
        of the n + 1 closes is not stored. The mean is deducted within each window, so that nothing is lost
        to rounding where the level is large.
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
