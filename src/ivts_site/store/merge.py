"""Stored history and a vendor's answer to new history; pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pandas as pd

from ivts_site.errors import RevisionError
from ivts_site.store.provenance import ProvisionalMark, Reason

ROUNDING = 0.005
FLOAT_NOISE = 1e-9
# A history in which so many closes moved by one factor, to within a thousandth, was adjusted as a whole.
REBASED_SHARE = 0.9
REBASED_SPREAD = 0.001
NO_MARKS: Mapping[dt.date, ProvisionalMark] = MappingProxyType({})


class Kind(StrEnum):
    """Why a stored close changed."""

    REVISION = "revision"
    FINAL = "final"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLimits:
    """How much stored history one answer may change, and whom to believe.

    Attributes
    ----------
    max_revisions : int
        Most changed closes.
    max_revision_share : float
        The same as a share of the stored sessions.
    max_revision_size : float
        Largest change of one close, as a share of the stored one.
    trust : sequence of str
        Adapters from most to least trusted; others are trusted least.
    accepted : bool
        Whether a person accepts changes beyond the limits.
    """

    max_revisions: int
    max_revision_share: float
    max_revision_size: float = math.inf
    trust: Sequence[str]
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """A stored close that a vendor changed: session, both values, the source of the new one, and why.

    The kind is `final` where the stored close was provisional, `upgrade` where a more trusted source
    replaced a less trusted one's value, `revision` otherwise.
    """

    session: dt.date
    old: float
    new: float
    source: str
    kind: Kind = Kind.REVISION


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """History after a merge.

    Attributes
    ----------
    closes : DataFrame
        Index `session`, ascending; columns `close`, `source`. Holds every stored session.
    n_added : int
        Sessions that were not stored.
    revisions : tuple of Revision
        Changed closes, oldest first; replacing a rounded value of a less trusted source is not among them,
        nor is one provisional value after another.
    early : tuple of date
        Sessions in `closes` whose value was read before its publication instant.
    n_kept : int
        Sessions on which a different close was offered by a less trusted source and not taken.
    n_absent : int
        Stored sessions between the first and the last of the answer that its source once gave and now lacks.
    changed : bool
        Whether `closes` differ from the stored ones in any way.
    """

    closes: pd.DataFrame
    n_added: int
    revisions: tuple[Revision, ...]
    early: tuple[dt.date, ...]
    n_kept: int
    n_absent: int
    changed: bool


def merge(  # noqa: PLR0913 (the two histories, and what is known about the rows of each)
    key: str,
    stored: pd.DataFrame,
    new: pd.DataFrame,
    limits: MergeLimits,
    *,
    early: Collection[dt.date] = (),
    marks: Mapping[dt.date, ProvisionalMark] = NO_MARKS,
) -> MergeResult:
    """Unite stored closes with an answer: no stored session is ever removed.

    On sessions in both, the more trusted source wins; the same source's newer answer replaces its older one.
    A changed close counts as a revision, unless a more trusted source replaces the value of a less trusted
    one and both differ by at most half a cent: vendors that round to cents are no revision.
    A less trusted source only adds sessions. A close read early gives way to a final one of any source and
    never replaces one; changes of provisional closes never count against the limits.

    Parameters
    ----------
    key : str
        Series key, for messages.
    stored, new : DataFrame
        Index `session` (unique, ascending); columns `close`, `source`. Either may be empty.
    limits : MergeLimits
        Limits and order of trust.
    early : collection of date
        Sessions of `new` read before their publication instant.
    marks : mapping of date to ProvisionalMark
        Stored sessions that are provisional.

    Returns
    -------
    MergeResult

    Raises
    ------
    RevisionError
        Where more closes would change, or one by more, than the limits allow.
    """
    rows = _common_rows(stored, new, limits.trust, frozenset(early), marks)
    revised = rows[rows["taken"] & (rows["shift"] > 0) & ~rows["rounding"] & ~rows["early"]]
    if not limits.accepted:
        _check_limits(key, rows, revised[~revised["held"]], len(stored), limits)
    taken = rows.index[rows["taken"]]
    added = new.index.difference(stored.index)
    closes = pd.concat([stored.drop(taken), new.loc[taken.union(added)]]).sort_index()
    closes.index.name = "session"
    return MergeResult(
        closes=closes,
        n_added=len(added),
        revisions=tuple(_revisions(revised)),
        early=_early(rows, stored.index, added, early, marks),
        n_kept=int((rows["outranked"] & (rows["shift"] > ROUNDING + FLOAT_NOISE)).sum()),
        n_absent=_absent(stored, new),
        changed=bool(len(added) or len(taken)),
    )


def _common_rows(
    stored: pd.DataFrame,
    new: pd.DataFrame,
    trust: Sequence[str],
    early: Collection[dt.date],
    marks: Mapping[dt.date, ProvisionalMark],
) -> pd.DataFrame:
    """Sessions in both, with both values, what is known about each, and whether the new one is taken."""
    both = stored.index.intersection(new.index)
    days = [day.date() for day in both] if early or marks else [dt.date.min] * len(both)
    old, offered = stored.loc[both], new.loc[both]
    rows = pd.DataFrame(
        {"old": old["close"], "new": offered["close"], "source": offered["source"]}, index=both
    )
    rank = _rank(offered["source"], trust) - _rank(old["source"], trust)
    rows["shift"] = (rows["new"] - rows["old"]).abs()
    rows["early"] = np.array([day in early for day in days], dtype=bool)
    rows["held"] = np.array([day in marks for day in days], dtype=bool)
    held_early = np.array([_is_early(marks.get(day)) for day in days], dtype=bool)
    rows["upgrade"] = rank < 0
    rows["rounding"] = (rank != 0) & (rows["shift"] <= ROUNDING + FLOAT_NOISE)
    rows["settled"] = held_early & ~rows["early"]
    rows["outranked"] = (rank > 0) & ~rows["settled"]
    admitted = np.where(rows["early"], held_early & (rank <= 0), (rank <= 0) | rows["settled"])
    differs = (rows["shift"] > 0) & ~(rows["rounding"] & (rank > 0))
    rows["taken"] = admitted & (differs | rows["upgrade"])
    return rows


def _is_early(mark: ProvisionalMark | None) -> bool:
    return mark is not None and mark.reason is Reason.EARLY


def _rank(sources: pd.Series, trust: Sequence[str]) -> np.ndarray:
    ranks = {name: position for position, name in reversed(list(enumerate(trust)))}
    return sources.map(ranks).fillna(len(ranks)).to_numpy(dtype="int64")


def _check_limits(
    key: str, rows: pd.DataFrame, counted: pd.DataFrame, n_stored: int, limits: MergeLimits
) -> None:
    most = min(limits.max_revisions, int(limits.max_revision_share * n_stored))
    large = counted[counted["shift"] > limits.max_revision_size * counted["old"] + FLOAT_NOISE]
    if len(counted) <= most and large.empty:
        return
    many = len(counted) > most
    first = next(_revisions(counted if many else large))
    raise RevisionError(
        series=key,
        session=first.session.isoformat(),
        old=first.old,
        new=first.new,
        n_revised=len(counted) if many else len(large),
        limit="store.max_revisions" if many else "store.max_revision_size",
        factor=common_factor(rows["old"], rows["new"]),
    )


def common_factor(old: pd.Series, new: pd.Series) -> float | None:
    """Return the factor by which a whole history moved, as after a split; None where it did not.

    Parameters
    ----------
    old, new : Series
        Closes of the same sessions, positive.

    Returns
    -------
    float or None
        The median of new / old, where at least nine in ten closes changed by it, to within a thousandth.
    """
    quotients = (new / old).to_numpy(dtype="float64")
    if not len(quotients):
        return None
    factor = float(np.median(quotients))
    moved = (new != old).to_numpy() & (np.abs(quotients / factor - 1) <= REBASED_SPREAD)
    return factor if moved.mean() >= REBASED_SHARE else None


def _revisions(rows: pd.DataFrame) -> Iterator[Revision]:
    for session, row in zip(pd.DatetimeIndex(rows.index), rows.itertuples(), strict=True):
        kind = Kind.FINAL if row.held else Kind.UPGRADE if row.upgrade else Kind.REVISION
        yield Revision(session.date(), float(row.old), float(row.new), str(row.source), kind)  # type: ignore[arg-type]


def _early(
    rows: pd.DataFrame,
    stored: pd.Index,
    added: pd.Index,
    early: Collection[dt.date],
    marks: Mapping[dt.date, ProvisionalMark],
) -> tuple[dt.date, ...]:
    held = {day for day, mark in marks.items() if _is_early(mark) and pd.Timestamp(day) in stored}
    settled = {day.date() for day in pd.DatetimeIndex(rows.index[rows["settled"]])}
    new = {day for day in early if pd.Timestamp(day) in added}
    return tuple(sorted((held - settled) | new))


def _absent(stored: pd.DataFrame, new: pd.DataFrame) -> int:
    if new.empty:
        return 0
    own = stored.index[stored["source"].isin(new["source"].unique())]
    within = own[(own >= new.index[0]) & (own <= new.index[-1])]
    return len(within.difference(new.index))
