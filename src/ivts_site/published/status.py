"""How old the closes are and how their sources fare, as published in `status.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivts_site.model import LogEntry
from ivts_site.published import Document, RegimeName

StateName = Literal["fresh", "due", "late", "stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When the closes of a session should be there."""

    next_session: str
    """The session whose closes are expected."""
    publication: str
    """Instant, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """Closes of a session that are not final; no statistic uses them."""

    session: str
    """The session."""
    vix: float | None
    """Front index close so far, index points; null where not stored."""
    vix3m: float | None
    """Back index close so far, index points."""
    spy: float | None
    """Benchmark close so far, dollars."""
    ivts: float | None
    """Their ratio; null unless both index closes are stored."""
    regime: RegimeName | None
    """What the ratio would be called if it were final."""
    reason: Literal["early", "disagreement"]
    """`early`: taken before the publication time; `disagreement`: two sources differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How one source of a series fared when it was last asked."""

    series: str
    """Key of the series."""
    source: str
    """Adapter."""
    last_success: str | None
    """Instant, UTC; null where none is known."""
    last_error: str | None
    """Class of the error of the last try; null where it succeeded or was not made."""
    last_error_at: str | None
    """Instant of that try, UTC."""
    last_session: str | None
    """Last session of its last answer; null where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatus:
    """The last final close of a series."""

    source: str
    """Source of the stored closes."""
    last_session: str
    """Its last session with a final close."""
    back_history_missing: bool
    """Whether the declared back history of the series has not arrived yet, so that it starts too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRevision:
    """A change of a stored close that its source proposes and nobody confirms; the stored close stays."""

    series: str
    """Key of the series."""
    session: str
    """Session of the close."""
    old: float
    """The stored close."""
    new: float
    """The proposed close."""
    source: str
    """Adapter that proposes it."""
    seen_at: str
    """Instant at which it was first seen, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Document):
    """How old the closes are, from the dates of stored rows and the trading calendar alone."""

    data_through: str
    """Last session with final closes of both indices."""
    built_at: str
    """Instant of the build, UTC, at which state and sessions_behind held."""
    checked_at: str | None
    """Instant of the last fetch that succeeded, with news or without; null where it was not noted."""
    state: StateName | None
    """`fresh` before the next publication instant, `due` from then, `late` from `deadline`, `stale` from
    `stale_from`. Null where nothing is expected: simulated closes, or a past session shown."""
    sessions_behind: int | None
    """Sessions whose publication instant had passed."""
    at_least: bool
    """Whether more sessions may be missing than `upcoming` lists."""
    expected: Expected | None
    """The first session that is not there."""
    deadline: str | None
    """Instant from which its closes are late: twelve hours after publication, or `stale_from` if sooner."""
    stale_from: str | None
    """Instant of the second publication: two sessions are missing from then."""
    upcoming: tuple[Expected, ...]
    """The next sessions, so that a reader can tell the state at any later instant."""
    provisional: bool
    """Whether a newer session is stored whose closes are not final."""
    provisional_sessions: tuple[str, ...]
    """That session."""
    series: dict[str, SeriesStatus]
    """By key."""
    sources: tuple[SourceStatus, ...]
    """One entry for each source of each series that was asked so far."""
    held_revisions: tuple[HeldRevision, ...]
    """Changes of stored closes that wait for a second source, or a person, to confirm them."""


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
    held: tuple[HeldRevision, ...] = ()
