"""Ground, rules and studies of histories made by hand, for the tests of the studies."""

from __future__ import annotations

from typing import Any

import pandas as pd
from tests.panels import Column, analyse_ratios
from tests.view_states import config

from ivts_site.analytics import Analysis
from ivts_site.analytics.bootstrap import Resampling
from ivts_site.analytics.ground import Ground, build_ground
from ivts_site.analytics.research import ResearchRules, study
from ivts_site.pipeline.research_rules import research_rules
from ivts_site.snapshot.research import build_research
from ivts_site.snapshot.research_types import Research

HOW = Resampling(level=0.95, draws=200, seed=3, block_factor=2, min_cases=2)


def ground_of(ratios: Column, benchmark: Column | None = None) -> Ground:
    """Ground of `analyse_ratios`."""
    return build_ground(analyse_ratios(ratios, benchmark))


def rules_of(analysis: Analysis, **changed: Any) -> ResearchRules:
    """The shipped rules with fewer draws; keywords replace settings under `research`."""
    few = {"draws": 100, "overlay": {"random_draws": 20}}
    settings = config()
    research = type(settings.research).model_validate(settings.research.model_dump() | few | changed)
    return research_rules(settings.model_copy(update={"research": research}), analysis)


def research_of(
    analysis: Analysis, further: dict[str, pd.Series] | None = None, *, sample: bool = False, **changed: Any
) -> Research:
    """The published studies of an analysis."""
    rules = rules_of(analysis, **changed)
    return build_research(analysis, study(analysis, further or {}, rules), rules, sample=sample)
