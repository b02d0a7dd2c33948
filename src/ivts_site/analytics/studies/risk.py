"""What inverted closes say of risk: volatility and large falls ahead, beside the front index."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.analytics.evidence import LARGE_FALL, Evidence, compare
from ivts_site.analytics.inference import Effect
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.studies import Pair

RANK = 74


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMeasure:
    """One measure of risk after a group of sessions."""

    value: float | None
    """Mean (a share where the measure is one) after the group."""
    interval: Pair | None
    """Calibrated interval of it."""
    difference: float | None
    """Less the mean after all other sessions; null for `all`."""
    difference_interval: Pair | None
    """Calibrated interval of it."""
    p_value: float | None
    """Of the difference, where there is no effect; at least 0.002."""
    same_front: float | None
    """Mean of the others and what the group's front index alone makes of it: the same VIX, whatever the
    ratio."""
    adds: float | None
    """What the group adds at the same front index."""
    adds_interval: Pair | None
    """Calibrated interval of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskGroup:
    """Risk after a group of sessions."""

    id: str
    """`spike`, `backwardation`, `reached`, `back`, `all` or `deep`."""
    n_sessions: int
    """Sessions of the group whose horizon is over."""
    n_cases: int
    """Independent clusters, see `Claim.n_cases`."""
    volatility: RiskMeasure
    """Realized over the horizon, annualized points."""
    fell: RiskMeasure
    """Share of windows with a close more than `Risk.fall` below the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Volatility and large falls after inverted closes."""

    horizon: int
    """Sessions ahead."""
    fall: float
    """A window falls where some close of it lies more than this below the first, a fraction."""
    groups: tuple[RiskGroup, ...]
    """From the most alarming to the least."""


@dataclass(frozen=True, kw_only=True)
class Risks:
    """What the study publishes."""

    risk: Risk
    """Volatility and large falls after inverted closes."""


_GROUPS = ("spike", "backwardation", "reached", "back", "all", "deep")


def measure(study: StudyInput) -> Risks:
    """Measure risk after spikes, inversions, their trigger day, their end, and deep contango."""
    evidence = Evidence(study)
    groups = tuple(_group(evidence, name) for name in _GROUPS)
    return Risks(risk=Risk(horizon=evidence.horizon, fall=LARGE_FALL, groups=groups))


def _group(evidence: Evidence, name: str) -> RiskGroup:
    volatility, fell = compare(evidence, "volatility", name)[0], compare(evidence, "fell", name)[0]
    return RiskGroup(
        id=name,
        n_sessions=volatility.n,
        n_cases=volatility.clusters.n,
        volatility=_measure(volatility),
        fell=_measure(fell),
    )


def _measure(effect: Effect) -> RiskMeasure:
    return RiskMeasure(
        value=effect.mean.value,
        interval=effect.mean.interval,
        difference=effect.difference.value,
        difference_interval=effect.difference.interval,
        p_value=effect.difference.p_value,
        same_front=effect.same_front,
        adds=effect.adds.value,
        adds_interval=effect.adds.interval,
    )
