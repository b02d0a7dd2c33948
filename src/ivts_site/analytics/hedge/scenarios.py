"""Value of spot, hedge and both together for moves of the price, under several hedge factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.hedge.fields import gather
from ivts_site.analytics.results import Floats
from ivts_site.errors import HedgeInputError

MOVES = tuple(step / 10 for step in range(-5, 11))
"""−50% to +100%, the moves of the usual table."""
HEDGES = (0.0, 0.5, 1.0)
"""Unhedged, half hedged, fully hedged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """A table of scenarios; `m` moves, `k` hedge factors.

    Attributes
    ----------
    hedges : array
        Shape (k,): hedge factors.
    moves, prices, spot : array
        Shape (m,): move of the price as a fraction, the price, USD value of the coin there.
    pnl_coin, pnl : array
        Shape (k, m): profit of the inverse short in coin, and in USD.
    total : array
        Shape (k, m): coin and short, USD.
    change : array
        Shape (k, m): total − spot value at the entry, USD.
    total_return : array
        Shape (k, m): change / spot value at the entry.
    net_exposure : array
        Shape (k, m): USD that still move with the price there.
    """

    hedges: Floats
    moves: Floats
    prices: Floats
    spot: Floats
    pnl_coin: Floats
    pnl: Floats
    total: Floats
    change: Floats
    total_return: Floats
    net_exposure: Floats


def build_scenarios(
    *,
    spot_value: npt.ArrayLike,
    entry: npt.ArrayLike,
    hedges: npt.ArrayLike = HEDGES,
    moves: npt.ArrayLike = MOVES,
    allow_outside: bool = False,
) -> Scenarios:
    """Work a table of scenarios out: at a move x the total is S · (1 + (1 − h) · x).

    Parameters
    ----------
    spot_value : array_like
        S, one number: USD value of the coin at the entry.
    entry : array_like
        E, one number: USD per coin, at which the short is sold.
    hedges : array_like
        Hedge factors, 0 to 1.
    moves : array_like
        Moves of the price from the entry, above −1.
    allow_outside : bool
        Whether hedge factors may lie outside 0 to 1.

    Raises
    ------
    HedgeInputError
        With the field's name; also where `hedges` or `moves` is empty.
    """
    spot_value, entry = gather(spot_value=spot_value, entry=entry)
    for field, number in {"spot_value": spot_value, "entry": entry}.items():
        if number.ndim:
            raise HedgeInputError(field, "must be one number")
    (factors,) = gather(signed=("hedges",) if allow_outside else (), hedges=hedges)
    (shifts,) = gather(moves=moves)
    for field, values in {"hedges": factors, "moves": shifts}.items():
        if values.ndim != 1 or not values.size:
            raise HedgeInputError(field, "needs at least 1 value in one list")
    prices, spot, down = entry * (1 + shifts), spot_value * (1 + shifts), factors[:, np.newaxis]
    pnl = -down * spot_value * shifts
    change = (1 - down) * spot_value * shifts
    return Scenarios(
        hedges=factors,
        moves=shifts,
        prices=prices,
        spot=spot,
        pnl_coin=pnl / prices,
        pnl=pnl,
        total=spot_value + change,
        change=change,
        total_return=(1 - down) * shifts,
        net_exposure=(1 - down) * spot,
    )
