"""Reading the data folder: always the state before or after a fetch, never a mix."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from ivts_site.errors import StoreError
from ivts_site.store.files import check_folder, read_file
from ivts_site.store.logs import decode_log
from ivts_site.store.parts import (
    FUTURES,
    SETTLEMENTS,
    closes_folder,
    list_parts,
    read_parts,
    read_rows,
    stored_parts,
)
from ivts_site.store.provenance import FILE, Provenance, decode_provenance
from ivts_site.store.transaction import COMMITTED, locked_store

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 5


def _whole(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Read until no fetch changed the folder meanwhile; works on folders that cannot be written."""

    @wraps(read)
    def read_whole(data_dir: Path, /, *args: P.args, **options: P.kwargs) -> T:
        check_folder(data_dir)
        for _ in range(TRIES):
            if (data_dir / COMMITTED).exists():
                with locked_store(data_dir):
                    pass
            before = _state(data_dir)
            try:
                result = read(data_dir, *args, **options)
            except StoreError:
                if _state(data_dir) == before:
                    raise
                continue
            if _state(data_dir) == before:
                return result
        raise StoreError(str(data_dir), "changed while it was read; wait for the running fetch and try again")

    return read_whole


@_whole
def read_provenance(data_dir: Path) -> Provenance:
    """Read where the stored series came from; empty where nothing is stored."""
    return decode_provenance(data_dir)


@_whole
def read_log(data_dir: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Read a record, `revisions`, `quarantine` or `disagreements`, in the order in which it was written."""
    return decode_log(data_dir, name)


@_whole
def read_store(data_dir: Path, keys: Collection[str]) -> tuple[dict[str, pd.DataFrame], Provenance]:
    """Read the closes of several series, by key, and their provenance, in one consistent state.

    Closes have index `session` (`datetime64[us]`, unique, ascending) and columns `close` (float64) and
    `source` (the adapter each came from); without a row where the series was never stored. A damaged or
    foreign file is a StoreError that says how to restore it.
    """
    provenance = decode_provenance(data_dir)
    return {key: read_parts(data_dir, key, provenance.parts) for key in keys}, provenance


@_whole
def read_futures(data_dir: Path) -> tuple[pd.DataFrame, Provenance]:
    """Read the settlements of futures, by session and expiry, and the provenance of the same fetch.

    Columns are `session` and `expiry` (`datetime64[us]`), `settle`, `open_interest` (NaN where not known) and
    `source`; without a row where nothing is stored. Errors are those of `read_store`.
    """
    provenance = decode_provenance(data_dir)
    return read_rows(data_dir, FUTURES, provenance.parts, SETTLEMENTS), provenance


@_whole
def holds_nothing(data_dir: Path) -> bool:
    """Tell whether nothing was ever stored: no part of any series, no provenance."""
    return read_file(data_dir / FILE) is None and not stored_parts(data_dir)


@_whole
def digest_parts(data_dir: Path, keys: Collection[str]) -> str:
    """Digest of the stored files of some series, without reading their closes."""
    digest = hashlib.sha256()
    for path in (path for key in keys for path in list_parts(data_dir, closes_folder(key))):
        body = read_file(path) or b""
        digest.update(f"{path.parent.name}/{path.name} {len(body)}\n".encode() + body)
    return digest.hexdigest()


def _state(data_dir: Path) -> tuple[bool, int, int]:
    """Every transaction replaces the provenance file last, so its identity marks the state of the folder."""
    pending = (data_dir / COMMITTED).exists()
    try:
        stat = (data_dir / FILE).stat()
    except OSError:
        return (pending, 0, 0)
    return (pending, stat.st_mtime_ns, stat.st_ino)
