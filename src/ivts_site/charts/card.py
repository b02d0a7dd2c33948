"""The pictures that links show, 1200 × 630 px: of the page its news and scale, of an episode its ratio.

Most are seen 300 px wide: what matters is at least 64 px high here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import words
from ivts_site.charts.canvas import Canvas, tint
from ivts_site.charts.scale import Scale, read_scale
from ivts_site.charts.svg import runs
from ivts_site.charts.theme import COLOURS, clean
from ivts_site.model import ProvisionalRatio

SIZE = (1200, 630)

LEFT, RIGHT = 72, 1128
NAME_WIDTH = 640
LANE_TOP, LANE_FOOT = 532, 564
RATIO_TOP, RATIO_FOOT = 308, 520
BAND = tint("backwardation", 0.12)
LANES = {role: tint(role, 0.2) for role in ("contango", "backwardation")}


def build_card(
    analysis: Analysis,
    *,
    headline: str,
    site_name: str,
    sample: bool,
    provisional: ProvisionalRatio | None = None,
) -> bytes:
    """Return the card as PNG; the same inputs give the same bytes.

    A long site name is shortened. A provisional ratio is named and drawn as a ring.
    """
    canvas, scale = Canvas(*SIZE), read_scale(analysis)
    _draw_headline(canvas, clean(headline))
    _draw_values(canvas, analysis)
    _draw_doubts(canvas, analysis, provisional)
    _draw_frame(canvas, site_name=site_name, corner=fmt.date_long(analysis.panel.as_of), sample=sample)
    _draw_marks(canvas, analysis, scale)
    if provisional:
        _draw_ring(canvas, scale, provisional)
    return canvas.png()


def build_preview(lines: tuple[str, ...], *, site_name: str, sample: bool) -> bytes:
    """Return a card that is the same every evening as PNG: a large line, and smaller ones below it."""
    canvas = Canvas(*SIZE)
    _draw_frame(canvas, site_name=site_name, corner="", sample=sample)
    for at, line in enumerate(lines):
        size = 36 if at else 108
        canvas.text((LEFT, 330 + 80 * at), canvas.fit(clean(line), size, RIGHT - LEFT), "ink", size)
    canvas.box(LEFT, 470, (LEFT + RIGHT) / 2, 498, LANES["contango"])
    canvas.box((LEFT + RIGHT) / 2, 470, RIGHT, 498, LANES["backwardation"])
    return canvas.png()


def _draw_frame(canvas: Canvas, *, site_name: str, corner: str, sample: bool) -> None:
    """Draw what all cards share: the site's name, words in the other corner, the mark of simulated closes."""
    canvas.text((LEFT, 84), canvas.fit(clean(site_name), 30, NAME_WIDTH), "muted", 30)
    canvas.text((RIGHT, 84), corner, "muted", 30, "rs")
    if sample:
        canvas.box(0, 0, SIZE[0], 40, COLOURS["ink"])
        mark = "SAMPLE DATA: simulated closes, not market data"
        canvas.text((SIZE[0] / 2, 21), mark, "paper", 24, "mm", ground=COLOURS["ink"])


def _x(scale: Scale, ratio: float) -> float:
    return LEFT + scale.place(ratio) * (RIGHT - LEFT)


def _draw_headline(canvas: Canvas, headline: str) -> None:
    """Write the headline as large as three lines allow."""
    wrapped = {size: canvas.wrap(headline, size, RIGHT - LEFT) for size in (54, 46, 40)}
    size = next((size for size, lines in wrapped.items() if len(lines) <= 3), min(wrapped))
    for at, line in enumerate(wrapped[size][:3]):
        canvas.text((LEFT, 152 + 62 * at), line, "ink", size)


def _draw_values(canvas: Canvas, analysis: Analysis) -> None:
    """Write both closes, and below them the regime and the ratio."""
    panel, regime = analysis.panel, analysis.regime
    middle = (LEFT + RIGHT) / 2
    closes = fmt.apart(*(float(panel.closes[side][panel.as_of]) for side in ("front", "back")))
    for x, series, close in zip((LEFT, middle), (panel.front, panel.back), closes, strict=True):
        canvas.text((x, 372), canvas.fit(f"{words.name(series)} {close}", 80, middle - LEFT), "ink", 80)
    canvas.text((LEFT, 462), regime.name.capitalize(), regime.name, 80)
    canvas.text((RIGHT, 462), fmt.ratio(analysis.ivts), regime.name, 80, "rs")


def _draw_doubts(canvas: Canvas, analysis: Analysis, provisional: ProvisionalRatio | None) -> None:
    """Write what the page's headline says beside the ratio: a suspect close, a provisional reading."""
    suspect = bool(analysis.signal["suspect"].iloc[-1])
    held = f"{fmt.date_short(provisional.session)}: {fmt.ratio(provisional.ivts)}" if provisional else ""
    doubts = ("rests on a suspect close" if suspect else "", f"provisional for {held}" if held else "")
    canvas.text((LEFT, 500), ", ".join(filter(None, doubts)), "ink", 26)


def _draw_ring(canvas: Canvas, scale: Scale, held: ProvisionalRatio) -> None:
    x = min(max(_x(scale, held.ivts), LEFT), RIGHT)
    _draw_dot(canvas, x, (14, COLOURS[held.regime]), (10, COLOURS["paper"]), held.regime)


def _draw_marks(canvas: Canvas, analysis: Analysis, scale: Scale) -> None:
    line, middle = _x(scale, scale.threshold), (LANE_TOP + LANE_FOOT) / 2
    canvas.box(LEFT, LANE_TOP, line, LANE_FOOT, LANES["contango"])
    canvas.box(line, LANE_TOP, RIGHT, LANE_FOOT, LANES["backwardation"])
    trail = canvas.sketch(LEFT, LANE_TOP, RIGHT, LANE_FOOT)
    for ratio, share in zip(scale.trail.tolist(), np.linspace(0.3, 0.65, len(scale.trail)), strict=True):
        trail.dot(_x(scale, ratio), middle, 6, float(share))
    trail.paste(COLOURS["ink"], LANES["contango"], None, line)
    trail.paste(COLOURS["ink"], LANES["backwardation"], line, None)
    for tick in (scale.low, scale.threshold, scale.high):
        anchor = {scale.low: "ls", scale.high: "rs"}.get(tick, "ms")
        canvas.text((_x(scale, tick), LANE_FOOT + 42), fmt.fixed(tick, 2), "muted", 28, anchor)
    canvas.box(line - 2.5, LANE_TOP - 10, line + 2.5, LANE_FOOT + 8, COLOURS["ink"])
    role = analysis.regime.name
    _draw_dot(canvas, _x(scale, scale.today), (19, COLOURS["paper"]), (15, COLOURS[role]), role)


def _draw_dot(canvas: Canvas, x: float, outer: tuple[int, str], inner: tuple[int, str], role: str) -> None:
    """Draw a circle within a circle, radius and color of each, on the lane of a regime."""
    middle, ground = (LANE_TOP + LANE_FOOT) / 2, LANES[role]
    for radius, fill in (outer, inner):
        dot = canvas.sketch(x - 20, middle - 20, x + 20, middle + 20)
        dot.dot(x, middle, radius)
        dot.paste(fill, ground)
        ground = fill


def build_episode_card(
    analysis: Analysis, row: int, span: pd.DataFrame, *, site_name: str, sample: bool
) -> bytes:
    """Return the card of the episode in a row of all as PNG; the same inputs give the same bytes.

    `span` has the sessions around it, from `slice_episode`.
    """
    canvas = Canvas(*SIZE)
    episode = {str(name): value for name, value in analysis.episodes.iloc[row].items()}
    corner = f"{words.name(analysis.panel.front)} / {words.name(analysis.panel.back)}"
    _draw_frame(canvas, site_name=site_name, corner=corner, sample=sample)
    _draw_words(canvas, analysis, episode)
    _draw_ratio(canvas, analysis, episode, span)
    return canvas.png()


def _draw_words(canvas: Canvas, analysis: Analysis, episode: dict[str, Any]) -> None:
    first, last = episode["first_session"], episode["last_session"]
    canvas.text((LEFT, 170), f"{fmt.plural(episode['n_sessions'], 'session')}", "backwardation", 72)
    when = f"so far, since {fmt.date_short(first)}" if episode["ongoing"] else words.span(first, last)
    canvas.text((LEFT, 222), f"of backwardation {when}", "ink", 28)
    canvas.text((RIGHT, 170), fmt.ratio(episode["max_ivts"]), "ink", 72, "rs")
    canvas.text((RIGHT, 222), f"highest, {fmt.date_short(episode['max_session'])}", "muted", 28, "rs")
    change = fmt.percent_change(episode["spy_return"])
    if change != fmt.UNDEFINED:
        name = words.name(analysis.panel.benchmark)
        canvas.text((LEFT, 604), f"{name} {change}, measured from the last close before it", "muted", 28)


def _draw_ratio(canvas: Canvas, analysis: Analysis, episode: dict[str, Any], span: pd.DataFrame) -> None:
    ratios, threshold = span["ivts"].to_numpy(), analysis.rules.threshold
    low, high = min(np.nanmin(ratios), threshold), max(np.nanmax(ratios), threshold)
    pixel = (RATIO_FOOT - RATIO_TOP) / (high - low)
    x = LEFT + (np.arange(len(ratios)) + 0.5) / len(ratios) * (RIGHT - LEFT)
    y = RATIO_FOOT - (ratios - low) * pixel
    level, half = RATIO_FOOT - (threshold - low) * pixel, (RIGHT - LEFT) / len(ratios) / 2
    first, last = span.index.searchsorted([episode["first_session"], episode["last_session"]]).tolist()
    start, end = float(x[first] - half), float(x[last] + half)
    canvas.box(start, RATIO_TOP - 16, end, RATIO_FOOT + 10, BAND)
    canvas.box(LEFT, level - 1, RIGHT, level + 1, COLOURS["muted"])
    canvas.text((LEFT - 10, level), fmt.plain(threshold), "muted", 24, "rm")
    path = canvas.sketch(LEFT, RATIO_TOP - 10, RIGHT, RATIO_FOOT + 10)
    for run in runs(ratios):
        points = list(zip(x[run].tolist(), y[run].tolist(), strict=True))
        path.line(points, 4)
        path.dot(*points[0], 2)  # a run of one session is a dot
    path.paste(COLOURS["ink"], COLOURS["paper"], None, start)
    path.paste(COLOURS["backwardation"], BAND, start, end)
    path.paste(COLOURS["ink"], COLOURS["paper"], end, None)
    canvas.text((LEFT, RATIO_FOOT + 44), fmt.date_short(span.index[0]), "muted", 28)
    canvas.text((RIGHT, RATIO_FOOT + 44), fmt.date_short(span.index[-1]), "muted", 28, "rs")
