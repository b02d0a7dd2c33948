"""Writing the data folder: all files of a fetch or none, whenever the process is killed.

New files are written to a staging folder and synced; renaming that folder is the commit. Only then are
the files moved into place. Whoever comes next finishes a committed transaction and removes an unfinished one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa

from ivts_site.errors import DataError, UsageError
from ivts_site.lock import hold_lock
from ivts_site.store.files import check_folder, read_file, remove_unfinished
from ivts_site.store.logs import Entry, extended_log, log_path
from ivts_site.store.parts import (
    CLOSES,
    FUTURES,
    SETTLEMENTS,
    closes_folder,
    digest,
    encode_part,
    read_rows,
    split_parts,
    stored_parts,
)
from ivts_site.store.provenance import FILE, Provenance, decode_provenance, encode_provenance

LOCK = ".lock"
STAGING = ".pending-staging"
COMMITTED = ".pending-committed"
_locked: set[Path] = set()


@contextmanager
def locked_store(data_dir: Path, *, wait_seconds: float = 5.0) -> Iterator[None]:
    """Hold the data folder for writing, made where missing; finish or remove what a killed run left.

    A block inside a block of the same process does not wait for itself. Where another run holds the folder
    for longer than `wait_seconds`, a DataError tells its process number.
    """
    check_folder(data_dir)
    folder = Path(os.path.realpath(data_dir))  # a looping link is no error here, but where it is opened
    if folder in _locked:
        yield
        return
    with _writable(data_dir):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOCK).touch()
    with hold_lock(folder / LOCK, busy=DataError, wait_seconds=wait_seconds):
        _locked.add(folder)
        try:
            recover(data_dir)
            yield
        finally:
            _locked.discard(folder)


def write_transaction(
    data_dir: Path,
    closes: Mapping[str, pd.DataFrame],
    provenance: Provenance,
    logs: Mapping[str, Sequence[Entry]] = MappingProxyType({}),
    futures: pd.DataFrame | None = None,
) -> bool:
    """Store closes, provenance and records together; files whose content would not change are not touched.

    `closes` and `futures` are whole histories. `provenance` is that of all series; the digests of the parts
    are added here. Entries of `logs`, by the name of the record, are appended unless they are there already.
    Returns whether any file changed; where the folder cannot be written (UsageError) or something stored is
    damaged (StoreError) nothing is.
    """
    with locked_store(data_dir):
        stored = decode_provenance(data_dir).parts
        whole = {closes_folder(key): (rows.reset_index(), CLOSES) for key, rows in closes.items()}
        if futures is not None:
            whole[FUTURES] = (futures, SETTLEMENTS)
        files: dict[str, bytes] = {}
        for folder, (rows, schema) in whole.items():
            files |= _changed_parts(data_dir, folder, rows, schema, stored)
        parts = _digests(data_dir, closes, files, stored)
        for name, entries in logs.items():
            if (extended := extended_log(data_dir, name, entries)) is not None:
                files[log_path(name)] = extended
        body = encode_provenance(replace(provenance, parts=parts))
        if files or read_file(data_dir / FILE) != body:
            files[FILE] = body
        if not files:
            return False
        with _writable(data_dir):
            _stage(data_dir, files)
            _roll_forward(data_dir)
        return True


def recover(data_dir: Path) -> None:
    """Finish a committed transaction, remove an unfinished one; nothing to do in a healthy folder.

    Call it while holding the folder with `locked_store`, which does so by itself.
    """
    with _writable(data_dir):
        if (data_dir / STAGING).exists():
            shutil.rmtree(data_dir / STAGING)
        if (data_dir / COMMITTED).exists():
            _roll_forward(data_dir)
        remove_unfinished(data_dir)


def _changed_parts(
    data_dir: Path, folder: str, rows: pd.DataFrame, schema: pa.Schema, digests: Mapping[str, str] | None
) -> dict[str, bytes]:
    before = split_parts(folder, read_rows(data_dir, folder, digests, schema))
    after = split_parts(folder, rows[schema.names])
    return {
        name: encode_part(part, schema)
        for name, part in after.items()
        if name not in before or not part.equals(before[name])
    }


def _digests(
    data_dir: Path, keys: Collection[str], files: Mapping[str, bytes], known: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the digests of all parts after the transaction; of a series taken away only the new ones."""
    if known is None:
        known = {name: digest(read_file(path) or b"") for name, path in stored_parts(data_dir).items()}
    kept = {
        name: value
        for name, value in known.items()
        if Path(name).parent.name not in keys or (data_dir / name).exists()
    }
    return kept | {name: digest(body) for name, body in files.items()}


def _stage(data_dir: Path, files: Mapping[str, bytes]) -> None:
    staging = data_dir / STAGING
    try:
        for name, body in files.items():
            _write_synced(staging / name, body)
        for folder in {staging / name for name in files}:
            _sync(folder.parent)
        _sync(staging)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    staging.rename(data_dir / COMMITTED)
    _sync(data_dir)


def _roll_forward(data_dir: Path) -> None:
    """Move each staged file into place, the provenance last; a file no longer there was moved before."""
    committed = data_dir / COMMITTED
    staged = sorted(path for path in committed.rglob("*") if path.is_file() and path != committed / FILE)
    for path in [*staged, *([committed / FILE] if (committed / FILE).exists() else [])]:
        target = data_dir / path.relative_to(committed)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    for folder in {data_dir, *(data_dir / path.relative_to(committed).parent for path in staged)}:
        _sync(folder)
    shutil.rmtree(committed)


def _write_synced(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _writable(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{data_dir}: cannot write to the data folder ({error.strerror or error}); "
            "name another one with --data-dir"
        ) from error
