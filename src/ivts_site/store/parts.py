"""One parquet file a year and series: session (date), close (float64), source (text)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ivts_site.errors import StoreError
from ivts_site.store.files import list_folder, read_file

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


def digest(body: bytes) -> str:
    """Return the digest by which the provenance knows a part."""
    return hashlib.sha256(body).hexdigest()


def list_parts(data_dir: Path, key: str) -> list[Path]:
    """Return the files of the parts of a series, by year; nothing where none is stored."""
    return [path for path in list_folder(data_dir / FOLDER / key) if path.suffix == ".parquet"]


def stored_parts(data_dir: Path) -> dict[str, Path]:
    """Return the files of the parts of whatever series is stored, by their path in the folder."""
    keys = [folder.name for folder in list_folder(data_dir / FOLDER, folders=True)]
    paths = [path for key in keys for path in list_parts(data_dir, key)]
    return {path.relative_to(data_dir).as_posix(): path for path in paths}


def read_parts(data_dir: Path, key: str, digests: Mapping[str, str] | None) -> pd.DataFrame:
    """Read all parts of a series, each checked."""
    paths = list_parts(data_dir, key)
    if not paths:
        return empty_closes()
    listed = {name for name in digests or () if name.startswith(f"{FOLDER}/{key}/")}
    table = pa.concat_tables([_read_part(path, data_dir, digests) for path in paths])
    if lost := sorted(listed - {path.relative_to(data_dir).as_posix() for path in paths}):
        raise _other(data_dir / lost[0], data_dir, "is missing, though the last fetch stored it")
    index = pd.DatetimeIndex(_days(table).astype("datetime64[us]"), name="session")
    source = pd.Series(table["source"].to_pylist(), index=index, dtype="str")
    return pd.DataFrame({"close": table["close"].to_numpy(), "source": source}, index=index)


def _read_part(path: Path, data_dir: Path, digests: Mapping[str, str] | None) -> pa.Table:
    if not re.fullmatch(r"\d{4}\.parquet", path.name):
        raise _damaged(path, "is no part of the store, whose files are named YEAR.parquet")
    body = read_file(path) or b""
    try:
        # one small file: memory, not a thread pool or a dataset scan
        with pq.ParquetFile(BytesIO(body), page_checksum_verification=True) as file:
            if not file.schema_arrow.equals(SCHEMA):
                raise _damaged(path, "has other columns than session, close and source")
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: names that are no text
        raise _damaged(path, "is damaged or not a parquet file") from error
    if problem := _problem(table, int(path.stem)):
        raise _damaged(path, problem)
    name = path.relative_to(data_dir).as_posix()
    if digests is not None and digests.get(name) != digest(body):
        which = "the file" if name in digests else "among the files"
        raise _other(path, data_dir, f"is not {which} that the last fetch stored")
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
        f"{what}; restore it (git checkout -- {path}), or delete the folder {path.parent} and run "
        "`ivts-site fetch`, which fetches the series anew",
    )


def _other(path: Path, data_dir: Path, what: str) -> StoreError:
    return StoreError(
        str(path),
        f"{what} (see provenance.json); restore the data folder (git checkout -- {data_dir}), or delete the "
        f"folder {path.parent} and run `ivts-site fetch`, which fetches the series anew",
    )
