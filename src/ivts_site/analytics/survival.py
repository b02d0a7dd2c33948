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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import Pair, normal_quantile, wilson_interval
from ivts_site.analytics.ground import Share
from ivts_site.analytics.results import Flags, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class KaplanMeier:
    """The estimate at each length at which a spell ended.

    Attributes
    ----------
    sessions : array of int
        Those lengths, rising.
    at_risk, ended : array of int
        n(j) and d(j).
    survival : array
        S(j): share of spells longer than j sessions.
    low, high : array
        Limits; NaN where S is 1 or 0.
    """

    sessions: Ints
    at_risk: Ints
    ended: Ints
    survival: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPoint:
    """One row of the estimate."""

    sessions: int
    n_at_risk: int
    n_ended: int
    survival: float
    interval: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeSurvival:
    """Lengths of the spells of one regime; `median` and `longest` are None where there are none."""

    regime: str
    n_spells: int
    n_censored: int
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None
    median: int | None
    longest: int | None
    points: tuple[SurvivalPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """Of the past spells that reached today's day, those that lasted `more` sessions longer."""

    more: int
    lasted: Share
    interval: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Both regimes, and the answer for today's day in today's."""

    regimes: tuple[RegimeSurvival, ...]
    regime: str
    day: int
    remaining: tuple[Remaining, ...]


def kaplan_meier(lengths: Ints, ongoing: Flags, level: float) -> KaplanMeier:
    """Estimate the share of spells longer than each length.

    Parameters
    ----------
    lengths : array of int
        Sessions, at least 1; of an ongoing spell, so far.
    ongoing : array of bool
        Right-censored: at risk at shorter lengths than its own alone.
    level : float
        Of the limits.

    Returns
    -------
    KaplanMeier
        Empty where no spell ended.
    """
    done = np.sort(lengths[~ongoing])
    times, ended = np.unique(done, return_counts=True)
    open_ = np.sort(lengths[ongoing])
    at_risk = (len(done) - np.searchsorted(done, times)) + (
        len(open_) - np.searchsorted(open_, times, side="right")
    )
    survival = np.cumprod(1 - ended / at_risk)
    low, high = _limits(survival, _greenwood(at_risk, ended), level)
    return KaplanMeier(sessions=times, at_risk=at_risk, ended=ended, survival=survival, low=low, high=high)


def measure_survival(spells: pd.DataFrame, more: Sequence[int], level: float, min_cases: int) -> Survival:
    """Estimate both regimes' survival, and how long spells such as today's went on.

    Parameters
    ----------
    spells : DataFrame
        From `build_spells`; the last row is today's.
    more : sequence of int
        Further sessions asked for.
    level : float
        Of the intervals.
    min_cases : int
        Fewest spells for an interval.
    """
    today = spells.iloc[-1]
    same = spells[(spells["backwardation"] == today["backwardation"]) & ~spells["ongoing"]]
    day = int(today["n_sessions"])
    reached = same[same["n_sessions"] >= day]
    return Survival(
        regimes=tuple(_regime(spells, backwardation, level, min_cases) for backwardation in (False, True)),
        regime=_name(bool(today["backwardation"])),
        day=day,
        remaining=tuple(_remaining(reached, day, extra, level, min_cases) for extra in more),
    )


def _regime(spells: pd.DataFrame, backwardation: bool, level: float, min_cases: int) -> RegimeSurvival:
    own = spells[spells["backwardation"] == backwardation]
    lengths = own["n_sessions"].to_numpy()
    found = kaplan_meier(lengths, own["ongoing"].to_numpy(), level)
    below = found.sessions[found.survival <= 0.5 + 1e-12]
    return RegimeSurvival(
        regime=_name(backwardation),
        n_spells=len(own),
        n_censored=int(own["ongoing"].sum()),
        first_session=own["first_session"].iloc[0] if len(own) else None,
        last_session=own["last_session"].iloc[-1] if len(own) else None,
        median=int(below[0]) if len(below) else None,
        longest=int(lengths.max()) if len(own) else None,
        points=tuple(_points(found, enough=len(own) >= min_cases)),
    )


def _points(found: KaplanMeier, *, enough: bool) -> list[SurvivalPoint]:
    rows = zip(
        found.sessions.tolist(),
        found.at_risk.tolist(),
        found.ended.tolist(),
        found.survival.tolist(),
        zip(found.low.tolist(), found.high.tolist(), strict=True),
        strict=True,
    )
    return [
        SurvivalPoint(
            sessions=sessions,
            n_at_risk=at_risk,
            n_ended=ended,
            survival=survival,
            interval=_known(limits) if enough else None,
        )
        for sessions, at_risk, ended, survival, limits in rows
    ]


def _remaining(reached: pd.DataFrame, day: int, more: int, level: float, min_cases: int) -> Remaining:
    lengths = reached["n_sessions"].to_numpy()
    n_lasted = int((lengths >= day + more).sum())
    return Remaining(
        more=more,
        lasted=Share(
            value=n_lasted / len(lengths) if len(lengths) else np.nan,
            numerator=n_lasted,
            denominator=len(lengths),
            first_session=reached["first_session"].iloc[0] if len(reached) else None,
            last_session=reached["last_session"].iloc[-1] if len(reached) else None,
        ),
        interval=wilson_interval(n_lasted, len(lengths), level) if len(lengths) >= min_cases else None,
    )


def _greenwood(at_risk: Ints, ended: Ints) -> Floats:
    left = at_risk - ended
    terms = np.divide(ended, at_risk * left, out=np.full(len(ended), np.nan), where=left > 0)
    return np.cumsum(terms)


def _limits(survival: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits on the log(−log) scale; NaN where the share is 0 or 1, whose logarithms do not exist."""
    inside = (survival > 0) & (survival < 1)
    logarithm = np.log(np.where(inside, survival, 0.5))
    reach = normal_quantile(level) * np.sqrt(variance) / logarithm
    return tuple(  # type: ignore[return-value]
        np.where(inside, np.exp(logarithm * np.exp(sign * reach)), np.nan) for sign in (-1, 1)
    )


def _known(limits: Pair) -> Pair | None:
    return None if np.isnan(limits[0]) else limits


def _name(backwardation: bool) -> str:
    return "backwardation" if backwardation else "contango"
