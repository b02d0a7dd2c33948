"""Episodes under other rules than the definition's: two thresholds with hysteresis, and a minimum length.

The page's threshold explorer computes the same in the browser; the tests compare both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.term_structure import is_above

DAYS_A_YEAR = 365.25

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRules:
    """When an episode begins, when it ends, and which are kept.

    Attributes
    ----------
    entry : float
        An episode begins on the first session with a ratio above it.
    exit : float
        It ends before the first later session with a ratio at or below it; at most `entry`.
    min_sessions : int
        Episodes of fewer sessions are dropped, an ongoing one among them; at least 1.

    Raises
    ------
    ValueError
        Where `exit` is above `entry`, or `min_sessions` below 1.
    """

    entry: float
    exit: float
    min_sessions: int

    def __post_init__(self) -> None:
        if not self.exit <= self.entry:
            raise ValueError(f"exit {self.exit} must not be above entry {self.entry}")
        if self.min_sessions < 1:
            raise ValueError(f"min_sessions {self.min_sessions} must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdOutcome:
    """A history under some rules, in figures.

    Attributes
    ----------
    n : int
        Kept episodes, an ongoing one included.
    n_sessions : int
        Sessions within them.
    rate : float
        `n_sessions` / sessions with a defined ratio.
    mean_sessions, median_sessions : float
        Of the lengths; NaN without an episode.
    mean_spy_return : float
        Mean of close(last session) / close(session of `benchmark` before the first) − 1 over the episodes
        for which it is defined; NaN without any.
    flips_per_year : float
        Beginnings and ends of kept episodes after the first session, see `flips_per_year`.
    """

    n: int
    n_sessions: int
    rate: float
    mean_sessions: float
    median_sessions: float
    mean_spy_return: float
    flips_per_year: float


def find_episodes(ratios: Floats, rules: ThresholdRules) -> tuple[Positions, Positions]:
    """Find the kept episodes.

    Parameters
    ----------
    ratios : array
        On consecutive sessions with a defined ratio; the others neither break nor lengthen an episode.
    rules : ThresholdRules
        With entry = exit = the definition's threshold and `min_sessions` 1, its episodes.

    Returns
    -------
    first, last : array of int
        Positions of the first and the last session of each, oldest first.
    """
    inside = np.append(_inside(ratios, rules), False)
    before = np.append(False, inside[:-1])
    first, last = np.flatnonzero(inside & ~before), np.flatnonzero(before & ~inside) - 1
    kept = last - first + 1 >= rules.min_sessions
    return first[kept], last[kept]


def measure_thresholds(ivts: pd.Series, benchmark: pd.Series, rules: ThresholdRules) -> ThresholdOutcome:
    """Measure a history under some rules.

    Parameters
    ----------
    ivts : Series
        The ratio by session where it is defined, at least one.
    benchmark : Series
        Closes on every session of the panel, those of `ivts` among them; NaN where not stored.
    rules : ThresholdRules
        What counts as an episode.
    """
    first, last = find_episodes(ivts.to_numpy(), rules)
    lengths = last - first + 1
    returns = _returns(benchmark, ivts.index[first], ivts.index[last])
    known = returns[~np.isnan(returns)]
    n_flips = int((first > 0).sum() + (last < len(ivts) - 1).sum())
    return ThresholdOutcome(
        n=len(lengths),
        n_sessions=int(lengths.sum()),
        rate=float(lengths.sum() / len(ivts)),
        mean_sessions=float(lengths.mean()) if len(lengths) else np.nan,
        median_sessions=float(np.median(lengths)) if len(lengths) else np.nan,
        mean_spy_return=float(known.mean()) if len(known) else np.nan,
        flips_per_year=flips_per_year(n_flips, ivts.index[0], ivts.index[-1]),
    )


def flips_per_year(n_flips: int, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Changes of regime / years of 365.25 days between two sessions; NaN where these are less than a year."""
    days = (last - first).days
    return n_flips * DAYS_A_YEAR / days if days >= DAYS_A_YEAR else np.nan


def _inside(ratios: Floats, rules: ThresholdRules) -> Flags:
    """Whether each session lies in an episode, short ones included: the state set last holds."""
    enters, stays = is_above(ratios, rules.entry), is_above(ratios, rules.exit)
    decided = np.where(enters | ~stays, np.arange(1, len(ratios) + 1), 0)
    return np.append(False, enters)[np.maximum.accumulate(decided)]


def _returns(benchmark: pd.Series, first: pd.Index, last: pd.Index) -> Floats:
    close = np.append(benchmark.to_numpy(), np.nan)  # close[-1] is the missing session before the first row
    begin, end = benchmark.index.searchsorted(first), benchmark.index.searchsorted(last)
    return np.asarray(close[end] / close[begin - 1] - 1)
