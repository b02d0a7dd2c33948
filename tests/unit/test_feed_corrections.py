"""Revised closes reach those who read the feeds: changed entries, withdrawn ones, where their links lead."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import feedparser
import jsonschema
import pandas as pd
import pytest
from tests.archive_pages import FILES, core_of, files_of, render
from tests.panels import analyse_panel, make_panel
from tests.view_states import TEMPLATES, config

from ivts_site.analytics.to_date import RecordToDate
from ivts_site.model import LogEntry
from ivts_site.pipeline.archive import archive_part, plan_archive
from ivts_site.pipeline.context import BuildContext
from ivts_site.pipeline.corrections import build_corrections
from ivts_site.pipeline.feeds import build_feeds, lay_out_atom, oldest_in_feeds
from ivts_site.pipeline.schema import json_schema
from ivts_site.published.day import Day
from ivts_site.render import build_environment

CALM = 18.0
BACK = 20.0
SEEN = "2020-02-14T14:00:00Z"
"""A Friday, before the close in New York."""


def revised(session: str, old: float, new: float | None, **changed: str) -> LogEntry:
    """A changed close of the front."""
    known = {"kind": "revision", "source": "cboe_csv", "seen_at": SEEN} | changed
    return LogEntry(series="vix", session=session, old=str(old), new="" if new is None else str(new), **known)


def context_of(front: Sequence[float | None], revisions: Sequence[LogEntry] = ()) -> BuildContext:
    """What a build works out of closes from 6 January 2020 on, and of the log of their changes."""
    n = len(front)
    analysis = analyse_panel(make_panel(front, [BACK] * n, [100.0 + at for at in range(n)]))
    context = core_of(analysis)
    found = build_corrections(
        analysis,
        revisions,
        config(),
        since=oldest_in_feeds(context.history, config()),
        to_date_of=RecordToDate,
    )
    return dataclasses.replace(context, corrections=found)


def feeds_of(context: BuildContext) -> dict[str, list[dict[str, Any]]]:
    """Entries of both feeds."""
    return {name: feed["items"] for name, feed in build_feeds(context).items()}


def by_day(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {item["id"].rpartition("/")[2]: item for item in items}


def days(n: int) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.bdate_range("2020-01-06", periods=n)]


def front_of(n: int, **at: float | None) -> list[float | None]:
    """Calm closes, but for those of some places."""
    return [at.get(f"at_{place}", CALM) for place in range(n)]


@pytest.mark.parametrize("place", [5, 20, 38])
def test_a_revised_close_dates_the_entries_that_tell_of_it(place: int) -> None:
    """Those whose words differ from what was told before, and no others, were modified when it was seen."""
    session = days(40)[place]
    before, after = front_of(40), front_of(40, **{f"at_{place}": 18.2})
    told = by_day(feeds_of(context_of(before))["feed"])
    now = by_day(feeds_of(context_of(after, [revised(session, 18.0, 18.2)]))["feed"])
    assert list(told) == list(now)
    changed = {day for day in now if now[day]["date_modified"] != now[day]["date_published"]}
    said = ("title", "content_text")
    differ = {day for day in now if any(now[day][key] != told[day][key] for key in said)}
    assert changed == {day for day in differ if day < "2020-02-14"}
    assert {now[day]["date_modified"] for day in changed} <= {SEEN}
    if place == 20:
        assert session in changed
        assert "0.9100" in now[session]["content_text"]
    assert not [day for day in changed if day < session]


def test_provisional_closes_and_splits_change_nothing() -> None:
    """The first were in no published number, and returns do not see the second."""
    for kind in ("final", "split"):
        changes = [revised(days(40)[30], 17.0, 18.0, kind=kind)]
        assert context_of(front_of(40), changes).corrections == ()


def test_a_flip_that_was_none_is_withdrawn() -> None:
    """One inverted session, taken back: its two flips and the page of its episode stay and say so."""
    n, at = 29, 15
    session = days(n)[at]
    context = context_of(front_of(n), [revised(session, 21.0, 18.0)])
    flips = by_day(feeds_of(context)["flips"])
    assert list(flips) == [days(n)[at + 1], session]
    for day, item in flips.items():
        assert item["id"] == f"tag:example.org,2026:ivts/flip/{day}"
        assert item["title"].startswith("Correction for ")
        assert item["title"].endswith(": no change of regime")
        assert item["content_text"] == (
            "The regime did not change on this session. The VIX close of 27 January 2020 (from 21.0 to 18.0) "
            "was changed on 14 February 2020."
        )
        assert item["url"] == f"https://example.org/episodes/{session}/"
        assert (item["date_modified"], item["tags"]) == (SEEN, ["correction"])
    [page] = [page for page in plan_archive(context, FILES).pages if page.path == f"episodes/{session}/"]
    text = render(page, context)
    assert "No inversion began on this session." in text
    assert "from 21.0 to 18.0" in text
    assert f"day/{session}/" in text
    assert not page.listed


def test_a_session_without_a_ratio_is_withdrawn() -> None:
    """A close that its source takes back: the session's entry and page say so."""
    n, at = 29, 20
    session = days(n)[at]
    front = front_of(n)
    front[at] = None
    context = context_of(front, [revised(session, 18.0, None, kind="withdrawn")])
    item = by_day(feeds_of(context)["feed"])[session]
    assert item["title"].endswith(": no ratio")
    assert "(from 18.0 to none)" in item["content_text"]
    assert item["url"].endswith(f"/day/{session}/")
    planned = plan_archive(context, FILES)
    [page] = [page for page in planned.pages if page.path == f"day/{session}/"]
    assert f'href="../../api/v1/day/{session}.json"' in render(page, context)
    # the file is as it was without the revision, but for the words of the page
    path = f"api/v1/day/{session}.json"
    was, now = (
        json.loads(files_of(plan_archive(each, FILES).entries)[path][1]())
        for each in (context_of(front_of(n)), context)
    )
    assert (was["ivts"], was["withdrawn"]) == (0.9, None)  # 18 / 20
    assert now == was | {"withdrawn": item["content_text"]}
    errors = jsonschema.Draft202012Validator(json_schema(Day, strict=True)).iter_errors(now)
    assert list(errors) == []


def test_what_was_told_after_the_change_is_no_correction() -> None:
    """The inverted session is the day of the change itself: no reader was told of it."""
    n = 30
    assert days(n)[29] == "2020-02-14"
    context = context_of(front_of(n), [revised("2020-02-14", 21.0, 18.0)])
    assert feeds_of(context)["flips"] == []
    assert "episodes/2020-02-14/" not in {page.path for page in plan_archive(context, FILES).pages}


class Reader:
    """A feed reader that polls: it keeps what it was told, by id, and takes a later `updated` for news."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []

    def poll(self, body: str) -> None:
        """Read a feed."""
        parsed = feedparser.parse(body)
        assert not parsed.bozo
        ids = [entry.id for entry in parsed.entries]
        assert len(ids) == len(set(ids))
        for entry in parsed.entries:
            known = self.entries.get(entry.id)
            if known is None or entry.updated_parsed > known.updated_parsed:
                self.told.append((entry.id, entry.title))
                self.entries[entry.id] = entry
            elif known.content[0].value != entry.content[0].value:
                raise AssertionError(f"{entry.id} changed and does not say so")


def evenings(step: int) -> Iterator[BuildContext]:
    """Every few of thirty evenings: what was inverted on the tenth is taken back before the twentieth."""
    start, bad = 20, 30
    for n in range(start + 1, start + 31, step):
        today = days(n)[-1]
        revised_at = days(start + 20)[-1]
        if today < revised_at:
            yield context_of(front_of(n, **{f"at_{bad}": 21.0}))
        else:
            change = revised(days(n)[bad], 21.0, 18.0, seen_at=f"{revised_at}T15:00:00Z")
            yield context_of(front_of(n), [change])


def test_readers_over_thirty_evenings(whole: bool) -> None:
    """No entry twice, no link that leads nowhere, and the correction arrives as news, in both feeds."""
    template = build_environment(TEMPLATES).get_template("feed.xml")
    readers, bad = {"feed": Reader(), "flips": Reader()}, days(31)[30]
    for context in evenings(1 if whole else 3):
        feeds = build_feeds(context)
        past = plan_archive(context, FILES).pages
        pages = {page.path for page in (*archive_part(context).pages, *past)}
        for name, reader in readers.items():
            reader.poll(template.render(lay_out_atom(context, name, feeds[name])))
            links = {entry.link.removeprefix("https://example.org/") for entry in reader.entries.values()}
            assert links <= pages
    sessions, flips = (
        [title for id_, title in reader.told if id_.endswith(bad)] for reader in readers.values()
    )
    assert len(sessions) == len(flips) == 2
    assert "into backwardation" in flips[0]
    assert flips[1] == "Correction for 17 Feb 2020: no change of regime"
    assert len(readers["flips"].told) == 4  # into and out of it, both taken back
    corrected = readers["feed"].entries[f"tag:example.org,2026:ivts/session/{bad}"]
    assert "0.9000" in corrected.content[0].value
