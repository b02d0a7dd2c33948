"""Inputs and studies of histories made by hand, for the tests of the studies."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pandas as pd
from tests.panels import Column, analyse_ratios, config

from ivts_site.analytics.results import Analysis
from ivts_site.analytics.studies import measure_all
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.serialize import rounded
from ivts_site.published.studies import Research


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resampling:
    """How intervals are made, where a test needs nothing else of the settings."""

    level: float = 0.95
    draws: int = 200
    seed: int = 3
    block_factor: int = 2
    min_cases: int = 2
    min_blocks: int = 2
    max_draws: int = 200
    settled: float = 0.1


HOW = Resampling()


def input_of(
    analysis: Analysis, further: dict[str, pd.Series] | None = None, how: Resampling = HOW, **changed: Any
) -> StudyInput:
    """An analysis with the shipped settings, fewer draws, and `research` settings replaced by keywords."""
    settings = config()
    research = settings.research
    overlay = {"random_draws": 20} | changed.pop("overlay", {})
    if "thresholds" in changed:
        changed["thresholds"] = tuple(SimpleNamespace(entry=a, exit=b) for a, b in changed["thresholds"])
    rules = research.model_copy(
        update={
            **dataclasses.asdict(how),
            **changed,
            "overlay": research.overlay.model_copy(update=overlay),
        }
    )
    labels = {key: series.label for key, series in settings.series.items()}
    return StudyInput(analysis=analysis, rules=rules, labels=labels, optional_series=further or {})


def study_of(
    ratios: Column,
    benchmark: Column | None = None,
    *,
    further: dict[str, pd.Series] | None = None,
    horizons: tuple[int, ...] = (5, 21, 63),
    **changed: Any,
) -> StudyInput:
    """`input_of` of `analyse_ratios`."""
    return input_of(analyse_ratios(ratios, benchmark, forward_sessions=horizons), further, **changed)


def research_of(
    analysis: Analysis, further: dict[str, pd.Series] | None = None, *, sample: bool = False, **changed: Any
) -> Research:
    """The published studies of an analysis, by the shipped rules with fewer draws."""
    shipped = config().research
    how = Resampling(
        level=shipped.level,
        draws=100,
        max_draws=100,
        seed=shipped.seed,
        min_cases=shipped.min_cases,
        min_blocks=shipped.min_blocks,
    )
    study = input_of(analysis, further, how, **changed)
    return rounded(measure_all(study, sample=sample))
