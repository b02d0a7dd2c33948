"""A hedge as it is opened, filled, moved by the price, measured and traded back to its target.

Inverse contracts are quoted in USD, margined and settled in the coin, and have a fixed face in USD. Their
profit in coin is not a straight line of the price; coin and short together are one in USD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ivts_site.analytics.hedge.fields import (
    SIGNED,
    check_inputs,
    check_list,
    check_pairs,
    sign_of,
    whole_contracts,
    without_noise,
)
from ivts_site.errors import HedgeInputError

Side = Literal["short", "long"]
Rounding = Literal["nearest", "down", "up"]

MOVES = tuple(step / 10 for step in range(-5, 11))
"""−50% to +100%, the moves of the usual table."""
HEDGES = (0.0, 0.5, 1.0)
"""Unhedged, half hedged, fully hedged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSize:
    """A hedge at its entry; negative notionals are those of a long."""

    coins: float
    """Coin held: spot value / entry."""
    target_notional: float
    """USD notional of the short before it is rounded to contracts."""
    contracts: float
    """Whole contracts of the face given."""
    notional: float
    """USD notional of those contracts."""
    hedge: float
    """Hedge factor that they reach: notional / spot value."""
    margin: float
    """Coin that secures them at the leverage given."""
    free_coins: float
    """Coin outside the margin."""
    net_exposure: float
    """USD: spot value − notional, right at the entry alone (see `measure_position`)."""
    net_share: float
    """Net exposure / spot value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fills:
    """Several fills as one position."""

    notional: float
    """USD notional of all fills."""
    entry: float
    """Average entry: notional / coin sold, the harmonic mean of the prices weighted by notional."""
    coins_sold: float
    """Coin value of the fills, each at its own price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnl:
    """Profit or loss of a futures position at a price."""

    coin: float
    """In coin."""
    usd: float
    """What that is worth in USD at the price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearPnl:
    """Profit or loss of a linear, USD-margined position at a price."""

    usd: float
    """In USD, as it is settled."""
    to_post: float
    """USD that a loss takes from the margin; 0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Coin and its inverse short at a price."""

    hedge: float
    """Hedge factor at the entry: notional / (coins · entry)."""
    pnl_coin: float
    """Profit of the short, coin."""
    equity: float
    """Coins with that profit, coin."""
    value: float
    """Equity in USD."""
    net_exposure: float
    """USD that still move with the price: equity · price − notional."""
    net_share: float
    """Net exposure / (coins · price), which stays at 1 − hedge."""
    entry_formula: float
    """USD: coins · price − notional, the rule for the entry; wrong at any other price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a hedge has drifted, and the trade in whole contracts that brings it back."""

    value: float
    """Coin and short at the price, USD."""
    net_exposure: float
    """USD that still move with the price."""
    hedge_now: float
    """Notional / value."""
    share_now: float
    """Exposed share of equity: net exposure / value."""
    target_notional: float
    """USD notional at which the hedge factor is the target."""
    contracts: float
    """Whole contracts to sell (positive) or to buy back (negative); 0 below one contract."""
    trade: float
    """USD notional of those contracts."""
    exposure_after: float
    """Net exposure after the trade, USD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A position after a trade, to go on from."""

    coins: float
    """Coin held: what a part bought back made or lost is in it, and the fee is not."""
    notional: float
    """USD notional sold."""
    entry: float
    """Average entry: moved by what is sold, not by what is bought back."""
    realized: float
    """Coin that the part bought back made or lost."""
    fee_coin: float
    """Coin paid for the trade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """Moves of the price from the entry; rows by hedge factor, columns by move."""

    hedges: tuple[float, ...]
    """Hedge factors."""
    moves: tuple[float, ...]
    """Moves of the price, fractions."""
    prices: tuple[float, ...]
    """Price at each move."""
    spot: tuple[float, ...]
    """USD value of the coin alone at each move."""
    pnl_coin: tuple[tuple[float, ...], ...]
    """Profit of the inverse short, coin."""
    pnl: tuple[tuple[float, ...], ...]
    """The same in USD."""
    total: tuple[tuple[float, ...], ...]
    """Coin and short, USD."""
    change: tuple[tuple[float, ...], ...]
    """Total − spot value at the entry, USD."""
    total_return: tuple[tuple[float, ...], ...]
    """Change / spot value at the entry."""
    net_exposure: tuple[tuple[float, ...], ...]
    """USD that still move with the price there."""


def size_hedge(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    spot_value: float,
    hedge: float,
    entry: float,
    leverage: float = 1.0,
    face: float = 1.0,
    rounding: Rounding = "nearest",
    allow_outside: bool = False,
) -> HedgeSize:
    """Size an inverse short: N = h · S, contracts = N / face in whole ones, margin = |N| / (E · L).

    S is the value at the entry. Where `allow_outside` lets h lie outside 0 to 1, the holder is net short
    above; below, the futures are a long. `leverage` is refused where the margin is more coin than is held.
    """
    signed = ("hedge",) if allow_outside else ()
    spot_value, hedge, entry, leverage, face = check_inputs(
        signed=signed, spot_value=spot_value, hedge=hedge, entry=entry, leverage=leverage, face=face
    )
    target = hedge * spot_value
    contracts = whole_contracts(target / face, rounding)
    notional, coins = contracts * face, spot_value / entry
    margin = abs(notional) / (entry * leverage)
    if margin - coins > face / (entry * leverage):  # rounding may ask for less than a contract too much
        raise HedgeInputError("leverage", "must be higher: the margin would be more coin than is held")
    return HedgeSize(
        coins=coins,
        target_notional=target,
        contracts=contracts,
        notional=notional,
        hedge=notional / spot_value,
        margin=margin,
        free_coins=without_noise(coins - margin, coins),
        net_exposure=without_noise(spot_value - notional, spot_value),
        net_share=without_noise(1 - notional / spot_value, 1.0),
    )


def average_entry(*, notionals: Sequence[float], prices: Sequence[float]) -> Fills:
    """Average entry of several fills: Σn / Σ(n / p), the price at which one fill would sell the same coin."""
    sold, at = check_pairs(1, notionals=notionals, prices=prices)
    total = sum(sold)
    coins = sum(amount / price for amount, price in zip(sold, at, strict=True))
    return Fills(notional=total, entry=total / coins, coins_sold=coins)


def inverse_pnl(*, notional: float, entry: float, price: float, side: Side = "short") -> Pnl:
    """Profit of an inverse position: s · N · (1/E − 1/P) coin."""
    notional, entry, price = check_inputs(notional=notional, entry=entry, price=price)
    coin = sign_of(side) * notional * (price - entry) / (entry * price)
    return Pnl(coin=coin, usd=coin * price)


def linear_pnl(*, notional: float, entry: float, price: float, side: Side = "short") -> LinearPnl:
    """Profit of a linear, USD-margined position of the same notional: s · (N/E) · (P − E) USD.

    In USD it is what an inverse position of that notional makes, but it is settled in dollars: when the price
    rises, a short has to post dollars.
    """
    notional, entry, price = check_inputs(notional=notional, entry=entry, price=price)
    usd = sign_of(side) * notional * (price - entry) / entry
    return LinearPnl(usd=usd, to_post=max(0.0, -usd))


def measure_position(*, coins: float, notional: float, entry: float, price: float) -> Position:
    """Coin with an inverse short at a price: V(P) = P · (W − N/E) + N, N below 0 for a long.

    With h = N / (W · E) that is (1 − h) · W · P + h · W · E: a line in P, flat at h = 1.
    """
    coins, notional, entry, price = check_inputs(
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
    coins: float,
    notional: float,
    entry: float,
    price: float,
    target: float,
    face: float = 1.0,
    rounding: Rounding = "nearest",
    allow_outside: bool = False,
) -> Drift:
    """Compare the hedge factor at a price with its target: trade = h · V(P) − N, in whole contracts.

    Rounded down it trades less, whichever way. `price` is refused where the short's loss has used up the
    coin.
    """
    coins, notional, entry, price, target, face = check_inputs(
        signed=("notional", "target") if allow_outside else ("notional",),
        coins=coins,
        notional=notional,
        entry=entry,
        price=price,
        target=target,
        face=face,
    )
    exposure = unhedged_coins(coins, notional, entry) * price
    value = exposure + notional
    if value <= 0:
        raise HedgeInputError("price", "must leave coin: at this price the loss has used up all of it")
    wanted = without_noise(target * value - notional, value)
    count = whole_contracts(abs(wanted) / face, rounding)
    contracts = count if wanted > 0 else 0.0 - count
    return Drift(
        value=value,
        net_exposure=exposure,
        hedge_now=notional / value,
        share_now=exposure / value,
        target_notional=target * value,
        contracts=contracts,
        trade=contracts * face,
        exposure_after=without_noise(exposure - contracts * face, value),
    )


def apply_trade(  # noqa: PLR0913 (the inputs of the calculator)
    *, coins: float, notional: float, entry: float, price: float, trade: float, fee: float = 0.0
) -> Traded:
    """Sell more of the future (trade > 0), or buy some of it back, and return the position that is left.

    `trade` is refused where more would be bought back than is sold, `price` where loss and fee would use up
    the coin.
    """
    coins, notional, entry, price, trade, fee = check_inputs(
        coins=coins, notional=notional, entry=entry, price=price, trade=trade, fee=fee
    )
    if without_noise(notional + trade, notional) < 0:
        raise HedgeInputError("trade", "must not buy back more than is sold")
    left = without_noise(notional + trade, notional)
    bought = max(0.0, -trade)
    realized = bought * (entry - price) / (entry * price)
    paid = fee * abs(trade) / price
    held = coins + realized - paid
    if held <= 0:
        raise HedgeInputError("price", "must leave coin: at this price the loss has used up all of it")
    sold = notional / entry + trade / price
    moved = left / sold if trade > 0 else entry
    return Traded(coins=held, notional=left, entry=moved, realized=realized, fee_coin=paid)


def build_scenarios(
    *,
    spot_value: float,
    entry: float,
    hedges: Sequence[float] = HEDGES,
    moves: Sequence[float] = MOVES,
    allow_outside: bool = False,
) -> Scenarios:
    """Work a table of scenarios out: at a move x from the entry the total is S · (1 + (1 − h) · x)."""
    spot, entry = check_inputs(spot_value=spot_value, entry=entry)
    hedges = check_list("hedges", hedges, 1, SIGNED if allow_outside else None)
    moves = check_list("moves", moves, 1)
    prices = tuple(entry * (1 + move) for move in moves)

    def table(cell: Callable[[float, float], float]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(cell(hedge, move) for move in moves) for hedge in hedges)

    return Scenarios(
        hedges=hedges,
        moves=moves,
        prices=prices,
        spot=tuple(spot * (1 + move) for move in moves),
        pnl_coin=table(lambda hedge, move: -hedge * spot * move / (entry * (1 + move))),
        pnl=table(lambda hedge, move: -hedge * spot * move),
        total=table(lambda hedge, move: spot + (1 - hedge) * spot * move),
        change=table(lambda hedge, move: (1 - hedge) * spot * move),
        total_return=table(lambda hedge, move: (1 - hedge) * move),
        net_exposure=table(lambda hedge, move: (1 - hedge) * spot * (1 + move)),
    )


def unhedged_coins(coins: float, notional: float, entry: float) -> float:
    """W − N/E: the coin that no short stands against, the slope of V(P); inputs already checked."""
    covered = notional / entry
    return without_noise(coins - covered, max(coins, abs(covered)))
