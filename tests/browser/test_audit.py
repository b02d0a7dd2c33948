"""Every page by the rules of axe and of HTML, on a screen of any width and on paper."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import shared
from tests.browser.places import npm_file, own_links, page_kinds, page_paths, served

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

RULES = Path(__file__).with_name("htmlvalidate.json")
SITES = ("sample_site", *(["recorded_site"] if shared.DATA.is_dir() else []))
LIKE_PRODUCTION = SITES[-1]
NARROWEST, PHONE, ZOOMED, DESKTOP, HEIGHT = 320, 360, 640, 1440, 900
FEW_ROWS = 4
OLDEST_NODE = 20

OPEN_ALL = """(rows) => {
  const more = (row) => rows !== null && [...row.parentElement.children].indexOf(row) >= rows;
  for (const row of document.querySelectorAll('tbody > tr, .points > div')) if (more(row)) row.remove();
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const panel of document.querySelectorAll('[role=tabpanel]')) panel.hidden = false;
}"""

REPAINTED = """() => {
  const { line } = document.querySelector('#chart-rolling-rate .plot-live')._fullData[0];
  return line.color === getComputedStyle(document.documentElement).getPropertyValue('--ink').trim();
}"""

RUN = """async ([within, rules]) => {
  const { violations } = await axe.run(within, { resultTypes: ['violations'], ...rules });
  const line = (id, { target, html }) => `${id}: ${target} ${html.slice(0, 120)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => line(id, node)));
}"""

WIDER = """() => {
  const boxed = (element) => element.closest('.scroll, .code, .visually-hidden, svg, .tablist, .skip');
  return [...document.querySelectorAll('main *, header *, footer *')]
    .filter((element) => !boxed(element) && element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => `${element.tagName}.${element.className}`);
}"""

MOVING = """() => [...document.querySelectorAll('*')].filter((element) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
  return parseFloat(transitionDuration) > 0.01 || animationName !== 'none' || scrollBehavior === 'smooth';
}).map((element) => `${element.tagName}.${element.className}`)"""

SHEET = 703
"""Pixels between the margins of 12 mm: 186 of the 210 millimetres."""

CUT = """(edge) => [...document.querySelectorAll('main table, main svg, main p')]
  .filter((element) => element.getClientRects().length && !element.closest('.visually-hidden'))
  .filter((element) => element.getBoundingClientRect().right > edge + 1)
  .map((element) => `${element.tagName}.${element.className.baseVal ?? element.className}`)"""

COLOURS_ALONE = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def findings(page: Any, rules: dict[str, Any] | None = None, within: str = "html") -> list[str]:
    """Return what axe finds wrong with a page or a part of it: rule, place and markup of each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(npm_file("axe-core/axe.min.js").read_text("utf-8"))
    return list(page.evaluate(RUN, [within, rules or {}]))


def node_release(node: str) -> int:
    """Return the first part of node's version."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.lstrip("v").partition(".")[0])


def html_problems(files: list[Path]) -> list[str]:
    """Return what html-validate finds wrong in some files."""
    script = npm_file("html-validate/bin/html-validate.mjs")
    node = shutil.which("node")
    if node is None or node_release(node) < OLDEST_NODE:
        pytest.skip(f"html-validate needs node {OLDEST_NODE} or newer")
    command = [node, str(script), "--config", str(RULES), "--formatter", "json", *map(str, files)]
    with tempfile.TemporaryFile("w+") as out:  # the tool cuts a long report short where it is piped
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        out.seek(0)
        reports = json.load(out)
    return [
        f"{Path(report['filePath'])}:{message['line']} {message['ruleId']}: {message['message']}"
        for report in reports
        for message in report["messages"]
    ]


@pytest.mark.parametrize(
    ("site", "screen"), [("sample_site", (PHONE, "light")), (LIKE_PRODUCTION, (DESKTOP, "dark"))]
)
def test_axe_finds_nothing_on_any_page(
    visitor: Callable[..., Visit],
    request: pytest.FixtureRequest,
    site: str,
    screen: tuple[int, str],
    whole: bool,
) -> None:
    """Every kind of page, everything unfolded, light on a phone or dark on a desktop: no finding.

    A sample has the front page both times and each other once, with the first rows of each table and of each
    list of keys. Of the other theme only the colors are looked at, and not in a sample: nothing else differs.
    """
    folder: Path = request.getfixturevalue(site)
    width, theme = screen
    visit = visitor(viewport={"width": width, "height": HEIGHT})
    with served(folder) as origin:
        visit.origin = origin
        own_links(visit.page, origin)
        turn = int(width == DESKTOP)
        paths = [path for i, path in enumerate(page_paths(folder)) if whole or path == "/" or i % 2 == turn]
        for path in paths:
            visit.page.emulate_media(color_scheme=theme)
            unfold(visit.open(path), whole)
            assert findings(visit.page) == [], path
            if whole:
                visit.page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
                assert findings(visit.page, COLOURS_ALONE) == [], f"{path}, not {theme}"


def unfold(visit: Visit, whole: bool) -> None:
    """Open everything that is folded; a sample has the first rows of each table and list of keys."""
    visit.page.evaluate(OPEN_ALL, None if whole else FEW_ROWS)


def test_axe_finds_nothing_once_everything_is_in_use(visitor: Callable[..., Visit], whole: bool) -> None:
    """Charts drawn by Plotly, a table sorted and the explorer moved leave their pages as accessible."""
    visit = visitor().open()
    for chart in ("signal", "rolling-rate"):  # a tab that is left is hidden
        visit.wake(chart).press("ArrowLeft")
    visit.choose("5y")
    assert findings(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function(REPAINTED)
    assert findings(visit.page, COLOURS_ALONE, "#chart-signal, #chart-rolling-rate") == []
    visit.page.emulate_media(color_scheme="light")
    visit.open("/episodes/")
    visit.page.locator("[data-sortable] button").first.click()
    visit.page.locator('.dials input[type="range"]').first.press("ArrowRight")
    unfold(visit, whole)
    assert findings(visit.page, within="main") == []
    visit.page.emulate_media(color_scheme="dark")
    assert findings(visit.page, COLOURS_ALONE, "main") == []


def test_axe_sees_a_fault(visitor: Callable[..., Visit]) -> None:
    """The check is not blind: a picture without words and pale text are both reported."""
    visit = visitor().open("/compare/")
    assert findings(visit.page, COLOURS_ALONE) == []
    visit.page.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
          '<img src="../card.png"><p class="pale">pale</p>')"""
    )
    visit.page.evaluate("document.querySelector('.pale').style.cssText = 'color: #ccc; background: #fff'")
    rules = {line.partition(":")[0] for line in findings(visit.page)}
    assert rules >= {"image-alt", "color-contrast"}
    assert {line.partition(":")[0] for line in findings(visit.page, COLOURS_ALONE)} == {"color-contrast"}
    assert findings(visit.page, within="header") == []


def test_every_page_fits_and_stands_still(
    visitor: Callable[..., Visit], sample_site: Path, whole: bool
) -> None:
    """On phones, zoomed to twice the size, between the margins of A4: no page is wider, nothing is cut off.

    Nothing but wide tables in their own box passes the edge of a screen; of the two wider screens a sample
    has one for each page, for the front page both. Under reduced motion there is no transition, animation or
    smooth scrolling.
    """
    visit = visitor(fresh=True)
    page = visit.page
    screen = page.context.new_cdp_session(page)
    own_links(page, visit.origin)
    for turn, path in enumerate(page_paths(sample_site)):
        page.emulate_media(media="screen")
        visit.open(path)
        wider = (PHONE, ZOOMED) if whole or path == "/" else ((PHONE, ZOOMED)[turn % 2],)
        widths = (NARROWEST, *wider, SHEET)
        # the next page begins where this one ends
        for width in reversed(widths) if turn % 2 else widths:
            metrics = {"width": width, "height": 512, "deviceScaleFactor": 1 + (width == ZOOMED)}
            screen.send("Emulation.setDeviceMetricsOverride", metrics | {"mobile": False})
            assert width != SHEET or page.evaluate(MOVING) == [], path
            page.emulate_media(media="print" if width == SHEET else "screen")
            assert page.evaluate("document.documentElement.scrollWidth") == width, (path, width)
            found = page.evaluate(CUT, SHEET) if width == SHEET else page.evaluate(WIDER)
            assert found == [], (path, width)


def test_every_page_is_valid_html(
    request: pytest.FixtureRequest, sample_site: Path, tmp_path: Path, whole: bool
) -> None:
    """No error in any kind of page by html-validate's standard, document and accessibility rules.

    A sample has each page of one of the sites, in turn. The check is not blind: a doubled id and a division
    inside a paragraph are both reported.
    """
    sites = [page_kinds(request.getfixturevalue(site)) for site in SITES]
    chosen = [
        page for turn, pages in enumerate(sites) for page in (pages if whole else pages[turn :: len(sites)])
    ]
    broken = tmp_path / "broken.html"
    page = (sample_site / "404.html").read_text("utf-8")
    broken.write_text(page.replace("<h1>", '<p id="main"><div></div></p><h1>'), "utf-8")
    problems = html_problems([*chosen, broken])
    seen = [line for line in problems if line.startswith(f"{broken}:")]
    assert {"no-dup-id", "close-order"} <= {line.split()[1].rstrip(":") for line in seen}
    assert problems == seen
