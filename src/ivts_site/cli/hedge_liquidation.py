"""`ivts-site hedge liquidation`: the price, and what is left, in figures and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivts_site import formatting as f
from ivts_site.analytics import hedge as lab
from ivts_site.analytics.hedge.fields import gather
from ivts_site.errors import UsageError


def measure(  # noqa: PLR0913 (one argument an option)
    *,
    cross: bool,
    entry: float,
    leverage: float | None,
    maintenance: float,
    maintenance_on: Any,
    notional: float | None,
    coins: float | None,
    side: Any,
) -> dict[str, Any]:
    """Return `liquidation`, and `left` where it happens and notional and coin are known.

    Raises
    ------
    UsageError
        Where an option that is needed is missing.
    HedgeInputError
        With the field's name.
    """
    if cross:
        if notional is None or coins is None:
            raise UsageError("--cross: needs --notional and --coins, the position and the wallet")
        found = lab.liquidation_cross(
            notional=notional,
            coins=coins,
            entry=entry,
            maintenance=maintenance,
            side=side,
            maintenance_on=maintenance_on or "mark",
        )
        return {"liquidation": found, **_left(found, coins, coins)}
    if leverage is None:
        raise UsageError("--leverage: is needed, unless --cross is given")
    found = lab.liquidation_isolated(
        entry=entry,
        leverage=leverage,
        maintenance=maintenance,
        side=side,
        maintenance_on=maintenance_on or "entry",
    )
    if notional is None or coins is None:
        return {"liquidation": found}
    (amount,) = gather(notional=notional)
    return {"liquidation": found, **_left(found, coins, amount / (entry * leverage))}


def sentence(results: Mapping[str, Any], *, side: str) -> str:
    """Say what happens: never, or what the holder is left with."""
    if not results["liquidation"].liquidates:
        return f"Never liquidated: the coin margin covers the whole {side}."
    estimate = "An estimate: fees, tiers and the mark price differ by venue."
    if "left" not in results:
        return estimate
    left = results["left"]
    if not left.long_unhedged:
        return f"Nothing is left. {estimate}"
    coins, value = f.fixed(left.coins, 8), f.fixed(left.value, 2)
    return f"Left long, unhedged: {coins} coin, {value} USD at that price. {estimate}"


def _left(found: lab.Liquidation, held: float, margin: Any) -> dict[str, Any]:
    if not found.liquidates:
        return {}
    return {"left": lab.measure_aftermath(held=held, margin=margin, price=found.price)}
