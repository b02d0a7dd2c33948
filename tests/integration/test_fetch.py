"""From a vendor's HTTP to stored files, against a server on loopback."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from tests.fixtures.feed import calendar, ratio_alone
from tests.fixtures.vendor import (
    SPY,
    VIX,
    VIX3M,
    Answer,
    Rows,
    Vendor,
    answer,
    chart_json,
    document,
    fred_csv,
    index_csv,
)
from tests.stored import read_closes

from ivts_site.config import load_config
from ivts_site.errors import ConfigError, DataError, IvtsError, SourceError
from ivts_site.pipeline.fetch import FetchReport, fetch_all
from ivts_site.store import read_log, read_provenance

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
FRED = "/graph/fredgraph.csv"
SESSIONS = calendar(dt.date(2025, 8, 1), dt.date(2025, 12, 31))
DAYS = [day.date() for day in SESSIONS.sessions_in(dt.date(2025, 8, 1), dt.date(2025, 11, 26))]
THURSDAY = dt.datetime(2025, 11, 27, 12, tzinfo=dt.UTC)  # Thanksgiving; the last close is of the 26th


def history(start: float, step: float, days: list[dt.date] = DAYS) -> Rows:
    """Made-up closes, each different, with cents."""
    return [(day, round(start + step * (i % 17) + 0.01 * (i % 7), 2)) for i, day in enumerate(days)]


FRONT, BACK, FUND = history(16, 0.25), history(19, 0.21), history(640, 1.5)


FRIDAY = dt.date(2025, 11, 28)  # a half day: 13:00 New York is 18:00 UTC
FRIDAY_CLOSE = dt.datetime(2025, 11, 28, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with Vendor() as vendor:
        yield vendor


def reset(running: Vendor) -> Vendor:
    """Let the vendor answer with all closes, as if it had not been asked yet."""
    running.seen.clear()
    running.answers.clear()
    running.answers.update(
        {VIX: document(index_csv(FRONT)), VIX3M: document(index_csv(BACK)), SPY: chart(FUND)}
    )
    return running


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return reset(running)


@pytest.fixture(scope="module")
def first(running: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a first fetch of those closes."""
    folder = tmp_path_factory.mktemp("first") / "data"
    fetch(reset(running), folder)
    return folder


@pytest.fixture
def fetched(first: Path, data: Path) -> None:
    """A first fetch into the store of a test."""
    shutil.copytree(first, data)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def chart(rows: Rows) -> Answer:
    return document(chart_json("SPY", rows), "application/json")


def fetch(vendor: Vendor, data: Path, *overrides: str, now: dt.datetime = THURSDAY) -> FetchReport:
    addresses = [f"sources.{name}.base_url={vendor.url}" for name in ("cboe", "fred")]
    bounds = ["http.read_timeout_seconds=1", "http.deadline_seconds=10"]
    return fetch_all(load_config(CONFIG, [*ratio_alone(), *addresses, *bounds, *overrides]), data, now=now)


def tree(data: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def stored(data: Path, key: str) -> list[tuple[dt.date, float]]:
    return [(day.date(), close) for day, close in read_closes(data, key)["close"].items()]  # type: ignore[attr-defined]


def marks(data: Path) -> dict[tuple[str, dt.date], str]:
    entries = read_provenance(data).series.items()
    return {(key, day): mark.reason.value for key, e in entries for day, mark in e.provisional.items()}


def test_first_fetch(vendor: Vendor, data: Path) -> None:
    """What the vendor serves is stored, with its origin and the next publication."""
    report = fetch(vendor, data)
    assert (stored(data, "vix"), stored(data, "vix3m"), stored(data, "spy")) == (FRONT, BACK, FUND)
    provenance = read_provenance(data)
    entry = provenance.series["vix"]
    assert (entry.source, entry.rows, entry.last_session) == ("cboe_csv", len(DAYS), dt.date(2025, 11, 26))
    assert (entry.url, entry.fetched_at) == (vendor.url + VIX, THURSDAY)
    assert provenance.calendar is not None
    assert provenance.calendar.session == dt.date(2025, 11, 28)
    # half day: 13:00 New York is 18:00 UTC, plus 150 minutes
    assert provenance.calendar.publication == dt.datetime(2025, 11, 28, 20, 30, tzinfo=dt.UTC)
    assert (report.changed, report.news) == (True, True)
    assert [series.n_added for series in report.series] == [len(DAYS)] * 3


@pytest.mark.usefixtures("fetched")
def test_second_fetch_is_conditional_and_touches_nothing(vendor: Vendor, data: Path) -> None:
    """Without news the vendor answers 304 and no file changes."""
    before = tree(data)
    vendor.seen.clear()
    report = fetch(vendor, data, now=THURSDAY + dt.timedelta(hours=3))
    asked = {path: headers for path, headers in vendor.seen if not path.startswith(FRED)}
    assert len(asked) == 3
    assert all("If-None-Match" in headers for headers in asked.values())
    assert tree(data) == before
    assert not report.changed
    assert report.sentence == "Nothing new: vix to 2025-11-26, vix3m to 2025-11-26, spy to 2025-11-26."


@pytest.mark.usefixtures("fetched")
def test_touched_file_with_the_same_closes_changes_nothing(vendor: Vendor, data: Path) -> None:
    """A new body with the same closes keeps the stored files, so that a nightly commit is empty."""
    before = tree(data)
    vendor.answers[VIX] = document(index_csv(FRONT) + "\n")
    assert not fetch(vendor, data).changed
    assert tree(data) == before


@pytest.mark.usefixtures("fetched")
def test_next_day(vendor: Vendor, data: Path) -> None:
    """A further session changes the part of its year and the entry of its series."""
    before = read_provenance(data).series
    half_day = dt.date(2025, 11, 28)
    later = dt.datetime(2025, 11, 28, 21, tzinfo=dt.UTC)
    vendor.answers[VIX] = document(index_csv([*FRONT, (half_day, 16.35)]))
    report = fetch(vendor, data, now=later)
    after = read_provenance(data)
    assert [series.n_added for series in report.series] == [1, 0, 0]
    assert stored(data, "vix")[-1] == (half_day, 16.35)
    assert after.series["vix"].fetched_at == later
    assert after.series["spy"] == before["spy"]
    assert after.calendar is not None
    assert after.calendar.after == dt.date(2025, 11, 26)  # the last session that all three have


def test_a_row_before_its_time_is_taken_once_it_is_due(vendor: Vendor, data: Path) -> None:
    """Today's row is left out before the close, provisional before publication, then final: one file."""
    vendor.answers[VIX] = document(index_csv([*FRONT, (FRIDAY, 16.35)]))
    fetch(vendor, data, now=FRIDAY_CLOSE + dt.timedelta(minutes=14))
    assert stored(data, "vix") == FRONT
    fetch(vendor, data, now=FRIDAY_CLOSE + dt.timedelta(minutes=15))
    assert stored(data, "vix")[-1] == (FRIDAY, 16.35)
    assert marks(data) == {("vix", FRIDAY): "early"}
    before = tree(data)
    fetch(vendor, data, now=FRIDAY_CLOSE + dt.timedelta(minutes=149))
    assert tree(data) == before
    fetch(vendor, data, now=FRIDAY_CLOSE + dt.timedelta(minutes=150))
    assert stored(data, "vix")[-1] == (FRIDAY, 16.35)
    assert marks(data) == {}
    assert read_log(data, "revisions") == ()


@pytest.mark.usefixtures("fetched")
def test_a_deleted_series_comes_back(vendor: Vendor, data: Path) -> None:
    """Deleting a damaged series and fetching again restores it, although the vendor's file did not change."""
    before = {name: body for name, (body, _) in tree(data).items()}
    shutil.rmtree(data / "closes/vix")
    fetch(vendor, data)
    assert {name: body for name, (body, _) in tree(data).items()} == before


@pytest.mark.usefixtures("fetched")
def test_damaged_store_is_never_overwritten(vendor: Vendor, data: Path) -> None:
    """A fetch over a damaged part stops with its name."""
    (data / "closes/vix/2025.parquet").write_bytes(b"PAR1")
    before = tree(data)
    with pytest.raises(DataError, match=r"closes/vix/2025\.parquet: is damaged"):
        fetch(vendor, data)
    assert tree(data) == before


@pytest.mark.usefixtures("fetched")
def test_swapped_parts_stop_a_fetch(vendor: Vendor, data: Path) -> None:
    """Parts that the last fetch stored elsewhere are named before a vendor is asked, and stay."""
    one, two = (data / f"closes/{key}/2025.parquet" for key in ("vix", "vix3m"))
    body = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(body)
    before = tree(data)
    vendor.seen.clear()
    with pytest.raises(DataError, match=r"closes/vix/2025\.parquet: is not the file .*git checkout"):
        fetch(vendor, data)
    assert (tree(data), vendor.seen) == (before, [])


@pytest.mark.usefixtures("fetched")
def test_fallback_and_return(vendor: Vendor, data: Path) -> None:
    """The fallback adds the missing session; the trusted source takes it over when it is back."""
    friday, later = dt.date(2025, 11, 28), dt.datetime(2025, 11, 29, 12, tzinfo=dt.UTC)
    vendor.answers[VIX] = answer(403)
    vendor.answers[FRED] = document(fred_csv("VIXCLS", [(d, v + 5) for d, v in FRONT] + [(friday, 16.35)]))
    report = fetch(vendor, data, now=later)
    assert stored(data, "vix") == [*FRONT, (friday, 16.35)]
    assert read_closes(data, "vix")["source"].iloc[-2:].tolist() == ["cboe_csv", "fred_csv"]
    notes = " | ".join(report.series[0].notes())
    assert "HTTP 403" in notes
    assert "not taken: a more trusted source gave another value" in notes
    vendor.answers[VIX] = document(index_csv([*FRONT, (friday, 16.353)]))
    report = fetch(vendor, data, now=later)
    assert stored(data, "vix")[-1] == (friday, 16.353)
    assert set(read_closes(data, "vix")["source"]) == {"cboe_csv"}
    assert report.series[0].revisions == ()


@pytest.mark.usefixtures("fetched")
def test_revision_and_its_limit(vendor: Vendor, data: Path) -> None:
    """A confirmed change is applied and reported; a shifted history is refused and changes nothing."""
    changed = [(DAYS[0], 17.5), *FRONT[1:]]
    vendor.answers[VIX] = document(index_csv(changed))
    vendor.answers[FRED] = document(fred_csv("VIXCLS", changed))
    report = fetch(vendor, data)
    assert [(r.session, r.old, r.new) for r in report.series[0].revisions] == [(DAYS[0], 16.0, 17.5)]
    before = tree(data)
    vendor.answers[FRED] = answer(404)
    vendor.answers[VIX] = document(index_csv([(day, round(v * 1.01, 4)) for day, v in FRONT]))
    with pytest.raises(DataError, match=r"file: vix: the source changes 83 stored.*; fred_csv: HTTP 404"):
        fetch(vendor, data)
    vendor.answers[VIX3M] = document(index_csv([(day, round(v * 1.01, 4)) for day, v in BACK]))
    with pytest.raises(DataError, match=r"(?s)vix: the source.*vix3m: the source"):
        fetch(vendor, data)
    assert tree(data) == before


@pytest.mark.usefixtures("fetched")
def test_lost_history_stays(vendor: Vendor, data: Path) -> None:
    """An answer that ends early or has holes removes nothing; both are said."""
    before = tree(data)
    vendor.answers[VIX] = document(index_csv([*FRONT[:10], *FRONT[12:80]]))
    report = fetch(vendor, data)
    assert tree(data) == before
    notes = " | ".join(report.series[0].notes())
    assert "before the stored closes" in notes
    assert "kept 2 stored closes that the answer lacks" in notes


def test_same_file_for_two_series(vendor: Vendor, data: Path) -> None:
    """One history served under two names is refused."""
    vendor.answers[VIX3M] = document(index_csv(FRONT))
    with pytest.raises(DataError, match="vix and vix3m have the same close"):
        fetch(vendor, data)
    assert tree(data) == {}


def test_all_failures_are_named(vendor: Vendor, data: Path) -> None:
    """Front and back without an answer are listed with what each source said; SPY stops no run."""
    vendor.answers = {VIX: answer(403), SPY: answer(200, b"<html>", Content_Type="text/html")}
    with pytest.raises(SourceError) as caught:
        fetch(vendor, data)
    message = str(caught.value)
    assert type(caught.value) is SourceError
    for part in (
        "vix: cboe_csv: HTTP 403",
        "fred_csv: HTTP 404",
        "vix3m: cboe_csv: HTTP 404",
    ):
        assert part in message
    assert "spy" not in message
    assert tree(data) == {}


def test_rejected_rows_from_every_source(vendor: Vendor, data: Path) -> None:
    """Where a source answered with rows that cannot be used the data were rejected, not missing."""
    vendor.answers[VIX] = document(index_csv([(day, v / 100) for day, v in FRONT]))
    with pytest.raises(DataError, match=r"vix: cboe_csv: .* rows are unreadable, impossible"):
        fetch(vendor, data)


NINE = (
    "series.vix9d={label: VIX9D, sources: [{adapter: cboe_csv, symbol: VIX9D}]}",
    "series.vvix={label: VVIX, sources: [{adapter: cboe_csv, symbol: VVIX}]}",
)


def test_further_series_need_configuration_alone(vendor: Vendor, data: Path) -> None:
    """A series outside the ratio is stored like the others; one that fails is a warning."""
    vendor.answers[VIX.replace("VIX_", "VIX9D_")] = document(index_csv(history(14, 0.3)))
    report = fetch(vendor, data, *NINE)
    assert stored(data, "vix9d") == history(14, 0.3)
    assert [series.answer.source for series in report.series][3:] == ["cboe_csv", ""]
    assert "HTTP 404" in next(report.series[4].notes())
    assert "vvix" not in read_provenance(data).series


def test_further_series_that_repeats_another(vendor: Vendor, data: Path) -> None:
    """An extra series that is served another one's file is left out, and the rest is stored."""
    vendor.answers[VIX.replace("VIX_", "VIX9D_")] = document(index_csv(FRONT))
    report = fetch(vendor, data, *NINE)
    assert read_closes(data, "vix9d").empty
    assert stored(data, "vix") == FRONT
    assert "same close" in next(report.series[3].notes())


def test_unknown_adapter_and_vendor(vendor: Vendor, data: Path) -> None:
    """Both are configuration errors with their key path, before anything is asked."""
    with pytest.raises(ConfigError) as caught:
        fetch(vendor, data, "series.spy.sources=[{adapter: cboe, symbol: SPY}]", "sources={}")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "series.vix.sources.0.adapter",
        "series.vix.sources.1.adapter",
        "series.vix.check_against.0.adapter",
        "series.vix3m.sources.0.adapter",
        "series.vix3m.sources.1.adapter",
        "series.vix3m.back_history.adapter",
        "series.vix3m.check_against.0.adapter",
        "series.spy.sources.0.adapter",
        "series.spy.check_against.0.adapter",
    ]
    assert vendor.seen == []


def test_one_line_a_series(vendor: Vendor, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log has one plain line for each series; findings are warnings."""
    vendor.answers[VIX] = document(index_csv([*FRONT, (dt.date(2026, 3, 4), 20.0)]))
    seen: list[str] = []
    with caplog.at_level(logging.INFO, logger="ivts_site"):
        addresses = [f"sources.{name}.base_url={vendor.url}" for name in ("cboe", "fred")]
        config = load_config(CONFIG, [*ratio_alone(), *addresses])
        fetch_all(config, data, now=THURSDAY, progress=seen.append)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [(level, text.split(": fred_csv: HTTP")[0]) for level, text in lines[:4]] == [
        ("INFO", "vix: not compared with fred_csv"),
        ("INFO", "vix3m: not compared with fred_csv"),
        ("WARNING", "vix3m: back history"),
        ("INFO", "spy: not compared with fred_csv"),
    ]
    assert lines[4] == ("INFO", f"vix: {len(DAYS)} new from cboe_csv; {len(DAYS)} sessions to 2025-11-26")
    assert lines[5] == ("WARNING", "vix: 1 row dated in the future left out")
    # then those of the other two; that FRED did not answer is no news on the first evening
    assert [text.split(":")[0] for _, text in lines[6:]] == ["vix3m", "spy"]
    assert seen == ["vix", "vix3m", "spy"]


def test_extra_closure(vendor: Vendor, data: Path) -> None:
    """A closing declared in the configuration is no session: its row is dropped, the next one is due."""
    fetch(vendor, data, "calendar.extra_closures=[2025-11-25, 2025-11-28]")
    assert dt.date(2025, 11, 25) not in dict(stored(data, "vix"))
    calendar = read_provenance(data).calendar
    assert calendar is not None
    assert calendar.session == dt.date(2025, 12, 1)


def test_changed_settings_ask_for_the_whole_file_once(vendor: Vendor, data: Path) -> None:
    """A row left out under other settings comes in although the vendor's file is the same; then 304 again."""
    fetch(vendor, data, "calendar.extra_closures=[2025-11-25]")
    assert dt.date(2025, 11, 25) not in dict(stored(data, "spy"))
    vendor.seen.clear()
    assert fetch(vendor, data).changed
    assert stored(data, "spy") == FUND
    assert [headers.get("If-None-Match") for path, headers in vendor.seen if path == SPY] == [None]
    before = tree(data)
    vendor.seen.clear()
    assert not fetch(vendor, data).changed
    assert all(headers.get("If-None-Match") for path, headers in vendor.seen if path == SPY)
    assert tree(data) == before


DECIDING_ON_ROWS = (
    "series.spy.range=[2, 100000]",
    "series.spy.publication_lag_minutes=151",
    "series.spy.completion_lag_minutes=16",
    "store.max_bad_row_share=0.004",
    "store.max_missing_share=0.04",
    "calendar.timezone=America/Chicago",
    "calendar.extra_closures=[2025-12-24]",
)


@pytest.mark.usefixtures("fetched")
def test_every_setting_that_decides_on_rows_asks_anew(vendor: Vendor, data: Path) -> None:
    """Each change, one after another, is noted with the closes, which stay the same here, and asks once."""
    n, conditional = len(DECIDING_ON_ROWS), []
    for n_changed in [*range(1, n + 1), n]:
        vendor.seen.clear()
        fetch(vendor, data, *DECIDING_ON_ROWS[:n_changed])
        conditional += ["If-None-Match" in headers for path, headers in vendor.seen if path == SPY]
    assert conditional == [False] * n + [True]
    assert stored(data, "spy") == FUND


@pytest.mark.parametrize(
    ("row", "conditional"),
    [
        ((dt.date(2026, 3, 4), 20.0), False),
        ((dt.date(2025, 11, 25), -1.0), True),
        ((dt.date(2025, 11, 25), 99.5), True),
    ],
    ids=["future", "impossible", "conflict"],
)
def test_a_file_whose_rows_come_of_age_is_asked_for_in_full(
    vendor: Vendor, data: Path, row: tuple[dt.date, float], conditional: bool
) -> None:
    """A 304 would hold back a row that was too early; one that cannot be right stays so."""
    vendor.answers[VIX] = document(index_csv([*FRONT, row]))
    for expected in (False, conditional):
        vendor.seen.clear()
        fetch(vendor, data)
        asked = ["If-None-Match" in headers for path, headers in vendor.seen if path == VIX]
        assert asked == [expected]


@pytest.mark.usefixtures("fetched")
def test_another_symbol_is_another_file(vendor: Vendor, data: Path) -> None:
    """The validators of one file are not sent for another of the same vendor."""
    vendor.seen.clear()
    vendor.answers[VIX.replace("VIX_", "VIXNEW_")] = document(index_csv(FRONT))
    fetch(vendor, data, "series.vix.sources=[{adapter: cboe_csv, symbol: VIXNEW}]")
    assert ["If-None-Match" in headers for path, headers in vendor.seen if "VIXNEW" in path] == [False]


def test_no_common_session(vendor: Vendor, data: Path) -> None:
    """Where the three series share no session nothing is expected next."""
    vendor.answers[VIX] = document(index_csv(FRONT[:30]))
    vendor.answers[VIX3M] = document(index_csv(BACK[40:]))
    fetch(vendor, data)
    assert read_provenance(data).calendar is None


@pytest.mark.usefixtures("fetched")
def test_clock_before_the_stored_data(vendor: Vendor, data: Path) -> None:
    """A replay with an earlier clock removes nothing and asks for nothing beyond it."""
    before = tree(data)
    assert not fetch(vendor, data, now=dt.datetime(2025, 9, 1, tzinfo=dt.UTC)).changed
    assert tree(data) == before


@pytest.mark.parametrize("body", ["", "DATE,CLOSE\n", "Exceeded the daily hits limit"])
@pytest.mark.usefixtures("fetched")
def test_kept_store_after_a_bad_answer(vendor: Vendor, data: Path, body: str) -> None:
    """A bad answer from every source leaves the stored data byte for byte."""
    before = tree(data)
    vendor.answers[VIX] = vendor.answers[FRED] = answer(200, body.encode(), Content_Type="text/csv")
    with pytest.raises(IvtsError) as caught:
        fetch(vendor, data)
    assert caught.value.exit_code == 3
    assert tree(data) == before
