"""A hedge at a price: profit and loss, coin equity, net exposure, drift and the trade that undoes it.

Inverse contracts are quoted in USD, margined and settled in the coin, and have a fixed face in USD; hence a
profit that is not linear in coin. All functions take numbers or arrays that broadcast, and return the like.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import check_choice, gather, without_noise
from ivts_site.analytics.results import Floats
from ivts_site.errors import HedgeInputError

Side = Literal["short", "long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnl:
    """Profit or loss of a futures position at a price: in coin, and what that is worth in USD there."""

    coin: Floats
    usd: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Coin and its inverse short at a price.

    Attributes
    ----------
    hedge : array
        Hedge factor at the entry: notional / (coins · entry).
    pnl_coin : array
        Profit of the short, coin.
    equity : array
        Coins with that profit, coin.
    value : array
        Equity in USD.
    net_exposure : array
        USD that still move with the price: equity · price − notional.
    net_share : array
        Net exposure / (coins · price), which stays at 1 − hedge.
    entry_formula : array
        USD: coins · price − notional, what the rule for the entry would say; wrong at any other price.
    """

    hedge: Floats
    pnl_coin: Floats
    equity: Floats
    value: Floats
    net_exposure: Floats
    net_share: Floats
    entry_formula: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a hedge has drifted, and the trade that brings it back.

    Attributes
    ----------
    value : array
        Coin and short at the price, USD.
    net_exposure : array
        USD that still move with the price.
    hedge_now : array
        Notional / value.
    share_now : array
        Net exposure / value: 1 − hedge_now.
    target_notional : array
        USD notional at which the hedge factor is the target.
    trade : array
        USD notional to sell (positive) or to buy back (negative).
    exposure_after : array
        Net exposure after the trade, USD.
    """

    value: Floats
    net_exposure: Floats
    hedge_now: Floats
    share_now: Floats
    target_notional: Floats
    trade: Floats
    exposure_after: Floats


def inverse_pnl(
    *, notional: npt.ArrayLike, entry: npt.ArrayLike, price: npt.ArrayLike, side: Side = "short"
) -> Pnl:
    """Profit of an inverse position: s · N · (1/E − 1/P) coin.

    Parameters
    ----------
    notional : array_like
        N, contracts · face, USD.
    entry, price : array_like
        E and P, USD per coin.
    side : {"short", "long"}
        s = −1 or +1.

    Raises
    ------
    HedgeInputError
        With the field's name.
    """
    notional, entry, price = gather(notional=notional, entry=entry, price=price)
    coin = _sign(side) * notional * (price - entry) / (entry * price)  # nothing is lost where both are close
    return Pnl(coin=coin, usd=coin * price)


def linear_pnl(
    *, notional: npt.ArrayLike, entry: npt.ArrayLike, price: npt.ArrayLike, side: Side = "short"
) -> Pnl:
    """Profit of a linear, USD-margined position of the same notional: s · (N/E) · (P − E) USD.

    In USD it is what an inverse position of that notional makes, but it is settled in dollars: a short has
    to be given dollars when the price rises.

    Parameters
    ----------
    notional : array_like
        N at the entry, USD.
    entry, price : array_like
        E and P, USD per coin.
    side : {"short", "long"}
        s = −1 or +1.

    Raises
    ------
    HedgeInputError
        With the field's name.
    """
    notional, entry, price = gather(notional=notional, entry=entry, price=price)
    usd = _sign(side) * notional * (price - entry) / entry
    return Pnl(coin=usd / price, usd=usd)


def measure_position(
    *, coins: npt.ArrayLike, notional: npt.ArrayLike, entry: npt.ArrayLike, price: npt.ArrayLike
) -> Position:
    """Coin with an inverse short at a price: V(P) = P · (W − N/E) + N.

    With h = N / (W · E) that is (1 − h) · W · P + h · W · E: a line in P, flat at h = 1.

    Parameters
    ----------
    coins : array_like
        W, coin held with the short, its margin included.
    notional : array_like
        N of the short, USD; negative for a long.
    entry, price : array_like
        E and P, USD per coin.

    Raises
    ------
    HedgeInputError
        With the field's name.
    """
    coins, notional, entry, price = gather(
        signed=("notional",), coins=coins, notional=notional, entry=entry, price=price
    )
    unhedged = unhedged_coins(coins, notional, entry)
    return Position(
        hedge=notional / (coins * entry),
        pnl_coin=-notional * (price - entry) / (entry * price),
        equity=unhedged + notional / price,
        value=unhedged * price + notional,
        net_exposure=unhedged * price,
        net_share=unhedged / coins,
        entry_formula=without_noise(coins * price - notional, coins * price),
    )


def measure_drift(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    coins: npt.ArrayLike,
    notional: npt.ArrayLike,
    entry: npt.ArrayLike,
    price: npt.ArrayLike,
    target: npt.ArrayLike,
    allow_outside: bool = False,
) -> Drift:
    """Compare the hedge factor at a price with its target: trade = h · V(P) − N.

    Parameters
    ----------
    coins, notional, entry, price : array_like
        As of `measure_position`.
    target : array_like
        h to be restored, 0 to 1.
    allow_outside : bool
        Whether `target` may lie outside 0 to 1.

    Raises
    ------
    HedgeInputError
        With the field's name; `price` where the short's loss has used up the coin.
    """
    coins, notional, entry, price, target = gather(
        signed=("notional", "target") if allow_outside else ("notional",),
        coins=coins,
        notional=notional,
        entry=entry,
        price=price,
        target=target,
    )
    exposure = unhedged_coins(coins, notional, entry) * price
    value = exposure + notional
    if np.any(value <= 0):
        raise HedgeInputError("price", "must leave coin: at this price the loss has used up all of it")
    return Drift(
        value=value,
        net_exposure=exposure,
        hedge_now=notional / value,
        share_now=exposure / value,
        target_notional=target * value,
        trade=without_noise(target * value - notional, value),
        exposure_after=(1 - target) * value,
    )


def unhedged_coins(coins: Floats, notional: Floats, entry: Floats) -> Floats:
    """W − N/E: the coin that no short stands against, the slope of V(P); inputs already checked."""
    covered = notional / entry
    return without_noise(coins - covered, np.maximum(coins, np.abs(covered)))


def _sign(side: Side) -> int:
    check_choice("side", side, ("short", "long"))
    return 1 if side == "long" else -1
