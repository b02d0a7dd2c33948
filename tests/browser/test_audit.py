"""Every page by the rules of axe and of HTML: sample closes, and recorded ones where there are any."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.places import npm_file, own_links, page_files, page_paths, served

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

RULES = Path(__file__).with_name("htmlvalidate.json")
SITES = ("sample_site", "recorded_site")
HEIGHT = 900
OLDEST_NODE = 20

OPEN_ALL = """() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const panel of document.querySelectorAll('[role=tabpanel]')) panel.hidden = false;
}"""

RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const line = (id, { target, html }) => `${id}: ${target} ${html.slice(0, 120)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => line(id, node)));
}"""


def findings(page: Any) -> list[str]:
    """Return what axe finds wrong with a page as it stands: rule, place and markup of each."""
    page.evaluate(npm_file("axe-core/axe.min.js").read_text("utf-8"))
    return list(page.evaluate(RUN))


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
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(report['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for report in json.loads(done.stdout)
        for message in report["messages"]
    ]


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("site", SITES)
def test_axe_finds_nothing_on_any_page(
    visitor: Callable[..., Visit], request: pytest.FixtureRequest, site: str, theme: str, width: int
) -> None:
    """Every page, everything unfolded, in either theme on a phone and on a desktop: no finding."""
    folder: Path = request.getfixturevalue(site)
    viewport = {"width": width, "height": HEIGHT}
    visit = visitor(viewport=viewport, color_scheme=theme, bypass_csp=True)
    with served(folder) as origin:
        visit.origin = origin
        own_links(visit.page, origin)
        for path in page_paths(folder):
            visit.open(path).page.evaluate(OPEN_ALL)
            assert findings(visit.page) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_once_everything_is_in_use(visitor: Callable[..., Visit], theme: str) -> None:
    """Charts drawn by Plotly, a table sorted and the explorer moved leave the page as accessible."""
    visit = visitor(color_scheme=theme, bypass_csp=True).open()
    for chart in ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate"):
        visit.wake(chart).press("ArrowLeft")
    visit.page.locator('[data-range="5y"]').click()
    visit.page.locator("[data-sortable] button").first.click()
    visit.page.locator('.dials input[type="range"]').first.press("ArrowRight")
    assert findings(visit.page) == []


def test_axe_sees_a_fault(visitor: Callable[..., Visit]) -> None:
    """The check is not blind: a picture without words and pale text are both reported."""
    visit = visitor(bypass_csp=True).open("/methodology/")
    visit.page.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
          '<img src="../card.png"><p style="color: #ccc; background: #fff">pale</p>')"""
    )
    rules = {line.partition(":")[0] for line in findings(visit.page)}
    assert rules >= {"image-alt", "color-contrast"}


@pytest.mark.parametrize("site", SITES)
def test_every_page_is_valid_html(request: pytest.FixtureRequest, site: str) -> None:
    """No error in any page by html-validate's standard, document and accessibility rules."""
    assert html_problems(page_files(request.getfixturevalue(site))) == []


def test_the_validator_sees_a_fault(sample_site: Path, tmp_path: Path) -> None:
    """The check is not blind: a doubled id and a division inside a paragraph are both reported."""
    broken = tmp_path / "broken.html"
    page = (sample_site / "404.html").read_text("utf-8")
    broken.write_text(page.replace("<h1>", '<p id="main"><div></div></p><h1>'), "utf-8")
    problems = " ".join(html_problems([broken]))
    assert "no-dup-id" in problems
    assert "close-order" in problems
