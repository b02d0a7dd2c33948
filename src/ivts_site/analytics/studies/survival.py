"""How long spells last: the Kaplan–Meier estimate with Greenwood's variance.

With n(j) spells at risk of ending after exactly j sessions and d(j) that did, the share longer than k
sessions is S(k) = ∏ (1 − d(j)/n(j)) over j ≤ k, and Greenwood's variance of its logarithm is
V(k) = Σ d/(n(n − d)). Limits are S^exp(± z·√V / ln S), which stay within 0 and 1.

A spell that goes on at day N is known to last *at least* N sessions; whether it is longer will be known
tomorrow. So it is at risk at j < N alone. Tables that record the time at which a subject was last seen alive
write the same as N − 1. For a single ongoing spell it follows that S(N − 1 + k) / S(N − 1) is a plain count
of past spells: those of at least N + k sessions over those of at least N.

References
----------
Kaplan and Meier (1958), Journal of the American Statistical Association 53. Greenwood (1926), Reports on
Public Health and Medical Subjects 33. Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure
Time Data, section 1.4 — limits on the log(−log) scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints, share
from ivts_site.analytics.bootstrap import normal_quantile, wilson_interval
from ivts_site.analytics.rules import Resampling
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published import REGIMES, RegimeName
from ivts_site.published.numbers import day
from ivts_site.published.studies import Pair, Share

RANK = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPoint:
    """Kaplan–Meier estimate after one length."""

    sessions: int
    """The length."""
    n_at_risk: int
    """Spells of at least `sessions`; the ongoing one only where it is longer already."""
    n_ended: int
    """Spells that lasted exactly `sessions`."""
    survival: float
    """Share of spells longer than `sessions`."""
    interval: Pair | None
    """Greenwood's variance on the log(−log) scale; null below `method.min_cases` spells of the regime, or
    where the share is 0 or 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeSurvival:
    """Lengths of the spells of one regime."""

    regime: RegimeName
    """The regime."""
    n_spells: int
    """Ended and ongoing."""
    n_censored: int
    """1 where the ongoing spell is of this regime: it is known to last at least its present length."""
    first_session: str | None
    """First session of the first spell."""
    last_session: str | None
    """Last session of the last spell."""
    median: int | None
    """Smallest length that at most half of the spells exceed; null where none is."""
    longest: int | None
    """Length of the longest spell, an ongoing one included; null without a spell."""
    points: tuple[SurvivalPoint, ...]
    """One for each length at which a spell ended, rising. Before the first of them the share is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """How many of the spells that reached today's day lasted on."""

    more: int
    """Further sessions."""
    lasted: Share
    """Past spells that lasted at least `day` + `more` sessions / those that lasted at least `day`."""
    interval: Pair | None
    """Wilson's score interval; null below `method.min_cases` spells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """How long spells last. The first stored spell is counted from the first stored session."""

    regimes: tuple[RegimeSurvival, ...]
    """Each regime."""
    regime: RegimeName
    """Today's."""
    day: int
    """Today's day in the regime, 1-based."""
    remaining: tuple[Remaining, ...]
    """How many of the spells like the present one lasted on."""


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """What the study publishes."""

    survival: Survival
    """How long spells last."""


def measure(study: StudyInput) -> Lengths:
    """Estimate both regimes' survival, and how long spells such as today's went on."""
    spells, rules = study.analysis.spells, study.rules
    today = spells.iloc[-1]
    same = spells[(spells["backwardation"] == today["backwardation"]) & ~spells["ongoing"]]
    n_today = int(today["n_sessions"])
    reached = same[same["n_sessions"] >= n_today]
    return Lengths(
        survival=Survival(
            regimes=tuple(_regime(spells, backwardation, rules) for backwardation in (False, True)),
            regime=REGIMES[bool(today["backwardation"])],
            day=n_today,
            remaining=tuple(_remaining(reached, n_today, more, rules) for more in rules.survival_sessions),
        )
    )


def kaplan_meier(lengths: Ints, ongoing: Flags, level: float) -> list[SurvivalPoint]:
    """Estimate the share of spells longer than each length; empty where no spell ended.

    An ongoing spell is right-censored: at risk at shorter lengths than its own alone.
    """
    done = np.sort(lengths[~ongoing])
    times, ended = np.unique(done, return_counts=True)
    open_ = np.sort(lengths[ongoing])
    at_risk = (len(done) - np.searchsorted(done, times)) + (
        len(open_) - np.searchsorted(open_, times, side="right")
    )
    survival = np.cumprod(1 - ended / at_risk)
    left = at_risk - ended
    terms = np.divide(ended, at_risk * left, out=np.full(len(ended), np.nan), where=left > 0)
    limits = _limits(survival, np.cumsum(terms), level)
    return [
        SurvivalPoint(
            sessions=length,
            n_at_risk=n,
            n_ended=n_ended,
            survival=lasting,
            interval=None if np.isnan(low) else (low, high),
        )
        for length, n, n_ended, lasting, low, high in zip(
            *(column.tolist() for column in (times, at_risk, ended, survival, *limits)), strict=True
        )
    ]


def _regime(spells: pd.DataFrame, backwardation: bool, how: Resampling) -> RegimeSurvival:
    own = spells[spells["backwardation"] == backwardation]
    lengths = own["n_sessions"].to_numpy()
    points = kaplan_meier(lengths, own["ongoing"].to_numpy(), how.level)
    if len(own) < how.min_cases:
        points = [replace(point, interval=None) for point in points]
    return RegimeSurvival(
        regime=REGIMES[backwardation],
        n_spells=len(own),
        n_censored=int(own["ongoing"].sum()),
        first_session=day(own["first_session"].iloc[0]) if len(own) else None,
        last_session=day(own["last_session"].iloc[-1]) if len(own) else None,
        median=next((point.sessions for point in points if point.survival <= 0.5 + 1e-12), None),
        longest=int(lengths.max()) if len(own) else None,
        points=tuple(points),
    )


def _remaining(reached: pd.DataFrame, n_today: int, more: int, how: Resampling) -> Remaining:
    lengths = reached["n_sessions"].to_numpy()
    lasted = lengths >= n_today + more
    n_lasted, enough = int(lasted.sum()), len(lengths) >= how.min_cases
    return Remaining(
        more=more,
        lasted=Share(
            value=share(lasted),
            numerator=n_lasted,
            denominator=len(lengths),
            first_session=day(reached["first_session"].iloc[0]) if len(reached) else None,
            last_session=day(reached["last_session"].iloc[-1]) if len(reached) else None,
        ),
        interval=wilson_interval(n_lasted, len(lengths), how.level) if enough else None,
    )


def _limits(survival: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits on the log(−log) scale; NaN where the share is 0 or 1, whose logarithms do not exist."""
    inside = (survival > 0) & (survival < 1)
    logarithm = np.log(np.where(inside, survival, 0.5))
    reach = normal_quantile(level) * np.sqrt(variance) / logarithm
    return tuple(  # type: ignore[return-value]
        np.where(inside, np.exp(logarithm * np.exp(sign * reach)), np.nan) for sign in (-1, 1)
    )
