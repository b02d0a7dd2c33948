"""How values are written: six places, no negative zero, undefined as None, days and instants as text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

PLACES = 6
"""Decimal places of every published float."""


def number(value: float) -> float:
    """Round to six places; negative zero becomes zero."""
    return round(float(value), PLACES) + 0.0


def known(value: float) -> float | None:
    """Return a number as it is; NaN becomes None."""
    return None if math.isnan(value) else float(value)


def numbers(values: Iterable[float]) -> list[float | None]:
    """Round each value as `number`, NaN becomes None: for columns of thousands."""
    return [None if value != value else round(value, PLACES) + 0.0 for value in values]  # noqa: PLR0124 (NaN alone differs from itself)


def exact_numbers(values: Iterable[float]) -> list[float | None]:
    """Return each value as `known` does."""
    return [None if math.isnan(value) else value for value in values]


def day(session: dt.date) -> str:
    """Write a session as an ISO date."""
    return session.isoformat()[:10]


def day_or_none(session: dt.date | None) -> str | None:
    """Write a session as `day`; None stays None."""
    return None if session is None else day(session)
