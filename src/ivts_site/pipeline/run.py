"""One fetch, step by step; nothing here touches a file."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypedDict
from zoneinfo import ZoneInfo

import pandas as pd

from ivts_site import formatting as f
from ivts_site.config import SourceChoice
from ivts_site.errors import DataError, RevisionError, SourceError
from ivts_site.model import Witness
from ivts_site.pipeline.asking import AcceptedResponse, Answer, Asker
from ivts_site.pipeline.calendar import build_calendar, early_closes, final_sessions, last_ratio
from ivts_site.pipeline.comparing import Checker, Comparison, Doubt, Judge, Outcomes, compare
from ivts_site.pipeline.fetch_report import SeriesReport, build_series_report
from ivts_site.sources import HttpClient, check_distinct, check_order
from ivts_site.store import (
    Entry,
    Evidence,
    HeldRevision,
    MergeLimits,
    MergeResult,
    Provenance,
    ProvisionalMark,
    Reason,
    Revision,
    SeriesProvenance,
    describes,
    merge,
    source_ranges,
)

log = logging.getLogger(__name__)


class _Extent(TypedDict):
    first_session: dt.date
    last_session: dt.date
    rows: int


class Run:
    """One fetch: call the steps in their order, then take what is to be stored.

    Parameters
    ----------
    asker : Asker
        Settings, calendar and instant.
    stored : mapping
        Stored closes by series key.
    provenance : Provenance
        Their origins.
    doubts : sequence of mapping
        Disagreements recorded so far.
    accepted : collection of str
        Keys of series whose revisions are accepted whatever their number and size.
    """

    def __init__(
        self,
        asker: Asker,
        stored: Mapping[str, pd.DataFrame],
        provenance: Provenance,
        *,
        doubts: Sequence[Entry] = (),
        accepted: Collection[str] = (),
    ) -> None:
        self.asker, self.stored, self.provenance = asker, stored, provenance
        self.doubts, self.accepted = doubts, accepted
        self.config = asker.config
        ratio = self.config.ratio
        self.required = (ratio.front, ratio.back)
        self.main = (*self.required, ratio.benchmark)
        self.answers: dict[str, Answer] = {}
        self.others: dict[str, tuple[Witness, ...]] = {}
        self.compared: Outcomes = {}
        self.back: dict[str, pd.DataFrame] = {}
        self.merged: dict[str, MergeResult] = {}
        self._compared: dict[str, Comparison] = {}

    def ask(self, progress: Callable[[str], object] | None) -> None:
        """Ask for each series; the ratio's first, as the others must not hold them up.

        Its sources are asked in order until one has data that do not tell of another history than the stored
        one, then its back history and those it is compared with.
        """
        bounds = self.config.http.model_copy(update={"attempts": 1})
        with (
            HttpClient(self.config.http, self.asker.tokens) as client,
            HttpClient(bounds, self.asker.tokens) as once,
        ):
            checker = Checker(self.asker, once, self.compared)
            for key in sorted(self.config.series, key=self._urgency):
                self._ask(key, client, checker)
                if progress is not None:
                    progress(key)

    def _urgency(self, key: str) -> int:
        return self.main.index(key) if key in self.main else len(self.main)

    def _ask(self, key: str, client: HttpClient, checker: Checker) -> None:
        stored, entry = self.stored[key], self.provenance.series.get(key)
        answer = self.asker.ask(client, key, stored, entry)
        while True:
            self.answers[key], self.others[key] = answer, checker.witnesses(answer, stored)
            if answer.response is None:
                break
            try:
                self._merge(key, answer.response)
            except RevisionError as error:
                answer = self.asker.ask(client, key, stored, entry, refused=(*answer.problems, error))
            else:
                break
        if (choice := self.config.series[key].back_history) is not None:
            self._ask_back(key, client, choice)

    def _ask_back(self, key: str, client: HttpClient, choice: SourceChoice) -> None:
        try:
            self.back[key] = self.asker.ask_published(client, key, choice)
            self.compared[key, choice.adapter] = None
        except (SourceError, DataError) as error:
            log.warning("%s: back history: %s", key, error)
            self.compared[key, choice.adapter] = error

    def check_complete(self) -> None:
        """Check that both series of the ratio have an answer; the benchmark can come later.

        Raises
        ------
        DataError
            Where an answer was rejected.
        SourceError
            Where there was none.
        """
        silent = [self.answers[key] for key in self.required if not self.answers[key].source]
        if not silent:
            return
        lines = [f"{each.key}: {'; '.join(_without_key(each))}" for each in silent]
        if any(isinstance(problem, DataError) for answer in silent for problem in answer.problems):
            raise DataError(_listed("data rejected, stored data kept; look at the file", lines))
        raise SourceError(_listed("no source gave data, stored data kept; run it again later", lines))

    def check_distinct(self) -> None:
        """Refuse a run in which the two series of the ratio are one or swapped; withdraw others like them.

        Raises
        ------
        DataError
            Naming the two series.
        """
        pair = {key: self._offered(key) for key in self.required}
        check_distinct(pair)
        check_order(pair, self.config.checks.max_median_ratio)
        for key in self.answers.keys() - pair.keys():
            try:
                check_distinct({**pair, key: self._offered(key)})
            except DataError as error:
                self.answers[key] = self.answers[key].rejected(error)

    def judge(self) -> None:
        """Set aside what other sources or the other series refute."""
        judge = Judge(self.config, self.stored, self.others)
        for key, answer in self.answers.items():
            self.answers[key] = judge.set_aside_moves(answer)
        front, back = self.required
        pair = judge.set_aside_ratios(self.answers[front], self.answers[back])
        self.answers[front], self.answers[back] = pair

    def merge(self) -> None:
        """Unite what was offered with what is stored."""
        for key, answer in self.answers.items():
            if answer.response is not None:
                self.merged[key] = self._merge(key, answer.response)
            if key in self.back:
                self._merge_back(key)

    def changed_closes(self) -> dict[str, pd.DataFrame]:
        """Return the whole history of each series that changed."""
        return {key: result.closes for key, result in self.merged.items() if result.changed}

    def updated_provenance(self) -> Provenance:
        """Return the provenance after the run; what has no news stays as it was."""
        entries = dict(self.provenance.series)
        for key in self.answers:
            entry = self._updated_entry(key)
            if entry is not None:
                entries[key] = entry
        finals = {key: final_sessions(self._history(key), entries.get(key)) for key in self.main}
        calendar = build_calendar(self.config, self.asker.sessions, finals)
        through = last_ratio(self.config, self.asker.sessions, finals)
        reached = max(filter(None, (through, self.provenance.reached)), default=None)
        return Provenance(
            series=entries,
            calendar=calendar,
            reached=reached,
            early_closes=early_closes(self.config, self.asker.sessions, finals),
        )

    def log_entries(self) -> dict[str, list[Entry]]:
        """Return what this run found, by the name of the record it belongs to."""
        now = self.asker.now
        return {
            "revisions": [
                entry
                for key, result in self.merged.items()
                for entry in _revision_entries(key, result.revisions, now)
            ],
            "quarantine": [
                entry for answer in self.answers.values() for entry in _quarantine_entries(answer, now)
            ],
            "disagreements": [entry for key in self.answers for entry in self._comparison(key).entries],
        }

    def report(self, key: str) -> SeriesReport:
        """Return what the run did with a series."""
        entry = self._updated_entry(key)
        return build_series_report(
            self.answers[key],
            self.stored[key],
            self.merged.get(key),
            provisional=tuple(sorted(entry.provisional)) if entry else (),
            doubts=[found for found in self._comparison(key).entries if not self._is_recorded(found)],
        )

    def _is_recorded(self, found: Entry) -> bool:
        return any({**found, "seen_at": ""} == {**entry, "seen_at": ""} for entry in self.doubts)

    def _merge(self, key: str, response: AcceptedResponse) -> MergeResult:
        cleaned, series = response.cleaned, self.config.series[key]
        limits = self._limits(key, [choice.adapter for choice in series.sources])
        return merge(
            key,
            self.stored[key],
            cleaned.closes,
            limits,
            early=cleaned.early,
            marks=self._held_marks(key),
            evidence=self._evidence(key, cleaned.dropped_days),
        )

    def _merge_back(self, key: str) -> None:
        """Put the back history before the first close of the most trusted source."""
        before, series = self.merged.get(key), self.config.series[key]
        closes = self._history(key)
        own = closes.index[closes["source"] == series.sources[0].adapter]
        first = own[0] if len(own) else closes.index[0] if len(closes) else None
        offered = self.back[key]
        earlier = offered if first is None else offered[offered.index < first]
        if earlier.empty:
            return
        limits = replace(self._limits(key, [str(earlier["source"].iloc[0])]), checked=True)
        early = self._early(key)  # a mark that the run has lifted must not come back
        marks = {
            day: mark
            for day, mark in self._held_marks(key).items()
            if mark.reason is not Reason.EARLY or day in early
        }
        try:
            result = merge(key, closes, earlier, limits, marks=marks)
        except RevisionError as error:
            log.warning("%s: back history: %s", key, error)
            return
        self.merged[key] = result if before is None else before.followed_by(result)

    def _limits(self, key: str, trust: Sequence[str]) -> MergeLimits:
        store, series = self.config.store, self.config.series[key]
        back = series.back_history
        return MergeLimits(
            max_revisions=store.max_revisions,
            max_revision_share=store.max_revision_share,
            max_revision_size=store.max_revision_size,
            trust=trust,
            accepted=key in self.accepted,
            checked=any(choice.compare == "closes" for choice in series.check_against),
            splits=key == self.config.ratio.benchmark,
            back_history=back.adapter if back else "",
        )

    def _evidence(self, key: str, dropped: Mapping[str, tuple[dt.date, ...]]) -> Evidence:
        entry, zone = self.provenance.series.get(key), ZoneInfo(self.config.calendar.timezone)
        held = entry.held if entry else {}
        today = self.asker.now.astimezone(zone).date()
        return Evidence(
            witnesses=self.others.get(key, ()),
            held=held,
            repeats=[day for day, each in held.items() if each.seen_at.astimezone(zone).date() < today],
            unread=[day for days in dropped.values() for day in days],
        )

    def _offered(self, key: str) -> pd.DataFrame:
        response = self.answers[key].response
        return response.cleaned.closes if response else self.stored[key]

    def _history(self, key: str) -> pd.DataFrame:
        return self.merged[key].closes if key in self.merged else self.stored[key]

    def _held_marks(self, key: str) -> Mapping[dt.date, ProvisionalMark]:
        entry = self.provenance.series.get(key)
        return entry.provisional if entry else {}

    def _updated_entry(self, key: str) -> SeriesProvenance | None:
        entry, result, response = (
            self.provenance.series.get(key),
            self.merged.get(key),
            self.answers[key].response,
        )
        if response and result and (result.changed or self._is_outdated(key, entry, result.closes)):
            entry = self._entry(key, response)
        elif entry and result and result.changed:
            entry = replace(entry, **self._extent(key))
        if entry is None or not self.answers[key].source:
            return entry
        marks, held = self._marks(key), self._held_revisions(key, entry)
        return replace(entry, provisional=marks, held=held, ranges=source_ranges(self._history(key)))

    def _is_outdated(self, key: str, entry: SeriesProvenance | None, closes: pd.DataFrame) -> bool:
        if entry is None or not describes(entry, closes):
            return True
        return entry.settings != self.asker.settings(key)

    def _entry(self, key: str, response: AcceptedResponse) -> SeriesProvenance:
        entry = self.provenance.series.get(key)
        return SeriesProvenance(
            source=self.answers[key].source,
            url=response.reply.url,
            sha256=response.reply.sha256,
            etag=response.reply.etag,
            last_modified=response.reply.last_modified,
            **self._extent(key),
            fetched_at=self.asker.now,
            dropped=response.cleaned.dropped,
            provisional=self._held_marks(key),
            dropped_days=response.cleaned.dropped_days,
            settings=self.asker.settings(key),
            held=entry.held if entry else {},
        )

    def _extent(self, key: str) -> _Extent:
        closes = self._history(key)
        return {
            "first_session": closes.index[0].date(),
            "last_session": closes.index[-1].date(),
            "rows": len(closes),
        }

    def _held_revisions(self, key: str, entry: SeriesProvenance) -> Mapping[dt.date, HeldRevision]:
        """Changes that wait after the run; those of a source that was not heard stay as they were."""
        result, response = self.merged.get(key), self.answers[key].response
        if result is None or response is None or self.answers[key].problems:
            return entry.held
        return {each.session: self._held_revision(each, entry.held.get(each.session)) for each in result.held}

    def _held_revision(self, found: Revision, before: HeldRevision | None) -> HeldRevision:
        if before is not None and before.new == found.new:
            return before
        return HeldRevision(old=found.old, new=found.value, source=found.source, seen_at=self.asker.now)

    def _early(self, key: str) -> tuple[dt.date, ...]:
        if key in self.merged:
            return self.merged[key].early
        held = self._held_marks(key).items()
        return tuple(day for day, mark in held if mark.reason is Reason.EARLY)

    def _comparison(self, key: str) -> Comparison:
        """Compare a series with other sources, once; call it after the merge."""
        if key not in self._compared:
            self._compared[key] = self._compare(key)
        return self._compared[key]

    def _compare(self, key: str) -> Comparison:
        final = self._history(key).drop(pd.DatetimeIndex(list(self._early(key))), errors="ignore")
        return compare(key, final, self.others.get(key, ()), self.config, self.asker.now)

    def _marks(self, key: str) -> dict[dt.date, ProvisionalMark]:
        """Marks after the run: closes read before their time, and closes on which sources disagree."""
        held, early, closes = self._held_marks(key), self._early(key), self._history(key)
        marks = {
            day: held.get(day, ProvisionalMark(reason=Reason.EARLY, seen_at=self.asker.now)) for day in early
        }
        revised = self._revised(key)
        doubted = {day: mark for day, mark in held.items() if mark.reason is Reason.DISAGREEMENT}
        doubt = Doubt(
            marks={day: mark for day, mark in doubted.items() if day not in revised},
            comparison=self._comparison(key),
            history=[entry for entry in self.doubts if entry["series"] == key],
            repeated=self._repeated(key),
            zone=ZoneInfo(self.config.calendar.timezone),
            now=self.asker.now,
        )
        newest = {closes.index[-1].date()} if len(closes) else set()
        return marks | doubt.updated((newest | (doubted.keys() & revised)) - set(early))

    def _revised(self, key: str) -> set[dt.date]:
        return {each.session for each in self.merged[key].revisions} if key in self.merged else set()

    def _repeated(self, key: str) -> pd.DatetimeIndex:
        """Sessions whose stored close their own source gave again in this run."""
        answer, stored = self.answers[key], self.stored[key]
        own = stored[stored["source"] == answer.source]["close"]
        if answer.response is None:
            return pd.DatetimeIndex(own.index)
        offered = answer.response.cleaned.closes["close"].reindex(own.index)
        return pd.DatetimeIndex(own.index[(own == offered).to_numpy()])


def _without_key(answer: Answer) -> list[str]:
    """Problems of an answer; those of its history begin with the key of the series."""
    return [str(problem).removeprefix(f"{answer.key}: ") for problem in answer.problems]


def _revision_entries(key: str, revisions: Sequence[Revision], now: dt.datetime) -> Iterator[Entry]:
    """Give each changed close of a series as an entry of `revisions.jsonl`."""
    for each in revisions:
        yield {
            "series": key,
            "session": each.session.isoformat(),
            "old": each.old,
            "new": each.new,
            "source": each.source,
            "kind": each.kind.value,
            **({"confirmed_by": each.confirmed_by} if each.confirmed_by else {}),
            "seen_at": f.instant_iso(now),
        }


def _quarantine_entries(answer: Answer, now: dt.datetime) -> Iterator[Entry]:
    """Give each row of an answer that was set aside as an entry of `quarantine.jsonl`."""
    if answer.response is None:
        return
    for row in answer.response.cleaned.set_aside:
        yield {
            "series": answer.key,
            "session": row.session,
            "value": row.value,
            "rule": row.rule,
            "source": answer.source,
            "file_sha256": answer.response.reply.sha256,
            "line": row.line,
            "seen_at": f.instant_iso(now),
        }


def _listed(head: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return f"{head}:\n" + "\n".join(f"  - {line}" for line in lines)
