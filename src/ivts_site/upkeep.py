"""What is noted beside the stored closes: how the sources fared, and which closes were changed or refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """How a source of a series fared: last success, and its last error where that is newer.

    Attributes
    ----------
    series, source : str
        Series key and adapter name.
    last_success : datetime or None
        Instant of the last acceptable answer, UTC; None where none is known.
    last_error : str
        Class of the error of the last try; empty where it succeeded or was not made.
    last_error_at : datetime or None
        Instant of that try.
    last_session : date or None
        The last session of its last answer; None where it is not known.
    """

    series: str
    source: str
    last_success: dt.datetime | None = None
    last_error: str = ""
    last_error_at: dt.datetime | None = None
    last_session: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """When the sources were last asked, beside the stored closes and never part of them.

    Attributes
    ----------
    checked_at : datetime or None
        Instant of the last fetch that succeeded, UTC, whether it brought news or not.
    sources : tuple of SourceRun
        One entry for each source that was asked so far.
    """

    checked_at: dt.datetime | None = None
    sources: tuple[SourceRun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A line of the data folder's logs: a close that was changed, or a row that was set aside.

    Attributes
    ----------
    series, session : str
        Series key; ISO date, or the text found where it is no date.
    old, new : str
        Closes before and after; for a row set aside `new` is the text found and `old` is empty.
    kind : str
        What happened, or the rule that was broken.
    source, seen_at : str
        Adapter name; instant, UTC.
    confirmed_by : str
        Who confirmed a changed close; empty where nobody did or had to.
    """

    series: str
    session: str
    old: str
    new: str
    kind: str
    source: str
    seen_at: str
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLog:
    """What the data folder's logs hold: counts of all lines, and the latest of them, newest first.

    `held` are the changes that wait to be confirmed, all of them, oldest session first.
    """

    n_revisions: int = 0
    revisions: tuple[LogEntry, ...] = ()
    n_quarantined: int = 0
    quarantined: tuple[LogEntry, ...] = ()
    n_disagreements: int = 0
    held: tuple[LogEntry, ...] = ()
