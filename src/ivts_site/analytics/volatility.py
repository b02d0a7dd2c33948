"""Realised volatility of the benchmark, and what the front index said beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import (
    Pair,
    Resampling,
    count_windows,
    find_runs,
    percentile_interval,
    resample_sums,
)
from ivts_site.analytics.conditional import mean, quotient
from ivts_site.analytics.ground import Ground, Share, count_share, session_at
from ivts_site.analytics.results import Flags, Floats

SESSIONS_A_YEAR = 252


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Front less the volatility realised afterwards, for a group of sessions; NaN, None where undefined."""

    id: str
    n_sessions: int
    n_episodes: int
    n_windows: int
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None
    mean: float
    interval: Pair | None
    median: float
    mean_squared: float
    squared_interval: Pair | None
    positive: Share
    mean_realised: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """Today's, from the past; and the study's, from what came later."""

    sessions: int
    block: int
    front: float
    realised: float
    premium: float
    premium_squared: float
    realised_rank: Share
    groups: tuple[Premium, ...]


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


def later(values: Floats, n: int) -> Floats:
    """Give each session the value n sessions later; NaN where that is not stored yet."""
    moved = np.full(len(values), np.nan)
    moved[: max(len(values) - n, 0)] = values[n:]
    return moved


def measure_volatility(ground: Ground, n: int, how: Resampling) -> Volatility:
    """Measure implied against realised volatility.

    Parameters
    ----------
    ground : Ground
        Front, benchmark and regimes.
    n : int
        Sessions of a realised volatility.
    how : Resampling
        Blocks are `how.block(n)` sessions.

    Returns
    -------
    Volatility
        Today's premium is the front's close less the volatility realised over the sessions up to today, as
        what follows is not known. The study's is front(t) less that realised over t + 1 … t + n, for every
        session with a ratio for which all those closes are stored.
    """
    past = realised_volatility(ground.close, n)
    front, now = float(ground.front[-1]), float(past[-1])
    afterwards = later(past, n)[ground.place]
    regimes = {
        "all": np.ones(len(ground.sessions), dtype=bool),
        "contango": ~ground.backwardation,
        "backwardation": ground.backwardation,
    }
    known = ~np.isnan(past)
    return Volatility(
        sessions=n,
        block=how.block(n),
        front=front,
        realised=now,
        premium=front - now,
        premium_squared=front**2 - now**2,
        realised_rank=count_share(past <= now, known & ~np.isnan(now), ground.panel_sessions),
        groups=_groups(ground, afterwards, regimes, n, how),
    )


def _groups(
    ground: Ground, realised: Floats, members: Mapping[str, Flags], n: int, how: Resampling
) -> tuple[Premium, ...]:
    known = ~np.isnan(realised)
    end = int(np.flatnonzero(known)[-1]) + 1 if known.any() else 0
    pair = np.column_stack([ground.front[ground.place], realised])[:end]
    return tuple(
        _premium(ground.sessions, (name, (member & known)[:end]), pair, n, how)
        for name, member in members.items()
    )


def _premium(
    sessions: pd.DatetimeIndex, group: tuple[str, Flags], pair: Floats, n: int, how: Resampling
) -> Premium:
    name, mask = group
    front, realised = pair.T
    spread, squared = front - realised, front**2 - realised**2
    n_windows = count_windows(mask, n)
    enough = n_windows >= how.min_cases
    interval, squared_interval = _intervals(mask, (spread, squared), n, how) if enough else (None, None)
    return Premium(
        id=name,
        n_sessions=int(mask.sum()),
        n_episodes=len(find_runs(mask)[0]),
        n_windows=n_windows,
        first_session=session_at(sessions, mask),
        last_session=session_at(sessions, mask, last=True),
        mean=mean(spread[mask]),
        interval=interval,
        median=float(np.median(spread[mask])) if mask.any() else np.nan,
        mean_squared=mean(squared[mask]),
        squared_interval=squared_interval,
        positive=count_share(spread > 0, mask, sessions),
        mean_realised=mean(realised[mask]),
    )


def _intervals(
    mask: Flags, values: tuple[Floats, Floats], n: int, how: Resampling
) -> tuple[Pair | None, Pair | None]:
    columns = np.column_stack([mask, *(np.where(mask, each, 0.0) for each in values)])
    sums = resample_sums(columns.astype(np.float64), how.block(n), how)
    spread, squared = (quotient(sums[:, place], sums[:, 0]) for place in (1, 2))
    return percentile_interval(spread, how.level), percentile_interval(squared, how.level)
