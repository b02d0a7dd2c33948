"""Files by the thousand: made once, kept while nothing they depend on changes, never trusted when damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ivts_site.errors import RenderError
from ivts_site.pipeline.fingerprint import fingerprint, template_fingerprint
from ivts_site.publish import CachedFile, SiteLinks, publish_site
from ivts_site.publish.cached import RECORD, read_record, write_record

FILES = {"index.html": b"home", "api/v1/snapshot.json": b"{}"}


class Maker:
    """Numbered pages and a note of which were made."""

    def __init__(self, links: str = "") -> None:
        self.made: list[str] = []
        self.links = links

    def files(self, keys: dict[str, str]) -> Iterator[CachedFile]:
        """Yield a file for each page and key; the content tells both."""
        for name, key in keys.items():
            yield CachedFile(path=f"day/{name}/index.html", key=key, make=partial(self._make, name, key))

    def publish(self, out: Path, keys: dict[str, str], **more: object) -> list[str]:
        """Publish and return the pages that were made for it."""
        self.made = []
        publish_site({**FILES, "index.html": repr(keys).encode()}, out, cached=self.files(keys), **more)  # type: ignore[arg-type]
        return self.made

    def _make(self, name: str, key: str) -> bytes:
        self.made.append(name)
        return f"{name} {key}{self.links}".encode()


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def folders(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir()}


def fresh(tmp_path: Path, keys: dict[str, str]) -> dict[str, bytes]:
    """What a build without anything to take over gives."""
    out = tmp_path / f"fresh-{len(list(tmp_path.iterdir()))}" / "site"
    Maker().publish(out, keys)
    return tree(out)


ONE = {"a": "1", "b": "1", "c": "1"}
TWO = {"a": "1", "b": "2", "c": "1", "d": "1"}
THREE = {"a": "1", "b": "2", "c": "1", "d": "2", "e": "1"}


def test_only_what_changed_is_made(tmp_path: Path) -> None:
    """Over three builds: the new and the changed pages, and each site has the bytes of a fresh one."""
    maker, out = Maker(), tmp_path / "site"
    assert maker.publish(out, ONE) == ["a", "b", "c"]
    assert maker.publish(out, TWO) == ["b", "d"]
    assert tree(out) == fresh(tmp_path, TWO)
    assert maker.publish(out, THREE) == ["d", "e"]
    assert tree(out) == fresh(tmp_path, THREE)
    assert maker.publish(out, THREE) == []
    assert tree(out) == fresh(tmp_path, THREE)


def test_pages_that_are_no_more_leave_no_folder(tmp_path: Path) -> None:
    """Nor does a file that somebody put into the spare."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, THREE)
    (tmp_path / ".site.spare/day/x").mkdir()
    (tmp_path / ".site.spare/day/x/stray.txt").write_text("mine")
    for _ in range(3):
        maker.publish(out, ONE)
        assert tree(out) == fresh(tmp_path, ONE)
        assert folders(out) == {"api", "api/v1", "day", "day/a", "day/b", "day/c"}


@pytest.mark.parametrize("which", ["site", ".site.spare", "both"])
@pytest.mark.parametrize("damage", ["byte", "cut", "gone", "folder"])
def test_a_damaged_page_is_made_anew(tmp_path: Path, which: str, damage: str) -> None:
    """Another byte at the same size and time, half a file, none, a folder in its place: bytes as fresh."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    maker.publish(out, TWO)
    for place in ("site", ".site.spare") if which == "both" else (which,):
        page = tmp_path / place / "day/a/index.html"
        stamp = page.stat()
        body = page.read_bytes()
        page.unlink()
        if damage == "folder":
            page.mkdir()
        elif damage != "gone":
            page.write_bytes(body[:2] if damage == "cut" else b"X" + body[1:])
            os.utime(page, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    made = maker.publish(out, TWO)
    assert made == (["a"] if which == "both" else [])
    assert tree(out) == fresh(tmp_path, TWO)


@pytest.mark.parametrize(
    "record",
    [b"", b"nonsense", b"ivts-site archive 1\nday/a/index.html\tx\ty\nbeef\n", None],
    ids=["empty", "nonsense", "wrong digest", "cut"],
)
def test_a_damaged_record_is_as_good_as_none(tmp_path: Path, record: bytes | None) -> None:
    """Everything is made anew."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    for place in (out, tmp_path / ".site.spare"):
        whole = (place / RECORD).read_bytes()
        (place / RECORD).unlink()  # the two may be one file under two names
        (place / RECORD).write_bytes(whole[:-40] if record is None else record)
    assert maker.publish(out, ONE) == ["a", "b", "c"]
    assert tree(out) == fresh(tmp_path, ONE)


def test_a_file_where_a_folder_was(tmp_path: Path) -> None:
    """The folder comes back."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    maker.publish(out, TWO)
    shutil.rmtree(tmp_path / ".site.spare/day")
    (tmp_path / ".site.spare/day").write_text("a file")
    assert maker.publish(out, THREE) == ["d", "e"]
    assert tree(out) == fresh(tmp_path, THREE)


def test_a_record_reads_back(tmp_path: Path) -> None:
    """Paths, keys and digests; nothing where the folder is missing."""
    places = {"index.html", "index.html#top"}
    (tmp_path / RECORD).write_bytes(write_record([("day/a/index.html", "k", "d")], places))
    assert read_record(tmp_path).files == {"day/a/index.html": "k\td"}
    assert read_record(tmp_path).places == places
    (tmp_path / RECORD).write_bytes(write_record([]))
    for folder in (tmp_path, tmp_path / "none"):
        assert (read_record(folder).files, read_record(folder).places) == ({}, set())


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The spare shares its files with the site: filling it must not reach through to them."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    maker.publish(out, TWO)
    before = tree(out)

    def failing(keys: dict[str, str]) -> Iterable[CachedFile]:
        yield from maker.files(keys)
        raise RenderError("no")

    with pytest.raises(RenderError, match="no"):
        publish_site(FILES, out, cached=failing({"a": "9", "b": "9", "c": "9", "d": "9"}))
    assert tree(out) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [".site.lock", "site"]
    assert maker.publish(out, TWO) == []
    assert tree(out) == before


def test_links_that_lead_nowhere_stop_the_build(tmp_path: Path) -> None:
    """Those of new pages; the message names them."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    before = tree(out)
    maker.links = ' <a href="x">'
    with pytest.raises(RenderError, match=r"links: day/b/index\.html: x; day/d/index\.html: x$"):
        maker.publish(out, TWO)
    assert tree(out) == before


@pytest.mark.parametrize("gone", ["file", "anchor", "page of many"])
def test_links_of_kept_pages_are_checked_where_something_has_gone(tmp_path: Path, gone: str) -> None:
    """All pages lead to a file, to an anchor of the home page and to page c; one of the three disappears."""
    links = ' <a href="../../m.csv"><a href="../../#top"><a href="../c/">'
    home, table = {"index.html": b'<p id="top">'}, {"m.csv": b"1"}

    def publish(files: dict[str, bytes], keys: dict[str, str]) -> list[str]:
        maker = Maker(links)
        later = [f"day/{name}/index.html" for name in keys]
        publish_site(files, out, cached=maker.files(keys), links=SiteLinks(files, later))
        return maker.made

    out = tmp_path / "site"
    assert publish(FILES | home | table, ONE) == ["a", "b", "c"]
    assert publish(FILES | home | table | {"new.csv": b"2"}, ONE | {"d": "1"}) == ["d"]
    files = FILES | (home if gone != "anchor" else {}) | (table if gone != "file" else {})
    keys = ONE if gone != "page of many" else {"a": "1", "b": "1"}
    target = {"file": "../../m.csv", "anchor": "../../#top", "page of many": "../c/"}[gone]
    with pytest.raises(RenderError, match=rf"links: day/a/index\.html: {target}; day/b/"):
        publish(files, keys)


def test_links_of_pages_kept_from_a_site_that_knew_of_none_are_checked(tmp_path: Path) -> None:
    """A record without places says nothing of links."""
    maker, out = Maker(' <a href="x">'), tmp_path / "site"
    later = [f"day/{name}/x" for name in ONE]
    publish_site(FILES, out, cached=maker.files(ONE), links=SiteLinks(FILES, later))
    for place in (out, tmp_path / ".site.spare"):
        lines = [(path, *rest.split("\t")) for path, rest in read_record(place).files.items()]
        (place / RECORD).unlink()
        (place / RECORD).write_bytes(write_record(lines))  # type: ignore[arg-type]
    with pytest.raises(RenderError, match=r"links: day/a/index\.html: x; "):
        publish_site(FILES, out, cached=maker.files(ONE))


def test_without_many_files_there_is_no_spare(tmp_path: Path) -> None:
    """Turned off, folders and spare are gone with the next build."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    assert (tmp_path / ".site.spare").is_dir()
    publish_site(FILES, out)
    assert tree(out).keys() == {*FILES, RECORD}
    assert sorted(p.name for p in tmp_path.iterdir()) == [".site.lock", "site"]


def test_without_hard_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have none."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    assert maker.publish(out, TWO) == ["b", "d"]
    assert tree(out) == fresh(tmp_path, TWO)
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in out.rglob("*") if path.is_file())


def test_unchanged_pages_keep_their_time(tmp_path: Path) -> None:
    """A server then tells browsers that the page has not changed."""
    maker, out = Maker(), tmp_path / "site"
    maker.publish(out, ONE)
    os.utime(out / "day/a/index.html", (1e9, 1e9))
    for keys in (TWO, THREE, THREE):
        maker.publish(out, keys)
        assert (out / "day/a/index.html").stat().st_mtime == 1e9


def test_links_of_later_pages_are_checked() -> None:
    """Neighbors, pages above, anchors on the pages that came first; what leaves the site is left alone."""
    files = {"index.html": b'<a href="day/x/"></a><p id="top">', "m/index.html": b'<p id="here">'}
    links = SiteLinks(files, ["day/x/index.html", "day/y/index.html"])
    assert links.broken() == []
    assert SiteLinks(files).broken() == ["index.html: day/x/"]
    page = (
        b'<a href="../y/"><a href="../z/"><a href="../../m/#here"><a href="../../m/#gone"><a href="../../">'
        b'<a href="q"><a href="#own"><a href="https://x.example/"><a href="../y/?a=1&amp;b"><a href="./">'
        b'<script src="../../no.js"></script><a href="../">'
    )
    assert links.broken_in("day/x/index.html", page) == [
        f"day/x/index.html: {target}" for target in ("../z/", "../../m/#gone", "q", "../", "../../no.js")
    ]
    assert links.broken_in("api/v1/day/x.json", b'{"a": " href=\\"nope\\""}') == []


def test_keys_follow_what_pages_are_made_of(tmp_path: Path) -> None:
    """Values by what they say, bytes as they are, none run into the next; templates, no editorial texts."""
    assert fingerprint("a", b"b") == fingerprint("a", b"b")
    keys = [fingerprint(*parts) for parts in (("ab",), ("a", "b"), (b"ab",), ("a", b"b"), (1.0,), (1,), ())]
    assert len(set(keys)) == len(keys)
    page = tmp_path / "templates/day.html"
    page.parent.mkdir()
    page.write_text("one")
    first = template_fingerprint(tmp_path)
    (tmp_path / "templates/content.yaml").write_text("words")
    assert template_fingerprint(tmp_path) == first
    page.write_text("two")
    assert template_fingerprint(tmp_path) != first
