"""Reference implementation of the hedge lab; `static/js/hedge.js` computes the same in the browser.

An input has one meaning and one unit wherever its name stands. Prices (`entry` E, `price` P, `spot` S, the
dated future's `forward` F, `barrier` B) are USD per coin; `notional` N = contracts · `face`, `value` V and
`trade` are USD; `coins` W with the position, `margin` and `amount` a are coin. Hedge factors (`hedge` and
`target` h = N / (W · E)) and rates (`maintenance` m, `fee` c, `rate` f an interval, `premium` p and
`volatility` σ a year) are decimal fractions. `leverage` is L, `days` d are calendar days, `beta` is β,
`side` s = +1 for a long, −1 for a short. Contracts are rounded to the nearest whole one (halves go up), up,
or down, which never hedges more than asked.

Amounts in results are USD, and coin where their name has `coin` or `margin` in it, unless they say otherwise.

Numbers in, frozen results out. Every input is checked by the rule of its name before anything is computed;
what a formula does not allow raises `HedgeInputError` with the field's name, and nothing is clamped.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict, TypeVar, Unpack, cast, get_args

from ivts_site.errors import HedgeInputError

# ---------------------------------------------------------------- inputs

SMALLEST, LARGEST = 1e-9, 1e15
"""Amounts and prices outside are refused, so that no product or quotient of those within overflows."""
HOURS_A_YEAR = 8760
DAYS_A_YEAR = 365
ROUNDING = 8 * sys.float_info.epsilon
"""Relative: a difference this small is what decimal inputs leave behind, not coin."""

Side = Literal["short", "long"]
Rounding = Literal["nearest", "down", "up"]
MaintenanceOn = Literal["entry", "mark"]
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "side": get_args(Side), "rounding": get_args(Rounding), "maintenance_on": get_args(MaintenanceOn),
}  # fmt: skip
_SIGN = {"short": -1, "long": 1}

Rule = tuple[Callable[[float], bool], str]
Calculator = TypeVar("Calculator", bound=Callable[..., Any])

_AT_MOST: Rule = (lambda x: x <= LARGEST, "must be at most 1e15")
_POSITIVE: tuple[Rule, ...] = (
    (lambda x: x > 0, "must be above 0"),
    (lambda x: SMALLEST <= x <= LARGEST, "must lie between 1e-9 and 1e15"),
)
_NOT_NEGATIVE: tuple[Rule, ...] = ((lambda x: x >= 0, "must be 0 or above"), _AT_MOST)
_SIGNED: tuple[Rule, ...] = ((lambda x: abs(x) <= LARGEST, "must lie between -1e15 and 1e15"),)
_HEDGE: tuple[Rule, ...] = (
    (lambda x: 0 <= x <= 1, "must be between 0 and 1, unless values outside are allowed"),
)
_SHARE: tuple[Rule, ...] = ((lambda x: 0 <= x < 1, "must be 0 or above, and below 1"),)
_RETURN: tuple[Rule, ...] = (
    (lambda x: x >= -1, "must be -1 or above: nothing falls by more than all of itself"),
    _AT_MOST,
)
HEDGE_FACTORS = ("hedge", "hedges", "target")

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    **dict.fromkeys(
        (
            "spot_value", "value", "coins", "held", "entry", "price", "barrier", "spot", "forward", "days",
            "face", "volatility", "closes", "prices", "notionals",
        ),
        _POSITIVE,
    ),
    **dict.fromkeys(("margin", "notional", "amount", "slope", "horizon_days"), _NOT_NEGATIVE),
    **dict.fromkeys(("premium", "annual_rate", "beta", "trade", "additions"), _SIGNED),
    **dict.fromkeys(HEDGE_FACTORS, _HEDGE),
    **dict.fromkeys(("maintenance", "fee", "shares"), _SHARE),
    **dict.fromkeys(("asset_returns", "instrument_returns"), _RETURN),
    "leverage": ((lambda x: x >= 1, "must be 1 or above"), _AT_MOST),
    "rate": ((lambda x: abs(x) < 1, "must be between -1 and 1, both excluded"),),
    "interval_hours": (
        (lambda x: SMALLEST <= x <= HOURS_A_YEAR, "must be above 0 and at most 8760, a year"),
    ),
    "moves": ((lambda x: x > -1, "must be above -1: a price cannot fall by all of itself"), _AT_MOST),
    "r_squared": ((lambda x: 0 < x <= 1, "must be above 0 and at most 1"),),
}  # fmt: skip

LEAST: Final[Mapping[str, int]] = {
    **dict.fromkeys(("prices", "notionals", "hedges", "moves", "additions", "shares"), 1),
    "closes": 2, "asset_returns": 3, "instrument_returns": 3,
}  # fmt: skip
"""Inputs that are lists, and how many values they need."""
PAIRS = (("notionals", "prices"), ("asset_returns", "instrument_returns"))
"""Lists that are compared value by value."""


def check_inputs(*, signed: Sequence[str] = (), **given: Any) -> tuple[Any, ...]:
    """Return numbers and lists of numbers as floats, checked by the rules of their names, in the order given.

    The names in `signed` may have any sign here: hedges allowed outside 0 to 1, notionals of longs.
    """
    values: dict[str, Any] = {
        field: check_list(field, value) if field in LEAST else _number(field, value)
        for field, value in given.items()
    }
    for field, value in values.items():
        check_rules(field, value, _SIGNED if field in signed else RULES[field])
    for first, second in PAIRS:
        if first in values and len(values[first]) != len(values[second]):
            raise HedgeInputError(second, "must have as many values as the other list")
    return tuple(values.values())


def check_list(field: str, values: Any) -> tuple[float, ...]:
    """Return a list of numbers as floats."""
    if not isinstance(values, list | tuple):
        raise HedgeInputError(field, "must be a list of numbers")
    return tuple(_number(field, value) for value in values)


def check_rules(field: str, value: float | tuple[float, ...], rules: Sequence[Rule]) -> None:
    """Raise for the first rule that a number, or one of a list, breaks; then for a list that is too short."""
    numbers = value if isinstance(value, tuple) else (value,)
    for holds, message in rules:
        if not all(map(holds, numbers)):
            raise HedgeInputError(field, message)
    least = LEAST.get(field, 0)
    if len(numbers) < least:
        raise HedgeInputError(field, f"needs at least {least} {'value' if least == 1 else 'values'}")


def calculator(compute: Calculator, *, signed: Sequence[str] = ()) -> Calculator:
    """Let a calculator run on checked inputs alone; `allow_outside` frees its hedge factors."""
    ruled = [name for name in inspect.signature(compute).parameters if name in RULES]

    @functools.wraps(compute)
    def checked(**given: Any) -> Any:
        for name, choices in CHOICES.items():
            if given.get(name, choices[0]) not in choices:
                raise HedgeInputError(name, f"must be {' or '.join(choices)}")
        free = (*signed, *(HEDGE_FACTORS if given.get("allow_outside") else ()))
        named = {name: given[name] for name in ruled if name in given}
        return compute(**given | dict(zip(named, check_inputs(signed=free, **named), strict=True)))

    return cast("Calculator", checked)


def without_noise(difference: float, size: float) -> float:
    """Return a difference of two numbers of about `size`: zero where only rounding is left of it."""
    return 0.0 if abs(difference) <= ROUNDING * abs(size) else difference


def whole_contracts(count: float, rounding: str) -> float:
    """Round to whole contracts, unmoved by what decimal fractions leave behind: 3.0000000000000004 is 3."""
    if abs(count) >= 2.0**53:
        raise HedgeInputError("face", "must be larger: the contracts are too many to count")
    slack = ROUNDING * max(abs(count), 1)
    if rounding == "down":
        return math.floor(count + slack)
    return math.ceil(count - slack) if rounding == "up" else math.floor(count + 0.5 + slack)


def _checked(field: str, value: Any, rules: tuple[Rule, ...]) -> float:
    check_rules(field, number := _number(field, value), rules)
    return number


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HedgeInputError(field, "must be a number")
    if not math.isfinite(value):
        raise HedgeInputError(field, "must be a finite number")
    return float(value)


# ---------------------------------------------------------------- position

MOVES = tuple(step / 10 for step in range(-5, 11))
"""−50% to +100%, the moves of the usual table."""
HEDGES = (0.0, 0.5, 1.0)
"""Unhedged, half hedged, fully hedged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSize:
    """A hedge at its entry; negative notionals are those of a long."""

    coins: float
    target_notional: float
    """USD notional of the short before it is rounded to contracts."""
    contracts: float
    notional: float
    hedge: float
    """Hedge factor that they reach: notional / spot value."""
    margin: float
    """Coin that secures them at the leverage given."""
    free_coins: float
    net_exposure: float
    """USD: spot value − notional, right at the entry alone (see `measure_position`)."""
    net_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fills:
    """Several fills as one position."""

    notional: float
    entry: float
    """Average entry: notional / coin sold, the harmonic mean of the prices weighted by notional."""
    coins_sold: float
    """Coin value of the fills, each at its own price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnl:
    """Profit or loss of a futures position at a price."""

    coin: float
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
    equity: float
    value: float
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
    net_exposure: float
    hedge_now: float
    share_now: float
    """Exposed share of equity: net exposure / value."""
    target_notional: float
    """USD notional at which the hedge factor is the target."""
    contracts: float
    """Whole contracts to sell (positive) or to buy back (negative); 0 below one contract."""
    trade: float
    exposure_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A position after a trade, to go on from."""

    coins: float
    """Coin held: what a part bought back made or lost is in it, and the fee is not."""
    notional: float
    entry: float
    """Average entry: moved by what is sold, not by what is bought back."""
    realized: float
    """Coin that the part bought back made or lost."""
    fee_coin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """Moves of the price from the entry; rows by hedge factor, columns by move."""

    hedges: tuple[float, ...]
    moves: tuple[float, ...]
    prices: tuple[float, ...]
    spot: tuple[float, ...]
    """USD value of the coin alone at each move."""
    pnl_coin: tuple[tuple[float, ...], ...]
    """Profit of the inverse short, coin."""
    pnl: tuple[tuple[float, ...], ...]
    total: tuple[tuple[float, ...], ...]
    change: tuple[tuple[float, ...], ...]
    """Total − spot value at the entry, USD."""
    total_return: tuple[tuple[float, ...], ...]
    net_exposure: tuple[tuple[float, ...], ...]


@calculator
def size_hedge(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    spot_value: float,
    hedge: float,
    entry: float,
    leverage: float = 1.0,
    face: float = 1.0,
    rounding: Rounding = "nearest",
    allow_outside: bool = False,  # noqa: ARG001 (`calculator` reads it)
) -> HedgeSize:
    """Size an inverse short: N = h · S, contracts = N / face in whole ones, margin = |N| / (E · L).

    S is the value at the entry. Where `allow_outside` lets h lie outside 0 to 1, the holder is net short
    above; below, the futures are a long. `leverage` is refused where the margin is more coin than is held.
    """
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


@calculator
def average_entry(*, notionals: Sequence[float], prices: Sequence[float]) -> Fills:
    """Average entry of several fills: Σn / Σ(n / p), the price at which one fill would sell the same coin."""
    total = sum(notionals)
    coins = sum(amount / price for amount, price in zip(notionals, prices, strict=True))
    return Fills(notional=total, entry=total / coins, coins_sold=coins)


@calculator
def inverse_pnl(*, notional: float, entry: float, price: float, side: Side = "short") -> Pnl:
    """Profit of an inverse position: s · N · (1/E − 1/P) coin."""
    coin = _SIGN[side] * notional * (price - entry) / (entry * price)
    return Pnl(coin=coin, usd=coin * price)


@calculator
def linear_pnl(*, notional: float, entry: float, price: float, side: Side = "short") -> LinearPnl:
    """Profit of a linear, USD-margined position of the same notional: s · (N/E) · (P − E) USD.

    In USD it is what an inverse position of that notional makes, but it is settled in dollars: when the price
    rises, a short has to post dollars.
    """
    usd = _SIGN[side] * notional * (price - entry) / entry
    return LinearPnl(usd=usd, to_post=max(0.0, -usd))


@functools.partial(calculator, signed=("notional",))
def measure_position(*, coins: float, notional: float, entry: float, price: float) -> Position:
    """Coin with an inverse short at a price: V(P) = P · (W − N/E) + N, N below 0 for a long.

    With h = N / (W · E) that is (1 − h) · W · P + h · W · E: a line in P, flat at h = 1.
    """
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


@functools.partial(calculator, signed=("notional",))
def measure_drift(  # noqa: PLR0913 (the inputs of the calculator)
    *,
    coins: float,
    notional: float,
    entry: float,
    price: float,
    target: float,
    face: float = 1.0,
    rounding: Rounding = "nearest",
    allow_outside: bool = False,  # noqa: ARG001 (`calculator` reads it)
) -> Drift:
    """Compare the hedge factor at a price with its target: trade = h · V(P) − N, in whole contracts.

    Rounded down it trades less, whichever way. `price` is refused where the short's loss has used up the
    coin.
    """
    exposure = unhedged_coins(coins, notional, entry) * price
    value = _left_over(exposure + notional)
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


@calculator
def apply_trade(  # noqa: PLR0913 (the inputs of the calculator)
    *, coins: float, notional: float, entry: float, price: float, trade: float, fee: float = 0.0
) -> Traded:
    """Sell more of the future (trade > 0), or buy some of it back, and return the position that is left.

    `trade` is refused where more would be bought back than is sold, `price` where loss and fee would use up
    the coin.
    """
    if without_noise(notional + trade, notional) < 0:
        raise HedgeInputError("trade", "must not buy back more than is sold")
    left = without_noise(notional + trade, notional)
    bought = max(0.0, -trade)
    realized = bought * (entry - price) / (entry * price)
    paid = fee * abs(trade) / price
    held = _left_over(coins + realized - paid)
    sold = notional / entry + trade / price
    moved = left / sold if trade > 0 else entry
    return Traded(coins=held, notional=left, entry=moved, realized=realized, fee_coin=paid)


@calculator
def build_scenarios(
    *,
    spot_value: float,
    entry: float,
    hedges: Sequence[float] = HEDGES,
    moves: Sequence[float] = MOVES,
    allow_outside: bool = False,  # noqa: ARG001 (`calculator` reads it)
) -> Scenarios:
    """Work a table of scenarios out: at a move x from the entry the total is S · (1 + (1 − h) · x)."""
    prices = tuple(entry * (1 + move) for move in moves)

    def table(cell: Callable[[float, float], float]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(cell(hedge, move) for move in moves) for hedge in hedges)

    return Scenarios(
        hedges=tuple(hedges),
        moves=tuple(moves),
        prices=prices,
        spot=tuple(spot_value * (1 + move) for move in moves),
        pnl_coin=table(lambda hedge, move: -hedge * spot_value * move / (entry * (1 + move))),
        pnl=table(lambda hedge, move: -hedge * spot_value * move),
        total=table(lambda hedge, move: spot_value + (1 - hedge) * spot_value * move),
        change=table(lambda hedge, move: (1 - hedge) * spot_value * move),
        total_return=table(lambda hedge, move: (1 - hedge) * move),
        net_exposure=table(lambda hedge, move: (1 - hedge) * spot_value * (1 + move)),
    )


def _left_over(amount: float) -> float:
    """Return what is left of the coin, unless nothing is."""
    if amount <= 0:
        raise HedgeInputError("price", "must leave coin: at this price the loss has used up all of it")
    return amount


def unhedged_coins(coins: float, notional: float, entry: float) -> float:
    """W − N/E: the coin that no short stands against, the slope of V(P); inputs already checked."""
    covered = notional / entry
    return without_noise(coins - covered, max(coins, abs(covered)))


# ---------------------------------------------------------------- funding, basis and carry

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Funding that a position is credited (positive) or charged (negative), at an unchanged price."""

    interval_usd: float
    day_usd: float
    year_usd: float
    interval_coin: float
    day_coin: float
    year_coin: float
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
    basis: float
    simple: float
    """The basis as a rate a year of 365 days."""
    compound: float
    """The same, compounded: right only where it is earned again and again on what it made."""
    log: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """A cash-and-carry with a dated inverse future, in whole contracts."""

    contracts: float
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
    equity: float
    payoff: float


@calculator
def measure_funding(
    *, notional: float, price: float, rate: float, interval_hours: float = 8.0, side: Side = "short"
) -> Funding:
    """Funding of a perpetual: the long pays f · N / P coin an interval to the short, worth f · N USD.

    `rate` is refused where a year of it compounds beyond what a number can hold.
    """
    sign = _SIGN[side]
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


@calculator
def forward_price(*, spot: float, premium: float, days: float) -> float:
    """Price of a dated future from its premium a year, simple: F = S · (1 + p · d / 365), above 0."""
    forward = spot * (1 + premium * days / DAYS_A_YEAR)
    if forward <= 0:
        raise HedgeInputError("premium", "must leave the future a price above 0")
    return forward


@calculator
def measure_basis(*, spot: float, forward: float, days: float) -> Basis:
    """Annualize a basis: (F/S − 1) · 365/d simple, (F/S)^(365/d) − 1 compound, ln(F/S) · 365/d log.

    S is the price now, not the one at which an open hedge was entered. `days` is refused where the compound
    rate is beyond what a number can hold.
    """
    basis, terms = (forward - spot) / spot, DAYS_A_YEAR / days
    log = math.log1p(basis) * terms
    return Basis(
        premium=forward - spot, basis=basis, simple=basis * terms, compound=_compounded("days", log), log=log
    )


@calculator
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


@calculator
def carry_payoff(*, coins: float, notional: float, forward: float, price: float) -> CarryPayoff:
    """Settle coin and a dated inverse short: Q + N · (1/P − 1/F) coin, exactly N USD where N = Q · F."""
    end = measure_position(coins=coins, notional=notional, entry=forward, price=price)
    return CarryPayoff(pnl_coin=end.pnl_coin, equity=end.equity, payoff=end.value)


@calculator
def break_even_days(*, annual_rate: float, fee: float) -> float | None:
    """Days until income at a steady rate has paid the fees of getting in and out: 2 · c · 365 / rate.

    The rate is a simple one a year: a basis, or a year of funding. None where there is no income.
    """
    return 2 * fee * DAYS_A_YEAR / annual_rate if annual_rate > 0 else None


def _compounded(field: str, log_growth: float) -> float:
    try:
        return math.expm1(log_growth)
    except OverflowError as error:
        raise HedgeInputError(field, "compounds over a year to more than a number can hold") from error


# ---------------------------------------------------------------- liquidation

Tier = Sequence[float | None]
"""Largest size in coin (None for no limit), maintenance rate, and coin taken off (0 where left out)."""

ALERTS = (0.1, 0.05, 0.02)
"""Distances before liquidation that deserve an alert."""
_SIZE: tuple[Rule, ...] = ((lambda x: 0 < x <= 1e15, "must have sizes above 0"),)
_TIER_RATE: tuple[Rule, ...] = ((lambda x: 0 <= x < 1, "must have rates of 0 or above, and below 1"),)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What the venue asks for, as coin at a size q in coin: (rate + fee) · q + slope · q² − amount."""

    tiers: tuple[tuple[float, float, float], ...]
    """Upper end of the size, rate and amount, rising."""
    slope: float
    fee: float
    on_mark: bool
    """Whether the size is N / P, which falls as the price rises; else N / E, fixed."""


@calculator
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
    sign = _SIGN[side]
    if notional < SMALLEST:
        raise HedgeInputError("notional", "must be at least 1e-9: without a position nothing is liquidated")
    table = _check_tiers(tiers) if tiers is not None else ((math.inf, maintenance, amount),)
    asked = Requirement(tiers=table, slope=slope, fee=fee, on_mark=maintenance_on == "mark")
    size = notional / entry
    at = _closing_size(size, margin, asked, sign)
    if at is None or notional / at > LARGEST:
        return Liquidation(liquidates=False, price=None, distance=None)
    return Liquidation(liquidates=True, price=notional / at, distance=size / at - 1)


@calculator
def measure_aftermath(*, held: float, margin: float, price: float) -> Aftermath:
    """What is left of the coin held after a liquidation, with the whole margin taken to be lost."""
    coins = without_noise(held - margin, held)
    if coins < 0:
        raise HedgeInputError("margin", "must not be more coin than is held")
    return Aftermath(margin_value=margin * price, coins=coins, value=coins * price, long_unhedged=coins > 0)


@calculator
def alert_prices(
    *, price: float, shares: Sequence[float] = ALERTS, side: Side = "short"
) -> tuple[float, ...]:
    """Prices from which a move of each share reaches the liquidation price: a rise for a short."""
    sign = _SIGN[side]
    return tuple(price / (1 - sign * share) for share in shares)


@calculator
def chance_of_reaching(*, price: float, barrier: float, volatility: float, days: float) -> float:
    """Chance that a price touches a barrier within some days: 2 · (1 − Φ(|ln(B/P)| / (σ · √T))).

    The price is taken to be driftless, its logarithm to move by chance alone at a steady volatility, watched
    without a pause; real prices jump.
    """
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
            ceiling = _checked("tiers", row[0], _SIZE)
        elif place + 1 < len(tiers):
            raise HedgeInputError("tiers", "may leave the size open in the last line alone")
        rate = _checked("tiers", row[1], _TIER_RATE)
        amount = _checked("tiers", row[2] if len(row) == 3 else 0.0, _AMOUNT)
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


# ---------------------------------------------------------------- a whole position

_FUNDING = ("rate", "interval_hours", "horizon_days")


class Terms(TypedDict, total=False):
    """The venue's rules as of `find_liquidation`, and the funding to be paid for some days ahead."""

    maintenance: float
    fee: float
    amount: float
    """a, coin taken off the maintenance margin."""
    slope: float
    tiers: Sequence[Tier] | None
    """Tier table, in place of rate and amount."""
    maintenance_on: MaintenanceOn
    """Value that the rate is a share of."""
    rate: float
    """f, funding rate an interval; below 0 the short pays."""
    interval_hours: float
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
    values: tuple[float, ...]
    """USD value there, of what is left from liquidation on."""
    changes: tuple[float, ...]
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
    chances: tuple[float, ...]
    """Chance of reaching it, see `chance_of_reaching`; 0 where there is none, 1 where it is passed."""


@calculator
def measure_hedge(
    *, coins: float, margin: float, notional: float, entry: float, price: float, **terms: Unpack[Terms]
) -> WholeHedge:
    """Measure coin and short at the price now, by the venue's rules.

    `margin` is refused where it is more coin than is held, or too little for maintenance and fee; `rate`
    where the funding due would use the margin up.
    """
    left = measure_aftermath(held=coins, margin=margin, price=price)
    due = _funding_due(notional, price, terms)
    closes = _closing_price(margin, due, notional, entry, terms)
    gone = _is_closed(price, closes)
    held = measure_position(coins=coins, notional=notional, entry=entry, price=price)
    value = left.value if gone else _left_over(held.value)
    return WholeHedge(
        value=value,
        exposed_share=1.0 if gone else held.net_exposure / value,
        liquidates=closes is not None,
        liquidation=closes,
        distance=_distance(closes, price),
        from_entry=_distance(closes, entry),
        liquidated=gone,
        coins_left=left.coins,
        left_value=None if closes is None else left.coins * closes,
        funding_due=due,
    )


@calculator
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
    prices = tuple(price * (1 + move) for move in moves)
    gone = tuple(now.liquidated or _is_closed(at, now.liquidation) for at in prices)

    def value(at: float, closed: bool) -> float:
        if closed:
            return now.coins_left * at
        return measure_position(coins=coins, notional=notional, entry=entry, price=at).value

    def result(at: float, closed: bool) -> float:
        return -margin * at if closed else inverse_pnl(notional=notional, entry=entry, price=at).usd

    values = tuple(map(value, prices, gone))
    return Outcomes(
        moves=tuple(moves),
        prices=prices,
        values=values,
        changes=tuple(without_noise(each - now.value, now.value) for each in values),
        futures=tuple(map(result, prices, gone)),
        unhedged=tuple(coins * price * move for move in moves),
        exposed_shares=tuple(
            1.0 if closed else without_noise(1 - notional / each, 1.0)
            for each, closed in zip(values, gone, strict=True)
        ),
        liquidated=gone,
    )


@calculator
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
    due = _funding_due(notional, price, terms)
    margins = tuple(margin + each for each in additions)
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
        distances=tuple(_distance(each, price) for each in prices),
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
    due: float = max(0.0, -rate) * intervals * notional / price
    return due


def _closing_price(margin: float, due: float, notional: float, entry: float, terms: Terms) -> float | None:
    """Liquidation price of the short once the funding due has left its margin."""
    if notional == 0:
        return None
    if due >= margin > 0:
        raise HedgeInputError("rate", "would use up the margin within the days looked ahead")
    rules: dict[str, Any] = {name: value for name, value in terms.items() if name not in _FUNDING}
    return find_liquidation(notional=notional, margin=margin - due, entry=entry, **rules).price


def _distance(closes: float | None, start: float) -> float | None:
    return None if closes is None else closes / start - 1


def _is_closed(price: float, closes: float | None) -> bool:
    return closes is not None and price >= closes * (1 - ROUNDING)


# ---------------------------------------------------------------- another coin

PERCENT_SIGN = 0.3
"""Half of all returns of a coin above it, up or down, are percentages or prices, not fractions."""

CLOSE: tuple[Rule, ...] = ((lambda x: 1e-9 <= x <= 1e15, "must have closes above 0"),)

DatedClose = Sequence[str | float]
"""An ISO date and a close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCloses:
    """Closes of two instruments on the days that both have, oldest first."""

    dates: tuple[str, ...]
    asset: tuple[float, ...]
    instrument: tuple[float, ...]
    n_unpaired: int
    """Days that only one of them has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeBeta:
    """Least squares of an asset's returns on an instrument's, and the hedge that follows from it."""

    beta: float
    """Slope; also the minimum-variance hedge ratio, Cov(asset, instrument) / Var(instrument)."""
    alpha: float
    """Intercept, a return a period."""
    standard_error: float
    """Of the slope: residual deviation / √Σ(x − mean x)²."""
    r_squared: float
    """Share of the asset's variance that the instrument explains."""
    residual_deviation: float
    """√(sum of squared residuals / (n − 2)), a return a period: what the hedge cannot remove."""
    n: int
    notional: float
    """USD notional of the instrument to sell with its margin held: beta · value."""
    residual_risk: float
    """Residual deviation · value, USD a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaHedge:
    """The future to sell against another coin, and what stays open."""

    exposure: float
    """β · V: USD of the instrument that the asset moves like."""
    notional: float
    """USD notional to sell; below 0 to buy."""
    margin: float
    """USD of the instrument's coin that secures it."""
    bought: float
    """USD of coin to buy for it; 0 where it is held already."""
    open_exposure: float
    """USD of the instrument that stays exposed: the coin held as margin, else nothing."""


@calculator
def pair_closes(*, asset: Sequence[DatedClose], instrument: Sequence[DatedClose]) -> PairedCloses:
    """Pair two series of (ISO date, close), in any order, by their dates; at least four must be common."""
    first, second = _by_date("asset", asset), _by_date("instrument", instrument)
    days = sorted(first.keys() & second.keys())
    if len(days) < 4:
        raise HedgeInputError("instrument", f"shares {len(days)} dates with the other; at least 4 are needed")
    return PairedCloses(
        dates=tuple(days),
        asset=tuple(first[day] for day in days),
        instrument=tuple(second[day] for day in days),
        n_unpaired=len(first) + len(second) - 2 * len(days),
    )


@calculator
def simple_returns(*, closes: Sequence[float]) -> tuple[float, ...]:
    """Returns from one close to the next, at least one: close(t) / close(t − 1) − 1."""
    return tuple((now - before) / before for before, now in itertools.pairwise(closes))


@calculator
def hedge_beta(
    *, asset_returns: Sequence[float], instrument_returns: Sequence[float], value: float
) -> HedgeBeta:
    """Beta hedge of one asset with another's future: ordinary least squares, notional = β · V.

    The returns are simple ones of the same periods, at least three. Percentages or prices in place of
    fractions are refused, and so are returns that do not vary.
    """
    _check_returns("asset_returns", asset_returns)
    _check_returns("instrument_returns", instrument_returns)
    n = len(asset_returns)
    mean_x, mean_y = sum(instrument_returns) / n, sum(asset_returns) / n
    x, y = [each - mean_x for each in instrument_returns], [each - mean_y for each in asset_returns]
    spread = _dot(x, x)
    beta = _dot(x, y) / spread
    residuals = [each - beta * other for each, other in zip(y, x, strict=True)]
    unexplained = _dot(residuals, residuals)
    deviation = math.sqrt(unexplained / (n - 2))
    return HedgeBeta(
        beta=beta,
        alpha=mean_y - beta * mean_x,
        standard_error=deviation / math.sqrt(spread),
        r_squared=1 - unexplained / _dot(y, y),
        residual_deviation=deviation,
        n=n,
        notional=beta * value,
        residual_risk=deviation * value,
    )


@calculator
def size_beta_hedge(*, value: float, beta: float, leverage: float, margin_held: bool = False) -> BetaHedge:
    """Size the future that neutralizes another coin: β · V, more where its margin coin has to be bought.

    Coin bought as margin is exposure too: N = β · V · L / (L − 1) for a short, L / (L + 1) for a long. At 1×
    a short is refused: every dollar sold would ask for a dollar bought. Margin coin that is held already
    stays exposed.
    """
    exposure = beta * value
    sign = -1 if exposure > 0 else 1
    if margin_held:
        notional = exposure
    elif leverage == 1 and sign < 0:
        raise HedgeInputError("leverage", "must be above 1: the margin bought would undo all that is sold")
    else:
        notional = exposure * leverage / (leverage + sign)
    margin = abs(notional) / leverage
    return BetaHedge(
        exposure=exposure,
        notional=notional,
        margin=margin,
        bought=0.0 if margin_held else margin,
        open_exposure=margin if margin_held else 0.0,
    )


@calculator
def residual_risk(*, value: float, beta: float, r_squared: float, volatility: float, days: float) -> float:
    """USD that a beta hedge leaves open, one standard deviation: |β| · V · σ · √(d/365) · √(1/R² − 1)."""
    moved = abs(beta) * value * volatility * math.sqrt(days / DAYS_A_YEAR)
    return moved * math.sqrt(1 / r_squared - 1)


def _by_date(field: str, series: Sequence[DatedClose]) -> dict[str, float]:
    found: dict[str, float] = {}
    if not isinstance(series, list | tuple) or not series:
        raise HedgeInputError(field, "must have a date and a close in each line")
    for row in series:
        if not isinstance(row, list | tuple) or len(row) != 2 or not isinstance(row[0], str):
            raise HedgeInputError(field, "must have a date and a close in each line")
        if row[0] in found:
            raise HedgeInputError(field, f"has {row[0]} twice")
        found[row[0]] = _checked(field, row[1], CLOSE)
    return found


def _check_returns(field: str, returns: Sequence[float]) -> None:
    middle = sorted(map(abs, returns))[len(returns) // 2]
    if middle > PERCENT_SIGN:
        raise HedgeInputError(field, "must be fractions, 0.013 for 1.3%: these look like percent or prices")
    if min(returns) == max(returns):
        raise HedgeInputError(field, "must vary: all values are equal")


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(a, b, strict=True))
