"""The picture that links to the page show: regime, day, ratio, date and the ratio scale, 1200 × 630 px."""

from __future__ import annotations

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import words
from ivts_site.charts.canvas import Canvas, tint
from ivts_site.charts.scale import Scale, read_scale
from ivts_site.charts.theme import COLOURS, clean
from ivts_site.model import ProvisionalRatio

SIZE = (1200, 630)

LEFT, RIGHT = 72, 1128
NAME_WIDTH = 640
HILL_TOP, LANE_TOP, LANE_FOOT = 330, 470, 498
SHADE = tint("backwardation", 0.06)
LANES = {role: tint(role, 0.2) for role in ("contango", "backwardation")}


def build_card(
    analysis: Analysis, *, site_name: str, sample: bool, provisional: ProvisionalRatio | None = None
) -> bytes:
    """Return the card as PNG; the same inputs give the same bytes.

    Parameters
    ----------
    analysis : Analysis
        The one computation behind page, JSON and charts.
    site_name : str
        Printed in the corner; shortened where it is long.
    sample : bool
        Whether the closes are simulated; the card then says so.
    provisional : ProvisionalRatio, optional
        A ratio after the last session: named and drawn as a ring, not counted.
    """
    canvas, scale = Canvas(*SIZE), read_scale(analysis)
    _draw_words(canvas, analysis)
    _draw_doubts(canvas, analysis, provisional)
    draw_frame(canvas, site_name=site_name, corner=fmt.date_long(analysis.panel.as_of), sample=sample)
    _draw_hill(canvas, scale)
    _draw_marks(canvas, analysis, scale)
    if provisional:
        _draw_ring(canvas, scale, provisional)
    return canvas.png()


def build_preview(words: tuple[str, ...], *, site_name: str, sample: bool) -> bytes:
    """Return a card that is the same every evening as PNG: a large line, and smaller ones below it."""
    canvas = Canvas(*SIZE)
    draw_frame(canvas, site_name=site_name, corner="", sample=sample)
    for at, line in enumerate(words):
        size = 36 if at else 108
        canvas.text((LEFT, 330 + 80 * at), canvas.fit(clean(line), size, RIGHT - LEFT), "ink", size)
    canvas.box(LEFT, 470, (LEFT + RIGHT) / 2, 498, LANES["contango"])
    canvas.box((LEFT + RIGHT) / 2, 470, RIGHT, 498, LANES["backwardation"])
    return canvas.png()


def draw_frame(canvas: Canvas, *, site_name: str, corner: str, sample: bool) -> None:
    """Draw what all cards share: the site's name, words in the other corner, the mark of simulated closes."""
    canvas.text((LEFT, 84), canvas.fit(clean(site_name), 30, NAME_WIDTH), "muted", 30)
    canvas.text((RIGHT, 84), corner, "muted", 30, "rs")
    if sample:
        canvas.box(0, 0, SIZE[0], 40, COLOURS["ink"])
        mark = "SAMPLE DATA: simulated closes, not market data"
        canvas.text((SIZE[0] / 2, 21), mark, "paper", 24, "mm", ground=COLOURS["ink"])


def _x(scale: Scale, ratio: float) -> float:
    return LEFT + scale.place(ratio) * (RIGHT - LEFT)


def _draw_words(canvas: Canvas, analysis: Analysis) -> None:
    regime, panel = analysis.regime, analysis.panel
    canvas.text((LEFT, 190), regime.name.upper(), regime.name, 84)
    day = f"day {fmt.count(regime.day)} since {fmt.date_long(regime.since)}"
    canvas.text((LEFT, 246), day, "ink", 32)
    canvas.text((RIGHT, 190), fmt.ratio(analysis.ivts), "ink", 84, "rs")
    canvas.text((RIGHT, 246), f"{words.name(panel.front)} / {words.name(panel.back)}", "muted", 32, "rs")
    share = f"in backwardation on {words.window_share(analysis.window)}"
    canvas.text((LEFT, 596), f"{words.window_words(analysis.window).split(',')[0]}: {share}", "muted", 28)


def _draw_doubts(canvas: Canvas, analysis: Analysis, provisional: ProvisionalRatio | None) -> None:
    """Write what the page's headline says beside the ratio: a suspect close, a provisional reading."""
    suspect = bool(analysis.signal["suspect"].iloc[-1])
    held = f"{fmt.date_short(provisional.session)}: {fmt.ratio(provisional.ivts)}" if provisional else ""
    doubts = ("rests on a suspect close" if suspect else "", f"provisional for {held}" if held else "")
    canvas.text((LEFT, 277), ", ".join(filter(None, doubts)), "ink", 23)


def _draw_ring(canvas: Canvas, scale: Scale, held: ProvisionalRatio) -> None:
    x = min(max(_x(scale, held.ivts), LEFT), RIGHT)
    _draw_dot(canvas, x, (14, COLOURS[held.regime]), (10, COLOURS["paper"]), held.regime)


def _draw_hill(canvas: Canvas, scale: Scale) -> None:
    line = _x(scale, scale.threshold)
    canvas.box(line, HILL_TOP - 12, RIGHT, LANE_TOP, SHADE)
    grounds = (COLOURS["paper"], SHADE)
    for role, heights, ground in zip(LANES, scale.sides, grounds, strict=True):
        if len(heights) < 2:
            continue
        top = [(_x(scale, x), LANE_TOP - y * (LANE_TOP - HILL_TOP)) for x, y in heights.tolist()]
        hill = canvas.sketch(LEFT, HILL_TOP - 2, RIGHT, LANE_TOP)
        hill.shape([(top[0][0], LANE_TOP), *top, (top[-1][0], LANE_TOP)])
        ends = (None, line) if role == "contango" else (line, None)
        hill.paste(tint(role, 0.5, ground), ground, *ends)
    canvas.box(LEFT, LANE_TOP, line, LANE_FOOT, LANES["contango"])
    canvas.box(line, LANE_TOP, RIGHT, LANE_FOOT, LANES["backwardation"])


def _draw_marks(canvas: Canvas, analysis: Analysis, scale: Scale) -> None:
    line, middle = _x(scale, scale.threshold), (LANE_TOP + LANE_FOOT) / 2
    canvas.text((line - 18, HILL_TOP - 20), "contango", "contango", 26, "rs")
    canvas.text((line + 18, HILL_TOP - 20), "backwardation", "backwardation", 26)
    trail = canvas.sketch(LEFT, LANE_TOP, RIGHT, LANE_FOOT)
    for ratio, share in zip(scale.trail.tolist(), np.linspace(0.3, 0.65, len(scale.trail)), strict=True):
        trail.dot(_x(scale, ratio), middle, 6, float(share))
    trail.paste(COLOURS["ink"], LANES["contango"], None, line)
    trail.paste(COLOURS["ink"], LANES["backwardation"], line, None)
    for tick in (scale.low, scale.threshold, scale.high):
        anchor = {scale.low: "ls", scale.high: "rs"}.get(tick, "ms")
        canvas.text((_x(scale, tick), LANE_FOOT + 42), fmt.fixed(tick, 2), "muted", 28, anchor)
    canvas.box(line - 2.5, HILL_TOP - 44, line + 2.5, LANE_FOOT + 8, COLOURS["ink"])
    today, role = _x(scale, scale.today), analysis.regime.name
    canvas.box(today - 2, HILL_TOP, today + 2, middle, COLOURS[role])
    _draw_dot(canvas, today, (19, COLOURS["paper"]), (15, COLOURS[role]), role)


def _draw_dot(canvas: Canvas, x: float, outer: tuple[int, str], inner: tuple[int, str], role: str) -> None:
    """Draw a circle within a circle, radius and colour of each, on the lane of a regime."""
    middle, ground = (LANE_TOP + LANE_FOOT) / 2, LANES[role]
    for radius, fill in (outer, inner):
        dot = canvas.sketch(x - 20, middle - 20, x + 20, middle + 20)
        dot.dot(x, middle, radius)
        dot.paste(fill, ground)
        ground = fill
