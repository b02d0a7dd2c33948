"""One series in a fetch: what is stored of it, what its sources say of it, and what it becomes."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from ivts_site import formatting as f
from ivts_site.errors import DataError, IvtsError, RevisionError, SourceError
from ivts_site.model import Witness
from ivts_site.pipeline.download import AFTER_EXPIRY, CONTRADICTED, IMPLAUSIBLE, Answer, Downloader
from ivts_site.sources import (
    CleanedCloses,
    HttpClient,
    Reply,
    contradicted_moves,
    disagreements,
    implied_closes,
)
from ivts_site.store import (
    Entry,
    Evidence,
    HeldRevision,
    Kind,
    MergeLimits,
    MergeResult,
    ProvisionalMark,
    Reason,
    Revision,
    SeriesProvenance,
    describes,
    extent,
    merge,
    source_ranges,
)

log = logging.getLogger(__name__)
# More findings of a kind than this are summed up in one line.
LISTED = 5
# Such rows may count later, or beside other answers, so that the file is always asked for again.
MAY_COUNT_LATER = ("unpublished", "future", CONTRADICTED, IMPLAUSIBLE)


class SeriesFetch:
    """One series in a fetch: download, then judge, then merge, then take what is to be stored.

    `stored` are its closes before the run, `entry` tells their origin, `disagreements` are those recorded so
    far, of any series, and `accepted` says that its revisions are taken whatever their number and size.
    """

    def __init__(  # noqa: PLR0913 (what is known of a series before a run)
        self,
        key: str,
        downloader: Downloader,
        stored: pd.DataFrame,
        entry: SeriesProvenance | None,
        disagreements: Sequence[Entry],
        *,
        accepted: bool,
    ) -> None:
        self.key, self.stored, self.entry, self.accepted = key, stored, entry, accepted
        self.downloader, self.config, self.now = downloader, downloader.config, downloader.now
        self.settings = self.config.series[key]
        self.known_disagreements = [found for found in disagreements if found["series"] == key]
        self.answer = Answer()
        self.witnesses: tuple[Witness, ...] = ()
        self.back_history: pd.DataFrame | None = None
        self.merged: MergeResult | None = None

    def download(self, client: HttpClient) -> None:
        """Ask its sources in order until one does not contradict the stored history, then its witnesses."""
        problems: list[IvtsError] = []
        known, back = self._exhausted_file, self.settings.back_history
        for choice in self.settings.sources:
            try:
                self.answer = self.downloader.answer(client, self.key, choice, known)
                self.witnesses = tuple(self._download_witnesses(client))
                self.merged = self._merge_answer()
            except (SourceError, DataError) as error:
                problems.append(error)
                self.downloader.outcomes[self.key, choice.adapter] = error
            else:
                break
        else:
            self.answer, self.witnesses = Answer(), ()
        self.answer = replace(self.answer, problems=tuple(problems))
        if back is not None:
            what = "back history"
            self.back_history = self.downloader.published_closes(client, self.key, back, what, patient=True)

    @property
    def answered_closes(self) -> pd.DataFrame:
        """Closes of the answer, or the stored ones where it brought none."""
        return self.stored if self.answer.cleaned is None else self.answer.cleaned.closes

    @property
    def combined_closes(self) -> pd.Series:
        """The stored closes with those of the answer in place of them."""
        return self.answered_closes["close"].combine_first(self.stored["close"])

    @property
    def merged_closes(self) -> pd.DataFrame:
        """The closes as far as they are merged."""
        return self.stored if self.merged is None else self.merged.closes

    def confirmed(self) -> pd.DatetimeIndex:
        """Return the sessions on which another source has the same close."""
        own, found = self.combined_closes, pd.DatetimeIndex([])
        for each in self.witnesses:
            both = own.index.intersection(each.closes.index)
            apart = disagreements(own, each, len(both))
            found = found.union(pd.DatetimeIndex(both.difference(apart.index)))
        return found

    def reject(self, error: DataError) -> None:
        """Refuse the answer as a whole."""
        if self.answer.source:
            self.downloader.outcomes[self.key, self.answer.source] = error
        self.answer, self.merged = Answer(problems=(*self.answer.problems, error)), None

    def quarantine(self, sessions: pd.DatetimeIndex, rule: str) -> None:
        """Take closes out of the answer, but for those that are stored already."""
        cleaned = self.answer.cleaned
        if cleaned is None:
            return
        answered = cleaned.closes["close"]
        new = answered.index[(answered != self.stored["close"].reindex(answered.index)).to_numpy()]
        found = sessions.intersection(pd.DatetimeIndex(new))
        if len(found):
            answer = replace(self.answer, cleaned=cleaned.quarantine(found, rule))
            self.answer, self.merged = answer, None

    def quarantine_contradicted_moves(self) -> None:
        """Take out new closes whose large move another source contradicts."""
        checks = self.config.checks
        limit = checks.max_move.get(self.key)
        if limit is not None and self.witnesses and self.answer.cleaned is not None:
            found = contradicted_moves(
                self.combined_closes, self.witnesses, max_move=limit, sessions=checks.sessions
            )
            self.quarantine(found, CONTRADICTED)

    def merge(self) -> None:
        """Unite the answer, and the back history, with what is stored."""
        if self.merged is None:
            self.merged = self._merge_answer()
        if self.back_history is not None:
            self._merge_back_history(self.back_history)

    @cached_property
    def updated_entry(self) -> SeriesProvenance | None:
        """The origin of the series after the merge, and not to be read before it; as it was without news."""
        entry, result, reply, cleaned = self.entry, self.merged, self.answer.reply, self.answer.cleaned
        if reply and cleaned and result and (result.changed or self._is_outdated(result.closes)):
            entry = self._new_entry(reply, cleaned)
        elif entry and result and result.changed:
            entry = replace(entry, **extent(result.closes))
        if entry is None or not self.answer.source:
            return entry
        return replace(
            entry,
            provisional=self._marks(),
            held=self._held_revisions(entry),
            ranges=source_ranges(self.merged_closes),
        )

    def revision_entries(self) -> Iterator[Entry]:
        """Give each changed close as an entry of `revisions.jsonl`."""
        for each in self.revisions:
            yield {
                "series": self.key,
                "session": each.session.isoformat(),
                "old": each.old,
                "new": each.new,
                "source": each.source,
                "kind": each.kind.value,
                **({"confirmed_by": each.confirmed_by} if each.confirmed_by else {}),
                "seen_at": f.instant_iso(self.now),
            }

    def quarantine_entries(self) -> Iterator[Entry]:
        """Give each row of the answer that was set aside as an entry of `quarantine.jsonl`."""
        reply, cleaned = self.answer.reply, self.answer.cleaned
        if reply is None or cleaned is None:
            return
        for row in cleaned.quarantined:
            yield {
                "series": self.key,
                **asdict(row),
                "source": self.answer.source,
                "file_sha256": reply.sha256,
                "seen_at": f.instant_iso(self.now),
            }

    @cached_property
    def disagreement_entries(self) -> tuple[Entry, ...]:
        """Where the final closes and other sources differ after the merge, for `disagreements.jsonl`."""
        final, sessions = self._final, self.config.checks.sessions
        return tuple(
            {
                "series": self.key,
                "session": f"{day:%Y-%m-%d}",
                "source": str(final["source"][day]),
                "close": float(own),
                "other_source": each.source,
                "other_close": float(theirs),
                "seen_at": f.instant_iso(self.now),
            }
            for each in self.witnesses
            for day, own, theirs in disagreements(final["close"], each, sessions).itertuples()
        )

    @property
    def n_added(self) -> int:
        """How many sessions were not stored before."""
        return self.merged.n_added if self.merged else 0

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Stored closes that the run changed."""
        return self.merged.revisions if self.merged else ()

    @property
    def provisional(self) -> list[dt.date]:
        """Stored sessions whose close may still change."""
        return sorted(self.updated_entry.provisional) if self.updated_entry else []

    @property
    def last_session(self) -> dt.date | None:
        """The last stored session."""
        return self.merged_closes.index[-1].date() if len(self.merged_closes) else None

    @property
    def line(self) -> str:
        """What the run did, in one line for a log."""
        n_rows, last = len(self.merged_closes), self.last_session
        if not self.answer.source:
            stored = f"{n_rows} sessions to {last}" if n_rows else "nothing stored"
            return f"{self.key}: nothing fetched; {stored}"
        what = f"{self.n_added} new" if self.n_added else "nothing new"
        revised = f", {len(self.revisions)} revised" if self.revisions else ""
        until = f", provisional {', '.join(map(str, self.provisional))}" if self.provisional else ""
        return f"{self.key}: {what}{revised} from {self.answer.source}; {n_rows} sessions to {last}{until}"

    def notes(self) -> Iterator[str]:
        """Give what a person should know: failed sources, rows set aside, history missing in the answer."""
        yield from map(str, self.answer.problems)
        if self.answer.cleaned is not None and self.merged is not None:
            yield from self.answer.cleaned.notes
            yield from _quarantine_notes(self.answer.cleaned)
            yield from self._merge_notes(self.answer.cleaned, self.merged)
        recorded = [{**entry, "seen_at": ""} for entry in self.known_disagreements]
        yield from _disagreement_notes(
            [found for found in self.disagreement_entries if {**found, "seen_at": ""} not in recorded]
        )

    def _download_witnesses(self, client: HttpClient) -> Iterator[Witness]:
        """Ask the sources under `check_against`; the one whose answer is used does not count."""
        source = self.answer.source
        used = [(each.adapter, each.symbol) for each in self.settings.sources if each.adapter == source]
        for choice in self.settings.check_against if used else ():
            name = choice.adapter
            if (name, choice.symbol) in used:
                continue
            what = f"not compared with {name}"
            found = self.downloader.published_closes(client, self.key, choice, what, patient=False)
            if found is None:
                continue
            if choice.compare == "closes":
                yield Witness(source=name, closes=found["close"], tolerance=self.settings.tolerance)
            else:
                own = self.combined_closes
                implied = implied_closes(own, found["close"])
                tolerance = own.shift()[implied.index] * self.config.checks.move_tolerance
                yield Witness(source=name, closes=implied, tolerance=tolerance, exact=False)

    def _merge_answer(self) -> MergeResult | None:
        cleaned = self.answer.cleaned
        if cleaned is None:
            return None
        held = self.entry.held if self.entry else {}
        evidence = Evidence(
            witnesses=self.witnesses,
            held=held,
            repeats=[day for day, each in held.items() if self._is_later_than(each.seen_at)],
            unread=[day for days in cleaned.dropped_days.values() for day in days],
        )
        return merge(
            self.key,
            self.stored,
            cleaned.closes,
            self._limits([choice.adapter for choice in self.settings.sources]),
            early=cleaned.early,
            marks=self._old_marks,
            evidence=evidence,
        )

    def _merge_back_history(self, offered: pd.DataFrame) -> None:
        """Put the back history before the first close of the most trusted source."""
        closes = self.merged_closes
        own = closes.index[closes["source"] == self.settings.sources[0].adapter]
        first = own[0] if len(own) else closes.index[0] if len(closes) else None
        earlier = offered if first is None else offered[offered.index < first]
        if earlier.empty:
            return
        limits = replace(self._limits([str(earlier["source"].iloc[0])]), checked=True)
        early = self._early  # a mark that the run has lifted must not come back
        marks = {
            day: mark
            for day, mark in self._old_marks.items()
            if mark.reason is not Reason.EARLY or day in early
        }
        try:
            result = merge(self.key, closes, earlier, limits, marks=marks)
        except RevisionError as error:
            log.warning("%s: back history: %s", self.key, error)
            return
        self.merged = result if self.merged is None else self.merged.followed_by(result)

    def _limits(self, trust: Sequence[str]) -> MergeLimits:
        back = self.settings.back_history
        return MergeLimits(
            self.config.store,
            trust=trust,
            accepted=self.accepted,
            checked=any(choice.compare == "closes" for choice in self.settings.check_against),
            splits=self.key == self.config.ratio.benchmark,
            back_history=back.adapter if back else "",
        )

    @property
    def _exhausted_file(self) -> SeriesProvenance | None:
        """The file behind what is stored where it can give no more: no row and no change of it waits."""
        entry = self.entry
        if entry is None or self._is_outdated(self.stored) or entry.held or self._early:
            return None
        return None if any(entry.dropped.get(kind) for kind in MAY_COUNT_LATER) else entry

    @cached_property
    def _settings_digest(self) -> str:
        """Digest of all settings that decide which rows of a file are closes of the series."""
        series, store, calendar = self.settings, self.config.store, self.config.calendar
        deciding = (
            *(series.range, series.publication_lag_minutes, series.completion_lag_minutes),
            *(store.max_bad_row_share, store.max_missing_share),
            *(calendar.name, calendar.timezone, sorted(calendar.extra_closures)),
        )
        return hashlib.sha256(repr(deciding).encode()).hexdigest()[:16]

    def _is_outdated(self, closes: pd.DataFrame) -> bool:
        if self.entry is None or not describes(self.entry, closes):
            return True
        return self.entry.settings != self._settings_digest

    def _new_entry(self, reply: Reply, cleaned: CleanedCloses) -> SeriesProvenance:
        return SeriesProvenance(
            source=self.answer.source,
            url=reply.url,
            sha256=reply.sha256,
            etag=reply.etag,
            last_modified=reply.last_modified,
            **extent(self.merged_closes),
            fetched_at=self.now,
            dropped=cleaned.dropped,
            provisional=self._old_marks,
            dropped_days=cleaned.dropped_days,
            settings=self._settings_digest,
            held=self.entry.held if self.entry else {},
        )

    def _held_revisions(self, entry: SeriesProvenance) -> Mapping[dt.date, HeldRevision]:
        """Changes that wait after the run; those of a source that was not heard stay as they were.

        One that waited already keeps when it was first seen.
        """
        if self.merged is None or self.answer.cleaned is None or self.answer.problems:
            return entry.held
        waiting = {}
        for each in self.merged.held:
            known = entry.held.get(each.session)
            new = HeldRevision(old=each.old, new=each.value, source=each.source, seen_at=self.now)
            waiting[each.session] = known if known is not None and known.new == each.new else new
        return waiting

    @property
    def _old_marks(self) -> Mapping[dt.date, ProvisionalMark]:
        return self.entry.provisional if self.entry else {}

    @property
    def _early(self) -> tuple[dt.date, ...]:
        """Sessions whose close was read before its time."""
        if self.merged is not None:
            return self.merged.early
        return tuple(day for day, mark in self._old_marks.items() if mark.reason is Reason.EARLY)

    @property
    def _final(self) -> pd.DataFrame:
        return self.merged_closes.drop(pd.DatetimeIndex(list(self._early)), errors="ignore")

    def _marks(self) -> dict[dt.date, ProvisionalMark]:
        """Marks after the run: closes read before their time, and closes on which sources disagree."""
        old, early, closes = self._old_marks, self._early, self.merged_closes
        revised = {each.session for each in self.revisions}
        disputed = {day: mark for day, mark in old.items() if mark.reason is Reason.DISAGREEMENT}
        standing = {day: mark for day, mark in disputed.items() if day not in revised}
        newest = {closes.index[-1].date()} if len(closes) else set()
        candidates = (newest | (disputed.keys() & revised)) - set(early)
        new = ProvisionalMark(reason=Reason.EARLY, seen_at=self.now)
        return {day: old.get(day, new) for day in early} | self._disagreement_marks(standing, candidates)

    def _disagreement_marks(
        self, marks: Mapping[dt.date, ProvisionalMark], candidates: Collection[dt.date]
    ) -> dict[dt.date, ProvisionalMark]:
        """Return the marks of disagreement after the run: old ones that still stand, and new ones.

        One ends where the sources agree, or where the source gives the same close again on a later day.
        """
        disputed = {entry["session"] for entry in self.disagreement_entries}
        compared = [self._final.index.intersection(each.closes.index) for each in self.witnesses]
        kept = {
            day: mark
            for day, mark in marks.items()
            if not (day.isoformat() not in disputed and any(pd.Timestamp(day) in both for both in compared))
            and not (self._is_later_than(mark.seen_at) and pd.Timestamp(day) in self._repeated())
        }
        new = {day.isoformat() for day in candidates if day not in marks} & self._newly_disputed()
        mark = ProvisionalMark(reason=Reason.DISAGREEMENT, seen_at=self.now)
        return kept | {dt.date.fromisoformat(day): mark for day in sorted(new)}

    def _newly_disputed(self) -> set[str]:
        """Sessions on which sources differ, and did not yet, with the same values, on an earlier day."""
        fields = ("session", "source", "close", "other_source", "other_close")
        waited = {
            tuple(entry[field] for field in fields)
            for entry in self.known_disagreements
            if self._is_later_than(dt.datetime.fromisoformat(entry["seen_at"]))
        }
        return {
            entry["session"]
            for entry in self.disagreement_entries
            if tuple(entry[field] for field in fields) not in waited
        }

    def _repeated(self) -> pd.DatetimeIndex:
        """Sessions whose stored close their own source gave again in this run."""
        own = self.stored[self.stored["source"] == self.answer.source]["close"]
        if self.answer.cleaned is None:
            return pd.DatetimeIndex(own.index)
        return pd.DatetimeIndex(
            own.index[(own == self.answered_closes["close"].reindex(own.index)).to_numpy()]
        )

    def _is_later_than(self, seen_at: dt.datetime) -> bool:
        """Tell whether the run is on a later day than an instant, in the zone of the exchange."""
        zone = ZoneInfo(self.config.calendar.timezone)
        return self.now.astimezone(zone).date() > seen_at.astimezone(zone).date()

    def _merge_notes(self, cleaned: CleanedCloses, result: MergeResult) -> Iterator[str]:
        last = cleaned.closes.index.max()
        if len(self.stored) and last < self.stored.index[-1]:
            yield f"the answer ends {last:%Y-%m-%d}, before the stored closes, which are kept"
        if result.n_absent:
            yield f"kept {f.plural(result.n_absent, 'stored close')} that the answer lacks or contradicts"
        if result.held:
            held = f.plural(len(result.held), "revision")
            yield f"{held} held until somebody confirms: {_held_words(result.held)}"
        if result.n_kept:
            kept = f.plural(result.n_kept, "close")
            yield f"{kept} not taken: a more trusted source gave another value"
        yield from _revision_notes(result.revisions)


def _revision_notes(revisions: Sequence[Revision]) -> list[str]:
    if len(revisions) > LISTED:
        first, last = revisions[0].session, revisions[-1].session
        return [f"{len(revisions)} closes revised, from {first} to {last}; see revisions.jsonl"]
    return [f"{r.session}: close {_revision_words(r)}" for r in revisions]


def _revision_words(revision: Revision) -> str:
    if revision.new is None:
        return f"of {f.level(revision.old)} withdrawn, as {revision.source} has none"
    by = f", confirmed by {revision.confirmed_by}" if revision.confirmed_by else ""
    kind = "re-based after a split" if revision.kind is Kind.SPLIT else "revised"
    return f"{kind} from {' to '.join(f.apart(revision.old, revision.new))} by {revision.source}{by}"


def _held_words(revisions: Sequence[Revision]) -> str:
    shown = [f"{each.session} {' → '.join(f.apart(each.old, each.value))}" for each in revisions[:LISTED]]
    return ", ".join(shown) + (", …" if len(revisions) > LISTED else "")


def _quarantine_notes(cleaned: CleanedCloses) -> Iterator[str]:
    reasons = {
        CONTRADICTED: "a large move that another source contradicts",
        IMPLAUSIBLE: "an impossible ratio",
        AFTER_EXPIRY: "a date after the expiry",
    }
    for rule, reason in reasons.items():
        if n := cleaned.dropped.get(rule):
            days = ", ".join(row.session for row in cleaned.quarantined if row.rule == rule)
            yield f"{f.plural(n, 'close')} set aside for {reason}: {days}"


def _disagreement_notes(entries: Sequence[Entry]) -> Iterator[str]:
    if len(entries) > LISTED:
        first = f"from {entries[0]['session']} to {entries[-1]['session']}"
        yield f"{len(entries)} closes differ from other sources, {first}; see disagreements.jsonl"
        return
    for found in entries:
        own, other = f.apart(found["close"], found["other_close"])
        yield f"{found['session']}: {found['source']} has {own}, {found['other_source']} {other}"
