"""Put a finished site in place in one step: a crash at any moment leaves the old site or the new one."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ivts_site.errors import RenderError, UsageError
from ivts_site.lock import hold_lock

MARKER = Path("api/v1/snapshot.json")
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def publish_site(files: Mapping[str, bytes], out: Path) -> None:
    """Write all files to a temporary folder beside `out` and swap the two.

    Parameters
    ----------
    files : mapping
        Path below the site's root, with forward slashes, to content.
    out : Path
        The site's folder; made where missing, replaced whole where it holds a site.

    Raises
    ------
    UsageError
        Where `out` is something else than a site or cannot be written; nothing is changed.
    RenderError
        Where another build holds the folder or the disk is full; the previous site stays in place.
    """
    out = out.absolute()
    try:
        _check_target(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(out.parent / f".{out.name}.lock", busy=RenderError):
            _recover(out)
            _write_and_swap(files, out)
    except PermissionError as error:
        raise UsageError(
            f"{out}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    except OSError as error:
        raise RenderError(f"{out}: {error.strerror}; the previous site is unchanged") from error


def _check_target(out: Path) -> None:
    if out.is_symlink():
        raise UsageError(f"{out}: is a link, which a swap would replace; name the folder itself with --out")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is not a folder; choose another one with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise UsageError(
            f"{out}: holds files but no site of this program; remove it, or choose another folder with --out"
        )


def _write_and_swap(files: Mapping[str, bytes], out: Path) -> None:
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    try:
        _write_all(files, staging)
        _swap(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_all(files: Mapping[str, bytes], folder: Path) -> None:
    folder.chmod(0o755)
    for name in sorted(files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])
        path.chmod(0o644)


def _swap(new: Path, out: Path) -> None:
    if not out.exists():
        new.rename(out)
    elif not _exchange(new, out):
        old = _old(out)
        out.rename(old)
        new.rename(out)
        shutil.rmtree(old)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one system call; False where the system has none (then two renames do it)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(code, os.strerror(code))


def _recover(out: Path) -> None:
    """Undo what a killed run left behind: temporary folders, and a site moved aside by the two-step swap."""
    old = _old(out)
    if old.is_dir() and not out.exists():
        old.rename(out)
    for leftover in [old, *out.parent.glob(f".{out.name}.new-*")]:
        shutil.rmtree(leftover, ignore_errors=True)


def _old(out: Path) -> Path:
    return out.with_name(f".{out.name}.old")
