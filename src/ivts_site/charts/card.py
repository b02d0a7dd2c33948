"""The picture that links to the page show: regime, day, ratio, date and the ratio scale, 1200 × 630 px."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import words
from ivts_site.charts.scale import Scale, read_scale
from ivts_site.charts.theme import COLOURS, clean

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (1200, 630)
OVERSAMPLING = 2
"""Drawn twice as large and reduced, for smooth edges."""

LEFT, RIGHT = 72, 1128
HILL_TOP, LANE_TOP, LANE_FOOT = 330, 470, 498
PALETTE = 128


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
    from PIL import Image, ImageDraw  # noqa: PLC0415 (a drawing library that only this step needs)

    large = (SIZE[0] * OVERSAMPLING, SIZE[1] * OVERSAMPLING)
    image = Image.new("RGB", large, COLOURS["paper"])
    brush = _Brush(ImageDraw.Draw(image))
    scale = read_scale(analysis)
    _draw_words(brush, analysis, site_name=clean(site_name), sample=sample)
    _draw_hill(brush, scale)
    _draw_marks(brush, analysis, scale)
    small = image.reduce(OVERSAMPLING).quantize(PALETTE, method=Image.Quantize.FASTOCTREE)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


class _Brush:
    """Draws in card pixels on a larger canvas, in the colours of roles."""

    def __init__(self, draw: ImageDraw) -> None:
        self._draw = draw

    def text(self, at: tuple[float, float], text: str, role: str, size: int, anchor: str = "ls") -> None:
        """Write a text with its anchor (Pillow's two letters) at a place."""
        from PIL import ImageFont  # noqa: PLC0415

        font = ImageFont.load_default(size * OVERSAMPLING)
        x, y = (value * OVERSAMPLING for value in at)
        self._draw.text((x, y), text, fill=COLOURS[role], font=font, anchor=anchor)

    def box(self, left: float, top: float, right: float, foot: float, fill: str) -> None:
        """Fill a rectangle."""
        self._draw.rectangle([value * OVERSAMPLING for value in (left, top, right, foot)], fill=fill)

    def shape(self, corners: list[tuple[float, float]], fill: str) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in corners], fill=fill)

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """Fill a circle."""
        ends = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([value * OVERSAMPLING for value in ends], fill=fill)


def _x(scale: Scale, ratio: float) -> float:
    return LEFT + scale.place(ratio) * (RIGHT - LEFT)


def _tint(role: str, share: float) -> str:
    """Return a role's colour laid over paper with an opacity."""
    over, under = (
        np.array([int(COLOURS[name][i : i + 2], 16) for i in (1, 3, 5)]) for name in (role, "paper")
    )
    mixed = np.rint(share * over + (1 - share) * under).astype(int)
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _draw_words(brush: _Brush, analysis: Analysis, *, site_name: str, sample: bool) -> None:
    state, panel = analysis.state, analysis.panel
    role = state.regime.value
    name = site_name if len(site_name) <= 40 else f"{site_name[:39]}…"
    brush.text((LEFT, 84), name, "muted", 30)
    brush.text((RIGHT, 84), fmt.date_long(panel.as_of), "muted", 30, "rs")
    brush.text((LEFT, 190), state.regime.value.upper(), role, 84)
    day = f"day {fmt.count(state.regime_day)} since {fmt.date_long(state.since)}"
    brush.text((LEFT, 246), day, "ink", 32)
    brush.text((RIGHT, 190), fmt.ratio(state.ivts), "ink", 84, "rs")
    brush.text((RIGHT, 246), f"{words.name(panel.front)} / {words.name(panel.back)}", "muted", 32, "rs")
    if sample:
        brush.box(0, 0, SIZE[0], 40, COLOURS["ink"])
        brush.text((SIZE[0] / 2, 21), "SAMPLE DATA: simulated closes, not market data", "paper", 24, "mm")


def _draw_hill(brush: _Brush, scale: Scale) -> None:
    line = _x(scale, scale.threshold)
    brush.box(line, HILL_TOP - 12, RIGHT, LANE_TOP, _tint("backwardation", 0.06))
    for role, heights in zip(("contango", "backwardation"), scale.sides, strict=True):
        if len(heights) < 2:
            continue
        top = [(_x(scale, x), LANE_TOP - y * (LANE_TOP - HILL_TOP)) for x, y in heights.tolist()]
        brush.shape([(top[0][0], LANE_TOP), *top, (top[-1][0], LANE_TOP)], _tint(role, 0.5))
    brush.box(LEFT, LANE_TOP, line, LANE_FOOT, _tint("contango", 0.2))
    brush.box(line, LANE_TOP, RIGHT, LANE_FOOT, _tint("backwardation", 0.2))


def _draw_marks(brush: _Brush, analysis: Analysis, scale: Scale) -> None:
    line, middle = _x(scale, scale.threshold), (LANE_TOP + LANE_FOOT) / 2
    brush.text((line - 18, HILL_TOP - 20), "contango", "contango", 26, "rs")
    brush.text((line + 18, HILL_TOP - 20), "backwardation", "backwardation", 26)
    for ratio, share in zip(scale.trail.tolist(), np.linspace(0.3, 0.65, len(scale.trail)), strict=True):
        brush.dot(_x(scale, ratio), middle, 6, _tint("ink", float(share)))
    for tick in (scale.low, scale.threshold, scale.high):
        anchor = {scale.low: "ls", scale.high: "rs"}.get(tick, "ms")
        brush.text((_x(scale, tick), LANE_FOOT + 42), fmt.fixed(tick, 2), "muted", 28, anchor)
    brush.box(line - 2.5, HILL_TOP - 44, line + 2.5, LANE_FOOT + 8, COLOURS["ink"])
    today, role = _x(scale, scale.today), analysis.state.regime.value
    brush.box(today - 2, HILL_TOP, today + 2, middle, COLOURS[role])
    brush.dot(today, middle, 19, COLOURS["paper"])
    brush.dot(today, middle, 15, COLOURS[role])
    window = analysis.window
    share = f"in backwardation on {words.window_share(window)}".replace(fmt.THIN_SPACE, " ")
    brush.text((LEFT, 596), f"{words.window_words(window).split(',')[0]}: {share}", "muted", 28)
