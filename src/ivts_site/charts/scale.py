"""The ratio scale as a picture: the page's answer at a glance.

From top to bottom: the two sides by name, the session, the distribution as a hill with the record and the
window's high above it, a lane with the latest sessions as a trail that fades into the past, and the axis.
Everything is placed in percent of the width, so that one picture fits a phone and a desk. The page says the
ratio itself beside the picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.distribution import FEW
from ivts_site.analytics.results import Analysis
from ivts_site.charts import words
from ivts_site.charts.axes import round_ticks
from ivts_site.charts.labels import text_width
from ivts_site.charts.svg import percent

LOW, HIGH, EDGE = 0.70, 1.46, 0.05
"""The axis, always the same so that two days compare; it widens by whole edges for a ratio beyond it."""
APART = 0.05
"""A high closer than this to today's ratio, or to the record, is not marked."""
TRAIL = 20
BANDWIDTH = 0.012
GRID = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the scale shows, and where a ratio lies on it.

    `low` and `high` are its ends. `marks` are label and ratio of the record and of the window's high; none
    for few readings. `trail` has the latest ratios before today, oldest first. `sides` are ratio and density
    (highest of both = 1) of the window's readings up to the threshold, and of those above it. Each spans its
    own lowest to highest reading, so that no side reaches over to the other; empty where it has no reading,
    and where the window has few.
    """

    low: float
    high: float
    today: float
    threshold: float
    marks: tuple[tuple[str, float], ...]
    trail: Floats
    sides: tuple[Floats, Floats]

    def place(self, ratio: float) -> float:
        """Return the position of a ratio as a share of the width, 0 the left end."""
        return (ratio - self.low) / (self.high - self.low)


def read_scale(analysis: Analysis) -> Scale:
    """Return what the scale shows of an analysis; the axis widens where the window needs it."""
    window = analysis.window
    ratios = analysis.signal["ivts"]
    shown = ratios.to_numpy()[-window.n_sessions :]
    trail = ratios.to_numpy()[-TRAIL - 1 : -1]
    threshold = analysis.rules.threshold
    low, high = _axis(np.r_[shown, trail, threshold, ratios.max()])
    return Scale(
        low=low,
        high=high,
        today=analysis.ivts,
        threshold=threshold,
        marks=tuple(_marks(analysis)),
        trail=trail,
        sides=_hills(shown if window.n_sessions >= FEW else shown[:0], threshold),
    )


def _marks(analysis: Analysis) -> Iterator[tuple[str, float]]:
    """Yield label and ratio of the record and of the window's high, where they stand apart above the line."""
    window, ratios = analysis.window, analysis.signal["ivts"]
    record = float(ratios.max())
    named = [(f"record {fmt.fixed(record, 2)}, {fmt.date_short(str(ratios.idxmax())[:10])}", record)]
    if window.complete and record - window.ivts_max >= APART:
        span = fmt.window_words(window.name).rstrip("s").replace(" ", "-")
        named.append((f"{span} high {fmt.fixed(window.ivts_max, 2)}", window.ivts_max))
    for label, at in named:
        if len(ratios) >= FEW and at > analysis.rules.threshold and abs(at - analysis.ivts) >= APART:
            yield label, at


def _axis(ratios: Floats) -> tuple[float, float]:
    low, high = float(ratios.min()), float(ratios.max())
    down = math.floor(low / EDGE - 0.2) * EDGE
    up = math.ceil(high / EDGE + 0.2) * EDGE
    return round(min(LOW, down), 2), round(max(HIGH, up), 2)


def _hills(ratios: Floats, threshold: float) -> tuple[Floats, Floats]:
    """Return the densities of the readings up to the threshold and above it, the highest of all at 1."""
    below, above = (_density(side) for side in (ratios[ratios <= threshold], ratios[ratios > threshold]))
    top = max((side[:, 1].max() for side in (below, above) if len(side)), default=1.0)
    return below / (1.0, top), above / (1.0, top)


def _density(ratios: Floats) -> Floats:
    """Return a Gaussian kernel density, as a sum, from the lowest to the highest reading."""
    if not len(ratios):
        return np.empty((0, 2))
    low, high = float(ratios.min()), float(ratios.max())
    n = max(math.ceil((high - low) / GRID), 1)
    grid, bins = np.linspace(low, high, n + 1), np.linspace(low, max(high, low + GRID), 4 * n + 1)
    counts, _ = np.histogram(ratios, bins)
    middles = (bins[:-1] + bins[1:]) / 2
    kernel = np.exp(-0.5 * ((grid[:, None] - middles[None, :]) / BANDWIDTH) ** 2)
    return np.column_stack([grid, kernel @ counts])


NARROW = 300.0
"""Width in pixels of the narrowest box, in which every label must fit."""
WORDS_Y, DAY_Y, STEM_Y, HILL_Y, LANE_Y, AXIS_Y, TICKS_Y = 12, 33, 40, 44, 136, 152, 169
MARKS_Y, MIDDLE_Y = (60, 78), (LANE_Y + AXIS_Y) / 2
DAY_SIZE = 14.0
HILL_UNITS = (1000, 100)
_NARROW_END = 0.04
"""Share of the width, at either end, in which a tick has no label on a narrow scale."""


def build_scale(analysis: Analysis, *, sample: bool = False) -> str:
    """Return the ratio scale as one inline SVG, for a box of class `scale`."""
    scale = read_scale(analysis)
    title = f"Ratio {fmt.ratio(analysis.ivts)}: {analysis.regime.name}"
    parts = [
        f'<title id="scale-t">{html.escape(title)}</title>',
        f'<desc id="scale-d">{html.escape(_description(analysis, scale, sample=sample))}</desc>',
        _ground(scale),
        _hill(scale),
        *_threshold(scale),
        _trail(scale),
        _today(analysis, scale),
        *(_mark(scale, label, at, y) for (label, at), y in zip(scale.marks, MARKS_Y, strict=False)),
    ]
    if sample:
        place = f'x="100%" y="{LANE_Y - 6}" text-anchor="end"'
        parts.append(f'<text class="t-strong f-ink halo" {place}>SAMPLE DATA</text>')
    return (
        f'<svg width="100%" height="{TICKS_Y + 4}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="scale-t scale-d">{"".join(parts)}</svg>'
    )


def _ground(scale: Scale) -> str:
    """Return the lane in the tints of the two sides."""
    at = percent(scale.place(scale.threshold))
    rest = percent(1 - scale.place(scale.threshold))
    lane = f'y="{LANE_Y}" height="{AXIS_Y - LANE_Y}" fill-opacity="0.2"'
    back = f'y="{HILL_Y - 6}" height="{LANE_Y - HILL_Y + 6}" fill-opacity="0.06"'
    return (
        f'<rect class="f-backwardation" x="{at}" width="{rest}" {back}/>'
        f'<rect class="f-contango" width="{at}" {lane}/>'
        f'<rect class="f-backwardation" x="{at}" width="{rest}" {lane}/>'
    )


def _hill(scale: Scale) -> str:
    (width, height), paths = HILL_UNITS, ""
    for heights, role in zip(scale.sides, ("contango", "backwardation"), strict=True):
        x = np.rint([scale.place(ratio) * width for ratio in heights[:, 0]])
        y = np.rint((1 - heights[:, 1]) * height)
        line = " ".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True))
        if line:
            outline = f"M{x[0]:.0f} {height}L{line}V{height}z"
            paths += f'<path class="f-{role}" fill-opacity="0.5" d="{outline}"/>'
    return (
        f'<svg y="{HILL_Y}" width="100%" height="{LANE_Y - HILL_Y}" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="none">{paths}</svg>'
    )


def _threshold(scale: Scale) -> Iterator[str]:
    """Yield the names of the sides, with the way they point, the labels of the axis, and the threshold."""
    at = percent(scale.place(scale.threshold))
    yield (
        f'<text class="t-strong f-contango" x="{at}" dx="-9" y="{WORDS_Y}" text-anchor="end">'
        "◂ contango</text>"
        f'<text class="t-strong f-backwardation" x="{at}" dx="9" y="{WORDS_Y}">backwardation ▸</text>'
    )
    for tick in round_ticks(scale.low, scale.high, 7):
        yield _tick(scale, tick)
    yield f'<line class="s-ink" x1="{at}" x2="{at}" y1="0" y2="{AXIS_Y + 4}" stroke-width="2.5"/>'


def _tick(scale: Scale, tick: float) -> str:
    """Return the label of a tick: strong at the threshold, left out at the ends of a narrow scale."""
    share = scale.place(tick)
    first, last = share < _NARROW_END, share > 1 - _NARROW_END
    look = " w" if first or last else ""
    look = " t-strong f-ink" if tick == scale.threshold else look
    anchor = "" if first else ' text-anchor="end"' if last else ' text-anchor="middle"'
    return (
        f'<text class="t halo{look}" x="{percent(share)}" y="{TICKS_Y}"{anchor}>{fmt.fixed(tick, 2)}</text>'
    )


def _mark(scale: Scale, label: str, ratio: float, y: int) -> str:
    """Return the line of a high, with its label on the side where there is room."""
    share = scale.place(ratio)
    side = ' dx="4"' if share < 0.5 else ' dx="-4" text-anchor="end"'
    return (
        f'<line class="s-muted" x1="{percent(share)}" x2="{percent(share)}" y1="{y - 10}" y2="{LANE_Y}"/>'
        f'<text class="t halo" x="{percent(share)}" y="{y}"{side}>{label}</text>'
    )


def _trail(scale: Scale) -> str:
    """Return the latest sessions as dots that fade into the past."""
    shades = np.linspace(0.08, 0.55, len(scale.trail))
    dots = "".join(
        f'<circle cx="{percent(scale.place(ratio))}" cy="{MIDDLE_Y:g}" r="3" fill-opacity="{shade:.2f}"/>'
        for ratio, shade in zip(scale.trail.tolist(), shades, strict=True)
    )
    return f'<g class="f-ink">{dots}</g>'


def _today(analysis: Analysis, scale: Scale) -> str:
    """Return the marker, a ring on a suspect close, under its date, which stays on its side of the line."""
    role, day = analysis.regime.name, fmt.date_day(analysis.signal.index[-1].date())
    fill = f"f-paper s-{role}" if analysis.signal["suspect"].iloc[-1] else f"f-{role} s-paper"
    at = percent(scale.place(scale.today))
    return (
        f'<line class="s-{role}" x1="{at}" x2="{at}" y1="{STEM_Y}" y2="{MIDDLE_Y:g}" stroke-width="2"/>'
        f'<circle class="{fill}" cx="{at}" cy="{MIDDLE_Y:g}" r="7" stroke-width="2"/>'
        f'<text class="scale-day f-{role} halo" x="{at}" dx="{_shift(scale, day):.0f}" y="{DAY_Y}" '
        f'text-anchor="middle">{day}</text>'
    )


def _shift(scale: Scale, day: str) -> float:
    """Return by how many pixels the date leaves its place so that it keeps clear of line and edge."""
    half = text_width(day, DAY_SIZE) / 2 + 2
    at, line = scale.place(scale.today) * NARROW, scale.place(scale.threshold) * NARROW
    low, high = half, line - half - 6
    if scale.today > scale.threshold:
        low, high = line + half + 6, NARROW - half
    return max(min(at, high), low) - at


def _description(analysis: Analysis, scale: Scale, *, sample: bool) -> str:
    marks = fmt.listing([label for label, _ in scale.marks])
    marks = marks or fmt.plural(analysis.window.n_sessions, "reading")
    before = fmt.plural(len(scale.trail), "session")
    text = (
        f"Scale of the ratio from {fmt.fixed(scale.low, 2)} to {fmt.fixed(scale.high, 2)}; "
        f"backwardation lies above {fmt.plain(scale.threshold)}. "
        f"{words.window_words(analysis.window)}: {marks}."
    )
    return words.sample_words(
        f"{text} Dots show the {before} before." if len(scale.trail) else text, sample=sample
    )
