"""Preview of the finished site on loopback: compressed, and in byte ranges, as a host would."""

from __future__ import annotations

import gzip
import http.server
import io
import re
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from ivts_site.errors import UsageError

COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".csv")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def serve_folder(folder: Path, port: int, announce: Callable[[str], None]) -> None:
    """Serve a finished site on 127.0.0.1 until interrupted; port 0 takes any free one.

    `announce` is told the address once the server listens. A missing folder or a port that is taken is a
    UsageError.
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


def find_range(header: str, size: int) -> range | None:
    """Read the header `Range` of a request (RFC 9110, section 14): positions in a file of `size` bytes.

    They are cut at the end of the file, and empty where it holds none of them. None where the whole file is
    to be sent: another unit, several ranges, or no range at all.
    """
    found = _RANGE.fullmatch(header)
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Static files with gzip, byte ranges and the site's own 404 page; quiet."""

    extensions_map = {  # noqa: RUF012 (as the base class has it)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".parquet": "application/vnd.apache.parquet",
    }

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not self.path.split("?")[0].endswith("/"):
            return super().send_head()
        file = path / "index.html" if path.is_dir() else path
        if not file.is_file():
            page = Path(self.directory) / "404.html"
            return self._reply(HTTPStatus.NOT_FOUND, Path("404.html"), self._body(page))
        body = self._body(file)
        asked = self.headers.get("Range", "") if self.command == "GET" else ""
        # a range with a condition is answered whole: files have no version here that could be compared
        wanted = None if "If-Range" in self.headers else find_range(asked, len(body))
        return self._reply(HTTPStatus.OK, file, body) if wanted is None else self._cut(file, body, wanted)

    def _cut(self, file: Path, body: bytes, wanted: range) -> io.BytesIO:
        if not wanted:
            where, status = f"bytes */{len(body)}", HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        else:
            where, status = f"bytes {wanted[0]}-{wanted[-1]}/{len(body)}", HTTPStatus.PARTIAL_CONTENT
        return self._reply(status, file, body[wanted.start : wanted.stop], {"Content-Range": where})

    def _reply(
        self, status: HTTPStatus, file: Path, body: bytes, more: Mapping[str, str] = MappingProxyType({})
    ) -> io.BytesIO:
        packed = not more and file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, mtime=0) if packed else body
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-cache")
        for name, value in more.items():
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return io.BytesIO(body)

    @staticmethod
    def _body(file: Path) -> bytes:
        return file.read_bytes() if file.is_file() else b"Not found"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: a preview needs no access log."""
