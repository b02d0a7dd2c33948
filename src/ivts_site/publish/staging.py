"""The folder in which a site is put together before it takes its place.

Where a site has files by the thousand, the one before it stays beside it as a spare: it differs from the
next one in a few files, and to bring it up to date is quicker than to make thousands of folders and remove as
many.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from ivts_site.errors import RenderError
from ivts_site.publish.cached import RECORD, CachedFile, find_or_make, read_record, write_record
from ivts_site.publish.links import SiteLinks

N_TOLD = 20
FOLDER_MODE, FILE_MODE = 0o755, 0o644
"""A web server reads the site as another user, whatever the umask of who builds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many files a site has and how large they are; `n_kept` of them were taken over unchanged.

    `foreign` are files in the folder that no build made, and that stayed there.
    """

    n_files: int
    n_bytes: int
    n_kept: int = 0
    foreign: tuple[str, ...] = ()


def begin(out: Path) -> Path:
    """Return the folder to fill, beside the site: the spare under another name, or an empty one."""
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    if spare(out).is_dir():
        spare(out).rename(staging)  # takes the place of the empty folder
    staging.chmod(FOLDER_MODE)
    return staging


def spare(out: Path) -> Path:
    """Return where the site before the present one is kept."""
    return out.with_name(f".{out.name}.spare")


def populate(
    staging: Path, out: Path, files: Mapping[str, bytes], cached: Iterable[CachedFile], links: SiteLinks
) -> Written:
    """Make the staging folder hold the given files and no others; `out`, the site in place, is only read.

    Links of `cached` that lead nowhere are a `RenderError`; see `publish_site`.
    """
    folder = _Folder(staging)
    for name in sorted(files):
        folder.write(name, files[name])
    n_bytes, n_kept, record = sum(map(len, files.values())), 0, []
    earlier = [read_record(site) for site in (staging, out)]
    # the links of what was published led somewhere; they still do where nothing has gone since
    sound = {site.folder for site in earlier if links.cover(site.files, site.places)}
    faults: list[str] = []
    for file in cached:
        body, digest, found = find_or_make(file, earlier)
        if found not in sound:
            faults += links.broken_in(file.path, body)
        if found is None:
            folder.write(file.path, body)
        elif found != staging:
            folder.share(file.path, found)
        record.append((file.path, file.key, digest))
        n_bytes, n_kept = n_bytes + len(body), n_kept + (found is not None)
    if faults:
        raise RenderError(f"broken links: {'; '.join(faults[:N_TOLD])}")
    folder.write(RECORD, write_record(record, links.places))
    wanted = {*files, *(path for path, _, _ in record), RECORD}
    foreign = sorted(foreign_files(out) - wanted)
    for name in foreign:
        folder.share(name, out)
    folder.keep(wanted.union(foreign))
    return Written(n_files=len(wanted), n_bytes=n_bytes, n_kept=n_kept, foreign=tuple(foreign))


def foreign_files(out: Path) -> set[str]:
    """Return the files of a site that no build made, such as a CNAME; those in `assets/` are always builds'.

    Without a record nothing is known to be foreign.
    """
    earlier = read_record(out)
    if not earlier.places:
        return set()
    known = earlier.places | earlier.files.keys() | {RECORD}
    found = {f"{folder}/{name}"[len(f"{out}/") :] for folder, _, names in os.walk(out) for name in names}
    return {name for name in found - known if not name.startswith("assets/")}


def keep_spare(old: Path | None, out: Path) -> None:
    """Keep the replaced site, now at `old`, as the spare, or a copy of the new one's many files.

    Where the new site has no record of many files, no spare stays.
    """
    record = read_record(out).files
    if old and not record:
        shutil.rmtree(old)
    elif old:
        old.rename(spare(out))
    elif record:
        copy = _Folder(begin(out))
        for path in (*record, RECORD):
            copy.share(path, out)
        copy.path.rename(spare(out))


@dataclass(slots=True)
class _Folder:
    """A folder being filled, with what is already in it.

    A file that is there is removed before its name is given to another: under a second name, it may belong to
    the site in place.
    """

    path: Path
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=lambda: {""})

    def __post_init__(self) -> None:
        self._list("")

    def _list(self, prefix: str) -> None:
        with os.scandir(self.path / prefix) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if (
                        entry.stat().st_mode & 0o777 != FOLDER_MODE
                    ):  # made by an earlier build under another umask
                        Path(entry).chmod(FOLDER_MODE)
                    self.folders.add(f"{prefix}{entry.name}")
                    self._list(f"{prefix}{entry.name}/")
                else:
                    self.files.add(f"{prefix}{entry.name}")

    def write(self, name: str, body: bytes) -> None:
        """Write a file."""
        path = self._cleared(name)
        path.write_bytes(body)
        path.chmod(FILE_MODE)

    def share(self, name: str, site: Path) -> None:
        """Give a file of another site a second name here, or copy it where there are no such names."""
        path = self._cleared(name)
        try:
            os.link(site / name, path)
        except OSError:
            path.write_bytes((site / name).read_bytes())
            path.chmod(FILE_MODE)

    def keep(self, wanted: Set[str]) -> None:
        """Remove all other files, and folders that are empty then."""
        for name in self.files - wanted:
            (self.path / name).unlink()
        used = {parent for name in wanted for parent in _parents(name)}
        for name in sorted(self.folders - used - {""}, reverse=True):  # what is inside comes first
            (self.path / name).rmdir()

    def _cleared(self, name: str) -> Path:
        """Return the place of a file, with its folders there and nothing in its way."""
        for place in (*_parents(name), name):
            if place in self.files:
                (self.path / place).unlink()
                self.files.discard(place)
        path = self.path / name
        if name in self.folders:
            shutil.rmtree(path)
            self.folders = {each for each in self.folders if each != name and not each.startswith(f"{name}/")}
            self.files = {each for each in self.files if not each.startswith(f"{name}/")}
        if name.rpartition("/")[0] not in self.folders:
            for parent in _parents(name):
                if parent not in self.folders:
                    (self.path / parent).mkdir()
                    (self.path / parent).chmod(FOLDER_MODE)
                    self.folders.add(parent)
        return path


def _parents(name: str) -> list[str]:
    """Return the folders that hold a file: "a/b/c" lies in "a/b" and "a"."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
