"""The page ages in the visitor's browser as the build would judge it at the same instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import DESKTOP, Visit, empty_page
from tests.browser.places import served
from tests.unit.test_freshness import STATES, after, age_of

from ivts_site.freshness import judge

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AGE_AT = """([upcoming, late, due, through]) => {
  const box = document.querySelector('[data-age]');
  Object.assign(box.dataset, { upcoming, late, due, through });
  document.dispatchEvent(new Event('visibilitychange'));
  return [box.dataset.age, box.textContent];
}"""


@pytest.fixture(scope="module")
def stored_origin(stored_site: Path) -> Iterator[str]:
    """Address of a site built from stored closes through 26 November 2025."""
    with served(stored_site) as address:
        yield address


@pytest.fixture(scope="module")
def page_with_clock(browser: Browser, stored_origin: str) -> Iterator[Visit]:
    """A page whose clock each test sets."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    visit = empty_page(context, stored_origin)
    visit.page.clock.set_fixed_time("2025-11-28T12:05:00Z")
    yield visit
    context.close()


@pytest.fixture
def dated(page_with_clock: Visit, stored_origin: str) -> Visit:
    """That page, on its way to the site."""
    page_with_clock.origin = stored_origin
    page_with_clock.complaints.clear()
    return page_with_clock


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        ("2025-11-28T12:05:00Z", "fresh", "Up to date"),
        # the 28th closes early: 13:00 New York and 150 minutes
        ("2025-11-28T20:30:00Z", "due", "Next closes due since Fri 28 Nov 2025, 15:30 New York"),
        ("2025-11-29T09:00:00Z", "late", "1 session behind: closes were due Fri 28 Nov 2025, 15:30 New York"),
        ("2025-12-03T12:00:00Z", "stale", "3 sessions behind: the last close here is Wed 26 Nov 2025"),
    ],
)
def test_the_page_tells_its_age(dated: Visit, now: str, state: str, words: str) -> None:
    """The same page, opened at four instants."""
    dated.page.clock.set_fixed_time(now)
    dated.open()
    age = dated.page.locator("[data-age]")
    assert age.get_attribute("data-age") == state
    assert age.inner_text() == words
    assert dated.complaints == []
    assert dated.shift <= 0.02


def test_an_open_page_ages_when_it_is_looked_at_again(dated: Visit) -> None:
    """A tab left open over days does not stay up to date."""
    dated.page.clock.set_fixed_time("2025-11-28T12:05:00Z")
    dated.open()
    dated.page.clock.set_fixed_time("2025-12-03T12:00:00Z")
    dated.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert dated.page.locator("[data-age]").inner_text().startswith("3 sessions behind")


def test_script_and_build_judge_alike(dated: Visit) -> None:
    """State and words at every instant of the table, the odd weeks included."""
    dated.open()
    for through, now, state, _ in STATES:
        upcoming = after(through).upcoming
        found = judge(upcoming, dt.datetime.fromisoformat(now))
        assert found is not None
        dated.page.clock.set_fixed_time(now)
        instants = " ".join(p.publication.isoformat() for p in upcoming)
        told = dated.page.evaluate(AGE_AT, [instants, found.late_from.isoformat(), "DUE", "THROUGH"])
        assert told == [
            state,
            age_of(found),
        ], (through, now)


def test_without_script_the_deadline_is_printed(visitor: Callable[..., Visit], stored_origin: str) -> None:
    """The day and hour of the next closes, an absolute deadline, and no more claimed than the build knew."""
    visit = visitor(java_script_enabled=False)
    visit.page.goto(f"{stored_origin}/")
    status = visit.page.locator("[data-status]")
    text = status.inner_text()
    assert "Up to date (when built)" in text
    # the early close of the day after Thanksgiving: 15:30 in New York is 20:30 UTC in November
    assert "next update Fri by 15:30 ET" in text
    assert status.locator('time[datetime="2025-11-28T20:30:00Z"]').inner_text() == "Fri by 15:30 ET"
    assert "late from Sat 29 Nov 2025, 03:30 New York (08:30 UTC)" in text


def test_sample_closes_do_not_age(dated: Visit, origin: str) -> None:
    """Nothing is expected of a simulation, whatever the date."""
    dated.origin = origin
    dated.page.clock.set_fixed_time("2031-01-01T00:00:00Z")
    dated.open()
    assert dated.page.locator("[data-age]").count() == 0
