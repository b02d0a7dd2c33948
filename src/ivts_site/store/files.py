"""What is missing, what this user may not read and what is no folder at all, told apart."""

from __future__ import annotations

import errno
from pathlib import Path

from ivts_site.errors import IvtsError, StoreError, UsageError


def check_folder(data_dir: Path) -> None:
    """Check that a data folder can be looked into; one that does not exist yet is fine.

    Raises
    ------
    UsageError
        Where it is a file or a link that leads nowhere.
    StoreError
        Where this user may not look into it.
    """
    try:
        data_dir.stat()
        (data_dir / "provenance.json").lstat()
    except FileNotFoundError:
        if data_dir.is_symlink() and not data_dir.exists():
            raise UsageError(f"{data_dir}: is a link that leads nowhere; mend it, or {_ANOTHER}") from None
    except OSError as error:
        raise _unreadable(data_dir, error) from error


def read_file(path: Path) -> bytes | None:
    """Return the content of a file; None where there is none.

    Raises
    ------
    StoreError
        Where it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def list_folder(path: Path, *, folders: bool = False) -> list[Path]:
    """Return what a folder holds, or the folders in it alone, by name; nothing where there is none.

    Raises
    ------
    StoreError
        Where it cannot be read.
    """
    try:
        return sorted(each for each in path.iterdir() if not folders or each.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, error) from error


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
