"""Simulated indices beside the volatility curve: plausible levels and movements, without a model of options.

The volatility of the front follows the fast factor, which is what moves the front within days; the tail
index wanders by itself. Both carry a mean-reverting deviation of their own. Levels and spreads were set by
hand near those of the official closes since 2011.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pandas as pd

from ivts_site.sample.model import CALIBRATED, Floats
from ivts_site.sample.simulate import SAMPLE_SEED, fast_factor, stream

_VOLATILITY_STREAM, _TAIL_STREAM = 2001, 2002
"""Beyond the streams of all tenors, which are numbered by their days."""


def simulate_further(
    sessions: pd.DatetimeIndex, *, seed: int = SAMPLE_SEED, volatility: str = "vvix", tail: str = "skew"
) -> pd.DataFrame:
    """Simulate an index of the front's own volatility and one of tail risk.

    Parameters
    ----------
    sessions : DatetimeIndex
        Trading days; a prefix of them gives a prefix of the result.
    seed : int
        That of `simulate_closes`, whose factors the first index follows.
    volatility, tail : str
        Names of the columns.

    Returns
    -------
    DataFrame
        Index `session` (datetime64[us], tz-naive); index points rounded to 2 decimals, all positive.
    """
    n = len(sessions)
    fast = fast_factor(CALIBRATED, n, seed)
    own = _wandering(seed, _VOLATILITY_STREAM, n, decay=0.96)
    values = {
        volatility: 88 * np.exp(0.18 * fast + 0.12 * own),
        tail: 100 + 31 * np.exp(0.36 * _wandering(seed, _TAIL_STREAM, n, decay=0.975)),
    }
    index = pd.DatetimeIndex(sessions.to_numpy().astype("datetime64[us]"), name="session")
    return pd.DataFrame({name: np.round(each, 2) for name, each in values.items()}, index=index)


def _wandering(seed: int, number: int, n: int, *, decay: float) -> Floats:
    """Mean-reverting deviation of unit variance."""
    shocks = np.sqrt(1 - decay**2) * stream(seed, number).standard_normal(n)
    path = accumulate(shocks.tolist(), lambda value, shock: decay * value + shock)
    return np.fromiter(path, dtype=np.float64, count=n)
