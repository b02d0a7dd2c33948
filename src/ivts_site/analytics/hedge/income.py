"""What a hedge earns or costs: funding of a perpetual, basis of a dated future, cash-and-carry.

Perpetuals have no expiry and no basis that converges; funding takes its place. Dated futures have a basis
and no funding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import HOURS_A_YEAR, check_choice, gather
from ivts_site.analytics.hedge.position import Side, unhedged_coins
from ivts_site.analytics.results import Floats
from ivts_site.errors import HedgeInputError

DAYS_A_YEAR = 365
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Funding that a position is credited (positive) or charged (negative), at an unchanged price.

    Attributes
    ----------
    interval_usd, day_usd, year_usd : array
        USD an interval, a day of 24 hours, a year of 8,760 hours.
    interval_coin, day_coin, year_coin : array
        The same in coin at the price given.
    intervals_per_year : array
        8,760 / hours of the interval; 1,095 at 8 hours.
    annual_simple : array
        Credit an interval as a fraction of the notional · intervals a year.
    annual_compounded : array
        (1 + credit) ^ intervals a year − 1.
    """

    interval_usd: Floats
    day_usd: Floats
    year_usd: Floats
    interval_coin: Floats
    day_coin: Floats
    year_coin: Floats
    intervals_per_year: Floats
    annual_simple: Floats
    annual_compounded: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Distance of a dated future from spot.

    Attributes
    ----------
    premium : array
        F − S, USD per coin.
    basis : array
        F / S − 1.
    simple, compound, log : array
        The basis as a rate a year of 365 days, in three conventions.
    """

    premium: Floats
    basis: Floats
    simple: Floats
    compound: Floats
    log: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """A cash-and-carry with a dated inverse future.

    Attributes
    ----------
    notional : array
        N = Q · F: USD notional to sell, the forward value; also the USD at expiry, whatever the price.
    spot_value : array
        Q · S, USD that the coin costs today.
    locked_profit : array
        N − Q · S, USD.
    locked_return : array
        F / S − 1.
    simple, compound, log : array
        The locked return as a rate a year of 365 days.
    unhedged_if_spot_sized : array
        Coin left without a hedge if the spot value were sold instead: Q · (1 − S / F).
    """

    notional: Floats
    spot_value: Floats
    locked_profit: Floats
    locked_return: Floats
    simple: Floats
    compound: Floats
    log: Floats
    unhedged_if_spot_sized: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPayoff:
    """A cash-and-carry at expiry: profit of the short in coin, coin with it, and its USD value."""

    pnl_coin: Floats
    equity: Floats
    payoff: Floats


def measure_funding(
    *,
    notional: npt.ArrayLike,
    price: npt.ArrayLike,
    rate: npt.ArrayLike,
    interval_hours: npt.ArrayLike = 8.0,
    side: Side = "short",
) -> Funding:
    """Funding of a perpetual: the long pays f · N / P coin an interval to the short, worth f · N USD.

    Parameters
    ----------
    notional : array_like
        N, contracts · face, USD.
    price : array_like
        P, USD per coin.
    rate : array_like
        f an interval; positive: longs pay shorts.
    interval_hours : array_like
        Hours from one payment to the next.
    side : {"short", "long"}
        Who asks; the credit is f for a short and −f for a long.

    Raises
    ------
    HedgeInputError
        With the field's name; `rate` where a year of it compounds beyond what a number can hold.
    """
    check_choice("side", side, ("short", "long"))
    notional, price, rate, interval_hours = gather(
        notional=notional, price=price, rate=rate, interval_hours=interval_hours
    )
    credit = (rate if side == "short" else -rate) + 0.0  # a rate of zero is credited as 0, not as −0
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
        annual_compounded=_compounded("rate", np.log1p(credit) * intervals),
    )


def measure_basis(*, spot: npt.ArrayLike, forward: npt.ArrayLike, days: npt.ArrayLike) -> Basis:
    """Annualise a basis: (F/S − 1) · 365/d simple, (F/S)^(365/d) − 1 compound, ln(F/S) · 365/d log.

    Parameters
    ----------
    spot, forward : array_like
        S and F, USD per coin.
    days : array_like
        d, calendar days to the expiry, above 0.

    Raises
    ------
    HedgeInputError
        With the field's name; `days` where the compound rate is beyond what a number can hold.
    """
    spot, forward, days = gather(spot=spot, forward=forward, days=days)
    basis, terms = (forward - spot) / spot, DAYS_A_YEAR / days
    log = np.log1p(basis) * terms
    return Basis(
        premium=forward - spot,
        basis=basis,
        simple=basis * terms,
        compound=_compounded("days", log),
        log=log,
    )


def size_carry(
    *, coins: npt.ArrayLike, spot: npt.ArrayLike, forward: npt.ArrayLike, days: npt.ArrayLike
) -> Carry:
    """Size a cash-and-carry: sell N = Q · F of the dated inverse future, not the spot value.

    Parameters
    ----------
    coins : array_like
        Q, coin held.
    spot, forward : array_like
        S and F, USD per coin.
    days : array_like
        d, calendar days to the expiry.

    Raises
    ------
    HedgeInputError
        With the field's name.
    """
    rates = measure_basis(spot=spot, forward=forward, days=days)
    coins, spot, forward, _ = gather(coins=coins, spot=spot, forward=forward, days=days)
    return Carry(
        notional=coins * forward,
        spot_value=coins * spot,
        locked_profit=coins * rates.premium,
        locked_return=rates.basis,
        simple=rates.simple,
        compound=rates.compound,
        log=rates.log,
        unhedged_if_spot_sized=coins * rates.premium / forward,
    )


def carry_payoff(
    *, coins: npt.ArrayLike, notional: npt.ArrayLike, forward: npt.ArrayLike, price: npt.ArrayLike
) -> CarryPayoff:
    """Settle coin and a dated inverse short: Q + N · (1/P − 1/F) coin, exactly N USD where N = Q · F.

    Parameters
    ----------
    coins : array_like
        Q, coin held.
    notional : array_like
        N sold, USD.
    forward : array_like
        F, price at which it was sold.
    price : array_like
        P, settlement price at expiry.

    Raises
    ------
    HedgeInputError
        With the field's name.
    """
    coins, notional, forward, price = gather(coins=coins, notional=notional, forward=forward, price=price)
    unhedged = unhedged_coins(coins, notional, forward)
    return CarryPayoff(
        pnl_coin=-notional * (price - forward) / (forward * price),
        equity=unhedged + notional / price,
        payoff=unhedged * price + notional,
    )


def _compounded(field: str, log_growth: Floats) -> Floats:
    with np.errstate(over="ignore"):
        growth = np.expm1(log_growth)
    if not np.all(np.isfinite(growth)):
        raise HedgeInputError(field, "compounds over a year to more than a number can hold")
    return growth
