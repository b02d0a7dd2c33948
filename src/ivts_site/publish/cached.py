"""Files by the thousand of which few change: made anew only where their inputs or their bytes differ.

A site keeps a record of them: for each file the key of everything its bytes were made from and a digest of
the bytes; and what else their links may lead to. A later build takes a file over from an earlier site where
the key is the same and the bytes still have that digest; a damaged record or file is as good as none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
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


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """A file as it will be published; `found` is an earlier site that holds just these bytes, or None."""

    file: CachedFile
    digest: str
    body: bytes
    found: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSite:
    """An earlier site as its record tells of it; both are empty without a record.

    `files` has key and digest, with a tabulator between, of each of its many files; `places` is what else
    their links could lead to, as of `SiteLinks.places`.
    """

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)
    places: Set[str] = frozenset()


def make_or_reuse(files: Iterable[CachedFile], earlier: Sequence[EarlierSite]) -> Iterator[ReadyFile]:
    """Make each file, or find it in one of the earlier sites, the best of which comes first.

    Files are asked for once, in the order of publication, so that they may be made on the way.
    """
    for file in files:
        yield next(_reused(file, earlier), None) or _made(file)


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


def _made(file: CachedFile) -> ReadyFile:
    body = file.make()
    return ReadyFile(file, _digest(body), body, None)


def _reused(file: CachedFile, earlier: Iterable[EarlierSite]) -> Iterator[ReadyFile]:
    """Yield the file from each earlier site that has it with the same key and with sound bytes."""
    for site in earlier:
        key, _, digest = site.files.get(file.path, "").partition("\t")
        if key != file.key:
            continue
        body = _read(f"{site.folder}/{file.path}")
        if body is not None and _digest(body) == digest:
            yield ReadyFile(file, digest, body, site.folder)


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - thousands of files: half the time of a Path
            return file.read()
    except OSError:
        return None


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=_SIZE).hexdigest()
