"""From the settings to the rules of the studies."""

from __future__ import annotations

from collections.abc import Iterator

from ivts_site.analytics import Analysis
from ivts_site.analytics.bootstrap import Resampling
from ivts_site.analytics.claim_kinds import ClaimRules
from ivts_site.analytics.curve import Point
from ivts_site.analytics.event_study import EventRules
from ivts_site.analytics.overlay import OverlayRules
from ivts_site.analytics.research import ResearchRules
from ivts_site.config import Config

FRONT_DAYS, BACK_DAYS = 30, 93
"""Calendar days of front and back where `research.tenors` does not name them."""


def research_rules(config: Config, analysis: Analysis) -> ResearchRules:
    """Translate the settings of the studies.

    Parameters
    ----------
    config : Config
        `research`, `statistics.forward_sessions`, and the labels of the series.
    analysis : Analysis
        Front and back, which are points of the curve whatever is configured.
    """
    research = config.research
    resampling = Resampling(
        level=research.level,
        draws=research.draws,
        seed=research.seed,
        block_factor=research.block_factor,
        min_cases=research.min_cases,
    )
    return ResearchRules(
        bands=research.bands,
        horizons=config.statistics.forward_sessions,
        horizon=research.horizon,
        more=research.survival_sessions,
        thresholds=tuple((pair.entry, pair.exit) for pair in research.thresholds),
        points=tuple(_points(config, analysis)),
        resampling=resampling,
        events=EventRules(
            before=research.event_before,
            after=research.event_after,
            worst_within=research.event_worst,
            min_sessions=tuple(sorted(research.event_min_sessions)),
        ),
        claims=_claims(config, analysis),
        overlay=OverlayRules(
            contango=research.overlay.contango,
            backwardation=research.overlay.backwardation,
            costs=research.overlay.costs,
            block=resampling.block(research.horizon),
            random_draws=research.overlay.random_draws,
        ),
    )


def _points(config: Config, analysis: Analysis) -> Iterator[Point]:
    research, panel = config.research, analysis.panel
    days = {point.series: point.days for point in research.tenors if point.series in config.series}
    for key, usual in ((panel.front.key, FRONT_DAYS), (panel.back.key, BACK_DAYS)):
        days.setdefault(key, usual)
    for key, number in days.items():
        yield Point(key=key, label=config.series[key].label, days=number)
    for key in (research.volatility_index, research.tail_index):
        if key in config.series:
            yield Point(key=key, label=config.series[key].label, days=None)


def _claims(config: Config, analysis: Analysis) -> ClaimRules:
    research = config.research
    return ClaimRules(
        horizon=research.horizon,
        calm=research.bands[0],
        spike=research.spike,
        days=research.trigger_days,
        top=research.high_share,
        shorter=_shorter(_points(config, analysis), analysis.panel.front.key),
        skew=research.tail_index,
        volatility=research.volatility_index,
    )


def _shorter(points: Iterator[Point], front: str) -> str:
    """Key of the longest tenor that is shorter than the front; empty where there is none."""
    days = {point.key: point.days for point in points if point.days is not None}
    below = [(number, key) for key, number in days.items() if number < days[front]]
    return max(below)[1] if below else ""
