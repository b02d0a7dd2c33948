"""From a vendor's rows to closes of completed sessions; every row left out is counted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ivts_site.config import Config, Series
from ivts_site.errors import DataError
from ivts_site.formatting import plural
from ivts_site.sessions import Sessions
from ivts_site.sources.parsed import ISO_DATE, US_DATE, ParsedCloses

# A person should be able to look at every such row; the others are no more than a vendor's habits.
RECORDED = ("future", "impossible", "conflict")
# Counted with the other days without a session; no calendar can make it one, so that each is recorded too.
WEEKEND = "weekend"
KINDS = ("not_a_session", "unpublished", "future", "impossible", "duplicate", "conflict", "unreadable")


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that is not used: its date and value as text, the rule it breaks, and its line in the answer."""

    session: str
    value: str
    rule: str
    line: int


@dataclass(frozen=True, slots=True)
class CleanedCloses:
    """Closes of completed sessions."""

    closes: pd.DataFrame
    """Index `session` (`datetime64[us]`, unique, ascending); columns `close` (float64) and `source` (str)."""
    dropped: dict[str, int]
    """Rows left out, by kind: one entry for each of `KINDS`."""
    notes: tuple[str, ...]
    """One sentence for each kind of finding a person should know of."""
    early: tuple[dt.date, ...]
    """Sessions of `closes` that are completed and whose value may not be the last: their publication
    instant has not come, or the answer was made before it."""
    quarantined: tuple[QuarantinedRow, ...]
    """Rows that cannot be right, one by one."""
    lines: pd.Series
    """Line of each of `closes` in the answer, int64, with the same index."""
    dropped_days: dict[str, tuple[dt.date, ...]]
    """Days of the rows left out, rising, by kind; unreadable rows have none."""

    def quarantine(self, sessions: pd.DatetimeIndex, rule: str) -> CleanedCloses:
        """Return the same without the closes of some sessions, which are set aside under `rule`."""
        found = zip(sessions, self.closes["close"].loc[sessions], self.lines.loc[sessions], strict=True)
        aside = [
            QuarantinedRow(f"{day:%Y-%m-%d}", repr(float(close)), rule, int(line))
            for day, close, line in found
        ]
        days = {day.date() for day in sessions}
        return replace(
            self,
            closes=self.closes.drop(sessions),
            lines=self.lines.drop(sessions),
            dropped=self.dropped | {rule: self.dropped.get(rule, 0) + len(sessions)},
            early=tuple(day for day in self.early if day not in days),
            quarantined=(*self.quarantined, *aside),
            dropped_days=self.dropped_days
            | {rule: tuple(sorted([*self.dropped_days.get(rule, ()), *(day.date() for day in sessions)]))},
        )


def clean_closes(  # noqa: PLR0913 (an answer, when it came, and the settings that judge it)
    parsed: ParsedCloses,
    sessions: Sessions,
    now: dt.datetime,
    config: Config,
    key: str,
    *,
    modified: dt.datetime | None = None,
) -> CleanedCloses:
    """Keep the closes of sessions that are completed at `now`, and say which of them may still change.

    `key` is that of the series in `config`, whose sections `series`, `store` and `calendar` have the rules.

    A row counts under the first rule that it breaks: date in the future, no session, not yet completed, value
    outside the range, same row twice (one stays), same date with different values (none stays). Days outside
    the bounds of `sessions` are no sessions.

    `modified` is when the vendor last changed the answer. The close of its newest row is early where this
    lies before the last value of that session, whatever the time now; an instant after `now` says nothing.

    A share of bad rows or of missing sessions above its limit, and an answer without a usable row, are a
    DataError; a contradictory session is one bad row, and a single bad row or missing session no reason.
    """
    rows, series, limits = parsed.closes, config.series[key], config.store
    kinds = _kinds(rows, sessions, now, series, config.calendar.timezone)
    dropped = {kind: int((kinds == kind).sum()) for kind in KINDS}
    dropped["unreadable"] = len(parsed.bad)
    conflicts = rows[kinds == "conflict"]
    n_bad = dropped["unreadable"] + dropped["impossible"] + conflicts["session"].nunique()
    _check_share(parsed, n_bad, limits.max_bad_row_share)
    kept = rows[kinds == ""].set_index("session").sort_index()
    lines = kept.pop("line")
    if kept.empty:
        raise DataError(f"{parsed.source}: none of {parsed.n_rows} rows is a close of a completed session")
    _check_density(parsed.source, pd.DatetimeIndex(kept.index), sessions, limits.max_missing_share)
    kept["source"] = pd.Series(parsed.source, index=kept.index, dtype="str")
    published = sessions.published_sessions(now, series.publication_lag_minutes)
    early = kept.index.difference(published)
    if modified is not None and modified <= now:
        completed = sessions.published_sessions(modified, series.completion_lag_minutes)
        newest = rows["session"][np.isin(kinds, ["", "unpublished"])].max()
        early = early.union(kept.index[kept.index == newest].difference(completed))
    quarantined = tuple(_quarantined_rows(parsed, kinds))
    days = {kind: _days(rows["session"][kinds == kind]) for kind in KINDS if dropped[kind]}
    unfinished = tuple(day.date() for day in early)
    return CleanedCloses(
        kept, dropped, _notes(parsed, conflicts, dropped, quarantined), unfinished, quarantined, lines, days
    )


def _kinds(
    rows: pd.DataFrame, sessions: Sessions, now: dt.datetime, series: Series, timezone: str
) -> np.ndarray:
    today = pd.Timestamp(now.astimezone(ZoneInfo(timezone)).date())
    session, close = rows["session"], rows["close"]
    completed = sessions.published_sessions(now, series.completion_lag_minutes)
    found = np.select(
        [
            session > today,
            ~session.isin(sessions.labels),
            ~session.isin(completed),
            ~close.between(*series.range),
        ],
        ["future", "not_a_session", "unpublished", "impossible"],
        "",
    ).astype(object)
    rest = rows[found == ""]
    repeated = rest.duplicated(["session", "close"])
    distinct = rest[~repeated]["session"]
    conflict = rest["session"].isin(distinct[distinct.duplicated()])
    found[rest.index[repeated]] = "duplicate"
    found[rest.index[conflict]] = "conflict"
    return found


def _days(sessions: pd.Series) -> tuple[dt.date, ...]:
    return tuple(day.date() for day in sessions.sort_values())


def _quarantined_rows(parsed: ParsedCloses, kinds: np.ndarray) -> Iterator[QuarantinedRow]:
    weekend = (kinds == "not_a_session") & (parsed.closes["session"].dt.day_of_week >= 5).to_numpy()
    for kind, chosen in [*((kind, kinds == kind) for kind in RECORDED), (WEEKEND, weekend)]:
        for place in np.flatnonzero(chosen):
            session, close, line = parsed.closes.iloc[place]
            yield QuarantinedRow(f"{session:%Y-%m-%d}", repr(float(close)), kind, int(line))
    for row in parsed.bad:
        date = re.match(rf"{ISO_DATE}|{US_DATE}", row.text)
        yield QuarantinedRow(date[0] if date else "", row.text, f"unreadable: {row.reason}", row.line)


def _check_share(parsed: ParsedCloses, n_bad: int, limit: float) -> None:
    # a single bad row is more than any share of a short file, and no reason to reject it
    if n_bad <= max(limit * parsed.n_rows, 1):
        return
    example = f", such as line {parsed.bad[0].line}: {parsed.bad[0].text!r}" if parsed.bad else ""
    raise DataError(
        f"{parsed.source}: {n_bad} of {parsed.n_rows} rows are unreadable, impossible or contradictory, "
        f"more than store.max_bad_row_share allows{example}"
    )


def _check_density(source: str, kept: pd.DatetimeIndex, sessions: Sessions, limit: float) -> None:
    # a weekly series, or one with a hole of years, parses like any other
    spanned = sessions.sessions_in(kept[0].date(), kept[-1].date())
    missing = spanned.difference(kept)
    if len(missing) <= max(limit * len(spanned), 1):
        return
    raise DataError(
        f"{source}: has no close for {len(missing):,} of {len(spanned):,} sessions "
        f"from {kept[0]:%Y-%m-%d} to {kept[-1]:%Y-%m-%d}, more than store.max_missing_share allows, "
        f"such as {missing[0]:%Y-%m-%d}"
    )


def _notes(
    parsed: ParsedCloses,
    conflicts: pd.DataFrame,
    dropped: Mapping[str, int],
    quarantined: Sequence[QuarantinedRow],
) -> tuple[str, ...]:
    notes = []
    if parsed.bad:
        row = parsed.bad[0]
        notes.append(
            f"{plural(len(parsed.bad), 'unreadable row')} set aside, first line {row.line} ({row.reason})"
        )
    if dropped["impossible"]:
        notes.append(f"{plural(dropped['impossible'], 'close')} outside the possible range set aside")
    if dropped["future"]:
        notes.append(f"{plural(dropped['future'], 'row')} dated in the future left out")
    if n_weekend := sum(row.rule == WEEKEND for row in quarantined):
        notes.append(f"{plural(n_weekend, 'row')} dated on a weekend left out")
    if len(conflicts):
        days = ", ".join(sorted({f"{day:%Y-%m-%d}" for day in conflicts["session"]})[:3])
        notes.append(f"different closes for the same session ({days}), none taken")
    return tuple(notes)
