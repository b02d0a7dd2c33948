"""Pages as markup."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes
from tests import research_page as made
from tests.markup import Page, assert_sound
from tests.sampled import spread
from tests.view_states import STATES, TEMPLATES, config, content, pages_of, state, tracker_of

from ivts_site.content import Content
from ivts_site.errors import RenderError
from ivts_site.render import FILTERS, build_environment

PAGES = ("index.html", "guide/index.html", "methodology/index.html", "404.html")
EVIL = (
    "</title></script><script>alert(1)</script><x-evil onclick=alert(1)>\"'&"
    "\u202e\u0645\u0631\U0001f642 --> ]]> {{ 1 }} ' onmouseover='alert(1)"
)
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg)
CHOOSING = {
    "batch",
    "default",
    "join",
    "last",
    "length",
    "list",
    "map",
    "rejectattr",
    "reverse",
    "select",
    "selectattr",
}
"""What Jinja itself offers to choose and count parts; all other filters are the program's own."""
TREES_KEPT = {"lab", "when"}
"""Not on these pages; tests of the hedge lab do the same to them."""
NAMES_KEPT = {"id", "path", "href", "json_keys", "first", "last", "session", "value"}


def rendered(name: str, **changed: Any) -> dict[str, str]:
    return tracker_of(state(name), **changed)


@pytest.fixture(scope="module")
def usual() -> dict[str, str]:
    return pages_of("contango-long")


@pytest.mark.parametrize(("studied", "name"), spread(("bare", "studied"), tuple(STATES)))
def test_pages_are_well_formed(name: str, studied: str) -> None:
    """In every state: tags nest, ids are unique, what is pointed at exists, headings rise by one."""
    files = rendered(name, research=made.research()) if studied == "studied" else pages_of(name)
    for path, html in files.items():
        if not path.endswith(".html"):
            continue
        assert_sound(html, path)


def test_files(usual: dict[str, str]) -> None:
    """Four pages, and what crawlers read."""
    assert set(usual) == {*PAGES, "robots.txt", "sitemap.xml"}
    assert "Sitemap: https://example.org/sitemap.xml" in usual["robots.txt"]
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    urls = ET.fromstring(usual["sitemap.xml"])
    assert [url.findtext(f"{space}loc") for url in urls] == [
        "https://example.org/",
        "https://example.org/guide/",
        "https://example.org/methodology/",
    ]
    assert {url.findtext(f"{space}lastmod") for url in urls} == {"2025-11-13"}


@pytest.mark.parametrize("path", PAGES)
def test_strict_policy_has_nothing_to_block(usual: dict[str, str], path: str) -> None:
    """No inline script, style or handler; all that is loaded is the site's own, late scripts hashed."""
    page = Page(usual[path])
    policies = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-")
    assert page.all("style") == []
    assert [a for _, attributes in page.tags for a in attributes if a == "style" or a.startswith("on")] == []
    late = {name: value for name, value in page.all("html")[0].items() if name.endswith("-integrity")}
    assert len(late) == (2 if path == "index.html" else 0)
    assert all(value.startswith("sha384-") for value in late.values())
    root = {"index.html": "", "404.html": "/"}.get(path, "../")
    loaded = [s["src"] for s in page.all("script") if "src" in s]
    loaded += [x["href"] for x in page.all("link") if x["rel"] in ("stylesheet", "icon")]
    own = ("front.js",) if path == "index.html" else ()
    assert sorted(loaded) == sorted(
        [
            *(f"{root}assets/{n}" for n in ("site.css", "site.js", "theme.js", "favicon.svg", *own)),
            f"{root}favicon.ico",
        ]
    )


@pytest.mark.parametrize("path", PAGES)
def test_head(usual: dict[str, str], path: str) -> None:
    """Title, description, canonical address and preview are there, once each; linked data parse."""
    page = Page(usual[path])
    assert len(page.all("title")) == 1
    assert [x["href"] for x in page.all("link") if x["rel"] == "canonical"] == [
        "https://example.org/" + path.replace("index.html", "")
    ]
    named = [m.get("name") or m.get("property") for m in page.all("meta")]
    for name in ("description", "referrer", "color-scheme", "og:title", "og:image", "og:image:alt"):
        assert named.count(name) == 1, name
    assert named.count("theme-color") == 2
    assert "robots" not in named
    assert all(json.loads(script) for script in page.scripts)


@pytest.mark.parametrize("path", PAGES)
def test_sample_pages_are_marked(path: str) -> None:
    """Banner, title and noindex on every page."""
    html = pages_of("sample")[path]
    page = Page(html)
    assert "SAMPLE DATA \u2014 simulated closes, not market data" in html
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert "<title>SAMPLE DATA: " in html


def test_sample_site_is_closed_to_crawlers() -> None:
    """Everything is disallowed and no sitemap is published."""
    files = pages_of("sample")
    assert files["robots.txt"] == "User-agent: *\nDisallow: /\n"
    assert "sitemap.xml" not in files


def test_suspect_mark_and_caption_are_on_the_page() -> None:
    """The word stands beside the ratio and leads to the list; what the scale shows is said below it."""
    html = pages_of("suspect-close")["index.html"]
    mark = '<a class="suspect" href="methodology/#suspect-closes">suspect VIX3M close</a>'
    assert re.search(rf'<p class="state"><b class="big">.*?1\.07.*?Backwardation.*?</b> {mark}', html, re.S)
    assert 'class="suspect"' not in pages_of("contango-long")["index.html"]


def test_phones_name_the_cells_of_stacked_tables(usual: dict[str, str]) -> None:
    """Cells of editorial tables carry their column's name; the row's heading needs none."""
    table = re.search(r'<table class="words stack">.*?</table>', usual["guide/index.html"], re.S)
    assert table is not None
    assert table[0].count('data-label="Exposure"') == 5
    assert 'scope="row" data-label' not in table[0]


def test_current_page_is_marked(usual: dict[str, str]) -> None:
    """The navigation says where the reader is; an unknown address is nowhere."""
    marked = {path: re.findall(r'aria-current="page">([^<]+)', usual[path]) for path in PAGES}
    assert marked == {
        "index.html": ["Today"],
        "guide/index.html": ["Guide"],
        "methodology/index.html": ["Methodology"],
        "404.html": [],
    }


def test_same_input_same_bytes() -> None:
    """Rendering is a function of its input."""
    assert rendered("contango-long") == pages_of("contango-long")


def test_sections_follow_the_configuration(usual: dict[str, str]) -> None:
    """Editorial sections stand in the configured order, and the contents list them."""
    wanted = [content().section(name).id for name in config().page.sections]
    page = Page(usual["guide/index.html"])
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "section"]
    assert [i for i in ids if i in wanted] == wanted
    assert set(wanted) <= page.references()


def test_texts_of_configuration_and_content_open_no_markup() -> None:
    """Hostile words in every text of configuration, content and charts come out as text."""
    usual, hostile = pages_of("contango-long"), rendered("contango-long", **hostile_words())
    for path in PAGES:
        page = Page(hostile[path])
        assert page.faults == []
        assert page.all("x-evil") == []
        assert [a for _, attributes in page.tags for a in attributes if a.startswith("on")] == []
        assert len(page.all("script")) == len(Page(usual[path]).all("script"))
        assert all(json.loads(script) for script in page.scripts)
        assert "&lt;x-evil" in hostile[path]
        assert "{{ 1 }}" in hostile[path]
    ET.fromstring(hostile["sitemap.xml"])


def hostile_words() -> dict[str, Any]:
    settings = config()
    site = settings.site.model_copy(
        update={
            "name": EVIL,
            "language": EVIL,
            "related_links": (_link(settings),),
            "repository": f"https://example.org/{EVIL}",
        }
    )
    series = {
        key: one.model_copy(update={"label": f"{one.label}{EVIL}", "horizon": EVIL})
        for key, one in settings.series.items()
    }
    bands = tuple(b.model_copy(update={"name": b.name + EVIL}) for b in settings.ratio.bands)
    ratio = settings.ratio.model_copy(update={"bands": bands})
    words = Content.model_validate(_poisoned(content().model_dump()))
    settings = settings.model_copy(update={"site": site, "series": series, "ratio": ratio})
    return {"settings": settings, "words": words, "text": EVIL}


def _link(settings: Any) -> Any:
    from ivts_site.config.settings import Link

    return Link.model_construct(label=EVIL, url=f"https://example.org/{EVIL}", note=EVIL)


def _poisoned(tree: Any, key: str = "") -> Any:
    if isinstance(tree, dict):
        return {k: v if k in TREES_KEPT else _poisoned(v, k) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [_poisoned(v, key) for v in tree]
    if isinstance(tree, str) and key not in NAMES_KEPT:
        return tree + EVIL.replace("{", "{{").replace("}", "}}")
    return tree


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_templates_do_not_compute(path: Path) -> None:
    """No arithmetic, no way around escaping; numbers are written by the program's own forms."""
    tree = build_environment(TEMPLATES).parse(path.read_text("utf-8"))
    assert [node for kind in ARITHMETIC for node in tree.find_all(kind)] == []
    assert {node.name for node in tree.find_all(nodes.Filter)} - CHOOSING - set(FILTERS) == set()


def test_the_check_on_templates_sees_arithmetic() -> None:
    """The check above would notice a sum and a rounding filter."""
    tree = build_environment(TEMPLATES).parse("{{ (a + 1)|round }}{{ b|safe }}{{ c|ratio }}")
    assert list(tree.find_all(nodes.Add))
    assert {node.name for node in tree.find_all(nodes.Filter)} - FILTERS.keys() == {"round", "safe"}


@pytest.mark.parametrize(
    ("file", "fault", "message"),
    [
        (
            "partials/status.html",
            "{{ status.gone }}",
            r"templates/partials/status\.html, line 3: .*gone",
        ),
        ("partials/section.html", "{% if %}", r"templates/partials/section\.html, line 3: "),
        ("index.html", '{% include "gone.html" %}', r"templates/index\.html, line 3: 'gone\.html' not found"),
    ],
)
def test_faults_in_templates_name_template_and_line(
    tmp_path: Path, file: str, fault: str, message: str
) -> None:
    """An undefined name, a syntax error, a missing file: one sentence with the place."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    path = folder / file
    lines = path.read_text("utf-8").splitlines()
    lines[2] = lines[2] + fault
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(RenderError, match=message):
        tracker_of(state("one-session"), templates=folder)


def test_compiled_templates_are_kept_and_follow_their_source(tmp_path: Path) -> None:
    """A second run compiles nothing; a changed template, a damaged or a missing folder: the right page."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "one.html").write_text("{{ 1 + 1 }}")
    kept = tmp_path / ".cache" / "templates"

    def says() -> str:
        return build_environment(folder).get_template("one.html").render()

    assert says() == "2"
    (file,) = kept.iterdir()
    before = file.stat().st_mtime_ns
    assert says() == "2"
    assert file.stat().st_mtime_ns == before
    (folder / "one.html").write_text("{{ 2 + 1 }}")
    assert says() == "3"
    file.write_bytes(file.read_bytes()[:-20])
    assert says() == "3"
    file.write_bytes(b"")
    assert says() == "3"
    shutil.rmtree(kept.parent)
    kept.parent.write_text("a file where the folder would be")
    assert says() == "3"


def test_two_accents_are_readable_in_both_themes() -> None:
    """Text colors reach 4.5:1 on paper and panel, by the WCAG formula."""
    css = (TEMPLATES.parent / "static" / "css" / "tokens.css").read_text("utf-8")
    themes = re.findall(r"--paper: (#\w{6});.*?--backwardation: #\w{6}", css, re.DOTALL)
    blocks = re.findall(r"--paper: #\w{6};.*?--backwardation: #\w{6}", css, re.DOTALL)
    assert len(themes) == 3
    for block in blocks:
        color = dict(re.findall(r"--(\w+): (#\w{6})", block))
        for text in ("ink", "muted", "contango", "backwardation"):
            for ground in ("paper", "panel"):
                assert _contrast(color[text], color[ground]) >= 4.5, (text, ground)


def _contrast(a: str, b: str) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
