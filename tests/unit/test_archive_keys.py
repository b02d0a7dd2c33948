"""A page of a session is made anew when, and only when, something that it shows has changed."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest
from tests.archive_pages import FILES, core_of, files_of
from tests.panels import ROLES, analyse_panel

from ivts_site.model import LogEntry
from ivts_site.panel import build_panel
from ivts_site.pipeline.archive import plan_archive, plan_days
from ivts_site.sample import simulate_closes


@pytest.fixture(scope="module")
def closes() -> dict[str, pd.Series]:
    """Closes of 140 simulated sessions."""
    frame = simulate_closes(pd.bdate_range("2024-01-02", periods=140, unit="us"))
    return {str(key): frame[key] for key in frame}


@pytest.fixture(scope="module")
def usual(closes):
    """Key and maker of all files of their sessions."""
    return files(closes)


def files(closes, revisions=(), **changed):
    """Key and maker of all files of sessions, by path; what is made is made once."""
    core = core_of(analyse_panel(build_panel(closes, **ROLES, as_of=None), **changed))
    core = dataclasses.replace(core, revisions=tuple(revisions))
    made = files_of(plan_days(core, "x"))
    return {path: (key, functools.cache(make)) for path, (key, make) in made.items()}


def changed_keys(one, other):
    """Paths whose keys differ, among those that both have."""
    return {path for path in one.keys() & other.keys() if one[path][0] != other[path][0]}


def changed_bytes(one, other):
    return {path for path in one.keys() & other.keys() if repr(one[path][1]()) != repr(other[path][1]())}


def cut(closes, n):
    return {key: series.iloc[:n] for key, series in closes.items()}


def test_a_day_more(closes, usual):
    """Of the old files the page before the new one alone has another key, and other bytes."""
    before, after = files(cut(closes, 139)), usual
    days = [f"{day:%Y-%m-%d}" for day in closes["vix"].index]
    assert after.keys() - before.keys() == {f"day/{days[-1]}/index.html", f"api/v1/day/{days[-1]}.json"}
    assert changed_keys(before, after) == changed_bytes(before, after) == {f"day/{days[-2]}/index.html"}


def test_kept_pages_see_nothing_of_the_evening(closes):
    """What all pages share changes with the last session; what those see that are kept does not."""
    one, other = (
        core_of(analyse_panel(build_panel(cut(closes, n), **ROLES, as_of=None))) for n in (139, 140)
    )
    assert one.site != other.site
    assert one.site.kept() == other.site.kept()
    keys = [
        {path: key for path, (key, _) in files_of(plan_archive(core, FILES).entries).items()}
        for core in (one, other)
    ]
    last = f"{closes['vix'].index[138]:%Y-%m-%d}"
    days = {path for path in keys[0] if "/day/" in f"/{path}"}
    assert {path for path in days if keys[0][path] != keys[1][path]} == {f"day/{last}/index.html"}


@pytest.mark.parametrize("column", ["vix", "vix3m", "spy"])
@pytest.mark.parametrize("place", [0, 60, 138])
def test_a_changed_close(closes, usual, column, place):
    """Whatever has other bytes has another key; sessions before it have neither."""
    series = closes[column].copy()
    series.iloc[place] = round(series.iloc[place] * 1.01, 2)
    before, after = usual, files({**closes, column: series})
    bytes_, keys = changed_bytes(before, after), changed_keys(before, after)
    assert bytes_ <= keys
    session = f"{series.index[place]:%Y-%m-%d}"
    assert f"api/v1/day/{session}.json" in keys
    assert not {path for path in keys if path.replace("api/v1/", "")[4:14] < session}


@pytest.mark.parametrize("place", [0, 1, 70])
def test_a_session_that_comes_in_later(closes, usual, place):
    """A session found at the beginning or amid the history changes the count of those after it, at least."""
    day = closes["vix"].index[place]
    fewer = {key: series.drop(day) for key, series in closes.items()}
    before, after = files(fewer), usual
    assert changed_bytes(before, after) <= changed_keys(before, after)
    last = f"api/v1/day/{closes['vix'].index[-1]:%Y-%m-%d}.json"
    assert last in changed_keys(before, after)


def test_a_missing_close_amid_the_history(closes, usual):
    """Its session has no page; the next one names it."""
    day = closes["vix3m"].index[100]
    before, after = usual, files({**closes, "vix3m": closes["vix3m"].drop(day)})
    assert f"day/{day:%Y-%m-%d}/index.html" not in after
    assert changed_bytes(before, after) <= changed_keys(before, after)
    following = after[f"api/v1/day/{closes['vix3m'].index[101]:%Y-%m-%d}.json"][1]()
    assert f'"gaps": [\n      "{day:%Y-%m-%d}"'.encode() in following


def test_a_noted_revision(closes, usual):
    """The page of its session alone."""
    day = f"{closes['vix'].index[50]:%Y-%m-%d}"
    entry = LogEntry(
        series="vix",
        session=day,
        old="1",
        new="2",
        kind="revision",
        source="x",
        seen_at="2025-01-02T00:00:00Z",
    )
    before, after = usual, files(closes, [entry])
    assert changed_keys(before, after) == changed_bytes(before, after) == {f"day/{day}/index.html"}


def test_other_rules(closes, usual):
    """Another window or another line: what differs has another key."""
    before, after = usual, files(closes, default_window="3m")
    assert changed_bytes(before, after) <= changed_keys(before, after)
    assert len(changed_bytes(before, after)) > 140


def test_keys_are_of_values_not_of_objects(closes, usual):
    """The same closes from another array give the same keys."""
    again = {key: pd.Series(np.array(series), index=series.index.copy()) for key, series in closes.items()}
    assert changed_keys(usual, files(again)) == set()
