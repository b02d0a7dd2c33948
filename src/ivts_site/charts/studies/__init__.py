"""Pictures of the studies: plain values in, the renderer and colours of the other charts."""

from ivts_site.charts.studies.board import draw_claim
from ivts_site.charts.studies.curve import draw_curve
from ivts_site.charts.studies.fan import draw_fan
from ivts_site.charts.studies.frame import Caption
from ivts_site.charts.studies.growth import GrowthLine, draw_growth
from ivts_site.charts.studies.implied import Volatilities, draw_implied
from ivts_site.charts.studies.reliability import draw_reliability
from ivts_site.charts.studies.steps import draw_steps
from ivts_site.charts.studies.stretches import draw_stretches
from ivts_site.charts.studies.strip import draw_strip
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers

__all__ = [
    "Caption",
    "GrowthLine",
    "Volatilities",
    "Whisker",
    "draw_claim",
    "draw_curve",
    "draw_fan",
    "draw_growth",
    "draw_implied",
    "draw_reliability",
    "draw_steps",
    "draw_stretches",
    "draw_strip",
    "draw_whiskers",
]
