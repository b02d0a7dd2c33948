"""Inputs of the hedge calculators: one meaning, one unit and one rule for each name, as in the browser.

Prices are USD per coin, notionals and values USD, amounts of coin in coin, shares and rates decimal
fractions. Every rule is checked before anything is computed; nothing is clamped.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ivts_site.errors import HedgeInputError

SMALLEST, LARGEST = 1e-9, 1e15
"""Amounts and prices outside are refused, so that no product or quotient of those within overflows."""
HOURS_A_YEAR = 8760
DAYS_A_YEAR = 365
ROUNDING = 8 * sys.float_info.epsilon
"""Relative: a difference this small is what decimal inputs leave behind, not coin."""

Rule = tuple[Callable[[float], bool], str]

_POSITIVE: tuple[Rule, ...] = (
    (lambda x: x > 0, "must be above 0"),
    (lambda x: SMALLEST <= x <= LARGEST, "must lie between 1e-9 and 1e15"),
)
_NOT_NEGATIVE: tuple[Rule, ...] = (
    (lambda x: x >= 0, "must be 0 or above"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
SIGNED: tuple[Rule, ...] = ((lambda x: abs(x) <= LARGEST, "must lie between -1e15 and 1e15"),)
_HEDGE: tuple[Rule, ...] = (
    (lambda x: 0 <= x <= 1, "must be between 0 and 1, unless values outside are allowed"),
)
_LEVERAGE: tuple[Rule, ...] = (
    (lambda x: x >= 1, "must be 1 or above"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
_SHARE: tuple[Rule, ...] = ((lambda x: 0 <= x < 1, "must be 0 or above, and below 1"),)
_RATE: tuple[Rule, ...] = ((lambda x: abs(x) < 1, "must be between -1 and 1, both excluded"),)
_HOURS: tuple[Rule, ...] = (
    (lambda x: SMALLEST <= x <= HOURS_A_YEAR, "must be above 0 and at most 8760, a year"),
)
_MOVE: tuple[Rule, ...] = (
    (lambda x: x > -1, "must be above -1: a price cannot fall by all of itself"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
_RETURN: tuple[Rule, ...] = (
    (lambda x: x >= -1, "must be -1 or above: nothing falls by more than all of itself"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
_R_SQUARED: tuple[Rule, ...] = ((lambda x: 0 < x <= 1, "must be above 0 and at most 1"),)

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    **dict.fromkeys(
        (
            "spot_value", "value", "coins", "held", "entry", "price", "barrier", "spot", "forward", "days",
            "face", "volatility", "closes", "prices", "notionals",
        ),
        _POSITIVE,
    ),
    **dict.fromkeys(("margin", "notional", "amount", "slope", "horizon_days"), _NOT_NEGATIVE),
    **dict.fromkeys(("premium", "annual_rate", "beta", "trade", "additions"), SIGNED),
    **dict.fromkeys(("hedge", "hedges", "target"), _HEDGE),
    **dict.fromkeys(("maintenance", "fee", "shares"), _SHARE),
    "leverage": _LEVERAGE,
    "rate": _RATE,
    "interval_hours": _HOURS,
    "moves": _MOVE,
    "asset_returns": _RETURN,
    "instrument_returns": _RETURN,
    "r_squared": _R_SQUARED,
}  # fmt: skip


def check_inputs(*, signed: tuple[str, ...] = (), **given: Any) -> tuple[float, ...]:
    """Return numbers as floats, checked by the rules of their names, in the order given.

    The names in `signed` may have any sign here: hedges allowed outside 0 to 1, notionals of longs.
    """
    values = {field: _number(field, value) for field, value in given.items()}
    for field, value in values.items():
        check_rules(field, (value,), SIGNED if field in signed else RULES[field])
    return tuple(values.values())


def check_list(
    field: str, values: Any, least: int, rules: tuple[Rule, ...] | None = None
) -> tuple[float, ...]:
    """Return a list of numbers as floats, each checked by the rule of the list's name, or by `rules`."""
    if not isinstance(values, list | tuple):
        raise HedgeInputError(field, "must be a list of numbers")
    numbers = tuple(_number(field, value) for value in values)
    check_rules(field, numbers, RULES[field] if rules is None else rules)
    if len(numbers) < least:
        raise HedgeInputError(field, f"needs at least {least} {'value' if least == 1 else 'values'}")
    return numbers


def check_pairs(least: int, **given: Any) -> tuple[tuple[float, ...], ...]:
    """Return lists that are compared value by value; each must be as long as the first."""
    lists = {field: check_list(field, values, least) for field, values in given.items()}
    length = len(next(iter(lists.values())))
    for field, values in lists.items():
        if len(values) != length:
            raise HedgeInputError(field, "must have as many values as the other list")
    return tuple(lists.values())


def check_rules(field: str, values: Sequence[float], rules: tuple[Rule, ...]) -> None:
    """Raise for the first rule that one of the values breaks."""
    for holds, message in rules:
        if not all(map(holds, values)):
            raise HedgeInputError(field, message)


def check_choice(field: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise `HedgeInputError` where a word is none of those allowed."""
    if value not in choices:
        raise HedgeInputError(field, f"must be {' or '.join(choices)}")


def sign_of(side: str) -> int:
    """Return 1 for a long, −1 for a short."""
    check_choice("side", side, ("short", "long"))
    return 1 if side == "long" else -1


def without_noise(difference: float, size: float) -> float:
    """Return a difference of two numbers of about `size`: zero where only rounding is left of it."""
    return 0.0 if abs(difference) <= ROUNDING * abs(size) else difference


def whole_contracts(count: float, rounding: str) -> float:
    """Round to whole contracts, unmoved by what decimal fractions leave behind: 3.0000000000000004 is 3."""
    check_choice("rounding", rounding, ("nearest", "down", "up"))
    if abs(count) >= 2.0**53:
        raise HedgeInputError("face", "must be larger: the contracts are too many to count")
    slack = ROUNDING * max(abs(count), 1)
    if rounding == "down":
        return math.floor(count + slack)
    return math.ceil(count - slack) if rounding == "up" else math.floor(count + 0.5 + slack)


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HedgeInputError(field, "must be a number")
    if not math.isfinite(value):
        raise HedgeInputError(field, "must be a finite number")
    return float(value)
