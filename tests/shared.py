"""Recorded vendor data kept beside the checkout, where there are any, and the server that plays them."""

from __future__ import annotations

import functools
import gzip
import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace, TracebackType
from typing import Any

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
DATA = _BESIDE / "data"
MIRROR = _BESIDE / "mirror.py"
needs_shared = pytest.mark.skipif(
    not (MIRROR.is_file() and DATA.is_dir()),
    reason="no recorded vendor data in ../shared beside the checkout",
)


class _Bomb:
    def compress(self, _: bytes) -> bytes:
        return _bomb()

    def flush(self) -> bytes:
        return b""


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(b"0," * 15_000_000)


@functools.cache
def _module() -> ModuleType:
    """The stand-in as a module; what it reads from disk is kept."""
    spec = importlib.util.spec_from_file_location("recorded_mirror", MIRROR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    load: Callable[..., Any] = module.load

    @functools.lru_cache(maxsize=64)
    def kept(path: str, wanted: tuple[str, ...], as_of: str) -> Any:
        return load(path, {"id": list(wanted)} if wanted else {}, as_of)

    # the same bomb each time, and one that does not take seconds to make
    module.zlib = SimpleNamespace(DEFLATED=0, compressobj=lambda *_: _Bomb())  # type: ignore[attr-defined]
    module.load = lambda path, query, as_of: kept(path, tuple(query.get("id", ())), as_of)  # type: ignore[attr-defined]
    return module


class Mirror:
    """The stand-in for the vendors on a free port of this machine, until the block ends.

    Parameters
    ----------
    as_of : str, optional
        Only rows dated up to that ISO date are served.
    faults : sequence of str
        `TARGET=FAULT` items, such as `VIX_=403`.
    """

    def __init__(self, as_of: str = "", faults: Sequence[str] = ()) -> None:
        module = _module()
        module.SEEN.clear()
        quiet = {"log_message": lambda *_: None}
        self._handler = type("Handler", (module.Handler,), quiet)
        self._server = module.Server(("127.0.0.1", 0), self._handler)
        self._server.handle_error = lambda *_: None  # a client that gave up is what many faults are about
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.show(as_of, faults)

    def show(self, as_of: str = "", faults: Sequence[str] = ()) -> None:
        """Serve another evening, with other faults."""
        self._handler.as_of = as_of or "9999-12-31"
        self._handler.faults = [tuple(fault.split("=", 1)) for fault in faults]
        _module().SEEN.clear()

    def __enter__(self) -> Mirror:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def overrides(self) -> list[str]:
        """`--set` values that lead the configured vendors here."""
        return [
            f"sources.cboe.base_url={self.url}/cdn.cboe.com",
            f"sources.fred.base_url={self.url}/fred.stlouisfed.org",
        ]
