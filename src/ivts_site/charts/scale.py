"""Where today's ratio stands: against the threshold and against the window's distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site.analytics import Analysis

LOW, HIGH, EDGE = 0.70, 1.35, 0.05
TRAIL = 20
BANDWIDTH = 0.012
GRID = 0.005


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
        Label and ratio of the window's median, 95th and 99th percentile.
    trail : array
        The latest ratios before today, oldest first.
    heights : array of shape (n, 2)
        Ratio and density (highest = 1) of the window, the threshold among the ratios.
    """

    low: float
    high: float
    today: float
    threshold: float
    percentiles: tuple[tuple[str, float], ...]
    trail: npt.NDArray[np.float64]
    heights: npt.NDArray[np.float64]

    def place(self, ratio: float) -> float:
        """Return the position of a ratio as a share of the width, 0 the left end."""
        return (ratio - self.low) / (self.high - self.low)

    def sides(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the densities up to the threshold and from it on; both hold it."""
        ratios = self.heights[:, 0]
        return self.heights[ratios <= self.threshold], self.heights[ratios >= self.threshold]


def read_scale(analysis: Analysis) -> Scale:
    """Return what the scale shows of an analysis; the axis widens where the window needs it."""
    window = analysis.window
    ratios = analysis.signal["ivts"]
    shown = ratios[window.first_session : window.last_session].to_numpy()
    trail = ratios.to_numpy()[-TRAIL - 1 : -1]
    threshold = analysis.rules.threshold
    low, high = _axis(np.r_[shown, trail, threshold])
    return Scale(
        low=low,
        high=high,
        today=analysis.state.ivts,
        threshold=threshold,
        percentiles=(("median", window.p50), ("p95", window.p95), ("p99", window.p99)),
        trail=trail,
        heights=_density(shown, low, high, threshold),
    )


def _axis(ratios: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(ratios.min()), float(ratios.max())
    down = math.floor(low / EDGE - 0.2) * EDGE
    up = math.ceil(high / EDGE + 0.2) * EDGE
    return round(min(LOW, down), 2), round(max(HIGH, up), 2)


def _density(
    ratios: npt.NDArray[np.float64], low: float, high: float, threshold: float
) -> npt.NDArray[np.float64]:
    """Return a Gaussian kernel density on a grid that holds the threshold; the highest value is 1."""
    n = round((high - low) / GRID)
    grid = np.unique(np.r_[np.linspace(low, high, n + 1), threshold])
    bins = np.linspace(low, high, 4 * n + 1)
    counts, _ = np.histogram(ratios, bins)
    middles = (bins[:-1] + bins[1:]) / 2
    kernel = np.exp(-0.5 * ((grid[:, None] - middles[None, :]) / BANDWIDTH) ** 2)
    density = kernel @ counts
    return np.column_stack([grid, density / density.max()])
