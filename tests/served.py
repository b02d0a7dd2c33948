"""A finished site behind the program's own preview server, for tests that read it over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ivts_site.serve import _Handler


@dataclass(frozen=True)
class Served:
    """A server and what it was asked: method, path and range of each request."""

    url: str
    port: int
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve a folder on a free port while the block runs."""

    class Noted(_Handler):
        def log_request(self, *_: Any) -> None:
            found.asked.append((self.command, self.path, self.headers.get("Range", "")))

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Noted, directory=str(folder)))
    found = Served(f"http://127.0.0.1:{server.server_port}/", server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
