"""Preview of the finished site on loopback, compressed as a host would."""

from __future__ import annotations

import gzip
import http.server
import io
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from ivts_site.errors import UsageError

COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".csv")


def serve_folder(folder: Path, port: int, announce: Callable[[str], None]) -> None:
    """Serve a folder on 127.0.0.1 until interrupted.

    Parameters
    ----------
    folder : Path
        A finished site.
    port : int
        0 takes any free port.
    announce : callable
        Told the address once the server listens.

    Raises
    ------
    UsageError
        Where the folder is missing or the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise UsageError(f"{folder}: holds no site; run `ivts-site build` first")
    try:
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", port), partial(_Handler, directory=str(folder))
        )
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}; choose another one with --port") from error
    announce(f"Serving {folder} on http://127.0.0.1:{server.server_port}/ (Ctrl-C stops it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        announce("Stopped.")
    finally:
        server.server_close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Static files with gzip and the site's own 404 page; quiet."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not self.path.split("?")[0].endswith("/"):
            return super().send_head()
        file = path / "index.html" if path.is_dir() else path
        status = HTTPStatus.OK if file.is_file() else HTTPStatus.NOT_FOUND
        body = self._body(file if file.is_file() else Path(self.directory) / "404.html")
        return self._reply(status, file if status is HTTPStatus.OK else Path("404.html"), body)

    def _reply(self, status: HTTPStatus, file: Path, body: bytes) -> io.BytesIO:
        packed = file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, mtime=0) if packed else body
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return io.BytesIO(body)

    @staticmethod
    def _body(file: Path) -> bytes:
        return file.read_bytes() if file.is_file() else b"Not found"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: a preview needs no access log."""
