"""Published lists as tables: CSV and Parquet, from the same values as the JSON."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from io import BytesIO, StringIO
from typing import Any, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.published.episode import Episode, EpisodeList, EpisodeOutcome
from ivts_site.published.history import History

Columns = Mapping[str, Sequence[Any]]

_RATE = "rate_"
_HISTORY_TYPES = {
    "session": pa.date32(),
    "regime": pa.string(),
    "regime_day": pa.int32(),
    "episode": pa.date32(),
    "suspect": pa.bool_(),
    "sample": pa.bool_(),
}
"""All other columns are float64."""


def history_columns(history: History) -> dict[str, Sequence[Any]]:
    """Lay the history out as a table.

    Returns
    -------
    dict
        Columns of equal length: session, ivts, regime, regime_day, a `rate_n` for each n, episode, suspect;
        vix, vix3m and spy where closes are published; sample where they are simulated.
    """
    closes = history.closes
    return {
        "session": history.session,
        "ivts": history.ivts,
        "regime": history.regime,
        "regime_day": history.regime_day,
        **{f"{_RATE}{n}": rates for n, rates in history.rolling_rates.items()},
        "episode": history.episode,
        "suspect": history.suspect,
        **({field.name: getattr(closes, field.name) for field in fields(closes)} if closes else {}),
        **_mark(history.sample, history.n_sessions),
    }


def episode_columns(listed: EpisodeList, horizons: Sequence[int]) -> dict[str, Sequence[Any]]:
    """Lay the episodes out as a table: the keys of an episode; `sample` where closes are simulated.

    A key that holds a number for each of the forward `horizons` gives a column for each, such as
    `spy_after_end_5`. The columns are the same with and without an episode.
    """
    rows = [_flat(episode) for episode in listed.episodes]
    columns = {name: [row[name] for row in rows] for name in _episode_names(horizons)}
    return columns | _mark(listed.sample, len(rows))


def to_csv(columns: Columns) -> str:
    """Write columns as CSV with a header line.

    Numbers are written as in the JSON, null as an empty cell, booleans as `true` and `false`.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return out.getvalue()


def to_parquet(history: History) -> bytes:
    """Write the history as a Parquet file; the same history gives the same bytes with the same pyarrow.

    Sessions and episodes are dates. The file's own notes tell `schema_version`, `as_of` and `sample`.
    """
    columns = history_columns(history)
    arrays = {name: _array(name, values) for name, values in columns.items()}
    notes = {
        "schema_version": history.schema_version,
        "as_of": history.as_of,
        "sample": str(history.sample).lower(),
    }
    sink, table = BytesIO(), pa.table(arrays)
    # snappy: readers in browsers know it without a further library
    with pq.ParquetWriter(sink, table.schema, compression="snappy", store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(notes)
    return sink.getvalue()


def _mark(sample: bool, n: int) -> dict[str, Sequence[bool]]:
    return {"sample": (True,) * n} if sample else {}


def _episode_names(horizons: Sequence[int]) -> list[str]:
    kinds = get_type_hints(EpisodeOutcome)
    return [
        name
        for field in fields(EpisodeOutcome)
        for name in (
            [f"{field.name}_{horizon}" for horizon in horizons]
            if get_origin(kinds[field.name]) is dict
            else [field.name]
        )
    ]


def _flat(episode: Episode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(episode):
        value = getattr(episode, field.name)
        nested = isinstance(value, Mapping)
        found |= (
            {f"{field.name}_{key}": item for key, item in value.items()} if nested else {field.name: value}
        )
    return found


def _cells(values: Sequence[Any]) -> Sequence[Any]:
    return [str(value).lower() for value in values] if isinstance(next(iter(values), None), bool) else values


def _array(name: str, values: Sequence[Any]) -> pa.Array:
    kind = _HISTORY_TYPES.get(name, pa.float64())
    if kind == pa.date32():
        values = [None if value is None else dt.date.fromisoformat(value) for value in values]
    return pa.array(values, type=kind)
