"""The page in the browser: address, tabs, theme, phone, no script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.places import served

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

TABS = ("term-structure", "spy-backwardation", "distribution", "rolling-rate")
PATHS = ("/", "/methodology/", "/404.html")


def shown_panels(visit: Visit) -> list[str]:
    """Return the names of the visible tab panels."""
    panels = visit.page.locator("[data-tab]")
    return [name for name in TABS if panels.and_(visit.page.locator(f"[data-tab={name}]")).is_visible()]


def pressed(visit: Visit) -> str | None:
    """Return the range whose button is pressed."""
    return visit.page.locator('[data-range][aria-pressed="true"]').get_attribute("data-range")


def test_pages_load_quietly(visitor: Callable[..., Visit]) -> None:
    """No error, no violation of the policy, no request to another origin, no more than six requests."""
    visit = visitor()
    visit.page.route("**/404.html", lambda route: _from_here(route, visit.origin))
    for path in PATHS:
        visit.requests.clear()
        visit.open(path)
        visit.page.wait_for_load_state("networkidle")
        assert visit.complaints == [], path
        assert visit.violations == [], path
        assert {url for url in visit.requests if not url.startswith(visit.origin)} == set(), path
        assert len(visit.requests) <= 6, path
        assert visit.shift <= 0.02, path


LIMITS = {360: 4400, 1440: 3300}
"""Width of the window to the greatest height of the front page, in pixels."""


def test_the_front_page_is_short(
    visitor: Callable[..., Visit], recorded_site: Path, crisis_site: Path
) -> None:
    """Recorded rows: an ordinary evening fresh, due, late and stale; the record close with all tiles."""
    visit = visitor(fresh=True)
    too_high, states = {}, set()
    with served(recorded_site) as ordinary, served(crisis_site) as crisis:
        for now in ("02-28T12:00", "03-02T23:40", "03-03T12:00", "07-01T12:00", "crisis"):
            if now == "crisis":
                visit.page.goto(crisis)
                # room for the tile of the futures' curve, which is lower than the others
                visit.page.locator(".tiles").evaluate(
                    "(tiles) => tiles.append(tiles.firstElementChild.cloneNode(true))"
                )
            else:
                visit.page.clock.set_fixed_time(f"2026-{now}:00Z")
                visit.page.goto(ordinary)
                states.add(visit.page.locator(".age").get_attribute("data-age"))
            for width, limit in LIMITS.items():
                visit.page.set_viewport_size({"width": width, "height": 800})
                if (height := height_of(visit)) > limit:
                    too_high[now, width] = height
    assert states == {"fresh", "due", "late", "stale"}
    assert too_high == {}


def height_of(visit: Visit) -> int:
    """Return how high a page is."""
    return int(visit.page.evaluate("document.documentElement.scrollHeight"))


def test_one_tab_panel_shows_and_a_click_changes_it(live: Visit) -> None:
    """The first panel shows; a click shows another, says so to assistive technology and in the address."""
    assert shown_panels(live) == [TABS[0]]
    live.page.locator("#tab-distribution").click()
    assert shown_panels(live) == ["distribution"]
    selected = live.page.locator('[role=tab][aria-selected="true"]')
    assert selected.get_attribute("id") == "tab-distribution"
    assert live.page.locator("#view-distribution").get_attribute("aria-labelledby") == "tab-distribution"
    assert live.page.evaluate("location.hash") == "#view=distribution"


def test_arrow_keys_walk_along_the_tabs(live: Visit) -> None:
    """Arrows wrap around, Home and End go to the ends; only the selected tab is in the tab order."""
    live.page.locator(f"#tab-{TABS[0]}").focus()
    for key, tab in (("ArrowRight", 1), ("End", 3), ("ArrowRight", 0), ("ArrowLeft", 3), ("Home", 0)):
        live.page.keyboard.press(key)
        assert live.page.evaluate("document.activeElement.id") == f"tab-{TABS[tab]}"
        assert shown_panels(live) == [TABS[tab]]
    assert live.page.locator('[role=tab][tabindex="0"]').count() == 1


def test_the_address_restores_range_and_view(visitor: Callable[..., Visit]) -> None:
    """A shared address opens with its range drawn and its tab shown."""
    visit = visitor().open("/#range=5y&view=rolling-rate")
    expect(visit.page.locator("#t-signal")).to_contain_text("in five years")
    assert pressed(visit) == "5y"
    assert shown_panels(visit) == ["rolling-rate"]


def test_a_free_range_is_restored(visitor: Callable[..., Visit]) -> None:
    """A dragged range in a shared address is drawn and counted."""
    visit = visitor().open("/#range=2019-01-01..2019-12-31")
    expect(visit.statistic("from")).to_have_text("2 January 2019")
    expect(visit.statistic("to")).to_have_text("to 31 December 2019")


STRANGE = ("#%E0%A4%A", "#=", "#range=<b>&view=%22")
UNKNOWN = (
    "#range=7w&view=none",
    "#range=..",
    "#range=2019-02..",
    "#range=2019-99-99..2020-01-01",
    "#range=2020-01-01..2019-01-01",
)


def test_unknown_values_in_the_address_are_ignored(visitor: Callable[..., Visit]) -> None:
    """What the page does not know leads to its defaults, when opened and later, without a word."""
    visit = visitor()
    for hash_ in STRANGE:
        visit.page.goto("about:blank")
        visit.open(f"/{hash_}")
        assert (pressed(visit), shown_panels(visit)) == ("2y", [TABS[0]]), hash_
    for hash_ in UNKNOWN:
        visit.page.evaluate(HASH, "#range=1y&view=distribution")
        visit.wait_ranged()
        assert (pressed(visit), shown_panels(visit)) == ("1y", ["distribution"])
        visit.page.evaluate(HASH, hash_)
        visit.wait_ranged()
        assert (pressed(visit), shown_panels(visit)) == ("2y", [TABS[0]]), hash_
    visit.page.wait_for_load_state("networkidle")
    assert visit.complaints == []
    assert not visit.asked("plotly")


HASH = """(hash) => new Promise((done) => {
  addEventListener('hashchange', done, { once: true });
  location.hash = hash;
})"""


def test_back_and_forward_walk_through_the_states(live: Visit) -> None:
    """Each choice is a step that the back button undoes and the forward button repeats."""
    live.page.locator('[data-range="1y"]').click()
    live.page.locator("#tab-distribution").click()
    assert live.page.evaluate("location.hash") == "#range=1y&view=distribution"
    live.page.go_back()
    assert (pressed(live), shown_panels(live)) == ("1y", [TABS[0]])
    live.page.go_back()
    assert (pressed(live), shown_panels(live)) == ("2y", [TABS[0]])
    live.page.go_forward()
    assert pressed(live) == "1y"


def test_links_within_the_page_keep_the_state(live: Visit) -> None:
    """Following an anchor changes neither range nor view; an anchor inside a hidden panel shows it."""
    live.page.locator('[data-range="1y"]').click()
    live.page.evaluate("location.hash = '#main'")
    assert pressed(live) == "1y"
    live.page.evaluate("location.hash = '#chart-distribution'")
    live.page.wait_for_function("() => !document.getElementById('view-distribution').hidden")
    assert pressed(live) == "1y"


def test_without_script_everything_is_readable(visitor: Callable[..., Visit]) -> None:
    """On a phone all panels show one below the other with their pictures, and no control without effect."""
    visit = visitor(viewport={"width": 360, "height": 740}, java_script_enabled=False).open()
    assert shown_panels(visit) == list(TABS)
    assert visit.page.locator("[data-plot] > .pic").count() == len(TABS) + 1
    for chart in ("signal", *TABS):
        assert visit.plot(chart).locator("> .pic").is_visible()
        assert visit.page.locator(f"#sum-{chart}").is_visible()
    for control in ("[data-ranges]", "[data-theme-button]", '#chart-signal [data-tool="link"]'):
        assert not visit.page.locator(control).is_visible(), control
    for path in PATHS:
        wide = visit.open(path).page.locator("html").evaluate("(html) => html.scrollWidth")
        assert wide == 360, path


def test_the_theme_button_goes_round_and_is_remembered(visitor: Callable[..., Visit]) -> None:
    """Auto, light, dark, auto; the choice is there before the first paint of the next page."""
    visit = visitor(color_scheme="light").open()
    button = visit.page.locator("[data-theme-button]")
    background = "() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    light = visit.page.evaluate(background)
    assert "auto" in (button.get_attribute("aria-label") or "")
    button.click()
    assert visit.page.locator("html").get_attribute("data-theme") == "light"
    button.click()
    assert visit.page.locator("html").get_attribute("data-theme") == "dark"
    assert visit.page.evaluate(background) != light
    visit.open("/methodology/")
    assert visit.page.locator("html").get_attribute("data-theme") == "dark"
    button.click()
    assert visit.page.locator("html").get_attribute("data-theme") == "auto"
    assert visit.page.evaluate(background) == light


def test_blocked_storage_does_no_harm(visitor: Callable[..., Visit]) -> None:
    """Where the browser refuses storage, the theme still changes and nothing fails."""
    visit = visitor()
    refuse = "{ get() { throw new DOMException('', 'SecurityError'); } }"
    visit.spent = True
    visit.page.add_init_script(f"Object.defineProperty(window, 'localStorage', {refuse})")
    visit.open()
    visit.page.locator("[data-theme-button]").click()
    assert visit.page.locator("html").get_attribute("data-theme") == "light"
    assert visit.complaints == []


def test_a_table_sorts_and_says_so(visitor: Callable[..., Visit]) -> None:
    """Numbers sort as numbers, undefined cells last on the way down, and the order is announced."""
    visit = visitor()
    visit.page.route("**/", _with_table)
    visit.open()
    heading = visit.page.locator("#made th").nth(1)
    heading.locator("button").click()
    cells = visit.page.locator("#made td:nth-child(2)")
    assert cells.all_inner_texts() == ["1,200.5", "3", "\u22122.5%"]
    assert heading.get_attribute("aria-sort") == "descending"
    heading.locator("button").click()
    assert cells.all_inner_texts() == ["\u22122.5%", "3", "1,200.5"]
    assert heading.get_attribute("aria-sort") == "ascending"
    assert "Sorted by size, ascending." in visit.page.locator("[role=status]").all_inner_texts()


def _from_here(route: Any, origin: str) -> None:
    """Serve the page for unknown addresses, whose links are absolute, as if this were its real address."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace("https://example.org", origin))


def _with_table(route: Any) -> None:
    """Serve the page with a sortable table at its top."""
    response = route.fetch()
    cells = (("x", "3"), ("y", "1,200.5"), ("z", "\u22122.5%"))
    rows = "".join(f"<tr><td>{name}</td><td>{size}</td></tr>" for name, size in cells)
    head = "<thead><tr><th>name</th><th>size</th></tr></thead>"
    table = f'<table id="made" data-sortable>{head}<tbody>{rows}</tbody></table>'
    route.fulfill(response=response, body=response.text().replace("</header>", f"</header>{table}", 1))
