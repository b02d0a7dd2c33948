"""Dates of pages of the past in the sitemap: not before the page changed last, and not each evening's."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.archive_pages import core_of
from tests.panels import ROLES, analyse_panel

from ivts_site.panel import build_panel
from ivts_site.pipeline.archive import plan_episodes, plan_years
from ivts_site.render import Page
from ivts_site.sample import simulate_closes

N = 330
SESSIONS = pd.bdate_range("2024-01-02", periods=N, unit="us")


@pytest.fixture(scope="module")
def closes():
    """Simulated closes; a few sessions, some of them around the new year, are in backwardation."""
    frame = simulate_closes(SESSIONS)
    front = frame["vix3m"] * 0.9
    for first, last in ((20, 24), (80, 80), (150, 153), (258, 264), (300, 300)):
        front.iloc[first : last + 1] = frame["vix3m"].iloc[first : last + 1] * (1.1 + first / 1000)
    return {"vix": front, "vix3m": frame["vix3m"], "spy": frame["spy"]}


def plan(closes, n, make):
    """Return the pages that are planned on the evening of the n-th session."""
    panel = build_panel({key: series.iloc[:n] for key, series in closes.items()}, **ROLES, as_of=None)
    entries = make(core_of(analyse_panel(panel)), "x")
    return [page for page in entries if isinstance(page, Page)]


def dates_of(pages):
    return {page.path: page.changed for page in pages}


def test_an_episode_is_dated_by_its_last_change(closes, whole):
    """Every few evenings: a page that is new, or says something else, is dated after the last of them."""
    step = 4 if whole else 16
    known: dict[str, tuple[str, str]] = {}
    for n in range(250, N + 1, step):
        for page in plan(closes, n, plan_episodes):
            key, before = known.get(page.path, ("", ""))
            if page.key == key:
                continue
            made = repr(page.make())
            if made != before and n > 250:
                assert f"{SESSIONS[n - step - 1]:%Y-%m-%d}" < page.changed <= f"{SESSIONS[n - 1]:%Y-%m-%d}"
            known[page.path] = (page.key, made)
    assert len(known) == 5


def test_dates_by_hand(closes):
    """63 sessions after its end an episode is done with, but for its rank, which the newest one settles."""
    dates = dates_of(plan(closes, N, plan_episodes))
    assert list(dates) == [f"episodes/{SESSIONS[at]:%Y-%m-%d}/" for at in (20, 80, 150, 258, 300)]
    days = [f"{SESSIONS[at]:%Y-%m-%d}" for at in (300, 300, 300, 264 + 63, N - 1)]
    assert list(dates.values()) == days


def test_a_year_is_dated_by_the_episode_that_leaves_it(closes):
    """The one of six sessions from 27 December 2024 ends on 6 January 2025; the present year on its last."""
    dates = dates_of(plan(closes, N, plan_years))
    assert dates == {
        "history/2024/": f"{SESSIONS[264]:%Y-%m-%d}",
        "history/2025/": f"{SESSIONS[N - 1]:%Y-%m-%d}",
    }
