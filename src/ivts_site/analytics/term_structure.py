"""Ratio of a front to a back close, and the lines drawn through it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.rows import plain_rows
from ivts_site.analytics.rules import Band, RatioRules
from ivts_site.published.numbers import exact_numbers
from ivts_site.published.snapshot import Distance

_ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""Bound of the relative error of a quotient of two decimals against a decimal: four roundings, doubled."""
_FEWEST_PAIRS, _NO_SPREAD = 3, 1e-12
"""Changes, and their sum of squares, below which there is no slope."""


def ratio(closes: pd.DataFrame) -> pd.Series:
    """Front close / back close, as `ivts`, on the sessions where both are stored; nothing is filled."""
    quotient = closes["front"].to_numpy() / closes["back"].to_numpy()
    defined = ~np.isnan(quotient)
    return pd.Series(quotient[defined], index=closes.index[defined], name="ivts")


def is_above(values: float | Floats, edge: float | Floats) -> Flags:
    """Whether values exceed an edge by more than the rounding error of the division they come from.

    A quotient of two decimals that equals the edge on paper, such as 18.90 / 21.00 and 0.9, is not above it,
    whichever way the binary quotient was rounded. At the edge 1.0 the quotient is exact, and closes of up to
    twelve decimals are told apart, so that the rule is `ivts > 1.0`.
    """
    return np.greater(values, rounding_edge(edge))


def rounding_edge(edge: float | Floats) -> Floats:
    """Return the largest value that counts as equal to an edge, see `is_above`."""
    return np.multiply(edge, 1 + _ROUNDING)


def find_lowest(ratios: Floats) -> int:
    """Position of the smallest ratio, the earliest on a tie; ratios equal but for rounding tie."""
    return int(np.argmin(is_above(ratios, ratios.min())))


def find_highest(ratios: Floats) -> int:
    """Position of the largest ratio, the earliest on a tie; ratios equal but for rounding tie."""
    return int(np.argmin(is_above(ratios.max(), ratios)))


def is_borderline(ivts: Floats, limits: tuple[float, float]) -> Flags:
    """Whether ratios lie in the range, both ends included."""
    low, high = limits
    return ~(is_above(low, ivts) | is_above(ivts, high))


def find_bands(ivts: Floats, bands: Sequence[Band]) -> list[str]:
    """Name of the band that holds each ratio; a band includes its upper edge, the last has none."""
    edges = [band.upto for band in bands if band.upto is not None]
    place = sum((is_above(ivts, edge).astype(np.int64) for edge in edges), np.zeros(len(ivts), np.int64))
    names: list[str] = np.array([band.name for band in bands], dtype=object)[place].tolist()
    return names


def stress_edge(rules: RatioRules) -> float | None:
    """Return the upper edge of the lowest band above the threshold; None where that is the last."""
    edges = (band.upto for band in rules.bands if band.upto is not None)
    return next((edge for edge in edges if edge > rules.threshold), None)


def measure_distance(closes: pd.DataFrame, threshold: float) -> Distance:
    """Return the front closes at which the ratio meets the threshold, the back still or moving along.

    With elasticity e, a front that moves by the factor m takes the back along by mᵉ; the ratio meets the
    threshold t where m = (t × back / front)^(1 / (1 − e)).
    """
    return Distance(**next(plain_rows(distances(closes, threshold).iloc[-1:], exact_numbers)))


def distances(closes: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Return the fields of `Distance` for the evening of each session, from what was stored by then.

    The elasticity is the slope of the back's log changes on the front's; undefined below three of them, and
    where the front stands still.
    """
    front, back = closes["front"].to_numpy(), closes["back"].to_numpy()
    elasticity = _slopes(*(np.diff(np.log(leg), prepend=np.nan) for leg in (front, back)))
    still = threshold * back
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        follows = np.where(elasticity < 1, front * (still / front) ** (1 / (1 - elasticity)), np.nan)
    columns = {"vix_if_back_fixed": still, "vix_if_back_follows": follows, "elasticity": elasticity}
    return pd.DataFrame(columns, index=closes.index)


def _slopes(x: Floats, y: Floats) -> Floats:
    """Slope of y on x, with a constant, over the pairs known up to each."""
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    n = np.maximum(np.cumsum(both), 1)
    sums = np.cumsum(x)
    spread = np.cumsum(x * x) - sums**2 / n
    together = np.cumsum(x * y) - sums * np.cumsum(y) / n
    fit = (n >= _FEWEST_PAIRS) & (spread > _NO_SPREAD)
    slopes: Floats = np.divide(together, spread, out=np.full(len(x), np.nan), where=fit)
    return slopes


def find_gaps(closes: pd.DataFrame, defined: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Sessions between the first and the last defined ratio on which the ratio is undefined."""
    sessions = pd.DatetimeIndex(closes.index)
    span = sessions[sessions.searchsorted(defined[0]) : sessions.searchsorted(defined[-1])]
    if len(span) == len(defined) - 1:  # `span` ends before the last defined one: no session is without
        return span[:0]
    return span[~span.isin(defined)]


def cohen_kappa(one: Flags, other: Flags) -> float | None:
    """Cohen (1960), Educational and Psychological Measurement 20: (p − e) / (1 − e); None without a case."""
    if not len(one):
        return None
    agreed = float((one == other).mean())
    chance = float(one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean()))
    return (agreed - chance) / (1 - chance) if chance < 1 else None
