"""Age and provisional closes through the commands: what is published, what is refused, what stays out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.command import Result, ivts
from tests.sampled import sample
from tests.stored import HELD, THROUGH, read_closes, store_sample

from ivts_site.store import Reason

ROOT = Path(__file__).parents[2]
WHEN = "2025-11-27T12:00:00Z"
ONE_CHART = ("--set", "page.charts=[signal]")
ADDRESS = ("--set", "site.base_url=https://vix.example/")


@pytest.fixture(scope="module")
def stored(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closes of fifteen months through 26 November 2025, as a fetch leaves them."""
    return store_sample(tmp_path_factory.mktemp("stored") / "data", archive_data)


@pytest.fixture(scope="module", params=sample([Reason.EARLY, Reason.DISAGREEMENT], 2))
def held(
    request: pytest.FixtureRequest, archive_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same with provisional closes of the 28th."""
    return store_sample(tmp_path_factory.mktemp("held") / "data", archive_data, held=request.param)


def build(data: Path, out: Path, at: str, *more: object) -> dict[str, Any]:
    """Build a site with one chart and return its status."""
    built = ivts("build", "--data-dir", data, "--out", out, "--built-at", at, *ONE_CHART, *more)
    assert built.code == 0, built.err
    return status_of(out)


def status_of(site: Path) -> dict[str, Any]:
    return dict(json.loads((site / "api/v1/status.json").read_text()))


@pytest.fixture(scope="module")
def noon(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of those closes at noon of the 28th, at an address of its own: to be read, not changed."""
    site = tmp_path_factory.mktemp("noon") / "site"
    build(stored, site, "2025-11-28T12:00:00Z", *ADDRESS)
    return site


@pytest.fixture(scope="module")
def doubted(held: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with provisional closes, half an hour after they were read: to be read, not changed."""
    site = tmp_path_factory.mktemp("doubted") / "site"
    build(held, site, "2025-11-28T18:30:00Z")
    return site


def check(data: Path, out: Path, now: str, *more: object) -> Result:
    return ivts("check", "--data-dir", data, "--out", out, "--now", now, *more)


@pytest.mark.parametrize(
    ("built_at", "state", "behind"),
    [
        # the 28th closes at 13:00 New York, its closes are due at 15:30, which is 20:30 UTC
        pytest.param("2025-11-28T20:29:59Z", "fresh", 0, marks=pytest.mark.whole),
        ("2025-11-28T20:30:00Z", "due", 1),
        # 1 in November, 22 in December, 20 in January, 12 to 18 February
        pytest.param("2026-02-19T12:00:00Z", "stale", 55, marks=pytest.mark.whole),
        pytest.param("2025-11-29T08:30:00Z", "late", 1, marks=pytest.mark.whole),
        pytest.param("2025-12-01T23:30:00Z", "stale", 2, marks=pytest.mark.whole),
    ],
)
def test_status_is_that_of_the_build_instant(
    stored: Path, tmp_path: Path, built_at: str, state: str, behind: int
) -> None:
    """State, sessions behind and the three instants, as the schema describes them."""
    status = build(stored, tmp_path / "site", built_at)
    schema = json.loads((tmp_path / "site/api/v1/status.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(status)
    assert (status["state"], status["sessions_behind"], status["at_least"]) == (state, behind, False)
    assert status["data_through"] == str(THROUGH)
    assert status["expected"] == {"next_session": str(HELD), "publication": "2025-11-28T20:30:00Z"}
    assert (status["deadline"], status["stale_from"]) == ("2025-11-29T08:30:00Z", "2025-12-01T23:30:00Z")
    assert len(status["upcoming"]) == 60
    assert (status["provisional"], status["provisional_sessions"]) == (False, [])


def test_status_tells_how_the_sources_fared(noon: Path) -> None:
    """The last run's note; where it says nothing of a source, the fetch that stored its closes."""
    status = status_of(noon)
    assert status["checked_at"] == "2025-11-26T23:37:00Z"
    sources = {(s["series"], s["source"]): (s["last_success"], s["last_error"]) for s in status["sources"]}
    assert sources == {
        ("vix", "cboe_csv"): ("2025-11-26T23:37:00Z", "SourceUnavailable"),
        ("vix", "fred_csv"): ("2025-11-26T23:37:00Z", None),
        ("vix3m", "cboe_csv"): ("2025-11-26T23:37:00Z", None),
        ("spy", "cboe_chart"): ("2025-11-26T23:37:00Z", None),
    }


@pytest.mark.parametrize("note", sample(("{", None, '{"schema_version": 99}', "[]"), 4))
def test_without_a_note_of_the_last_run_nothing_is_claimed(
    stored: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, note: str | None
) -> None:
    """The note is no data: missing, cut or of another version, the site is built without it.

    What is told is that the site is built for the placeholder.
    """
    data = tmp_path / "data"
    shutil.copytree(stored, data)
    (data / ".last-run.json").unlink()
    if note is not None:
        (data / ".last-run.json").write_text(note)
    assert build(data, tmp_path / "site", "2025-11-28T12:00:00Z")["checked_at"] is None
    assert "still the placeholder https://example.org/" in caplog.text


def test_a_past_session_and_sample_closes_expect_nothing(
    stored: Path, sample_site: Path, tmp_path: Path
) -> None:
    """Neither can be late."""
    past = build(stored, tmp_path / "site", "2025-12-05T12:00:00Z", "--as-of", "2025-11-25")
    sample = json.loads((sample_site / "api/v1/status.json").read_text())
    for status in (past, sample):
        assert (status["state"], status["expected"], status["upcoming"]) == (None, None, [])


def test_check_refuses_closes_that_are_too_old(stored: Path, noon: Path) -> None:
    """Late is tolerated by default, stale is not; the tolerance can be moved both ways; exit code 4."""
    late, stale = "2025-11-29T09:00:00Z", "2025-12-02T12:00:00Z"
    passed = check(stored, noon, late)
    assert (passed.code, "freshness: late, closes through 2025-11-26" in passed.out) == (0, True)
    refused = check(stored, noon, stale)
    assert refused.code == 4
    assert "stored closes are stale: they end 2025-11-26, 2 sessions behind" in refused.err
    assert check(stored, noon, late, "--tolerate", "due").code == 4
    assert check(stored, noon, stale, "--tolerate", "stale").code == 0


def test_check_lists_stale_closes_beside_other_faults(stored: Path, noon: Path, tmp_path: Path) -> None:
    """A broken site, a missing status and old closes are all told; the gravest decides the exit code."""
    site = tmp_path / "site"
    shutil.copytree(noon, site)
    (site / "api/v1/status.json").write_text('{"state": "fine"}')
    (site / "api/v1/episodes.schema.json").write_text("{}")
    (site / "methodology/index.html").unlink()
    told = check(stored, site, "2025-12-02T12:00:00Z")
    assert told.code == 5
    for part in ("2 sessions behind", "status.json is not as described", "methodology/"):
        assert part in told.err
    assert "episodes.schema.json is of another version" in told.err


def test_check_knows_the_adapters(stored: Path, tmp_path: Path) -> None:
    """A mistyped one would fail the next fetch; closes and site are checked all the same."""
    wrong = ("--set", "series.vix.check_against=[{adapter: fred_cvs, symbol: VIXCLS}]")
    told = check(stored, tmp_path / "none", "2025-11-28T12:00:00Z", *wrong)
    assert told.code == 2
    assert "series.vix.check_against.0.adapter: unknown 'fred_cvs'; known are cboe_chart, " in told.err
    assert "settings: " not in told.out
    assert "freshness: fresh" in told.out


def test_check_names_a_damaged_record(stored: Path, tmp_path: Path) -> None:
    """The logs beside the closes are checked line by line."""
    data = tmp_path / "data"
    shutil.copytree(stored, data)
    (data / "revisions.jsonl").write_text("{\n")
    told = check(data, tmp_path / "none", "2025-11-28T12:00:00Z")
    assert told.code == 4
    assert "revisions.jsonl: line 1 is damaged" in told.err


def test_a_day_declared_closed_later_is_in_no_number(sample_data: Path, tmp_path: Path) -> None:
    """What was stored for it stays in the store and is passed over: the page speaks of the session before."""
    data = store_sample(tmp_path / "data", sample_data)
    stale = ("--as-of", "2025-11-25", "--built-at", WHEN)
    before = json.loads(ivts("snapshot", "--data-dir", data, *stale).out)
    closed = ("--set", "calendar.extra_closures=[2025-11-26]", "--built-at", WHEN)
    found = json.loads(ivts("snapshot", "--data-dir", data, *closed).out)
    assert found["as_of"] == "2025-11-25"
    assert found == before


def test_beyond_what_is_known_the_count_says_at_least(
    stored: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Sixty sessions are told in advance; a year later the status counts as far as it knows."""
    beyond = build(stored, tmp_path / "site", "2026-12-01T12:00:00Z", *ADDRESS)
    assert caplog.text == ""
    assert (beyond["state"], beyond["sessions_behind"], beyond["at_least"]) == ("stale", 60, True)


def test_the_check_counts_as_far_as_it_takes(stored: Path, tmp_path: Path) -> None:
    """A year later the calendar is asked for the sessions that were not told in advance."""
    found = check(stored, tmp_path / "none", "2026-11-30T12:00:00Z")
    assert found.code == 4
    # 28 November 2025 to 27 November 2026 are 52 weeks and a Friday: 261 weekdays, ten of them holidays
    assert f"they end {THROUGH}, 251 sessions behind" in found.err


def test_a_coming_session_declared_closed_is_not_waited_for(sample_data: Path, tmp_path: Path) -> None:
    """Before any further fetch: the session after it is the next one."""
    data = store_sample(tmp_path / "data", sample_data)
    for closures, coming in (("[]", "2025-11-28"), ("[2025-11-28]", "2025-12-01")):
        settings = ("--set", f"calendar.extra_closures={closures}", "--built-at", WHEN)
        found = json.loads(ivts("snapshot", "--data-dir", data, *settings).out)
        assert found["expected"]["next_session"] == coming


def test_provisional_closes_are_in_no_number(noon: Path, held: Path, doubted: Path) -> None:
    """The snapshot is that made before them, but for the line that tells them; downloads are, too."""
    status = status_of(doubted)
    assert (status["provisional"], status["provisional_sessions"]) == (True, ["2025-11-28"])
    assert (status["data_through"], status["state"]) == (str(THROUGH), "fresh")
    before, after = (json.loads((site / "api/v1/snapshot.json").read_text()) for site in (noon, doubted))
    assert (before.pop("built_at"), after.pop("built_at")) == ("2025-11-28T12:00:00Z", "2025-11-28T18:30:00Z")
    told = after.pop("provisional")
    assert before.pop("provisional") is None
    assert before == after
    closes = {key: read_closes(held, key)["close"].iloc[-1] for key in ("vix", "vix3m", "spy")}
    assert {key: told[key] for key in closes} == pytest.approx(closes)
    assert told["ivts"] == pytest.approx(closes["vix"] / closes["vix3m"], abs=1e-6)
    for path in ("charts/signal.csv", "api/v1/episodes.json"):
        assert (doubted / path).read_bytes() == (noon / path).read_bytes()


def test_provisional_closes_are_told_on_the_page(doubted: Path) -> None:
    """Under the headline, in the status line and in the summary of the main chart."""
    page = (doubted / "index.html").read_text()
    assert "Provisional for 28 November 2025: VIX " in page
    assert "not yet in any statistic" in page
    assert '<time datetime="2025-11-26">Wed 26 Nov 2025</time> close, Fri 28 Nov 2025 provisional' in page
    # the stored closes of the 26th: 22.39 / 25.62 = 0.8739
    assert "On 26 November 2025 the ratio was 0.8739: contango" in page
    assert "on 28 Nov 2025 is marked by a ring and not counted." in page


def test_provisional_closes_are_not_told_on_a_past_page(held: Path) -> None:
    """A page for an earlier session knows nothing dated later."""
    past = ("--as-of", "2025-11-25", "--built-at", "2025-11-28T18:30:00Z")
    assert json.loads(ivts("snapshot", "--data-dir", held, *past).out)["provisional"] is None


def test_a_provisional_session_cannot_be_asked_for(held: Path, tmp_path: Path) -> None:
    """It has no final closes yet, so `--as-of` refuses it and names the last session that has."""
    refused = ivts("build", "--data-dir", held, "--out", tmp_path / "site", "--as-of", HELD)
    assert refused.code == 2
    assert "2025-11-26" in refused.err


def test_records_are_listed_on_the_methodology_page(stored: Path, tmp_path: Path) -> None:
    """Counts of all, the latest twenty, and none about sessions after the page's own."""
    data = tmp_path / "data"
    shutil.copytree(stored, data)
    days = [f"2025-11-{day:02}" for day in range(1, 31)]
    line = {"series": "vix", "old": 18.26, "new": 18.43, "source": "cboe_csv", "kind": "final"}
    line |= {"seen_at": "2025-11-26T23:37:00Z"}
    (data / "revisions.jsonl").write_text(
        "".join(json.dumps(line | {"session": day, "new": float(i)}) + "\n" for i, day in enumerate(days))
    )
    row = {"series": "vix3m", "session": "13/45/2025", "value": "<b>1,8</b>", "rule": "unreadable", "line": 3}
    row |= {"source": "cboe_csv", "file_sha256": "0", "seen_at": "2025-11-26T23:37:00Z"}
    (data / "quarantine.jsonl").write_text(json.dumps(row) + "\n")
    build(data, tmp_path / "site", "2025-11-28T12:00:00Z")
    page = (tmp_path / "site/methodology/index.html").read_text()
    # the 27th to the 30th lie after the last session
    assert "26 stored closes have been changed since recording began; the latest 20 are listed." in page
    assert page.count("provisional, then final") == 20
    assert "1 row has been set aside as impossible or contradicted; all are listed." in page
    assert "13/45/2025" in page
    assert "&lt;b&gt;1,8&lt;/b&gt;" in page


def test_a_site_for_the_placeholder_is_refused(stored: Path, noon: Path, held: Path, doubted: Path) -> None:
    """Readers, feeds and previews would be sent to somebody else's host."""
    now = "2025-11-28T18:30:00Z"
    refused = check(held, doubted, now)
    assert refused.code == 2
    assert "was built for the placeholder https://example.org/" in refused.err
    passed = check(stored, noon, now)
    assert (passed.code, "address: https://vix.example/" in passed.out) == (0, True)


def test_a_sample_may_be_at_any_address(sample_data: Path, sample_site: Path) -> None:
    """Nobody takes it for the page of somebody else."""
    assert "placeholder" not in check(sample_data, sample_site, WHEN).err


def test_no_sample_means_no_sample(sample_data: Path, tmp_path: Path) -> None:
    """Neither where nothing is stored nor where simulated closes are: exit code 4 and no site."""
    for data in (tmp_path / "empty", sample_data):
        built = ivts("build", "--data-dir", data, "--out", tmp_path / "site", "--no-sample")
        assert built.code == 4
        assert "--no-sample forbids simulated ones" in built.err
        assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(("data", "out"), [("site/data", "site"), ("data", "data/site"), ("data", "data")])
def test_site_and_closes_lie_apart(stored: Path, tmp_path: Path, data: str, out: str) -> None:
    """A build replaces the whole site, and git would commit a site within the closes."""
    shutil.copytree(stored, tmp_path / data)
    before = sorted(tmp_path.rglob("*"))
    built = ivts("build", "--data-dir", tmp_path / data, "--out", tmp_path / out)
    assert built.code == 2
    assert "must not lie inside each other" in built.err
    assert sorted(tmp_path.rglob("*")) == before
