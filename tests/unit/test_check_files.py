"""What `ivts-site check` finds in pages, index and feeds of a finished site."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivts_site.pipeline.check import feed_problems, index_problems, page_problem

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'
ENTRY = "<entry><id>{}</id></entry>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files, one that every build changes, a schema and a true index."""
    files = {"a.json": b"{}", "b.csv": b"x"}
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "a.schema.json").write_bytes(b"{}")
    listed = [{"path": name, "sha256": hashlib.sha256(body).hexdigest()} for name, body in files.items()]
    (tmp_path / "now.json").write_bytes(b"{}")
    (tmp_path / "index.json").write_text(json.dumps({"files": listed, "stamped": [{"path": "now.json"}]}))
    return tmp_path


def test_a_true_index_has_no_problems(folder: Path) -> None:
    """Schemas and the index itself are not listed; a missing or broken index is another check's matter."""
    assert list(index_problems(folder)) == []
    (folder / "index.json").write_text("{")
    assert list(index_problems(folder)) == []
    (folder / "index.json").unlink()
    assert list(index_problems(folder)) == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda f: (f / "a.json").write_bytes(b"[]"), "a.json is not the file that index.json lists"),
        (lambda f: (f / "b.csv").unlink(), "index.json and the folder differ on b.csv"),
        (lambda f: (f / "now.json").unlink(), "index.json and the folder differ on now.json"),
        (lambda f: (f / "c.csv").write_bytes(b""), "index.json and the folder differ on c.csv"),
    ],
    ids=["changed", "gone", "gone and stamped", "new"],
)
def test_a_false_index_is_found(folder: Path, spoil: Callable[[Path], object], problem: str) -> None:
    """A file that was changed, removed or put there by hand."""
    spoil(folder)
    assert list(index_problems(folder)) == [problem]


@pytest.mark.parametrize(
    ("name", "text", "problems"),
    [
        ("feed.xml", ATOM.format(ENTRY.format("a") + ENTRY.format("b")), []),
        ("feed.xml", ATOM.format(""), []),
        ("feed.xml", None, ["feed.xml is missing"]),
        ("feed.xml", "<feed>", ["feed.xml is no feed"]),
        ("feed.xml", "<rss/>", ["feed.xml is no feed"]),
        (
            "feed.xml",
            ATOM.format(ENTRY.format("a") * 2),
            ["feed.xml has entries without an identifier of their own"],
        ),
        ("feed.xml", ATOM.format("<entry/>"), ["feed.xml has entries without an identifier of their own"]),
        ("feed.json", '{"items": [{"id": "a"}, {"id": "b"}]}', []),
        ("feed.json", "{", ["feed.json is no feed"]),
        ("feed.json", "[]", ["feed.json is no feed"]),
        ("feed.json", '{"items": [{}]}', ["feed.json is no feed"]),
        ("feed.json", '{"items": [{"id": ["a"]}]}', ["feed.json is no feed"]),
        (
            "feed.json",
            '{"items": [{"id": "a"}, {"id": "a"}]}',
            ["feed.json has entries without an identifier of their own"],
        ),
    ],
)
def test_feeds(tmp_path: Path, name: str, text: str | None, problems: list[str]) -> None:
    """Well-formed, of the right kind, each entry with an identifier of its own."""
    if text is not None:
        (tmp_path / name).write_text(text)
    assert list(feed_problems(tmp_path / name)) == problems


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!doctype html><html><p>all</html>\n", ""),
        ("<html>\u00e4</html>".encode(), ""),
        (b"", "is empty or cut off"),
        (b"<!doctype html><html><p>al", "is empty or cut off"),
        (b"<html>\xff</html>", "is no text"),
    ],
)
def test_pages(body: bytes, problem: str) -> None:
    """A page ends as every page does."""
    assert page_problem(body) == problem
