"""Settings of the studies behind the research page."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ivts_site.config.base import Count, Key, Positive, Section, Sessions, distinct

Rival = Literal["log", "level", "tenths"]
Share = Annotated[float, Field(gt=0, lt=1)]
Hedge = Annotated[float, Field(ge=0, le=1)]
Counts = Annotated[tuple[Sessions, ...], AfterValidator(distinct), Field(min_length=1, max_length=20)]


class Threshold(Section):
    """A pair of thresholds through the ratio."""

    entry: Positive
    """An episode begins above it."""
    exit: Positive
    """It ends at or below it; at most `entry`."""

    @model_validator(mode="after")
    def _ordered(self) -> Threshold:
        if self.exit > self.entry:
            raise ValueError("exit: must not be above entry")
        return self


class CurvePoint(Section):
    """A point of the term structure."""

    series: Key
    """Series key; a series that is not stored drops out of the page."""
    days: Count
    """Its horizon in calendar days."""


class Overlay(Section):
    """The hedge by regime that is tested on the benchmark."""

    contango: Hedge = 0.0
    """Share of the holding hedged after a session in contango."""
    backwardation: Hedge = 1.0
    """Share of the holding hedged after a session in backwardation."""
    costs: Annotated[tuple[Annotated[float, Field(ge=0, le=1000)], ...], Field(min_length=1)] = (0, 5, 20)
    """Costs of trading in basis points of what is traded, rising; drawn at the middle one."""
    random_draws: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1000
    """Random orders of the regimes' runs that the rule is compared with."""

    @model_validator(mode="after")
    def _rising(self) -> Overlay:
        if sorted(set(self.costs)) != list(self.costs):
            raise ValueError("costs: must rise")
        return self


class Research(Section):
    """What the studies of the whole history ask; horizons of returns are `statistics.forward_sessions`."""

    bands: Annotated[tuple[Positive, ...], Field(min_length=1)] = (0.85, 0.95, 1.0)
    """Upper edges of the bands of the ratio, included; one more band lies above the last."""
    level: Share = 0.95
    """Share of the intervals meant to hold the true value."""
    draws: Annotated[int, Field(ge=100, le=100_000, strict=True)] = 2000
    """Resampled histories behind each interval."""
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 20_090_918
    """Seed of resampling and random labels; the same seed gives the same file."""
    block_factor: Annotated[int, Field(ge=2, le=1_000, strict=True)] = 2
    """Sessions of a resampled block, in horizons."""
    min_cases: Annotated[int, Field(ge=2, le=25_000, strict=True)] = 10
    """Fewest independent clusters for an interval or a verdict."""
    min_blocks: Annotated[int, Field(ge=2, le=1_000, strict=True)] = 10
    """Fewest blocks in the history for an interval."""
    max_draws: Annotated[int, Field(ge=100, le=1_000_000, strict=True)] = 20_000
    """Most resampled histories behind an interval whose end lies near zero."""
    settled: Share = 0.1
    """An end is settled where its Monte Carlo error is at most this share of its distance to zero."""
    significance: Share = 0.05
    """Largest p-value, after Holm over all claims, of a verdict other than undecided."""
    rival: Rival = "log"
    """How the front index alone enters beside the ratio: its logarithm, its level, or its tenths to date."""
    second_history: dt.date = dt.date(2009, 9, 18)
    """First day of the shorter history shown beside the whole one; the day Cboe's own VIX3M file begins."""
    learning_sessions: Sessions = 1260
    """Sessions before the first forecast out of sample."""
    horizon: Annotated[int, Field(ge=2, le=25_000, strict=True)] = 21
    """Sessions ahead in claims and thresholds, and of a realized volatility."""
    event_before: Sessions = 20
    """Sessions shown before an episode's beginning or end."""
    event_after: Sessions = 63
    """Sessions shown after it."""
    event_worst: Sessions = 21
    """Sessions after it in which the worst close is looked for."""
    event_min_sessions: Counts = (1, 2, 5)
    """Least lengths of the episodes shown."""
    survival_sessions: Counts = (5, 21, 63)
    """Further sessions asked of a run such as today's."""
    persistence_sessions: Counts = (1, 5, 21)
    """Sessions ahead for which the chance that the regime goes on is stated."""
    persistence_first: Sessions = 1260
    """Sessions of history before the first such chance is scored: five years."""
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1)] = (
        Threshold(entry=1.0, exit=1.0),
        Threshold(entry=1.0, exit=0.97),
        Threshold(entry=1.01, exit=0.98),
        Threshold(entry=0.917, exit=0.917),
    )
    """Other lines through the ratio, compared on both halves of the history."""
    spike: Positive = 1.10
    """A ratio above it is a spike."""
    trigger_days: Sessions = 5
    """Sessions of backwardation that are said to be a trigger."""
    high_share: Share = 0.1
    """Share of the highest closes of a further index that count as high."""
    tenors: tuple[CurvePoint, ...] = ()
    """Points of the curve."""
    tail_index: Key = "skew"
    """Series key of the index of tail risk."""
    volatility_index: Key = "vvix"
    """Series key of the volatility of the front."""
    overlay: Overlay = Overlay()
    """The tested hedge."""

    @model_validator(mode="after")
    def _ordered(self) -> Research:
        if sorted(set(self.bands)) != list(self.bands):
            raise ValueError("bands: must rise")
        keys = [point.series for point in self.tenors]
        if len(set(keys)) < len(keys) or len({point.days for point in self.tenors}) < len(keys):
            raise ValueError("tenors: a series or a horizon is given twice")
        if {self.tail_index, self.volatility_index} & set(keys) or self.tail_index == self.volatility_index:
            raise ValueError("tail_index, volatility_index: must be two series that are no tenors")
        return self
