"""From a table to records: its rows in plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd

PlainRow = dict[str, Any]
"""A row in plain values: dates are text; what is NaN or NaT in the table is None."""
Convert = Callable[[list[float]], list[float | None]]
"""Makes the floats of a column plain, NaN None: `numbers` rounds them, `exact_numbers` does not."""
T = TypeVar("T")


def plain_rows(
    table: pd.DataFrame, convert: Convert, others: Mapping[str, Sequence[Any]] | None = None
) -> Iterator[PlainRow]:
    """Yield the rows of a table, with further columns."""
    columns = plain_columns(table, convert) | dict(others or {})
    return (dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True))


def plain_columns(table: pd.DataFrame, convert: Convert) -> dict[str, Sequence[Any]]:
    """Return the columns of a table in plain values."""
    return {
        str(name): convert(column.tolist()) if column.dtype.kind == "f" else _plain(column)
        for name, column in table.items()
    }


def read_part(shape: Callable[..., T], part: str, row: PlainRow, **others: Any) -> T:
    """Fill a record from the columns that are named after it, such as `window.p50`; the others are given."""
    return shape(**{name: row[column] for name, column in _columns(shape, part) if column in row}, **others)


def iso_days(sessions: pd.Index | pd.Series) -> list[str]:
    """Return sessions as ISO dates; one that is undefined is "NaT"."""
    texts: list[str] = np.datetime_as_string(sessions.to_numpy(), unit="D").tolist()
    return texts


def _plain(column: pd.Series) -> list[Any]:
    if column.dtype.kind != "M":
        return column.tolist()
    return [None if text == "NaT" else text for text in iso_days(column)]


@cache
def _columns(shape: Any, part: str) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, f"{part}.{field.name}") for field in fields(shape))
