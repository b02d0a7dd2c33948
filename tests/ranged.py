"""Files over HTTP for libraries that take a file system: every read is a request for a range of bytes.

DuckDB's own reader of addresses is an extension that is downloaded on first use, which tests do not do. Given
this one in its place, it runs the same plan on the same file: it asks for the end of the file, then for the
columns of the question.
"""

from __future__ import annotations

import datetime as dt
import urllib.request
from typing import Any

from fsspec.spec import AbstractBufferedFile, AbstractFileSystem


class _RangedFile(AbstractBufferedFile):
    """A file of which only the parts that are read are fetched."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{end - 1}"}
        with urllib.request.urlopen(urllib.request.Request(self.path, headers=wanted)) as answer:
            assert answer.status == 206
            return answer.read()


class RangedHTTP(AbstractFileSystem):
    """Addresses as a file system, for reading."""

    protocol = "http"
    cachable = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Size of a file, by HEAD."""
        with urllib.request.urlopen(urllib.request.Request(path, method="HEAD")) as answer:
            size = int(answer.headers["Content-Length"])
        return {"name": path, "size": size, "type": "file"}

    def modified(self, path: str) -> dt.datetime:
        """One instant for all files: nothing changes while a test runs."""
        assert path
        return dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> _RangedFile:
        return _RangedFile(self, path, mode, cache_type="none")
