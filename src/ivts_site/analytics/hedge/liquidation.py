"""Where an inverse position is liquidated, and what its holder is left with.

Estimates: fees, tiers and the venue's own mark price are not in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import SMALLEST, check_choice, gather, without_noise
from ivts_site.analytics.hedge.position import Side
from ivts_site.analytics.results import Flags, Floats
from ivts_site.errors import HedgeInputError

MaintenanceOn = Literal["entry", "mark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidation:
    """Price at which the margin's equity meets the maintenance margin.

    Attributes
    ----------
    liquidates : array of bool
        False where the coin margin covers the whole short.
    price : array
        USD per coin; NaN where it is never liquidated.
    distance : array
        price / entry − 1; NaN where it is never liquidated.
    """

    liquidates: Flags
    price: Floats
    distance: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a hedger holds after the liquidation of the short: the coin outside the margin, unhedged.

    Attributes
    ----------
    margin_value : array
        USD that the lost margin was worth at that price.
    coins : array
        Coin left: held − margin.
    value : array
        Its USD value at that price, all of it exposed from then on.
    long_unhedged : array of bool
        Whether any coin is left.
    """

    margin_value: Floats
    coins: Floats
    value: Floats
    long_unhedged: Flags


def liquidation_isolated(
    *,
    entry: npt.ArrayLike,
    leverage: npt.ArrayLike,
    maintenance: npt.ArrayLike,
    side: Side = "short",
    maintenance_on: MaintenanceOn = "entry",
) -> Liquidation:
    """Liquidation price of a position that its own margin N / (E · L) alone secures.

    Maintenance on the entry value (m · N/E coin): short E / (1 − 1/L + m), long E / (1 + 1/L − m).
    On the mark value (m · N/P coin): short E · (1 − m) / (1 − 1/L), long E · (1 + m) / (1 + 1/L).
    A short at L = 1 is never liquidated: its margin covers it at every price. (A venue that fixes the
    maintenance in coin at the entry may close even that one, beyond E / m.)

    Parameters
    ----------
    entry : array_like
        E, USD per coin.
    leverage : array_like
        L, at least 1.
    maintenance : array_like
        m, 0 or above and below 1 / L.
    side : {"short", "long"}
        Which position.
    maintenance_on : {"entry", "mark"}
        Value that m is a share of.

    Raises
    ------
    HedgeInputError
        With the field's name; `maintenance` where m ≥ 1 / L.
    """
    entry, leverage, maintenance = gather(entry=entry, leverage=leverage, maintenance=maintenance)
    return _liquidation(entry, 1 / leverage, maintenance, side=side, maintenance_on=maintenance_on)


def liquidation_cross(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    notional: npt.ArrayLike,
    coins: npt.ArrayLike,
    entry: npt.ArrayLike,
    maintenance: npt.ArrayLike,
    side: Side = "short",
    maintenance_on: MaintenanceOn = "mark",
) -> Liquidation:
    """Liquidation price of a position that the whole wallet secures.

    Maintenance on the mark value: short N · (1 − m) / (N/E − W), long N · (1 + m) / (N/E + W).
    On the entry value: short N / ((1 + m) · N/E − W), long N / ((1 − m) · N/E + W).
    A short is never liquidated where W ≥ N/E.

    Parameters
    ----------
    notional : array_like
        N, USD; without any there is nothing to liquidate.
    coins : array_like
        W, coin in the wallet.
    entry : array_like
        E, USD per coin.
    maintenance : array_like
        m, 0 or above and below W · E / N.
    side : {"short", "long"}
        Which position.
    maintenance_on : {"entry", "mark"}
        Value that m is a share of.

    Raises
    ------
    HedgeInputError
        With the field's name; `maintenance` where the wallet does not meet it at the entry.
    """
    notional, coins, entry, maintenance = gather(
        notional=notional, coins=coins, entry=entry, maintenance=maintenance
    )
    if np.any(notional < SMALLEST):
        raise HedgeInputError("notional", "must be at least 1e-9: without a position nothing is liquidated")
    share = coins / (notional / entry)
    return _liquidation(entry, share, maintenance, side=side, maintenance_on=maintenance_on)


def measure_aftermath(*, held: npt.ArrayLike, margin: npt.ArrayLike, price: npt.ArrayLike) -> Aftermath:
    """What is left after a liquidation, with the whole margin taken to be lost.

    Parameters
    ----------
    held : array_like
        Coin held before, the margin included.
    margin : array_like
        Coin that secured the position: N / (E · L) isolated, the wallet cross.
    price : array_like
        Liquidation price, USD per coin.

    Raises
    ------
    HedgeInputError
        With the field's name; `margin` where it is more than is held.
    """
    held, margin, price = gather(held=held, margin=margin, price=price)
    coins = without_noise(held - margin, held)
    if np.any(coins < 0):
        raise HedgeInputError("margin", "must not be more coin than is held")
    return Aftermath(margin_value=margin * price, coins=coins, value=coins * price, long_unhedged=coins > 0)


def _liquidation(
    entry: Floats, margin: Floats, maintenance: Floats, *, side: Side, maintenance_on: MaintenanceOn
) -> Liquidation:
    """Solve for P / E; `margin` is the margin's share of the coin value N / E."""
    check_choice("side", side, ("short", "long"))
    check_choice("maintenance_on", maintenance_on, ("entry", "mark"))
    if np.any(maintenance >= margin):
        raise HedgeInputError(
            "maintenance", "must be below 1 / leverage, the margin as a share of the position"
        )
    sign = -1 if side == "short" else 1
    uncovered = without_noise(1 + sign * margin, 1.0)
    liquidates = np.broadcast_to(uncovered > 0, np.broadcast(entry, uncovered, maintenance).shape)
    if maintenance_on == "entry":
        above, below = np.ones_like(uncovered), uncovered - sign * maintenance
    else:
        above, below = 1 + sign * maintenance, uncovered
    relative = above / np.where(uncovered > 0, below, np.nan)
    return Liquidation(liquidates=liquidates, price=entry * relative, distance=relative - 1)
