"""The size of a hedge: notional, whole contracts, coin margin, and the exposure that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import ROUNDING, check_choice, gather, without_noise
from ivts_site.analytics.results import Floats, Ints
from ivts_site.errors import HedgeInputError

Rounding = Literal["nearest", "down", "up"]

_COUNTABLE = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSize:
    """A hedge at its entry; negative notionals are those of a long.

    Attributes
    ----------
    coins : array
        Coin held: spot value / entry.
    target_notional : array
        USD notional of the short before it is rounded to contracts.
    contracts : array of int
        Contracts of the face given.
    notional : array
        USD notional of those contracts.
    hedge : array
        Hedge factor that they reach: notional / spot value.
    margin : array
        Coin that secures them at the leverage given.
    free_coins : array
        Coin outside the margin; negative where the margin asks for more than is held.
    net_exposure : array
        USD: spot value − notional, right at the entry alone (see `measure_position`).
    net_share : array
        Net exposure / spot value.
    """

    coins: Floats
    target_notional: Floats
    contracts: Ints
    notional: Floats
    hedge: Floats
    margin: Floats
    free_coins: Floats
    net_exposure: Floats
    net_share: Floats


def size_hedge(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    spot_value: npt.ArrayLike,
    hedge: npt.ArrayLike,
    entry: npt.ArrayLike,
    leverage: npt.ArrayLike = 1.0,
    face: npt.ArrayLike = 1.0,
    rounding: Rounding = "nearest",
    allow_outside: bool = False,
) -> HedgeSize:
    """Size an inverse short: N = h · S, contracts = N / face in whole ones, margin = |N| / (E · L).

    Parameters
    ----------
    spot_value : array_like
        S, USD value of the coin held, at the entry price.
    hedge : array_like
        h, share of it to hedge, 0 to 1.
    entry : array_like
        E, USD per coin.
    leverage : array_like
        L, at least 1.
    face : array_like
        USD a contract.
    rounding : {"nearest", "down", "up"}
        To whole contracts; halves go up. Down never hedges more than asked.
    allow_outside : bool
        Whether `hedge` may lie outside 0 to 1: above, the holder is net short; below, the futures are a long.

    Raises
    ------
    HedgeInputError
        With the field's name: see `fields`; `face` where the contracts would be too many to count.
    """
    check_choice("rounding", rounding, ("nearest", "down", "up"))
    signed = ("hedge",) if allow_outside else ()
    spot_value, hedge, entry, leverage, face = gather(
        signed=signed, spot_value=spot_value, hedge=hedge, entry=entry, leverage=leverage, face=face
    )
    target = hedge * spot_value
    contracts = _whole(target / face, rounding)
    notional, coins = contracts * face, spot_value / entry
    margin = np.abs(notional) / (entry * leverage)
    return HedgeSize(
        coins=coins,
        target_notional=target,
        contracts=contracts.astype(np.int64),
        notional=notional,
        hedge=notional / spot_value,
        margin=margin,
        free_coins=without_noise(coins - margin, coins),
        net_exposure=without_noise(spot_value - notional, spot_value),
        net_share=without_noise(1 - notional / spot_value, 1.0),
    )


def _whole(count: Floats, rounding: Rounding) -> Floats:
    """Round to whole contracts, not moved by what decimal fractions leave behind: 3.0000000000000004 is 3."""
    if np.any(np.abs(count) >= _COUNTABLE):
        raise HedgeInputError("face", "must be larger: the contracts are too many to count")
    slack = ROUNDING * np.maximum(np.abs(count), 1)
    if rounding == "down":
        return np.floor(count + slack)
    return np.ceil(count - slack) if rounding == "up" else np.floor(count + 0.5 + slack)
