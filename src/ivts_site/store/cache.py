"""Results that can be computed again, kept beside the program under a digest of all they rest on."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from ivts_site.store.files import replace_file

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
    """Keep an entry after a line with its own digest; a folder that cannot be written keeps nothing."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / key, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in entries[KEPT:]:
            path.unlink(missing_ok=True)
