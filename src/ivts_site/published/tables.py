"""Published lists as tables: for CSV and Parquet, from the same values as the JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from io import BytesIO
from typing import Any, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.model import Column, Table
from ivts_site.published.episode import Episode, EpisodeList, EpisodeOutcome
from ivts_site.published.history import History, HistoryCloses
from ivts_site.published.table import to_columns

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


def history_table(history: History) -> Table:
    """Lay the history out as a table.

    Returns
    -------
    Table
        session, ivts, regime, regime_day, a `rate_n` for each n, episode, suspect; vix, vix3m and spy where
        closes are published.
    """
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
    rows = [_flat(episode) for episode in listed.episodes]
    return Table(
        file=tuple(
            Column(name=name, values=[row[name] for row in rows], key=key)
            for name, key in _episode_names(horizons)
        ),
        records=(EpisodeOutcome,),
    )


def to_parquet(history: History) -> bytes:
    """Write the history as a Parquet file; the same history gives the same bytes with the same pyarrow.

    Sessions and episodes are dates. The file's own notes tell `schema_version`, `as_of` and `sample`.
    """
    columns = to_columns(history_table(history), sample=history.sample)
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


def _episode_names(horizons: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield the name of each column and the key that it comes from."""
    kinds = get_type_hints(EpisodeOutcome)
    for field in fields(EpisodeOutcome):
        several = get_origin(kinds[field.name]) is dict
        for name in [f"{field.name}_{horizon}" for horizon in horizons] if several else [field.name]:
            yield name, field.name


def _flat(episode: Episode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(episode):
        value = getattr(episode, field.name)
        nested = isinstance(value, Mapping)
        found |= (
            {f"{field.name}_{key}": item for key, item in value.items()} if nested else {field.name: value}
        )
    return found


def _array(name: str, values: Sequence[Any]) -> pa.Array:
    kind = _HISTORY_TYPES.get(name, pa.float64())
    if kind == pa.date32():
        values = [None if value is None else dt.date.fromisoformat(value) for value in values]
    return pa.array(values, type=kind)
