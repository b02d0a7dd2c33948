"""The hedge calculators once more, in exact fractions and from what a position is, for the test vectors.

Nothing here repeats the closed formulas: a short of N dollars is a loan of N/E coin sold for N dollars, which
later buy N/P coin; exposure is the slope of the value; a liquidation is where equity meets what is asked for,
closed in on by halves; a regression solves its normal equations; a chance comes from the series of the error
function. Only powers, logarithms, roots and halves leave the fractions, for decimals of 60 digits and more.
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
    """Sell N/E coin for N dollars, buy the same coin back; what is missing then has to be posted."""
    quantity = notional / entry
    gain = (notional - quantity * price) * (1 if side == "short" else -1)
    return {"usd": gain, "to_post": Fraction(0) if gain >= 0 else -gain}


def average_entry(notionals: Sequence[Fraction], prices: Sequence[Fraction]) -> Case:
    """The one price at which all dollars would have been got for the coin given up, fill by fill."""
    total, coins = sum(notionals, Fraction(0)), Fraction(0)
    for amount, price in zip(notionals, prices, strict=True):
        coins += amount / price
    inverse = zero_of_line(lambda y: total * y - coins)
    assert inverse is not None
    return {"notional": total, "entry": 1 / inverse, "coins_sold": coins}


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


def whole(amount: Fraction, face: Fraction, rounding: str) -> Fraction:
    """Whole contracts of an amount, halves up."""
    below, rest = divmod(amount, face)
    return Fraction(below + {"down": False, "up": rest > 0, "nearest": rest * 2 >= face}[rounding])


def measure_drift(
    *,
    coins: Fraction,
    notional: Fraction,
    entry: Fraction,
    price: Fraction,
    target: Fraction,
    face: Fraction = Fraction(1),
    rounding: str = "nearest",
    allow_outside: bool = False,
) -> Case:
    """Close the short, open the one at this price that leaves the share 1 − target exposed."""
    value = worth(coins, notional, entry, price)
    equity = value / price
    wanted = zero_of_line(lambda new: exposure(equity, new, price, price) - (1 - target) * value)
    assert wanted is not None
    now = exposure(coins, notional, entry, price)
    count = whole(abs(wanted - notional), face, rounding) * (1 if wanted > notional else -1)
    return {
        "value": value,
        "net_exposure": now,
        "hedge_now": 1 - now / value,
        "share_now": now / value,
        "target_notional": wanted,
        "contracts": count,
        "trade": count * face,
        "exposure_after": exposure(equity, notional + count * face, price, price),
    }


def apply_trade(
    *,
    coins: Fraction,
    notional: Fraction,
    entry: Fraction,
    price: Fraction,
    trade: Fraction,
    fee: Fraction = Fraction(0),
) -> Case:
    """A short owes coin and holds dollars: selling adds to both, buying back settles a part of both."""
    owed, paid = notional / entry, fee * abs(trade) / price
    if trade > 0:
        owed += trade / price
        return {
            "coins": coins - paid,
            "notional": notional + trade,
            "entry": (notional + trade) / owed,
            "realized": Fraction(0),
            "fee_coin": paid,
        }
    gain = short_gain(-trade, entry, price)
    return {
        "coins": coins + gain - paid,
        "notional": notional + trade,
        "entry": entry,
        "realized": gain,
        "fee_coin": paid,
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


def forward_price(spot: Fraction, premium: Fraction, days: Fraction) -> Fraction:
    """The price whose simple basis a year is the premium."""
    price = zero_of_line(lambda forward: (forward - spot) / spot * 365 / days - premium)
    assert price is not None
    return price


def size_carry(
    *,
    coins: Fraction,
    spot: Fraction,
    forward: Fraction,
    hedge: Fraction = Fraction(1),
    face: Fraction = Fraction(1),
    rounding: str = "nearest",
) -> Case:
    """The notional that leaves nothing of the hedged coin exposed at the forward, in contracts."""
    wanted = zero_of_line(lambda sold: exposure(hedge * coins, sold, forward, spot))
    assert wanted is not None
    contracts = whole(wanted, face, rounding)
    notional = contracts * face
    hedged = notional / forward  # coin
    return {
        "contracts": contracts,
        "notional": notional,
        "spot_value": coins * spot,
        "locked_profit": notional - hedged * spot,
        "locked_return": forward / spot - 1,
        "unhedged_coins": coins - hedged,
    }


def carry_payoff(coins: Fraction, notional: Fraction, forward: Fraction, price: Fraction) -> Case:
    return {
        "pnl_coin": short_gain(notional, forward, price),
        "equity": coins + short_gain(notional, forward, price),
        "payoff": worth(coins, notional, forward, price),
    }


def break_even_days(annual_rate: Fraction, fee: Fraction) -> Fraction | None:
    """Days after which income of a day each has paid one fee to get in and one to get out."""
    a_day = annual_rate / 365
    return (fee + fee) / a_day if a_day > 0 else None


def halved(good: Decimal, bad: Decimal, holds: Callable[[Decimal], Decimal]) -> Decimal:
    """Where something above zero at `good` and not at `bad` ends."""
    for _ in range(260):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if holds(middle) > 0 else (good, middle)
    return bad


def find_liquidation(
    *,
    notional: Fraction,
    margin: Fraction,
    entry: Fraction,
    maintenance: Fraction = Fraction(0),
    fee: Fraction = Fraction(0),
    amount: Fraction = Fraction(0),
    slope: Fraction = Fraction(0),
    tiers: Sequence[Sequence[Fraction | None]] | None = None,
    side: str = "short",
    maintenance_on: str = "entry",
) -> Case:
    """Move the price away from the entry, tier by tier, until equity no longer covers what is asked for."""
    table = [[None, maintenance, amount]] if tiers is None else tiers
    size = notional / entry

    def tier_of(coins: Decimal) -> int:
        return next(i for i, row in enumerate(table) if row[0] is None or coins <= decimal(row[0]))

    def spare(coins: Decimal, tier: int) -> Decimal:
        """Equity less maintenance and fee where the position is worth so many coins."""
        gain = (coins - decimal(size)) * (1 if side == "short" else -1)
        asked_of = coins if maintenance_on == "mark" else decimal(size)
        rate = decimal(table[tier][1] or Fraction(0)) + decimal(slope) * asked_of
        taken_off = decimal((table[tier][2] if len(table[tier]) == 3 else None) or Fraction(0))
        return decimal(margin) + gain - rate * asked_of + taken_off - decimal(fee) * coins

    with localcontext() as context:
        context.prec = 100
        closed = _first_short(size, table, tier_of, spare, by_mark=maintenance_on == "mark", side=side)
        if closed is None:
            return {"liquidates": False, "price": None, "distance": None}
        price = decimal(notional) / closed
        if price > Decimal(10) ** 15:
            return {"liquidates": False, "price": None, "distance": None}
        return {"liquidates": True, "price": price, "distance": price / decimal(entry) - 1}


def _first_short(
    size: Fraction,
    table: Sequence[Sequence[Fraction | None]],
    tier_of: Callable[[Decimal], int],
    spare: Callable[[Decimal, int], Decimal],
    *,
    by_mark: bool,
    side: str,
) -> Decimal | None:
    """The size at which nothing is spare any more, on the way down for a short, up for a long."""
    at, tier = decimal(size), tier_of(decimal(size))
    while spare(at, tier) > 0:
        if side == "short":
            end = decimal(table[tier - 1][0] or Fraction(0)) if by_mark and tier else Decimal(0)
        else:
            limit = table[tier][0] if by_mark else None
            end = at * 2 if limit is None else decimal(limit)
        if spare(end, tier) <= 0 and end > 0:
            return halved(at, end, lambda coins, tier=tier: spare(coins, tier))  # type: ignore[misc]
        if end == 0:
            ended = halved(at, end, lambda coins, tier=tier: spare(coins, tier))  # type: ignore[misc]
            return None if spare(Decimal(0), tier) >= 0 else ended
        if by_mark and (side == "short" or table[tier][0] is not None):
            tier += -1 if side == "short" else 1
        at = end
    return at


def alert_prices(
    price: Fraction,
    shares: Sequence[Fraction] = (Fraction(1, 10), Fraction(1, 20), Fraction(1, 50)),
    side: str = "short",
) -> list[Fraction]:
    """Prices that such a move, up for a short, brings to the liquidation price."""
    found = [
        zero_of_line(lambda p, share=share: p + p * share * (1 if side == "short" else -1) - price)  # type: ignore[misc]
        for share in shares
    ]
    return [each for each in found if each is not None]


def error_function(z: Decimal) -> Decimal:
    """2/√π · Σ (−1)^n z^(2n+1) / (n! (2n+1)), with digits to spare for what cancels; π by Machin."""
    with localcontext() as context:
        context.prec = 260

        def arctan_of_inverse(x: int) -> Decimal:
            return sum(
                (Decimal((-1) ** n) / ((2 * n + 1) * Decimal(x) ** (2 * n + 1)) for n in range(200)),
                Decimal(0),
            )

        pi = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))
        term, total = z, z
        for n in range(1, 900):
            term *= -z * z / n
            total += term / (2 * n + 1)
        return 2 * total / pi.sqrt()


def chance_of_reaching(price: Fraction, barrier: Fraction, volatility: Fraction, days: Fraction) -> Decimal:
    """Reflection: twice the chance of ending beyond the barrier, which is 1 − erf(z / √2)."""
    with localcontext() as context:
        context.prec = 260
        spread = decimal(volatility) * (decimal(days) / 365).sqrt()
        z = abs((decimal(barrier) / decimal(price)).ln()) / spread
        return 1 - error_function(z / Decimal(2).sqrt())


# ------------------------------------------------------------------ whole positions

FUNDING = ("rate", "interval_hours", "horizon_days")


def funding_due(notional: Fraction, price: Fraction, terms: Case) -> Fraction:
    """Coin that the short pays, interval by interval and the last one in part, at the price now."""
    rate, hours = terms.get("rate", Fraction(0)), terms.get("interval_hours", Fraction(8))
    left, due = terms.get("horizon_days", Fraction(0)) * 24, Fraction(0)
    while rate < 0 and left > 0:
        due += -rate * notional / price * min(Fraction(1), left / hours)
        left -= hours
    return due


def closing_price(margin: Fraction, notional: Fraction, entry: Fraction, price: Fraction, terms: Case) -> Any:
    if not notional:
        return None
    rules = {name: value for name, value in terms.items() if name not in FUNDING}
    left = margin - funding_due(notional, price, terms)
    return find_liquidation(notional=notional, margin=left, entry=entry, **rules)["price"]


def measure_hedge(
    *, coins: Fraction, margin: Fraction, notional: Fraction, entry: Fraction, price: Fraction, **terms: Any
) -> Case:
    closes = closing_price(margin, notional, entry, price, terms)
    gone = closes is not None and decimal(price) >= closes
    value = (coins - margin) * price if gone else worth(coins, notional, entry, price)
    exposed = Fraction(1) if gone else exposure(coins, notional, entry, price) / value

    def away(start: Fraction) -> Decimal | None:
        with localcontext() as context:
            context.prec = DIGITS
            return None if closes is None else (closes - decimal(start)) / decimal(start)

    with localcontext() as context:
        context.prec = DIGITS
        left = None if closes is None else decimal(coins - margin) * closes
    return {
        "value": value,
        "exposed_share": exposed,
        "liquidates": closes is not None,
        "liquidation": closes,
        "distance": away(price),
        "from_entry": away(entry),
        "liquidated": gone,
        "coins_left": coins - margin,
        "left_value": left,
        "funding_due": funding_due(notional, price, terms),
    }


def project_hedge(
    *,
    coins: Fraction,
    margin: Fraction,
    notional: Fraction,
    entry: Fraction,
    price: Fraction,
    moves: Sequence[Fraction],
    **terms: Any,
) -> Case:
    """Value the position anew at every price; once closed it stays closed."""
    held = {"coins": coins, "margin": margin, "notional": notional, "entry": entry}
    now = measure_hedge(**held, price=price, **terms)
    closes, prices = now["liquidation"], [price + price * move for move in moves]
    gone = [now["liquidated"] or (closes is not None and decimal(p) >= closes) for p in prices]
    values = [
        (coins - margin) * p if closed else worth(coins, notional, entry, p)
        for p, closed in zip(prices, gone, strict=True)
    ]
    return {
        "moves": list(moves),
        "prices": prices,
        "values": values,
        "changes": [value - now["value"] for value in values],
        "futures": [
            value - coins * p for value, p in zip(values, prices, strict=True)
        ],  # all that is not the coin's own
        "unhedged": [coins * (p - price) for p in prices],
        "exposed_shares": [
            Fraction(1) if closed else exposure(coins, notional, entry, p) / value
            for value, p, closed in zip(values, prices, gone, strict=True)
        ],
        "liquidated": gone,
    }


def top_up_ladder(
    *,
    margin: Fraction,
    notional: Fraction,
    entry: Fraction,
    price: Fraction,
    additions: Sequence[Fraction],
    volatility: Fraction,
    days: Fraction,
    **terms: Any,
) -> Case:
    margins = [margin + added for added in additions]
    prices = [closing_price(each, notional, entry, price, terms) for each in margins]

    def chance(closes: Decimal | None) -> Decimal | Fraction:
        if closes is None:
            return Fraction(0)
        if decimal(price) >= closes:
            return Fraction(1)
        return chance_of_reaching(price, Fraction(closes), volatility, days)

    return {
        "margins": margins,
        "prices": prices,
        "distances": [None if each is None else Fraction(each) / price - 1 for each in prices],
        "chances": [chance(each) for each in prices],
    }


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


def pair_closes(asset: Sequence[Any], instrument: Sequence[Any]) -> Case:
    """Look every date of the one up in the other."""
    pairs = sorted((day, close, other) for day, close in asset for same, other in instrument if same == day)
    return {
        "dates": [day for day, _, _ in pairs],
        "asset": [close for _, close, _ in pairs],
        "instrument": [other for _, _, other in pairs],
        "n_unpaired": Fraction(len(asset) - len(pairs) + len(instrument) - len(pairs)),
    }


def size_beta_hedge(value: Fraction, beta: Fraction, leverage: Fraction, margin_held: bool = False) -> Case:
    """The notional at which what moves with the instrument, margin bought included, nets to zero."""
    moves_like = beta * value
    long = moves_like < 0

    def net(sold: Fraction) -> Fraction:
        bought = Fraction(0) if margin_held else (-sold if long else sold) / leverage
        return moves_like + bought - sold

    notional = zero_of_line(net)
    assert notional is not None
    margin = abs(notional) / leverage
    return {
        "exposure": moves_like,
        "notional": notional,
        "margin": margin,
        "bought": Fraction(0) if margin_held else margin,
        "open_exposure": margin if margin_held else Fraction(0),
    }


def residual_risk(
    value: Fraction, beta: Fraction, r_squared: Fraction, volatility: Fraction, days: Fraction
) -> Decimal:
    """Variance of the asset less the part the instrument explains."""
    explained = (beta * volatility) ** 2 * days / 365
    return root(explained / r_squared - explained) * decimal(value)


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
