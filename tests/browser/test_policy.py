"""The strict policy through everything a visitor can do, as the page states it and as a host sends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.places import own_links, page_files, page_paths, served

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")
META = '<meta http-equiv="Content-Security-Policy" content="'


def use_everything(visit: Visit) -> None:
    """Ranges, all charts by hover, key and drag, tabs, tools, explorer, sorting, themes, tables, history."""
    page = visit.page
    for button in page.locator("[data-range]").all():
        button.click()
    for chart in CHARTS:
        plot = visit.wake(chart)
        plot.hover()
        plot.press("ArrowLeft")
    box = visit.plot("signal").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 210, steps=4)
    page.mouse.up()
    for tool in page.locator("#chart-signal [data-tool]").all():
        tool.click()
        page.wait_for_timeout(150)
    for dial in page.locator('.dials input[type="range"]').all():
        dial.press("ArrowRight")
    for heading in page.locator("[data-sortable] button").all():
        heading.click()
    for details in page.locator("details:visible > summary").all():
        details.click()
    for _ in range(3):
        page.locator("[data-theme-button]").click()
    page.go_back()
    page.wait_for_timeout(200)


def test_every_page_carries_the_policy_before_anything_it_governs(sample_site: Path) -> None:
    """One policy, the same on every page, ahead of the first style sheet and script."""
    policies = set()
    for file in page_files(sample_site):
        before, found, after = file.read_text("utf-8").partition(META)
        assert found, file.name
        assert not re.search(r"<(link|script|style|img)\b", before), file.name
        policies.add(after.partition('"')[0])
    assert len(policies) == 1
    assert "unsafe" not in policies.pop()


@pytest.mark.parametrize(
    "as_header", [pytest.param(False, id="meta", marks=pytest.mark.whole), pytest.param(True, id="header")]
)
def test_nothing_is_blocked_and_nothing_comes_from_elsewhere(
    visitor: Callable[..., Visit], sample_site: Path, as_header: bool
) -> None:
    """A full round under the page's policy, and as hosts that read `_headers` send it: nothing refused."""
    everywhere = (sample_site / "_headers").read_text("utf-8").split("\n/")[:2]
    headers = (
        dict(re.findall(r"^  ([\w-]+): (.*)$", "\n".join(everywhere), re.MULTILINE)) if as_header else {}
    )
    visit = visitor(permissions=["clipboard-write"])
    with served(sample_site, headers) as origin:
        visit.origin = origin
        visit.open()
        use_everything(visit)
        assert visit.violations == []
        assert visit.complaints == []
        foreign = [url for url in visit.requests if not url.startswith((origin, "data:", "blob:"))]
        assert foreign == []


def test_the_policy_is_at_work(visitor: Callable[..., Visit], sample_site: Path, whole: bool) -> None:
    """An inline script, a handler and a picture from elsewhere, put into a page, are refused.

    All pages carry the same policy: a sample has the front page.
    """
    visit = visitor()
    own_links(visit.page, visit.origin)
    for path in page_paths(sample_site) if whole else ["/"]:
        visit.open(path).page.evaluate(
            """() => {
              document.body.insertAdjacentHTML('beforeend',
                '<img src="https://elsewhere.invalid/x.png" onerror="window.ran = 1">');
              const script = document.createElement('script');
              script.textContent = 'window.ran = 2';
              document.body.append(script);
            }"""
        )
        visit.page.wait_for_function("violations.length === 3")
        assert visit.page.evaluate("window.ran") is None
        refused = {line.split()[0] for line in visit.violations}
        assert refused == {"img-src", "script-src-elem", "script-src-attr"}
