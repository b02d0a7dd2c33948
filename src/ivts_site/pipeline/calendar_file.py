"""Expected publications as an iCalendar file (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from ivts_site import __version__
from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.published.status import Expected, Status
from ivts_site.words.schedule import publication_instant

CALENDAR = "calendar.ics"
_LINE = 75
"""Octets of a line, its end not counted."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def build_calendar_file(
    status: Status, content: Content, config: Config, early: Mapping[dt.date, dt.datetime]
) -> str:
    """Write an event for each session to come: the instant by which its closes should be out.

    Parameters
    ----------
    status : Status
        The sessions to come and their instants; the last session is the state of knowledge.
    content : Content
        Title and name of the site.
    config : Config
        Address, language.
    early : mapping of date to datetime
        Sessions that closed early, and when.

    Returns
    -------
    str
        Empty where nothing is expected, as with simulated closes: a calendar has at least one event.
        Identifiers depend on host and session alone, stamps on the last session: the same closes give the
        same bytes.
    """
    if not status.upcoming:
        return ""
    words = content.api.feeds.calendar
    stamp = _instant(publication_instant(status.data_through, config, early))
    return _file(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//ivts-site//{__version__}//{config.site.language.upper()}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(words.title)}",
        f"X-WR-CALNAME:{_text(words.title)}",
        f"DESCRIPTION:{_text(words.about)}",
        *(line for each in status.upcoming for line in _event(each, stamp, content.head.site_name, config)),
        "END:VCALENDAR",
    )


def _event(expected: Expected, stamp: str, name: str, config: Config) -> tuple[str, ...]:
    base = config.site.base_url
    return (
        "BEGIN:VEVENT",
        f"UID:publication-{expected.next_session}@{urlsplit(base).hostname}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{_instant(expected.publication)}",
        f"SUMMARY:{_text(f'{name}: closes of {f.date_long(expected.next_session)} due')}",
        f"URL:{base}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _instant(instant: str) -> str:
    return instant.replace("-", "").replace(":", "")


def _text(words: str) -> str:
    """Escape a text as RFC 5545, 3.3.11 wants it."""
    plain = _CONTROLS.sub("", words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,"))
    return plain.replace("\n", "\\n")


def _file(*lines: str) -> str:
    return "".join(f"{part}\r\n" for line in lines for part in _fold(line))


def _fold(line: str) -> list[str]:
    """Break a line where it would be too long, between characters; what follows begins with a space."""
    parts = [""]
    for char in line:
        if len(f"{parts[-1]}{char}".encode()) > _LINE:
            parts.append(" ")
        parts[-1] += char
    return parts
