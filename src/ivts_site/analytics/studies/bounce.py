"""What followed inverted closes: stretch by stretch, and on two histories, as that is where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import mean
from ivts_site.analytics.bootstrap import split_clusters
from ivts_site.analytics.groups import ReturnBand, measure_group
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.numbers import day
from ivts_site.published.studies import ReturnGroup

RANK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Inverted sessions less than a month apart, which share most of what follows."""

    first_session: str
    """First inverted session."""
    last_session: str
    """Last inverted session."""
    n_sessions: int
    """Inverted sessions in it."""
    mean_return: float | None
    """Mean return over `Bounce.horizon` sessions from them; null where none is over yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReturns:
    """Returns after inverted sessions in one history."""

    first_session: str
    """First session of the history."""
    horizon: int
    """Sessions ahead."""
    inverted: ReturnGroup
    """After sessions in backwardation."""
    all: ReturnGroup
    """After all sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What followed inverted closes."""

    horizon: int
    """Sessions ahead, of the stretches."""
    histories: tuple[HistoryReturns, ...]
    """By history, the whole one first, then that from `method.second_history` on; and by horizon."""
    stretches: tuple[Stretch, ...]
    """Oldest first."""


@dataclass(frozen=True, kw_only=True)
class Bounces:
    """What the study publishes."""

    bounce: Bounce
    """What followed inverted closes."""


def measure(study: StudyInput) -> Bounces:
    """Measure returns after inverted sessions on both histories, and stretch by stretch."""
    return Bounces(
        bounce=Bounce(
            horizon=study.rules.horizon,
            histories=tuple(each for history in study.histories for each in _returns(history)),
            stretches=tuple(_stretches(study)),
        )
    )


def _returns(study: StudyInput) -> Iterator[HistoryReturns]:
    threshold = study.analysis.rules.threshold
    every = ReturnBand(id="all", above=None, upto=None), np.ones(len(study.sessions), dtype=bool)
    inverted = ReturnBand(id="inverted", above=threshold, upto=None), study.backwardation
    for horizon in study.analysis.statistics.forward_sessions:
        yield HistoryReturns(
            first_session=day(study.sessions[0]),
            horizon=horizon,
            inverted=measure_group(study, horizon, *inverted),
            all=measure_group(study, horizon, *every),
        )


def _stretches(study: StudyInput) -> Iterator[Stretch]:
    horizon = study.rules.horizon
    returns = study.returns(horizon)
    for places in split_clusters(study.backwardation, horizon):
        own = returns[places]
        yield Stretch(
            first_session=day(study.sessions[places[0]]),
            last_session=day(study.sessions[places[-1]]),
            n_sessions=len(places),
            mean_return=mean(own[~np.isnan(own)]),
        )
