"""When the sources were last asked, as `data/.last-run.json`: kept beside the closes, never committed.

A fetch without news must change no stored file, yet the page wants to say when it last looked.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from ivts_site.last_run import LastRun

FILE = ".last-run.json"
SCHEMA_VERSION = 1
_STORED = TypeAdapter(LastRun)


def read_last_run(data_dir: Path) -> LastRun:
    """Read the record; empty where there is none, or none that can be read: it is no data."""
    with suppress(OSError, ValueError, OverflowError, LookupError, TypeError, RecursionError):
        body = (data_dir / FILE).read_bytes()
        if json.loads(body)["schema_version"] == SCHEMA_VERSION:
            return _STORED.validate_json(body, strict=True)
    return LastRun()


def write_last_run(data_dir: Path, run: LastRun) -> None:
    """Replace the record in one step; a folder that cannot be written keeps the old one."""
    tree = {"schema_version": SCHEMA_VERSION, **_STORED.dump_python(run, mode="json")}
    text = json.dumps(tree, indent=2, sort_keys=True, allow_nan=False)
    temporary = data_dir / f"{FILE}.{os.getpid()}.tmp"
    with suppress(OSError):
        try:
            temporary.write_text(f"{text}\n", "utf-8")
            temporary.replace(data_dir / FILE)
        finally:
            temporary.unlink(missing_ok=True)


def remove_unfinished(data_dir: Path) -> None:
    """Remove what killed runs left half-written; call it while holding the folder."""
    for path in data_dir.glob(".*.json.*.tmp"):
        path.unlink(missing_ok=True)
