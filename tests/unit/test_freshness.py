"""How old the closes are: states at their boundaries, on calendars with their odd weeks, and in words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.view_states import config

from ivts_site.config import load_config
from ivts_site.freshness import Freshness, State, judge
from ivts_site.model import NextPublication, Publication
from ivts_site.pipeline.calendar import N_UPCOMING, build_calendar
from ivts_site.sessions import load_sessions
from ivts_site.words.status import word_age

SERIES = ("vix", "vix3m", "spy")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def age_of(found: Freshness) -> str:
    """An age in words."""
    return word_age(found.state, found.n_behind, at_least=found.at_least, due="DUE", through="THROUGH")


def after(*through: str) -> NextPublication:
    """Calendar of the settings after the last of some stored sessions, the same for all series."""
    settings = config()
    index = pd.DatetimeIndex(list(through))
    last = index[-1].date()
    sessions = load_sessions(settings.calendar, dt.date(2025, 1, 2), last + dt.timedelta(days=120))
    found = build_calendar(settings, sessions, dict.fromkeys(settings.series, index))
    assert found is not None
    return found


# New York closes at 16:00 (13:00 on early closes), a close counts as published 150 minutes later; it is UTC-5
# in winter and UTC-4 from the second Sunday of March to the first of November.
WEEKS = {
    "an ordinary week": (
        "2026-02-25",
        [("2026-02-26", "23:30"), ("2026-02-27", "23:30"), ("2026-03-02", "23:30")],
    ),
    "clocks go forward": (
        "2026-03-05",
        [("2026-03-06", "23:30"), ("2026-03-09", "22:30"), ("2026-03-10", "22:30")],
    ),
    "clocks go back": (
        "2026-10-29",
        [("2026-10-30", "22:30"), ("2026-11-02", "23:30"), ("2026-11-03", "23:30")],
    ),
    "early close after a holiday": ("2025-11-26", [("2025-11-28", "20:30"), ("2025-12-01", "23:30")]),
    "holiday weekend": ("2026-04-02", [("2026-04-06", "22:30"), ("2026-04-07", "22:30")]),
    "year end": ("2025-12-30", [("2025-12-31", "23:30"), ("2026-01-02", "23:30"), ("2026-01-05", "23:30")]),
}


@pytest.mark.parametrize("week", WEEKS)
def test_upcoming_publications(week: str) -> None:
    """Holidays are left out, early closes are earlier, and New York's clock decides."""
    through, expected = WEEKS[week]
    found = after(through)
    told = [(f"{p.session}", f"{p.publication:%H:%M}") for p in found.upcoming[: len(expected)]]
    assert told == expected
    assert all(p.publication.date() == p.session for p in found.upcoming)
    assert len(found.upcoming) == N_UPCOMING


STATES = [
    # through, instant, state, sessions behind
    ("2026-02-26", "2026-02-27T23:29:59Z", "fresh", 0),
    ("2026-02-26", "2026-02-27T23:30:00Z", "due", 1),
    ("2026-02-26", "2026-02-28T11:29:59Z", "due", 1),
    ("2026-02-26", "2026-02-28T11:30:00Z", "late", 1),
    ("2026-02-26", "2026-03-02T23:29:59Z", "late", 1),  # the weekend adds nothing
    ("2026-02-26", "2026-03-02T23:30:00Z", "stale", 2),
    ("2026-03-06", "2026-03-09T22:29:59Z", "fresh", 0),  # the week after the clocks went forward
    ("2026-03-06", "2026-03-09T22:30:00Z", "due", 1),
    ("2026-10-30", "2026-11-02T22:30:00Z", "fresh", 0),  # and after they went back
    ("2026-10-30", "2026-11-02T23:30:00Z", "due", 1),
    ("2025-11-26", "2025-11-27T23:59:00Z", "fresh", 0),  # Thanksgiving
    ("2025-11-26", "2025-11-28T20:30:00Z", "due", 1),  # early close
    ("2025-11-26", "2025-11-29T08:30:00Z", "late", 1),
    ("2026-04-02", "2026-04-06T22:00:00Z", "fresh", 0),  # Good Friday
    ("2025-12-31", "2026-01-02T23:00:00Z", "fresh", 0),
    ("2025-12-31", "2026-01-05T23:30:00Z", "stale", 2),
    ("2026-02-27", "2026-03-05T12:00:00Z", "stale", 3),
    ("2026-02-27", "2026-05-15T12:00:00Z", "stale", 53),  # 22 in March, 21 in April, 10 in May
    ("2026-02-27", "2027-03-05T12:00:00Z", "stale", 60),
]


@pytest.mark.parametrize(("through", "now", "state", "behind"), STATES)
def test_states(through: str, now: str, state: str, behind: int) -> None:
    """Each state begins at its instant, the instant included."""
    found = judge(after(through).upcoming, at(now))
    assert found is not None
    assert (found.state.value, found.n_behind) == (state, behind)
    assert found.at_least is (behind == N_UPCOMING)


def test_stale_comes_before_late_where_sessions_follow_closely() -> None:
    """Two publications four hours apart: the second one makes the first neither due nor late, but stale."""
    close = tuple(
        Publication(session=dt.date(2026, 3, 2), publication=at(f"2026-03-02T{hour}:00:00Z"))
        for hour in (12, 16)
    )
    found = judge(close, at("2026-03-02T16:00:00Z"))
    assert found is not None
    assert found.late_from == found.stale_from == at("2026-03-02T16:00:00Z")
    assert found.state is State.STALE


def test_nothing_known_to_come_is_not_judged() -> None:
    """No state is better than a guessed one."""
    assert judge((), at("2026-03-02T16:00:00Z")) is None


def test_what_follows_a_session() -> None:
    """A session stored beyond the calendar shortens the list; a past one has none."""
    found = after("2026-02-26")
    assert found.following(dt.date(2026, 2, 25)) == ()
    assert found.following(dt.date(2026, 2, 26))[0].session == dt.date(2026, 2, 27)
    assert found.following(dt.date(2026, 2, 27))[0].session == dt.date(2026, 3, 2)


def test_the_calendar_follows_the_last_session_that_all_series_have() -> None:
    """One series ends earlier: its end counts. Nothing in common: nothing is expected."""
    settings = config()
    sessions = load_sessions(settings.calendar, dt.date(2026, 2, 2), dt.date(2026, 3, 30))
    whole = pd.DatetimeIndex(["2026-02-25", "2026-02-26"])
    finals = {"vix": whole, "vix3m": whole[:1], "spy": whole}
    found = build_calendar(settings, sessions, finals)
    assert found is not None
    assert (found.after, found.session) == (dt.date(2026, 2, 25), dt.date(2026, 2, 26))
    assert build_calendar(settings, sessions, finals | {"spy": whole[1:]}) is None


def test_a_benchmark_that_stopped_uses_nothing_up() -> None:
    """However far behind it is, sixty sessions after the ratio are told: the page goes on ageing."""
    settings = config()
    sessions = load_sessions(settings.calendar, dt.date(2025, 6, 2), dt.date(2026, 12, 31))
    days = sessions.sessions_in(dt.date(2025, 6, 2), dt.date(2026, 2, 26))
    found = build_calendar(settings, sessions, {"vix": days, "vix3m": days, "spy": days[:-70]})
    assert found is not None
    assert (found.after, found.session) == (days[-71].date(), days[-70].date())
    coming = found.following(dt.date(2026, 2, 26))
    assert len(coming) == N_UPCOMING
    assert coming[0].session == dt.date(2026, 2, 27)


def test_the_slowest_series_decides_when_closes_are_due() -> None:
    """Closes of the whole ratio are out when the last of the three is: 16:00 and 200 minutes, New York."""
    lags = [
        f"series.{key}.publication_lag_minutes={lag}" for key, lag in zip(SERIES, (150, 20, 200), strict=True)
    ]
    settings = load_config(Path(__file__).parents[2] / "config.yaml", lags)
    sessions = load_sessions(settings.calendar, dt.date(2026, 2, 2), dt.date(2026, 6, 30))
    found = build_calendar(settings, sessions, dict.fromkeys(SERIES, pd.DatetimeIndex(["2026-02-26"])))
    assert found is not None
    assert found.publication == at("2026-02-28T00:20:00Z")
    assert {p.publication.hour for p in found.upcoming if p.session >= dt.date(2026, 3, 9)} == {23}


def test_a_day_that_was_declared_closed_later_is_no_session() -> None:
    """Closes stored for it do not count: the calendar follows the session before."""
    settings = config()
    closed = SimpleNamespace(name="XNYS", extra_closures=(dt.date(2026, 2, 26),))
    sessions = load_sessions(closed, dt.date(2026, 2, 2), dt.date(2026, 6, 30))
    stored = pd.DatetimeIndex(["2026-02-25", "2026-02-26"])
    found = build_calendar(settings, sessions, dict.fromkeys(SERIES, stored))
    assert found is not None
    assert (found.after, found.session) == (dt.date(2026, 2, 25), dt.date(2026, 2, 27))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-02-27T23:00:00Z", "Up to date"),
        ("2026-02-28T00:00:00Z", "Next closes due since DUE"),
        ("2026-02-28T12:00:00Z", "1 session behind: closes were due DUE"),
        ("2026-03-03T00:00:00Z", "2 sessions behind: the last close here is THROUGH"),
        ("2027-03-03T00:00:00Z", "At least 60 sessions behind: the last close here is THROUGH"),
    ],
)
def test_words(now: str, words: str) -> None:
    """One sentence a state."""
    found = judge(after("2026-02-26").upcoming, at(now))
    assert found is not None
    assert (
        word_age(found.state, found.n_behind, at_least=found.at_least, due="DUE", through="THROUGH") == words
    )
