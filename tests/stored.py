"""A data folder as a fetch leaves it, made from sample closes: for what only stored closes can show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from tests.view_states import config

from ivts_site.pipeline.calendar import build_calendar
from ivts_site.sessions import load_sessions
from ivts_site.store import (
    LastRun,
    Provenance,
    ProvisionalMark,
    Reason,
    SeriesProvenance,
    SourceRun,
    read_store,
    write_last_run,
    write_transaction,
)

SOURCES = {"vix": "cboe_csv", "vix3m": "cboe_csv", "spy": "cboe_chart"}
THROUGH = dt.date(2025, 11, 26)
"""The day before Thanksgiving; the next session, the 28th, closes early."""
HELD = dt.date(2025, 11, 28)
FETCHED_AT = dt.datetime(2025, 11, 26, 23, 37, tzinfo=dt.UTC)


def read_closes(folder: Path, key: str) -> pd.DataFrame:
    """Read the stored closes of one series."""
    return read_store(folder, [key])[0][key]


def store_sample(folder: Path, sample: Path, *, held: Reason | None = None, run: bool = True) -> Path:
    """Write sample closes through `THROUGH` as if fetched; with `held`, those of `HELD` are provisional."""
    last = pd.Timestamp(HELD if held else THROUGH)
    frames = {key: read_closes(sample, key).loc[:last].assign(source=name) for key, name in SOURCES.items()}
    marks = {HELD: ProvisionalMark(reason=held, seen_at=FETCHED_AT)} if held else {}
    entries = {key: _entry(key, frame, marks) for key, frame in frames.items()}
    finals = {key: frame.index[frame.index <= pd.Timestamp(THROUGH)] for key, frame in frames.items()}
    settings = config()
    sessions = load_sessions(settings.calendar, dt.date(2025, 1, 2), dt.date(2026, 6, 30))
    write_transaction(
        folder, frames, Provenance(series=entries, calendar=build_calendar(settings, sessions, finals))
    )
    if run:
        write_last_run(folder, LastRun(checked_at=FETCHED_AT, sources=_runs()))
    return folder


def _entry(key: str, frame: pd.DataFrame, marks: dict[dt.date, ProvisionalMark]) -> SeriesProvenance:
    return SeriesProvenance(
        source=SOURCES[key],
        url="https://vendor.example/file",
        sha256="0" * 64,
        etag="",
        last_modified="",
        first_session=frame.index[0].date(),
        last_session=frame.index[-1].date(),
        rows=len(frame),
        fetched_at=FETCHED_AT,
        dropped={},
        provisional=marks,
    )


def _runs() -> tuple[SourceRun, ...]:
    failed = SourceRun(
        series="vix", source="cboe_csv", last_error="SourceUnavailable", last_error_at=FETCHED_AT
    )
    return (failed, SourceRun(series="vix", source="fred_csv", last_success=FETCHED_AT))
