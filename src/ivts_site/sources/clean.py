"""From a vendor's rows to closes of completed sessions; every row left out is counted."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ivts_site.errors import DataError
from ivts_site.formatting import plural
from ivts_site.sessions import Sessions
from ivts_site.sources.parsed import ParsedCloses

KINDS = ("not_a_session", "unpublished", "future", "impossible", "duplicate", "conflict", "unreadable")
SAME_SHARE = 0.95
SAME_MINIMUM = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What makes a row acceptable.

    Attributes
    ----------
    range : tuple of float
        Lowest and highest possible close, both included.
    publication_lag_minutes : int
        Minutes after the regular close from which a close counts as published.
    max_bad_row_share : float
        Share of the rows that may be unreadable, impossible or contradictory (a contradictory session counts
        once); above it the whole answer is rejected. A single bad row never rejects an answer.
    timezone : str
        Zone in which the vendor's dates are meant.
    """

    range: tuple[float, float]
    publication_lag_minutes: int
    max_bad_row_share: float
    timezone: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Closes of completed sessions.

    Attributes
    ----------
    closes : DataFrame
        Index `session` (`datetime64[us]`, unique, ascending); columns `close` (float64) and `source` (str).
    dropped : dict
        Rows left out, by kind: one entry for each of `KINDS`.
    notes : tuple of str
        One sentence for each kind of finding a person should know of.
    """

    closes: pd.DataFrame
    dropped: dict[str, int]
    notes: tuple[str, ...]


def clean_closes(parsed: ParsedCloses, sessions: Sessions, now: dt.datetime, rules: Rules) -> Cleaned:
    """Keep the closes of sessions that are completed and published at `now`.

    A row counts under the first rule that it breaks: date in the future, no session, not yet published,
    value outside the range, same row twice (one stays), same date with different values (none stays).

    Parameters
    ----------
    parsed : ParsedCloses
        Rows as found.
    sessions : Sessions
        Calendar; days outside its bounds are no sessions.
    now : datetime
        Aware instant that decides what is published.
    rules : Rules
        Limits.

    Returns
    -------
    Cleaned

    Raises
    ------
    DataError
        Where the share of bad rows is above the limit or no usable row is left.
    """
    rows = parsed.closes
    kinds = _kinds(rows, sessions, now, rules)
    dropped = {kind: int((kinds == kind).sum()) for kind in KINDS}
    dropped["unreadable"] = len(parsed.bad)
    torn = rows[kinds == "conflict"]
    n_bad = dropped["unreadable"] + dropped["impossible"] + torn["session"].nunique()
    _check_share(parsed, n_bad, rules.max_bad_row_share)
    kept = rows[kinds == ""].set_index("session").sort_index()
    if kept.empty:
        raise DataError(f"{parsed.source}: none of {parsed.n_rows} rows is a close of a completed session")
    kept["source"] = pd.Series(parsed.source, index=kept.index, dtype="str")
    return Cleaned(kept, dropped, _notes(parsed, torn, dropped))


def check_distinct(closes: Mapping[str, pd.DataFrame]) -> None:
    """Check that no two series are the same one, as when a vendor serves one file for both.

    Parameters
    ----------
    closes : mapping of str to DataFrame
        Closes by series key, indexed by session.

    Raises
    ------
    DataError
        Naming the first two series whose closes agree on more than 95 % of 20 or more common sessions.
    """
    for (one, a), (two, b) in itertools.combinations(closes.items(), 2):
        both = pd.concat([a["close"], b["close"]], axis=1, join="inner", keys=["a", "b"])
        share = float((both["a"] == both["b"]).mean()) if len(both) >= SAME_MINIMUM else 0.0
        if share > SAME_SHARE:
            raise DataError(
                f"{one} and {two} have the same close on {share:.1%} of {len(both)} sessions: "
                "one file seems to be served for both; stored data kept"
            )


def _kinds(rows: pd.DataFrame, sessions: Sessions, now: dt.datetime, rules: Rules) -> np.ndarray:
    today = pd.Timestamp(now.astimezone(ZoneInfo(rules.timezone)).date())
    session, close = rows["session"], rows["close"]
    published = sessions.published_sessions(now, rules.publication_lag_minutes)
    early = np.select(
        [
            session > today,
            ~session.isin(sessions.labels),
            ~session.isin(published),
            ~close.between(*rules.range),
        ],
        ["future", "not_a_session", "unpublished", "impossible"],
        "",
    ).astype(object)
    rest = rows[early == ""]
    repeated = rest.duplicated()
    torn = rest[~repeated]["session"]
    conflict = rest["session"].isin(torn[torn.duplicated()])
    early[rest.index[repeated]] = "duplicate"
    early[rest.index[conflict]] = "conflict"
    return early


def _check_share(parsed: ParsedCloses, n_bad: int, limit: float) -> None:
    # a single bad row is more than any share of a short file, and no reason to reject it
    if n_bad <= max(limit * parsed.n_rows, 1):
        return
    example = f", such as line {parsed.bad[0].line}: {parsed.bad[0].text!r}" if parsed.bad else ""
    raise DataError(
        f"{parsed.source}: {n_bad} of {parsed.n_rows} rows are unreadable, impossible or contradictory, "
        f"more than store.max_bad_row_share allows{example}"
    )


def _notes(parsed: ParsedCloses, torn: pd.DataFrame, dropped: Mapping[str, int]) -> tuple[str, ...]:
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
    if len(torn):
        days = ", ".join(sorted({f"{day:%Y-%m-%d}" for day in torn["session"]})[:3])
        notes.append(f"different closes for the same session ({days}), none taken")
    return tuple(notes)
