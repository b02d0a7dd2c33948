"""The page on paper: pictures and all words, no controls, light whatever the screen shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.places import served

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")
CONTROLS = (
    "main button:not(.sort), main input, [role=tablist], .skip, header nav, [data-theme-button], summary"
)
A4 = {"format": "A4", "print_background": True}


def on_paper(visit: Visit) -> Visit:
    """Show a page as a printer would get it."""
    visit.page.emulate_media(media="print")
    return visit


def test_paper_shows_every_picture_and_no_control(visit: Visit) -> None:
    """All five pictures and their summaries print, all tabs below each other, even where Plotly has drawn."""
    expect_paper(on_paper(visit))
    visit.page.emulate_media(media="screen")
    visit.wake("signal")
    visit.wake("distribution")
    expect_paper(on_paper(visit))


def expect_paper(visit: Visit) -> None:
    """Find all pictures and words of the front page, and nothing that can be pressed."""
    for chart in CHARTS:
        picture = visit.plot(chart).locator("> .pic")
        assert picture.is_visible()
        assert picture.evaluate("(svg) => getComputedStyle(svg).visibility") == "visible"
        assert visit.page.locator(f"#sum-{chart}").is_visible()
        assert visit.page.locator(f"#t-{chart}").is_visible()
    assert not any(live.is_visible() for live in visit.page.locator(".plot-live").all())
    # headings of sortable tables stay words, without the button's look
    shown = "(all) => all.filter((each) => each.checkVisibility()).map((each) => each.outerHTML)"
    assert visit.page.locator(CONTROLS).evaluate_all(shown) == []


def test_the_header_row_of_a_long_table_repeats(visit: Visit) -> None:
    """A link put into it is printed once a sheet: on more than one, as the table is longer than a sheet."""
    visit.open("/episodes/")
    link = "(th) => th.insertAdjacentHTML('beforeend', '<a href=\"https://head.example/\">x</a>')"
    visit.page.locator("table.every thead th").first.evaluate(link)
    pdf = visit.page.pdf(**A4)
    assert pdf.count(b"https://head.example/") > 1


def test_paper_is_light(visitor: Callable[..., Visit]) -> None:
    """A dark screen prints black on white."""
    visit = on_paper(visitor(color_scheme="dark").open())
    colors = visit.page.locator("html").evaluate(
        "(html) => { const style = getComputedStyle(html); return [style.color, style.backgroundColor]; }"
    )
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_paper_spells_outside_links(visitor: Callable[..., Visit]) -> None:
    """The address of a link to another host follows it in brackets."""
    visit = on_paper(visitor().open("/methodology/"))
    links = visit.page.locator('.prose a[href^="http"]')
    spelled = links.evaluate_all("(all) => all.map((a) => getComputedStyle(a, '::after').content)")
    assert spelled
    assert all("http" in words for words in spelled)


def test_the_page_prints_on_few_sheets(visit: Visit, crisis_site: Path) -> None:
    """The front page of the record close fits four sheets; its pictures alone fill more than one."""
    with served(crisis_site) as address:
        visit.page.goto(address)
        for paper in ("A4", "Letter"):
            pdf = visit.page.pdf(**A4 | {"format": paper})
            assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4, paper
