"""The picture that links to the page show: regime, day, ratio, date and the ratio scale, 1200 × 630 px."""

from __future__ import annotations

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import words
from ivts_site.charts.plate import Plate, tint
from ivts_site.charts.scale import Scale, read_scale
from ivts_site.charts.theme import COLOURS, clean

SIZE = (1200, 630)

LEFT, RIGHT = 72, 1128
NAME_WIDTH = 640
HILL_TOP, LANE_TOP, LANE_FOOT = 330, 470, 498
SHADE = tint("backwardation", 0.06)
LANES = {role: tint(role, 0.2) for role in ("contango", "backwardation")}


def build_card(analysis: Analysis, *, site_name: str, sample: bool) -> bytes:
    """Return the card as PNG; the same inputs give the same bytes.

    Parameters
    ----------
    analysis : Analysis
        The one computation behind page, JSON and charts.
    site_name : str
        Printed in the corner; shortened where it is long.
    sample : bool
        Whether the closes are simulated; the card then says so.
    """
    plate, scale = Plate(*SIZE), read_scale(analysis)
    _draw_words(plate, analysis)
    draw_frame(plate, site_name=site_name, corner=fmt.date_long(analysis.panel.as_of), sample=sample)
    _draw_hill(plate, scale)
    _draw_marks(plate, analysis, scale)
    return plate.png()


def draw_frame(plate: Plate, *, site_name: str, corner: str, sample: bool) -> None:
    """Draw what all cards share: the site's name, words in the other corner, the mark of simulated closes."""
    plate.text((LEFT, 84), plate.fit(clean(site_name), 30, NAME_WIDTH), "muted", 30)
    plate.text((RIGHT, 84), corner, "muted", 30, "rs")
    if sample:
        plate.box(0, 0, SIZE[0], 40, COLOURS["ink"])
        mark = "SAMPLE DATA: simulated closes, not market data"
        plate.text((SIZE[0] / 2, 21), mark, "paper", 24, "mm", ground=COLOURS["ink"])


def _x(scale: Scale, ratio: float) -> float:
    return LEFT + scale.place(ratio) * (RIGHT - LEFT)


def _draw_words(plate: Plate, analysis: Analysis) -> None:
    state, panel = analysis.state, analysis.panel
    role = state.regime.value
    plate.text((LEFT, 190), state.regime.value.upper(), role, 84)
    day = f"day {fmt.count(state.regime_day)} since {fmt.date_long(state.since)}"
    plate.text((LEFT, 246), day, "ink", 32)
    plate.text((RIGHT, 190), fmt.ratio(state.ivts), "ink", 84, "rs")
    plate.text((RIGHT, 246), f"{words.name(panel.front)} / {words.name(panel.back)}", "muted", 32, "rs")
    share = f"in backwardation on {words.window_share(analysis.window)}"
    plate.text((LEFT, 596), f"{words.window_words(analysis.window).split(',')[0]}: {share}", "muted", 28)


def _draw_hill(plate: Plate, scale: Scale) -> None:
    line = _x(scale, scale.threshold)
    plate.box(line, HILL_TOP - 12, RIGHT, LANE_TOP, SHADE)
    grounds = (COLOURS["paper"], SHADE)
    for role, heights, ground in zip(LANES, scale.sides, grounds, strict=True):
        if len(heights) < 2:
            continue
        top = [(_x(scale, x), LANE_TOP - y * (LANE_TOP - HILL_TOP)) for x, y in heights.tolist()]
        hill = plate.sketch(LEFT, HILL_TOP - 2, RIGHT, LANE_TOP)
        hill.shape([(top[0][0], LANE_TOP), *top, (top[-1][0], LANE_TOP)])
        ends = (None, line) if role == "contango" else (line, None)
        hill.lay(tint(role, 0.5, ground), ground, *ends)
    plate.box(LEFT, LANE_TOP, line, LANE_FOOT, LANES["contango"])
    plate.box(line, LANE_TOP, RIGHT, LANE_FOOT, LANES["backwardation"])


def _draw_marks(plate: Plate, analysis: Analysis, scale: Scale) -> None:
    line, middle = _x(scale, scale.threshold), (LANE_TOP + LANE_FOOT) / 2
    plate.text((line - 18, HILL_TOP - 20), "contango", "contango", 26, "rs")
    plate.text((line + 18, HILL_TOP - 20), "backwardation", "backwardation", 26)
    trail = plate.sketch(LEFT, LANE_TOP, RIGHT, LANE_FOOT)
    for ratio, share in zip(scale.trail.tolist(), np.linspace(0.3, 0.65, len(scale.trail)), strict=True):
        trail.dot(_x(scale, ratio), middle, 6, float(share))
    trail.lay(COLOURS["ink"], LANES["contango"], None, line)
    trail.lay(COLOURS["ink"], LANES["backwardation"], line, None)
    for tick in (scale.low, scale.threshold, scale.high):
        anchor = {scale.low: "ls", scale.high: "rs"}.get(tick, "ms")
        plate.text((_x(scale, tick), LANE_FOOT + 42), fmt.fixed(tick, 2), "muted", 28, anchor)
    plate.box(line - 2.5, HILL_TOP - 44, line + 2.5, LANE_FOOT + 8, COLOURS["ink"])
    today, role = _x(scale, scale.today), analysis.state.regime.value
    plate.box(today - 2, HILL_TOP, today + 2, middle, COLOURS[role])
    for radius, fill in ((19, COLOURS["paper"]), (15, COLOURS[role])):
        dot = plate.sketch(today - 20, middle - 20, today + 20, middle + 20)
        dot.dot(today, middle, radius)
        dot.lay(fill, LANES[role] if radius == 19 else COLOURS["paper"])
