"""Fill published types from results of the same field names, or from their own JSON."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from ivts_site.published.numbers import day, number, numbers

T = TypeVar("T")


def fill(published: type[T], source: object) -> T:
    """Make a published value.

    Parameters
    ----------
    published : type
        Dataclass of text, numbers, flags, literals, tuples, and such dataclasses; each may be optional.
    source : object
        Has an attribute (or, a mapping, a key) for each field: results of the analytics, or decoded JSON.

    Returns
    -------
    object of that type
        Floats rounded to six places, sessions as ISO dates, NaN as None where the field allows it.

    Raises
    ------
    AttributeError, KeyError, TypeError, ValueError
        Where a field is missing, of another kind, or undefined although it must not be.
    """
    read = source.__getitem__ if isinstance(source, Mapping) else functools.partial(getattr, source)
    return published(**{name: _value(hint, read(name)) for name, hint in _hints(cast("Hashable", published))})


@functools.cache
def _hints(published: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(published)
    return tuple((field.name, hints[field.name]) for field in fields(published))


def _value(hint: Any, value: Any) -> Any:
    wanted, optional = _kind(hint)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        if optional:
            return None
        raise ValueError(f"undefined, but {wanted} is wanted")
    if get_origin(wanted) is tuple:
        return _items(get_args(wanted), value)
    if is_dataclass(wanted):
        return fill(wanted, value)  # type: ignore[arg-type]
    return _PLAIN.get(wanted, _literal)(value)


@functools.cache
def _kind(hint: Any) -> tuple[Any, bool]:
    """What is wanted, and whether None will do."""
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    optional = NoneType in get_args(hint)
    return (choices[0], True) if optional else (hint, False)


def _items(hints: tuple[Any, ...], values: Any) -> tuple[Any, ...]:
    items = values.tolist() if hasattr(values, "tolist") else list(values)
    if hints == (float, ...):
        return _floats(items)
    if hints[-1] is ...:
        return tuple(_value(hints[0], item) for item in items)
    return tuple(_value(hint, item) for hint, item in zip(hints, items, strict=True))


def _floats(values: list[Any]) -> tuple[float, ...]:
    """Paths of hundreds of numbers, none of them undefined."""
    found = tuple(numbers(values))
    if None in found:
        raise ValueError("undefined, but numbers are wanted")
    return found  # type: ignore[return-value]


def _text(value: Any) -> str:
    return day(value) if isinstance(value, dt.date) else _literal(value)


def _literal(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _flag(value: Any) -> bool:
    if value not in (True, False):
        raise TypeError(f"{value!r} is neither true nor false")
    return bool(value)


def _count(value: Any) -> int:
    if int(value) != value:
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


_PLAIN: dict[Any, Any] = {float: number, int: _count, str: _text, bool: _flag}
