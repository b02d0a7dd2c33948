"""One parquet file a year and series: session (date), close (float64), source (text)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.errors import StoreError

SCHEMA = pa.schema([("session", pa.date32()), ("close", pa.float64()), ("source", pa.string())])
FOLDER = "closes"


def part_path(key: str, year: int) -> str:
    """Return the path of a part, relative to the data folder."""
    return f"{FOLDER}/{key}/{year:04d}.parquet"


def empty_closes() -> pd.DataFrame:
    """Return closes without a row, with the index and columns of all closes."""
    index = pd.DatetimeIndex([], dtype="datetime64[us]", name="session")
    return pd.DataFrame({"close": pd.Series(dtype="float64"), "source": pd.Series(dtype="str")}, index=index)


def split_years(closes: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Give each calendar year of the closes with its rows, in order."""
    for year, rows in closes.groupby(pd.DatetimeIndex(closes.index).year, sort=True):
        yield int(str(year)), rows


def encode_part(closes: pd.DataFrame) -> bytes:
    """Return the parquet file of one year; the same rows give the same bytes with the same pyarrow."""
    days = pd.DatetimeIndex(closes.index).to_numpy().astype("datetime64[D]")
    columns = [
        pa.array(days, type=pa.date32()),
        pa.array(closes["close"].to_numpy(dtype="float64")),
        pa.array(closes["source"].tolist(), type=pa.string()),
    ]
    sink = BytesIO()
    pq.write_table(
        pa.Table.from_arrays(columns, schema=SCHEMA),
        sink,
        compression="zstd",
        store_schema=False,
        write_page_checksum=True,
    )
    return sink.getvalue()


def read_parts(data_dir: Path, key: str) -> pd.DataFrame:
    """Read all parts of a series, each checked.

    Returns
    -------
    DataFrame
        Index `session` (`datetime64[us]`, unique, ascending); columns `close` and `source`.
        Empty where nothing is stored.

    Raises
    ------
    StoreError
        Naming the first part that is damaged or foreign.
    """
    folder = data_dir / FOLDER / key
    tables = [_read_part(path) for path in sorted(folder.glob("*.parquet"))]
    if not tables:
        return empty_closes()
    table = pa.concat_tables(tables)
    index = pd.DatetimeIndex(_days(table).astype("datetime64[us]"), name="session")
    source = pd.Series(table["source"].to_pylist(), index=index, dtype="str")
    return pd.DataFrame({"close": table["close"].to_numpy(), "source": source}, index=index)


def _read_part(path: Path) -> pa.Table:
    if not re.fullmatch(r"\d{4}\.parquet", path.name):
        raise _damaged(path, "is no part of the store, whose files are named YEAR.parquet")
    try:
        # one small file: memory, not a thread pool or a dataset scan
        with pq.ParquetFile(BytesIO(path.read_bytes()), page_checksum_verification=True) as file:
            if not file.schema_arrow.equals(SCHEMA):
                raise _damaged(path, "has other columns than session, close and source")
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: names that are no text
        raise _damaged(path, "is damaged or not a parquet file") from error
    if problem := _problem(table, int(path.stem)):
        raise _damaged(path, problem)
    return table


def _problem(table: pa.Table, year: int) -> str:
    if not table.num_rows:
        return "holds no session"
    if any(column.null_count for column in table.columns):
        return "has missing values"
    days = _days(table)
    if (days.astype("datetime64[Y]").astype(int) + 1970 != year).any():
        return f"has sessions outside {year}"
    if (days[1:] <= days[:-1]).any():
        return "has a session twice or out of order"
    closes = table["close"].to_numpy()
    return "" if bool((np.isfinite(closes) & (closes > 0)).all()) else "has a close that is no price"


def _days(table: pa.Table) -> np.ndarray:
    return np.asarray(table["session"].to_numpy(), dtype="datetime64[D]")


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(
        str(path),
        f"{what}; restore it (git checkout -- {path}), or delete it and run `ivts-site fetch`",
    )
