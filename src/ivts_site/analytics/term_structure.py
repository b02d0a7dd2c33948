"""Ratio of a front to a back close, the lines drawn through it, and its state on the last session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Flags, Floats, State
from ivts_site.model import Band, RatioRules, Regime

_ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""Bound of the relative error of a quotient of two decimals against a decimal: four roundings, doubled."""


def ratio(closes: pd.DataFrame) -> pd.Series:
    """Front close / back close on the sessions where both are stored.

    Parameters
    ----------
    closes : DataFrame
        Columns `front` and `back`, indexed by session; NaN where not stored.

    Returns
    -------
    Series
        Named `ivts`, dimensionless, full precision; undefined sessions are left out, nothing is filled.
    """
    quotient = closes["front"].to_numpy() / closes["back"].to_numpy()
    defined = ~np.isnan(quotient)
    return pd.Series(quotient[defined], index=closes.index[defined], name="ivts")


def is_above(values: float | Floats, edge: float | Floats) -> Flags:
    """Whether values exceed an edge by more than the rounding error of the division they come from.

    A quotient of two decimals that equals the edge on paper, such as 18.90 / 21.00 and 0.9, is not above it,
    whichever way the binary quotient was rounded. At the edge 1.0 the quotient is exact, and closes of up to
    twelve decimals are told apart, so that the rule is `ivts > 1.0`.

    Parameters
    ----------
    values : float or array
        Ratios, finite.
    edge : float or array
        Where the line is drawn.

    Returns
    -------
    array of bool
        As long as the longer argument.
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


def is_borderline(ivts: float, limits: tuple[float, float]) -> bool:
    """Whether the ratio lies in the range, both ends included."""
    low, high = limits
    return not (_above(low, ivts) or _above(ivts, high))


def find_band(ivts: float, bands: Sequence[Band]) -> str:
    """Name of the band that holds the ratio; a band includes its upper edge, the last has none."""
    return next(band.name for band in bands if band.upto is None or not _above(ivts, band.upto))


def find_gaps(closes: pd.DataFrame, defined: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Sessions between the first and the last defined ratio on which the ratio is undefined.

    Parameters
    ----------
    closes : DataFrame
        Indexed by every session stored for any series.
    defined : DatetimeIndex
        Sessions with a defined ratio, at least one.
    """
    sessions = pd.DatetimeIndex(closes.index)
    span = sessions[sessions.searchsorted(defined[0]) : sessions.searchsorted(defined[-1])]
    if len(span) == len(defined) - 1:  # `span` ends before the last defined one: no session is without
        return span[:0]
    return span[~span.isin(defined)]


def read_state(closes: pd.DataFrame, signal: pd.DataFrame, rules: RatioRules) -> State:
    """Describe the last session.

    Parameters
    ----------
    closes : DataFrame
        Columns `front` and `back`; its last row is the session described.
    signal : DataFrame
        Columns ivts, backwardation, regime_day, by session with a defined ratio; ends on the same session.
    rules : RatioRules
        Threshold, borderline range, slope and bands.

    Returns
    -------
    State
        `slope` is NaN where `rules.slope_sessions` earlier ratios do not exist.
    """
    ivts = signal["ivts"].to_numpy()
    now, day = float(ivts[-1]), int(signal["regime_day"].iloc[-1])
    n = rules.slope_sessions
    front, back = float(closes["front"].iloc[-1]), float(closes["back"].iloc[-1])
    distance = rules.threshold * back - front
    return State(
        ivts=now,
        regime=Regime.BACKWARDATION if signal["backwardation"].iloc[-1] else Regime.CONTANGO,
        regime_day=day,
        since=signal.index[-day],
        borderline=is_borderline(now, rules.borderline),
        band=find_band(now, rules.bands),
        slope=float(ivts[-1] - ivts[-1 - n]) if len(ivts) > n else np.nan,
        distance=distance,
        distance_return=distance / front,
    )


def _above(value: float, edge: float) -> bool:
    return bool(is_above(value, edge))
