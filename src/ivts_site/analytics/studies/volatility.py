"""Implied against realized volatility: today's from the past, the study's from what followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, mean, median
from ivts_site.analytics.bootstrap import block_length, count_windows, find_runs
from ivts_site.analytics.inference import Estimate, Kind, Outcome, Side, measure_effect
from ivts_site.analytics.returns import realized_volatility
from ivts_site.analytics.rules import StudyRules
from ivts_site.analytics.study_input import StudyInput, count_share, span_of
from ivts_site.published.numbers import known
from ivts_site.published.studies import Pair, Share

RANK = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Front index less the volatility realized over the *following* sessions, for a group of sessions."""

    id: str
    """`all`, `contango` or `backwardation`."""
    n_sessions: int
    """Sessions of the group whose following volatility is known."""
    n_episodes: int
    """Runs of consecutive sessions among them."""
    n_windows: int
    """Most windows among them that do not overlap."""
    first_session: str | None
    """First of these sessions."""
    last_session: str | None
    """Last of these sessions."""
    mean: float | None
    """Points: front(t) − realized(t+1 … t+n)."""
    interval: Pair | None
    """Of the mean, calibrated to cover."""
    median: float | None
    """Median of the same difference, points."""
    mean_squared: float | None
    """Points squared: front(t)² − realized², the variance risk premium proper."""
    squared_interval: Pair | None
    """Of `mean_squared`, calibrated."""
    positive: Share
    """Sessions after which less was realized than the front had said."""
    mean_realised: float | None
    """Points: volatility realized over the following sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """Implied against realized volatility of the benchmark, in annualized points."""

    sessions: int
    """Of a realized volatility: √252 × standard deviation (n − 1) of daily log returns, in points."""
    block: int
    """Sessions of a bootstrap block."""
    front: float
    """Front close today."""
    realised: float | None
    """Over the sessions up to today: past."""
    premium: float | None
    """`front` − `realised`, points; from *past* realized volatility, as the later is not known."""
    premium_squared: float | None
    """`front`² − `realised`², points squared."""
    realised_rank: Share
    """Share of all stored realized volatilities at or below today's."""
    groups: tuple[Premium, ...]
    """All sessions, and those of each regime."""


@dataclass(frozen=True, kw_only=True)
class VariancePremium:
    """What the study publishes."""

    volatility: Volatility
    """Implied against realized volatility."""


def measure(study: StudyInput) -> VariancePremium:
    """Measure implied against realized volatility.

    Today's premium is the front's close less the volatility realized over the sessions up to today, as what
    follows is not known. The study's is front(t) less that realized over t + 1 … t + n, for every session
    with a ratio for which all those closes are stored.
    """
    n = study.rules.horizon
    past = realized_volatility(study.close, n)
    front, now = float(study.front[-1]), float(past[-1])
    defined = ~np.isnan(past)
    return VariancePremium(
        volatility=Volatility(
            sessions=n,
            block=block_length(study.rules, n),
            front=front,
            realised=known(now),
            premium=known(front - now),
            premium_squared=known(front**2 - now**2),
            realised_rank=count_share(past <= now, defined & ~np.isnan(now), study.panel_sessions),
            groups=_groups(study),
        )
    )


def _groups(study: StudyInput) -> tuple[Premium, ...]:
    realized = study.realized(study.rules.horizon)
    members = {
        "all": np.ones(len(study.sessions), dtype=bool),
        "contango": ~study.backwardation,
        "backwardation": study.backwardation,
    }
    return tuple(_premium(study, name, member, realized) for name, member in members.items())


def _premium(study: StudyInput, name: str, member: Flags, realized: Floats) -> Premium:
    front, mask = study.front[study.place], member & ~np.isnan(realized)
    spread, squared = front - realized, front**2 - realized**2
    premium = _mean("premium", spread, name, member, study.rules)
    variance = _mean("variance", squared, name, member, study.rules)
    return Premium(
        id=name,
        n_sessions=int(mask.sum()),
        n_episodes=len(find_runs(mask)[0]),
        n_windows=count_windows(mask, study.rules.horizon),
        **span_of(study.sessions, mask),
        mean=premium.value,
        interval=premium.interval,
        median=median(spread[mask]),
        mean_squared=variance.value,
        squared_interval=variance.interval,
        positive=count_share(spread > 0, mask, study.sessions),
        mean_realised=mean(realized[mask]),
    )


def _mean(outcome: Outcome, values: Floats, name: str, member: Flags, how: StudyRules) -> Estimate:
    side: Side = "all" if name == "all" else "high" if name == "backwardation" else "wide"
    kind = Kind(outcome=outcome, side=side, horizon=how.horizon)
    return measure_effect(values, member, np.zeros(len(values)), kind, how).mean
