"""The inputs of the hedge calculators: one meaning, one unit and one rule a name, here and in the browser.

Units: prices are USD per coin, notionals and values USD, amounts of coin in coin, shares and rates decimal
fractions. Every rule is checked before anything is computed, nothing is ever clamped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.results import Flags, Floats
from ivts_site.errors import HedgeInputError

SMALLEST, LARGEST = 1e-9, 1e15
"""Amounts and prices outside are refused: no product or quotient of those within can overflow. What may be
zero may be smaller too: nothing is divided by it."""
HOURS_A_YEAR = 8760
ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""Relative: differences of this size are what decimal inputs leave behind, not coin."""

Rule = tuple[Callable[[Floats], Flags], str]

_POSITIVE: tuple[Rule, ...] = (
    (lambda x: x > 0, "must be above 0"),
    (lambda x: (x >= SMALLEST) & (x <= LARGEST), "must lie between 1e-9 and 1e15"),
)
_NOT_NEGATIVE: tuple[Rule, ...] = (
    (lambda x: x >= 0, "must be 0 or above"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
_SIGNED: tuple[Rule, ...] = ((lambda x: np.abs(x) <= LARGEST, "must lie between -1e15 and 1e15"),)
_HEDGE: tuple[Rule, ...] = (
    (lambda x: (x >= 0) & (x <= 1), "must be between 0 and 1, unless values outside are allowed"),
)
_LEVERAGE: tuple[Rule, ...] = (
    (lambda x: x >= 1, "must be 1 or above"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)
_MAINTENANCE: tuple[Rule, ...] = ((lambda x: (x >= 0) & (x < 1), "must be 0 or above, and below 1"),)
_RATE: tuple[Rule, ...] = ((lambda x: np.abs(x) < 1, "must be between -1 and 1, both excluded"),)
_HOURS: tuple[Rule, ...] = (
    (lambda x: (x >= SMALLEST) & (x <= HOURS_A_YEAR), "must be above 0 and at most 8760, a year"),
)
_MOVE: tuple[Rule, ...] = (
    (lambda x: x > -1, "must be above -1: a price cannot fall by all of itself"),
    (lambda x: x <= LARGEST, "must be at most 1e15"),
)

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "spot_value": _POSITIVE,
    "value": _POSITIVE,
    "coins": _POSITIVE,
    "held": _POSITIVE,
    "margin": _NOT_NEGATIVE,
    "notional": _NOT_NEGATIVE,
    "entry": _POSITIVE,
    "price": _POSITIVE,
    "spot": _POSITIVE,
    "forward": _POSITIVE,
    "days": _POSITIVE,
    "face": _POSITIVE,
    "hedge": _HEDGE,
    "hedges": _HEDGE,
    "target": _HEDGE,
    "leverage": _LEVERAGE,
    "maintenance": _MAINTENANCE,
    "rate": _RATE,
    "interval_hours": _HOURS,
    "moves": _MOVE,
    "closes": _POSITIVE,
}


def gather(*, signed: tuple[str, ...] = (), **given: npt.ArrayLike) -> tuple[Floats, ...]:
    """Check inputs by the rules of their names and that they go together.

    Parameters
    ----------
    signed : tuple of str
        Names that may have any sign and size here: hedges allowed outside 0 to 1, notionals of longs.
    **given : array_like
        Inputs by name.

    Returns
    -------
    tuple of array
        Floats in the order given.

    Raises
    ------
    HedgeInputError
        For the first input that is no finite number, breaks its rule, or has a length that those before it
        cannot be broadcast with.
    """
    values = {field: _numbers(field, value) for field, value in given.items()}
    for field, value in values.items():
        for holds, message in _SIGNED if field in signed else RULES[field]:
            if not np.all(holds(value)):
                raise HedgeInputError(field, message)
    _check_shapes(values)
    return tuple(values.values())


def gather_series(least: int, **given: npt.ArrayLike) -> tuple[Floats, ...]:
    """Check series that are to be compared value by value.

    Parameters
    ----------
    least : int
        Values that are needed.
    **given : array_like
        Series by name.

    Returns
    -------
    tuple of array
        In the order given.

    Raises
    ------
    HedgeInputError
        For the first that is no flat list of finite numbers, too short, of another length than the first, or
        constant.
    """
    length: int | None = None
    for field, value in given.items():
        series = np.atleast_1d(_numbers(field, value))
        if series.ndim > 1 or len(series) < least:
            raise HedgeInputError(field, f"needs at least {least} values in one list")
        if np.any(np.abs(series) > LARGEST):
            raise HedgeInputError(field, "must lie between -1e15 and 1e15")
        length = len(series) if length is None else length
        if len(series) != length:
            raise HedgeInputError(field, "must have as many values as the other series")
    kept = {field: np.asarray(value, dtype=np.float64) for field, value in given.items()}
    for field, series in kept.items():
        if series.min() == series.max():
            raise HedgeInputError(field, "must vary: all values are equal")
    return tuple(kept.values())


def check_choice(field: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise `HedgeInputError` where a word is none of those allowed."""
    if value not in choices:
        raise HedgeInputError(field, f"must be {' or '.join(choices)}")


def without_noise(difference: Floats, size: Floats | float) -> Floats:
    """Return a difference of two numbers of about `size`, exactly zero where only rounding is left of it."""
    return np.where(np.abs(difference) <= ROUNDING * np.abs(size), 0.0, difference)[()]


def _numbers(field: str, value: npt.ArrayLike) -> Floats:
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise HedgeInputError(field, "must be a number") from error
    if not np.all(np.isfinite(numbers)):
        raise HedgeInputError(field, "must be a finite number")
    return numbers


def _check_shapes(values: Mapping[str, Floats]) -> None:
    shape: tuple[int, ...] = ()
    for field, value in values.items():
        try:
            shape = np.broadcast_shapes(shape, value.shape)
        except ValueError as error:
            raise HedgeInputError(field, "must have as many values as the other inputs") from error
