"""Files of the data folder: what is missing, what may not be read and what is no folder are told apart."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from ivts_site.errors import IvtsError, StoreError, UsageError


def check_folder(data_dir: Path) -> None:
    """Check that a data folder can be looked into; one that does not exist yet is fine, a file is not."""
    try:
        data_dir.stat()
        (data_dir / "provenance.json").lstat()
    except FileNotFoundError:
        if data_dir.is_symlink() and not data_dir.exists():
            raise UsageError(f"{data_dir}: is a broken link; fix it, or {_ANOTHER}") from None
    except OSError as error:
        raise _unreadable(data_dir, error) from error


def read_file(path: Path) -> bytes | None:
    """Return the content of a file; None where there is none, StoreError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def list_folder(path: Path, *, folders: bool = False) -> list[Path]:
    """Return what a folder holds, or the folders in it alone, by name; nothing where there is none."""
    try:
        return sorted(each for each in path.iterdir() if not folders or each.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, error) from error


def replace_file(path: Path, body: bytes) -> None:
    """Write a file whole or not at all; an OSError leaves the old one."""
    temporary = path.with_name(f".{path.name.lstrip('.')}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(body)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_unfinished(data_dir: Path) -> None:
    """Remove what killed runs left half-written; call it while holding the folder."""
    for path in data_dir.glob(".*.json.*.tmp"):
        path.unlink(missing_ok=True)


_ANOTHER = "name the folder of the stored closes with --data-dir"


def _unreadable(path: Path, error: OSError) -> IvtsError:
    if isinstance(error, PermissionError):
        return StoreError(
            str(path),
            f"this user may not read it ({error.strerror}); run the command as the owner of the data folder, "
            "or let this user read it and all that is in it (chmod -R a+rX)",
        )
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        return UsageError(f"{path}: is not a folder ({error.strerror}); {_ANOTHER}")
    return StoreError(str(path), f"cannot be read ({error.strerror}); look at the disk, then try again")
