"""Curves of any dates on one graph: by address, by hand, up to twenty, and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import PHONE, Visit
from tests.browser.places import served
from tests.conftest import Share
from tests.integration.test_futures_page import DAYS, share_futures

from ivts_site.formatting import date_weekday

ONE, TWO = DAYS[10].isoformat(), DAYS[-1].isoformat()


@pytest.fixture(scope="module")
def curves(share: Share, sample_data: Path) -> Iterator[str]:
    """Address of a site with futures."""
    with served(share_futures(share, sample_data)) as address:
        yield address


def at(visit: Visit, curves: str, path: str) -> Visit:
    visit.origin = curves
    return visit.open(path)


def drawn(visit: Visit) -> list[str]:
    """The dates at the ends of the lines, once a script has drawn them."""
    visit.page.wait_for_selector("[data-canvas] .drawn")
    return visit.page.locator("[data-canvas] .halo").all_text_contents()


def test_dates_come_from_the_address(visitor: Callable[..., Visit], curves: str) -> None:
    visit = at(visitor(), curves, f"/futures/?d={ONE}&d={TWO}#compare")
    assert len(drawn(visit)) == 2
    assert visit.page.locator("[data-list] li").count() == 2
    # the last three sessions fall, the first ones rise
    assert visit.page.locator("[data-list] .down").count() == 1
    assert visit.page.locator("[data-list] .up").count() == 1
    assert "down" in (visit.page.locator("#h-compare").text_content() or "")
    assert len(visit.asked("futures/curves/")) == 2
    assert (visit.complaints, visit.violations) == ([], [])


def test_a_date_is_added_scaled_and_taken_away(visitor: Callable[..., Visit], curves: str) -> None:
    visit = at(visitor(), curves, f"/futures/?d={TWO}#compare")
    assert len(drawn(visit)) == 1
    visit.page.locator("[data-form] input").fill(ONE)
    visit.page.get_by_role("button", name="Add", exact=True).click()
    visit.page.wait_for_url(f"**/futures/?d={TWO}&d={ONE}#compare")
    visit.page.get_by_role("button", name="First month = 100").click()
    visit.page.wait_for_function("document.querySelector('.drawn .t').textContent.startsWith('first month')")
    visit.page.locator("[data-list] button").first.click()
    visit.page.wait_for_url(f"**/futures/?d={ONE}#compare")
    assert visit.complaints == []


def test_at_most_twenty_and_no_day_without_settlements(visitor: Callable[..., Visit], curves: str) -> None:
    address = "&".join(f"d={day}" for day in DAYS[:25])
    visit = at(visitor(), curves, f"/futures/?{address}#compare")
    assert len(drawn(visit)) == 20
    visit.page.locator("[data-form] input").fill(TWO)
    visit.page.get_by_role("button", name="Add", exact=True).click()
    visit.page.get_by_text("At most 20 dates").wait_for()
    at(visit, curves, f"/futures/?d={ONE}#compare")
    drawn(visit)
    visit.page.locator("[data-form] input").fill("2025-01-09")  # a day of mourning: the exchange was closed
    visit.page.get_by_role("button", name="Add", exact=True).click()
    visit.page.get_by_text("No settlement is stored for 9 January 2025; try 8 January 2025.").wait_for()
    assert len(drawn(visit)) == 1


def test_it_fits_a_phone_and_needs_no_script(visitor: Callable[..., Visit], curves: str) -> None:
    visit = at(visitor(viewport=PHONE), curves, "/futures/")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert visit.asked("futures/curves/") == []  # no file before somebody reaches for it
    plain = at(visitor(java_script_enabled=False), curves, "/futures/")
    assert plain.page.locator("[data-canvas] > .pic").is_visible()
    assert plain.page.get_by_text("Comparing dates needs JavaScript").is_visible()
    assert not plain.page.locator("[data-form]").is_visible()


def read_cells(visit: Visit) -> dict[str, str]:
    """What the line above the history says, by cell."""
    cells = "document.querySelectorAll('#chart-futures [data-read]')"
    found: dict[str, str] = visit.page.evaluate(
        f"Object.fromEntries([...{cells}].map((cell) => [cell.dataset.read, cell.textContent]))"
    )
    return found


def worded(place: int) -> tuple[str, str, str]:
    """M1, M2 and M1→M2 of a session as the settlements were made: half a point up, on the last three down."""
    near = 20 + place / 100
    step = -0.5 if place >= len(DAYS) - 3 else 0.5
    return f"{near:.2f}", f"{near + step:.2f}", f"{100 * step / near:+.2f}%".replace("-", "−")


def test_a_line_reads_the_history(visitor: Callable[..., Visit], curves: str) -> None:
    """Without anything it says the last session; keys, mouse and finger lead to others."""
    visit, last = at(visitor(viewport=PHONE, has_touch=True), curves, "/futures/"), len(DAYS) - 1
    plot = visit.page.locator("#chart-futures [data-plot]")

    def expect_session(place: int, run: int, regime: str) -> None:
        found = read_cells(visit)
        assert found["day"] == date_weekday(DAYS[place].isoformat())
        assert (found["near"], found["far"], found["slope"]) == worded(place)
        assert (found["run"], found["regime"]) == (str(run), regime)

    expect_session(last, 3, "inverted")
    plot.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        plot.press(key)
    expect_session(last - 3, last - 2, "upward-sloping")
    plot.press("Home")
    expect_session(0, 1, "upward-sloping")
    plot.press("Escape")
    expect_session(last, 3, "inverted")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    for reach in (visit.page.mouse.move, visit.page.touchscreen.tap):
        reach(box["x"] + 41, box["y"] + 80)
        expect_session(0, 1, "upward-sloping")
        reach(box["x"] + box["width"] - 49, box["y"] + 80)
        expect_session(last, 3, "inverted")
    assert plot.locator(".cross.is-on").count() == 1
    visit.page.locator('[data-range="6m"]').click()
    visit.page.locator("#t-futures", has_text="One futures inversion in six months").wait_for()
    visit.page.wait_for_selector('#chart-futures[aria-busy="false"]')
    plot.press("Home")
    assert read_cells(visit)["day"] == date_weekday("2025-05-27")  # 26 May was Memorial Day
    visit.page.evaluate("ivts.mainChart.first.slope.fill(null); ivts.readout.take(ivts.mainChart.first)")
    assert {read_cells(visit)[name] for name in ("slope", "run")} == {"–"}
    assert read_cells(visit)["regime"] == "no value"
    assert (visit.complaints, visit.violations) == ([], [])


def test_the_strip_chooses_what_the_history_shows(visitor: Callable[..., Visit]) -> None:
    """A year brings the shortest picture that holds it, and Escape the first one."""
    visit = visitor().open("/futures/")
    shown = visit.page.locator("[data-summary]").text_content()
    visit.page.locator('.strip-year[data-range="2023"]').click()
    visit.page.get_by_text("Shown: ").wait_for()
    visit.page.locator("[data-brush]").press("Escape")
    visit.page.get_by_text(str(shown)).wait_for()
    assert (visit.complaints, visit.violations) == ([], [])
