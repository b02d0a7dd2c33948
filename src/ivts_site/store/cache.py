"""Results that can be made anew, kept beside the program under a digest of all they rest on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

KEPT = 32
"""Entries kept in a folder; those used longest ago are removed."""


def read_cached(folder: Path, key: str) -> bytes | None:
    """Return an entry; None where there is none, or where it is damaged."""
    try:
        checksum, _, body = (folder / key).read_bytes().partition(b"\n")
    except OSError:
        return None
    if checksum.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    with contextlib.suppress(OSError):
        os.utime(folder / key)
    return body


def write_cached(folder: Path, key: str, body: bytes) -> None:
    """Keep an entry, whole or not at all; a folder that cannot be written keeps nothing.

    Parameters
    ----------
    folder : Path
        Made where missing; holds entries alone.
    key : str
        Hexadecimal digest of all that the entry is a function of.
    body : bytes
        The entry; stored after a line with its own digest.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            Path(name).replace(folder / key)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _forget_old(folder)


def _forget_old(folder: Path) -> None:
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in entries[KEPT:]:
        path.unlink(missing_ok=True)
