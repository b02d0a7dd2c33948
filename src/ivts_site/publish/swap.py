"""Put a finished site in place in one step: a crash at any moment leaves the old site or the new one."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivts_site.errors import RenderError, UsageError
from ivts_site.lock import hold_lock
from ivts_site.publish.many import RECORD, Recipe, Settled, settle, write_record

MARKER = Path("api/v1/snapshot.json")
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many files a site has and how large they are; `n_kept` of them were taken over unchanged."""

    n_files: int
    n_bytes: int
    n_kept: int = 0


def publish_site(
    files: Mapping[str, bytes],
    out: Path,
    *,
    many: Iterable[Recipe] = (),
    check: Callable[[str, bytes], Iterable[str]] = lambda path, body: (),  # noqa: ARG005
) -> Written:
    """Write all files to a temporary folder beside `out` and swap the two.

    Parameters
    ----------
    files : mapping
        Path below the site's root, with forward slashes, to content.
    out : Path
        The site's folder; made where missing, replaced whole where it holds a site.
    many : iterable of Recipe
        More files, made and written one by one, so that they are never in memory together; unchanged ones
        are shared with the site that is replaced, as hard links where the file system has them.
    check : callable
        Lists the faults of such a file, given its path and content; any fault stops the build.

    Returns
    -------
    Written

    Raises
    ------
    UsageError
        Where `out` is something else than a site or cannot be written; nothing is changed.
    RenderError
        Where another build holds the folder, the disk is full or a file has faults; the previous site stays
        in place.
    """
    out = out.absolute()
    try:
        _check_target(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(out.parent / f".{out.name}.lock", busy=RenderError):
            _recover(out)
            return _write_and_swap(files, out, many, check)
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


def _write_and_swap(
    files: Mapping[str, bytes],
    out: Path,
    many: Iterable[Recipe],
    check: Callable[[str, bytes], Iterable[str]],
) -> Written:
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    try:
        _write_all(files, staging)
        more = _write_many(settle(many, out), out, staging, check)
        _swap(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Written(
        n_files=len(files) + more.n_files,
        n_bytes=sum(map(len, files.values())) + more.n_bytes,
        n_kept=more.n_kept,
    )


def _write_all(files: Mapping[str, bytes], folder: Path) -> None:
    folder.chmod(0o755)
    for name in sorted(files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, files[name])


def _write_many(
    settled: Iterable[Settled], old: Path, folder: Path, check: Callable[[str, bytes], Iterable[str]]
) -> Written:
    """Write or share the files as they come, and then the record of them."""
    record: list[tuple[str, str, str]] = []
    faults: list[str] = []
    made: set[str] = set()
    n_bytes = n_kept = 0
    for file in settled:
        faults += check(file.path, file.body)
        place, _, _ = file.path.rpartition("/")
        if place not in made:
            (folder / place).mkdir(parents=True, exist_ok=True)
            made.add(place)
        if not (file.kept and _shared(old / file.path, folder / file.path)):
            _write(folder / file.path, file.body)
        record.append((file.path, file.key, file.digest))
        n_bytes, n_kept = n_bytes + len(file.body), n_kept + file.kept
    if faults:
        raise RenderError(f"links lead nowhere: {'; '.join(faults[:20])}")
    if not record:
        return Written(n_files=0, n_bytes=0)
    body = write_record(record)
    _write(folder / RECORD, body)
    return Written(n_files=len(record) + 1, n_bytes=n_bytes + len(body), n_kept=n_kept)


def _write(path: Path, body: bytes) -> None:
    path.write_bytes(body)
    path.chmod(0o644)


def _shared(old: Path, new: Path) -> bool:
    """Give a file a second name; False where the file system does not (then it is written anew)."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


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
