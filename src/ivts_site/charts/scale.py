"""The ratio scale as a picture: the page's answer at a glance.

From top to bottom: the two sides by name, today's value, the distribution as a hill, a lane with the latest
sessions as a trail that fades into the past, the axis, and the percentiles. Everything is placed in per cent
of the width, so that one picture fits a phone and a desk; labels are laid out once for each.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import words
from ivts_site.charts.axes import round_ticks
from ivts_site.charts.labels import place_flags, text_width
from ivts_site.charts.svg import percent
from ivts_site.published.snapshot import Window

LOW, HIGH, EDGE = 0.70, 1.35, 0.05
TRAIL = 20
BANDWIDTH = 0.012
GRID = 0.005
FEW = 20
"""Below this number of readings there is neither a hill nor a 95th or 99th percentile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the scale shows, and where a ratio lies on it.

    Attributes
    ----------
    low, high : float
        The axis.
    today, threshold : float
        Ratios.
    percentiles : tuple
        Label and ratio of the window's median, 95th and 99th percentile; none for few readings.
    trail : array
        The latest ratios before today, oldest first.
    sides : pair of arrays of shape (n, 2)
        Ratio and density (highest of both = 1) of the window's readings up to the threshold, and of those
        above it. Each spans its own lowest to highest reading, so that no side reaches over to the other;
        empty where it has no reading, and where the window has few.
    """

    low: float
    high: float
    today: float
    threshold: float
    percentiles: tuple[tuple[str, float], ...]
    trail: npt.NDArray[np.float64]
    sides: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

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
    low, high = _axis(np.r_[shown, trail, threshold])
    return Scale(
        low=low,
        high=high,
        today=analysis.ivts,
        threshold=threshold,
        percentiles=percentiles(window),
        trail=trail,
        sides=_hills(shown if window.n_sessions >= FEW else shown[:0], threshold),
    )


def percentiles(window: Window) -> tuple[tuple[str, float], ...]:
    """Return label and ratio of the window's median, 95th and 99th percentile; none for few readings."""
    points = window.ivts_percentiles
    named = (("median", points.p50), ("p95", points.p95), ("p99", points.p99))
    return tuple((label, at) for label, at in named if at is not None and window.n_sessions >= FEW)


def _axis(ratios: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(ratios.min()), float(ratios.max())
    down = math.floor(low / EDGE - 0.2) * EDGE
    up = math.ceil(high / EDGE + 0.2) * EDGE
    return round(min(LOW, down), 2), round(max(HIGH, up), 2)


def _hills(
    ratios: npt.NDArray[np.float64], threshold: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the densities of the readings up to the threshold and above it, the highest of all at 1."""
    below, above = (_density(side) for side in (ratios[ratios <= threshold], ratios[ratios > threshold]))
    top = max((side[:, 1].max() for side in (below, above) if len(side)), default=1.0)
    return below / (1.0, top), above / (1.0, top)


def _density(ratios: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
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


NARROW, WIDE = 300.0, 480.0
"""Least widths in pixels for which the two layouts of the labels are made."""

WORDS_Y, VALUE_Y, STEM_Y, HILL_Y, LANE_Y, AXIS_Y, TICKS_Y, FLAGS_Y = 12, 42, 50, 56, 136, 152, 169, 190
FLAG_ROW = 16
SLACK = 6.0
"""Pixels by which the generous estimate of a label's width may pass the ends of the scale."""

VALUE_SIZE = 22.0
HILL_UNITS = (1000, 100)
_EDGE = 0.04


def build_scale(analysis: Analysis, *, sample: bool = False) -> str:
    """Return the ratio scale as one inline SVG, for a box of class `scale`.

    The labels are laid out for a narrow and for a wide box; the style sheet shows the one that fits.
    """
    scale = read_scale(analysis)
    rows = [_flag_layer(scale, NARROW, "n"), _flag_layer(scale, WIDE, "w")]
    height = FLAGS_Y + FLAG_ROW * max(row for _, row in rows) + 6 * bool(scale.percentiles)
    parts = [
        f'<title id="scale-t">{html.escape(_title(analysis))}</title>',
        f'<desc id="scale-d">{html.escape(_description(analysis, scale, sample=sample))}</desc>',
        _ground(scale),
        _hill(scale),
        _sides(scale),
        *(layer for layer, _ in rows),
        _axis_labels(scale),
        _threshold(scale),
        _trail(scale),
        _today(analysis, scale),
        _sample(sample=sample),
    ]
    return (
        f'<svg width="100%" height="{height}" xmlns="http://www.w3.org/2000/svg" role="img" '
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
    roles = ("contango", "backwardation")
    paths = "".join(
        _hill_side(scale, heights, role)
        for heights, role in zip(scale.sides, roles, strict=True)
        if len(heights)
    )
    width, height = HILL_UNITS
    return (
        f'<svg y="{HILL_Y}" width="100%" height="{LANE_Y - HILL_Y}" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="none">{paths}</svg>'
    )


def _hill_side(scale: Scale, heights: npt.NDArray[np.float64], role: str) -> str:
    width, height = HILL_UNITS
    x = np.rint([scale.place(ratio) * width for ratio in heights[:, 0]])
    y = np.rint((1 - heights[:, 1]) * height)
    line = " ".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True))
    return f'<path class="f-{role}" fill-opacity="0.5" d="M{x[0]:.0f} {height}L{line}V{height}z"/>'


def _sides(scale: Scale) -> str:
    """Return the names of the sides, right and left of the threshold, with the way they point."""
    at = percent(scale.place(scale.threshold))
    return (
        f'<text class="t-strong f-contango" x="{at}" dx="-9" y="{WORDS_Y}" text-anchor="end">'
        "◂ contango</text>"
        f'<text class="t-strong f-backwardation" x="{at}" dx="9" y="{WORDS_Y}">backwardation ▸</text>'
    )


def _threshold(scale: Scale) -> str:
    at = percent(scale.place(scale.threshold))
    return f'<line class="s-ink" x1="{at}" x2="{at}" y1="0" y2="{AXIS_Y + 4}" stroke-width="2.5"/>'


def _axis_labels(scale: Scale) -> str:
    ticks = [tick for tick in round_ticks(scale.low, scale.high, 7) if scale.low <= tick <= scale.high]
    return "".join(
        f'<text class="t halo{_tick_class(scale, tick)}" x="{percent(scale.place(tick))}" '
        f'y="{TICKS_Y}"{_tick_anchor(scale.place(tick))}>{fmt.fixed(tick, 2)}</text>'
        for tick in ticks
    )


def _tick_class(scale: Scale, tick: float) -> str:
    """Return the class of a tick label: strong at the threshold, left out at the ends of a narrow scale."""
    if tick == scale.threshold:
        return " t-strong f-ink"
    return "" if _EDGE < scale.place(tick) < 1 - _EDGE else " w"


def _tick_anchor(share: float) -> str:
    if share < _EDGE:
        return ""
    return ' text-anchor="end"' if share > 1 - _EDGE else ' text-anchor="middle"'


def _flag_layer(scale: Scale, width: float, name: str) -> tuple[str, int]:
    """Return the percentiles' lines and labels laid out for a width, and the number of the last row."""
    labels = [f"{word} {fmt.fixed(ratio, 3)}" for word, ratio in scale.percentiles]
    shares = [scale.place(ratio) for _, ratio in scale.percentiles]
    marks = [(share * width, text_width(label) + 4) for share, label in zip(shares, labels, strict=True)]
    flags = place_flags(marks, low=-SLACK, high=width + SLACK, gap=6.0)
    parts = []
    for label, share, flag in zip(labels, shares, flags, strict=True):
        foot = FLAGS_Y + FLAG_ROW * flag.row
        at = percent(share)
        side = ' dx="-4" text-anchor="end"' if flag.left else ' dx="4"'
        parts.append(
            f'<line class="s-muted" x1="{at}" x2="{at}" y1="{LANE_Y - 12}" y2="{foot}"/>'
            f'<text class="t halo" x="{at}" y="{foot}"{side}>{label}</text>'
        )
    return f'<g class="{name}">{"".join(parts)}</g>', max((flag.row for flag in flags), default=-1)


def _trail(scale: Scale) -> str:
    """Return the latest sessions as dots that fade into the past."""
    middle = (LANE_Y + AXIS_Y) / 2
    return (
        '<g class="f-ink">'
        + "".join(
            f'<circle cx="{percent(scale.place(ratio))}" cy="{middle:g}" r="3" fill-opacity="{share:.2f}"/>'
            for ratio, share in zip(
                scale.trail.tolist(), np.linspace(0.08, 0.55, len(scale.trail)), strict=True
            )
        )
        + "</g>"
    )


def _today(analysis: Analysis, scale: Scale) -> str:
    """Return the marker with its value; the value stays on its side of the threshold."""
    role = analysis.regime.name
    at = percent(scale.place(scale.today))
    middle = (LANE_Y + AXIS_Y) / 2
    return (
        f'<line class="s-{role}" x1="{at}" x2="{at}" y1="{STEM_Y}" y2="{middle:g}" stroke-width="2"/>'
        f'<circle class="f-{role} s-paper" cx="{at}" cy="{middle:g}" r="7" stroke-width="2"/>'
        + "".join(_value(scale, width, name, role) for width, name in ((NARROW, "n"), (WIDE, "w")))
    )


def _value(scale: Scale, width: float, name: str, role: str) -> str:
    text = fmt.ratio(scale.today)
    half = text_width(text, VALUE_SIZE) / 2 + 2
    at, line = scale.place(scale.today) * width, scale.place(scale.threshold) * width
    low, high = (half, line - half - 6) if scale.today <= scale.threshold else (line + half + 6, width - half)
    shift = max(min(at, high), low) - at
    return (
        f'<text class="scale-value f-{role} {name}" x="{percent(scale.place(scale.today))}" dx="{shift:.0f}" '
        f'y="{VALUE_Y}" text-anchor="middle">{text}</text>'
    )


def _sample(*, sample: bool) -> str:
    if not sample:
        return ""
    return (
        f'<text class="t-strong f-ink halo" x="100%" y="{HILL_Y + 10}" text-anchor="end">SAMPLE DATA</text>'
    )


def _title(analysis: Analysis) -> str:
    return f"{words.RATIO} {fmt.ratio(analysis.ivts)}: {analysis.regime.name}"


def _description(analysis: Analysis, scale: Scale, *, sample: bool) -> str:
    percentiles = fmt.listing([f"{word} {fmt.fixed(ratio, 3)}" for word, ratio in scale.percentiles])
    percentiles = percentiles or fmt.plural(analysis.window.n_sessions, "reading")
    text = (
        f"Scale of the ratio from {fmt.fixed(scale.low, 2)} to {fmt.fixed(scale.high, 2)}; "
        f"backwardation lies above {fmt.plain(scale.threshold)}. "
        f"{words.window_words(analysis.window)}: {percentiles}. "
        f"{_trail_words(len(scale.trail))}"
    )
    return words.sample_words(text.strip(), sample=sample)


def _trail_words(n: int) -> str:
    return f"Dots show the {fmt.plural(n, 'session')} before." if n else ""
