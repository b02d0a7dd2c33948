"""The data folder's records of changed and refused closes, as the methodology page lists them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ivts_site import formatting as f
from ivts_site.model import DataLog, LogEntry
from ivts_site.store import HeldRevision, read_log

N_LISTED = 20


def build_data_log(
    data_dir: Path, as_of: dt.date, held: Mapping[str, Mapping[dt.date, HeldRevision]]
) -> DataLog:
    """Read the logs of the data folder.

    Parameters
    ----------
    data_dir : Path
        Folder of the stored closes; may be missing.
    as_of : date
        Entries about later sessions are left out.
    held : mapping
        Series key and session to a change that nobody confirms.

    Returns
    -------
    DataLog
        Counts of all entries, and the latest twenty of a kind, newest first.

    Raises
    ------
    StoreError
        Where a log is damaged.
    """
    revisions, quarantined, disagreements = (
        tuple(_entries(data_dir, name, as_of.isoformat()))
        for name in ("revisions", "quarantine", "disagreements")
    )
    return DataLog(
        n_revisions=len(revisions),
        revisions=revisions[::-1][:N_LISTED],
        n_quarantined=len(quarantined),
        quarantined=quarantined[::-1][:N_LISTED],
        n_disagreements=len(disagreements),
        held=held_entries(held, as_of),
    )


def held_entries(held: Mapping[str, Mapping[dt.date, HeldRevision]], as_of: dt.date) -> tuple[LogEntry, ...]:
    """Return the changes that nobody confirms, up to a session, oldest first."""
    return tuple(
        LogEntry(
            series=key,
            session=session.isoformat(),
            old=_text(each.old),
            new=_text(each.new),
            kind="held",
            source=each.source,
            seen_at=f.instant_iso(each.seen_at),
        )
        for session, key, each in sorted(
            ((day, key, each) for key, found in held.items() for day, each in found.items()),
            key=lambda item: item[:2],
        )
        if session <= as_of
    )


def read_revisions(data_dir: Path, as_of: dt.date) -> tuple[LogEntry, ...]:
    """Return every stored close that was changed, up to a session, in the order in which it happened."""
    return tuple(_entries(data_dir, "revisions", as_of.isoformat()))


def _entries(data_dir: Path, name: str, last: str) -> Iterator[LogEntry]:
    for line in read_log(data_dir, name):
        if not _is_day(line["session"]) or line["session"] <= last:
            yield _entry(line)


def _entry(line: Mapping[str, Any]) -> LogEntry:
    return LogEntry(
        series=str(line["series"]),
        session=str(line["session"]),
        old=_text(line.get("old")),
        new=_text(line.get("new", line.get("value"))),
        kind=str(line.get("kind", line.get("rule", ""))),
        source=str(line.get("source", "")),
        seen_at=str(line.get("seen_at", "")),
        confirmed_by=str(line.get("confirmed_by", "")),
    )


def _text(value: object) -> str:
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
