"""Append-only records beside the closes: one JSON object a line, each fact once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ivts_site.errors import StoreError
from ivts_site.store.files import read_file

Entry = Mapping[str, Any]

# What makes two entries of a log the same fact; a log without such fields keeps every entry.
IDENTITY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "revisions": (),
        "quarantine": ("series", "session", "value", "rule", "source"),
        "disagreements": ("series", "session", "source", "close", "other_source", "other_close"),
    }
)


def log_path(name: str) -> str:
    """Return the path of a log, relative to the data folder."""
    return f"{name}.jsonl"


def decode_log(data_dir: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Read a log; empty where there is none."""
    path = data_dir / log_path(name)
    lines = (read_file(path) or b"").splitlines()
    return tuple(_entry(path, name, number, line) for number, line in enumerate(lines, start=1))


def extended_log(data_dir: Path, name: str, entries: Sequence[Entry]) -> bytes | None:
    """Return the whole log with the entries that it lacks appended; None where it lacks none."""
    recorded = decode_log(data_dir, name)
    added = list(_unrecorded(IDENTITY[name], recorded, entries))
    return b"".join(map(_line, (*recorded, *added))) if added else None


def _unrecorded(
    fields: Sequence[str], recorded: Iterable[Entry], entries: Iterable[Entry]
) -> Iterable[Entry]:
    seen = {_identity(fields, entry) for entry in recorded}
    for entry in entries:
        identity = _identity(fields, entry)
        if not fields or identity not in seen:
            seen.add(identity)
            yield entry


def _identity(fields: Sequence[str], entry: Entry) -> tuple[Any, ...]:
    return tuple(entry.get(field) for field in fields)


def _line(entry: Entry) -> bytes:
    return f"{json.dumps(dict(entry), sort_keys=True, allow_nan=False, ensure_ascii=False)}\n".encode()


def _entry(path: Path, name: str, number: int, line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if not isinstance(entry, dict) or not {"series", "session", *IDENTITY[name]} <= entry.keys():
            raise ValueError("another kind of entry")
    except (ValueError, RecursionError) as error:
        raise StoreError(
            str(path), f"line {number} is damaged; restore the file with `git checkout -- {path}`"
        ) from error
    return entry
