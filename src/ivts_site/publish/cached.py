"""Files by the thousand of which few change: made anew only where their inputs or their bytes differ.

A site keeps a record of them: for each file the key of everything its bytes were made from and a digest of
the bytes; and what else their links may lead to. A later build takes a file over from an earlier site where
the key is the same and the bytes still have that digest; a damaged record or file is as good as none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

RECORD = ".archive"
_HEAD = "ivts-site archive 2"
_BETWEEN = "\t"
_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFile:
    """A file kept from build to build, and how to make it; `key` hashes all that its bytes depend on."""

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSite:
    """An earlier site as its record tells of it; both are empty without a record.

    `files` has key and digest, with a tabulator between, of each of its many files; `places` is what else
    their links could lead to, as of `SiteLinks.places`.
    """

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)
    places: Set[str] = frozenset()


def find_or_make(file: CachedFile, earlier: Iterable[EarlierSite]) -> tuple[bytes, str, Path | None]:
    """Return a file's bytes, their digest, and the first earlier site that holds them under the same key."""
    for site in earlier:
        key, _, digest = site.files.get(file.path, "").partition("\t")
        body = _read(f"{site.folder}/{file.path}") if key == file.key else None
        if body is not None and _digest(body) == digest:
            return body, digest, site.folder
    body = file.make()
    return body, _digest(body), None


def write_record(settled: Iterable[tuple[str, str, str]], places: Iterable[str] = ()) -> bytes:
    """Write paths, keys and digests as the record of a site, with a digest of its own at the end.

    What else links may lead to comes first, in order and without line breaks.
    """
    lines = "".join(f"{path}\t{key}\t{digest}\n" for path, key, digest in settled)
    text = f"{_HEAD}\n{_BETWEEN.join(sorted(places))}\n{lines}"
    return f"{text}{_digest(text.encode())}\n".encode()


def read_record(site: Path) -> EarlierSite:
    """Read the record of a site; empty where it has none, or one that is damaged or of another program."""
    try:
        text, _, digest = (site / RECORD).read_bytes().rstrip(b"\n").rpartition(b"\n")
    except OSError:
        return EarlierSite(folder=site)
    if _digest(text + b"\n").encode() != digest or not text.startswith(f"{_HEAD}\n".encode()):
        return EarlierSite(folder=site)
    _, places, *lines = text.decode().split("\n")
    parts = (line.partition("\t") for line in lines)
    return EarlierSite(
        folder=site,
        files={path: rest for path, _, rest in parts},
        places=frozenset(places.split(_BETWEEN)) - {""},
    )


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - thousands of files: half the time of a Path
            return file.read()
    except OSError:
        return None


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=_SIZE).hexdigest()
