"""Where an inverse position is liquidated, how likely that is, and what its holder is left with.

Estimates: the venue's own mark price, its partial liquidations and its insurance fund are not in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ivts_site.analytics.hedge.fields import (
    DAYS_A_YEAR,
    LARGEST,
    SMALLEST,
    Rule,
    check_choice,
    check_inputs,
    check_list,
    sign_of,
    without_noise,
)
from ivts_site.analytics.hedge.position import Side
from ivts_site.errors import HedgeInputError

MaintenanceOn = Literal["entry", "mark"]
Tier = Sequence[float | None]
"""Largest size in coin (None for no limit), maintenance rate, and coin taken off (0 where left out)."""

ALERTS = (0.1, 0.05, 0.02)
"""Distances before liquidation that deserve an alert."""
_SIZE: tuple[Rule, ...] = ((lambda x: 0 < x <= 1e15, "must have sizes above 0"),)
_RATE: tuple[Rule, ...] = ((lambda x: 0 <= x < 1, "must have rates of 0 or above, and below 1"),)
_AMOUNT: tuple[Rule, ...] = ((lambda x: 0 <= x <= 1e15, "must have amounts of 0 or above"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidation:
    """Price at which the margin's equity meets the maintenance margin and the fee to close."""

    liquidates: bool
    """False where the coin margin covers the short at every price up to 1e15."""
    price: float | None
    """USD per coin; None where it is never liquidated."""
    distance: float | None
    """price / entry − 1; None where it is never liquidated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a hedger holds after the liquidation of the short: the coin outside the margin, unhedged."""

    margin_value: float
    """USD that the lost margin was worth at that price."""
    coins: float
    """Coin left: held − margin."""
    value: float
    """Its USD value at that price, all of it exposed from then on."""
    long_unhedged: bool
    """Whether any coin is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What the venue asks for, as coin at a size q in coin: (rate + fee) · q + slope · q² − amount."""

    tiers: tuple[tuple[float, float, float], ...]
    """Upper end of the size, rate and amount, rising."""
    slope: float
    """Rate added for each coin of size."""
    fee: float
    """Of the closing trade."""
    on_mark: bool
    """Whether the size is N / P, which falls as the price rises; else N / E, fixed."""


def find_liquidation(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    notional: float,
    margin: float,
    entry: float,
    maintenance: float = 0.0,
    fee: float = 0.0,
    amount: float = 0.0,
    slope: float = 0.0,
    tiers: Sequence[Tier] | None = None,
    side: Side = "short",
    maintenance_on: MaintenanceOn = "entry",
) -> Liquidation:
    """Liquidation price of a position secured by so much coin, isolated or the whole wallet.

    W + s · N · (1/E − 1/P) = m · V − a + c · N/P, where V is N/E on the entry value, N/P on the mark value.
    Isolated at leverage L the margin is N / (E · L): without fee and amount a short on the entry value is
    closed at E / (1 − 1/L + m), at L = 1 still at E / m; one on the mark value at E · (1 − m) / (1 − 1/L), at
    L = 1 never.

    `tiers` take the place of maintenance and amount, and go by the value that `maintenance_on` names.
    `margin` is refused where it does not cover maintenance and fee at the entry.
    """
    notional, margin, entry, maintenance, fee, amount, slope = check_inputs(
        notional=notional,
        margin=margin,
        entry=entry,
        maintenance=maintenance,
        fee=fee,
        amount=amount,
        slope=slope,
    )
    sign = sign_of(side)
    check_choice("maintenance_on", maintenance_on, ("entry", "mark"))
    if notional < SMALLEST:
        raise HedgeInputError("notional", "must be at least 1e-9: without a position nothing is liquidated")
    table = _check_tiers(tiers) if tiers is not None else ((math.inf, maintenance, amount),)
    asked = Requirement(tiers=table, slope=slope, fee=fee, on_mark=maintenance_on == "mark")
    size = notional / entry
    at = _closing_size(size, margin, asked, sign)
    if at is None or notional / at > LARGEST:
        return Liquidation(liquidates=False, price=None, distance=None)
    return Liquidation(liquidates=True, price=notional / at, distance=size / at - 1)


def measure_aftermath(*, held: float, margin: float, price: float) -> Aftermath:
    """What is left of the coin held after a liquidation, with the whole margin taken to be lost."""
    held, margin, price = check_inputs(held=held, margin=margin, price=price)
    coins = without_noise(held - margin, held)
    if coins < 0:
        raise HedgeInputError("margin", "must not be more coin than is held")
    return Aftermath(margin_value=margin * price, coins=coins, value=coins * price, long_unhedged=coins > 0)


def alert_prices(
    *, price: float, shares: Sequence[float] = ALERTS, side: Side = "short"
) -> tuple[float, ...]:
    """Prices from which a move of each share reaches the liquidation price: a rise for a short."""
    (price,) = check_inputs(price=price)
    moves = check_list("shares", shares, 1)
    sign = sign_of(side)
    return tuple(price / (1 - sign * share) for share in moves)


def chance_of_reaching(*, price: float, barrier: float, volatility: float, days: float) -> float:
    """Chance that a price touches a barrier within some days: 2 · (1 − Φ(|ln(B/P)| / (σ · √T))).

    The price is taken to be driftless, its logarithm to move by chance alone at a steady volatility, watched
    without a pause; real prices jump.
    """
    price, barrier, volatility, days = check_inputs(
        price=price, barrier=barrier, volatility=volatility, days=days
    )
    away = abs(math.log(barrier / price))
    return math.erfc(away / (volatility * math.sqrt(2 * days / DAYS_A_YEAR)))


def _check_tiers(tiers: Sequence[Tier]) -> tuple[tuple[float, float, float], ...]:
    """Return (size, rate, amount) of each tier; sizes must rise."""
    if not isinstance(tiers, list | tuple) or not tiers:
        raise HedgeInputError("tiers", "must be a list of tiers: size in coin, rate, amount in coin")
    table, floor = [], 0.0
    for place, row in enumerate(tiers):
        if not isinstance(row, list | tuple) or len(row) not in (2, 3):
            raise HedgeInputError("tiers", "must have a size, a rate and, if any, an amount in each line")
        ceiling = math.inf
        if row[0] is not None:
            (ceiling,) = check_list("tiers", (row[0],), 1, _SIZE)
        elif place + 1 < len(tiers):
            raise HedgeInputError("tiers", "may leave the size open in the last line alone")
        (rate,) = check_list("tiers", (row[1],), 1, _RATE)
        (amount,) = check_list("tiers", (row[2] if len(row) == 3 else 0.0,), 1, _AMOUNT)
        if ceiling <= floor:
            raise HedgeInputError("tiers", "must have sizes that rise from line to line")
        table.append((ceiling, rate, amount))
        floor = ceiling
    return tuple(table)


def _closing_size(size: float, margin: float, asked: Requirement, sign: int) -> float | None:
    """Return the position's size in coin at which equity meets what is asked; None where it never does.

    In q = N / P equity is W + s · (size − q), a line. On the mark value the walk goes through the tiers, down
    for a short, whose size shrinks as the price rises, and up for a long.
    """
    place = next((i for i, tier in enumerate(asked.tiers) if size <= tier[0]), None)
    if place is None:
        raise HedgeInputError("tiers", "must reach to the size of the position")
    _, rate, amount = asked.tiers[place]
    required = (rate + asked.fee) * size + asked.slope * size * size - amount
    if margin <= required:
        raise HedgeInputError("margin", "must be more than maintenance and closing fee at the entry")
    if not asked.on_mark:
        fixed = rate * size + asked.slope * size * size - amount
        free = without_noise(margin + sign * size - fixed, size)
        return _root(free, -sign - asked.fee, 0.0, sign)
    start = size
    while True:
        ceiling, rate, amount = asked.tiers[place]
        floor = asked.tiers[place - 1][0] if place else 0.0
        free, per_coin = without_noise(margin + sign * size + amount, size), -sign - rate - asked.fee
        if free + per_coin * start - asked.slope * start * start <= 0:
            return start  # the next tier asks for more at once
        found = _root(free, per_coin, asked.slope, sign)
        if found is not None and floor < found <= ceiling:
            return found
        place += sign
        if place < 0 or place == len(asked.tiers):
            return None if place < 0 else ceiling
        start = floor if sign < 0 else ceiling


def _root(free: float, per_coin: float, slope: float, sign: int) -> float | None:
    """Return q > 0 where free + per_coin · q − slope · q² is zero, on the side the position moves to."""
    inside = per_coin * per_coin + 4 * slope * free
    if inside < 0:
        return None
    below = per_coin - sign * math.sqrt(inside)
    found = -2 * free / below if below else 0.0
    return found if found > 0 else None
