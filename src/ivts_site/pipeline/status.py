"""What is published about the data: their freshness, how the sources fared, closes changed or refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ivts_site import formatting as f
from ivts_site.freshness import judge
from ivts_site.model import LogEntry, Publication
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.numbers import day
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import DataLog, Expected, HeldRevision, SeriesStatus, SourceStatus, Status
from ivts_site.store import HeldRevision as StoredRevision
from ivts_site.store import LastRun, SourceRun, read_log

N_LISTED = 20
_SOURCE, _HELD = TypeAdapter(SourceRun), TypeAdapter(StoredRevision)


def build_status(  # noqa: PLR0913 - each is an origin of what is published
    snapshot: Snapshot,
    upcoming: Sequence[Publication],
    last_run: LastRun,
    built_at: dt.datetime,
    *,
    held: tuple[HeldRevision, ...] = (),
    incomplete: Collection[str] = (),
) -> Status:
    """Assemble the status of the data at the instant of the build."""
    found = judge(upcoming, built_at)
    expected = tuple(
        Expected(next_session=day(each.session), publication=f.instant_iso(each.publication))
        for each in upcoming
    )
    provisional = snapshot.provisional
    return Status(
        schema_version=SCHEMA_VERSION,
        sample=snapshot.sample,
        data_through=snapshot.as_of,
        built_at=snapshot.built_at,
        checked_at=_instant(last_run.checked_at),
        state=found.state.value if found else None,
        sessions_behind=found.n_behind if found else None,
        at_least=found.at_least if found else False,
        expected=expected[0] if expected else None,
        deadline=_instant(found.late_from) if found else None,
        stale_from=_instant(found.stale_from) if found else None,
        upcoming=expected,
        provisional=provisional is not None,
        provisional_sessions=(provisional.session,) if provisional else (),
        series={
            key: SeriesStatus(
                source=series.source,
                last_session=series.last_session,
                back_history_missing=key in incomplete,
            )
            for key, series in snapshot.series.items()
        },
        sources=tuple(map(_source, last_run.sources)),
        held_revisions=held,
    )


def _source(run: SourceRun) -> SourceStatus:
    fields = _SOURCE.dump_python(run, mode="json", exclude={"failing_since"})
    return SourceStatus(**fields | {"last_error": run.last_error or None})


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else f.instant_iso(moment)


def build_data_log(
    data_dir: Path, as_of: dt.date, held: Mapping[str, Mapping[dt.date, StoredRevision]]
) -> DataLog:
    """Read the logs of the data folder."""
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
        held=held_revisions(held, as_of),
    )


def held_revisions(
    held: Mapping[str, Mapping[dt.date, StoredRevision]], as_of: dt.date
) -> tuple[HeldRevision, ...]:
    """Return the changes that nobody confirms, up to a session, oldest first."""
    return tuple(
        HeldRevision(series=key, session=session.isoformat(), **_HELD.dump_python(each, mode="json"))
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
