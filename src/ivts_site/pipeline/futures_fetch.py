"""Settlements of VIX futures to the data folder, after the ratio and never in its way.

Contracts still trading come first, then files of expired ones, newest first, a bounded number in one run. The
first file that the vendor does not give ends the run for the futures.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.errors import DataError, IvtsError, RevisionError, SourceFormatError, SourceUnavailable
from ivts_site.pipeline.last_run import MAX_BEHIND
from ivts_site.pipeline.series_fetch import (
    early_marks,
    evidence_of,
    held_after,
    quarantine_entries,
    revision_entries,
)
from ivts_site.sessions import Sessions
from ivts_site.sources import (
    AcceptanceRules,
    CleanedCloses,
    HttpClient,
    Reply,
    clean_closes,
    contract_request,
    decode_body,
    expiries,
    modified_at,
    parse_contract,
)
from ivts_site.store import (
    ContractProvenance,
    Entry,
    MergeLimits,
    MergeResult,
    Provenance,
    empty_closes,
    locked_store,
    merge,
    read_futures,
    write_transaction,
)

log = logging.getLogger(__name__)
PUBLICATION_MINUTES, COMPLETION_MINUTES = 150, 15
"""After the regular close, as of the indices: when a settlement is final, and from when one is stored."""
BUDGET_SECONDS = 60
"""No file is asked for after so long: whoever builds a site does not wait for the past."""
NOT_THERE = "HTTP 404"
AFTER_EXPIRY = "after_expiry"


def fetch_futures(
    config: Config,
    data_dir: Path,
    *,
    sessions: Sessions,
    now: dt.datetime,
    progress: Callable[[str], object] | None = None,
) -> bool:
    """Fetch what is new of the futures; a failure is a warning.

    Parameters
    ----------
    config : Config
        Switch, limits and the vendor's address.
    data_dir : Path
        The data folder.
    sessions : Sessions
        Calendar from the first contract to a year from now.
    now : datetime
        Aware instant taken as the present.
    progress : callable, optional
        Called with what has been asked for.

    Returns
    -------
    bool
        Whether any settlement changed.
    """
    if not config.futures.enabled or "cboe" not in config.sources:
        return False
    try:
        with locked_store(data_dir):
            return FuturesFetch(config, data_dir, sessions, now).run(progress)
    except IvtsError as error:
        log.warning("futures: %s", error)
        return False


@dataclass(slots=True)
class FuturesFetch:
    """One run: what is stored, and what the vendor's files make of it."""

    config: Config
    data_dir: Path
    sessions: Sessions
    now: dt.datetime
    rows: pd.DataFrame = field(init=False)
    provenance: Provenance = field(init=False)
    contracts: dict[dt.date, ContractProvenance] = field(init=False)
    logs: dict[str, list[Entry]] = field(default_factory=lambda: {"revisions": [], "quarantine": []})
    until: float = field(default_factory=lambda: time.monotonic() + BUDGET_SECONDS)

    def run(self, progress: Callable[[str], object] | None) -> bool:
        """Ask for the contracts still trading, store them, then do the same for the expired ones."""
        self.rows, self.provenance = read_futures(self.data_dir)
        # whoever deletes the folder gets all contracts anew
        known = {day.date() for day in self.rows["expiry"].unique()}
        self.contracts = {day: each for day, each in self.provenance.futures.items() if day in known}
        bounds = self.config.http.model_copy(update={"attempts": 1})
        news, asked = False, 0
        with HttpClient(bounds) as client:
            for days in (self._trading(), self._expired()):
                before = self.rows
                whole = True
                for day in days:
                    if time.monotonic() > self.until or not (whole := self._ask(client, day)):
                        whole = False
                        break
                    asked += 1
                    if progress is not None:
                        progress(f"VIX future of {day:%B %Y}")
                self._store()
                news = news or not before.equals(self.rows)
                if not whole:
                    break
        missing = len(self._expired(every=True))
        log.info(
            "futures: %s read, %s sessions stored%s",
            f.plural(asked, "file"),
            f.count(self.rows["session"].nunique()),
            f", {f.plural(missing, 'expired contract')} still to come" if missing else "",
        )
        self._warn_of_age()
        return news

    def _warn_of_age(self) -> None:
        published = self.sessions.published_sessions(self.now, PUBLICATION_MINUTES)
        behind = int((published > self.rows["session"].max()).sum())  # 0 where nothing is stored
        if behind > MAX_BEHIND:
            last = self.rows["session"].max()
            log.warning(
                "futures: settlements end %s, %s sessions behind", f"{last:%Y-%m-%d}", f.count(behind)
            )

    def _last(self, minutes: int) -> dt.date:
        return self.sessions.published_sessions(self.now, minutes)[-1].date()

    def _trading(self) -> list[dt.date]:
        last = self._last(COMPLETION_MINUTES)
        return [day for day in expiries(self.sessions) if day > last][: self.config.futures.contracts]

    def _expired(self, *, every: bool = False) -> list[dt.date]:
        """Contracts whose file is not complete yet, newest first; those of this run, or every one."""
        last = self._last(COMPLETION_MINUTES)
        found = [
            day
            for day in reversed(expiries(self.sessions))
            if day <= last and not (day in self.contracts and self.contracts[day].complete)
        ]
        return found if every else found[: self.config.futures.back_files]

    def _ask(self, client: HttpClient, day: dt.date) -> bool:
        """Take in the file of a contract; False where the vendor does not answer, which ends the run."""
        held = self.contracts.get(day)
        request = contract_request(
            day,
            self.config.sources["cboe"],
            etag=held.etag if held and not held.provisional and not held.held else "",
            last_modified=held.last_modified if held and not held.provisional and not held.held else "",
        )
        try:
            reply = request.send(client)
            if not reply.not_modified:
                self._take(day, request.source, reply)
            elif held is not None:
                self.contracts[day] = replace(held, complete=day <= self._last(PUBLICATION_MINUTES))
        except SourceUnavailable as error:
            first = self._trading()[0]
            if error.reason != NOT_THERE or day == first:
                log.warning("futures: %s; the rest is asked for in the next run", error)
                return False
            # a contract far ahead is listed later, but one that has traded should have a file
            log.log(logging.INFO if day > first else logging.WARNING, "futures: %s", error)
        except (SourceFormatError, DataError) as error:
            log.warning("futures: contract of %s left out: %s", day, error)
        return True

    def _take(self, day: dt.date, source: str, reply: Reply) -> None:
        found = parse_contract(source, decode_body(source, reply))
        if found.parsed.closes.empty and not found.parsed.bad:
            return  # listed, and never settled so far
        modified = modified_at(reply.last_modified)
        cleaned = clean_closes(found.parsed, self.sessions, self.now, self._rules(), modified=modified)
        past = pd.DatetimeIndex(cleaned.closes.index[cleaned.closes.index > pd.Timestamp(day)])
        cleaned = cleaned.quarantine(past, AFTER_EXPIRY) if len(past) else cleaned
        interest = cleaned.lines.map(found.open_interest).astype("float64")
        held = self.contracts.get(day)
        before = self.rows[self.rows["expiry"] == pd.Timestamp(day)].set_index("session")
        stored = (
            before.rename(columns={"settle": "close"})[["close", "source"]] if len(before) else empty_closes()
        )
        result = self._merge(day, source, stored, cleaned, held)
        self._note(day, source, reply, cleaned, result)
        self._replace(day, result.closes, interest.combine_first(before["open_interest"]))
        same = held is not None and held.sha256 == reply.sha256
        self.contracts[day] = ContractProvenance(
            source=source,
            url=reply.url,
            sha256=reply.sha256,
            etag=reply.etag,
            last_modified=reply.last_modified,
            fetched_at=held.fetched_at if held and same else self.now,
            complete=day <= self._last(PUBLICATION_MINUTES),
            provisional=early_marks(result.early, held.provisional if held else {}, self.now),
            held=held_after(result, held.held if held else {}, self.now),
        )

    def _rules(self) -> AcceptanceRules:
        return AcceptanceRules(
            range=self.config.futures.range,
            publication_lag_minutes=PUBLICATION_MINUTES,
            completion_lag_minutes=COMPLETION_MINUTES,
            max_bad_row_share=self.config.store.max_bad_row_share,
            max_missing_share=1.0,  # a contract far ahead did not settle every day in the first years
            timezone=self.config.calendar.timezone,
        )

    def _merge(
        self,
        day: dt.date,
        source: str,
        stored: pd.DataFrame,
        cleaned: CleanedCloses,
        held: ContractProvenance | None,
    ) -> MergeResult:
        zone = ZoneInfo(self.config.calendar.timezone)
        evidence = evidence_of(held.held if held else {}, cleaned, self.now, zone)
        try:
            return merge(
                _name(day),
                stored,
                cleaned.closes,
                MergeLimits(self.config.store, trust=[source]),
                early=cleaned.early,
                marks=held.provisional if held else {},
                evidence=evidence,
            )
        except RevisionError as error:
            raise DataError(str(error).partition(". Compare")[0]) from error

    def _note(
        self, day: dt.date, source: str, reply: Reply, cleaned: CleanedCloses, result: MergeResult
    ) -> None:
        name = _name(day)
        self.logs["revisions"] += revision_entries(name, result.revisions, self.now)
        self.logs["quarantine"] += quarantine_entries(name, source, reply.sha256, cleaned, self.now)
        for line in _findings(cleaned, result):
            log.warning("futures: contract of %s: %s", day, line)

    def _replace(self, day: dt.date, closes: pd.DataFrame, interest: pd.Series) -> None:
        """Put the rows of a contract in the place of those stored."""
        new = pd.DataFrame(
            {
                "session": closes.index,
                "expiry": pd.Timestamp(day).as_unit("us"),
                "settle": closes["close"].to_numpy(),
                "open_interest": interest.reindex(closes.index).to_numpy(dtype="float64"),
                "source": closes["source"].to_numpy(),
            }
        ).astype({"source": "str"})
        others = self.rows[self.rows["expiry"] != pd.Timestamp(day)]
        both = pd.concat([others, new]) if len(others) else new
        self.rows = both.sort_values(["session", "expiry"]).reset_index(drop=True)

    def _store(self) -> None:
        provenance = replace(self.provenance, futures=self.contracts)
        write_transaction(self.data_dir, {}, provenance, self.logs, futures=self.rows)
        self.provenance = provenance
        self.logs = {name: [] for name in self.logs}


def _name(day: dt.date) -> str:
    """Name a contract in the records."""
    return f"VX {day}"


def _findings(cleaned: CleanedCloses, result: MergeResult) -> Iterator[str]:
    yield from cleaned.notes
    if n := cleaned.dropped.get(AFTER_EXPIRY):
        yield f"{f.plural(n, 'row')} dated after its expiry left out"
    if result.held:
        yield f"{f.plural(len(result.held), 'revision')} held until the source repeats them"
