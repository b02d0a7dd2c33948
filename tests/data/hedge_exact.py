"""The hedge calculators once more, in exact fractions and from what a position is, for the test vectors.

Nothing here repeats the closed formulas: a short of N dollars is a loan of N/E coin sold for N dollars, which
later buy N/P coin; exposure is the slope of the value; a liquidation is where equity meets maintenance, found
as the zero of a straight line; a regression solves its normal equations; the minimum-variance ratio is the
lowest point of a parabola. Only powers, logarithms and roots leave the fractions, for decimals of 60 digits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

DIGITS = 60

Case = dict[str, Any]


# ------------------------------------------------------------------ arithmetic


def decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def power(base: Fraction, exponent: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return (decimal(base).ln() * decimal(exponent)).exp()


def logarithm(number: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return decimal(number).ln()


def root(number: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return decimal(number).sqrt()


def zero_of_line(line: Callable[[Fraction], Fraction]) -> Fraction | None:
    """Where a straight line is zero; None where it is flat."""
    at_0, at_1 = line(Fraction(0)), line(Fraction(1))
    return None if at_0 == at_1 else at_0 / (at_0 - at_1)


# ------------------------------------------------------------------ what positions are


def short_gain(notional: Fraction, entry: Fraction, price: Fraction) -> Fraction:
    """Coin: what N dollars buy at the price, less what had to be sold at the entry to get them."""
    return notional / price - notional / entry


def worth(coins: Fraction, notional: Fraction, entry: Fraction, price: Fraction) -> Fraction:
    """USD that coin and short bring when both are given up at the price."""
    return (coins + short_gain(notional, entry, price)) * price


def exposure(coins: Fraction, notional: Fraction, entry: Fraction, price: Fraction) -> Fraction:
    """USD gained by a move of the price, as a multiple of it: slope · price."""
    moved = worth(coins, notional, entry, price * 2) - worth(coins, notional, entry, price)
    return moved / (price * 2 - price) * price


def size_hedge(
    *,
    spot_value: Fraction,
    hedge: Fraction,
    entry: Fraction,
    leverage: Fraction = Fraction(1),
    face: Fraction = Fraction(1),
    rounding: str = "nearest",
    allow_outside: bool = False,
) -> Case:
    coins = spot_value / entry
    wanted = hedge * spot_value
    below = wanted // face
    rest = wanted - below * face
    up = {"down": False, "up": rest > 0, "nearest": rest * 2 >= face}[rounding]
    contracts = below + up
    notional = contracts * face
    margin = abs(notional) / entry / leverage
    left = exposure(coins, notional, entry, entry)
    return {
        "coins": coins,
        "target_notional": wanted,
        "contracts": Fraction(contracts),
        "notional": notional,
        "hedge": notional / spot_value,
        "margin": margin,
        "free_coins": coins - margin,
        "net_exposure": left,
        "net_share": left / spot_value,
    }


def inverse_pnl(notional: Fraction, entry: Fraction, price: Fraction, side: str = "short") -> Case:
    gain = short_gain(notional, entry, price) * (1 if side == "short" else -1)
    return {"coin": gain, "usd": gain * price}


def linear_pnl(notional: Fraction, entry: Fraction, price: Fraction, side: str = "short") -> Case:
    """Sell N/E coin for N dollars, buy the same coin back."""
    quantity = notional / entry
    gain = (notional - quantity * price) * (1 if side == "short" else -1)
    return {"coin": gain / price, "usd": gain}


def measure_position(coins: Fraction, notional: Fraction, entry: Fraction, price: Fraction) -> Case:
    left = exposure(coins, notional, entry, price)
    return {
        "hedge": notional / (coins * entry),
        "pnl_coin": short_gain(notional, entry, price),
        "equity": coins + short_gain(notional, entry, price),
        "value": worth(coins, notional, entry, price),
        "net_exposure": left,
        "net_share": left / (coins * price),
        "entry_formula": coins * price - notional,
    }


def measure_drift(
    *,
    coins: Fraction,
    notional: Fraction,
    entry: Fraction,
    price: Fraction,
    target: Fraction,
    allow_outside: bool = False,
) -> Case:
    """Close the short, open the one at this price that leaves the share 1 − target exposed."""
    value = worth(coins, notional, entry, price)
    equity = value / price
    wanted = zero_of_line(lambda new: exposure(equity, new, price, price) - (1 - target) * value)
    assert wanted is not None
    now = exposure(coins, notional, entry, price)
    return {
        "value": value,
        "net_exposure": now,
        "hedge_now": 1 - now / value,
        "share_now": now / value,
        "target_notional": wanted,
        "trade": wanted - notional,
        "exposure_after": exposure(equity, wanted, price, price),
    }


def measure_funding(
    notional: Fraction,
    price: Fraction,
    rate: Fraction,
    interval_hours: Fraction = Fraction(8),
    side: str = "short",
) -> Case:
    """The long pays; whole years are 365 days of 24 hours."""
    paid_by_long = rate * notional
    credit = paid_by_long if side == "short" else -paid_by_long
    a_day, a_year = Fraction(24) / interval_hours, Fraction(365 * 24) / interval_hours
    share = credit / notional
    return {
        "interval_usd": credit,
        "day_usd": credit * a_day,
        "year_usd": credit * a_year,
        "interval_coin": credit / price,
        "day_coin": credit * a_day / price,
        "year_coin": credit * a_year / price,
        "intervals_per_year": a_year,
        "annual_simple": share * a_year,
        "annual_compounded": (1 + share) ** a_year.numerator - 1
        if a_year.denominator == 1
        else power(1 + share, a_year) - 1,
    }


def measure_basis(spot: Fraction, forward: Fraction, days: Fraction) -> Case:
    year = 365 / days
    return {
        "premium": forward - spot,
        "basis": (forward - spot) / spot,
        "simple": (forward - spot) / spot * year,
        "compound": power(forward / spot, year) - 1,
        "log": logarithm(forward / spot) * decimal(year),
    }


def size_carry(coins: Fraction, spot: Fraction, forward: Fraction, days: Fraction) -> Case:
    """The notional that leaves nothing exposed at the forward."""
    notional = zero_of_line(lambda sold: exposure(coins, sold, forward, spot))
    assert notional is not None
    rates = measure_basis(spot, forward, days)
    cost = coins * spot
    return {
        "notional": notional,
        "spot_value": cost,
        "locked_profit": notional - cost,
        "locked_return": notional / cost - 1,
        "simple": rates["simple"],
        "compound": rates["compound"],
        "log": rates["log"],
        "unhedged_if_spot_sized": exposure(coins, cost, forward, spot) / spot,
    }


def carry_payoff(coins: Fraction, notional: Fraction, forward: Fraction, price: Fraction) -> Case:
    return {
        "pnl_coin": short_gain(notional, forward, price),
        "equity": coins + short_gain(notional, forward, price),
        "payoff": worth(coins, notional, forward, price),
    }


def liquidation(
    notional: Fraction,
    margin: Fraction,
    *,
    entry: Fraction,
    maintenance: Fraction,
    side: str,
    maintenance_on: str,
) -> Case:
    """Equity less maintenance is a straight line in 1/P; where equity never ends, nothing is liquidated."""
    sign = 1 if side == "short" else -1

    def equity(inverse_price: Fraction) -> Fraction:
        return margin + sign * (notional * inverse_price - notional / entry)

    def required(inverse_price: Fraction) -> Fraction:
        return maintenance * (notional / entry if maintenance_on == "entry" else notional * inverse_price)

    ends = zero_of_line(equity)
    met = zero_of_line(lambda y: equity(y) - required(y))
    if ends is None or ends <= 0 or met is None or met <= 0:
        return {"liquidates": False, "price": None, "distance": None}
    return {"liquidates": True, "price": 1 / met, "distance": 1 / met / entry - 1}


def liquidation_isolated(
    entry: Fraction,
    leverage: Fraction,
    maintenance: Fraction,
    side: str = "short",
    maintenance_on: str = "entry",
) -> Case:
    notional = Fraction(1000)  # any
    margin = notional / entry / leverage
    return liquidation(
        notional, margin, entry=entry, maintenance=maintenance, side=side, maintenance_on=maintenance_on
    )


def liquidation_cross(
    *,
    notional: Fraction,
    coins: Fraction,
    entry: Fraction,
    maintenance: Fraction,
    side: str = "short",
    maintenance_on: str = "mark",
) -> Case:
    return liquidation(
        notional, coins, entry=entry, maintenance=maintenance, side=side, maintenance_on=maintenance_on
    )


def measure_aftermath(held: Fraction, margin: Fraction, price: Fraction) -> Case:
    return {
        "margin_value": margin * price,
        "coins": held - margin,
        "value": held * price - margin * price,
        "long_unhedged": held > margin,
    }


def simple_returns(closes: Sequence[Fraction]) -> list[Fraction]:
    return [now / before - 1 for before, now in itertools.pairwise(closes)]


def spread(values: Sequence[Fraction]) -> Fraction:
    """Variance · n: mean of squares less square of mean, which exact numbers may do."""
    n = len(values)
    return sum((v * v for v in values), Fraction(0)) - sum(values, Fraction(0)) ** 2 / n


def minimum_variance(spot_returns: Sequence[Fraction], futures_returns: Sequence[Fraction]) -> Case:
    """Lowest point of the parabola var(spot − h · futures) through h = −1, 0, 1."""

    def left(h: int) -> Fraction:
        return spread([s - h * f for s, f in zip(spot_returns, futures_returns, strict=True)])

    low, middle, high = left(-1), left(0), left(1)
    ratio = (low - high) / (2 * (low - 2 * middle + high))
    least = spread([s - ratio * f for s, f in zip(spot_returns, futures_returns, strict=True)])
    removed = 1 - least / spread(spot_returns)
    return {
        "ratio": ratio,
        "correlation": root(removed) * (1 if ratio >= 0 else -1),
        "variance_removed": removed,
        "n": Fraction(len(spot_returns)),
    }


def hedge_beta(
    asset_returns: Sequence[Fraction], instrument_returns: Sequence[Fraction], value: Fraction
) -> Case:
    """Normal equations by Cramer's rule; their inverse · residual variance holds the slope's variance."""
    n = Fraction(len(asset_returns))
    sx, sy = sum(instrument_returns, Fraction(0)), sum(asset_returns, Fraction(0))
    pairs = list(zip(instrument_returns, asset_returns, strict=True))
    sxx, sxy = sum((x * x for x, _ in pairs), Fraction(0)), sum((x * y for x, y in pairs), Fraction(0))
    determinant = n * sxx - sx * sx
    beta, alpha = (n * sxy - sx * sy) / determinant, (sxx * sy - sx * sxy) / determinant
    unexplained = sum(((y - alpha - beta * x) ** 2 for x, y in pairs), Fraction(0))
    variance = unexplained / (n - 2)
    deviation = root(variance)
    return {
        "beta": beta,
        "alpha": alpha,
        "standard_error": root(variance * n / determinant),
        "r_squared": 1 - unexplained / spread(asset_returns),
        "residual_deviation": deviation,
        "n": n,
        "notional": beta * value,
        "residual_risk": deviation * decimal(value),
    }


def build_scenarios(
    spot_value: Fraction,
    entry: Fraction,
    hedges: Sequence[Fraction],
    moves: Sequence[Fraction],
    allow_outside: bool = False,
) -> Case:
    """Value the position anew at every price."""
    coins, prices = spot_value / entry, [entry + entry * move for move in moves]

    def table(cell: Callable[[Fraction, Fraction], Fraction]) -> list[list[Fraction]]:
        return [[cell(hedge * spot_value, price) for price in prices] for hedge in hedges]

    return {
        "hedges": list(hedges),
        "moves": list(moves),
        "prices": prices,
        "spot": [coins * price for price in prices],
        "pnl_coin": table(lambda sold, price: short_gain(sold, entry, price)),
        "pnl": table(lambda sold, price: short_gain(sold, entry, price) * price),
        "total": table(lambda sold, price: worth(coins, sold, entry, price)),
        "change": table(lambda sold, price: worth(coins, sold, entry, price) - spot_value),
        "total_return": table(lambda sold, price: worth(coins, sold, entry, price) / spot_value - 1),
        "net_exposure": table(lambda sold, price: exposure(coins, sold, entry, price)),
    }
