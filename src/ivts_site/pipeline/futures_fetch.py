"""Settlements of VIX futures to the data folder, after the ratio and never in its way.

Each contract is fetched as a series of its own. Those still trading come first, then expired ones, newest
first, a bounded number in one run. The first file that the vendor does not give ends the run for the futures.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ivts_site import formatting as f
from ivts_site.config import Config, Series
from ivts_site.errors import IvtsError, SourceUnavailable
from ivts_site.pipeline.download import AFTER_EXPIRY, Downloader
from ivts_site.pipeline.last_run import MAX_BEHIND
from ivts_site.pipeline.series_fetch import SeriesFetch
from ivts_site.sessions import Sessions
from ivts_site.sources import NOT_SETTLED, HttpClient, contract_file, decode_body, expiries, open_interest
from ivts_site.store import Entry, describes, empty_closes, locked_store, read_futures, write_transaction

log = logging.getLogger(__name__)
BUDGET_SECONDS = 60
"""No file is asked for after so long: whoever builds a site does not wait for the past."""
NOT_THERE = ("HTTP 404", NOT_SETTLED)


def fetch_futures(
    config: Config,
    data_dir: Path,
    *,
    sessions: Sessions,
    now: dt.datetime,
    progress: Callable[[str], object] | None = None,
) -> bool:
    """Fetch what is new of the futures, and tell whether any settlement changed; a failure is a warning.

    `sessions` reaches from the first contract to a year from now; `progress` is told what has been asked for.
    """
    if not config.futures.enabled or "cboe" not in config.sources:
        return False
    try:
        with locked_store(data_dir):
            return FuturesFetch(config, data_dir, sessions, now).run(progress or (lambda _: None))
    except IvtsError as error:
        log.warning("futures: %s", error)
        return False


class FuturesFetch:
    """One run: what is stored, and what the vendor's files make of it."""

    def __init__(self, config: Config, data_dir: Path, sessions: Sessions, now: dt.datetime) -> None:
        self.data_dir, self.sessions, self.now, self.limits = data_dir, sessions, now, config.futures
        self.expiries = expiries(sessions)
        settings = _with_contracts(config, self.expiries)
        self.downloader, self.lags = Downloader(settings, sessions, now), next(iter(settings.series.values()))
        rows, self.provenance = read_futures(data_dir)
        self.stored = {
            pd.Timestamp(str(expiry)).date(): part.set_index("session")[["close", "source", "open_interest"]]
            for expiry, part in rows.rename(columns={"settle": "close"}).groupby("expiry")
        }
        self.entries = dict(self.provenance.futures)
        self.logs: dict[str, list[Entry]] = {"revisions": [], "quarantine": []}
        self.n_asked, self.news, self.until = 0, False, time.monotonic() + BUDGET_SECONDS

    def run(self, progress: Callable[[str], object]) -> bool:
        """Ask for the contracts still trading, store them, then do the same for the expired ones."""
        trading, expired = self._trading(), self._expired()[: self.limits.back_files]
        with HttpClient(self.downloader.config.http) as client:
            if self._ask_all(client, trading, progress):
                self._ask_all(client, expired, progress)
        held = {session for part in self.stored.values() for session in part.index}
        missing = len(self._expired())
        log.info(
            "futures: %s read, %s sessions stored%s",
            f.plural(self.n_asked, "file"),
            f.count(len(held)),
            f", {f.plural(missing, 'expired contract')} still to come" if missing else "",
        )
        behind = int((self._published(self.now) > max(held)).sum()) if held else 0
        if behind > MAX_BEHIND:
            log.warning(
                "futures: settlements end %s, %s sessions behind", f"{max(held):%Y-%m-%d}", f.count(behind)
            )
        return self.news

    def _ask_all(self, client: HttpClient, days: list[dt.date], progress: Callable[[str], object]) -> bool:
        """Ask for contracts in order and store them; False where the vendor or the time ended it."""
        whole = True
        for day in days:
            whole = time.monotonic() <= self.until and self._ask(client, day)
            if not whole:
                break
            self.n_asked += 1
            progress(f"VIX future of {day:%B %Y}")
        self._store()
        return whole

    def _published(self, at: dt.datetime) -> pd.DatetimeIndex:
        return self.sessions.published_sessions(at, self.lags.publication_lag_minutes)

    def _last(self) -> dt.date:
        """Return the last completed session."""
        return self.sessions.published_sessions(self.now, self.lags.completion_lag_minutes)[-1].date()

    def _trading(self) -> list[dt.date]:
        last = self._last()
        return [day for day in self.expiries if day > last][: self.limits.contracts]

    def _expired(self) -> list[dt.date]:
        """Return the contracts whose file was not read after their last settlement, newest first."""
        last = self._last()
        return [day for day in reversed(self.expiries) if day <= last and not self._is_complete(day)]

    def _is_complete(self, day: dt.date) -> bool:
        entry = self.entries.get(day)
        if entry is None or not describes(entry, self.stored.get(day, empty_closes())):
            return False  # whoever deletes the folder gets all contracts anew
        return self._published(entry.fetched_at)[-1].date() >= day

    def _ask(self, client: HttpClient, day: dt.date) -> bool:
        """Take in the file of a contract; False where the vendor does not answer, which ends the run."""
        before = self.stored.get(day, empty_closes().assign(open_interest=0.0))
        closes, entry = before[["close", "source"]], self.entries.get(day)
        one = SeriesFetch(_key(day), self.downloader, closes, entry, (), accepted=False)
        one.download(client)
        for error in one.answer.problems:
            if isinstance(error, SourceUnavailable):
                return self._goes_on(day, error)
            what = str(error).partition(". Compare")[0]  # no contract's revisions can be accepted by name
            log.warning("futures: contract of %s left out: %s", day, what)
            return True
        self._take(day, one, before)
        return True

    def _goes_on(self, day: dt.date, error: SourceUnavailable) -> bool:
        """Tell whether the next contract may be asked for though this one has no file."""
        first = self._trading()[0]
        if error.reason not in NOT_THERE or day == first:
            log.warning("futures: %s; the rest is asked for in the next run", error)
            return False
        # a contract far ahead is listed later, but one that has traded should have a file
        log.log(logging.INFO if day > first else logging.WARNING, "futures: %s", error)
        return True

    def _take(self, day: dt.date, one: SeriesFetch, before: pd.DataFrame) -> None:
        days = pd.DatetimeIndex(one.answered_closes.index)
        one.quarantine(days[days > pd.Timestamp(day)], AFTER_EXPIRY)
        self.logs["quarantine"] += one.quarantine_entries()
        if one.answered_closes.empty:
            log.warning("futures: contract of %s left out: every row is dated after its expiry", day)
            return
        one.merge()
        if one.answer.cleaned is not None and one.answer.reply is not None:
            known = open_interest(one.answer.source, decode_body(one.answer.source, one.answer.reply))
            told = one.answer.cleaned.lines.map(known).astype("float64")
            interest = told.combine_first(before["open_interest"]).reindex(one.merged_closes.index)
            self.stored[day] = one.merged_closes.assign(open_interest=interest)
            self.news |= not self.stored[day].equals(before)
        self.logs["revisions"] += one.revision_entries()
        for note in one.notes():
            log.warning("futures: contract of %s: %s", day, note)
        if (entry := one.updated_entry) is not None:
            final = day <= self._published(self.now)[-1].date()
            self.entries[day] = replace(entry, fetched_at=self.now) if final else entry

    def _store(self) -> None:
        provenance = replace(self.provenance, futures=self.entries)
        rows = None
        if self.stored:
            parts = {pd.Timestamp(day).as_unit("us"): part for day, part in self.stored.items()}
            rows = pd.concat(parts, names=["expiry"]).reset_index().rename(columns={"close": "settle"})
            rows = rows.sort_values(["session", "expiry"], ignore_index=True)
        write_transaction(self.data_dir, {}, provenance, self.logs, futures=rows)
        self.logs = {name: [] for name in self.logs}


def _with_contracts(config: Config, days: list[dt.date]) -> Config:
    """Return settings whose series are contracts, each asked for with a single try.

    In the first years those far ahead settled on few days.
    """
    series = {
        _key(day): Series(label=_key(day), range=config.futures.range, sources=(contract_file(day),))
        for day in days
    }
    store = config.store.model_copy(update={"max_missing_share": 1.0})
    http = config.http.model_copy(update={"attempts": 1})
    return config.model_copy(update={"series": series, "store": store, "http": http})


def _key(day: dt.date) -> str:
    """Name a contract in the records."""
    return f"VX {day}"
