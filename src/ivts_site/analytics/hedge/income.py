"""What a hedge earns or costs: funding of a perpetual, basis of a dated future, cash-and-carry.

Perpetuals have no expiry and no basis that converges; funding takes its place. Dated futures have a basis
and no funding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ivts_site.analytics.hedge.fields import (
    DAYS_A_YEAR,
    HOURS_A_YEAR,
    check_inputs,
    sign_of,
    whole_contracts,
)
from ivts_site.analytics.hedge.position import Rounding, Side, unhedged_coins
from ivts_site.errors import HedgeInputError

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Funding that a position is credited (positive) or charged (negative), at an unchanged price."""

    interval_usd: float
    """USD an interval."""
    day_usd: float
    """USD a day of 24 hours."""
    year_usd: float
    """USD a year of 8,760 hours."""
    interval_coin: float
    """Coin an interval, at the price given."""
    day_coin: float
    """Coin a day."""
    year_coin: float
    """Coin a year."""
    intervals_per_year: float
    """8,760 / hours of the interval; 1,095 at 8 hours."""
    annual_simple: float
    """Credit an interval as a fraction of the notional · intervals a year."""
    annual_compounded: float
    """(1 + credit) ^ intervals a year − 1: right only where every payment is added to the notional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Distance of a dated future from spot now."""

    premium: float
    """F − S, USD per coin."""
    basis: float
    """F / S − 1."""
    simple: float
    """The basis as a rate a year of 365 days."""
    compound: float
    """The same, compounded: right only where it is earned again and again on what it made."""
    log: float
    """The same, continuous."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """A cash-and-carry with a dated inverse future, in whole contracts."""

    contracts: float
    """Contracts to sell."""
    notional: float
    """Their USD notional, near h · Q · F: also the USD that the hedged coin is worth at expiry."""
    spot_value: float
    """Q · S, USD that the coin is worth now."""
    locked_profit: float
    """N · (F − S) / F, USD."""
    locked_return: float
    """F / S − 1, on the coin hedged."""
    unhedged_coins: float
    """Q − N/F: coin that still moves with the price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPayoff:
    """A cash-and-carry at expiry."""

    pnl_coin: float
    """Profit of the short, coin."""
    equity: float
    """Coin with it."""
    payoff: float
    """Its USD value."""


def measure_funding(
    *, notional: float, price: float, rate: float, interval_hours: float = 8.0, side: Side = "short"
) -> Funding:
    """Funding of a perpetual: the long pays f · N / P coin an interval to the short, worth f · N USD.

    `rate` is refused where a year of it compounds beyond what a number can hold.
    """
    sign = sign_of(side)
    notional, price, rate, interval_hours = check_inputs(
        notional=notional, price=price, rate=rate, interval_hours=interval_hours
    )
    credit = 0.0 - sign * rate  # a rate of zero is credited as 0, not as −0
    intervals = HOURS_A_YEAR / interval_hours
    interval = credit * notional
    day, year = interval * (HOURS_A_DAY / interval_hours), interval * intervals
    return Funding(
        interval_usd=interval,
        day_usd=day,
        year_usd=year,
        interval_coin=interval / price,
        day_coin=day / price,
        year_coin=year / price,
        intervals_per_year=intervals,
        annual_simple=credit * intervals,
        annual_compounded=_compounded("rate", math.log1p(credit) * intervals),
    )


def forward_price(*, spot: float, premium: float, days: float) -> float:
    """Price of a dated future from its premium a year, simple: F = S · (1 + p · d / 365), above 0."""
    spot, premium, days = check_inputs(spot=spot, premium=premium, days=days)
    forward = spot * (1 + premium * days / DAYS_A_YEAR)
    if forward <= 0:
        raise HedgeInputError("premium", "must leave the future a price above 0")
    return forward


def measure_basis(*, spot: float, forward: float, days: float) -> Basis:
    """Annualize a basis: (F/S − 1) · 365/d simple, (F/S)^(365/d) − 1 compound, ln(F/S) · 365/d log.

    S is the price now, not the one at which an open hedge was entered. `days` is refused where the compound
    rate is beyond what a number can hold.
    """
    spot, forward, days = check_inputs(spot=spot, forward=forward, days=days)
    basis, terms = (forward - spot) / spot, DAYS_A_YEAR / days
    log = math.log1p(basis) * terms
    return Basis(
        premium=forward - spot,
        basis=basis,
        simple=basis * terms,
        compound=_compounded("days", log),
        log=log,
    )


def size_carry(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    coins: float,
    spot: float,
    forward: float,
    hedge: float = 1.0,
    face: float = 1.0,
    rounding: Rounding = "nearest",
) -> Carry:
    """Size a cash-and-carry: sell N = h · Q · F of the dated inverse future, not the spot value."""
    coins, spot, forward, hedge, face = check_inputs(
        coins=coins, spot=spot, forward=forward, hedge=hedge, face=face
    )
    contracts = whole_contracts(hedge * coins * forward / face, rounding)
    notional = contracts * face
    return Carry(
        contracts=contracts,
        notional=notional,
        spot_value=coins * spot,
        locked_profit=notional * (forward - spot) / forward,
        locked_return=(forward - spot) / spot,
        unhedged_coins=unhedged_coins(coins, notional, forward),
    )


def carry_payoff(*, coins: float, notional: float, forward: float, price: float) -> CarryPayoff:
    """Settle coin and a dated inverse short: Q + N · (1/P − 1/F) coin, exactly N USD where N = Q · F."""
    coins, notional, forward, price = check_inputs(
        coins=coins, notional=notional, forward=forward, price=price
    )
    unhedged = unhedged_coins(coins, notional, forward)
    return CarryPayoff(
        pnl_coin=-notional * (price - forward) / (forward * price),
        equity=unhedged + notional / price,
        payoff=unhedged * price + notional,
    )


def break_even_days(*, annual_rate: float, fee: float) -> float | None:
    """Days until income at a steady rate has paid the fees of getting in and out: 2 · c · 365 / rate.

    The rate is a simple one a year: a basis, or a year of funding. None where there is no income.
    """
    annual_rate, fee = check_inputs(annual_rate=annual_rate, fee=fee)
    return 2 * fee * DAYS_A_YEAR / annual_rate if annual_rate > 0 else None


def _compounded(field: str, log_growth: float) -> float:
    try:
        return math.expm1(log_growth)
    except OverflowError as error:
        raise HedgeInputError(field, "compounds over a year to more than a number can hold") from error
