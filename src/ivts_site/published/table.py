"""The one writer of CSV files: cells, rounding and the mark of simulated closes are decided here."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ivts_site.model import Table
from ivts_site.published.numbers import number


def to_columns(table: Table, *, sample: bool) -> Mapping[str, Sequence[Any]]:
    """Return the columns of a table's file by name; the last is `sample` where closes are simulated."""
    columns: dict[str, Sequence[Any]] = {column.name: column.values for column in table.file}
    return columns | ({"sample": [True] * len(table.file[0].values)} if sample else {})


def to_csv(table: Table, *, sample: bool) -> str:
    """Write a table as CSV with a header line.

    Parameters
    ----------
    table : Table
        Its columns for the file.
    sample : bool
        Whether the closes are simulated: a last column `sample` then is `true` in every row.

    Returns
    -------
    str
        Numbers as in the JSON, with at most six places; None is an empty cell, booleans are `true`
        and `false`.

    Raises
    ------
    ValueError
        If a float is NaN or infinite.
    """
    columns, out = to_columns(table, sample=sample), StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(_cell, values) for values in columns.values()), strict=True))
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in a table; what is undefined is None")
        return number(value)
    return value
