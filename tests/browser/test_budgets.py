"""Sizes that the pages must keep, as a host sends them (gzip); no browser needed."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.browser.places import page_kinds

KB = 1000
SITES = ("sample_site", "recorded_site")
MAX_PAGE, MAX_CSS, MAX_SCRIPT, MAX_FIRST_LOAD, MAX_FIGURE = 40 * KB, 9 * KB, 10 * KB, 65 * KB, 70 * KB
MAX_LATE_SCRIPT = 16_500
MAX_REQUESTS, MAX_MORE_REQUESTS = 6, 2
UNASKED = {"canonical", "alternate", "apple-touch-icon"}
"""Links that a browser follows for a bookmark or not at all; of the icons it takes the drawn one."""
OWN = {
    "hedge/index.html": {"style sheets": 10_100, "scripts": 18 * KB, "before interaction": 72 * KB},
    "research/index.html": {"page": 50 * KB},
}
"""The hedge lab has the calculators in the browser, and the fields, panels and charts that show them; the
research page has every number of its studies, each with its mark."""


class _Loads(HTMLParser):
    """Files that a browser asks for on its own when it reads a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        loads = (
            tag in {"script", "img", "source", "iframe", "video", "audio", "embed"} and given.get("src")
        ) or (tag == "link" and given.get("rel") not in UNASKED and given.get("href"))
        if loads and not (given.get("rel") == "icon" and loads.endswith(".ico")):
            self.found.append(loads)


@functools.cache
def packed(path: Path) -> int:
    """Return the bytes of a file as compressed at a host's usual level."""
    return len(gzip.compress(path.read_bytes(), compresslevel=6, mtime=0))


def first_load(site: Path, page: str = "index.html") -> dict[str, int]:
    """Return what a visit costs before anything is touched: path in the site to compressed bytes."""
    file = site / page
    loads = dict.fromkeys(_Loads(file.read_text("utf-8")).found)
    parts = [file, *((file.parent / target).resolve() for target in loads)]
    return {part.relative_to(site.resolve()).as_posix(): packed(part) for part in parts}


def over_budget(site: Path, page: str = "index.html") -> list[str]:
    """Return which budgets a page breaks, with the sizes.

    Scripts that it shares with the front page are counted there: a further page may have as much of its own,
    and two requests more, for a style sheet and a script or two.
    """
    sizes = first_load(site, page)
    shared = first_load(site) if page != "index.html" else {}
    scripts = [path for path in sizes if path.endswith(".js") and path not in shared]
    budgets = {
        "page": (sizes[page], MAX_PAGE),
        "style sheets": (sum(sizes[path] for path in sizes if path.endswith(".css")), MAX_CSS),
        "scripts": (sum(sizes[path] for path in scripts), MAX_SCRIPT),
        "before interaction": (sum(sizes.values()), MAX_FIRST_LOAD),
        "requests": (len(sizes), MAX_REQUESTS + (MAX_MORE_REQUESTS if shared else 0)),
    }
    own = OWN.get(page, {})
    allowed = {name: (size, own.get(name, most)) for name, (size, most) in budgets.items()}
    return [f"{name}: {size} > {most}" for name, (size, most) in allowed.items() if size > most]


def own_scripts(site: Path, page: str = "index.html") -> dict[str, int]:
    """Return the scripts that a page may ever load, Plotly excepted: path to compressed bytes."""
    file = site / page
    late = re.findall(r'\sdata-[\w-]+="([^"]+\.js)"', file.read_text("utf-8"))
    found = {(file.parent / target).resolve() for target in late if "/plotly." not in f"/{target}"}
    first = {path: size for path, size in first_load(site, page).items() if path.endswith(".js")}
    return first | {path.relative_to(site.resolve()).as_posix(): packed(path) for path in found}


@pytest.mark.parametrize("site", SITES)
def test_pages_keep_their_budgets(request: pytest.FixtureRequest, site: str) -> None:
    """Page, style sheets, scripts, everything before interaction, and the number of requests: every kind."""
    folder = request.getfixturevalue(site)
    pages = [file.relative_to(folder).as_posix() for file in page_kinds(folder) if file.name != "404.html"]
    assert {page: over for page in pages if (over := over_budget(folder, page))} == {}


def test_all_scripts_of_the_front_page_keep_the_budget(sample_site: Path) -> None:
    """Those of the first load and those fetched when they are asked for, together."""
    pytest.importorskip("minify", reason="no wheel of tdewolff-minify: scripts keep their long names")
    sizes = own_scripts(sample_site)
    assert sorted(Path(path).name.split(".")[0] for path in sizes) == ["front", "live", "site", "theme"]
    assert sum(sizes.values()) <= MAX_LATE_SCRIPT, sizes


def test_scripts_fetched_on_intent_are_checked_by_the_browser(sample_site: Path) -> None:
    """Plotly and the late scripts carry the digest of what is published under their hashed names.

    Own files of the first load cannot: Chromium refuses any with a digest in a page opened from disk.
    """
    page = (sample_site / "index.html").read_text("utf-8")
    for name in ("plotly", "live"):
        (target,) = re.findall(rf'\sdata-{name}="([^"]+)"', page)
        (digest,) = re.findall(rf'\sdata-{name}-integrity="([^"]+)"', page)
        body = (sample_site / target).read_bytes()
        assert digest == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
        assert hashlib.sha256(body).hexdigest()[:12] in target


@pytest.mark.parametrize("site", SITES)
def test_figures_keep_their_budget(request: pytest.FixtureRequest, site: str) -> None:
    """No figure's JSON is larger than 70 kB."""
    sizes = {path.name: packed(path) for path in request.getfixturevalue(site).glob("charts/*.json")}
    assert len(sizes) >= 5
    assert {name: size for name, size in sizes.items() if size > MAX_FIGURE} == {}


def test_the_first_load_is_what_the_browser_asks_for(sample_site: Path) -> None:
    """Page, style sheet, three scripts and the icon; charts and their library are not among it."""
    kinds = sorted(Path(path).name.split(".")[0] for path in first_load(sample_site))
    assert kinds == ["favicon", "front", "index", "site", "site", "theme"]


@pytest.mark.parametrize(
    ("addition", "broken"),
    [
        ("<!-- {} -->", ["page", "before interaction"]),
        ('<script src="noise.js"></script>', ["scripts", "before interaction"]),
        ('<link rel="stylesheet" href="noise.css">', ["style sheets", "before interaction"]),
        ("".join(f'<img src="noise{i}.png" alt="">' for i in range(5)), ["requests"]),
    ],
    ids=["page", "script", "style", "pictures"],
)
def test_a_broken_budget_is_noticed(tmp_path: Path, addition: str, broken: list[str]) -> None:
    """70 kB that do not compress, wherever they are, and five pictures more than there may be requests."""
    noise = "".join(f"{(i * 2654435761) % 2**32:08x}" for i in range(17_500))
    (tmp_path / "noise.js").write_text(noise)
    (tmp_path / "noise.css").write_text(noise)
    for i in range(5):
        (tmp_path / f"noise{i}.png").write_bytes(b"")
    page = '<link rel="icon" href="noise0.png"><p>' + addition.format(noise)
    (tmp_path / "index.html").write_text(page.replace("noise0.png", "icon.svg", 1))
    (tmp_path / "icon.svg").write_text("<svg/>")
    found = [line.partition(":")[0] for line in over_budget(tmp_path)]
    assert found == broken
