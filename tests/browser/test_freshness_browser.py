"""The page ages in the visitor's browser as the build would judge it at the same instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import Visit
from tests.browser.places import served
from tests.unit.test_freshness import STATES, after, age_of

from ivts_site.freshness import judge

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
def test_the_page_tells_its_age(
    visitor: Callable[..., Visit], stored_origin: str, now: str, state: str, words: str
) -> None:
    """The same page, opened at four instants."""
    visit = visitor(fresh=True)
    visit.origin = stored_origin
    visit.page.clock.set_fixed_time(now)
    visit.open()
    age = visit.page.locator("[data-age]")
    assert age.get_attribute("data-age") == state
    assert age.inner_text() == words
    assert visit.complaints == []
    assert visit.shift <= 0.02


def test_an_open_page_ages_when_it_is_looked_at_again(
    visitor: Callable[..., Visit], stored_origin: str
) -> None:
    """A tab left open over days does not stay up to date."""
    visit = visitor(fresh=True)
    visit.origin = stored_origin
    visit.page.clock.set_fixed_time("2025-11-28T12:05:00Z")
    visit.open()
    visit.page.clock.set_fixed_time("2025-12-03T12:00:00Z")
    visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert visit.page.locator("[data-age]").inner_text().startswith("3 sessions behind")


def test_script_and_build_judge_alike(visitor: Callable[..., Visit], stored_origin: str) -> None:
    """State and words at every instant of the table, the odd weeks included."""
    visit = visitor(fresh=True)
    visit.origin = stored_origin
    visit.open()
    for through, now, state, _ in STATES:
        upcoming = after(through).upcoming
        found = judge(upcoming, dt.datetime.fromisoformat(now))
        assert found is not None
        visit.page.clock.set_fixed_time(now)
        instants = " ".join(p.publication.isoformat() for p in upcoming)
        told = visit.page.evaluate(AGE_AT, [instants, found.late_from.isoformat(), "DUE", "THROUGH"])
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


def test_sample_closes_do_not_age(visitor: Callable[..., Visit]) -> None:
    """Nothing is expected of a simulation, whatever the date."""
    visit = visitor(fresh=True)
    visit.page.clock.set_fixed_time("2031-01-01T00:00:00Z")
    visit.open()
    assert visit.page.locator("[data-age]").count() == 0
