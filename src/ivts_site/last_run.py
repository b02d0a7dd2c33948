"""How the sources fared when they were last asked, noted beside the stored closes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, PlainSerializer

from ivts_site import formatting as f


def _in_utc(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(dt.UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc), PlainSerializer(f.instant_iso)]
"""An instant as it is stored: ISO 8601, UTC, whole seconds, with a `Z`."""


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
    last_success: Instant | None = None
    last_error: str = ""
    last_error_at: Instant | None = None
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

    checked_at: Instant | None = None
    sources: tuple[SourceRun, ...] = ()
