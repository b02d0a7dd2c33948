"""Where today's ratio stands: against the threshold and against the window's distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site.analytics import Analysis
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
