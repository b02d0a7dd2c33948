"""What `analyse` returns. Undefined numbers are NaN, undefined sessions None; sessions are Timestamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ivts_site.model import Panel, RatioRules, Regime, StatisticsRules
from ivts_site.published.episode import Episodes
from ivts_site.published.measured import Event, Measured

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The term structure on the as-of session.

    Attributes
    ----------
    ivts : float
        Front close / back close.
    regime : Regime
        Backwardation above the threshold, contango at or below it.
    regime_day : int
        1-based position of the session in its spell.
    since : Timestamp
        First session of the spell.
    borderline : bool
        Whether the ratio lies in the borderline range, both ends included.
    band : str
        Name of the band that holds the ratio.
    slope : float
        Change of the ratio over the last `slope_sessions` sessions; NaN where there are too few.
    distance : float
        Front close at which the ratio meets the threshold, minus the front close; index points.
    distance_return : float
        `distance` / front close.
    """

    ivts: float
    regime: Regime
    regime_day: int
    since: pd.Timestamp
    borderline: bool
    band: str
    slope: float
    distance: float
    distance_return: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Changes from the previous session with a defined ratio; NaN where either close is missing."""

    previous_session: pd.Timestamp | None
    front: float
    back: float
    benchmark: float
    ivts: float
    front_return: float
    back_return: float
    benchmark_return: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowStatistics:
    """Statistics of the sessions in (as_of − length, as_of] with a defined ratio.

    Extremes and ranks of front and back take all stored closes of that series from the window's first
    session with a defined ratio to the as-of session. Ranks are shares in [0, 1] of values at or below the
    last. The earliest session wins a tie. `complete` is False where the ratio begins after the window's
    first day.
    """

    name: str
    first_session: pd.Timestamp
    last_session: pd.Timestamp
    n_sessions: int
    n_backwardation: int
    backwardation_rate: float
    front_min: float
    front_max: float
    front_max_session: pd.Timestamp
    back_max: float
    back_max_session: pd.Timestamp
    ivts_min: float
    ivts_max: float
    p50: float
    p95: float
    p99: float
    rank_ivts: float
    rank_front: float
    rank_back: float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of the ratio in steps of 0.01; each bin holds its upper edge, 1.00 is always an edge."""

    edges: Floats
    counts: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectClose:
    """A close that looks wrong; it is kept in all statistics."""

    series: str
    session: pd.Timestamp
    close: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything decided about a panel.

    Attributes
    ----------
    panel, rules, statistics
        What was analysed, and by which rules.
    signal : DataFrame
        Index: sessions with a defined ratio. Columns: ivts, backwardation (bool), regime_day (1-based),
        spell (0-based number), suspect (bool: a close of the session is suspect).
    gaps : DatetimeIndex
        Sessions of the panel between the first and the last of `signal` without a ratio.
    spells : DataFrame
        One row a spell: first_session, last_session, n_sessions, backwardation, ongoing.
    episodes : DataFrame
        One row a backwardation spell, oldest first: first_session, last_session, n_sessions, max_ivts,
        max_session, spy_return, spy_return_within, spy_max_drawdown, ongoing, suspect.
    rolling_rates : DataFrame
        Index as `signal`; a column per n (int): share of the last n sessions in backwardation, NaN until n
        sessions exist.
    windows, window
        Statistics of every configured window, and of the default one.
    histogram : Histogram
        Of the default window's ratio.
    change, state, suspects
        See their types.
    measured, events, episode_summary
        As they are published.
    """

    panel: Panel
    rules: RatioRules
    statistics: StatisticsRules
    signal: pd.DataFrame
    gaps: pd.DatetimeIndex
    spells: pd.DataFrame
    episodes: pd.DataFrame
    rolling_rates: pd.DataFrame
    windows: tuple[WindowStatistics, ...]
    window: WindowStatistics
    histogram: Histogram
    change: Change
    state: State
    suspects: tuple[SuspectClose, ...]
    measured: Measured
    events: tuple[Event, ...]
    episode_summary: Episodes
