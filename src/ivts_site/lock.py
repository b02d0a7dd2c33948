"""One writer at a time: an advisory lock file that names its holder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ivts_site.errors import IvtsError


@contextmanager
def hold_lock(path: Path, *, busy: type[IvtsError], wait_seconds: float = 5.0) -> Iterator[None]:
    """Hold an exclusive lock while the block runs; the kernel frees it however the process ends.

    The file is made where missing and left in place. `busy` is raised, with the holder's process number,
    where the lock is not free within `wait_seconds`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, path, busy, time.monotonic() + wait_seconds)
        with suppress(OSError):  # who holds it is told as a courtesy: a full disk may still be read from
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, busy: type[IvtsError], until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                holder = path.read_text(encoding="utf-8", errors="replace").strip() or "unknown"
                raise busy(
                    f"{path.parent}: another run holds it (process {holder}); try again later"
                ) from error
            time.sleep(0.1)
        else:
            return
