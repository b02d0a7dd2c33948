"""Published lists as tables, and the one writer of CSV and Parquet: from the same values as the JSON."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from io import BytesIO, StringIO
from typing import Any, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.model import Column, Table
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.episode import EpisodeList, EpisodeOutcome
from ivts_site.published.futures import Futures
from ivts_site.published.history import History, HistoryCloses
from ivts_site.published.numbers import number

_RATE = "rate_"
_HISTORY_TYPES = {
    "session": pa.date32(),
    "regime": pa.string(),
    "regime_day": pa.int32(),
    "episode": pa.date32(),
    "suspect": pa.bool_(),
    "run": pa.int32(),
    "sample": pa.bool_(),
}
"""All other columns are float64."""


def history_table(history: History) -> Table:
    """Lay the history out as a table: a column `rate_n` for each n, and closes where they are published."""
    closes = history.closes
    columns: dict[str, Sequence[Any]] = {
        "session": history.session,
        "ivts": history.ivts,
        "regime": history.regime,
        "regime_day": history.regime_day,
        **{f"{_RATE}{n}": rates for n, rates in history.rolling_rates.items()},
        "episode": history.episode,
        "suspect": history.suspect,
        **({field.name: getattr(closes, field.name) for field in fields(closes)} if closes else {}),
    }
    return Table(
        file=tuple(
            Column(name=name, values=values, key="rolling_rates" if name.startswith(_RATE) else "")
            for name, values in columns.items()
        ),
        records=(History, HistoryCloses),
    )


def episode_table(listed: EpisodeList, horizons: Sequence[int]) -> Table:
    """Lay the episodes out as a table: the keys of an episode.

    A key that holds a number for each of the forward `horizons` gives a column for each, such as
    `spy_after_end_5`. The columns are the same with and without an episode.
    """
    return Table(file=tuple(_episode_columns(listed.episodes, horizons)), records=(EpisodeOutcome,))


def to_columns(table: Table, *, sample: bool) -> Mapping[str, Sequence[Any]]:
    """Return the columns of a table's file by name; the last is `sample` where closes are simulated."""
    columns: dict[str, Sequence[Any]] = {column.name: column.values for column in table.file}
    return columns | ({"sample": [True] * len(table.file[0].values)} if sample else {})


def to_csv(table: Table, *, sample: bool) -> str:
    """Write a table as CSV with a header line.

    Numbers are as in the JSON, with at most six places, a ValueError where one is NaN or infinite; None is an
    empty cell, booleans are `true` and `false`. Of simulated closes a last column `sample` is `true`.
    """
    columns, out = to_columns(table, sample=sample), StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return out.getvalue()


def to_parquet(table: Table, record: History | Futures) -> bytes:
    """Write a table of sessions as a Parquet file; the same table gives the same bytes with the same pyarrow.

    Sessions and episodes are dates. The file's own notes hold `schema_version`, and `as_of` and `sample` of
    the record that the table is of.
    """
    columns = to_columns(table, sample=record.sample)
    arrays = pa.table({name: _array(name, values) for name, values in columns.items()})
    notes = {"schema_version": SCHEMA_VERSION, "as_of": record.as_of, "sample": str(record.sample).lower()}
    sink = BytesIO()
    # snappy: readers in browsers know it without a further library
    with pq.ParquetWriter(sink, arrays.schema, compression="snappy", store_schema=False) as writer:
        writer.write_table(arrays)
        writer.add_key_value_metadata(notes)
    return sink.getvalue()


def _episode_columns(episodes: Sequence[EpisodeOutcome], horizons: Sequence[int]) -> Iterator[Column]:
    kinds = get_type_hints(EpisodeOutcome)
    for name in kinds:
        values = [getattr(episode, name) for episode in episodes]
        if get_origin(kinds[name]) is not dict:
            yield Column(name=name, values=values)
            continue
        for horizon in horizons:
            returns = [value[str(horizon)] for value in values]
            yield Column(name=f"{name}_{horizon}", values=returns, key=name)


def _array(name: str, values: Sequence[Any]) -> pa.Array:
    kind = _HISTORY_TYPES.get(name, pa.float64())
    if kind == pa.date32():
        values = [None if value is None else dt.date.fromisoformat(value) for value in values]
    return pa.array(values, type=kind)


def _cells(values: Sequence[Any]) -> Sequence[Any]:
    """Return the cells of a column: texts, whole numbers and what is undefined as they are."""
    as_they_are = set(map(type, values)) <= {str, int, type(None)}
    return values if as_they_are else [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in a table; what is undefined is None")
        return number(value)
    return str(value).lower() if isinstance(value, bool) else value
