"""Provisional closes, cross-checks, revisions and quarantine, from a vendor's HTTP to stored files."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import stamina
from tests.command import Result, ivts
from tests.fixtures.feed import FRED, PATHS, Row, addresses, fallback, serve, sound, truth, upto
from tests.fixtures.vendor import Vendor, answer
from tests.stored import read_closes

from ivts_site.store import read_log, read_provenance

ROWS = truth(dt.date(2024, 6, 3), dt.date(2025, 11, 28), 11)
MONDAY, TUESDAY = dt.date(2025, 11, 24), dt.date(2025, 11, 25)
UNTIL = {key: upto(rows, MONDAY) for key, rows in ROWS.items()}


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with Vendor() as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    """The vendor with all closes up to Monday."""
    running.answers.clear()
    running.seen.clear()
    serve(running, UNTIL)
    return running


@pytest.fixture(scope="module")
def first(running: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a first fetch of those closes."""
    serve(running, UNTIL)
    first_fetch(running, folder := tmp_path_factory.mktemp("first") / "data")
    return folder


@pytest.fixture
def stored(first: Path, data: Path) -> Path:
    """The store of a test with those closes in it."""
    shutil.copytree(first, data)
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def new_york(day: dt.date, clock: str) -> str:
    """An instant of late November in New York, as an option."""
    return f"{day}T{clock}:00-05:00"


def fetch(vendor: Vendor, data: Path, now: str, *options: str, sets: tuple[str, ...] = ()) -> Result:
    settings = [x for item in (*addresses(vendor), *sets) for x in ("--set", item)]
    return ivts("fetch", "--data-dir", data, "--now", now, *settings, *options)


def first_fetch(vendor: Vendor, data: Path) -> None:
    result = fetch(vendor, data, new_york(MONDAY, "19:00"))
    assert result.code == 0, result.err


def change(rows: list[Row], **closes: float) -> list[Row]:
    """The rows with other closes on days written as d2025_11_25."""
    days = {dt.date.fromisoformat(name[1:].replace("_", "-")): value for name, value in closes.items()}
    return [row for row in rows if row[0] not in days] + sorted(days.items())


def last(data: Path, key: str) -> Row:
    closes = read_closes(data, key)["close"]
    return closes.index[-1].date(), float(closes.iloc[-1])


def marks(data: Path) -> dict[str, dict[str, str]]:
    """Reason by series key and session."""
    entries = read_provenance(data).series.items()
    return {
        key: {f"{day}": mark.reason.value for day, mark in entry.provisional.items()}
        for key, entry in entries
        if entry.provisional
    }


def tree(data: Path) -> dict[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


def plain(entries: tuple[Mapping[str, object], ...], *fields: str) -> list[tuple[object, ...]]:
    return [tuple(entry[field] for field in fields) for entry in entries]


@pytest.mark.usefixtures("stored")
def test_provisional_becomes_final(vendor: Vendor, data: Path) -> None:
    """18.26 / 21.28 read at 17:00 and 18.43 / 21.36 read later: final, with one entry a series."""
    early = {
        "vix": change(UNTIL["vix"], d2025_11_25=18.26),
        "vix3m": change(UNTIL["vix3m"], d2025_11_25=21.28),
        "spy": upto(ROWS["spy"], TUESDAY),
    }
    serve(vendor, early, fred=UNTIL)
    assert fetch(vendor, data, new_york(TUESDAY, "17:00")).code == 0
    assert (last(data, "vix"), last(data, "vix3m")) == ((TUESDAY, 18.26), (TUESDAY, 21.28))
    assert marks(data) == {key: {"2025-11-25": "early"} for key in PATHS}
    assert read_log(data, "revisions") == ()
    calendar = read_provenance(data).calendar
    assert calendar is not None
    assert (calendar.after, calendar.session) == (MONDAY, TUESDAY)  # its final closes are still to come
    final = {
        "vix": change(UNTIL["vix"], d2025_11_25=18.43),
        "vix3m": change(UNTIL["vix3m"], d2025_11_25=21.36),
        "spy": upto(ROWS["spy"], TUESDAY),
    }
    serve(vendor, final, fred=UNTIL)
    assert fetch(vendor, data, new_york(TUESDAY, "18:30")).code == 0
    assert (last(data, "vix"), last(data, "vix3m")) == ((TUESDAY, 18.43), (TUESDAY, 21.36))
    assert marks(data) == {}
    assert plain(read_log(data, "revisions"), "series", "session", "old", "new", "kind", "source") == [
        ("vix", "2025-11-25", 18.26, 18.43, "final", "cboe_csv"),
        ("vix3m", "2025-11-25", 21.28, 21.36, "final", "cboe_csv"),
    ]
    calendar = read_provenance(data).calendar
    assert calendar is not None
    assert calendar.after == TUESDAY


@pytest.mark.usefixtures("stored")
def test_provisional_values_may_follow_each_other(vendor: Vendor, data: Path) -> None:
    """Two readings before publication leave the later one, its first mark and no entry."""
    for clock, close in (("16:20", 18.26), ("17:30", 18.31)):
        serve(vendor, {**UNTIL, "vix": change(UNTIL["vix"], d2025_11_25=close)}, fred=UNTIL)
        assert fetch(vendor, data, new_york(TUESDAY, clock)).code == 0
    assert last(data, "vix") == (TUESDAY, 18.31)
    mark = read_provenance(data).series["vix"].provisional[TUESDAY]
    assert mark.seen_at == dt.datetime(2025, 11, 25, 21, 20, tzinfo=dt.UTC)
    assert read_log(data, "revisions") == ()


@pytest.mark.usefixtures("stored")
def test_a_final_value_of_the_fallback_beats_a_provisional_one(vendor: Vendor, data: Path) -> None:
    """Where the trusted source fails after an early reading, the fallback's final close is taken."""
    serve(vendor, {**UNTIL, "vix": change(UNTIL["vix"], d2025_11_25=18.26)}, fred=UNTIL)
    fetch(vendor, data, new_york(TUESDAY, "17:00"))
    vendor.answers[PATHS["vix"]] = answer(403)
    vendor.answers[FRED] = fallback({"vix": change(UNTIL["vix"], d2025_11_25=18.43)})
    assert fetch(vendor, data, new_york(TUESDAY, "20:00")).code == 0
    assert last(data, "vix") == (TUESDAY, 18.43)
    assert plain(read_log(data, "revisions"), "kind", "source") == [("final", "fred_csv")]
    assert marks(data) == {}


def test_an_early_row_never_replaces_a_final_one(vendor: Vendor, data: Path) -> None:
    """A fetch with the clock set back keeps the close that was final."""
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    serve(vendor, rows)
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    before = tree(data)
    serve(vendor, {**rows, "vix": change(UNTIL["vix"], d2025_11_25=11.11)})
    assert fetch(vendor, data, new_york(TUESDAY, "17:00")).code == 0
    assert tree(data) == before


def test_newest_close_in_doubt(vendor: Vendor, data: Path) -> None:
    """Sources disagree on the newest session: recorded once, provisional until a later day repeats it."""
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    theirs = {**own, "vix": change(own["vix"], d2025_11_25=own["vix"][-1][1] + 2.61)}
    serve(vendor, own, fred=theirs)
    result = fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert result.code == 0
    assert marks(data) == {"vix": {"2025-11-25": "disagreement"}}
    (entry,) = read_log(data, "disagreements")
    assert entry["close"] == own["vix"][-1][1] == last(data, "vix")[1]
    assert entry["other_close"] == pytest.approx(own["vix"][-1][1] + 2.61)
    assert (entry["series"], entry["source"], entry["other_source"]) == ("vix", "cboe_csv", "fred_csv")
    before = tree(data)
    fetch(vendor, data, new_york(TUESDAY, "23:59"))
    assert tree(data) == before  # the same evening in New York, though the next day in UTC
    fetch(vendor, data, new_york(TUESDAY + dt.timedelta(days=1), "06:23"))
    assert marks(data) == {}
    settled = tree(data)
    fetch(vendor, data, new_york(TUESDAY + dt.timedelta(days=1), "12:00"))
    assert tree(data) == settled
    assert len(read_log(data, "disagreements")) == 1


def test_what_was_reached_stays_reached(vendor: Vendor, data: Path) -> None:
    """A close that comes into doubt the next morning was known the evening before, and is no news later."""
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    serve(vendor, own, fred=UNTIL)
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert read_provenance(data).reached == TUESDAY
    serve(vendor, own, fred={**own, "vix": change(own["vix"], d2025_11_25=50.0)})
    fetch(vendor, data, new_york(TUESDAY, "22:00"))
    assert marks(data) == {"vix": {"2025-11-25": "disagreement"}}
    assert read_provenance(data).reached == TUESDAY


def test_doubt_ends_when_the_sources_agree(vendor: Vendor, data: Path) -> None:
    """The other source corrects itself the same evening: the mark goes, the record stays."""
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    serve(vendor, own, fred={**own, "vix3m": change(own["vix3m"], d2025_11_25=50.0)})
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert marks(data) == {"vix3m": {"2025-11-25": "disagreement"}}
    serve(vendor, own)
    fetch(vendor, data, new_york(TUESDAY, "20:00"))
    assert marks(data) == {}
    assert len(read_log(data, "disagreements")) == 1


def test_doubt_that_was_right(vendor: Vendor, data: Path) -> None:
    """The trusted source corrects the close in doubt: one entry of kind final, whatever its size."""
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    good = own["vix"][-1][1]
    wrong = change(own["vix"], d2025_11_25=round(good * 1.4, 2))
    serve(vendor, {**own, "vix": wrong}, fred=own)
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    serve(vendor, own)
    fetch(vendor, data, new_york(TUESDAY, "21:00"))
    assert last(data, "vix") == (TUESDAY, good)
    assert marks(data) == {}
    assert plain(read_log(data, "revisions"), "new", "kind") == [(good, "final")]


def test_a_correction_that_is_in_doubt_too_waits_for_a_later_day(vendor: Vendor, data: Path) -> None:
    """The day counts from the value now stored, not from the one before it."""
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    wednesday = TUESDAY + dt.timedelta(days=1)
    serve(vendor, {**own, "vix": change(own["vix"], d2025_11_25=40.0)}, fred=own)
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    serve(vendor, {**own, "vix": change(own["vix"], d2025_11_25=30.0)}, fred=own)
    for clock in ("06:00", "07:00"):
        fetch(vendor, data, new_york(wednesday, clock))
        assert marks(data) == {"vix": {"2025-11-25": "disagreement"}}
    fetch(vendor, data, new_york(wednesday + dt.timedelta(days=1), "06:00"))
    assert marks(data) == {}


def test_a_doubted_close_corrected_after_the_next_session_is_doubted_anew(vendor: Vendor, data: Path) -> None:
    """It is no longer the newest; a corrected value that another source contradicts is not final either."""
    wednesday = TUESDAY + dt.timedelta(days=1)
    own = {key: upto(rows, TUESDAY) for key, rows in ROWS.items()}
    serve(vendor, {**own, "vix": change(own["vix"], d2025_11_25=40.0)}, fred=own)
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    later = {key: upto(rows, wednesday) for key, rows in ROWS.items()}
    corrected = change(later["vix"], d2025_11_25=30.0)
    serve(vendor, {**later, "vix": corrected}, fred=later)
    fetch(vendor, data, new_york(wednesday, "19:00"))
    assert last(data, "vix") == later["vix"][-1]
    assert marks(data) == {"vix": {"2025-11-25": "disagreement"}}
    assert plain(read_log(data, "revisions"), "new", "kind") == [(30.0, "final")]


def test_disagreements_of_the_past_are_recorded_only(vendor: Vendor, data: Path) -> None:
    """A difference on an older session is recorded with both values; nothing is marked or averaged."""
    theirs = [*UNTIL["vix"]]
    theirs[-5] = (theirs[-5][0], theirs[-5][1] + 0.03)
    theirs[-6] = (theirs[-6][0], theirs[-6][1] + 0.02)
    serve(vendor, UNTIL, fred={**UNTIL, "vix": theirs})
    first_fetch(vendor, data)
    assert plain(read_log(data, "disagreements"), "session") == [(f"{theirs[-5][0]}",)]
    assert marks(data) == {}
    assert read_closes(data, "vix")["close"].tolist() == [close for _, close in UNTIL["vix"]]


def test_a_check_source_that_fails_is_a_line_in_the_log(
    vendor: Vendor, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is asked once, and the run succeeds as without it."""
    vendor.answers[FRED] = answer(500)
    stamina.set_testing(False)
    with caplog.at_level(logging.INFO, logger="ivts_site"):
        first_fetch(vendor, data)
    assert "vix: not compared with fred_csv: fred_csv: HTTP 500" in caplog.text
    # one for each series; the file of the back history is the one that VIX3M is compared with
    assert len([path for path in vendor.paths if path.startswith(FRED)]) == 3
    assert last(data, "vix")[0] == MONDAY


def test_a_source_is_not_compared_with_itself(vendor: Vendor, data: Path) -> None:
    """Where the fallback answers, nothing else is left to compare with, and it is asked once."""
    vendor.answers[PATHS["vix"]] = answer(403)
    first_fetch(vendor, data)
    assert set(read_closes(data, "vix")["source"]) == {"fred_csv"}
    assert len([path for path in vendor.paths if "VIXCLS" in path]) == 1


def test_a_large_move_needs_a_contradiction(vendor: Vendor, data: Path) -> None:
    """A close of 2.7 times the one before is stored; set aside where another source contradicts it."""
    crash = change(upto(ROWS["vix"], MONDAY), d2025_11_25=round(UNTIL["vix"][-1][1] * 2.7, 2))
    calm = upto(ROWS["vix"], TUESDAY)
    serve(vendor, {**UNTIL, "vix": crash}, fred={**UNTIL, "vix": calm})
    result = fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert result.code == 0
    assert last(data, "vix")[0] == MONDAY
    (entry,) = read_log(data, "quarantine")
    assert (entry["series"], entry["session"], entry["rule"]) == ("vix", "2025-11-25", "contradicted")
    assert (entry["value"], entry["source"]) == (repr(crash[-1][1]), "cboe_csv")
    assert entry["line"] == len(crash) + 1  # the last line of a file with a header
    assert len(entry["file_sha256"]) == 64
    serve(vendor, {**UNTIL, "vix": crash}, fred={**UNTIL, "vix": crash})
    fetch(vendor, data, new_york(TUESDAY, "20:00"))
    assert last(data, "vix") == (TUESDAY, crash[-1][1])
    assert marks(data) == {}


def test_a_large_move_without_a_second_source(vendor: Vendor, data: Path) -> None:
    """It is stored: the size of a move is never a reason."""
    crash = change(upto(ROWS["vix"], MONDAY), d2025_11_25=round(UNTIL["vix"][-1][1] * 2.1, 2))
    serve(vendor, {**UNTIL, "vix": crash}, fred={})
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert last(data, "vix") == (TUESDAY, crash[-1][1])


@pytest.mark.usefixtures("stored")
def test_a_file_of_one_row_is_judged_by_what_is_stored(vendor: Vendor, data: Path) -> None:
    """The close before it is not in the answer; the move is large all the same."""
    slip = (TUESDAY, round(UNTIL["vix"][-1][1] * 2.7, 2))
    serve(vendor, {**UNTIL, "vix": [slip]}, fred={**UNTIL, "vix": upto(ROWS["vix"], TUESDAY)})
    fetch(vendor, data, new_york(TUESDAY, "19:00"))
    assert last(data, "vix")[0] == MONDAY
    assert plain(read_log(data, "quarantine"), "session", "rule") == [("2025-11-25", "contradicted")]


def test_a_stored_close_is_not_set_aside_later(vendor: Vendor, data: Path) -> None:
    """A large move that was stored, as nobody contradicted it, stays when another source does so at last."""
    crash = change(upto(ROWS["vix"], MONDAY), d2025_11_25=round(UNTIL["vix"][-1][1] * 2.7, 2))
    rows = {**ROWS, "vix": crash}
    rows = {key: upto(found, TUESDAY) for key, found in rows.items()}
    serve(vendor, rows, fred={})
    assert fetch(vendor, data, new_york(TUESDAY, "19:00"), sets=("checks.ratio_range=[0.1, 9]",)).code == 0
    assert last(data, "vix") == crash[-1]
    fred = {**rows, "vix": upto(ROWS["vix"], TUESDAY)}
    for sets in (("checks.ratio_range=[0.1, 9]",), ("checks.max_move={}",)):
        serve(vendor, {**rows, "vix": [*crash, (TUESDAY + dt.timedelta(days=40), 20.0)]}, fred=fred)
        assert fetch(vendor, data, new_york(TUESDAY, "20:00"), sets=sets).code == 0
        assert last(data, "vix") == crash[-1]
    assert {entry["rule"] for entry in read_log(data, "quarantine")} == {"future"}
    assert marks(data) == {"vix": {"2025-11-25": "disagreement"}}


@pytest.mark.parametrize(("theirs", "stored"), [(1.0, False), (9.0, True)])
def test_an_impossible_ratio_has_to_be_confirmed(
    vendor: Vendor, data: Path, theirs: float, stored: bool
) -> None:
    """Another source with the same two closes confirms it, one with another close does not."""
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    close = rows["vix"][-1][1]
    slip = change(rows["vix"], d2025_11_25=round(close * 9, 2))
    fred = {**rows, "vix": change(rows["vix"], d2025_11_25=round(close * theirs, 2))}
    serve(vendor, {**rows, "vix": slip}, fred=fred)
    assert fetch(vendor, data, new_york(TUESDAY, "19:00"), sets=("checks.max_move={}",)).code == 0
    assert (last(data, "vix") == slip[-1]) is stored
    assert bool(read_log(data, "quarantine")) is not stored


def test_an_impossible_ratio(vendor: Vendor, data: Path) -> None:
    """A unit slip within the range of the series is caught by the ratio; both closes are set aside."""
    tenfold = round(UNTIL["vix"][-1][1] * 9, 1)
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    serve(vendor, {**rows, "vix": change(rows["vix"], d2025_11_25=tenfold)}, fred={})
    assert fetch(vendor, data, new_york(TUESDAY, "19:00")).code == 0
    assert (last(data, "vix")[0], last(data, "vix3m")[0], last(data, "spy")[0]) == (MONDAY, MONDAY, TUESDAY)
    assert plain(read_log(data, "quarantine"), "series", "session", "rule") == [
        ("vix", "2025-11-25", "implausible_ratio"),
        ("vix3m", "2025-11-25", "implausible_ratio"),
    ]
    serve(vendor, rows)
    fetch(vendor, data, new_york(TUESDAY, "20:00"))
    assert last(data, "vix") == rows["vix"][-1]
    assert last(data, "vix3m") == rows["vix3m"][-1]


def test_a_weekly_file_is_no_daily_history(vendor: Vendor, data: Path) -> None:
    """A fallback cut to Fridays is refused with its counts, and a fresh store stays empty."""
    fridays = [row for row in UNTIL["vix"] if row[0].weekday() == 4]
    spanned = [row for row in UNTIL["vix"] if fridays[0][0] <= row[0] <= fridays[-1][0]]
    vendor.answers[PATHS["vix"]] = answer(403)
    vendor.answers[FRED] = fallback({**UNTIL, "vix": fridays})
    result = fetch(vendor, data, new_york(MONDAY, "19:00"))
    told = f"fred_csv: has no close for {len(spanned) - len(fridays)} of {len(spanned)} sessions from "
    assert (result.code, told in result.err) == (4, True), result.err
    assert "store.max_missing_share" in result.err
    assert tree(data) == {}


def test_swapped_files(vendor: Vendor, data: Path) -> None:
    """Front and back served under each other's name are refused on a first fetch."""
    vendor.answers[PATHS["vix"]] = sound("vix", UNTIL["vix3m"])
    vendor.answers[PATHS["vix3m"]] = sound("vix3m", UNTIL["vix"])
    result = fetch(vendor, data, new_york(MONDAY, "19:00"))
    assert result.code == 4
    assert "vix and vix3m seem to be swapped" in result.err
    assert tree(data) == {}


def test_quarantine_is_written_once(vendor: Vendor, data: Path) -> None:
    """Bad rows are recorded with their line; the same rows in the next file are not recorded again."""
    bad = [*UNTIL["vix"], (dt.date(2026, 3, 4), 20.0), (dt.date(2025, 11, 21), 99.0)]
    serve(vendor, {**UNTIL, "vix": bad}, fred=UNTIL)
    first_fetch(vendor, data)
    day = next(close for day, close in UNTIL["vix"] if day == dt.date(2025, 11, 21))
    assert plain(read_log(data, "quarantine"), "session", "value", "rule") == [
        ("2026-03-04", "20.0", "future"),
        ("2025-11-21", repr(day), "conflict"),
        ("2025-11-21", "99.0", "conflict"),
    ]
    before = tree(data)
    vendor.answers[PATHS["vix"]] = sound("vix", [*bad, bad[0]])
    fetch(vendor, data, new_york(MONDAY, "20:00"))
    assert tree(data) == before


def held(data: Path, key: str) -> list[tuple[str, float, float, str]]:
    """Changes of a series that wait: session, stored and proposed close, when first seen."""
    entry = read_provenance(data).series[key]
    return [(f"{day}", each.old, each.new, f"{each.seen_at:%F}") for day, each in entry.held.items()]


OLD_DAY, OLD_CLOSE = UNTIL["vix"][200]
FIXED = [(day, round(close * 1.2, 2) if day == OLD_DAY else close) for day, close in UNTIL["vix"]]
RIGHT = FIXED[200][1]


@pytest.mark.usefixtures("stored")
def test_an_unconfirmed_revision_is_held_until_it_is_accepted(vendor: Vendor, data: Path) -> None:
    """The old close stays, the new session comes in, the change is listed; a person can take it over."""
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    serve(vendor, {**rows, "vix": [*FIXED, rows["vix"][-1]]}, fred=rows)
    assert fetch(vendor, data, new_york(TUESDAY, "19:00")).code == 0
    assert (last(data, "vix"), read_closes(data, "vix")["close"].iloc[200]) == (rows["vix"][-1], OLD_CLOSE)
    assert held(data, "vix") == [(f"{OLD_DAY}", OLD_CLOSE, RIGHT, "2025-11-26")]  # 19:00 is midnight UTC
    assert read_log(data, "revisions") == ()
    waiting = tree(data)
    assert fetch(vendor, data, new_york(TUESDAY + dt.timedelta(days=2), "12:00")).code == 0
    assert tree(data) == waiting  # an old close is not believed for being repeated, however often
    assert fetch(vendor, data, new_york(TUESDAY, "20:00"), "--accept-revisions", "vix3m").code == 0
    assert tree(data) == waiting
    assert fetch(vendor, data, new_york(TUESDAY, "20:00"), "--accept-revisions", "vix").code == 0
    assert read_closes(data, "vix")["close"].iloc[200] == RIGHT
    assert held(data, "vix") == []
    assert plain(read_log(data, "revisions"), "session", "old", "new", "kind", "confirmed_by") == [
        (f"{OLD_DAY}", OLD_CLOSE, RIGHT, "revision", "accepted")
    ]


@pytest.mark.usefixtures("stored")
def test_a_held_revision_goes_in_once_a_second_source_has_it(vendor: Vendor, data: Path) -> None:
    """FRED is down on the first evening and has the new close on the next: one entry that names it."""
    serve(vendor, {**UNTIL, "vix": FIXED}, fred={})
    assert fetch(vendor, data, new_york(MONDAY, "20:00")).code == 0
    assert [entry[:3] for entry in held(data, "vix")] == [(f"{OLD_DAY}", OLD_CLOSE, RIGHT)]
    serve(vendor, {**UNTIL, "vix": FIXED})
    assert fetch(vendor, data, new_york(MONDAY, "21:00")).code == 0
    assert read_closes(data, "vix")["close"].iloc[200] == RIGHT
    assert held(data, "vix") == []
    assert plain(read_log(data, "revisions"), "old", "new", "confirmed_by") == [
        (OLD_CLOSE, RIGHT, "fred_csv")
    ]


@pytest.mark.usefixtures("stored")
def test_a_held_revision_that_its_source_takes_back(vendor: Vendor, data: Path) -> None:
    """It leaves the list and no trace in the closes."""
    closes = read_closes(data, "vix")
    serve(vendor, {**UNTIL, "vix": FIXED}, fred=UNTIL)
    fetch(vendor, data, new_york(MONDAY, "20:00"))
    assert len(held(data, "vix")) == 1
    serve(vendor, UNTIL)
    assert fetch(vendor, data, new_york(MONDAY, "21:00")).code == 0
    assert held(data, "vix") == []
    assert read_closes(data, "vix").equals(closes)


@pytest.mark.usefixtures("stored")
def test_a_recent_correction_is_applied_when_it_is_repeated_on_a_later_day(
    vendor: Vendor, data: Path
) -> None:
    """FRED has no word on it: held on the day it comes up, also later that day, applied on the next."""
    day, old = UNTIL["vix"][-3]
    fixed = [(each, 33.33 if each == day else close) for each, close in UNTIL["vix"]]
    serve(vendor, {**UNTIL, "vix": fixed}, fred={})
    for clock in ("20:00", "23:59"):
        assert fetch(vendor, data, new_york(MONDAY, clock)).code == 0
        assert [entry[:3] for entry in held(data, "vix")] == [(f"{day}", old, 33.33)]
    assert fetch(vendor, data, new_york(TUESDAY, "00:30")).code == 0
    assert float(read_closes(data, "vix")["close"].iloc[-3]) == 33.33
    assert held(data, "vix") == []
    assert plain(read_log(data, "revisions"), "old", "new", "confirmed_by") == [(old, 33.33, "repeated")]


@pytest.mark.usefixtures("stored")
def test_a_shifted_history_is_refused_and_the_next_source_asked(vendor: Vendor, data: Path) -> None:
    """All closes moved by one percent, which FRED does not have: its new session is taken, no old close."""
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    shifted = [(day, round(close * 1.01, 4)) for day, close in rows["vix"]]
    serve(vendor, {**rows, "vix": shifted}, fred=rows)
    assert fetch(vendor, data, new_york(TUESDAY, "19:00")).code == 0
    closes = read_closes(data, "vix")
    assert closes["close"].tolist() == [close for _, close in rows["vix"]]
    assert set(closes["source"][:-1]) == {"cboe_csv"}
    assert closes["source"].iloc[-1] == "fred_csv"
    assert held(data, "vix") == []
    serve(vendor, rows)
    assert fetch(vendor, data, new_york(TUESDAY, "20:00")).code == 0
    assert set(read_closes(data, "vix")["source"]) == {"cboe_csv"}


@pytest.mark.usefixtures("stored")
def test_a_split_is_taken_once(vendor: Vendor, data: Path) -> None:
    """Two for one on the whole history of SPY: one entry, no refusal, and the next fetch is quiet."""
    halved = [(day, round(close / 2, 4)) for day, close in UNTIL["spy"]]
    serve(vendor, {**UNTIL, "spy": halved}, fred=UNTIL)
    assert fetch(vendor, data, new_york(MONDAY, "20:00")).code == 0
    assert read_closes(data, "spy")["close"].tolist() == [close for _, close in halved]
    assert plain(read_log(data, "revisions"), "series", "session", "old", "new", "kind") == [
        ("spy", f"{MONDAY}", UNTIL["spy"][-1][1], halved[-1][1], "split")
    ]
    before = tree(data)
    assert fetch(vendor, data, new_york(MONDAY, "21:00")).code == 0
    assert tree(data) == before


def test_the_ratio_does_not_wait_for_the_benchmark(vendor: Vendor, data: Path) -> None:
    """SPY answers 403, also on the very first evening: front and back are stored; it follows when it can."""
    vendor.answers[PATHS["spy"]] = answer(403)
    first_fetch(vendor, data)
    assert (last(data, "vix")[0], last(data, "vix3m")[0]) == (MONDAY, MONDAY)
    assert read_closes(data, "spy").empty
    calendar = read_provenance(data).calendar
    assert calendar is not None
    assert (calendar.after, calendar.session) == (MONDAY, TUESDAY)
    serve(vendor, UNTIL)
    assert fetch(vendor, data, new_york(MONDAY, "20:00")).code == 0
    vendor.answers[PATHS["spy"]] = answer(403)
    rows = {key: upto(found, TUESDAY) for key, found in ROWS.items()}
    vendor.answers |= {PATHS[key]: sound(key, rows[key]) for key in ("vix", "vix3m")}
    assert fetch(vendor, data, new_york(TUESDAY, "19:00")).code == 0
    assert (last(data, "vix")[0], last(data, "vix3m")[0], last(data, "spy")[0]) == (TUESDAY, TUESDAY, MONDAY)


def test_the_index_contradicts_a_wrong_close_of_the_fund(vendor: Vendor, data: Path) -> None:
    """SPY stands 3% from where the index puts it: recorded and in doubt; 1.9% is within the tolerance."""
    close = UNTIL["spy"][-1][1]
    for factor, doubted in ((1.019, {}), (1.03, {"spy": {f"{MONDAY}": "disagreement"}})):
        folder = data / f"{factor}"
        wrong = [*UNTIL["spy"][:-1], (MONDAY, round(close * factor, 2))]
        serve(vendor, {**UNTIL, "spy": wrong}, fred=UNTIL)
        first_fetch(vendor, folder)
        assert marks(folder) == doubted
    (entry,) = read_log(folder, "disagreements")
    assert (entry["series"], entry["session"], entry["other_source"]) == ("spy", f"{MONDAY}", "fred_csv")
    # the index moved as the true fund did, so that its move leads from SPY's close before to the true one
    assert entry["other_close"] == pytest.approx(close, abs=0.02)


@pytest.mark.usefixtures("stored")
def test_rebased_history(vendor: Vendor, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A history divided by 1.01 as a whole is named as such, refused, and stored when accepted."""
    before = tree(data)
    based = [(day, round(close / 1.01, 4)) for day, close in UNTIL["spy"]]
    serve(vendor, {**UNTIL, "spy": based})
    assert fetch(vendor, data, new_york(TUESDAY, "12:00")).code == 0  # the ratio does not wait for SPY
    assert "the whole history moved by the factor 0.9901: a split or re-based adjustment" in caplog.text
    assert tree(data) == before
    assert fetch(vendor, data, new_york(TUESDAY, "12:00"), "--accept-revisions", "spy").code == 0
    assert read_closes(data, "spy")["close"].tolist() == [close for _, close in based]
    assert len(read_log(data, "revisions")) == len(based)


@pytest.mark.usefixtures("stored")
def test_only_a_changed_close_is_new_data(vendor: Vendor, data: Path) -> None:
    """The same closes in a file with another row to leave out change the provenance, and are no news."""
    before = {name: body for name, body in tree(data).items() if name != "provenance.json"}
    holiday = (dt.date(2025, 7, 4), 17.0)
    serve(vendor, {**UNTIL, "vix": sorted([*UNTIL["vix"], holiday])}, fred=UNTIL)
    again = fetch(vendor, data, new_york(MONDAY, "20:00"), sets=("store.max_bad_row_share=0.006",))
    assert (again.code, "Nothing new: vix to 2025-11-24" in again.err) == (0, True), again.err
    assert read_provenance(data).series["vix"].dropped["not_a_session"] == 1
    assert {name: body for name, body in tree(data).items() if name != "provenance.json"} == before
    serve(vendor, {**UNTIL, "vix": change(UNTIL["vix"], d2025_11_20=round(UNTIL["vix"][-3][1] + 0.3, 2))})
    revised = fetch(vendor, data, new_york(MONDAY, "20:00"))
    assert "Stored new data: vix to 2025-11-24" in revised.err


def test_accepting_an_unknown_series(vendor: Vendor, data: Path) -> None:
    """A mistyped key is a usage error before anything is asked."""
    result = fetch(vendor, data, new_york(MONDAY, "19:00"), "--accept-revisions", "vxi")
    assert (result.code, vendor.seen) == (2, [])
    assert "no series 'vxi'; declared are vix, vix3m, spy" in result.err


@pytest.mark.usefixtures("stored")
def test_an_upgrade_is_recorded_as_such(vendor: Vendor, data: Path) -> None:
    """The trusted source replaces a fallback's value that differs by more than rounding."""
    vendor.answers[PATHS["vix"]] = answer(403)
    vendor.answers[FRED] = fallback({"vix": change(UNTIL["vix"], d2025_11_25=18.40)})
    fetch(vendor, data, new_york(TUESDAY, "20:00"))
    serve(vendor, {**UNTIL, "vix": change(UNTIL["vix"], d2025_11_25=18.43)}, fred={})
    fetch(vendor, data, new_york(TUESDAY, "22:00"))
    assert plain(read_log(data, "revisions"), "old", "new", "kind", "source") == [
        (18.40, 18.43, "upgrade", "cboe_csv")
    ]


def test_records_are_lines_with_sorted_keys(vendor: Vendor, data: Path) -> None:
    """Each line is one JSON object; the file ends with a new line."""
    serve(vendor, {**UNTIL, "vix": [*UNTIL["vix"], (dt.date(2026, 3, 4), 20.0)]})
    first_fetch(vendor, data)
    text = (data / "quarantine.jsonl").read_text()
    assert text.endswith("}\n")
    keys = list(json.loads(text))
    assert keys == sorted(keys)


@pytest.mark.usefixtures("stored")
def test_a_damaged_record_is_named(vendor: Vendor, data: Path) -> None:
    """A fetch stops at a record that is not whole and changes nothing."""
    (data / "disagreements.jsonl").write_text('{"series": "vix"')
    before = tree(data)
    result = fetch(vendor, data, new_york(MONDAY, "20:00"))
    assert result.code == 4
    assert "disagreements.jsonl: line 1 is damaged; restore the file with `git checkout" in result.err
    assert tree(data) == before


def test_a_benchmark_that_stopped_is_told(vendor: Vendor, data: Path, tmp_path: Path) -> None:
    """Both indices are up to date; the fund ends three sessions earlier, and the check says so."""
    serve(vendor, {**UNTIL, "spy": UNTIL["spy"][:-3]})
    first_fetch(vendor, data)
    arguments = ("check", "--data-dir", data, "--out", tmp_path / "none", "--now", new_york(MONDAY, "20:00"))
    told = ivts(*arguments)
    assert told.code == 4
    ends = UNTIL["spy"][-4][0]
    assert f"stored closes of spy are stale: they end {ends}, 3 sessions behind" in told.err
    tolerated = ivts(*arguments, "--tolerate", "stale")
    assert (tolerated.code, f"freshness: fresh, closes through {MONDAY}" in tolerated.out) == (0, True)


CRASH = truth(dt.date(2017, 10, 2), dt.date(2018, 2, 6), 11)
DAY = dt.date(2018, 2, 5)


def crash(vix: float, vix3m: float) -> dict[str, list[Row]]:
    """Files of the evening of 2018-02-05: all the closes before, and these of the day."""
    rows = {key: upto(found, DAY) for key, found in CRASH.items()}
    front, back = ([*rows[key][:-1], (DAY, close)] for key, close in (("vix", vix), ("vix3m", vix3m)))
    return {**rows, "vix": front, "vix3m": back}


@pytest.mark.parametrize("night", ["2018-02-05T21:00:00-05:00", "2018-02-06T18:37:00-05:00"])
def test_the_evening_of_a_crash_with_an_unfinished_file(vendor: Vendor, data: Path, night: str) -> None:
    """22.10 / 19.60 stamped 15:00 New York is no last word at 18:37, whatever the clock; then 37.32 / 28.13.

    One revision each, no refused run, and nothing to do on the evening after.
    """
    yesterday = {key: upto(found, dt.date(2018, 2, 2)) for key, found in CRASH.items()}
    serve(vendor, crash(22.10, 19.60), fred=yesterday, modified="Mon, 05 Feb 2018 20:00:00 GMT")
    assert fetch(vendor, data, "2018-02-05T18:37:00-05:00").code == 0
    assert (last(data, "vix"), last(data, "vix3m")) == ((DAY, 22.10), (DAY, 19.60))
    assert marks(data) == {key: {"2018-02-05": "early"} for key in PATHS}
    serve(vendor, crash(37.32, 28.13), modified="Mon, 05 Feb 2018 23:05:00 GMT")
    assert fetch(vendor, data, night).code == 0
    assert (last(data, "vix"), last(data, "vix3m")) == ((DAY, 37.32), (DAY, 28.13))
    assert marks(data) == {}
    assert plain(read_log(data, "revisions"), "series", "old", "new", "kind") == [
        ("vix", 22.10, 37.32, "final"),
        ("vix3m", 19.60, 28.13, "final"),
    ]
    before = tree(data)
    assert fetch(vendor, data, "2018-02-06T19:37:00-05:00").code == 0
    assert tree(data) == before


def test_a_later_session_makes_an_unfinished_row_final(vendor: Vendor, data: Path) -> None:
    """The file is stamped before the close of its newest session: only that one's close is early."""
    rows = {key: upto(found, DAY) for key, found in CRASH.items()}
    serve(vendor, rows, modified="Mon, 05 Feb 2018 20:00:00 GMT")
    assert fetch(vendor, data, "2018-02-05T18:37:00-05:00").code == 0
    assert [*marks(data)["vix"]] == ["2018-02-05"]
    serve(vendor, CRASH, modified="Tue, 06 Feb 2018 20:00:00 GMT")
    assert fetch(vendor, data, "2018-02-06T18:37:00-05:00").code == 0
    assert [*marks(data)["vix"]] == ["2018-02-06"]


@pytest.mark.parametrize(
    "modified", ["", "Tue, 06 Feb 2018 06:00:00 GMT"], ids=["none", "ahead of the clock"]
)
def test_without_a_usable_stamp_the_hour_decides(vendor: Vendor, data: Path, modified: str) -> None:
    """The rows of 18:37 are final then; FRED has the correction, whatever its size: applied."""
    yesterday = {key: upto(found, dt.date(2018, 2, 2)) for key, found in CRASH.items()}
    serve(vendor, crash(22.10, 19.60), fred=yesterday, modified=modified)
    assert fetch(vendor, data, "2018-02-05T18:37:00-05:00").code == 0
    assert marks(data) == {}
    serve(vendor, crash(37.32, 28.13))
    assert fetch(vendor, data, "2018-02-06T18:37:00-05:00").code == 0
    assert (last(data, "vix"), last(data, "vix3m")) == ((DAY, 37.32), (DAY, 28.13))
    assert plain(read_log(data, "revisions"), "old", "new", "kind", "confirmed_by") == [
        (22.10, 37.32, "revision", "fred_csv"),
        (19.60, 28.13, "revision", "fred_csv"),
    ]
