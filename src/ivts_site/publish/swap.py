"""Put a finished site in place in one step: a crash at any moment leaves the old site or the new one."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from ivts_site.errors import RenderError, UsageError
from ivts_site.lock import hold_lock
from ivts_site.publish.cached import CachedFile
from ivts_site.publish.links import SiteLinks
from ivts_site.publish.staging import Written, begin, keep_spare, populate

MARKER = Path("api/v1/snapshot.json")
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def publish_site(
    files: Mapping[str, bytes],
    out: Path,
    *,
    cached: Iterable[CachedFile] = (),
    links: SiteLinks | None = None,
) -> Written:
    """Write all files, by path below the site's root, to a temporary folder beside `out` and swap the two.

    `cached` more files are made and written one by one, so that they are never in memory together. Unchanged
    ones are taken over from earlier sites: the one in place, and the one before it, which then stays beside
    it as the hidden folder `.NAME.spare`. `links` are those of `files`, to which those of `cached` come
    later: any that leads nowhere stops the build.

    UsageError where `out` is something else than a site or cannot be written; RenderError where another build
    holds the folder, the disk is full or a file has faults. Either way the previous site stays in place.
    """
    out = out.absolute()
    try:
        _check_target(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(out.parent / f".{out.name}.lock", busy=RenderError):
            _recover(out)
            return _write_and_swap(files, out, cached, links or SiteLinks(files))
    except PermissionError as error:
        raise UsageError(
            f"{out}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    except OSError as error:
        raise RenderError(f"{out}: {error.strerror}; the previous site is unchanged") from error


def _check_target(out: Path) -> None:
    if out.is_symlink():
        raise UsageError(f"{out}: is a link; name the folder it leads to with --out")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is not a folder; choose another one with --out")
    if (out / ".git").exists():
        raise UsageError(
            f"{out}: is a git working copy, which publishing would replace; choose another folder with --out"
        )
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise UsageError(
            f"{out}: holds files that are not from this program; remove it, or choose another --out"
        )


def _write_and_swap(
    files: Mapping[str, bytes], out: Path, cached: Iterable[CachedFile], links: SiteLinks
) -> Written:
    staging = begin(out)
    try:
        written = populate(staging, out, files, cached, links)
        old = _swap(staging, out)
        with contextlib.suppress(OSError):  # the new site is in place, whatever becomes of the old one
            keep_spare(old, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return written


def _swap(new: Path, out: Path) -> Path | None:
    """Put the new site in place and return where the old one is now."""
    if not out.exists():
        new.rename(out)
        return None
    if _exchange(new, out):
        return new
    old = _old(out)
    out.rename(old)
    new.rename(out)
    return old


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
