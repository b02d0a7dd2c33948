"""The research page in the browser: readable at every width, without script, on paper, and light."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

PATH = "/research/"
PAGE = "research/index.html"
PICTURES = (
    "research-returns-5",
    "research-returns-21",
    "research-returns-63",
    "research-around-first",
    "research-around-end",
    "research-duration-contango",
    "research-duration-backwardation",
    "research-curve",
    "research-implied",
    "research-premium",
    "research-growth",
)

OVERLAPS = """() => [...document.querySelectorAll('.pic')].flatMap((pic) => {
  const boxes = [...pic.querySelectorAll(':scope > text')]
    .filter((t) => getComputedStyle(t).display !== 'none' && t.textContent)
    .map((t) => [t.textContent, t.getBoundingClientRect()]);
  const cross = (a, b, from, to, slack) => a[from] < b[to] - slack && b[from] < a[to] - slack;
  const meet = (a, b) => cross(a, b, 'left', 'right', 1) && cross(a, b, 'top', 'bottom', 3);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
    .filter(([, b]) => meet(a, b)).map(([other]) => `${pic.getAttribute('class')}: ${one} / ${other}`));
})"""

OUTSIDE = """() => [...document.querySelectorAll('.pic text')]
  .filter((t) => getComputedStyle(t).display !== 'none')
  .filter((t) => {
    const box = t.getBoundingClientRect();
    const plot = t.closest('.plot').getBoundingClientRect();
    return box.left < plot.left - 2 || box.right > plot.right + 2;
  }).map((t) => `${t.closest('.pic').getAttribute('class')}: ${t.textContent}`)"""


def test_nothing_is_cut_or_covered(visitor: Callable[..., Visit]) -> None:
    """No sideways scroll of the page, every label of a picture within its box and free of the others."""
    visit = visitor().open(PATH)
    visit.page.evaluate("for (const each of document.querySelectorAll('details.fold')) each.open = true")
    for width in (1440, 768, 360):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert visit.page.evaluate(OUTSIDE) == []
        assert visit.page.evaluate(OVERLAPS) == []
        for picture in PICTURES:
            ahead = picture.removeprefix("research-returns-")
            if ahead != picture and width == 360:  # a phone shows one of these at a time
                visit.page.get_by_role("radio", name=f"{ahead} sessions", exact=True).check(force=True)
                assert visit.page.evaluate(OUTSIDE) + visit.page.evaluate(OVERLAPS) == [], picture
            box = visit.page.locator(f"#{picture} .pic").bounding_box()
            assert box is not None, picture
            assert box["width"] > 150, picture
            assert box["height"] > 100, picture


def test_nothing_moves_and_nothing_is_forbidden(visitor: Callable[..., Visit]) -> None:
    """No layout shift while loading, no violation of the policy, no complaint, one origin."""
    visit = visitor(viewport={"width": 360, "height": 740}).open(PATH)
    visit.page.wait_for_load_state("networkidle")
    assert visit.shift <= 0.02
    assert (visit.violations, visit.complaints) == ([], [])
    assert [url for url in visit.requests if not url.startswith(visit.origin)] == []


def test_the_page_is_read_without_script(visitor: Callable[..., Visit]) -> None:
    """Numbers, pictures and tables are there; a claim's counts and a table open by their summaries."""
    visit = visitor(java_script_enabled=False).open(PATH)
    assert visit.page.locator("#claims details.saying").count() > 10
    claim = visit.page.locator("#claims details.saying").first
    assert not claim.locator("dl").is_visible()
    claim.locator("summary").click()
    assert claim.locator("dl").is_visible()
    table = visit.page.locator("#returns details table").first
    assert not table.is_visible()
    visit.page.locator("#returns details summary").first.click()
    assert table.is_visible()
    assert visit.page.locator("#research-growth .pic").is_visible()


def test_on_paper_pictures_and_verdicts_stay(visitor: Callable[..., Visit]) -> None:
    """Printed light, every picture with its title, every sentence, verdicts as words, no folded tables."""
    visit = visitor(color_scheme="dark").open(PATH)
    visit.page.emulate_media(media="print")
    for picture in PICTURES:
        assert visit.page.locator(f"#{picture} .pic").is_visible(), picture
        assert visit.page.locator(f"#{picture} .chart-title").is_visible(), picture
    sentences = visit.page.locator("figure .chart-summary").all()
    assert len(sentences) > 5
    assert all(sentence.is_visible() for sentence in sentences)
    verdicts = visit.page.locator("#claims .told").all()
    assert verdicts
    assert all(verdict.is_visible() for verdict in verdicts)
    assert not visit.page.locator("#returns summary").first.is_visible()
    color = visit.page.locator("html").evaluate("(html) => getComputedStyle(html).backgroundColor")
    assert color == "rgb(255, 255, 255)"


def test_the_tracker_page_leads_here(visitor: Callable[..., Visit]) -> None:
    """From the links at the front page's end to all studies; the navigation then marks the page."""
    visit = visitor().open("/")
    visit.page.get_by_role("navigation", name="Read on").get_by_role("link", name="Research").click()
    assert visit.page.url.endswith(PATH)
    assert visit.page.locator('nav [aria-current="page"]').inner_text() == "Research"


@pytest.mark.parametrize("way", ["link", "address"])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_place_of_the_page_is_where_it_is_said(visitor: Callable[..., Visit], way: str, width: int) -> None:
    """Sections below the window are laid out late: whoever goes to one must still see it at the top."""
    visit = visitor(viewport={"width": width, "height": 900})
    if way == "link":
        # before the browser has come to it
        visit.spent = True
        visit.page.add_init_script("window.requestIdleCallback = () => {}")
        visit.open(PATH)
        assert visit.page.evaluate("document.documentElement.classList.contains('partly')")
        visit.page.locator('a[href="#overlay"]').first.evaluate("(link) => link.click()")
    else:
        visit.open(f"{PATH}#overlay")
    top = "document.querySelector('#overlay').getBoundingClientRect().top"
    assert 0 <= visit.page.evaluate(top) < 60


def test_in_the_end_everything_is_laid_out(visitor: Callable[..., Visit]) -> None:
    """Nothing is left to jump about, and nothing that was in sight has moved."""
    visit = visitor().open(PATH)
    visit.page.wait_for_selector("html:not(.partly)")
    assert visit.page.locator(".later").count() == 0
    assert visit.shift < 0.01
