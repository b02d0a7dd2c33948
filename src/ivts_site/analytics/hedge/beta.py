"""Hedging one coin with another's future: beta from dated closes, and the short that neutralizes it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ivts_site.analytics.hedge.fields import (
    DAYS_A_YEAR,
    Rule,
    check_inputs,
    check_list,
    check_pairs,
)
from ivts_site.errors import HedgeInputError

PERCENT_SIGN = 0.3
"""Half of all returns of a coin above it, up or down, are percentages or prices, not fractions."""

CLOSE: tuple[Rule, ...] = ((lambda x: 1e-9 <= x <= 1e15, "must have closes above 0"),)

DatedClose = Sequence[str | float]
"""An ISO date and a close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCloses:
    """Closes of two instruments on the days that both have, oldest first."""

    dates: tuple[str, ...]
    """ISO dates that both have."""
    asset: tuple[float, ...]
    """The asset's closes on them."""
    instrument: tuple[float, ...]
    """The instrument's closes on them."""
    n_unpaired: int
    """Days that only one of them has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeBeta:
    """Least squares of an asset's returns on an instrument's, and the hedge that follows from it."""

    beta: float
    """Slope; also the minimum-variance hedge ratio, Cov(asset, instrument) / Var(instrument)."""
    alpha: float
    """Intercept, a return a period."""
    standard_error: float
    """Of the slope: residual deviation / √Σ(x − mean x)²."""
    r_squared: float
    """Share of the asset's variance that the instrument explains."""
    residual_deviation: float
    """√(sum of squared residuals / (n − 2)), a return a period: what the hedge cannot remove."""
    n: int
    """Pairs of returns."""
    notional: float
    """USD notional of the instrument to sell with its margin held: beta · value."""
    residual_risk: float
    """Residual deviation · value, USD a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaHedge:
    """The future to sell against another coin, and what stays open."""

    exposure: float
    """β · V: USD of the instrument that the asset moves like."""
    notional: float
    """USD notional to sell; below 0 to buy."""
    margin: float
    """USD of the instrument's coin that secures it."""
    bought: float
    """USD of coin to buy for it; 0 where it is held already."""
    open_exposure: float
    """USD of the instrument that stays exposed: the coin held as margin, else nothing."""


def pair_closes(*, asset: Sequence[DatedClose], instrument: Sequence[DatedClose]) -> PairedCloses:
    """Pair two series of (ISO date, close), in any order, by their dates; at least four must be common."""
    first, second = _by_date("asset", asset), _by_date("instrument", instrument)
    days = sorted(first.keys() & second.keys())
    if len(days) < 4:
        raise HedgeInputError("instrument", f"shares {len(days)} dates with the other; at least 4 are needed")
    return PairedCloses(
        dates=tuple(days),
        asset=tuple(first[day] for day in days),
        instrument=tuple(second[day] for day in days),
        n_unpaired=len(first) + len(second) - 2 * len(days),
    )


def simple_returns(*, closes: Sequence[float]) -> tuple[float, ...]:
    """Returns from one close to the next, at least one: close(t) / close(t − 1) − 1."""
    prices = check_list("closes", closes, 2)
    return tuple((now - before) / before for before, now in itertools.pairwise(prices))


def hedge_beta(
    *, asset_returns: Sequence[float], instrument_returns: Sequence[float], value: float
) -> HedgeBeta:
    """Beta hedge of one asset with another's future: ordinary least squares, notional = β · V.

    The returns are simple ones of the same periods, at least three. Percentages or prices in place of
    fractions are refused, and so are returns that do not vary.
    """
    asset, instrument = check_pairs(3, asset_returns=asset_returns, instrument_returns=instrument_returns)
    _check_returns("asset_returns", asset)
    _check_returns("instrument_returns", instrument)
    (held,) = check_inputs(value=value)
    n = len(asset)
    mean_x, mean_y = sum(instrument) / n, sum(asset) / n
    x, y = [each - mean_x for each in instrument], [each - mean_y for each in asset]
    spread = _dot(x, x)
    beta = _dot(x, y) / spread
    residuals = [each - beta * other for each, other in zip(y, x, strict=True)]
    unexplained = _dot(residuals, residuals)
    deviation = math.sqrt(unexplained / (n - 2))
    return HedgeBeta(
        beta=beta,
        alpha=mean_y - beta * mean_x,
        standard_error=deviation / math.sqrt(spread),
        r_squared=1 - unexplained / _dot(y, y),
        residual_deviation=deviation,
        n=n,
        notional=beta * held,
        residual_risk=deviation * held,
    )


def size_beta_hedge(*, value: float, beta: float, leverage: float, margin_held: bool = False) -> BetaHedge:
    """Size the future that neutralizes another coin: β · V, more where its margin coin has to be bought.

    Coin bought as margin is exposure too: N = β · V · L / (L − 1) for a short, L / (L + 1) for a long. At 1×
    a short is refused: every dollar sold would ask for a dollar bought. Margin coin that is held already
    stays exposed.
    """
    value, beta, leverage = check_inputs(value=value, beta=beta, leverage=leverage)
    exposure = beta * value
    sign = -1 if exposure > 0 else 1
    if margin_held:
        notional = exposure
    elif leverage == 1 and sign < 0:
        raise HedgeInputError("leverage", "must be above 1: the margin bought would undo all that is sold")
    else:
        notional = exposure * leverage / (leverage + sign)
    margin = abs(notional) / leverage
    return BetaHedge(
        exposure=exposure,
        notional=notional,
        margin=margin,
        bought=0.0 if margin_held else margin,
        open_exposure=margin if margin_held else 0.0,
    )


def residual_risk(*, value: float, beta: float, r_squared: float, volatility: float, days: float) -> float:
    """USD that a beta hedge leaves open, one standard deviation: |β| · V · σ · √(d/365) · √(1/R² − 1)."""
    value, beta, r_squared, volatility, days = check_inputs(
        value=value, beta=beta, r_squared=r_squared, volatility=volatility, days=days
    )
    moved = abs(beta) * value * volatility * math.sqrt(days / DAYS_A_YEAR)
    return moved * math.sqrt(1 / r_squared - 1)


def _by_date(field: str, series: Sequence[DatedClose]) -> dict[str, float]:
    found: dict[str, float] = {}
    if not isinstance(series, list | tuple) or not series:
        raise HedgeInputError(field, "must have a date and a close in each line")
    for row in series:
        if not isinstance(row, list | tuple) or len(row) != 2 or not isinstance(row[0], str):
            raise HedgeInputError(field, "must have a date and a close in each line")
        if row[0] in found:
            raise HedgeInputError(field, f"has {row[0]} twice")
        (found[row[0]],) = check_list(field, (row[1],), 1, CLOSE)
    return found


def _check_returns(field: str, returns: Sequence[float]) -> None:
    middle = sorted(map(abs, returns))[len(returns) // 2]
    if middle > PERCENT_SIGN:
        raise HedgeInputError(field, "must be fractions, 0.013 for 1.3%: these look like percent or prices")
    if min(returns) == max(returns):
        raise HedgeInputError(field, "must vary: all values are equal")


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(a, b, strict=True))
