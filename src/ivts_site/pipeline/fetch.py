"""Vendors to the data folder: ask, parse, clean, merge, and store all series of a run or none."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ivts_site.config import Config
from ivts_site.errors import ConfigError, DataError, SourceError
from ivts_site.model import NextPublication
from ivts_site.pipeline.asking import Answer, Asker, Taken, describes
from ivts_site.pipeline.calendar import build_calendar, final_sessions
from ivts_site.pipeline.fetch_report import FetchReport, SeriesReport, build_series_report
from ivts_site.pipeline.last_run import noted_run
from ivts_site.sessions import load_sessions
from ivts_site.sources import ADAPTERS, HttpClient, adapter_problem, check_distinct
from ivts_site.store import (
    MergeLimits,
    MergeResult,
    Provenance,
    SeriesProvenance,
    locked_store,
    merge,
    read_store,
    write_transaction,
)

log = logging.getLogger(__name__)

# Before the first session of any free source; rows dated earlier count as rows on non-sessions.
FIRST_DAY = dt.date(1980, 1, 1)
# Long enough to hold the next session whatever the holidays.
DAYS_AHEAD = 30


def fetch_all(
    config: Config, data_dir: Path, *, now: dt.datetime, progress: Callable[[str], object] | None = None
) -> FetchReport:
    """Fetch every configured series and store them together.

    For each series its sources are asked in order until one gives acceptable data. Without an answer for a
    series of the ratio nothing is stored; another series that fails is a warning. Running it again without
    news changes no file.

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

    Returns
    -------
    FetchReport

    Raises
    ------
    ConfigError
        Where an adapter or its vendor is unknown.
    SourceError
        Where no source answered for a series of the ratio.
    DataError
        Where an answer for a series of the ratio was rejected, or another run holds the folder.
    UsageError
        Where the folder cannot be written.
    """
    check_sources(config)
    with locked_store(data_dir):
        stored, provenance = read_store(data_dir, config.series)
        sessions = load_sessions(config.calendar, FIRST_DAY, _last_day(now, stored))
        run = _Run(Asker(config, sessions, now), stored, provenance)
        with noted_run(config, data_dir, run.answers, now):
            run.ask(progress)
            run.check_complete()
            run.check_distinct()
            run.merge()
            changed = write_transaction(data_dir, run.changed_closes(), run.updated_provenance())
    reports = tuple(run.report(key) for key in config.series)
    _write_log(reports)
    return FetchReport(reports, changed)


def check_sources(config: Config) -> None:
    """Check that every series names known adapters whose vendors are configured.

    Raises
    ------
    ConfigError
        With every problem and its key path.
    """
    problems = []
    for key, series in config.series.items():
        for position, choice in enumerate(series.sources):
            where = f"series.{key}.sources.{position}.adapter"
            adapter = ADAPTERS.get(choice.adapter)
            if adapter is None:
                problems.append(
                    f"{where}: unknown {choice.adapter!r}; known are {', '.join(sorted(ADAPTERS))}"
                )
            elif adapter.vendor not in config.sources:
                problems.append(f"{where}: needs the address of its vendor under sources.{adapter.vendor}")
            elif problem := adapter_problem(adapter, series, config.sources[adapter.vendor]):
                problems.append(f"{where}: {problem}")
    if problems:
        raise ConfigError("configuration", problems)


class _Run:
    """One fetch, step by step; nothing here touches a file."""

    def __init__(self, asker: Asker, stored: Mapping[str, pd.DataFrame], provenance: Provenance) -> None:
        self.asker, self.stored, self.provenance = asker, stored, provenance
        self.config = asker.config
        ratio = self.config.ratio
        self.required = (ratio.front, ratio.back, ratio.benchmark)
        self.answers: dict[str, Answer] = {}
        self.merged: dict[str, MergeResult] = {}

    def ask(self, progress: Callable[[str], object] | None) -> None:
        with HttpClient(self.config.http) as client:
            for key in self.config.series:
                entry = self.provenance.series.get(key)
                self.answers[key] = self.asker.ask(client, key, self.stored[key], entry)
                if progress is not None:
                    progress(key)

    def check_complete(self) -> None:
        silent = [self.answers[key] for key in self.required if not self.answers[key].source]
        if not silent:
            return
        lines = [f"{answer.key}: {'; '.join(map(str, answer.problems))}" for answer in silent]
        if any(isinstance(problem, DataError) for answer in silent for problem in answer.problems):
            raise DataError(_listed("data rejected, stored data kept", lines))
        raise SourceError(_listed("no source gave data, stored data kept", lines))

    def check_distinct(self) -> None:
        """Refuse a run in which two series of the ratio are one; withdraw another series that repeats one."""
        main = {key: self._offered(key) for key in self.required}
        check_distinct(main)
        for key in self.answers.keys() - main.keys():
            try:
                check_distinct({**main, key: self._offered(key)})
            except DataError as error:
                self.answers[key] = self.answers[key].rejected(error)

    def merge(self) -> None:
        refused: list[DataError] = []
        for key, answer in self.answers.items():
            if answer.taken is None:
                continue
            offered = answer.taken.cleaned.closes
            try:
                self.merged[key] = merge(key, self.stored[key], offered, self._limits(key))
            except DataError as error:
                self.answers[key] = answer.rejected(error)
                refused += [error] if key in self.required else []
        if len(refused) == 1:
            raise refused[0]
        if refused:
            raise DataError(_listed("data rejected, stored data kept", [str(error) for error in refused]))

    def changed_closes(self) -> dict[str, pd.DataFrame]:
        return {key: result.closes for key, result in self.merged.items() if result.changed}

    def updated_provenance(self) -> Provenance:
        """Provenance after the run; the entry of a series whose closes stay the same stays too."""
        entries = dict(self.provenance.series)
        for key, result in self.merged.items():
            taken = self.answers[key].taken
            if taken and (result.changed or not describes(entries.get(key), result.closes)):
                entries[key] = self._entry(key, taken)
        return Provenance(series=entries, calendar=self._calendar(entries))

    def report(self, key: str) -> SeriesReport:
        return build_series_report(self.answers[key], self.stored[key], self.merged.get(key))

    def _offered(self, key: str) -> pd.DataFrame:
        taken = self.answers[key].taken
        return taken.cleaned.closes if taken else self.stored[key]

    def _history(self, key: str) -> pd.DataFrame:
        return self.merged[key].closes if key in self.merged else self.stored[key]

    def _limits(self, key: str) -> MergeLimits:
        return MergeLimits(
            max_revisions=self.config.store.max_revisions,
            max_revision_share=self.config.store.max_revision_share,
            trust=[choice.adapter for choice in self.config.series[key].sources],
        )

    def _entry(self, key: str, taken: Taken) -> SeriesProvenance:
        closes = self._history(key)
        return SeriesProvenance(
            source=self.answers[key].source,
            url=taken.reply.url,
            sha256=taken.reply.sha256,
            etag=taken.reply.etag,
            last_modified=taken.reply.last_modified,
            first_session=closes.index[0].date(),
            last_session=closes.index[-1].date(),
            rows=len(closes),
            fetched_at=self.asker.now,
            dropped=taken.cleaned.dropped,
        )

    def _calendar(self, entries: Mapping[str, SeriesProvenance]) -> NextPublication | None:
        finals = {key: final_sessions(self._history(key), entries.get(key)) for key in self.required}
        return build_calendar(self.config, self.asker.sessions, finals)


def _last_day(now: dt.datetime, stored: Mapping[str, pd.DataFrame]) -> dt.date:
    days: list[dt.date] = [now.astimezone(dt.UTC).date()]
    days += [closes.index[-1].date() for closes in stored.values() if len(closes)]
    return max(days) + dt.timedelta(days=DAYS_AHEAD)


def _listed(head: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return f"{head}:\n" + "\n".join(f"  - {line}" for line in lines)


def _write_log(reports: Sequence[SeriesReport]) -> None:
    for report in reports:
        log.info("%s", report.line)
        for note in report.notes:
            log.warning("%s: %s", report.key, note)
