"""Vendors to the data folder: ask, judge, merge, store everything together, and report."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ivts_site.config import CheckChoice, Config, Series, SourceChoice
from ivts_site.errors import ConfigError, DataError, SourceError, UsageError
from ivts_site.pipeline.calendar import build_calendar, final_sessions, ratio_sessions
from ivts_site.pipeline.download import IMPLAUSIBLE, Downloader
from ivts_site.pipeline.futures_fetch import fetch_futures
from ivts_site.pipeline.last_run import age_warnings, noted_run
from ivts_site.pipeline.series_fetch import SeriesFetch
from ivts_site.sessions import load_sessions
from ivts_site.sources import ADAPTERS, HttpClient, check_distinct, check_order, implausible_ratios
from ivts_site.store import (
    Entry,
    Provenance,
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


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did."""

    series: tuple[SeriesFetch, ...]
    """What became of each."""
    changed: bool
    """Whether any file changed."""
    news: bool
    """Whether any close did: what else is noted, such as the address of a file, is no news."""

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        parts = ", ".join(f"{s.key} to {s.last_session or 'nothing stored'}" for s in self.series)
        return f"{'Stored new data' if self.news else 'Nothing new'}: {parts}."


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
        Called with the key of each series, and with what is read of the futures, when it has been asked.
    accept_revisions : collection of str
        Keys of series whose source may change stored closes beyond the limits.

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
        run = FetchRun(
            Downloader(config, sessions, now),
            stored,
            provenance,
            disagreements=read_log(data_dir, "disagreements"),
            accepted=frozenset(accept_revisions),
        )
        with noted_run(config, data_dir, run.downloader.outcomes, now):
            run.download(progress)
            run.check_complete()
            run.check_distinct()
            run.judge()
            run.merge()
            updated = run.updated_provenance()
            written = run.changed_closes()
            changed = write_transaction(data_dir, written, updated, run.log_entries())
            _begin_notified(config, data_dir, provenance.reached or updated.reached)
    futures = fetch_futures(config, data_dir, sessions=sessions, now=now, progress=progress)
    series = tuple(run.series[key] for key in config.series)
    for each in series:
        log.info("%s", each.line)
        for note in each.notes():
            log.warning("%s: %s", each.key, note)
    ends = {each.key: each.last_session for each in series}
    for line in age_warnings(config, read_last_run(data_dir), ends, sessions, now):
        log.warning("%s", line)
    news = any(not frame["close"].equals(stored[key]["close"]) for key, frame in written.items())
    return FetchReport(series, changed or futures, news or futures)


def check_sources(config: Config) -> None:
    """Check that every series names known adapters whose vendors are configured."""
    problems = [
        f"series.{key}.{where}.adapter: {problem}"
        for key, series in config.series.items()
        for where, choice in series.choices.items()
        if (problem := _adapter_problem(config, series, choice))
    ]
    if problems:
        raise ConfigError("configuration", problems)


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


class FetchRun:
    """One fetch: call the steps in their order, then take what is to be stored; nothing here touches a file.

    `accepted` are the keys of series whose revisions are taken whatever their number and size.
    """

    def __init__(
        self,
        downloader: Downloader,
        stored: Mapping[str, pd.DataFrame],
        provenance: Provenance,
        *,
        disagreements: Sequence[Entry] = (),
        accepted: Collection[str] = (),
    ) -> None:
        self.downloader, self.provenance, self.config = downloader, provenance, downloader.config
        ratio = self.config.ratio
        self.main = (ratio.front, ratio.back, ratio.benchmark)
        # the ratio's first, as the others must not hold them up
        others = [key for key in self.config.series if key not in self.main]
        self.series = {
            key: SeriesFetch(
                key,
                downloader,
                stored[key],
                provenance.series.get(key),
                disagreements,
                accepted=key in accepted,
            )
            for key in (*self.main, *others)
        }
        self.required = tuple(self.series[key] for key in (ratio.front, ratio.back))

    def download(self, progress: Callable[[str], object] | None) -> None:
        """Download each series; see `SeriesFetch.download`."""
        with HttpClient(self.config.http) as client:
            for each in self.series.values():
                each.download(client)
                if progress is not None:
                    progress(each.key)

    def check_complete(self) -> None:
        """Check that both series of the ratio have an answer; the benchmark can come later.

        DataError where an answer was rejected, SourceError where there was none.
        """
        silent = [each for each in self.required if not each.answer.source]
        if not silent:
            return
        lines = [f"{each.key}: {'; '.join(_without_key(each))}" for each in silent]
        if any(isinstance(problem, DataError) for each in silent for problem in each.answer.problems):
            raise DataError(_listed("data rejected, stored data kept; look at the file", lines))
        raise SourceError(_listed("no source gave data, stored data kept; run it again later", lines))

    def check_distinct(self) -> None:
        """Refuse a run in which the two series of the ratio are one or swapped; withdraw others like them."""
        pair = {each.key: each.answered_closes for each in self.required}
        check_distinct(pair)
        check_order(pair, self.config.checks.max_median_ratio)
        for key, each in self.series.items():
            if key not in pair:
                try:
                    check_distinct({**pair, key: each.answered_closes})
                except DataError as error:
                    each.reject(error)

    def judge(self) -> None:
        """Quarantine what other sources or the other series contradict."""
        for each in self.series.values():
            each.quarantine_contradicted_moves()
        front, back = self.required
        found = implausible_ratios(
            front.combined_closes,
            back.combined_closes,
            within=self.config.checks.ratio_range,
            confirmed=[front.confirmed(), back.confirmed()],
        )
        for each in self.required:
            each.quarantine(found, IMPLAUSIBLE)

    def merge(self) -> None:
        """Unite the answers with what is stored."""
        for each in self.series.values():
            each.merge()

    def changed_closes(self) -> dict[str, pd.DataFrame]:
        """Return the whole history of each series that changed."""
        return {
            key: each.merged_closes
            for key, each in self.series.items()
            if each.merged and each.merged.changed
        }

    def updated_provenance(self) -> Provenance:
        """Return the provenance after the run; what has no news stays as it was."""
        updated = {key: each.updated_entry for key, each in self.series.items()}
        entries = {**self.provenance.series, **{key: entry for key, entry in updated.items() if entry}}
        finals = {key: final_sessions(self.series[key].merged_closes, entries.get(key)) for key in self.main}
        sessions = self.downloader.sessions
        known = ratio_sessions(self.config, sessions, finals).date
        return Provenance(
            series=entries,
            calendar=build_calendar(self.config, sessions, finals),
            reached=max(filter(None, (*known[-1:], self.provenance.reached)), default=None),
            early_closes=sessions.early_closes(known[0], known[-1]) if len(known) else {},
            futures=self.provenance.futures,
        )

    def log_entries(self) -> dict[str, list[Entry]]:
        """Return what this run found, by the name of the record it belongs to."""
        every = self.series.values()
        return {
            "revisions": [entry for each in every for entry in each.revision_entries()],
            "quarantine": [entry for each in every for entry in each.quarantine_entries()],
            "disagreements": [entry for each in every for entry in each.disagreement_entries],
        }


def _without_key(each: SeriesFetch) -> list[str]:
    """Problems of an answer; those of its history begin with the key of the series."""
    return [str(problem).removeprefix(f"{each.key}: ") for problem in each.answer.problems]


def _listed(head: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return f"{head}:\n" + "\n".join(f"  - {line}" for line in lines)
