"""What a fetch did, in values and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ivts_site.formatting import apart, level, plural
from ivts_site.pipeline.asking import CONTRADICTED, IMPLAUSIBLE, Answer
from ivts_site.sources import Cleaned
from ivts_site.store import Entry, Kind, MergeResult, Revision

# More findings of a kind than this are told in one line.
LISTED = 5


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
        Rows of the answer left out, by reason; empty where the source confirmed that nothing changed.
    notes : tuple of str
        What a person should know: failed sources, rows set aside, history missing in the answer.
    provisional : tuple of date
        Stored sessions whose close may still change.
    """

    key: str
    source: str
    n_rows: int
    n_added: int
    last_session: dt.date | None
    revisions: tuple[Revision, ...]
    dropped: Mapping[str, int]
    notes: tuple[str, ...]
    provisional: tuple[dt.date, ...] = ()

    @property
    def line(self) -> str:
        """One line for a log."""
        if not self.source:
            stored = f"{self.n_rows} sessions to {self.last_session}" if self.n_rows else "nothing stored"
            return f"{self.key}: nothing fetched; {stored}"
        what = f"{self.n_added} new" if self.n_added else "nothing new"
        revised = f", {len(self.revisions)} revised" if self.revisions else ""
        until = f", provisional {', '.join(map(str, self.provisional))}" if self.provisional else ""
        return (
            f"{self.key}: {what}{revised} from {self.source}; {self.n_rows} sessions to "
            f"{self.last_session}{until}"
        )


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did.

    Attributes
    ----------
    series : tuple of SeriesReport
        One a series.
    changed : bool
        Whether any file changed.
    news : bool
        Whether any close did: what else is noted, such as the address of a file, is no news.
    """

    series: tuple[SeriesReport, ...]
    changed: bool
    news: bool

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        parts = ", ".join(f"{s.key} to {s.last_session or 'nothing stored'}" for s in self.series)
        return f"{'Stored new data' if self.news else 'Nothing new'}: {parts}."


def build_series_report(
    answer: Answer,
    stored: pd.DataFrame,
    result: MergeResult | None,
    *,
    provisional: tuple[dt.date, ...] = (),
    doubts: Sequence[Entry] = (),
) -> SeriesReport:
    """Assemble the report of one series.

    Parameters
    ----------
    answer : Answer
        What its sources said.
    stored : DataFrame
        Its closes before the run.
    result : MergeResult or None
        The merge; None where nothing was to be merged.
    provisional : tuple of date
        Stored sessions whose close may still change.
    doubts : sequence of mapping
        Disagreements with other sources that are not yet recorded.
    """
    closes = result.closes if result else stored
    return SeriesReport(
        key=answer.key,
        source=answer.source,
        n_rows=len(closes),
        n_added=result.n_added if result else 0,
        last_session=closes.index[-1].date() if len(closes) else None,
        revisions=result.revisions if result else (),
        dropped=answer.response.cleaned.dropped if answer.response else {},
        notes=(*_notes(answer, stored, result), *_doubt_notes(doubts)),
        provisional=provisional,
    )


def _notes(answer: Answer, stored: pd.DataFrame, result: MergeResult | None) -> tuple[str, ...]:
    notes = [str(problem) for problem in answer.problems]
    if answer.response is None or result is None:
        return tuple(notes)
    notes += answer.response.cleaned.notes
    notes += _refuted(answer.response.cleaned)
    last = answer.response.cleaned.closes.index.max()
    if len(stored) and last < stored.index[-1]:
        notes.append(f"the answer ends {last:%Y-%m-%d}, before the stored closes, which are kept")
    if result.n_absent:
        notes.append(f"kept {plural(result.n_absent, 'stored close')} that the answer lacks or contradicts")
    if result.held:
        notes.append(
            f"{plural(len(result.held), 'revision')} held until somebody confirms: {_changes(result.held)}"
        )
    if result.n_kept:
        notes.append(f"{plural(result.n_kept, 'close')} not taken: a more trusted source gave another value")
    return (*notes, *_revision_notes(result.revisions))


def _revision_notes(revisions: Sequence[Revision]) -> list[str]:
    if len(revisions) > LISTED:
        first, last = revisions[0].session, revisions[-1].session
        return [f"{len(revisions)} closes revised, from {first} to {last}; see revisions.jsonl"]
    return [f"{r.session}: close {_done(r)}" for r in revisions]


def _done(revision: Revision) -> str:
    if revision.new is None:
        return f"of {level(revision.old)} withdrawn, as {revision.source} has none"
    by = f", confirmed by {revision.confirmed_by}" if revision.confirmed_by else ""
    kind = "re-based after a split" if revision.kind is Kind.SPLIT else "revised"
    return f"{kind} from {' to '.join(apart(revision.old, revision.new))} by {revision.source}{by}"


def _changes(revisions: Sequence[Revision]) -> str:
    shown = [f"{each.session} {' → '.join(apart(each.old, each.value))}" for each in revisions[:LISTED]]
    return ", ".join(shown) + (", …" if len(revisions) > LISTED else "")


def _refuted(cleaned: Cleaned) -> list[str]:
    reasons = {
        CONTRADICTED: "a large move that another source contradicts",
        IMPLAUSIBLE: "an impossible ratio",
    }
    return [
        f"{plural(cleaned.dropped[rule], 'close')} set aside for {reason}: {_days(cleaned, rule)}"
        for rule, reason in reasons.items()
        if cleaned.dropped.get(rule)
    ]


def _days(cleaned: Cleaned, rule: str) -> str:
    return ", ".join(row.session for row in cleaned.set_aside if row.rule == rule)


def _doubt_notes(doubts: Sequence[Entry]) -> list[str]:
    if len(doubts) > LISTED:
        first = f"from {doubts[0]['session']} to {doubts[-1]['session']}"
        return [f"{len(doubts)} closes differ from other sources, {first}; see disagreements.jsonl"]
    return [_doubt_note(each) for each in doubts]


def _doubt_note(found: Entry) -> str:
    own, other = apart(found["close"], found["other_close"])
    return f"{found['session']}: {found['source']} has {own}, {found['other_source']} {other}"
