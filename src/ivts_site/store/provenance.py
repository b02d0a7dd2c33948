"""Where each stored series came from, as `data/provenance.json`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivts_site.errors import StoreError
from ivts_site.model import NextPublication, Publication, SourceRange
from ivts_site.store.files import read_file

if TYPE_CHECKING:
    import pandas as pd

FILE = "provenance.json"
SCHEMA_VERSION = 1


class Reason(StrEnum):
    """Why a stored close is provisional."""

    EARLY = "early"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalMark:
    """A stored close that may still change.

    Attributes
    ----------
    reason : Reason
        `early`: read before its publication instant. `disagreement`: another source has another value.
    seen_at : datetime
        UTC instant of the fetch that marked it.
    """

    reason: Reason
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRevision:
    """A change that a source proposes and nobody confirms; the stored close stays.

    Attributes
    ----------
    old, new : float
        The stored and the proposed close.
    source : str
        Adapter that proposes it.
    seen_at : datetime
        UTC instant of the fetch that saw it first.
    """

    old: float
    new: float
    source: str
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesProvenance:
    """Origin of a series at the time its closes last changed.

    Attributes
    ----------
    source, url : str
        Adapter name and address without secrets.
    sha256, etag, last_modified : str
        Identity of the body the closes were last taken from.
    first_session, last_session : date
        First and last stored session.
    rows : int
        Stored sessions.
    fetched_at : datetime
        UTC instant of the fetch.
    dropped : mapping of str to int
        Rows of that body that were left out, by reason.
    provisional : mapping of date to ProvisionalMark
        Stored sessions whose close may still change; no statistic should use them.
    dropped_days : mapping of str to tuple of date
        Days of the rows left out, by reason; unreadable rows have none.
    settings : str
        Digest of the settings under which the body was read; under others it may give other closes.
    ranges : tuple of SourceRange
        Where the stored closes came from, oldest first; empty in a file written by an older version.
    held : mapping of date to HeldRevision
        Changes that wait for somebody to confirm them.
    """

    source: str
    url: str
    sha256: str
    etag: str
    last_modified: str
    first_session: dt.date
    last_session: dt.date
    rows: int
    fetched_at: dt.datetime
    dropped: Mapping[str, int]
    provisional: Mapping[dt.date, ProvisionalMark] = field(default_factory=dict)
    dropped_days: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    settings: str = ""
    ranges: tuple[SourceRange, ...] = ()
    held: Mapping[dt.date, HeldRevision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Origins of all series, and when the next closes are due.

    Attributes
    ----------
    series : mapping
        Series key to origin.
    calendar : NextPublication or None
        The last session stored for all series of the ratio, the session after it, and the instant by which
        its closes should be published.
    reached : date or None
        The latest session that ever had a ratio of final closes; it stays where that ratio comes into doubt.
    parts : mapping of str to str or None
        SHA-256 of each stored part by its path in the data folder. `write_transaction` alone sets it; None
        where an older version wrote the file.
    """

    series: Mapping[str, SeriesProvenance] = field(default_factory=dict)
    calendar: NextPublication | None = None
    reached: dt.date | None = None
    parts: Mapping[str, str] | None = field(default=None, compare=False)


def encode_provenance(provenance: Provenance) -> bytes:
    """Return the file: JSON with sorted keys, instants in UTC with a `Z`."""
    tree = {
        "schema_version": SCHEMA_VERSION,
        "series": {key: _series_tree(entry) for key, entry in provenance.series.items()},
        "calendar": _calendar_tree(provenance),
        "reached": provenance.reached.isoformat() if provenance.reached else None,
        "parts": None if provenance.parts is None else dict(provenance.parts),
    }
    text = json.dumps(tree, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return f"{text}\n".encode()


def decode_provenance(data_dir: Path) -> Provenance:
    """Read the file; empty provenance where there is none.

    Raises
    ------
    StoreError
        Where it is damaged or of another version, or may not be read.
    """
    path = data_dir / FILE
    body = read_file(path)
    if body is None:
        return Provenance()
    try:
        tree = json.loads(body)
        if tree["schema_version"] != SCHEMA_VERSION:
            raise ValueError("another version")
        return _provenance(tree)
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            str(path),
            f"is damaged or of another version; restore it with `git checkout -- {path}`, "
            "or delete it and run `ivts-site fetch`",
        ) from error


def describes(entry: SeriesProvenance | None, closes: pd.DataFrame) -> bool:
    """Tell whether an entry speaks of the closes at hand; False after a part was deleted by hand."""
    if entry is None or closes.empty:
        return False
    first, last = closes.index[0].date(), closes.index[-1].date()
    return (entry.rows, entry.first_session, entry.last_session) == (len(closes), first, last)


def source_ranges(closes: pd.DataFrame) -> tuple[SourceRange, ...]:
    """Return the runs of closes from one source, oldest first.

    Parameters
    ----------
    closes : DataFrame
        Index `session`, ascending; column `source`.
    """
    runs = (closes["source"] != closes["source"].shift()).cumsum()
    return tuple(
        SourceRange(source=str(run["source"].iloc[0]), first=run.index[0].date(), last=run.index[-1].date())
        for _, run in closes.groupby(runs)
    )


def check_described(data_dir: Path, key: str, closes: pd.DataFrame, provenance: Provenance) -> None:
    """Check that stored closes are those the provenance speaks of; nothing stored is what it should not name.

    Raises
    ------
    StoreError
        Where a part is missing, or came from elsewhere, or the provenance file was lost.
    """
    entry = provenance.series.get(key)
    if describes(entry, closes) or (entry is None and closes.empty):
        return
    told = f"{entry.rows:,} closes from {entry.first_session} to {entry.last_session}" if entry else "nothing"
    held = "" if closes.empty else f", {closes.index[0]:%Y-%m-%d} to {closes.index[-1]:%Y-%m-%d}"
    raise StoreError(
        str(data_dir / FILE),
        f"tells of {told} for {key}, but {len(closes):,} are stored{held}; "
        "restore the data folder from git, or run `ivts-site fetch`",
    )


def _series_tree(entry: SeriesProvenance) -> dict[str, Any]:
    return {
        "source": entry.source,
        "url": entry.url,
        "sha256": entry.sha256,
        "etag": entry.etag,
        "last_modified": entry.last_modified,
        "first_session": entry.first_session.isoformat(),
        "last_session": entry.last_session.isoformat(),
        "rows": entry.rows,
        "fetched_at": instant_text(entry.fetched_at),
        "dropped": dict(entry.dropped),
        "dropped_days": {
            kind: [day.isoformat() for day in days] for kind, days in entry.dropped_days.items()
        },
        "provisional": {day.isoformat(): _mark_tree(mark) for day, mark in entry.provisional.items()},
        "settings": entry.settings,
        "ranges": [
            {
                "source": each.source,
                "first_session": each.first.isoformat(),
                "last_session": each.last.isoformat(),
            }
            for each in entry.ranges
        ],
        "held_revisions": {
            day.isoformat(): {
                "old": each.old,
                "new": each.new,
                "source": each.source,
                "seen_at": instant_text(each.seen_at),
            }
            for day, each in entry.held.items()
        },
    }


def _mark_tree(mark: ProvisionalMark) -> dict[str, str]:
    return {"reason": mark.reason.value, "seen_at": instant_text(mark.seen_at)}


def _calendar_tree(provenance: Provenance) -> dict[str, Any] | None:
    calendar = provenance.calendar
    if calendar is None:
        return None
    return {
        "last_session": calendar.after.isoformat(),
        "next_session": calendar.session.isoformat(),
        "publication": instant_text(calendar.publication),
        "upcoming": {each.session.isoformat(): instant_text(each.publication) for each in calendar.upcoming},
    }


def _provenance(tree: Mapping[str, Any]) -> Provenance:
    series = {str(key): _series(entry) for key, entry in tree["series"].items()}
    reached = tree.get("reached")
    return Provenance(
        series=series,
        calendar=_calendar(tree["calendar"]),
        reached=dt.date.fromisoformat(reached) if reached else None,
        parts=None if (parts := tree.get("parts")) is None else {str(k): str(v) for k, v in parts.items()},
    )


def _calendar(tree: Mapping[str, Any] | None) -> NextPublication | None:
    if tree is None:
        return None
    upcoming = sorted(tree.get("upcoming", {}).items())
    return NextPublication(
        after=dt.date.fromisoformat(tree["last_session"]),
        session=dt.date.fromisoformat(tree["next_session"]),
        publication=_instant(tree["publication"]),
        upcoming=tuple(
            Publication(session=dt.date.fromisoformat(day), publication=_instant(instant))
            for day, instant in upcoming
        ),
    )


def _series(entry: Mapping[str, Any]) -> SeriesProvenance:
    return SeriesProvenance(
        source=str(entry["source"]),
        url=str(entry["url"]),
        sha256=str(entry["sha256"]),
        etag=str(entry["etag"]),
        last_modified=str(entry["last_modified"]),
        first_session=dt.date.fromisoformat(entry["first_session"]),
        last_session=dt.date.fromisoformat(entry["last_session"]),
        rows=int(entry["rows"]),
        fetched_at=_instant(entry["fetched_at"]),
        dropped={str(kind): int(n) for kind, n in entry["dropped"].items()},
        dropped_days={
            str(kind): tuple(map(dt.date.fromisoformat, days))
            for kind, days in entry.get("dropped_days", {}).items()
        },
        provisional={
            dt.date.fromisoformat(day): _mark(mark) for day, mark in entry.get("provisional", {}).items()
        },
        settings=str(entry.get("settings", "")),
        ranges=tuple(map(_range, entry.get("ranges", ()))),
        held={
            dt.date.fromisoformat(day): _held(tree) for day, tree in entry.get("held_revisions", {}).items()
        },
    )


def _range(tree: Mapping[str, str]) -> SourceRange:
    first, last = (dt.date.fromisoformat(tree[f"{end}_session"]) for end in ("first", "last"))
    return SourceRange(source=str(tree["source"]), first=first, last=last)


def _held(tree: Mapping[str, Any]) -> HeldRevision:
    return HeldRevision(
        old=float(tree["old"]),
        new=float(tree["new"]),
        source=str(tree["source"]),
        seen_at=_instant(tree["seen_at"]),
    )


def _mark(tree: Mapping[str, str]) -> ProvisionalMark:
    return ProvisionalMark(reason=Reason(tree["reason"]), seen_at=_instant(tree["seen_at"]))


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant.astimezone(dt.UTC)


def instant_text(instant: dt.datetime) -> str:
    """Return an instant as it is stored: ISO 8601, UTC, whole seconds, with a `Z`."""
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
