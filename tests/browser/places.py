"""Where pages under test come from: served folders, their pages, and tools that npm brings."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

NODE_MODULES = Path(__file__).parents[2] / "node_modules"
FEW = 4
"""Pages of one folder that are all looked at; of more, two are."""

BASE_URL = "https://example.org"
"""Where the sample site says it will be served; the 404 page links by full address."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extra: Mapping[str, str] = {}

    def end_headers(self) -> None:
        for name, value in self.extra.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a folder on loopback with some headers more, and yield its address without a slash at its end."""
    kind = type("Handler", (_Quiet,), {"extra": dict(headers or {})})
    handler = functools.partial(kind, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def page_files(site: Path) -> list[Path]:
    """Return every HTML file of a site."""
    return sorted(site.rglob("*.html"))


def page_kinds(site: Path) -> list[Path]:
    """Return HTML files of every kind: of a folder with many pages below it, the first and the last."""
    folders: dict[Path, list[Path]] = {}
    for file in page_files(site):
        folders.setdefault(file.parent.parent if file.name == "index.html" else file, []).append(file)
    chosen = [
        file
        for folder, files in folders.items()
        for file in (files if len(files) <= FEW or folder in (site, site.parent) else (files[0], files[-1]))
    ]
    return sorted(chosen)


def page_paths(site: Path) -> list[str]:
    """Return the paths at which pages of every kind are served: `/`, `/methodology/`, `/404.html`."""
    names = (path.relative_to(site).as_posix() for path in page_kinds(site))
    return ["/" + name.removesuffix("index.html") for name in names]


def own_links(page: Any, origin: str) -> None:
    """Make the 404 page, whose links are absolute, load its files from here."""
    page.route("**/404.html", lambda route: _answer(route, origin))


def _answer(route: Any, origin: str) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace(BASE_URL, origin))


def npm_file(path: str) -> Path:
    """Return a file of a development tool, or skip the test where npm has not brought it."""
    file = NODE_MODULES / path
    if not file.is_file():
        pytest.skip(f"node_modules/{path} is missing: npm ci --ignore-scripts")
    return file


def double_click(plot: Any, x: float, holds: Callable[[], bool]) -> None:
    """Click a chart twice until it takes that for a double click: on a busy machine one may be late."""
    for _ in range(5):
        plot.dblclick(position={"x": x, "y": 150})
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if holds():
                return
            plot.page.wait_for_timeout(50)
    pytest.fail("five double clicks changed nothing")
