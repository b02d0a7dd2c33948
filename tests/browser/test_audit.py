"""Every page by the rules of axe and of HTML: sample closes, and recorded ones where there are any."""

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
PHONE, DESKTOP, HEIGHT = 360, 1440, 900
OLDEST_NODE = 20

OPEN_ALL = """() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const panel of document.querySelectorAll('[role=tabpanel]')) panel.hidden = false;
}"""

REPAINTED = """() => {
  const { line } = document.querySelector('#chart-rolling-rate .plot-live')._fullData[0];
  return line.color === getComputedStyle(document.documentElement).getPropertyValue('--ink').trim();
}"""

RUN = """async (rules) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules });
  const line = (id, { target, html }) => `${id}: ${target} ${html.slice(0, 120)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => line(id, node)));
}"""


COLOURS_ALONE = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def findings(page: Any, rules: dict[str, Any] | None = None) -> list[str]:
    """Return what axe finds wrong with a page as it stands: rule, place and markup of each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(npm_file("axe-core/axe.min.js").read_text("utf-8"))
    return list(page.evaluate(RUN, rules or {}))


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


@pytest.mark.parametrize(("site", "width"), [("sample_site", PHONE), (LIKE_PRODUCTION, DESKTOP)])
def test_axe_finds_nothing_on_any_page(
    visitor: Callable[..., Visit], request: pytest.FixtureRequest, site: str, width: int, whole: bool
) -> None:
    """Every kind of page, everything unfolded, in both themes on a phone or on a desktop: no finding.

    Themes differ in their colors alone, hence the rules about colors are the ones that run twice. A sample
    has the front page at both widths, each other at one of them.
    """
    folder: Path = request.getfixturevalue(site)
    viewport = {"width": width, "height": HEIGHT}
    visit = visitor(viewport=viewport, color_scheme="light", bypass_csp=True)
    with served(folder) as origin:
        visit.origin = origin
        own_links(visit.page, origin)
        turn = int(width == DESKTOP)
        paths = [path for i, path in enumerate(page_paths(folder)) if whole or path == "/" or i % 2 == turn]
        for path in paths:
            visit.page.emulate_media(color_scheme="light")
            visit.open(path).page.evaluate(OPEN_ALL)
            assert findings(visit.page) == [], path
            visit.page.emulate_media(color_scheme="dark")
            assert findings(visit.page, COLOURS_ALONE) == [], f"{path}, dark"


def test_axe_finds_nothing_once_everything_is_in_use(visitor: Callable[..., Visit]) -> None:
    """Charts drawn by Plotly, a table sorted and the explorer moved leave their pages as accessible."""
    visit = visitor(color_scheme="light", bypass_csp=True).open()
    for chart in ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate"):
        visit.wake(chart).press("ArrowLeft")
    visit.choose("5y")
    assert findings(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function(REPAINTED)
    assert findings(visit.page, COLOURS_ALONE) == []
    visit.page.emulate_media(color_scheme="light")
    visit.open("/episodes/")
    visit.page.locator("[data-sortable] button").first.click()
    visit.page.locator('.dials input[type="range"]').first.press("ArrowRight")
    assert findings(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    assert findings(visit.page, COLOURS_ALONE) == []


def test_axe_sees_a_fault(visitor: Callable[..., Visit]) -> None:
    """The check is not blind: a picture without words and pale text are both reported."""
    visit = visitor(bypass_csp=True, color_scheme="light").open("/methodology/")
    assert findings(visit.page, COLOURS_ALONE) == []
    visit.page.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
          '<img src="../card.png"><p style="color: #ccc; background: #fff">pale</p>')"""
    )
    rules = {line.partition(":")[0] for line in findings(visit.page)}
    assert rules >= {"image-alt", "color-contrast"}
    assert {line.partition(":")[0] for line in findings(visit.page, COLOURS_ALONE)} == {"color-contrast"}


def test_every_page_is_valid_html(request: pytest.FixtureRequest, whole: bool) -> None:
    """No error in any kind of page by html-validate's standard, document and accessibility rules.

    A sample has each page of one of the sites, in turn.
    """
    sites = [page_kinds(request.getfixturevalue(site)) for site in SITES]
    chosen = [
        page for turn, pages in enumerate(sites) for page in (pages if whole else pages[turn :: len(sites)])
    ]
    assert html_problems(chosen) == []


def test_the_validator_sees_a_fault(sample_site: Path, tmp_path: Path) -> None:
    """The check is not blind: a doubled id and a division inside a paragraph are both reported."""
    broken = tmp_path / "broken.html"
    page = (sample_site / "404.html").read_text("utf-8")
    broken.write_text(page.replace("<h1>", '<p id="main"><div></div></p><h1>'), "utf-8")
    problems = " ".join(html_problems([broken]))
    assert "no-dup-id" in problems
    assert "close-order" in problems
