"""Recorded vendor data kept beside the checkout, where there are any, and the server that plays them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
DATA = _BESIDE / "data"
MIRROR = _BESIDE / "mirror.py"
needs_shared = pytest.mark.skipif(
    not (MIRROR.is_file() and DATA.is_dir()),
    reason="no recorded vendor data in ../shared beside the checkout",
)


class Mirror:
    """The stand-in for the vendors as a process on a free port of this machine.

    Parameters
    ----------
    as_of : str, optional
        Only rows dated up to that ISO date are served.
    faults : sequence of str
        `TARGET=FAULT` items, such as `VIX_=403`.
    """

    def __init__(self, as_of: str = "", faults: Sequence[str] = ()) -> None:
        self._options = [*(["--as-of", as_of] if as_of else []), *(x for f in faults for x in ("--fault", f))]
        self.url = ""

    def __enter__(self) -> Mirror:
        command = [sys.executable, str(MIRROR), *self._options]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def overrides(self) -> list[str]:
        """`--set` values that lead the configured vendors here."""
        return [
            f"sources.cboe.base_url={self.url}/cdn.cboe.com",
            f"sources.fred.base_url={self.url}/fred.stlouisfed.org",
        ]
