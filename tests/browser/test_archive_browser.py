"""The pages of the past in a browser: sorting, filters, comparison, and the rules of axe and HTML."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.places import served
from tests.browser.test_audit import COLOURS_ALONE, findings, html_problems, unfold
from tests.browser.test_budgets import over_budget

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

PAGES = ("day", "year", "episode", "episodes", "history", "compare")


@pytest.fixture(scope="module")
def origin(archive_site: Path) -> Iterator[str]:
    """Address of the served site, without a slash at its end."""
    with served(archive_site) as address:
        yield address


@pytest.fixture(scope="module")
def episodes(archive_site: Path) -> list[dict[str, Any]]:
    """What is published of the episodes."""
    return list(json.loads((archive_site / "api/v1/episodes.json").read_text())["episodes"])


@pytest.fixture(scope="module")
def paths(archive_site: Path, episodes: list[dict[str, Any]]) -> dict[str, str]:
    """An address of each kind of page."""
    session = episodes[-1]["first_session"]
    return {
        "day": f"/day/{session}/",
        "year": f"/history/{session[:4]}/",
        "episode": f"/episodes/{session}/",
        "episodes": "/episodes/",
        "history": "/history/",
        "compare": f"/compare/?of=episodes&a={session}&b={episodes[0]['first_session']}",
    }


@pytest.mark.parametrize(
    ("turn", "screen"), [(0, (360, "light")), (1, (1440, "dark"))], ids=["phone", "desktop"]
)
def test_axe_finds_nothing(
    visitor: Callable[..., Visit],
    paths: dict[str, str],
    turn: int,
    screen: tuple[int, str],
    whole: bool,
) -> None:
    """Each kind of page, everything unfolded: nothing is wider than the screen, nothing violates the policy.

    A sample has each kind once, light on a phone or dark on a desktop.
    """
    width, theme = screen
    visit = visitor(viewport={"width": width, "height": 800})
    for kind in PAGES if whole else PAGES[turn::2]:
        visit.page.emulate_media(color_scheme=theme)
        visit.open(paths[kind])
        if kind == "compare":
            visit.page.locator("[data-result]").and_(visit.page.locator(":not([hidden])")).wait_for()
        unfold(visit, whole=True)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, kind
        unfold(visit, whole)
        assert findings(visit.page) == [], kind
        assert visit.violations == [], kind
        if whole:
            visit.page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
            assert findings(visit.page, COLOURS_ALONE) == [], f"{kind}, not {theme}"
    assert visit.complaints == []


def test_pages_are_valid_html_and_light(archive_site: Path, paths: dict[str, str]) -> None:
    """No finding of html-validate; sizes within the front page's budgets, a style sheet and a script more."""
    names = [f"{paths[kind].partition('?')[0].strip('/')}/index.html" for kind in PAGES]
    assert html_problems([archive_site / name for name in names]) == []
    assert {name: over for name in names if (over := over_budget(archive_site, name))} == {}


def rows(visit: Visit) -> list[str]:
    """First sessions of the rows shown, in order."""
    shown = "rows => rows.filter(row => !row.hidden).map(row => row.cells[0].dataset.sort)"
    return list(visit.page.eval_on_selector_all("table.every tbody tr", shown))


def test_episodes_are_sorted_and_filtered(
    visitor: Callable[..., Visit], episodes: list[dict[str, Any]]
) -> None:
    """By length, announced; by length and ratio, counted, in the address, and so again after a reload."""
    visit = visitor().open("/episodes/")
    assert rows(visit) == [each["first_session"] for each in episodes[::-1]]
    visit.page.get_by_role("button", name="Sessions").click()
    lengths = {each["first_session"]: each["n_sessions"] for each in episodes}
    assert [lengths[first] for first in rows(visit)] == sorted(lengths.values(), reverse=True)
    assert visit.page.get_by_role("columnheader", name="Sessions").get_attribute("aria-sort") == "descending"
    filters = visit.page.get_by_role("group", name="Filters")
    filters.get_by_label("Sessions, at least").fill("2")
    filters.get_by_label("Highest ratio, at least").fill("1.05")
    kept = {
        each["first_session"] for each in episodes if each["n_sessions"] >= 2 and each["max_ivts"] >= 1.05
    }
    assert 0 < len(kept) < len(episodes)
    assert set(rows(visit)) == kept
    count = visit.page.locator("[data-count]")
    assert count.text_content() == f"{len(kept)} of {len(episodes)} inversions shown"
    assert visit.page.url.endswith("?sessions=2&ratio=1.05")
    visit.page.reload()
    assert set(rows(visit)) == kept
    visit.page.get_by_role("button", name="Show all").click()
    visit.page.wait_for_function("document.querySelectorAll('table.every tbody tr[hidden]').length === 0")
    assert visit.page.url.endswith("/episodes/")


def test_what_matters_of_an_episode_is_in_view(sample_site: Path, visit: Visit) -> None:
    """On a phone start, length, highest ratio and SPY's return; at 1280 pixels every column."""
    heads = "(all) => all.map((th) => [th.textContent.trim(), th.getBoundingClientRect().right])"
    with served(sample_site) as address:
        visit.page.goto(f"{address}/episodes/")
        for width, n in ((1280, 13), (360, 4)):
            visit.page.set_viewport_size({"width": width, "height": 800})
            seen = visit.page.locator("table.every thead th").evaluate_all(heads)
            shown = [name for name, right in seen if right <= width]
            assert shown[:4] == ["Start", "Sessions", "Highest", "SPY return"]
            assert len(shown) == n


def test_a_date_leads_to_its_session(visitor: Callable[..., Visit]) -> None:
    """From `/history/` and from the menu; Christmas and a Sunday lead to the session before."""
    visit = visitor(viewport={"width": 360, "height": 740}).open("/history/")
    menu, own = visit.page.locator("header .top .goto"), visit.page.locator("main .goto")
    for form, asked, found in ((own, "2025-12-25", "2025-12-24"), (menu, "2025-12-21", "2025-12-19")):
        if form is menu:
            visit.page.get_by_role("button", name="Menu").click()
        form.get_by_label("Go to a date").fill(asked)
        form.get_by_role("button", name="Go").click()
        visit.page.wait_for_url(f"**/day/{found}/")
    assert visitor(java_script_enabled=False).open("/history/").page.locator("main .goto").is_hidden()


def test_two_sessions_are_compared(
    visitor: Callable[..., Visit], archive_site: Path, episodes: list[dict[str, Any]]
) -> None:
    """By keyboard, shown as the pages of the sessions show it, kept in the address."""
    one, other = episodes[0]["max_session"], episodes[-1]["max_session"]
    visit = visitor().open("/compare/")
    visit.page.get_by_label("First session").fill(one)
    visit.page.get_by_label("Second session").fill(other)
    visit.page.get_by_role("button", name="Compare", exact=True).press("Enter")
    table = visit.page.locator('[data-result="sessions"]')
    table.wait_for()
    assert visit.page.url.endswith(f"/compare/?a={one}&b={other}")
    told = table.locator('tr[data-path="ivts"] td').all_text_contents()
    for text, session in zip(told, (one, other), strict=False):
        assert f'<b class="big">{text}</b>' in (archive_site / f"day/{session}/index.html").read_text("utf-8")
    rank = table.locator('tr[data-path="window.ivts_rank"] td').first.text_content()
    assert f"<dd>{rank} " in (archive_site / f"day/{one}/index.html").read_text("utf-8")
    gap = float(told[0]) - float(told[1])
    shown = f"+{gap:.4f}" if gap > 0 else f"{gap:.4f}".replace("-", "\N{MINUS SIGN}")
    assert told[2] == shown
    assert table.locator('tr[data-path="regime.name"] td').last.text_content() == ""
    drawn = table.locator("svg.pic path")
    history = json.loads((archive_site / "api/v1/history.json").read_text("utf-8"))
    ends = []
    for path, session in zip(drawn.all(), (one, other), strict=True):
        at = history["session"].index(session)
        points = re.findall(r"([\d.]+) (-?[\d.]+)", path.get_attribute("d") or "")
        assert len(points) == min(at + 1, 60)
        assert points[-1][0] == "1000.0"
        ends.append((float(points[-1][1]), float(points[-2][1]), *history["ivts"][at - 1 : at + 1][::-1]))
    # both lines on one scale: a step of one is as high as the same step of the other
    (y, y_before, ratio, before), (z, _, second, _) = ends
    assert (y - z) / (ratio - second) == pytest.approx((y - y_before) / (ratio - before), rel=0.01)
    visit.page.go_back()
    table.wait_for(state="hidden")


def test_episodes_without_pages_are_not_linked(
    visitor: Callable[..., Visit], sample_site: Path, episodes: list[dict[str, Any]]
) -> None:
    """With `archive.episodes` off the columns are headed by dates alone; otherwise by links."""
    heads = '[data-result="episodes"] [data-name]'

    def compare(visit: Visit, firsts: list[str]) -> Any:
        visit.open(f"/compare/?of=episodes&a={firsts[0]}&b={firsts[1]}")
        visit.page.locator('[data-result="episodes"]').wait_for()
        return visit.page.locator(heads)

    firsts = [episodes[at]["first_session"] for at in (0, -1)]
    visit = visitor()
    links = compare(visit, firsts).locator("a").all()
    assert [link.get_attribute("href") for link in links] == [f"../episodes/{first}/" for first in firsts]
    published = json.loads((sample_site / "api/v1/episodes.json").read_text())["episodes"]
    with served(sample_site) as visit.origin:
        dated = compare(visit, [published[at]["first_session"] for at in (0, -1)])
        texts = dated.all_text_contents()
    assert len(set(texts)) == 2
    assert all(texts)
    assert dated.locator("a").count() == 0


def test_words_of_the_comparison_stay_whole_on_a_phone(
    visitor: Callable[..., Visit], episodes: list[dict[str, Any]]
) -> None:
    """At 360 pixels every word of a figure and of its name stands on one line."""
    first, last = episodes[0]["first_session"], episodes[-1]["first_session"]
    visit = visitor(viewport={"width": 360, "height": 740}).open(f"/compare/?a={first}&b={last}")
    visit.page.locator('[data-result="sessions"]').wait_for()
    broken = visit.page.evaluate(
        """() => [...document.querySelectorAll('[data-result="sessions"] :is(th, td)')].flatMap((cell) => {
          const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            for (const word of walker.currentNode.data.matchAll(/\\S+/g)) {
              const range = document.createRange();
              range.setStart(walker.currentNode, word.index);
              range.setEnd(walker.currentNode, word.index + word[0].length);
              const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
              if (tops.size > 1) found.push(word[0]);
            }
          }
          return found;
        })"""
    )
    assert broken == []


def test_a_tap_on_the_calendar_leads_to_the_day(visitor: Callable[..., Visit], archive_site: Path) -> None:
    """A day with a session is named; a Saturday leads to the Friday before it, a key to the year."""
    sessions = json.loads((archive_site / "api/v1/history.json").read_text("utf-8"))["session"]
    friday = next(day for day in map(dt.date.fromisoformat, sessions[-100:]) if day.weekday() == 4)
    visit = visitor().open("/history/")
    row = visit.page.locator(f'[data-calendar] [data-year="{friday.year}"]')
    row.scroll_into_view_if_needed()
    marks = row.locator("svg")
    box = marks.bounding_box()
    assert box

    def middle_of(day: int) -> Any:
        return {"x": box["width"] * (day - 0.5) / 366, "y": box["height"] / 2}

    marks.hover(position=middle_of(friday.timetuple().tm_yday))
    told = visit.page.locator("[data-calendar-day]").text_content()
    assert told == f"{friday:%a} {friday.day} {friday:%b %Y}"
    marks.click(position=middle_of(friday.timetuple().tm_yday + 1))
    visit.page.wait_for_url(f"**/day/{friday}/")
    visit.page.go_back()
    row.press("Enter")
    visit.page.wait_for_url(f"**/history/{friday.year}/")


def test_unknown_days_are_told(visitor: Callable[..., Visit], episodes: list[dict[str, Any]]) -> None:
    """A Sunday with its neighbors, texts that are no dates, a day on which no episode began."""
    first = episodes[0]["first_session"]
    visit = visitor()
    message = visit.page.locator("[data-message]")
    for search, words in {
        f"a=2024-12-29&b={first}": "No session with a ratio is stored for 29 December 2024; the nearest: 27 "
        "December 2024 and 30 December 2024.",
        f"a=soon&b={first}": "“soon” is not a date such as 2020-03-16.",
        f"a=2024-02-30&b={first}": "“2024-02-30” is not a date such as 2020-03-16.",
        f"of=episodes&a={first}&b=2024-12-29": "No inversion began on 29 December 2024",
        f"a={first}": "Choose the other one.",
    }.items():
        visit.open(f"/compare/?{search}")
        visit.page.wait_for_function(
            "words => document.querySelector('[data-message]').textContent.startsWith(words)", arg=words
        )
        assert visit.page.locator("[data-result]:not([hidden])").count() == 0
        assert words in (message.text_content() or "")


def test_without_scripts_everything_is_readable(visitor: Callable[..., Visit], paths: dict[str, str]) -> None:
    """All episodes are there, no filter that does nothing; the comparison says what it needs and leads on."""
    visit = visitor(java_script_enabled=False).open("/episodes/")
    assert visit.page.locator("table.every tbody tr").count() > 1
    assert not visit.page.locator("[data-filters]").is_visible()
    visit.open(paths["compare"])
    assert visit.page.get_by_text("The comparison needs a script").is_visible()
    assert visit.page.get_by_role("link", name="Sessions by year").is_visible()
    assert not visit.page.locator("[data-compare]").is_visible()
