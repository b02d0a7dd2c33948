"""One fetch, step by step; nothing here touches a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pandas as pd

from ivts_site.errors import DataError, SourceError
from ivts_site.pipeline.asking import Answer, Asker, Taken
from ivts_site.pipeline.calendar import build_calendar, final_sessions, last_ratio
from ivts_site.pipeline.comparing import Comparison, Doubt, Judge, Others, Outcomes, ask_others, compare
from ivts_site.pipeline.fetch_report import SeriesReport, build_series_report
from ivts_site.pipeline.records import quarantine_entries, revision_entries
from ivts_site.sources import HttpClient, check_distinct, check_order
from ivts_site.store import (
    Entry,
    MergeLimits,
    MergeResult,
    Provenance,
    ProvisionalMark,
    Reason,
    SeriesProvenance,
    describes,
    merge,
)


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
        self.required = (ratio.front, ratio.back, ratio.benchmark)
        self.answers: dict[str, Answer] = {}
        self.others: Others = {}
        self.compared: Outcomes = {}
        self.merged: dict[str, MergeResult] = {}
        self._compared: dict[str, Comparison] = {}

    def ask(self, progress: Callable[[str], object] | None) -> None:
        """Ask the sources of each series in order; the ratio's first, as the others must not hold them up."""
        with HttpClient(self.config.http, self.asker.tokens) as client:
            for key in sorted(self.config.series, key=lambda key: key not in self.required):
                entry = self.provenance.series.get(key)
                self.answers[key] = self.asker.ask(client, key, self.stored[key], entry)
                if progress is not None:
                    progress(key)

    def check_complete(self) -> None:
        """Check that every series of the ratio has an answer.

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
        lines = [f"{answer.key}: {'; '.join(map(str, answer.problems))}" for answer in silent]
        if any(isinstance(problem, DataError) for answer in silent for problem in answer.problems):
            raise DataError(_listed("data rejected, stored data kept; look at the file", lines))
        raise SourceError(_listed("no source gave data, stored data kept; run it again later", lines))

    def check_distinct(self) -> None:
        """Refuse a run in which two series of the ratio are one or swapped; withdraw others that repeat one.

        Raises
        ------
        DataError
            Naming the two series.
        """
        main = {key: self._offered(key) for key in self.required}
        check_distinct(main)
        front, back = self.required[:2]
        check_order({front: main[front], back: main[back]}, self.config.checks.max_median_ratio)
        for key in self.answers.keys() - main.keys():
            try:
                check_distinct({**main, key: self._offered(key)})
            except DataError as error:
                self.answers[key] = self.answers[key].rejected(error)

    def judge(self) -> None:
        """Ask the sources that are only compared with, and set aside what they or the other series refute."""
        self.others, self.compared = ask_others(self.asker, self.answers)
        judge = Judge(self.config, self.stored, self.others)
        for key, answer in self.answers.items():
            self.answers[key] = judge.set_aside_moves(answer)
        front, back = self.required[:2]
        pair = judge.set_aside_ratios(self.answers[front], self.answers[back])
        self.answers[front], self.answers[back] = pair

    def merge(self) -> None:
        """Unite what was offered with what is stored.

        Raises
        ------
        DataError
            Where an answer for a series of the ratio changes too much.
        """
        refused: list[DataError] = []
        for key, answer in self.answers.items():
            if answer.taken is None:
                continue
            try:
                self.merged[key] = self._merge(key, answer.taken)
            except DataError as error:
                self.answers[key] = answer.rejected(error)
                refused += [error] if key in self.required else []
        if len(refused) == 1:
            raise refused[0]
        if refused:
            raise DataError(_listed("data rejected, stored data kept", [str(error) for error in refused]))

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
        finals = {key: final_sessions(self._history(key), entries.get(key)) for key in self.required}
        calendar = build_calendar(self.config, self.asker.sessions, finals)
        through = last_ratio(self.config, self.asker.sessions, finals)
        reached = max(filter(None, (through, self.provenance.reached)), default=None)
        return Provenance(series=entries, calendar=calendar, reached=reached)

    def log_entries(self) -> dict[str, list[Entry]]:
        """Return what this run found, by the name of the record it belongs to."""
        now = self.asker.now
        return {
            "revisions": [
                entry
                for key, result in self.merged.items()
                for entry in revision_entries(key, result.revisions, now)
            ],
            "quarantine": [
                entry for answer in self.answers.values() for entry in quarantine_entries(answer, now)
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

    def _merge(self, key: str, taken: Taken) -> MergeResult:
        store = self.config.store
        limits = MergeLimits(
            max_revisions=store.max_revisions,
            max_revision_share=store.max_revision_share,
            max_revision_size=store.max_revision_size,
            trust=[choice.adapter for choice in self.config.series[key].sources],
            accepted=key in self.accepted,
        )
        cleaned = taken.cleaned
        return merge(
            key, self.stored[key], cleaned.closes, limits, early=cleaned.early, marks=self._held_marks(key)
        )

    def _offered(self, key: str) -> pd.DataFrame:
        taken = self.answers[key].taken
        return taken.cleaned.closes if taken else self.stored[key]

    def _history(self, key: str) -> pd.DataFrame:
        return self.merged[key].closes if key in self.merged else self.stored[key]

    def _held_marks(self, key: str) -> Mapping[dt.date, ProvisionalMark]:
        entry = self.provenance.series.get(key)
        return entry.provisional if entry else {}

    def _updated_entry(self, key: str) -> SeriesProvenance | None:
        entry, result, taken = self.provenance.series.get(key), self.merged.get(key), self.answers[key].taken
        if taken and result and (result.changed or self._is_outdated(key, entry, result.closes)):
            entry = self._entry(key, taken)
        if entry is None or not self.answers[key].source:
            return entry
        marks = self._marks(key)
        return entry if entry.provisional == marks else replace(entry, provisional=marks)

    def _is_outdated(self, key: str, entry: SeriesProvenance | None, closes: pd.DataFrame) -> bool:
        if entry is None or not describes(entry, closes):
            return True
        return entry.settings != self.asker.settings(key)

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
            provisional=self._held_marks(key),
            dropped_days=taken.cleaned.dropped_days,
            settings=self.asker.settings(key),
        )

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
        return compare(key, final, self.others.get(key, {}), self.config, self.asker.now)

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
        if answer.taken is None:
            return pd.DatetimeIndex(own.index)
        offered = answer.taken.cleaned.closes["close"].reindex(own.index)
        return pd.DatetimeIndex(own.index[(own == offered).to_numpy()])


def _listed(head: str, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return f"{head}:\n" + "\n".join(f"  - {line}" for line in lines)
