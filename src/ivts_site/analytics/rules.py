"""What the numbers ask of the settings and of the editorial files, which have it all."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Protocol


class Band(Protocol):
    """A named range of the ratio."""

    @property
    def name(self) -> str:
        """Name on the page."""

    @property
    def upto(self) -> float | None:
        """Upper edge, included; the last band has none."""


class RatioRules(Protocol):
    """Lines drawn through the ratio."""

    @property
    def threshold(self) -> float:
        """Backwardation above it, contango at or below it."""

    @property
    def borderline(self) -> tuple[float, float]:
        """Lowest and highest ratio called borderline, both included."""

    @property
    def slope_sessions(self) -> int:
        """Sessions over which the side a borderline ratio comes from is judged."""

    @property
    def bands(self) -> tuple[Band, ...]:
        """From low to high."""


class StatisticsRules(Protocol):
    """Windows and horizons of the statistics."""

    @property
    def windows(self) -> tuple[str, ...]:
        """Months (`6m`), years (`2y`) or `all`."""

    @property
    def default_window(self) -> str:
        """One of `windows`."""

    @property
    def rolling_sessions(self) -> tuple[int, ...]:
        """Lengths of the rolling rates, in sessions."""

    @property
    def forward_sessions(self) -> tuple[int, ...]:
        """Horizons of forward returns, in sessions."""

    @property
    def recent_episodes(self) -> int:
        """How many of the latest episodes are listed."""

    @property
    def suspect_move(self) -> float:
        """A repeated close is suspect where the other index moved by more than this share."""


class EventWindow(Protocol):
    """A declared past event."""

    @property
    def id(self) -> str:
        """Its anchor on the page."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def first(self) -> dt.date:
        """First calendar day."""

    @property
    def last(self) -> dt.date:
        """Last calendar day, included."""


class Drawing(Protocol):
    """How histories are resampled."""

    @property
    def draws(self) -> int:
        """Resamples."""

    @property
    def seed(self) -> int:
        """Non-negative; the same seed gives the same blocks."""


class Resampling(Drawing, Protocol):
    """How intervals are made."""

    @property
    def level(self) -> float:
        """Share of intervals meant to hold the true value, in (0, 1)."""

    @property
    def block_factor(self) -> int:
        """Horizons of a block, at least 2: a window that begins late in one horizon ends in the next."""

    @property
    def min_cases(self) -> int:
        """Fewest independent clusters for an interval."""

    @property
    def min_blocks(self) -> int:
        """Fewest blocks in a history for an interval."""

    @property
    def max_draws(self) -> int:
        """Most resamples, where an end lies near zero."""

    @property
    def settled(self) -> float:
        """Largest Monte Carlo error of an end, as a share of its distance to zero."""


class PersistenceRules(Resampling, Protocol):
    """How far ahead the regime is foretold."""

    @property
    def persistence_sessions(self) -> tuple[int, ...]:
        """Sessions ahead for which the chance that the regime goes on is stated."""


class LinePair(Protocol):
    """Two lines through the ratio."""

    @property
    def entry(self) -> float:
        """An episode begins above it."""

    @property
    def exit(self) -> float:
        """It ends at or below it."""


class CurvePoint(Protocol):
    """A series with its horizon."""

    @property
    def series(self) -> str:
        """Series key."""

    @property
    def days(self) -> int:
        """Calendar days."""


class OverlayRules(Protocol):
    """The hedge by regime."""

    @property
    def contango(self) -> float:
        """Share of the holding hedged after a session in contango."""

    @property
    def backwardation(self) -> float:
        """Share of the holding hedged after a session in backwardation."""

    @property
    def costs(self) -> tuple[float, ...]:
        """Basis points of what is traded, rising."""

    @property
    def random_draws(self) -> int:
        """Random orders of the spells."""


class StudyRules(PersistenceRules, Protocol):
    """Everything asked of a history."""

    @property
    def significance(self) -> float:
        """Largest p-value, after Holm over all claims, that decides a verdict."""

    @property
    def rival(self) -> Literal["log", "level", "tenths"]:
        """How the front index alone enters beside the ratio."""

    @property
    def second_history(self) -> dt.date:
        """First day of the shorter history shown beside the whole one."""

    @property
    def learning_sessions(self) -> int:
        """Sessions before the first forecast out of sample."""

    @property
    def bands(self) -> tuple[float, ...]:
        """Upper edges of the bands of the ratio, rising; one more band lies above the last."""

    @property
    def horizon(self) -> int:
        """Sessions ahead in claims and thresholds, and of a realized volatility."""

    @property
    def event_before(self) -> int:
        """Sessions shown before an episode's beginning or end."""

    @property
    def event_after(self) -> int:
        """Sessions shown after it."""

    @property
    def event_worst(self) -> int:
        """Sessions after it in which the worst close is looked for."""

    @property
    def event_min_sessions(self) -> tuple[int, ...]:
        """Least lengths of the episodes."""

    @property
    def survival_sessions(self) -> tuple[int, ...]:
        """Further sessions asked of today's spell."""

    @property
    def persistence_first(self) -> int:
        """Sessions of history before the first such chance is scored."""

    @property
    def thresholds(self) -> tuple[LinePair, ...]:
        """Pairs of lines compared; the first is the definition's."""

    @property
    def spike(self) -> float:
        """A ratio above it is a spike."""

    @property
    def trigger_days(self) -> int:
        """Sessions of backwardation that are said to be a trigger."""

    @property
    def high_share(self) -> float:
        """Share of the highest closes of a further index that count as high, in (0, 1)."""

    @property
    def tenors(self) -> tuple[CurvePoint, ...]:
        """Points of the curve."""

    @property
    def tail_index(self) -> str:
        """Series key of the index of tail risk."""

    @property
    def volatility_index(self) -> str:
        """Series key of the volatility of the front."""

    @property
    def overlay(self) -> OverlayRules:
        """The tested hedge."""
