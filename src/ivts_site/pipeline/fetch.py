"""Vendors to the data folder: ask, parse, clean, merge, and store the results together."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ivts_site.config import CheckChoice, Config, Series, SourceChoice
from ivts_site.errors import ConfigError, UsageError
from ivts_site.pipeline.ages import age_warnings
from ivts_site.pipeline.asking import Asker
from ivts_site.pipeline.fetch_report import FetchReport, SeriesReport
from ivts_site.pipeline.last_run import noted_run
from ivts_site.pipeline.run import Run
from ivts_site.sessions import load_sessions
from ivts_site.sources import ADAPTERS
from ivts_site.store import (
    locked_store,
    read_last_run,
    read_log,
    read_notified,
    read_store,
    write_notified,
    write_transaction,
)

log = logging.getLogger(__name__)

# Before the first session of any free source; rows dated earlier count as rows on non-sessions.
FIRST_DAY = dt.date(1980, 1, 1)


def fetch_all(
    config: Config,
    data_dir: Path,
    *,
    now: dt.datetime,
    progress: Callable[[str], object] | None = None,
    accept_revisions: Collection[str] = (),
) -> FetchReport:
    """Fetch every configured series; front and back are stored together, the others as they come.

    For each series its sources are asked in order until one gives acceptable data. Without an answer for
    front or back nothing is stored; another series that fails is a warning. Declared back history is asked
    for every time. The sources under `check_against` are only compared with. Running it again without news
    changes no file.

    Parameters
    ----------
    config : Config
        Series, sources and limits.
    data_dir : Path
        The data folder; made where missing.
    now : datetime
        Aware instant taken as the present.
    progress : callable, optional
        Called with the key of each series when it has been asked.
    accept_revisions : collection of str
        Keys of series whose source may change stored closes beyond the limits.

    Returns
    -------
    FetchReport

    Raises
    ------
    ConfigError
        Where an adapter or its vendor is unknown.
    SourceError
        Where no source answered for front or back.
    DataError
        Where an answer for front or back was rejected, or another run holds the folder.
    UsageError
        Where the folder cannot be written, or `accept_revisions` names an unknown series.
    """
    check_sources(config)
    _check_known(config, accept_revisions)
    with locked_store(data_dir):
        stored, provenance = read_store(data_dir, config.series)
        sessions = load_sessions(config.calendar, FIRST_DAY, _last_day(now, stored))
        run = Run(
            Asker(config, sessions, now),
            stored,
            provenance,
            doubts=read_log(data_dir, "disagreements"),
            accepted=frozenset(accept_revisions),
        )
        with noted_run(config, data_dir, run.answers, now) as note:
            note.compared, note.ends = run.compared, run.asker.ends
            run.ask(progress)
            run.check_complete()
            run.check_distinct()
            run.judge()
            run.merge()
            updated = run.updated_provenance()
            written = run.changed_closes()
            changed = write_transaction(data_dir, written, updated, run.log_entries())
            _begin_notified(config, data_dir, provenance.reached or updated.reached)
    reports = tuple(run.report(key) for key in config.series)
    _write_log(reports)
    ends = {report.key: report.last_session for report in reports}
    for line in age_warnings(config, read_last_run(data_dir), ends, sessions, now):
        log.warning("%s", line)
    news = any(not frame["close"].equals(stored[key]["close"]) for key, frame in written.items())
    return FetchReport(reports, changed, news)


def check_sources(config: Config) -> None:
    """Check that every series names known adapters whose vendors are configured.

    Raises
    ------
    ConfigError
        With every problem and its key path.
    """
    problems = [
        f"series.{key}.{where}.adapter: {problem}"
        for key, series in config.series.items()
        for where, choice in _choices(series)
        if (problem := _adapter_problem(config, series, choice))
    ]
    if problems:
        raise ConfigError("configuration", problems)


def _choices(series: Series) -> Iterator[tuple[str, SourceChoice]]:
    for position, choice in enumerate(series.sources):
        yield f"sources.{position}", choice
    if series.back_history is not None:
        yield "back_history", series.back_history
    for position, choice in enumerate(series.check_against):
        yield f"check_against.{position}", choice


def _adapter_problem(config: Config, series: Series, choice: SourceChoice) -> str:
    adapter = ADAPTERS.get(choice.adapter)
    if adapter is None:
        return f"unknown {choice.adapter!r}; known are {', '.join(sorted(ADAPTERS))}"
    if adapter.vendor not in config.sources:
        return f"needs the address of its vendor under sources.{adapter.vendor}"
    if isinstance(choice, CheckChoice) and choice.compare == "moves":
        # a dividend is within the tolerance of moves, so adjusted and unadjusted closes compare
        series = series.model_copy(update={"adjusted": adapter.adjusted})
    return adapter.problem(series, config.sources[adapter.vendor])


def _check_known(config: Config, keys: Collection[str]) -> None:
    for key in sorted(set(keys) - config.series.keys()):
        raise UsageError(f"--accept-revisions: no series {key!r}; declared are {', '.join(config.series)}")


def _last_day(now: dt.datetime, stored: Mapping[str, pd.DataFrame]) -> dt.date:
    days: list[dt.date] = [now.astimezone(dt.UTC).date()]
    days += [closes.index[-1].date() for closes in stored.values() if len(closes)]
    # whole years: the sessions to come are in it, and fetches of one process share one calendar
    return dt.date(max(days).year + 1, 12, 31)


def _begin_notified(config: Config, data_dir: Path, known: dt.date | None) -> None:
    """Note where flips begin to be news, once: what was stored before, or a first fetch brought, is none."""
    if "flip" in config.notify.events and known and read_notified(data_dir) is None:
        write_notified(data_dir, known)


def _write_log(reports: Sequence[SeriesReport]) -> None:
    for report in reports:
        log.info("%s", report.line)
        for note in report.notes:
            log.warning("%s: %s", report.key, note)
