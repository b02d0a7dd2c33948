"""The preview server: loopback only, compressed, with the site's own 404 page."""

from __future__ import annotations

import gzip
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivts_site import serve
from ivts_site.errors import UsageError


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[ThreadingHTTPServer]:
    """Every server that is started, in order."""
    started: list[ThreadingHTTPServer] = []

    class Remembered(ThreadingHTTPServer):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(serve.http.server, "ThreadingHTTPServer", Remembered)
    return started


@pytest.fixture
def bound(address: str, servers: list[ThreadingHTTPServer]) -> str:
    """The interface that the server listens on."""
    return str(servers[0].server_address[0])


@pytest.fixture
def address(tmp_path: Path, servers: list[ThreadingHTTPServer]) -> Iterator[str]:
    """A served folder with a page, a sub-page and a 404 page."""
    (tmp_path / "index.html").write_text("<p>home</p>")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").write_text("<p>sub</p>")
    (tmp_path / "404.html").write_text("<p>lost</p>")
    said: list[str] = []
    listening = threading.Event()

    def announce(text: str) -> None:
        said.append(text)
        listening.set()

    thread = threading.Thread(target=serve.serve_folder, args=(tmp_path, 0, announce))
    thread.start()
    assert listening.wait(10)
    yield said[0].split()[3]
    servers[0].shutdown()
    thread.join()


def get(url: str, **headers: str) -> tuple[int, bytes, str | None]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read(), answer.headers["Content-Encoding"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["Content-Encoding"]


def test_pages_and_folders_are_served(address: str, bound: str) -> None:
    """The root, a folder with and without its slash, and a query all find their page."""
    assert address.startswith("http://127.0.0.1:")
    assert bound == "127.0.0.1"  # this machine alone, whatever the printed address says
    assert get(address) == (200, b"<p>home</p>", None)
    assert get(address + "sub/?a=1")[1] == b"<p>sub</p>"
    assert get(address + "sub")[1] == b"<p>sub</p>"


def test_a_missing_page_is_the_sites_own(address: str) -> None:
    """An unknown address answers 404 with the site's page; nothing above the folder is served."""
    assert get(address + "nope")[:2] == (404, b"<p>lost</p>")
    assert get(address + "../../etc/hostname")[0] == 404


def test_text_is_compressed_when_asked(address: str) -> None:
    """As a host does, so that a preview loads like the real site."""
    status, body, encoding = get(address, **{"Accept-Encoding": "gzip"})
    assert (status, encoding) == (200, "gzip")
    assert gzip.decompress(body) == b"<p>home</p>"


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    """The message says how to make one."""
    with pytest.raises(UsageError, match="run `ivts-site build` first"):
        serve.serve_folder(tmp_path, 0, print)


def test_a_taken_port_is_named(address: str, tmp_path: Path) -> None:
    """The message says which option helps."""
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(UsageError, match=f"port {port}: .* --port"):
        serve.serve_folder(tmp_path, port, print)
