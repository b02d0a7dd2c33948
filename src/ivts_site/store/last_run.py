"""When the sources were last asked, as `data/.last-run.json`: kept beside the closes, never committed.

A fetch without news must change no stored file, yet the page wants to say when it last looked.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ivts_site.upkeep import LastRun, SourceRun

FILE = ".last-run.json"
SCHEMA_VERSION = 1


def read_last_run(data_dir: Path) -> LastRun:
    """Read the record; empty where there is none, or none that can be read: it is no data."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        tree = json.loads((data_dir / FILE).read_bytes())
        if tree["schema_version"] == SCHEMA_VERSION:
            return _decode(tree)
    return LastRun()


def write_last_run(data_dir: Path, run: LastRun) -> None:
    """Replace the record in one step; a folder that cannot be written keeps the old one."""
    text = json.dumps(_encode(run), indent=2, sort_keys=True, allow_nan=False)
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


def _encode(run: LastRun) -> dict[str, Any]:
    sources = [
        {
            "series": each.series,
            "source": each.source,
            "last_success": _text(each.last_success),
            "last_error": each.last_error,
            "last_error_at": _text(each.last_error_at),
            "last_session": _day_text(each.last_session),
        }
        for each in run.sources
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "checked_at": _text(run.checked_at),
        "sources": sources,
    }


def _decode(tree: Mapping[str, Any]) -> LastRun:
    return LastRun(
        checked_at=_instant(tree["checked_at"]),
        sources=tuple(
            SourceRun(
                series=str(each["series"]),
                source=str(each["source"]),
                last_success=_instant(each["last_success"]),
                last_error=str(each["last_error"]),
                last_error_at=_instant(each["last_error_at"]),
                last_session=_day(each.get("last_session")),
            )
            for each in tree["sources"]
        ),
    )


def _text(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(dt.UTC).isoformat(timespec="seconds")


def _day_text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text).astimezone(dt.UTC)
