"""Hedge ratios from returns: minimum variance, and the beta of an asset against what hedges it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import gather, gather_series
from ivts_site.analytics.results import Floats
from ivts_site.errors import HedgeInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumVariance:
    """The hedge ratio that leaves the least variance.

    Attributes
    ----------
    ratio : float
        Units of the future sold for each unit of spot.
    correlation : float
        Of both returns.
    variance_removed : float
        Share of the spot variance that the hedge takes away in this sample: correlation².
    n : int
        Pairs of returns.
    """

    ratio: float
    correlation: float
    variance_removed: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeBeta:
    """Least squares of an asset's returns on an instrument's, and the hedge that follows from it.

    Attributes
    ----------
    beta, alpha : float
        Slope, and intercept as a return a period.
    standard_error : float
        Of the slope: residual deviation / √Σ(x − mean x)².
    r_squared : float
        Share of the asset's variance that the instrument explains.
    residual_deviation : float
        √(sum of squared residuals / (n − 2)), a return a period: what the hedge cannot remove.
    n : int
        Pairs of returns.
    notional : float
        USD notional of the instrument to sell: beta · value.
    residual_risk : float
        Residual deviation · value, USD a period.
    """

    beta: float
    alpha: float
    standard_error: float
    r_squared: float
    residual_deviation: float
    n: int
    notional: float
    residual_risk: float


def simple_returns(*, closes: npt.ArrayLike) -> Floats:
    """Returns from one close to the next: close(t) / close(t − 1) − 1.

    Parameters
    ----------
    closes : array_like
        Prices in order, at least two.

    Returns
    -------
    array
        One shorter than `closes`.

    Raises
    ------
    HedgeInputError
        `closes`: where there are too few, or one is no positive number.
    """
    (prices,) = gather(closes=closes)
    if prices.ndim != 1 or len(prices) < 2:
        raise HedgeInputError("closes", "needs at least 2 values in one list")
    return np.diff(prices) / prices[:-1]


def minimum_variance(*, spot_returns: npt.ArrayLike, futures_returns: npt.ArrayLike) -> MinimumVariance:
    """Minimum-variance hedge ratio: h* = Cov(spot, futures) / Var(futures).

    Parameters
    ----------
    spot_returns, futures_returns : array_like
        Simple returns of the same periods, at least two.

    Raises
    ------
    HedgeInputError
        With the name of the series that is too short, not finite, of another length, or constant.
    """
    spot, futures = gather_series(2, spot_returns=spot_returns, futures_returns=futures_returns)
    of_spot, of_futures = spot - spot.mean(), futures - futures.mean()
    shared, variance = of_spot @ of_futures, of_futures @ of_futures
    correlation = shared / np.sqrt((of_spot @ of_spot) * variance)
    return MinimumVariance(
        ratio=float(shared / variance),
        correlation=float(correlation),
        variance_removed=float(correlation**2),
        n=len(spot),
    )


def hedge_beta(
    *, asset_returns: npt.ArrayLike, instrument_returns: npt.ArrayLike, value: npt.ArrayLike
) -> HedgeBeta:
    """Beta hedge of one asset with another's future: ordinary least squares, notional = beta · value.

    Parameters
    ----------
    asset_returns, instrument_returns : array_like
        Simple returns of the same periods, at least three.
    value : array_like
        USD value of the asset held.

    Raises
    ------
    HedgeInputError
        With the name of the field that is not allowed: a series too short, not finite, of another length,
        or constant; a value not above 0.
    """
    asset, instrument = gather_series(3, asset_returns=asset_returns, instrument_returns=instrument_returns)
    (held,) = gather(value=value)
    x, y = instrument - instrument.mean(), asset - asset.mean()
    spread, beta = float(x @ x), float((x @ y) / (x @ x))
    residuals = y - beta * x
    unexplained = float(residuals @ residuals)
    deviation = float(np.sqrt(unexplained / (len(x) - 2)))
    return HedgeBeta(
        beta=beta,
        alpha=float(asset.mean() - beta * instrument.mean()),
        standard_error=deviation / float(np.sqrt(spread)),
        r_squared=1 - unexplained / float(y @ y),
        residual_deviation=deviation,
        n=len(x),
        notional=beta * float(held),
        residual_risk=deviation * float(held),
    )
