"""Dates of pages of the past in the sitemap: not before the page changed last, and not each evening's."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.panels import ROLES, analyse_panel
from tests.view_states import config, content

from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.panel import build_panel
from ivts_site.pipeline.archive_episodes import plan_episodes
from ivts_site.pipeline.archive_years import plan_years
from ivts_site.pipeline.plan import Press
from ivts_site.sample import simulate_closes
from ivts_site.view.plain import build_plain_shell

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
    """Return what is planned on the evening of the n-th session."""
    panel = build_panel({key: series.iloc[:n] for key, series in closes.items()}, **ROLES, as_of=None)
    analysis = analyse_panel(panel)
    core = SimpleNamespace(
        analysis=analysis,
        episodes=build_episode_list(analysis, sample=False),
        inputs=SimpleNamespace(sample=False),
        config=config(),
        content=content(),
        root=Path(),
    )
    shell = build_plain_shell(core.content, core.config, root="../../", sample=False)

    def render(_: str, view: object) -> bytes:
        return repr({field.name: getattr(view, field.name) for field in dataclasses.fields(view)}).encode()  # type: ignore[arg-type]

    return make(Press(core=core, shell=shell, render=render, common="x"))  # type: ignore[arg-type]


def test_an_episode_is_dated_by_its_last_change(closes):
    """Every fourth evening: a page that is new, or says something else, is dated after the last evening."""
    known: dict[str, tuple[str, bytes]] = {}
    for n in range(250, N + 1, 4):
        planned = plan(closes, n, plan_episodes)
        dates = {f"{address}index.html": day for address, day in planned.listed}
        for recipe in planned.recipes:
            key, body = known.get(recipe.path, ("", b""))
            if recipe.path not in dates or recipe.key == key:
                continue
            made = recipe.make()
            if made != body and n > 250:
                assert f"{SESSIONS[n - 5]:%Y-%m-%d}" < dates[recipe.path] <= f"{SESSIONS[n - 1]:%Y-%m-%d}"
            known[recipe.path] = (recipe.key, made)
    assert len(known) == 5


def test_dates_by_hand(closes):
    """63 sessions after its end an episode is done with, but for its rank, which the newest one settles."""
    dates = dict(plan(closes, N, plan_episodes).listed)
    assert list(dates) == [f"episodes/{SESSIONS[at]:%Y-%m-%d}/" for at in (20, 80, 150, 258, 300)]
    days = [f"{SESSIONS[at]:%Y-%m-%d}" for at in (300, 300, 300, 264 + 63, N - 1)]
    assert list(dates.values()) == days


def test_a_year_is_dated_by_the_episode_that_leaves_it(closes):
    """The one of six sessions from 27 December 2024 ends on 6 January 2025; the present year on its last."""
    dates = dict(plan(closes, N, plan_years).listed)
    assert dates == {
        "history/2024/": f"{SESSIONS[264]:%Y-%m-%d}",
        "history/2025/": f"{SESSIONS[N - 1]:%Y-%m-%d}",
    }
