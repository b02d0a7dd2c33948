"""Episodes under other rules than the definition's: what the page's threshold explorer must find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.spells import flips_per_year
from ivts_site.analytics.studies.thresholds import inside_episodes

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRules:
    """When an episode begins, when it ends, and which are kept."""

    entry: float
    """An episode begins on the first session with a ratio above it."""
    exit: float
    """It ends before the first later session with a ratio at or below it; at most `entry`."""
    min_sessions: int
    """Episodes of fewer sessions are dropped, an ongoing one among them; at least 1."""

    def __post_init__(self) -> None:
        if not self.exit <= self.entry:
            raise ValueError(f"exit {self.exit} must not be above entry {self.entry}")
        if self.min_sessions < 1:
            raise ValueError(f"min_sessions {self.min_sessions} must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdOutcome:
    """A history under some rules, in figures."""

    n: int
    """Kept episodes, an ongoing one included."""
    n_sessions: int
    """Sessions within them."""
    rate: float
    """`n_sessions` / sessions with a defined ratio."""
    mean_sessions: float
    median_sessions: float
    """Of the lengths; NaN without an episode."""
    mean_spy_return: float
    """Mean of close(last session) / close(session of `benchmark` before the first) − 1 over the episodes for
    which it is defined; NaN without any."""
    flips_per_year: float
    """Beginnings and ends of kept episodes after the first session, see `flips_per_year`."""


def find_episodes(ratios: Floats, rules: ThresholdRules) -> tuple[Positions, Positions]:
    """First and last positions of the episodes that are kept, oldest first."""
    first, last = find_runs(inside_episodes(ratios, rules.entry, rules.exit))
    kept = last - first + 1 >= rules.min_sessions
    return first[kept], last[kept]


def measure_thresholds(ivts: pd.Series, benchmark: pd.Series, rules: ThresholdRules) -> ThresholdOutcome:
    """Measure a history of ratios under some rules; `benchmark` has closes on every session of the panel."""
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
        flips_per_year=flips_per_year(n_flips, ivts.index),
    )


def _returns(benchmark: pd.Series, first: pd.Index, last: pd.Index) -> Floats:
    close = np.append(benchmark.to_numpy(), np.nan)  # close[-1] is the missing session before the first row
    begin, end = benchmark.index.searchsorted(first), benchmark.index.searchsorted(last)
    return np.asarray(close[end] / close[begin - 1] - 1)
