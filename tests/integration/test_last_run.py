"""The note of the last run: when sources were asked, how they fared; no file of git is touched by it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.command import Result, ivts
from tests.fixtures.feed import ratio_alone
from tests.fixtures.vendor import (
    SPY,
    VIX,
    VIX3M,
    Vendor,
    answer,
    chart_json,
    document,
    fred_csv,
    index_csv,
)

from ivts_site.store import LastRun, SourceRun, read_last_run, write_last_run

DAYS = [dt.date(2025, 11, day) for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]
FRONT, BACK, FUND = ([(day, start + i) for i, day in enumerate(DAYS)] for start in (16.5, 19.5, 640.5))
FRED = "/graph/fredgraph.csv"
NIGHT, MORNING, NEXT = "2025-11-14T23:37:00Z", "2025-11-15T11:23:00Z", "2025-11-15T23:37:00Z"
QUICK = ("http.attempts=1", "http.backoff_seconds=0.01", "http.deadline_seconds=5")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """All series, from their first sources."""
    with Vendor() as running:
        running.answers[VIX] = document(index_csv(FRONT))
        running.answers[VIX3M] = document(index_csv(BACK))
        running.answers[SPY] = document(chart_json("SPY", FUND), "application/json")
        yield running


def fetch(vendor: Vendor, data: Path, now: str, *, compared: bool = False) -> Result:
    addresses = [f"sources.{name}.base_url={vendor.url}" for name in ("cboe", "fred")]
    checks = [f"series.{key}.check_against=[]" for key in ("vix", "vix3m", "spy")]
    checks = [] if compared else [*checks, "series.vix3m.back_history=null"]
    options = [part for each in (*ratio_alone(), *QUICK, *addresses, *checks) for part in ("--set", each)]
    return ivts("fetch", "--data-dir", data, "--now", now, *options)


def committed(data: Path) -> dict[str, bytes]:
    """Files of the folder that git does not ignore."""
    files = (path for path in data.rglob("*") if path.is_file())
    named = {path.relative_to(data).as_posix(): path.read_bytes() for path in files}
    return {name: body for name, body in named.items() if not name.startswith(".")}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def known(data: Path) -> dict[tuple[str, str], tuple[dt.datetime | None, str]]:
    return {(r.series, r.source): (r.last_success, r.last_error) for r in read_last_run(data).sources}


def test_a_fetch_without_news_notes_that_it_looked(vendor: Vendor, tmp_path: Path) -> None:
    """The note moves on, and no file that would be committed changes."""
    assert fetch(vendor, tmp_path, NIGHT).code == 0
    before = committed(tmp_path)
    assert len(json.loads(before["provenance.json"])["calendar"]["upcoming"]) == 60
    assert fetch(vendor, tmp_path, MORNING).code == 0
    assert committed(tmp_path) == before
    assert read_last_run(tmp_path).checked_at == at(MORNING)
    assert known(tmp_path) == {
        ("vix", "cboe_csv"): (at(MORNING), ""),
        ("vix3m", "cboe_csv"): (at(MORNING), ""),
        ("spy", "cboe_chart"): (at(MORNING), ""),
    }


def test_a_failed_fetch_keeps_the_last_success(vendor: Vendor, tmp_path: Path) -> None:
    """The class of each source's error is noted; the data were not checked."""
    assert fetch(vendor, tmp_path, NIGHT).code == 0
    vendor.answers[VIX] = answer(200, b"<html>sorry</html>", Content_Type="text/html")
    assert fetch(vendor, tmp_path, MORNING).code == 3
    assert read_last_run(tmp_path).checked_at == at(NIGHT)
    assert known(tmp_path)["vix", "cboe_csv"] == (at(NIGHT), "SourceFormatError")
    assert known(tmp_path)["vix", "fred_csv"] == (None, "SourceUnavailable")
    assert known(tmp_path)["vix3m", "cboe_csv"] == (at(MORNING), "")


def test_a_success_clears_the_error(vendor: Vendor, tmp_path: Path) -> None:
    """What is noted is the last try."""
    good = vendor.answers[VIX]
    vendor.answers[VIX] = answer(503)
    assert fetch(vendor, tmp_path, NIGHT).code == 3
    assert read_last_run(tmp_path).checked_at is None
    assert known(tmp_path)["vix", "cboe_csv"] == (None, "SourceUnavailable")
    vendor.answers[VIX] = good
    assert fetch(vendor, tmp_path, MORNING).code == 0
    assert known(tmp_path)["vix", "cboe_csv"] == (at(MORNING), "")


def test_a_fallback_that_answers_is_told_apart(vendor: Vendor, tmp_path: Path) -> None:
    """The first source failed, the second one stood in: checked all the same."""
    vendor.answers[VIX] = answer(404)
    vendor.answers[FRED] = document(fred_csv("VIXCLS", FRONT))
    assert fetch(vendor, tmp_path, NIGHT).code == 0
    assert read_last_run(tmp_path).checked_at == at(NIGHT)
    assert known(tmp_path)["vix", "cboe_csv"] == (None, "SourceUnavailable")
    assert known(tmp_path)["vix", "fred_csv"] == (at(NIGHT), "")


def test_sources_that_are_only_compared_with_are_noted(vendor: Vendor, tmp_path: Path) -> None:
    """A cross-check that has died shows, though the fetch succeeds without it."""
    vendor.answers[FRED] = document(fred_csv("VIXCLS", FRONT))
    assert fetch(vendor, tmp_path, NIGHT, compared=True).code == 0
    assert known(tmp_path)["vix", "fred_csv"] == (at(NIGHT), "")
    assert known(tmp_path)["vix3m", "fred_csv"] == (None, "SourceFormatError")  # VIXCLS is not what was asked
    vendor.answers[FRED] = answer(403)
    assert fetch(vendor, tmp_path, MORNING, compared=True).code == 0
    assert known(tmp_path)["vix", "fred_csv"] == (at(NIGHT), "SourceUnavailable")
    assert known(tmp_path)["vix", "cboe_csv"] == (at(MORNING), "")


def test_the_end_of_each_answer_is_noted(vendor: Vendor, tmp_path: Path) -> None:
    """It stays where the vendor says that nothing changed; a note of an older version has none."""
    ends = {("vix", "cboe_csv"): DAYS[-1], ("vix3m", "cboe_csv"): DAYS[-1], ("spy", "cboe_chart"): DAYS[-1]}
    for now in (NIGHT, MORNING):
        assert fetch(vendor, tmp_path, now).code == 0
        assert {(r.series, r.source): r.last_session for r in read_last_run(tmp_path).sources} == ends
    note = tmp_path / ".last-run.json"
    tree = json.loads(note.read_text())
    for each in tree["sources"]:
        del each["last_session"]
    note.write_text(json.dumps(tree))
    assert known(tmp_path)["vix", "cboe_csv"] == (at(MORNING), "")
    assert {each.last_session for each in read_last_run(tmp_path).sources} == {None}


def test_a_fallback_that_stopped_is_told(
    vendor: Vendor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A second source that ends eleven sessions before the newest is named by fetch and by check."""
    old = [(day - dt.timedelta(days=21), close) for day, close in FRONT[:6]]  # to 20 October
    vendor.answers[FRED] = document(fred_csv("VIXCLS", old))
    fetched = fetch(vendor, tmp_path, NIGHT, compared=True)
    says = "vix: fred_csv ends 2025-10-20, 19 sessions behind; replace it"
    assert (fetched.code, says in caplog.text) == (0, True), fetched.err
    checked = ivts("check", "--data-dir", tmp_path, "--out", tmp_path / "none", "--now", NIGHT)
    assert (checked.code, f"warning: {says}" in checked.out) == (0, True), checked.out + checked.err


@pytest.mark.parametrize(
    ("noted", "warned"),
    [
        ({}, False),
        ({"last_error_at": "2025-10-30T23:37:00Z"}, True),  # by an older version
        ({"failing_since": "2025-10-30T23:37:00Z", "last_error_at": "2025-11-13T23:37:00Z"}, True),
        ({"failing_since": "2025-10-31T23:37:00Z", "last_error_at": "2025-11-13T23:37:00Z"}, False),
    ],
)
def test_a_source_that_never_answered_is_told_after_ten_sessions(
    vendor: Vendor,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    noted: dict[str, str],
    warned: bool,
) -> None:
    """Notes of earlier evenings, by hand: 31 October and 3 to 14 November 2025 are eleven sessions."""
    entry = {"series": "vix", "source": "fred_csv", "last_error": "SourceUnavailable"} | noted
    note = {"schema_version": 1, "sources": [entry] if noted else []}
    (tmp_path / ".last-run.json").write_text(json.dumps(note), "utf-8")
    assert fetch(vendor, tmp_path, NIGHT, compared=True).code == 0
    [found] = [r for r in read_last_run(tmp_path).sources if (r.series, r.source) == ("vix", "fred_csv")]
    since = next(iter(noted.values()), NIGHT)
    assert (found.last_success, found.failing_since, found.last_error_at) == (None, at(since), at(NIGHT))
    says = "vix: fred_csv has never answered (SourceUnavailable since 2025-10-30); look at it, or replace it"
    assert (says in caplog.text, "never answered" in caplog.text) == (warned, warned)
    checked = ivts("check", "--data-dir", tmp_path, "--out", tmp_path / "none", "--now", NIGHT)
    assert (checked.code, f"warning: {says}" in checked.out) == (0, warned), checked.out + checked.err


def test_rejected_data_count_as_an_error_of_their_source(vendor: Vendor, tmp_path: Path) -> None:
    """The source answered, but with a history it must not replace."""
    assert fetch(vendor, tmp_path, NIGHT).code == 0
    vendor.answers[VIX] = document(index_csv([(day, close * 1.07) for day, close in FRONT]))
    assert fetch(vendor, tmp_path, NEXT).code == 4
    assert read_last_run(tmp_path).checked_at == at(NIGHT)
    assert known(tmp_path)["vix", "cboe_csv"] == (at(NIGHT), "RevisionError")


def test_sources_that_are_no_longer_configured_leave_the_note(vendor: Vendor, tmp_path: Path) -> None:
    """The status tells of the sources that the settings name."""
    old = SourceRun(series="vix", source="stooq_csv", last_success=at(NIGHT))
    write_last_run(tmp_path, LastRun(sources=(old, replace(old, series="vxo", source="cboe_csv"))))
    assert fetch(vendor, tmp_path, NIGHT).code == 0
    found = {(each.series, each.source) for each in read_last_run(tmp_path).sources}
    assert found == {("vix", "cboe_csv"), ("vix3m", "cboe_csv"), ("spy", "cboe_chart")}


def test_the_note_is_not_among_the_files_of_git() -> None:
    """`data/.last-run.json` is ignored, so that a night without news makes no commit."""
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert "/data/.*" in ignored
