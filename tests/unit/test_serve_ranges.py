"""Byte ranges of the preview server, as hosts of static files answer them."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.served import Served, serve

from ivts_site.serve import find_range

BODY = b"0123456789"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """A folder with a file of ten bytes, one that is compressed when whole, and a table."""
    (tmp_path / "index.html").write_bytes(b"<p>home</p>")
    (tmp_path / "ten.bin").write_bytes(BODY)
    (tmp_path / "ten.csv").write_bytes(BODY)
    (tmp_path / "table.parquet").write_bytes(BODY)
    with serve(tmp_path) as served:
        yield served


def ask(site: Served, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    try:
        connection.request(method, path, headers={n.replace("_", "-"): v for n, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("header", "positions"),
    [
        ("bytes=0-3", [0, 1, 2, 3]),
        ("bytes=4-4", [4]),
        ("bytes=7-", [7, 8, 9]),
        ("bytes=-3", [7, 8, 9]),
        ("bytes=-99", list(range(10))),
        ("bytes=8-99", [8, 9]),
        ("bytes=10-", []),
        ("bytes=99-120", []),
        ("bytes=-0", []),
    ],
)
def test_ranges(header: str, positions: list[int]) -> None:
    """First and last byte are both included, `-n` counts from the end, the end of the file cuts."""
    assert list(find_range(header, 10) or ()) == positions


@pytest.mark.parametrize("header", ["", "bytes=-", "bytes=3-1", "bytes=0-1,4-5", "rows=0-1", "bytes=a-b"])
def test_what_is_no_single_range_is_answered_whole(header: str) -> None:
    """RFC 9110 lets a server ignore a range that it does not understand."""
    assert find_range(header, 10) is None


def test_part_of_a_file(site: Served) -> None:
    """206 with the place of the part and the length of the whole; ranges are for GET alone."""
    status, headers, body = ask(site, "/ten.bin", Range="bytes=2-5")
    assert (status, body) == (206, b"2345")
    assert (headers["Content-Range"], headers["Content-Length"]) == ("bytes 2-5/10", "4")
    status, headers, body = ask(site, "/ten.bin", method="HEAD", Range="bytes=-4")
    assert (status, headers["Content-Length"], body) == (200, "10", b"")


def test_a_range_outside_the_file(site: Served) -> None:
    """416 tells the length, so that a reader can ask again."""
    status, headers, body = ask(site, "/ten.bin", Range="bytes=10-12")
    assert (status, headers["Content-Range"], body) == (416, "bytes */10", b"")


def test_parts_are_never_compressed(site: Served) -> None:
    """Positions are those of the file as stored; the whole file is compressed as before."""
    part = ask(site, "/ten.csv", Range="bytes=0-1", Accept_Encoding="gzip")
    assert (part[0], part[2]) == (206, b"01")
    assert "Content-Encoding" not in part[1]
    assert ask(site, "/ten.csv", Accept_Encoding="gzip")[1]["Content-Encoding"] == "gzip"


def test_a_condition_that_cannot_be_compared_gets_the_whole_file(site: Served) -> None:
    """If-Range asks for a part of one version only; without versions the whole file is right."""
    assert ask(site, "/ten.bin", Range="bytes=0-1", If_Range='"v1"')[::2] == (200, BODY)


def test_files_may_be_read_from_other_sites(site: Served) -> None:
    """Scripts of other origins may read, as on GitHub Pages; tables have their media type."""
    status, headers, _ = ask(site, "/table.parquet")
    assert (status, headers["Access-Control-Allow-Origin"], headers["Accept-Ranges"]) == (200, "*", "bytes")
    assert headers["Content-Type"] == "application/vnd.apache.parquet"


def test_a_missing_file_has_no_ranges(site: Served) -> None:
    """404 stays 404."""
    assert ask(site, "/none.bin", Range="bytes=0-1")[0] == 404
