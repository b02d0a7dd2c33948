"""The sessions to come and when their closes should be out: stored by a fetch, published as a calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pandas as pd

from ivts_site import __version__
from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.model import NextPublication, Publication
from ivts_site.published.status import Expected, Status
from ivts_site.sessions import Sessions
from ivts_site.store import SeriesProvenance
from ivts_site.words.status import publication_instant

N_UPCOMING = 60
"""Sessions published ahead: for three months a page that nobody rebuilds counts how many it is behind."""


def build_calendar(
    config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]
) -> NextPublication | None:
    """Return what follows the last session with final closes of the whole ratio; None without such a session.

    A function of the stored sessions alone, so that it changes only when they do. A benchmark of which
    nothing is stored is not waited for, and days that are no session after all are passed over.
    """
    ratio, benchmark = ratio_sessions(config, sessions, finals), finals[config.ratio.benchmark]
    common = ratio.intersection(benchmark) if len(benchmark) else ratio
    if common.empty:
        return None
    last = common[-1].date()
    # a benchmark that has stopped must not use up what is published in advance of the ratio
    ahead = sessions.sessions_in(last, ratio[-1].date())
    upcoming = publications(config, sessions, last, most=len(ahead) - 1 + N_UPCOMING)
    return NextPublication(after=last, upcoming=upcoming)


def publications(
    config: Config, sessions: Sessions, after: dt.date, *, most: int | None = None
) -> tuple[Publication, ...]:
    """Return the sessions after a day, with the instant at which the last of the ratio's closes is out."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    lag = max(config.series[key].publication_lag_minutes for key in keys)
    return tuple(
        Publication(session=label.date(), publication=sessions.publication_instant(label.date(), lag))
        for label in sessions.labels[sessions.labels > pd.Timestamp(after)][:most]
    )


def ratio_sessions(
    config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]
) -> pd.DatetimeIndex:
    """Return the sessions with final closes of front and back."""
    front, back = finals[config.ratio.front], finals[config.ratio.back]
    return front.intersection(back).intersection(sessions.labels)


def final_sessions(closes: pd.DataFrame, entry: SeriesProvenance | None) -> pd.DatetimeIndex:
    """Return the stored sessions of a series whose close is final: those without a provisional mark."""
    marked = pd.DatetimeIndex(list(entry.provisional) if entry else [])
    return pd.DatetimeIndex(closes.index.difference(marked))


CALENDAR = "calendar.ics"
_LINE = 75
"""Octets of a line, its end not counted."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def build_calendar_file(
    status: Status, content: Content, config: Config, early: Mapping[dt.date, dt.datetime]
) -> str:
    """Write an event for each session to come, as iCalendar (RFC 5545); empty where nothing is expected.

    Identifiers depend on host and session, stamps on the last session: the same closes give the same bytes.
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
        f"UID:publication-{expected.next_session}@{urlsplit(base).hostname}{urlsplit(base).path.rstrip('/')}",
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
