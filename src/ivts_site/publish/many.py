"""Files by the thousand of which few change: made anew only where their inputs or their bytes differ.

The site keeps a record of them: for each file the key of everything its bytes were made from, and a digest
of the bytes. A later build takes a file over from the site it replaces where the key is the same and the
bytes still have that digest; a record or a file that is damaged is as good as none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

RECORD = ".archive"
_HEAD = "ivts-site archive 1"
_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A file, and how to make it.

    Attributes
    ----------
    path : str
        Below the site's root.
    key : str
        Hash of everything that the bytes depend on, in hexadecimal digits.
    make : callable
        Makes the bytes.
    """

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A file as it will be published; `kept` where the replaced site holds just these bytes."""

    path: str
    key: str
    digest: str
    body: bytes
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    key: str
    digest: str


def settle(recipes: Iterable[Recipe], old: Path) -> Iterator[Settled]:
    """Make each file, or take it over from the site that is about to be replaced.

    Parameters
    ----------
    recipes : iterable of Recipe
        In the order of publication; each is asked for once, so that they may be made on the way.
    old : Path
        Folder of the site in place; may be missing.
    """
    record = read_record(old)
    for recipe in recipes:
        entry = record.get(recipe.path)
        body = _sound(old / recipe.path, entry.digest) if entry and entry.key == recipe.key else None
        made = recipe.make() if body is None else body
        yield Settled(
            path=recipe.path,
            key=recipe.key,
            digest=entry.digest if entry and body is not None else _digest(made),
            body=made,
            kept=body is not None,
        )


def write_record(settled: Iterable[tuple[str, str, str]]) -> bytes:
    """Write paths, keys and digests as the record of a site, with a digest of its own at the end."""
    lines = "".join(f"{path}\t{key}\t{digest}\n" for path, key, digest in settled)
    text = f"{_HEAD}\n{lines}"
    return f"{text}{_digest(text.encode())}\n".encode()


def read_record(site: Path) -> Mapping[str, _Entry]:
    """Read the record of a site; empty where it has none, or one that is damaged or of another program."""
    try:
        text, _, digest = (site / RECORD).read_bytes().rstrip(b"\n").rpartition(b"\n")
    except OSError:
        return {}
    if _digest(text + b"\n").encode() != digest or not text.startswith(_HEAD.encode()):
        return {}
    lines = (line.split("\t") for line in text.decode().splitlines()[1:])
    return {path: _Entry(key=key, digest=digest) for path, key, digest in lines}


def _sound(path: Path, digest: str) -> bytes | None:
    """Read a file; None where it is not there or not what it was."""
    try:
        body = path.read_bytes()
    except OSError:
        return None
    return body if _digest(body) == digest else None


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=_SIZE).hexdigest()
