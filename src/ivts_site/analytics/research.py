"""All studies of one history: what the ratio has and has not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ivts_site.analytics.bootstrap import Resampling
from ivts_site.analytics.claim_kinds import Claim, ClaimRules, Evidence
from ivts_site.analytics.claims import judge_claims
from ivts_site.analytics.conditional import ReturnHorizon, build_bands, measure_conditional
from ivts_site.analytics.curve import Curve, Point, measure_curve
from ivts_site.analytics.event_study import EventRules, EventStudy, measure_events
from ivts_site.analytics.ground import Ground, build_ground
from ivts_site.analytics.hysteresis import Thresholds, compare_thresholds
from ivts_site.analytics.overlay import Overlay, OverlayRules, measure_overlay
from ivts_site.analytics.results import Analysis, Floats
from ivts_site.analytics.survival import Survival, measure_survival
from ivts_site.analytics.volatility import Volatility, measure_volatility
from ivts_site.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRules:
    """Settings of the studies.

    Attributes
    ----------
    bands : tuple of float
        Upper edges of the bands of the conditional returns, rising; one more band lies above the last.
    horizons : tuple of int
        Of the conditional returns, in sessions.
    horizon : int
        Of thresholds, volatility and claims.
    more : tuple of int
        Further sessions asked of today's spell.
    thresholds : tuple of (entry, exit)
        Pairs compared.
    points : tuple of Point
        Series of the curve and beside it.
    resampling, events, claims, overlay
        See their types.
    """

    bands: tuple[float, ...]
    horizons: tuple[int, ...]
    horizon: int
    more: tuple[int, ...]
    thresholds: tuple[tuple[float, float], ...]
    points: tuple[Point, ...]
    resampling: Resampling
    events: EventRules
    claims: ClaimRules
    overlay: OverlayRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What the studies found; see the type of each."""

    returns: tuple[ReturnHorizon, ...]
    events: EventStudy
    survival: Survival
    thresholds: Thresholds
    curve: Curve
    volatility: Volatility
    claims: tuple[Claim, ...]
    overlay: Overlay | None


def study(analysis: Analysis, further: Mapping[str, pd.Series], rules: ResearchRules) -> Study:
    """Make all studies of an analysis.

    Parameters
    ----------
    analysis : Analysis
        Panel, regimes and spells up to the as-of session.
    further : mapping of str to Series
        Closes of optional series by key; what is dated after the as-of session is cut off here.
    rules : ResearchRules
        Settings.

    Returns
    -------
    Study
        A function of the arguments alone; the same seed gives the same numbers.
    """
    ground, how, panel = build_ground(analysis), rules.resampling, analysis.panel
    known = {key: closes.loc[: panel.as_of] for key, closes in further.items()}
    own = {role.key: panel.closes[column].dropna() for role, column in _roles(analysis)}
    return Study(
        returns=measure_conditional(ground, build_bands(rules.bands), rules.horizons, how),
        events=measure_events(ground, rules.events),
        survival=measure_survival(analysis.spells, rules.more, how.level, how.min_cases),
        thresholds=compare_thresholds(ground, rules.thresholds, rules.horizon, how),
        curve=measure_curve(
            ground, known | own, rules.points, (panel.front.key, panel.back.key), analysis.rules.threshold
        ),
        volatility=measure_volatility(ground, rules.horizon, how),
        claims=judge_claims(
            Evidence(ground=ground, further=_on_sessions(known, ground), rules=rules.claims, how=how)
        ),
        overlay=measure_overlay(ground, rules.overlay, how),
    )


def _roles(analysis: Analysis) -> tuple[tuple[Role, str], ...]:
    panel = analysis.panel
    return (panel.front, "front"), (panel.back, "back")


def _on_sessions(closes: Mapping[str, pd.Series], ground: Ground) -> dict[str, Floats]:
    found = {key: series.reindex(ground.sessions).to_numpy(dtype=float) for key, series in closes.items()}
    return {key: values for key, values in found.items() if len(closes[key])}
