"""A whole position at the price now: what it is worth, how much of it is exposed, how far liquidation is.

The margin is the coin that secures the short: N / (E · L) isolated, the wallet cross. From the liquidation
price on the short is gone and its margin with it; the coin left is long and unhedged, and a fall does not
bring the short back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from ivts_site.analytics.hedge.fields import (
    DAYS_A_YEAR,
    HOURS_A_YEAR,
    ROUNDING,
    check_inputs,
    check_list,
    without_noise,
)
from ivts_site.analytics.hedge.liquidation import (
    MaintenanceOn,
    Tier,
    chance_of_reaching,
    find_liquidation,
    measure_aftermath,
)
from ivts_site.analytics.hedge.position import inverse_pnl, measure_position
from ivts_site.errors import HedgeInputError

_FUNDING = ("rate", "interval_hours", "horizon_days")


class Terms(TypedDict, total=False):
    """The venue's rules as of `find_liquidation`, and the funding to be paid for some days ahead."""

    maintenance: float
    """m, maintenance rate."""
    fee: float
    """c, taker fee of the closing trade."""
    amount: float
    """a, coin taken off the maintenance margin."""
    slope: float
    """Maintenance rate added for each coin of size."""
    tiers: Sequence[Tier] | None
    """Tier table, in place of rate and amount."""
    maintenance_on: MaintenanceOn
    """Value that the rate is a share of."""
    rate: float
    """f, funding rate an interval; below 0 the short pays."""
    interval_hours: float
    """Hours from one payment to the next."""
    horizon_days: float
    """Days for which a short that pays must have its funding in the margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeHedge:
    """Coin and short at the price now, or what liquidation has left of them."""

    value: float
    """USD: coin and short, or the coin left."""
    exposed_share: float
    """Share of that value that moves with the price; 1 after liquidation."""
    liquidates: bool
    """False where no price closes the short."""
    liquidation: float | None
    """Liquidation price; None where there is none."""
    distance: float | None
    """From the price now; at or below 0 once it is passed."""
    from_entry: float | None
    """From the average entry."""
    liquidated: bool
    """Whether the price now is at or beyond it."""
    coins_left: float
    """Coin that liquidation leaves: held − margin."""
    left_value: float | None
    """USD worth of it at the liquidation price."""
    funding_due: float
    """Coin set aside in the margin for funding at the rate given; 0 where the short is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The position after moves from the price now."""

    moves: tuple[float, ...]
    """Moves, fractions of the price now."""
    prices: tuple[float, ...]
    """Price at each."""
    values: tuple[float, ...]
    """USD value there, of what is left from liquidation on."""
    changes: tuple[float, ...]
    """USD since now."""
    futures: tuple[float, ...]
    """The short's own result since its entry, USD at that price; from liquidation on the margin, lost."""
    unhedged: tuple[float, ...]
    """USD that the coin alone, never hedged, would gain since now."""
    exposed_shares: tuple[float, ...]
    """Share of the value that moves with the price there."""
    liquidated: tuple[bool, ...]
    """Whether the short is gone there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUps:
    """Liquidation with coin added to the margin, or taken out of it."""

    margins: tuple[float, ...]
    """Coin that secures the short."""
    prices: tuple[float | None, ...]
    """Liquidation price with it; None where there is none."""
    distances: tuple[float | None, ...]
    """From the price now."""
    chances: tuple[float, ...]
    """Chance of reaching it, see `chance_of_reaching`; 0 where there is none, 1 where it is passed."""


def measure_hedge(
    *,
    coins: float,
    margin: float,
    notional: float,
    entry: float,
    price: float,
    **terms: Unpack[Terms],
) -> WholeHedge:
    """Measure coin and short at the price now, by the venue's rules.

    `margin` is refused where it is more coin than is held, or too little for maintenance and fee; `rate`
    where the funding due would use the margin up.
    """
    coins, margin, notional, entry, price = check_inputs(
        coins=coins, margin=margin, notional=notional, entry=entry, price=price
    )
    if without_noise(coins - margin, coins) < 0:
        raise HedgeInputError("margin", "must not be more coin than is held")
    due = _funding_due(notional, price, terms)
    closes = _closing_price(margin, due, notional, entry, terms)
    gone = _is_closed(price, closes)
    left = measure_aftermath(held=coins, margin=margin, price=price if closes is None else closes)
    if gone:
        value, share = left.coins * price, 1.0
    else:
        held = measure_position(coins=coins, notional=notional, entry=entry, price=price)
        if held.value <= 0:
            raise HedgeInputError("price", "must leave coin: at this price the loss has used up all of it")
        value, share = held.value, held.net_exposure / held.value
    return WholeHedge(
        value=value,
        exposed_share=share,
        liquidates=closes is not None,
        liquidation=closes,
        distance=None if closes is None else closes / price - 1,
        from_entry=None if closes is None else closes / entry - 1,
        liquidated=gone,
        coins_left=left.coins,
        left_value=None if closes is None else left.value,
        funding_due=due,
    )


def project_hedge(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    coins: float,
    margin: float,
    notional: float,
    entry: float,
    price: float,
    moves: Sequence[float],
    **terms: Unpack[Terms],
) -> Outcomes:
    """Project a position to moves from the price now; from liquidation on nothing is hedged."""
    now = measure_hedge(coins=coins, margin=margin, notional=notional, entry=entry, price=price, **terms)
    shifts = check_list("moves", moves, 1)
    prices = tuple(price * (1 + move) for move in shifts)
    gone = tuple(now.liquidated or _is_closed(at, now.liquidation) for at in prices)

    def value(at: float, closed: bool) -> float:
        if closed:
            return now.coins_left * at
        return measure_position(coins=coins, notional=notional, entry=entry, price=at).value

    def result(at: float, closed: bool) -> float:
        return -margin * at if closed else inverse_pnl(notional=notional, entry=entry, price=at).usd

    pairs = tuple(zip(prices, gone, strict=True))
    values = tuple(value(at, closed) for at, closed in pairs)
    return Outcomes(
        moves=shifts,
        prices=prices,
        values=values,
        changes=tuple(without_noise(each - now.value, now.value) for each in values),
        futures=tuple(result(at, closed) for at, closed in pairs),
        unhedged=tuple(coins * price * move for move in shifts),
        exposed_shares=tuple(
            1.0 if closed else without_noise(1 - notional / each, 1.0)
            for each, closed in zip(values, gone, strict=True)
        ),
        liquidated=gone,
    )


def top_up_ladder(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    margin: float,
    notional: float,
    entry: float,
    price: float,
    additions: Sequence[float],
    volatility: float,
    days: float,
    **terms: Unpack[Terms],
) -> TopUps:
    """Find the liquidation price with each amount of coin added to the margin, and the chance of reaching it.

    An amount below 0 is taken out; one that leaves too little is refused as `margin`.
    """
    margin, notional, entry, price, volatility, days = check_inputs(
        margin=margin, notional=notional, entry=entry, price=price, volatility=volatility, days=days
    )
    added = check_list("additions", additions, 1)
    due = _funding_due(notional, price, terms)
    margins = tuple(margin + each for each in added)
    prices = tuple(_closing_price(each, due, notional, entry, terms) for each in margins)

    def chance(closes: float | None) -> float:
        if closes is None:
            return 0.0
        if _is_closed(price, closes):
            return 1.0
        return chance_of_reaching(price=price, barrier=closes, volatility=volatility, days=days)

    return TopUps(
        margins=margins,
        prices=prices,
        distances=tuple(None if each is None else each / price - 1 for each in prices),
        chances=tuple(map(chance, prices)),
    )


def _funding_due(notional: float, price: float, terms: Terms) -> float:
    """Coin that a short at the price given pays over the horizon; nothing where it is paid."""
    rate, hours, days = check_inputs(
        rate=terms.get("rate", 0.0),
        interval_hours=terms.get("interval_hours", 8.0),
        horizon_days=terms.get("horizon_days", 0.0),
    )
    intervals = days / DAYS_A_YEAR * (HOURS_A_YEAR / hours)
    return max(0.0, -rate) * intervals * notional / price


def _closing_price(margin: float, due: float, notional: float, entry: float, terms: Terms) -> float | None:
    """Liquidation price of the short once the funding due has left its margin."""
    if notional == 0:
        return None
    if due >= margin > 0:
        raise HedgeInputError("rate", "would use up the margin within the days looked ahead")
    rules: dict[str, Any] = {name: value for name, value in terms.items() if name not in _FUNDING}
    return find_liquidation(notional=notional, margin=margin - due, entry=entry, **rules).price


def _is_closed(price: float, closes: float | None) -> bool:
    return closes is not None and price >= closes * (1 - ROUNDING)
