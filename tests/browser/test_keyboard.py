"""A walk through the front page with the keyboard alone; forced colors, no motion, narrow and zoomed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

WALK = (
    "skip link",
    "header",
    "theme",
    "ranges",
    "plot",
    "strip",
    "tools",
    "table",
    "tiles",
    "tab",
    "plot",
    "tools",
    "table",
    "episodes",
    "onward",
    "footer",
)
"""Where the Tab key leads, neighbors of one kind taken together."""

STOP = """() => {
  const at = document.activeElement;
  const kinds = {
    '.skip': 'skip link', '.explorer': 'explorer', '[data-theme-button]': 'theme',
    header: 'header', '.today': 'today', '.tiles': 'tiles', '.onward': 'onward', '.moved': 'onward',
    '[data-ranges]': 'ranges', '.chart-share': 'table',
    '.strip': 'strip',
    '[data-plot]': 'plot', '.chart-tools': 'tools', '.chart-data': 'table', '[role=tab]': 'tab',
    '#episodes': 'episodes', '.contents': 'contents', '.prose': 'sections',
    footer: 'footer', body: '',
  };
  const { top, bottom, left, right, width } = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  let ground = parseFloat(style.outlineOffset) < 0 ? at : at.parentElement; // what the ring is drawn on
  const clear = (element) => getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)';
  while (ground && clear(ground)) ground = ground.parentElement;
  return {
    kind: Object.entries(kinds).find(([selector]) => at.closest(selector))[1],
    name: `${at.tagName} ${at.id} ${at.textContent.trim().slice(0, 30)}`,
    ring: style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2
      && style.outlineColor !== getComputedStyle(ground ?? document.documentElement).backgroundColor,
    seen: width > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
  };
}"""


def walk(visit: Visit, most: int = 150) -> list[dict[str, Any]]:
    """Press Tab from the top of the page until the focus leaves it, and return where it was."""
    stops = []
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        stop = visit.page.evaluate(STOP)
        if not stop["kind"]:
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus never leaves the page: {stops[-1]}")


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 360, "height": 740}])
def test_tab_leads_through_the_page_in_reading_order(
    visitor: Callable[..., Visit], size: dict[str, int]
) -> None:
    """Every stop is in view and wears a ring, and the kinds of stops come in the order of the page."""
    visit = visitor(viewport=size).open()
    stops = walk(visit)
    assert [stop["name"] for stop in stops if not (stop["ring"] and stop["seen"])] == []
    assert tuple(kind for kind, _ in itertools.groupby(stop["kind"] for stop in stops)) == WALK


def test_a_missing_ring_would_be_noticed(visit: Visit) -> None:
    """The check is not blind: no outline, or one in the color of its ground, does not count."""
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate(STOP)["ring"]
    for fault in ("outline: none", "outline-color: var(--paper)"):
        rule = f"* {{ {fault} !important }}"
        visit.page.evaluate("(rule) => document.styleSheets[0].insertRule(rule, 0)", rule)
        assert not visit.page.evaluate(STOP)["ring"], fault
        visit.page.evaluate("document.styleSheets[0].deleteRule(0)")
    assert visit.page.evaluate(STOP)["ring"]


def test_the_keyboard_alone_reads_a_chart_changes_range_and_tab(visit: Visit) -> None:
    """Skip link, range button, chart, tab: each answers to keys, and nothing traps the focus."""
    page = visit.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    while page.evaluate(STOP)["kind"] != "ranges":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#t-signal")).to_contain_text("in three months")
    assert page.locator('[data-range][aria-pressed="true"]').get_attribute("data-range") == "3m"
    for _ in range(7):
        page.keyboard.press("Tab")
    assert page.evaluate(STOP)["kind"] == "plot"
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "() => document.querySelector('#chart-signal .plot [aria-live]').textContent !== ''"
    )
    while page.evaluate(STOP)["kind"] != "tab":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-spy-backwardation"
    assert page.locator("#view-spy-backwardation").is_visible()


def test_the_menu_holds_all_pages(visit: Visit) -> None:
    """Entries are 24 pixels or more, in one row or behind the menu, and nothing scrolls sideways."""
    menu, links = visit.page.locator(".menu"), visit.page.locator(".top nav a")
    behind = []
    for width in (320, 360, 768, 1440):
        visit.page.set_viewport_size({"width": width, "height": 740})
        if menu.is_visible():
            behind.append(width)
            assert not links.first.is_visible()
            menu.click()
        assert links.first.is_visible()
        boxes = links.evaluate_all(
            """(links) => links.map((link) => {
              const { width, height, right } = link.getBoundingClientRect();
              return [Math.min(width, height), right];
            })"""
        )
        assert min(size for size, _ in boxes) >= 24
        assert max(right for _, right in boxes) <= width
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        if width in behind:
            menu.click()
    assert behind
    assert 1440 not in behind


def test_forced_colors_keep_states_apart(visitor: Callable[..., Visit]) -> None:
    """With the visitor's own colors the current tab has a line, and charts have their lines."""
    visit = visitor(forced_colors="active").open()
    style = "(element, name) => getComputedStyle(element)[name]"
    assert visit.page.locator('[aria-pressed="true"]').first.evaluate(style, "borderBottomWidth") == "2px"
    assert "underline" in visit.page.locator('[aria-selected="true"]').evaluate(style, "textDecorationLine")
    strokes = visit.page.locator("#chart-signal svg.pic path[class^=s-]").evaluate_all(
        "(paths) => paths.map((path) => getComputedStyle(path).stroke)"
    )
    ground = visit.page.locator("body").evaluate(style, "backgroundColor")
    assert strokes
    assert not {"none", ground} & set(strokes)
