"""Through which session flips were told, as `data/notified.json`: committed with the closes.

A runner starts from what git keeps, so a note that git ignores would forget what was told and what is owed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from ivts_site.errors import StoreError, UsageError

FILE = "notified.json"


def read_notified(data_dir: Path) -> dt.date | None:
    """Read through which session flips were told; None where nothing was noted yet.

    Raises
    ------
    StoreError
        Where the note is damaged: guessing would repeat flips or lose them.
    """
    path = data_dir / FILE
    try:
        return dt.date.fromisoformat(json.loads(path.read_bytes())["through"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(path), f"cannot be read ({error.strerror})") from error
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise StoreError(
            str(path),
            f"is damaged; restore it with `git checkout -- {path}`, or delete it to begin anew",
        ) from error


def write_notified(data_dir: Path, through: dt.date) -> None:
    """Note through which session flips were told, in one step.

    Raises
    ------
    UsageError
        Where the note cannot be written.
    """
    path = data_dir / FILE
    temporary = data_dir / f".{FILE}.{os.getpid()}.tmp"
    try:
        temporary.write_text(json.dumps({"through": through.isoformat()}) + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
