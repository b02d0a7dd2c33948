"""Groups of sessions and what followed them: what claims and risk are measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.inference import Effect, Kind, Outcome, Side, measure_effect
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.study_input import StudyInput
from ivts_site.analytics.term_structure import is_above
from ivts_site.published.studies import Alarms

LARGE_FALL = 0.05
"""A window falls where some close of it lies more than this below the first."""
FIRST_YEAR = 252
"""Closes of an index before its rank counts."""


Anchor = Literal["first", "reached", "end"]


class Evidence:
    """What tests read of a history: outcomes over the horizon, the rival, and optional indices."""

    def __init__(self, study: StudyInput, horizon: int | None = None, rival: str | None = None) -> None:
        self.study, self.rules = study, study.rules
        self.horizon = horizon or study.rules.horizon
        self._rival = rival or study.rules.rival

    @cached_property
    def indices(self) -> Mapping[str, str]:
        """Keys of the stored optional indices that claims speak of, by their name in a claim.

        `shorter` is the longest tenor that is shorter than the front.
        """
        own, days = self.study.analysis.panel.front.key, {p.key: p.days or 0 for p in self.study.points}
        below = [(n, key) for key, n in days.items() if 0 < n < days[own]]
        named = {"skew": self.rules.tail_index, "volatility": self.rules.volatility_index}
        named |= {"shorter": max(below)[1]} if below else {}
        return {name: key for name, key in named.items() if len(self.study.series.get(key, ()))}

    @cached_property
    def front(self) -> Floats:
        """Front closes by session with a ratio."""
        return self.study.front[self.study.place]

    @cached_property
    def rival(self) -> Floats:
        """The front index as it enters beside the ratio."""
        if self._rival == "tenths":
            return np.ceil(10 * self.rank(self.study.analysis.panel.front.key))
        return self.study.log_front if self._rival == "log" else self.front

    def front_change(self, horizon: int) -> Floats:
        """Log change of the front over the next sessions, by session with a ratio."""
        return np.log1p(forward_returns(self.study.front, horizon))[self.study.place]

    def rank(self, key: str) -> Floats:
        """Share of an index's closes to date at or below each session's; NaN in the first year."""
        ranks = self.study.series[key].expanding(FIRST_YEAR).rank(pct=True, method="max")
        return ranks.reindex(self.study.sessions).to_numpy(dtype=float)

    def high(self, key: str) -> Floats:
        """Whether an index closed among the highest of its closes to date; NaN where that is not known."""
        return _flagged(self.rank(key), lambda rank: rank > 1 - self.rules.high_share)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured of the sessions ahead: its scale, its values, and how a test begins to say so."""

    scale: str
    values: Callable[[Evidence], Floats]
    words: str = ""


OUTCOMES: Mapping[Outcome, Measured] = MappingProxyType(
    {
        "return": Measured(
            "return",
            lambda e: e.study.returns(e.horizon),
            "Mean {benchmark} return over the {horizon} sessions",
        ),
        "share": Measured("share", lambda e: _flagged(e.study.returns(e.horizon), lambda x: x > 0)),
        "fell": Measured(
            "share",
            lambda e: _flagged(e.study.lowest(e.horizon), lambda x: x < -LARGE_FALL),
            "Share of {horizon}-session windows with a close more than {fall} below,",
        ),
        "held": Measured("share", lambda e: _flagged(e.study.lowest(e.horizon), lambda x: x >= 0)),
        "volatility": Measured(
            "points",
            lambda e: e.study.realized(e.horizon),
            "Mean realized volatility of {benchmark} over the {horizon} sessions",
        ),
        "front": Measured(
            "change",
            lambda e: e.front_change(e.horizon),
            "Mean log change of the {front} over the {horizon} sessions",
        ),
    }
)
"""`share`: the benchmark stood higher; `fell`: some close lay `LARGE_FALL` below; `held`: none was lower."""


@dataclass(frozen=True, slots=True)
class Group:
    """Sessions that are compared with all others.

    `side` is how the calibration calls them; `find` gives 1 inside, 0 outside and NaN where a session is in
    neither; `words` follow "after".
    """

    side: Side
    find: Callable[[Evidence], Flags | Floats]
    words: str = ""


def find_anchors(backwardation: Flags, anchor: Anchor, n: int = 1) -> Ints:
    """Positions of a session of each episode of at least n: its first, its n-th, or the first after it."""
    first, last = find_runs(backwardation)
    long = last - first + 1 >= n
    if anchor == "first":
        return first[long]
    if anchor == "reached":
        return first[long] + n - 1
    return last[long & (last + 1 < len(backwardation))] + 1


def _reached(e: Evidence) -> Flags:
    return flags_at(find_anchors(e.study.backwardation, "reached", e.rules.trigger_days), e.study)


def _first_back(e: Evidence) -> Flags:
    return flags_at(find_anchors(e.study.backwardation, "end"), e.study)


def _spikes(e: Evidence) -> Flags:
    return is_above(e.study.ivts, e.rules.spike)


def _first_spikes(e: Evidence) -> Flags:
    """The first spike of each episode that has one."""
    places = np.flatnonzero(_spikes(e) & e.study.backwardation)
    runs = np.searchsorted(find_runs(e.study.backwardation)[0], places, side="right")
    return flags_at(places[np.unique(runs, return_index=True)[1]], e.study)


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "all": Group("all", lambda e: np.ones(len(e.study.sessions), dtype=bool)),
        "spike": Group("high", _spikes, "a ratio above {spike}"),
        "first spike": Group("event", _first_spikes),
        "backwardation": Group("high", lambda e: e.study.backwardation, "sessions in backwardation"),
        "reached": Group("event", _reached, "an inversion reached {days} sessions"),
        "back": Group("event", _first_back, "the first session back in contango"),
        "deep": Group(
            "low", lambda e: ~is_above(e.study.ivts, e.rules.bands[0]), "a ratio of at most {calm}"
        ),
        # the tail index rises in calm markets: its high closes are entered as low ratios are, by rises
        "high skew": Group(
            "low",
            lambda e: e.high(e.indices["skew"]),
            "closes of {skew} among the highest {top} of its closes to date",
        ),
        "high volatility": Group(
            "high",
            lambda e: e.high(e.indices["volatility"]),
            "closes of {volatility} among the highest {top} of its closes to date",
        ),
    }
)


def compare(evidence: Evidence, outcome: Outcome, name: str) -> tuple[Effect, Floats, Flags]:
    """Compare an outcome after a group of sessions with that after all others; both come with the effect."""
    group = GROUPS[name]
    inside, kind = group.find(evidence), Kind(outcome=outcome, side=group.side, horizon=evidence.horizon)
    outcomes, member = np.where(np.isnan(inside), np.nan, OUTCOMES[outcome].values(evidence)), inside == 1
    return measure_effect(outcomes, member, evidence.rival, kind, evidence.rules), outcomes, member


def count_alarms(sign: Floats, event: Flags) -> Alarms:
    """Count a sign (1, 0, NaN where it does not matter) on the sessions before an event and on all others."""
    counts = [int(np.nansum((sign == value) & member)) for member in (event, ~event) for value in (1, 0)]
    hits, missed, false, quiet = counts
    return Alarms(
        odds_ratio=hits * quiet / (missed * false) if missed * false else None,
        false_alarms=false / (hits + false) if hits + false else None,
        missed=missed / (hits + missed) if hits + missed else None,
    )


def _flagged(values: Floats, test: Callable[[Floats], Flags]) -> Floats:
    """1 and 0 by a test of each value, NaN where that is not known."""
    return np.where(np.isnan(values), np.nan, test(values))


def flags_at(places: Ints, study: StudyInput) -> Flags:
    """Whether each session is among some, given by position."""
    flags = np.zeros(len(study.sessions), dtype=bool)
    flags[places] = True
    return flags
