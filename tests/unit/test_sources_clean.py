"""Rows to closes of completed sessions: what is left out, and that all of it is counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.feed import calendar
from tests.sampled import examples

from ivts_site.config import load_config
from ivts_site.errors import DataError
from ivts_site.sources import (
    BadRow,
    CleanedCloses,
    ParsedCloses,
    QuarantinedRow,
    clean_closes,
)

ROOT = Path(__file__).parents[2]
SESSIONS = calendar(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
RULES = (
    "series.vix.range=[5, 200]",
    "series.vix.publication_lag_minutes=150",
    "series.vix.completion_lag_minutes=15",
    "store.max_bad_row_share=0.5",
    "store.max_missing_share=0.03",
    "calendar.timezone=America/New_York",
)
CONFIG = load_config(ROOT / "config.yaml", RULES)
EVENING = dt.datetime(2025, 12, 2, 0, 0, tzinfo=dt.UTC)  # Monday 2025-12-01, 19:00 in New York


def parsed(rows: list[tuple[str, float]], bad: int = 0) -> ParsedCloses:
    frame = pd.DataFrame(rows, columns=["session", "close"]).astype({"close": "float64"})
    frame["session"] = pd.to_datetime(frame["session"]).dt.as_unit("us")
    frame["line"] = range(2, len(rows) + 2)
    wrong = tuple(BadRow(i + 2, "x,y", "no number") for i in range(bad))
    return ParsedCloses("cboe_csv", frame, wrong, len(rows) + bad, 0)


def clean(rows: list[tuple[str, float]], now: dt.datetime = EVENING, bad: int = 0) -> CleanedCloses:
    return clean_closes(parsed(rows, bad), SESSIONS, now, CONFIG, "vix")


def days(cleaned: CleanedCloses) -> list[str]:
    return [f"{day:%m-%d}" for day in cleaned.closes.index]


def dropped(cleaned: CleanedCloses) -> dict[str, int]:
    return {kind: n for kind, n in cleaned.dropped.items() if n}


GOOD = [("2025-11-25", 18.0), ("2025-11-26", 17.0)]


def test_clean_rows_pass() -> None:
    """Good rows come out as they are, with their source, indexed by session."""
    cleaned = clean(GOOD)
    assert cleaned.closes["close"].tolist() == [18.0, 17.0]
    assert cleaned.closes["source"].tolist() == ["cboe_csv"] * 2
    assert cleaned.closes.index.name == "session"
    assert str(cleaned.closes.index.dtype) == "datetime64[us]"
    assert (dropped(cleaned), cleaned.notes) == ({}, ())


def test_rows_on_holidays_and_weekends_are_dropped() -> None:
    """The overnight session leaves rows on Thanksgiving; there is no trading on a Saturday."""
    cleaned = clean([*GOOD, ("2025-11-27", 17.5), ("2025-11-29", 16.0)])
    assert days(cleaned) == ["11-25", "11-26"]
    assert dropped(cleaned) == {"not_a_session": 2}
    # overnight rows on holidays are a vendor's habit; a row on a Saturday is recorded one by one, and told
    assert [(row.session, row.rule, row.line) for row in cleaned.quarantined] == [
        ("2025-11-29", "weekend", 5)
    ]
    assert cleaned.notes == ("1 row dated on a weekend left out",)


@pytest.mark.parametrize(
    ("now", "kept", "early"),
    [
        ("2025-11-28T18:14", False, False),  # 13:00 New York is 18:00 UTC; completed 15 minutes later
        ("2025-11-28T18:15", True, True),
        ("2025-11-28T20:29", True, True),
        ("2025-11-28T20:30", True, False),  # published 150 minutes after the close
    ],
)
def test_a_half_day_is_data_from_its_completion(now: str, kept: bool, early: bool) -> None:
    """Today's row is no data before the early close has settled, and early until its publication."""
    cleaned = clean([*GOOD, ("2025-11-28", 16.35)], dt.datetime.fromisoformat(now + "+00:00"))
    assert (days(cleaned)[-1] == "11-28") is kept
    assert dropped(cleaned) == ({} if kept else {"unpublished": 1})
    assert cleaned.early == ((dt.date(2025, 11, 28),) if early else ())


def test_future_rows_are_left_out_and_said() -> None:
    """A date after today in New York is impossible, even where it is today elsewhere."""
    cleaned = clean([*GOOD, ("2025-12-02", 17.0), ("2026-03-04", 17.0)])
    assert dropped(cleaned) == {"future": 2}
    assert "dated in the future" in cleaned.notes[0]


@pytest.mark.parametrize("value", [0.0, -14.2, 4.99, 200.01, 1e308, float("nan"), float("inf")])
def test_impossible_values_are_set_aside(value: float) -> None:
    """Values outside the range of the series never become closes."""
    assert dropped(clean([*GOOD, ("2025-11-28", value)])) == {"impossible": 1}


def test_range_edges_are_possible() -> None:
    """Both edges belong to the range."""
    assert len(clean([("2025-11-25", 5.0), ("2025-11-26", 200.0)]).closes) == 2


def test_a_crash_is_no_error() -> None:
    """The close more than doubled on 2018-02-05; the size of a move alone is no reason to refuse it."""
    assert len(clean([("2025-11-25", 17.31), ("2025-11-26", 37.32)]).closes) == 2


def test_a_repeated_close_is_kept() -> None:
    """A close equal to the day before is suspect elsewhere, and data here."""
    assert len(clean([("2025-11-25", 26.37), ("2025-11-26", 26.37)]).closes) == 2


def test_exact_duplicates_count_once() -> None:
    """The same row three times gives one close and two dropped rows."""
    cleaned = clean([*GOOD, GOOD[0], GOOD[0]])
    assert (days(cleaned), dropped(cleaned)) == (["11-25", "11-26"], {"duplicate": 2})


def test_contradictory_rows_are_all_set_aside() -> None:
    """Two values for one date: neither is taken, repetitions of either change nothing."""
    cleaned = clean([*GOOD, ("2025-11-25", 19.0), ("2025-11-25", 19.0), ("2025-11-28", 16.0)])
    assert days(cleaned) == ["11-26", "11-28"]
    assert dropped(cleaned) == {"conflict": 3}
    assert "2025-11-25" in cleaned.notes[0]


def test_an_impossible_twin_does_not_spoil_the_good_row() -> None:
    """A row with an impossible value is out before contradictions are looked for."""
    assert days(clean([*GOOD, ("2025-11-25", 0.0)])) == ["11-25", "11-26"]


def test_order_does_not_matter() -> None:
    """Rows in any order come out sorted."""
    assert days(clean(GOOD[::-1])) == ["11-25", "11-26"]


def test_too_many_bad_rows() -> None:
    """Above the allowed share the answer is rejected as a whole, with an example."""
    with pytest.raises(DataError, match=r"3 of 5 rows .* line 2: 'x,y'"):
        clean(GOOD, bad=3)


def test_one_bad_row_never_rejects_a_file_with_others() -> None:
    """In a short file one row is more than any share; it is set aside all the same."""
    strict = load_config(ROOT / "config.yaml", [*RULES, "store.max_bad_row_share=0.005"])
    assert len(clean_closes(parsed(GOOD, bad=1), SESSIONS, EVENING, strict, "vix").closes) == 2


def test_nothing_usable() -> None:
    """An answer without any completed session is no answer."""
    with pytest.raises(DataError, match="none of 1 rows"):
        clean([("2025-11-29", 17.0)])


def sessions_of_2025() -> list[tuple[str, float]]:
    """Return a row for each session of 2025 up to 1 December."""
    labels = SESSIONS.sessions_in(dt.date(2025, 1, 1), dt.date(2025, 12, 1))
    assert len(labels) == 229
    return [(f"{day:%Y-%m-%d}", 15.0) for day in labels]


def test_a_file_may_lack_three_sessions_in_a_hundred() -> None:
    """Of 229 sessions 3% are 6.87: six may be missing, wherever they are; the seventh is one too many."""
    rows = sessions_of_2025()
    for holes in (slice(100, 106), slice(1, 200, 34)):
        few = rows.copy()
        del few[holes]
        assert len(few) == 223
        assert len(clean(few).closes) == 223
    del rows[100:107]
    with pytest.raises(DataError) as caught:
        clean(rows)
    # 20 sessions in January, 19 in February, 21 in March and in April: the 101st is the 20th of May's
    assert str(caught.value) == (
        "cboe_csv: has no close for 7 of 229 sessions from 2025-01-02 to 2025-12-01, "
        "more than store.max_missing_share allows, such as 2025-05-29"
    )


def test_sessions_before_the_first_close_and_after_the_last_are_not_missing() -> None:
    """A series begins when it begins, and its newest session may not be out; empty rows are no closes."""
    assert len(clean(sessions_of_2025()[150:200]).closes) == 50


def test_one_missing_session_never_rejects_a_file() -> None:
    """Of two rows with a session between them a third is missing, and no one would call that a hole."""
    assert days(clean([("2025-11-24", 19.0), ("2025-11-26", 17.0)])) == ["11-24", "11-26"]
    with pytest.raises(DataError, match="no close for 2 of 4 sessions"):
        clean([("2025-11-21", 19.0), ("2025-11-26", 17.0)])


def test_closes_set_aside_are_missing() -> None:
    """An impossible value leaves its session without a close, as an absent row does."""
    rows = [(day, 0.0 if 100 <= at < 107 else close) for at, (day, close) in enumerate(sessions_of_2025())]
    with pytest.raises(DataError, match="no close for 7 of 229 sessions"):
        clean(rows)


ROW = st.tuples(
    st.dates(dt.date(2025, 11, 20), dt.date(2025, 12, 5)).map(str), st.sampled_from([0.0, 15.0, 16.0, 999.0])
)


@examples(0.3)
@given(st.lists(ROW, max_size=30), st.randoms(use_true_random=False))
def test_every_row_is_accounted_for(rows: list[tuple[str, float]], shuffler: object) -> None:
    """Closes and dropped rows add up to the rows given; the order of the rows changes nothing."""
    lenient = load_config(
        ROOT / "config.yaml", [*RULES, "store.max_bad_row_share=1", "store.max_missing_share=1"]
    )
    everything = [*rows, ("2025-11-19", 15.0)]
    mixed = list(everything)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    one = clean_closes(parsed(everything), SESSIONS, EVENING, lenient, "vix")
    two = clean_closes(parsed(mixed), SESSIONS, EVENING, lenient, "vix")
    assert len(one.closes) + sum(one.dropped.values()) == len(everything)
    pd.testing.assert_frame_equal(one.closes, two.closes)
    assert one.dropped == two.dropped


def test_rows_that_cannot_be_right_are_set_aside_one_by_one() -> None:
    """Each has its date, value, rule and line; rows on holidays and repetitions are only counted."""
    rows = [*GOOD, ("2025-11-25", 19.0), ("2026-03-04", 20.0), ("2025-11-24", 0.0), ("2025-11-29", 18.0)]
    aside = clean([*rows, GOOD[1]], bad=1).quarantined
    assert [(row.session, row.value, row.rule, row.line) for row in aside] == [
        ("2026-03-04", "20.0", "future", 5),
        ("2025-11-24", "0.0", "impossible", 6),
        ("2025-11-25", "18.0", "conflict", 2),
        ("2025-11-25", "19.0", "conflict", 4),
        ("2025-11-29", "18.0", "weekend", 7),
        ("", "x,y", "unreadable: no number", 2),
    ]


def test_closes_taken_back_later() -> None:
    """A close refuted by other data leaves the closes, is counted, and keeps its line."""
    cleaned = clean(GOOD)
    less = cleaned.quarantine(cleaned.closes.index[:1], "contradicted")
    assert (days(less), less.dropped["contradicted"]) == (["11-26"], 1)
    assert less.quarantined == (QuarantinedRow("2025-11-25", "18.0", "contradicted", 2),)


@pytest.mark.parametrize(
    ("modified", "early"),
    [
        ("2025-11-26T21:14:59", ["11-26"]),  # 16:00 New York is 21:00 UTC; completed 15 minutes later
        ("2025-11-26T21:15:00", []),
        ("2025-11-20T12:00:00", ["11-26"]),
        ("2025-12-02T00:00:01", []),  # ahead of the clock: no stamp at all
    ],
)
def test_a_file_made_before_the_last_value_of_its_newest_session(modified: str, early: list[str]) -> None:
    """That session's close is early days later; those before it are final, as a later row stands there."""
    stamp = dt.datetime.fromisoformat(modified + "+00:00")
    cleaned = clean_closes(parsed(GOOD), SESSIONS, EVENING, CONFIG, "vix", modified=stamp)
    assert [f"{day:%m-%d}" for day in cleaned.early] == early
    assert days(cleaned) == ["11-25", "11-26"]


def test_both_rules_of_finality_hold_together() -> None:
    """A stamp after the close does not make final what the publication instant still waits for."""
    now = dt.datetime(2025, 11, 28, 20, 29, tzinfo=dt.UTC)  # published at 20:30
    stamp = dt.datetime(2025, 11, 28, 20, tzinfo=dt.UTC)
    rows = [*GOOD, ("2025-11-28", 16.35)]
    cleaned = clean_closes(parsed(rows), SESSIONS, now, CONFIG, "vix", modified=stamp)
    assert cleaned.early == (dt.date(2025, 11, 28),)
