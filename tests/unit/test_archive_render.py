"""Pages of the past in every state, as markup."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.archive_pages import core_of, pages_of, render, settings_of
from tests.markup import Page, assert_sound
from tests.sampled import spread
from tests.unit.test_render import EVIL, hostile_words
from tests.view_states import STATES, analysis_of

from ivts_site.analytics.days import build_point_in_time, list_days
from ivts_site.model import LogEntry

EARLY = 3
"""So many first and last sessions of a state are rendered; those between are like one of them."""


def rendered(name: str, **changed: Any) -> dict[str, str]:
    """The pages of a state by address: of sessions the first and the last, of all else everything."""
    arguments = dict(STATES[name])
    sample, _ = arguments.pop("sample", False), arguments.pop("provisional", None)
    core = core_of(analysis_of(**arguments), sample=sample, **changed)
    last = core.snapshot.as_of
    noted = LogEntry(
        series="vix",
        session=last,
        old="1",
        new="2",
        kind="revision",
        source="x",
        seen_at=f"{last}T23:00:00Z",
    )
    pages = pages_of(core, [noted])
    days = [path for path in pages if path.startswith("day/")]
    passed_over = set(days[EARLY:-EARLY])
    return {path: render(page, core) for path, page in pages.items() if path not in passed_over}


def assert_defined(path: str, html: str) -> Page:
    """Well-formed, and nothing is undefined."""
    page = assert_sound(html, path)
    assert not re.search(r"None(?! of the last \d)", html), path
    assert "nan" not in re.findall(r"\b\w+\b", html), path
    assert all(json.loads(script) for script in page.scripts), path
    return page


@pytest.mark.parametrize(("closes", "name"), spread(("derived", "closes"), tuple(STATES)))
def test_pages_are_well_formed(name: str, closes: str) -> None:
    """In every state, without closes and with them."""
    for path, html in rendered(name, settings=settings_of(raw_closes=closes == "closes")).items():
        assert_defined(path, html)
        assert ("SAMPLE DATA" in html) == (name == "sample"), path


@pytest.mark.parametrize(("days", "episodes"), [(True, False), (False, True)])
def test_pages_without_the_others(days: bool, episodes: bool) -> None:
    """Sessions without pages of episodes, and the other way round: nothing leads to what is not there."""
    pages = rendered("backwardation-ongoing", settings=settings_of(days=days, episodes=episodes))
    assert any(path.startswith("day/") for path in pages) == days
    assert any(re.match(r"episodes/\d", path) for path in pages) == episodes
    absent = re.compile(r'href="[^"]*episodes/\d' if days else r'href="[^"]*(day|history)/')
    for path, html in pages.items():
        assert_defined(path, html)
        assert not absent.search(html), path


def test_texts_of_configuration_and_content_open_no_markup() -> None:
    """Hostile words in every text of configuration and content come out as text."""
    changed = hostile_words()
    usual = rendered("backwardation-ongoing")
    for path, html in rendered(
        "backwardation-ongoing", settings=changed["settings"], words=changed["words"]
    ).items():
        page = assert_defined(path, html)
        assert page.all("x-evil") == []
        assert [a for _, attributes in page.tags for a in attributes if a.startswith("on")] == []
        assert len(page.all("script")) == len(Page(usual[path]).all("script"))
        assert "&lt;x-evil" in html
        assert EVIL not in html


def test_the_table_of_episodes_reads_the_records() -> None:
    """A row for each, newest first, with what it sorts by; the ongoing one stands out and has no end."""
    table = rendered("backwardation-ongoing")["episodes/"]
    rows = re.findall(r"<tr( class=\"strong\")?><th scope=\"row\".*?</tr>", table)
    assert [each for each in rows if each] == [' class="strong"']
    # 20.6, 22.4, 24.9, 23.1 and 22.2 over 20: the highest is 24.9 / 20 = 1.2450, five sessions
    assert '<td class="n" data-sort="5">5</td>' in table
    assert '<td class="n" data-sort="1.2450">1.2450 <small>' in table
    assert '<td class="n" data-sort="24.9">24.90 <small>' in table
    assert re.search(r'<td class="n" data-sort="\d{4}-\d\d-\d\d">ongoing</td>', table)
    # nothing has followed it yet, as far as the longer horizons go
    assert '<td class="n">–</td>' in table


def test_the_comparison_names_keys_of_the_published_files() -> None:
    """Every path of a row leads to a value of a session's or an episode's file."""
    core = core_of(analysis_of(**STATES["contango-long"]))
    page = render(pages_of(core)["compare/"], core)
    sessions, episodes = page.split('data-result="episodes"')
    day = list_days(core.analysis, build_point_in_time(core.analysis), sample=False, raw_closes=False)[-1]
    for record, part in ((day, sessions), (core.episodes.episodes[-1], episodes)):
        paths = re.findall(r'data-path="([^"]*)"', part)
        assert len(paths) > 10
        for path in paths:
            value: Any = record
            for key in path.split("."):
                value = value[key] if isinstance(value, dict) else getattr(value, key)
            assert value is None or isinstance(value, str | int | float), path
