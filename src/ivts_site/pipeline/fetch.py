"""Vendors to the data folder: ask, parse, clean, merge, and store all series of a run or none."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ivts_site.config import Config
from ivts_site.errors import ConfigError, DataError, SourceError
from ivts_site.model import NextPublication
from ivts_site.pipeline.asking import Answer, Asker, describes
from ivts_site.sessions import load_sessions
from ivts_site.sources import ADAPTERS, HttpClient, check_distinct
from ivts_site.store import (
    MergeLimits,
    MergeResult,
    Provenance,
    Revision,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """What a fetch did with one series.

    Attributes
    ----------
    key : str
        Series key.
    source : str
        Adapter that answered; empty where none did.
    n_rows, n_added : int
        Sessions stored now, and how many of them are new.
    last_session : date or None
        Last stored session.
    revisions : tuple of Revision
        Stored closes that the source changed.
    dropped : mapping
        Rows of the answer left out, by reason.
    notes : tuple of str
        What a person should know: failed sources, rows set aside, history missing in the answer.
    """

    key: str
    source: str
    n_rows: int
    n_added: int
    last_session: dt.date | None
    revisions: tuple[Revision, ...]
    dropped: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for a log."""
        if not self.source:
            return f"{self.key}: nothing fetched"
        what = f"{self.n_added} new" if self.n_added else "nothing new"
        revised = f", {len(self.revisions)} revised" if self.revisions else ""
        return (
            f"{self.key}: {what}{revised} from {self.source}; {self.n_rows} sessions to {self.last_session}"
        )


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did: one report a series, and whether any file changed."""

    series: tuple[SeriesReport, ...]
    changed: bool

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        parts = ", ".join(f"{s.key} to {s.last_session or 'nothing stored'}" for s in self.series)
        return f"{'Stored new data' if self.changed else 'Nothing new'}: {parts}."


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
    today = now.astimezone(dt.UTC).date()
    sessions = load_sessions(config.calendar, FIRST_DAY, today + dt.timedelta(days=DAYS_AHEAD))
    with locked_store(data_dir):
        stored, provenance = read_store(data_dir, config.series)
        run = _Run(Asker(config, sessions, now), stored, provenance)
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
            if answer.cleaned is None:
                continue
            try:
                self.merged[key] = merge(key, self.stored[key], answer.cleaned.closes, self._limits(key))
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
            if result.changed or not describes(entries.get(key), result.closes):
                entries[key] = self._entry(key)
        return Provenance(series=entries, calendar=self._calendar())

    def report(self, key: str) -> SeriesReport:
        answer, result, closes = self.answers[key], self.merged.get(key), self._history(key)
        return SeriesReport(
            key=key,
            source=answer.source,
            n_rows=len(closes),
            n_added=result.n_added if result else 0,
            last_session=closes.index[-1].date() if len(closes) else None,
            revisions=result.revisions if result else (),
            dropped=answer.cleaned.dropped if answer.cleaned else {},
            notes=self._notes(key),
        )

    def _offered(self, key: str) -> pd.DataFrame:
        cleaned = self.answers[key].cleaned
        return self.stored[key] if cleaned is None else cleaned.closes

    def _history(self, key: str) -> pd.DataFrame:
        return self.merged[key].closes if key in self.merged else self.stored[key]

    def _limits(self, key: str) -> MergeLimits:
        return MergeLimits(
            max_revisions=self.config.store.max_revisions,
            max_revision_share=self.config.store.max_revision_share,
            trust=[choice.adapter for choice in self.config.series[key].sources],
        )

    def _entry(self, key: str) -> SeriesProvenance:
        answer, closes = self.answers[key], self._history(key)
        assert answer.reply is not None and answer.cleaned is not None
        return SeriesProvenance(
            source=answer.source,
            url=answer.reply.url,
            sha256=answer.reply.sha256,
            etag=answer.reply.etag,
            last_modified=answer.reply.last_modified,
            first_session=closes.index[0].date(),
            last_session=closes.index[-1].date(),
            rows=len(closes),
            fetched_at=self.asker.now,
            dropped=answer.cleaned.dropped,
        )

    def _calendar(self) -> NextPublication | None:
        """From the stored sessions alone, so that it changes only when they do."""
        histories = [self._history(key).index for key in self.required]
        common = histories[0].intersection(histories[1]).intersection(histories[2])
        if common.empty:
            return None
        last, sessions = common[-1].date(), self.asker.sessions
        following = sessions.next_session(last)
        lag = max(self.config.series[key].publication_lag_minutes for key in self.required)
        return NextPublication(
            after=last, session=following, publication=sessions.publication_instant(following, lag)
        )

    def _notes(self, key: str) -> tuple[str, ...]:
        answer, result, stored = self.answers[key], self.merged.get(key), self.stored[key]
        notes = [str(problem) for problem in answer.problems]
        if answer.cleaned is None or result is None:
            return tuple(notes)
        notes += answer.cleaned.notes
        last = answer.cleaned.closes.index[-1]
        if len(stored) and last < stored.index[-1]:
            notes.append(f"the answer ends {last:%Y-%m-%d}, before the stored closes, which are kept")
        if result.n_absent:
            notes.append(f"{result.n_absent} stored sessions are missing in the answer and kept")
        if result.n_kept:
            notes.append(f"{result.n_kept} closes differ from those of a more trusted source, which are kept")
        return tuple(notes)


def _listed(head: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return f"{head}:\n" + "\n".join(f"  - {line}" for line in lines)


def _write_log(reports: Sequence[SeriesReport]) -> None:
    for report in reports:
        log.info("%s", report.line)
        for note in report.notes:
            log.warning("%s: %s", report.key, note)
