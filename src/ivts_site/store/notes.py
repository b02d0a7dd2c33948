"""Two notes beside the closes: when the sources were last asked, and through which session flips were told.

`.last-run.json` is never committed: a fetch without news changes no stored file, yet the page says when it
last looked. `notified.json` is committed with the closes: a runner starts from what git keeps.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, PlainSerializer, TypeAdapter

from ivts_site import formatting as f
from ivts_site.errors import StoreError, UsageError
from ivts_site.store.files import replace_file

LAST_RUN = ".last-run.json"
NOTIFIED = "notified.json"
SCHEMA_VERSION = 1


def _in_utc(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(dt.UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc), PlainSerializer(f.instant_iso)]
"""An instant as it is stored: ISO 8601, UTC, whole seconds, with a `Z`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """How a source of a series fared: last success, and its last error where that is newer."""

    series: str
    source: str
    """Series key and adapter name."""
    last_success: Instant | None = None
    """Instant of the last acceptable answer, UTC; None where none is known."""
    last_error: str = ""
    """Class of the error of the last try; empty where it succeeded or was not made."""
    last_error_at: Instant | None = None
    """Instant of that try."""
    failing_since: Instant | None = None
    """Instant of the first failed try since the last success, or of all where it never answered."""
    last_session: dt.date | None = None
    """The last session of its last answer; None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """When the sources were last asked, beside the stored closes and never part of them."""

    checked_at: Instant | None = None
    """Instant of the last fetch that succeeded, UTC, whether it brought news or not."""
    sources: tuple[SourceRun, ...] = ()
    """One entry for each source that was asked so far."""


_STORED = TypeAdapter(LastRun)
DAMAGES = (ValueError, OverflowError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading JSON that is damaged, foreign or of another version may raise."""
T = TypeVar("T")


def encode(stored: TypeAdapter[T], value: T, *, without: Collection[str] = ()) -> bytes:
    """Return the file of a record: JSON with sorted keys, instants in UTC with a `Z`."""
    tree = stored.dump_python(value, mode="json", by_alias=True, exclude=set(without))
    tree |= {"schema_version": SCHEMA_VERSION}
    return f"{json.dumps(tree, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False)}\n".encode()


def decode(stored: TypeAdapter[T], body: bytes) -> T:
    """Read such a file; what it raises otherwise is among `DAMAGES`."""
    if json.loads(body)["schema_version"] != SCHEMA_VERSION:
        raise ValueError("another version")
    return stored.validate_json(body, strict=True)


def read_last_run(data_dir: Path) -> LastRun:
    """Read when the sources were last asked; empty where there is no readable note, as it is no data."""
    with suppress(OSError, *DAMAGES):
        return decode(_STORED, (data_dir / LAST_RUN).read_bytes())
    return LastRun()


def write_last_run(data_dir: Path, run: LastRun) -> None:
    """Note when the sources were last asked; a folder that cannot be written keeps the old note."""
    with suppress(OSError):
        replace_file(data_dir / LAST_RUN, encode(_STORED, run))


def read_notified(data_dir: Path) -> dt.date | None:
    """Read through which session flips were told; None where nothing was noted yet."""
    path = data_dir / NOTIFIED
    try:
        return dt.date.fromisoformat(json.loads(path.read_bytes())["through"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(path), f"cannot be read ({error.strerror})") from error
    except DAMAGES as error:
        raise StoreError(
            str(path),
            f"is damaged; restore it with `git checkout -- {path}`, or delete it to start over",
        ) from error


def write_notified(data_dir: Path, through: dt.date) -> None:
    """Note through which session flips were told, in one step."""
    path = data_dir / NOTIFIED
    try:
        replace_file(path, f"{json.dumps({'through': through.isoformat()})}\n".encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
