"""One parquet file a year: of the closes of each series, and of the settlements of all futures.

Closes have a session (date), a close (float64) and a source (text); settlements a session, the day on which
the contract expires, a settlement, the open interest where the vendor gives one, and a source.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.errors import StoreError
from ivts_site.store.files import list_folder, read_file

CLOSES = pa.schema([("session", pa.date32()), ("close", pa.float64()), ("source", pa.string())])
SETTLEMENTS = pa.schema(
    [
        ("session", pa.date32()),
        ("expiry", pa.date32()),
        ("settle", pa.float64()),
        ("open_interest", pa.int64()),
        ("source", pa.string()),
    ]
)
FOLDER = "closes"
FUTURES = "futures"


def closes_folder(key: str) -> str:
    """Return the folder of the parts of a series, relative to the data folder."""
    return f"{FOLDER}/{key}"


def empty_closes() -> pd.DataFrame:
    """Return closes without a row, with the index and columns of all closes."""
    return _rows(CLOSES.empty_table()).set_index("session")


def split_parts(folder: str, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each calendar year by the path of its part, relative to the data folder."""
    years = rows.groupby(rows["session"].dt.year, sort=True)
    return {f"{folder}/{year:04d}.parquet": part.reset_index(drop=True) for year, part in years}


def encode_part(rows: pd.DataFrame, schema: pa.Schema) -> bytes:
    """Return the parquet file of a year of rows; the same rows give the same bytes with the same pyarrow."""
    columns = [_array(rows[field.name], field.type) for field in schema]
    sink = BytesIO()
    pq.write_table(
        pa.Table.from_arrays(columns, schema=schema),
        sink,
        compression="zstd",
        store_schema=False,
        write_page_checksum=True,
    )
    return sink.getvalue()


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        return pa.array(column.to_numpy().astype("datetime64[D]"), type=kind)
    if pa.types.is_integer(kind):
        return pa.array([None if math.isnan(n) else int(n) for n in column], type=kind)
    return pa.array(column.tolist(), type=kind)


def digest(body: bytes) -> str:
    """Return the digest by which the provenance knows a part."""
    return hashlib.sha256(body).hexdigest()


def list_parts(data_dir: Path, folder: str) -> list[Path]:
    """Return the files of the parts in a folder, by year; nothing where none is stored."""
    return [path for path in list_folder(data_dir / folder) if path.suffix == ".parquet"]


def stored_parts(data_dir: Path) -> dict[str, Path]:
    """Return the files of the parts of whatever is stored, by their path in the folder."""
    series = [closes_folder(folder.name) for folder in list_folder(data_dir / FOLDER, folders=True)]
    paths = [path for folder in (*series, FUTURES) for path in list_parts(data_dir, folder)]
    return {path.relative_to(data_dir).as_posix(): path for path in paths}


def read_parts(data_dir: Path, key: str, digests: Mapping[str, str] | None) -> pd.DataFrame:
    """Read all closes of a series: index `session`, ascending, columns `close` and `source`."""
    return read_rows(data_dir, closes_folder(key), digests, CLOSES).set_index("session")


def read_rows(
    data_dir: Path, folder: str, digests: Mapping[str, str] | None, schema: pa.Schema
) -> pd.DataFrame:
    """Read all parts of a folder as rows, dates as `datetime64[us]`, whole numbers as floats.

    `digests` are what the provenance says of the parts, None where it says nothing. A folder of which no part
    is left was taken away as a whole, and is one that is not stored. StoreError names the first part that is
    damaged, foreign, not the one that was stored, or missing.
    """
    paths = list_parts(data_dir, folder)
    if not paths:
        return _rows(schema.empty_table())
    listed = {name for name in digests or () if name.startswith(f"{folder}/")}
    table = pa.concat_tables([_read_part(path, data_dir, digests, schema) for path in paths])
    if lost := sorted(listed - {path.relative_to(data_dir).as_posix() for path in paths}):
        raise _unusable(data_dir / lost[0], "is missing, though the last fetch stored it", data_dir)
    return _rows(table)


def _rows(table: pa.Table) -> pd.DataFrame:
    return pd.DataFrame({field.name: _column(table, field) for field in table.schema})


def _column(table: pa.Table, field: pa.Field) -> np.ndarray | pd.Series:
    if pa.types.is_date(field.type):
        return _days(table, field.name).astype("datetime64[us]")
    if pa.types.is_string(field.type):
        return pd.Series(table[field.name].to_pandas())
    return np.asarray(table[field.name].cast(pa.float64()).to_numpy())


def _read_part(path: Path, data_dir: Path, digests: Mapping[str, str] | None, schema: pa.Schema) -> pa.Table:
    if not re.fullmatch(r"\d{4}\.parquet", path.name):
        raise _unusable(path, "is no part of the store, whose files are named YEAR.parquet")
    body = read_file(path) or b""
    try:
        # one small file: memory, not a thread pool or a dataset scan
        with pq.ParquetFile(pa.BufferReader(body), page_checksum_verification=True) as file:
            if not file.schema_arrow.equals(schema):
                raise _unusable(path, f"has other columns than {' and '.join(_listed(schema))}")
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: names that are no text
        raise _unusable(path, "is damaged or not a parquet file") from error
    if problem := _problem(table, int(path.stem)):
        raise _unusable(path, problem)
    name = path.relative_to(data_dir).as_posix()
    if digests is not None and digests.get(name) != digest(body):
        which = "the file" if name in digests else "among the files"
        raise _unusable(path, f"is not {which} that the last fetch stored", data_dir)
    return table


def _listed(schema: pa.Schema) -> list[str]:
    *most, last = schema.names
    return [", ".join(most), last]


def _problem(table: pa.Table, year: int) -> str:
    if not table.num_rows:
        return "holds no session"
    if any(table[name].null_count for name in table.column_names if name != "open_interest"):
        return "has missing values"
    days = _days(table)
    if (days.astype("datetime64[Y]").astype(int) + 1970 != year).any():
        return f"has sessions outside {year}"
    expiries = _days(table, "expiry") if "expiry" in table.column_names else days
    later = (days[1:] > days[:-1]) | ((days[1:] == days[:-1]) & (expiries[1:] > expiries[:-1]))
    if not later.all() or (expiries < days).any():
        return "has a session twice or out of order"
    values = table["settle" if "settle" in table.column_names else "close"].to_numpy()
    return "" if bool((np.isfinite(values) & (values > 0)).all()) else "has a close that is no price"


def _days(table: pa.Table, name: str = "session") -> np.ndarray:
    return np.asarray(table[name].to_numpy(), dtype="datetime64[D]")


def _unusable(path: Path, what: str, folder: Path | None = None) -> StoreError:
    """Say how to restore a part, or the whole data folder where it is not the one of the provenance."""
    seen, restored = ("", f"it (git checkout -- {path})")
    if folder is not None:
        seen, restored = " (see provenance.json)", f"the data folder (git checkout -- {folder})"
    return StoreError(
        str(path),
        f"{what}{seen}; restore {restored}, or delete the folder {path.parent} and run `ivts-site fetch`, "
        "which fetches the series again",
    )
