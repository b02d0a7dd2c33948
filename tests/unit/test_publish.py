"""Publishing: hashed assets, and a swap after which there is the old site or the new one, never a mix."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from itertools import chain
from pathlib import Path

import pytest

from ivts_site.errors import RenderError, UsageError
from ivts_site.lock import hold_lock
from ivts_site.publish import broken_links, build_headers, collect_assets, publish_site, swap
from ivts_site.publish.assets import (
    BASIC_PLOTLY,
    ICONS,
    LATE_SCRIPTS,
    PAGE_SCRIPTS,
    PAGE_STYLESHEETS,
    SCRIPTS,
    STYLESHEETS,
)
from ivts_site.publish.cached import RECORD, CachedFile

SITE = {"index.html": b"new", "api/v1/snapshot.json": b"{}"}


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def written(folder: Path) -> dict[str, bytes]:
    """What a build was told to write: all but its own record."""
    return {name: body for name, body in tree(folder).items() if name != RECORD}


@pytest.fixture
def old_site(tmp_path: Path) -> Path:
    """A published site that a new one replaces."""
    out = tmp_path / "site"
    publish_site({"index.html": b"old", "gone.html": b"old", "api/v1/snapshot.json": b"[]"}, out)
    return out


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The least a project folder needs for its assets."""
    for name in (*STYLESHEETS, *PAGE_STYLESHEETS):
        path = tmp_path / "static" / "css" / f"{name}.css"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"/* {name} */\n.{name} {{\n  width: calc(1px + 2px);\n}}\n")
    (tmp_path / "static" / "js").mkdir()
    for name in (*SCRIPTS, *LATE_SCRIPTS, *chain(*PAGE_SCRIPTS.values()), "theme"):
        (tmp_path / "static" / "js" / f"{name}.js").write_text(f"// {name}\nrun('{name}  // kept');\n")
    for name in ("favicon.svg", *ICONS):
        (tmp_path / "static" / name).write_text("<svg/>")
    (tmp_path / BASIC_PLOTLY).parent.mkdir(parents=True)
    (tmp_path / BASIC_PLOTLY).write_text("basic")
    return tmp_path


@pytest.mark.parametrize("exchange", [True, False], ids=["one call", "two renames"])
def test_a_new_site_replaces_the_old_one_whole(
    old_site: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    """Files of the old site that the new one lacks are gone; nothing temporary stays."""
    exchanged = []
    real = swap._exchange

    def watched(first: Path, second: Path) -> bool:
        exchanged.append(exchange and real(first, second))
        return exchanged[-1]

    monkeypatch.setattr(swap, "_exchange", watched)
    publish_site(SITE, old_site)
    assert exchanged == [exchange and sys.platform == "linux"]
    assert written(old_site) == SITE
    assert sorted(p.name for p in old_site.parent.iterdir()) == [".site.lock", "site"]


def test_a_failure_while_writing_leaves_the_old_site(old_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk half-way through gives one error and changes nothing."""
    before = tree(old_site)
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "snapshot.json":
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RenderError, match="No space left on device; the previous site is unchanged"):
        publish_site(SITE, old_site)
    monkeypatch.undo()
    assert tree(old_site) == before
    assert not list(old_site.parent.glob(".site.new-*"))


def test_a_run_killed_between_two_renames_is_mended(old_site: Path) -> None:
    """The site moved aside comes back before the next one is written; leftovers go."""
    old_site.rename(old_site.with_name(".site.old"))
    (old_site.parent / ".site.new-dead").mkdir()
    swap._recover(old_site)
    assert tree(old_site)["index.html"] == b"old"
    assert sorted(p.name for p in old_site.parent.iterdir()) == [".site.lock", "site"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    """A mistyped --out does not cost anybody their files."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files that are not from this program"):
        publish_site(SITE, tmp_path)
    assert tree(tmp_path) == {"thesis.txt": b"mine"}


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """An --out that is a file is refused."""
    (tmp_path / "site").write_text("file")
    with pytest.raises(UsageError, match="is not a folder"):
        publish_site(SITE, tmp_path / "site")


def test_an_unwritable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused folder is a matter of usage, exit code 2, with the option that helps."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError, match=r"cannot be written .* --out"):
        publish_site(SITE, tmp_path / "a" / "site")


def test_a_second_build_says_who_holds_the_folder(old_site: Path) -> None:
    """Two builds at once: the second gives the process number of the first."""
    lock = old_site.parent / ".site.lock"
    with hold_lock(lock, busy=RenderError), pytest.raises(RenderError, match=f"process {os.getpid()}"):  # noqa: SIM117
        with hold_lock(lock, busy=RenderError, wait_seconds=0.0):
            pass


def test_assets_are_named_by_their_content(project: Path) -> None:
    """The name holds a hash of the bytes, the integrity value is their SHA-384."""
    first = collect_assets(project)
    css = first.named["site.css"]
    body = first.files[css.path]
    assert body.decode() == "".join(f".{name}{{width:calc(1px + 2px)}}" for name in STYLESHEETS)
    assert hashlib.sha256(body).hexdigest()[:12] in css.path
    assert css.integrity == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
    (project / "static" / "css" / "page.css").write_text(".other{}\n")
    second = collect_assets(project)
    assert second.named["site.css"].path != css.path
    assert second.named["site.js"] == first.named["site.js"]


def test_scripts_lose_their_comments_alone(project: Path) -> None:
    """The bundle runs its parts in order; late scripts are files of their own; texts stay as written."""
    assets = collect_assets(project)
    scripts = {
        name: assets.files[asset.path].decode() for name, asset in assets.named.items() if name[-3:] == ".js"
    }
    apart = {f"{name}.js" for name in PAGE_SCRIPTS}
    assert set(scripts) == {"site.js", "live.js", "theme.js", "plotly.js", *apart}
    for bundle, names in (("site.js", SCRIPTS), ("live.js", LATE_SCRIPTS)):
        calls = re.findall(r"run\([\"'](\w+)  // kept[\"']\)", scripts[bundle])
        assert tuple(calls) == names
        assert re.sub(r"run\([^)]*\)|[;,\s]", "", scripts[bundle]) == ""
    assert scripts["plotly.js"] == "basic"


@pytest.mark.parametrize("has_minifier", [True, False])
def test_scripts_are_small_with_and_without_the_minifier(
    project: Path, monkeypatch: pytest.MonkeyPatch, has_minifier: bool
) -> None:
    """Local names are shortened where the minifier has a wheel; elsewhere only spaces and comments go."""
    script = "// of a sum\n(() => {\n  window.total = (first, second) => first + second;\n})();\n"
    (project / "static/js/theme.js").write_text(script)
    if has_minifier:
        pytest.importorskip("minify", reason="no wheel of tdewolff-minify for this platform")
    else:
        monkeypatch.setitem(sys.modules, "minify", None)
    assets = collect_assets(project)
    made = assets.files[assets.named["theme.js"].path].decode()
    assert "of a sum" not in made
    assert "window.total" in made
    assert ("second" not in made) is has_minifier


def test_without_npm_the_full_bundle_is_used(project: Path) -> None:
    """The plotly package carries a bundle that works without npm."""
    (project / BASIC_PLOTLY).unlink()
    assets = collect_assets(project)
    assert not assets.plotly_is_basic
    [full] = [body for name, body in assets.files.items() if "/plotly." in name]
    assert len(full) > 2_000_000
    assert b"maplibregl-map{" not in full  # the page's policy would refuse that style sheet, in every visit
    assert len(assets.files[assets.named["plotly.js"].path]) > 3_000_000


def test_a_missing_static_file_is_named(project: Path) -> None:
    """The message names the file."""
    (project / "static" / "css" / "page.css").unlink()
    with pytest.raises(RenderError, match=r"page\.css: No such file"):
        collect_assets(project)


def test_links_that_lead_nowhere_are_listed() -> None:
    """Missing files and missing anchors are found; other hosts and script state are left alone."""
    files = {
        "index.html": (
            '<a href="m/#here"></a><a href="m/#gone"></a><a href="nope.html"></a><a href="#top"></a>'
            '<p id="top"></p><a href="https://x.example/"></a><a href="#range=5y"></a>'
            '<a href="a%20b.txt?x=1&amp;y"></a>'
        ),
        "m/index.html": '<p id="here"></p><img src="../index.html"><a href="/m/"></a><a href="../"></a>',
        "404.html": '<a href="nope">',
        "a b.txt": "",
    }
    encoded = {name: text.encode() for name, text in files.items()}
    assert broken_links(encoded) == ["index.html: m/#gone", "index.html: nope.html"]


def test_a_page_without_a_policy_is_an_error() -> None:
    """No header is made up where the template has lost its policy."""
    with pytest.raises(RenderError, match="no Content-Security-Policy"):
        build_headers("<html></html>", ())


def test_a_half_deleted_site_is_not_taken_for_one(old_site: Path) -> None:
    """Without its JSON it could be anybody's folder: the message says what to do."""
    (old_site / "api/v1/snapshot.json").unlink()
    with pytest.raises(UsageError, match="remove it, or choose another --out"):
        publish_site(SITE, old_site)


@pytest.mark.parametrize("out", ["x" * 300, "link"])
def test_an_impossible_out_is_one_sentence(tmp_path: Path, out: str) -> None:
    """A name too long for the file system, and a link."""
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises((UsageError, RenderError), match=r"File name too long|is a link"):
        publish_site(SITE, tmp_path / out)


MINE = {"CNAME": b"vix.example", ".well-known/security.txt": b"me", "charts/mine.txt": b"mine"}


def test_files_that_no_build_made_stay(old_site: Path) -> None:
    """A CNAME or a proof of ownership outlives any number of builds; a page of an earlier build does not."""
    for name, body in MINE.items():
        (old_site / name).parent.mkdir(exist_ok=True)
        (old_site / name).write_bytes(body)
    (old_site / "assets").mkdir()
    (old_site / "assets/site.000000000000.css").write_text("of a page deployed before")
    for many in ((), [CachedFile(path="day/a/index.html", key="1", make=lambda: b"a")], ()):
        done = publish_site(SITE, old_site, cached=many)
        assert done.foreign == tuple(sorted(MINE))
        made = {file.path: file.make() for file in many}
        assert written(old_site) == SITE | MINE | made


def test_a_file_of_a_build_takes_the_place_of_a_foreign_one(old_site: Path) -> None:
    """What is asked for is written, whoever had a file there."""
    (old_site / "feed.xml").write_bytes(b"mine")
    assert publish_site(SITE | {"feed.xml": b"built"}, old_site).foreign == ()
    assert (old_site / "feed.xml").read_bytes() == b"built"


def test_a_working_copy_is_no_place_for_a_site(old_site: Path) -> None:
    """A swap would leave its `.git` with the old site."""
    (old_site / ".git").mkdir()
    with pytest.raises(UsageError, match=r"is a git working copy"):
        publish_site(SITE, old_site)


@pytest.mark.parametrize("umask", [0o077, 0o027, 0o022])
def test_a_web_server_can_read_the_site_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Folders 755, files 644: in a first site, in one that is brought up to date, and after a mishap."""
    pages = {f"day/{name}/index.html": b"a" for name in "abc"}
    many = [CachedFile(path=path, key="1", make=lambda: b"a") for path in pages]
    out, before = tmp_path / "site", os.umask(umask)
    try:
        for _ in range(3):
            publish_site(SITE | {"a/b/c/d.txt": b"deep"}, out, cached=many)
            modes = {path.is_dir(): set() for path in out.rglob("*")}
            for path in (out, *out.rglob("*")):
                modes[path.is_dir()].add(path.stat().st_mode & 0o777)
            assert modes == {True: {0o755}, False: {0o644}}
            (tmp_path / ".site.spare/day/a").chmod(0o700)
    finally:
        os.umask(before)
