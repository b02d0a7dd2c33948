"""The calendar of expected publications, read back by another library."""

from __future__ import annotations

import datetime as dt

import icalendar
from tests.view_states import config, content

from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.model import Publication
from ivts_site.pipeline.calendar import build_calendar_file
from ivts_site.published.status import Expected, Status
from ivts_site.sessions import load_sessions

LAST = "2025-11-25"


def status(n: int, last: str = LAST) -> Status:
    """Return the status on the evening of a session, with the sessions to come from the trading calendar."""
    settings = config()
    day = dt.date.fromisoformat(last)
    sessions = load_sessions(settings.calendar, day, day + dt.timedelta(days=150))
    upcoming = [
        Publication(session=each.date(), publication=sessions.publication_instant(each.date(), 150))
        for each in sessions.labels[1 : n + 1]
    ]
    return Status(
        schema_version="1.0",
        sample=False,
        data_through=last,
        built_at=f"{last}T23:45:00Z",
        checked_at=None,
        state=None,
        sessions_behind=None,
        at_least=False,
        expected=None,
        deadline=None,
        stale_from=None,
        upcoming=tuple(
            Expected(
                next_session=each.session.isoformat(),
                publication=f"{each.publication:%Y-%m-%dT%H:%M:%SZ}",
            )
            for each in upcoming
        ),
        provisional=False,
        provisional_sessions=(),
        held_revisions=(),
        series={},
        sources=(),
    )


def written(
    n: int = 60, last: str = LAST, words: Content | None = None, settings: Config | None = None
) -> str:
    return build_calendar_file(status(n, last), words or content(), settings or config(), {})


def events(text: str) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    found = calendar.events
    assert all(event.errors == [] for event in found)
    return found


def test_events_by_hand() -> None:
    """Wednesday; no session on Thanksgiving; an early close (13:00 and 150 minutes: 20:30 UTC); Monday."""
    found = events(written(3))
    assert [event.start for event in found] == [
        dt.datetime(2025, 11, 26, 23, 30, tzinfo=dt.UTC),
        dt.datetime(2025, 11, 28, 20, 30, tzinfo=dt.UTC),
        dt.datetime(2025, 12, 1, 23, 30, tzinfo=dt.UTC),
    ]
    assert {event.stamp for event in found} == {dt.datetime(2025, 11, 25, 23, 30, tzinfo=dt.UTC)}
    assert found[1]["summary"] == "VIX term structure: closes of 28 November 2025 due"
    assert found[1]["uid"] == "publication-2025-11-28@example.org"
    assert found[1]["transp"] == "TRANSPARENT"


def test_the_calendar_is_what_the_rfc_asks_for() -> None:
    """Version, product, at least one event; lines end with CR LF and have at most 75 octets."""
    text = written()
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["version"], calendar["calscale"]) == ("2.0", "GREGORIAN")
    assert calendar["prodid"].startswith("-//ivts-site//")
    assert len(calendar.events) == 60
    lines = text.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_identifiers_stay() -> None:
    """On the next evening the same sessions have the same identifiers and instants; none appears twice."""
    before = {event["uid"]: event.start for event in events(written())}
    after = {event["uid"]: event.start for event in events(written(last="2025-11-26"))}
    assert len(before) == len(after) == 60
    assert before.keys() - after.keys() == {"publication-2025-11-26@example.org"}
    assert {uid: before[uid] for uid in before.keys() & after.keys()}.items() <= after.items()


def test_nothing_expected_makes_no_calendar() -> None:
    """A calendar without an event is not one."""
    assert written(0) == ""


def test_hostile_words_stay_words() -> None:
    """Marks of the format, line ends, letters of several octets across a fold."""
    words = content()
    name = "A; B, C\\D\nBEGIN:VEVENT " + "ü€" * 60
    words = words.model_copy(update={"head": words.head.model_copy(update={"site_name": name})})
    (event,) = events(written(1, words=words))
    assert event["summary"] == f"{name}: closes of 26 November 2025 due"
    assert max(map(len, written(1, words=words).encode().split(b"\r\n"))) <= 75
