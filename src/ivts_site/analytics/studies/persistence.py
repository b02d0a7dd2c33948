"""How well today's ratio tells whether the regime goes on: forecasts made from the past alone, and scored.

The score of forecasts p of outcomes y (1 or 0) is Brier's mean of (p − y)²; the skill against the base rate
is 1 − score / score of the base rate. Models are fitted anew every `REFIT` sessions on what was known then.

References
----------
Brier (1950), Monthly Weather Review 78. Murphy (1973), Journal of Applied Meteorology 12 — reliability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, Ints, mean
from ivts_site.analytics.persistence import (
    chance,
    count_separate_runs,
    design,
    fit_logit,
    forecast_persistence,
    look_ahead,
)
from ivts_site.analytics.study_input import StudyInput, span_of
from ivts_site.published import REGIMES, RegimeName
from ivts_site.published.snapshot import Persistence

RANK = 35
REFIT = 21
"""Sessions between two fits: a month; the forecasts in between differ by today's ratio alone."""
NEAR = 0.02
"""Distance in the ratio up to which a past session is a neighbor in the model `neighborhood`."""
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)
"""Bins of the reliability table; narrower near 1, where the forecasts of calm markets lie."""

Model = Literal["ratio", "neighborhood", "ratio-and-day", "day"]
_Forecast = Callable[[Ints, Ints], Floats]
"""Chances at some sessions, from the sessions whose outcome is known by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """Score of the forecasts of one model."""

    model: Model
    """`ratio`, the published one: a logit of the ratio. `neighborhood`: the share of past sessions of the
    regime with a ratio within 0.02. `ratio-and-day`: a logit of the ratio and the logarithm of the day of the
    run. `day`: the share of past runs that reached today's day and went on."""
    brier: float | None
    """Mean squared error of the chances."""
    skill: float | None
    """1 − `brier` / that of the base rate: 1 is perfect, 0 no better than the base rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """What became of the sessions with a forecast in one range."""

    above: float
    """The chance stated was above it (or equal to it, in the lowest bin)."""
    upto: float
    """And at most this."""
    n: int
    """Sessions."""
    n_clusters: int
    """Runs of such sessions that begin at least the horizon apart."""
    stated: float
    """Mean chance stated."""
    held: float
    """Share after which the regime held unbroken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceScore:
    """Forecasts for one regime and one horizon."""

    regime: RegimeName
    """Regime on the session of the forecast."""
    sessions: int
    """Sessions ahead."""
    n: int
    """Forecasts whose outcome is known."""
    n_clusters: int
    """Independent cases among them."""
    first_session: str | None
    """First session with a forecast."""
    last_session: str | None
    """Last session with a forecast whose outcome is known."""
    held: float | None
    """Share of these sessions after which the regime held unbroken."""
    base_brier: float | None
    """Score of the base rate: the share of the past sessions of the regime, known then."""
    models: tuple[ModelScore, ...]
    """The published model first, then its two nearest alternatives, then its rival."""
    reliability: tuple[ReliabilityBin, ...]
    """Of the published model; ranges without a forecast are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceStudy:
    """Today's chances that the regime goes on, and how well such chances have done."""

    today: tuple[Persistence, ...]
    """As in `snapshot.json`."""
    refit: int
    """Sessions between two fits of the models."""
    scores: tuple[PersistenceScore, ...]
    """By regime and horizon."""

    @property
    def middle(self) -> int:
        """The middle horizon, of which the page tells most."""
        return self.today[len(self.today) // 2].sessions


@dataclass(frozen=True, kw_only=True)
class Persisting:
    """What the study publishes."""

    persistence: PersistenceStudy
    """How likely the regime goes on, and how well that was told."""


def measure(study: StudyInput) -> Persisting:
    """State today's chances, and score those of the past as they would have been stated then."""
    rules, threshold = study.rules, study.analysis.rules.threshold
    return Persisting(
        persistence=PersistenceStudy(
            today=forecast_persistence(study.analysis.signal, threshold, rules),
            refit=REFIT,
            scores=tuple(
                _score(study, backwardation, sessions)
                for backwardation in (False, True)
                for sessions in rules.persistence_sessions
            ),
        )
    )


def _score(study: StudyInput, backwardation: bool, sessions: int) -> PersistenceScore:
    found = look_ahead(study.backwardation, sessions)
    same = study.backwardation == backwardation
    models = _models(study, found.unbroken)
    base, *stated = _walk(
        same, sessions, study.rules.persistence_first, (_base(found.unbroken), *models.values())
    )
    scored = same & found.known & ~np.isnan(base)
    held = found.unbroken[scored].astype(float)
    base_brier = _brier(base[scored], held)
    return PersistenceScore(
        regime=REGIMES[backwardation],
        sessions=sessions,
        n=len(held),
        n_clusters=count_separate_runs(scored, sessions),
        **span_of(study.sessions, scored),
        held=mean(held),
        base_brier=base_brier,
        models=tuple(
            _model(name, _brier(chances[scored], held), base_brier)
            for name, chances in zip(models, stated, strict=True)
        ),
        reliability=_reliability(stated[0], found.unbroken, scored, sessions),
    )


def _models(study: StudyInput, held: Flags) -> Mapping[Model, _Forecast]:
    height = np.log(study.ivts / study.analysis.rules.threshold)
    day = study.analysis.signal["regime_day"].to_numpy()
    return {
        "ratio": _logit(design(height), held),
        "neighborhood": _near(study.ivts, held),
        "ratio-and-day": _logit(design(height, np.log(day)), held),
        "day": _by_day(day, held),
    }


def _walk(same: Flags, sessions: int, first: int, models: tuple[_Forecast, ...]) -> list[Floats]:
    """Forecast a regime's sessions from `first` on, `REFIT` at a time, from the outcomes known at the start.

    Where a model states no chance, for want of past cases or of a fit, the first one's stands: the base rate.
    """
    stated = [np.full(len(same), np.nan) for _ in models]
    for start in range(first, len(same), REFIT):
        past = np.flatnonzero(same[: max(start + 1 - sessions, 0)])
        ahead = start + np.flatnonzero(same[start : start + REFIT])
        if not len(past) or not len(ahead):
            continue
        base = models[0](past, ahead)
        for chances, model in zip(stated, models, strict=True):
            made = model(past, ahead)
            chances[ahead] = np.where(np.isnan(made), base, made)
    return stated


def _quotient(sums: Floats | Ints, counts: Ints) -> Floats:
    """Divide sums by counts; NaN where those are 0."""
    return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))


def _base(held: Flags) -> _Forecast:
    return lambda past, ahead: np.full(len(ahead), held[past].mean())


def _logit(rows: Floats, held: Flags) -> _Forecast:
    fitted: Floats | None = None

    def forecast(past: Ints, ahead: Ints) -> Floats:
        nonlocal fitted  # a month later little has changed: the last fit is a better start than zeros
        fitted = fit_logit(rows[past], held[past], fitted)
        return np.full(len(ahead), np.nan) if fitted is None else chance(rows[ahead], fitted)

    return forecast


def _near(ivts: Floats, held: Flags) -> _Forecast:
    def forecast(past: Ints, ahead: Ints) -> Floats:
        order = np.argsort(ivts[past], kind="stable")
        lasted = np.append(0, np.cumsum(held[past][order]))
        low = np.searchsorted(ivts[past][order], ivts[ahead] - NEAR, side="left")
        high = np.searchsorted(ivts[past][order], ivts[ahead] + NEAR, side="right")
        return _quotient(lasted[high] - lasted[low], high - low)

    return forecast


def _by_day(day: Ints, held: Flags) -> _Forecast:
    def forecast(past: Ints, ahead: Ints) -> Floats:
        longest = int(max(day[past].max(), day[ahead].max())) + 1
        reached = np.bincount(day[past], minlength=longest)
        went_on = np.bincount(day[past], weights=held[past], minlength=longest)
        return _quotient(went_on, reached)[day[ahead]]

    return forecast


def _brier(stated: Floats, held: Floats) -> float | None:
    return mean((stated - held) ** 2)


def _model(name: Model, brier: float | None, base: float | None) -> ModelScore:
    return ModelScore(model=name, brier=brier, skill=1 - brier / base if brier is not None and base else None)


def _reliability(stated: Floats, held: Flags, scored: Flags, sessions: int) -> tuple[ReliabilityBin, ...]:
    bins = []
    for above, upto in pairwise(EDGES):
        inside = scored & (stated <= upto) & ((stated > above) | (above == EDGES[0]))
        if inside.any():
            bins.append(
                ReliabilityBin(
                    above=above,
                    upto=upto,
                    n=int(inside.sum()),
                    n_clusters=count_separate_runs(inside, sessions),
                    stated=float(stated[inside].mean()),
                    held=float(held[inside].mean()),
                )
            )
    return tuple(bins)
