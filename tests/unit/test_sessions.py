"""Trading sessions, early closes and publication instants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import pytest
from tests import calendars

from ivts_site.errors import UsageError
from ivts_site.sessions import Sessions, load_sessions


@dataclass(frozen=True)
class Exchange:
    """Stands for the calendar part of the configuration."""

    name: str = "XNYS"
    extra_closures: tuple[dt.date, ...] = ()


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return load_sessions(Exchange(), dt.date(2012, 1, 1), dt.date(2026, 12, 31))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library's own
@pytest.mark.parametrize("bounds", [("2012-10-28", "2013-12-24"), ("2023-07-03", "2023-07-09")])
def test_what_tests_are_told_is_what_the_library_says(bounds: tuple[str, str]) -> None:
    """All other tests ask for parts of one calendar."""
    first, last = bounds
    told, said = (ask("XNYS", start=first, end=last) for ask in (calendars.part_of, calendars.library))
    pd.testing.assert_series_equal(told.closes, said.closes, check_freq=False)
    pd.testing.assert_index_equal(told.early_closes, said.early_closes)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2012-10-29", False),  # Hurricane Sandy
        ("2012-10-30", False),
        ("2012-10-31", True),
        ("2018-12-05", False),  # national day of mourning
        ("2025-01-09", False),  # national day of mourning
        ("2025-11-27", False),  # Thanksgiving
        ("2025-11-28", True),  # half day
        ("2024-12-31", True),
        ("2025-01-01", False),
        ("2025-01-02", True),
        ("2024-02-29", True),  # leap day, a Thursday
        ("2020-02-29", False),  # leap day, a Saturday
        ("2022-06-20", False),  # Juneteenth, observed on the Monday
    ],
)
def test_days(sessions: Sessions, day: str, open_: bool) -> None:
    """Holidays, unscheduled closings, year ends and leap days are known."""
    assert sessions.is_session(dt.date.fromisoformat(day)) is open_


def test_labels_are_naive_microseconds(sessions: Sessions) -> None:
    """Labels can be compared with stored sessions as they are."""
    assert str(sessions.labels.dtype) == "datetime64[us]"
    assert sessions.labels.name == "session"
    assert str(sessions.closes.dtype) == "datetime64[us, UTC]"


@pytest.mark.parametrize(
    ("day", "close"),
    [
        ("2025-03-07", "2025-03-07T21:00"),  # standard time: 16:00 is 21:00 UTC
        ("2025-03-10", "2025-03-10T20:00"),  # the Monday after the clocks went forward
        ("2025-10-31", "2025-10-31T20:00"),
        ("2025-11-03", "2025-11-03T21:00"),  # the Monday after they went back
        ("2025-11-28", "2025-11-28T18:00"),  # 13:00 New York
    ],
)
def test_close_instant(sessions: Sessions, day: str, close: str) -> None:
    """The close is 16:00 New York on both sides of daylight saving, 13:00 on a half day."""
    assert sessions.close_instant(dt.date.fromisoformat(day)) == utc(close)


def test_publication_follows_the_early_close(sessions: Sessions) -> None:
    """The lag counts from the close of that very session."""
    assert sessions.publication_instant(dt.date(2025, 11, 28), 150) == utc("2025-11-28T20:30")


def test_early_closes(sessions: Sessions) -> None:
    """Independence Day, Thanksgiving and Christmas of 2025 by the exchange's notice: 13:00 in New York."""
    assert sessions.early_closes(dt.date(2025, 7, 3), dt.date(2025, 12, 24)) == {
        dt.date(2025, 7, 3): utc("2025-07-03T17:00"),
        dt.date(2025, 11, 28): utc("2025-11-28T18:00"),
        dt.date(2025, 12, 24): utc("2025-12-24T18:00"),
    }
    assert sessions.early_closes(dt.date(2025, 7, 4), dt.date(2025, 11, 27)) == {}


def test_close_of_a_holiday_is_an_error(sessions: Sessions) -> None:
    """A day without trading has no close."""
    with pytest.raises(UsageError, match="2025-12-25 is not a trading session"):
        sessions.close_instant(dt.date(2025, 12, 25))


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2025-11-28T20:29:59", "2025-11-26"),
        ("2025-11-28T20:30", "2025-11-28"),
        ("2025-12-01T23:29:59", "2025-11-28"),
        ("2025-12-01T23:30", "2025-12-01"),
    ],
)
def test_last_published(sessions: Sessions, now: str, last: str) -> None:
    """A session counts from the very instant of its publication, not a second before."""
    assert sessions.published_sessions(utc(now), 150)[-1] == pd.Timestamp(last)


def test_nothing_published_before_the_first(sessions: Sessions) -> None:
    """Before the calendar's first close there is no published session."""
    assert sessions.published_sessions(utc("2012-01-01T00:00"), 0).empty


def test_sessions_in(sessions: Sessions) -> None:
    """Both ends are included."""
    found = sessions.sessions_in(dt.date(2025, 11, 26), dt.date(2025, 12, 1))
    assert [f"{day:%m-%d}" for day in found] == ["11-26", "11-28", "12-01"]


def test_extra_closures() -> None:
    """A closing the library does not know is no session; a weekend among them is harmless."""
    closed = Exchange(extra_closures=(dt.date(2026, 6, 3), dt.date(2026, 6, 6)))
    sessions = load_sessions(closed, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert not sessions.is_session(dt.date(2026, 6, 3))
    assert [day.day for day in sessions.sessions_in(dt.date(2026, 6, 2), dt.date(2026, 6, 4))] == [2, 4]


def test_unknown_exchange() -> None:
    """An exchange the library does not have is named."""
    with pytest.raises(UsageError, match=r"calendar\.name: no exchange 'NOWHERE'"):
        load_sessions(Exchange("NOWHERE"), dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_bounds_without_a_session() -> None:
    """Bounds the wrong way round or on a weekend are an error."""
    with pytest.raises(UsageError, match="no sessions of XNYS"):
        load_sessions(Exchange(), dt.date(2026, 1, 3), dt.date(2026, 1, 4))
