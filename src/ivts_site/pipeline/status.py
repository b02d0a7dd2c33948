"""From publication instants and notes of the last fetch to what is published about freshness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from ivts_site.formatting import instant_iso
from ivts_site.freshness import judge
from ivts_site.last_run import LastRun, SourceRun
from ivts_site.model import LogEntry, Publication
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.numbers import day
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Expected, HeldRevision, SeriesStatus, SourceStatus, Status


def build_status(  # noqa: PLR0913 - each is an origin of what is told
    snapshot: Snapshot,
    *,
    upcoming: Sequence[Publication],
    last_run: LastRun,
    built_at: dt.datetime,
    held: Sequence[LogEntry] = (),
    incomplete: Collection[str] = (),
) -> Status:
    """Assemble the status of the data at the instant of the build.

    Parameters
    ----------
    snapshot : Snapshot
        Last session, series, provisional closes.
    upcoming : sequence of Publication
        Sessions after the last one, in order; empty where nothing is expected.
    last_run : LastRun
        Notes of the last fetch.
    built_at : datetime
        Instant of the build, with a time zone.
    held : sequence of LogEntry
        Changes of stored closes that nobody confirms.
    incomplete : collection of str
        Keys of series whose back history is missing.

    Returns
    -------
    Status
    """
    found = judge(upcoming, built_at)
    expected = tuple(
        Expected(next_session=day(each.session), publication=instant_iso(each.publication))
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
        held_revisions=tuple(map(_held, held)),
    )


def _held(change: LogEntry) -> HeldRevision:
    return HeldRevision(
        series=change.series,
        session=change.session,
        old=float(change.old),
        new=float(change.new),
        source=change.source,
        seen_at=change.seen_at,
    )


def _source(run: SourceRun) -> SourceStatus:
    return SourceStatus(
        series=run.series,
        source=run.source,
        last_success=_instant(run.last_success),
        last_error=run.last_error or None,
        last_error_at=_instant(run.last_error_at),
        last_session=day(run.last_session) if run.last_session else None,
    )


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else instant_iso(moment)
