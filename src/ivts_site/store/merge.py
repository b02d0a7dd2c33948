"""Stored history and a vendor's answer to new history; pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd

from ivts_site.config import Store
from ivts_site.errors import RevisionError
from ivts_site.model import Witness
from ivts_site.store.provenance import HeldRevision, ProvisionalMark, Reason

ROUNDING = 0.005
FLOAT_NOISE = 1e-9
# A history in which so many closes moved by one factor, to within a thousandth, was adjusted as a whole.
REBASED_SHARE = 0.9
REBASED_SPREAD = 0.001
# A factor nearer to 1 is an adjustment, not a split.
SPLIT_LEAST = 1.2
RECENT = 5
"""So many latest closes may be corrected by any amount: a vendor's last word often comes late."""
ACCEPTED, REPEATED = "accepted", "repeated"


class Kind(StrEnum):
    """Why a stored close changed."""

    REVISION = "revision"
    FINAL = "final"
    UPGRADE = "upgrade"
    SPLIT = "split"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MergeLimits:
    """How much stored history one answer may change, and whom to believe."""

    settings: Store
    """How many closes may change, and how much."""
    _: KW_ONLY
    trust: Sequence[str]
    """Adapters from most to least trusted; others are trusted least."""
    accepted: bool = False
    """Whether a person accepts whatever the answer changes."""
    checked: bool = False
    """Whether closes of a second source are configured: then a change waits for it, however small."""
    splits: bool = False
    """Whether the series can split, as a fund can and an index cannot."""
    back_history: str = ""
    """Adapter whose closes stand before the first of the most trusted source; empty where none may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about the changes that an answer proposes, beside the answer itself."""

    witnesses: Sequence[Witness] = ()
    """Second sources."""
    held: Mapping[dt.date, HeldRevision] = field(default_factory=dict)
    """Changes proposed before and not applied."""
    repeats: Collection[dt.date] = ()
    """Sessions of `held` whose proposal was first made on an earlier day, so that this is a repetition."""
    unread: Collection[dt.date] = ()
    """Sessions of which the answer holds a row that was set aside."""


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Revision:
    """A stored close that changed: session, both values, source of the new one, why, and who confirmed it.

    The kind is `final` where the stored close was provisional, `upgrade` where a more trusted source
    replaced a less trusted one's value, `split` where the whole history moved by one factor (session and
    values are those of its last close), `withdrawn` where the close of a stand-in went because the trusted
    source passes over its session (`new` is None), `revision` otherwise. `confirmed_by` names the sources
    that have the new value, `repeated` where the trusted source gave it again on a later day, `accepted`
    where a person did; it is empty where nobody was asked.
    """

    session: dt.date
    old: float
    new: float | None
    source: str
    kind: Kind = Kind.REVISION
    confirmed_by: str = ""

    @property
    def value(self) -> float:
        """The new close; NaN where there is none."""
        return math.nan if self.new is None else self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """History after a merge."""

    closes: pd.DataFrame
    """Index `session`, ascending; columns `close`, `source`. Holds every stored session."""
    n_added: int
    """Sessions that were not stored."""
    revisions: tuple[Revision, ...]
    """Changed closes, oldest first; replacing a rounded value of a less trusted source is not among them,
    nor is one provisional value after another."""
    early: tuple[dt.date, ...]
    """Sessions in `closes` whose value was read before its publication instant."""
    n_kept: int
    """Sessions on which a different close was offered by a less trusted source and not taken."""
    n_absent: int
    """Stored sessions between the first and the last of the answer that its source once gave and now
    lacks."""
    changed: bool
    """Whether `closes` differ from the stored ones in any way."""
    held: tuple[Revision, ...] = field(default=())
    """Changes that the answer proposes and nobody confirms: the stored values stay."""

    def followed_by(self, later: MergeResult) -> MergeResult:
        """Return the two merges as one: the later one began with the closes of this one."""
        return replace(
            later,
            n_added=self.n_added + later.n_added,
            revisions=(*self.revisions, *later.revisions),
            early=tuple(sorted({*self.early, *later.early})),
            n_kept=self.n_kept + later.n_kept,
            n_absent=self.n_absent,
            changed=self.changed or later.changed,
            held=(*self.held, *later.held),
        )


def merge(  # noqa: PLR0913 (the two histories, and what is known about the rows of each)
    key: str,
    stored: pd.DataFrame,
    new: pd.DataFrame,
    limits: MergeLimits,
    *,
    early: Collection[dt.date] = (),
    marks: Mapping[dt.date, ProvisionalMark] = MappingProxyType({}),
    evidence: Evidence = NO_EVIDENCE,
) -> MergeResult:
    """Unite stored closes with an answer; either has index `session` and columns `close`, `source`.

    On sessions in both, the more trusted source wins; the same source's newer answer replaces its older one.
    A less trusted source adds sessions after the last stored one and nothing else. A close read early gives
    way to a final one of any source and never replaces one.

    A changed close counts as a revision, unless a more trusted source replaces the value of a less trusted
    one and both differ by at most half a cent: vendors that round to cents are no revision. A revision is
    applied where the stored close was provisional, a second source confirms it, or the most trusted source
    repeats a change of one of the latest five closes on a later day. Where no second source quotes the
    series, a few small ones are applied too. Where a more trusted source replaces a less trusted one's value
    no confirmation is needed, unless second sources have the old one on more sessions than the limits allow.
    All others are held: the stored close stays, new sessions are taken. An answer with more of these than the
    limits allow tells of another history and is refused whole (RevisionError), except one that moved by the
    factor of a split.

    What the most trusted source gave is never removed. Closes of other sources stand in for it: those of
    sessions that it passes over go, unless they are its declared back history or among the latest five.

    `early` are sessions of the answer read before their publication instant, `marks` stored ones that are
    provisional, and `evidence` is what confirms or contradicts changes.
    """
    rows = _common_rows(stored, new, limits.trust, frozenset(early), marks)
    if limits.splits and (factor := split_factor(rows["old"], rows["new"])) is not None:
        return _rebased(stored, new, factor, rows, early)
    rows["confirmed_by"] = _confirmations(rows, stored.index, limits, evidence)
    revised = rows["taken"] & (rows["shift"] > 0) & ~rows["rounding"] & ~rows["early"]
    waiting = rows[revised & ~rows["provisional"]]
    n_allowed = max(limits.settings.max_revisions, int(limits.settings.max_revision_share * len(rows)))
    held = waiting[~_applied(waiting, n_allowed, limits, evidence)]
    if len(held) > n_allowed:
        raise _revision_error(key, rows, held)
    rows.loc[held.index, "taken"] = False
    taken = rows.index[rows["taken"]]
    added = _added(stored, new, limits.trust)
    closes = pd.concat([stored.drop(taken), new.loc[taken.union(added)]]).sort_index()
    closes.index.name = "session"
    closes, withdrawn = _without_stand_ins(closes, new, limits, evidence.unread)
    return MergeResult(
        closes=closes,
        n_added=len(added),
        revisions=(*_revisions(rows[revised & rows["taken"]]), *withdrawn),
        early=_early(rows, stored.index, added, early, marks),
        n_kept=int((rows["outranked"] & (rows["shift"] > ROUNDING + FLOAT_NOISE)).sum()),
        n_absent=_absent(stored, new),
        changed=bool(len(added) or len(taken) or withdrawn),
        held=tuple(_revisions(held)),
    )


def _confirmations(
    rows: pd.DataFrame, stored: pd.Index, limits: MergeLimits, evidence: Evidence
) -> list[str]:
    """Name for each common session who confirms the new value; empty where nobody does."""
    if limits.accepted:
        return [ACCEPTED] * len(rows)
    names: list[list[str]] = [[] for _ in range(len(rows))]
    for witness in evidence.witnesses:
        for place in np.flatnonzero(_agrees(witness, rows, "new", "old")):
            names[place].append(witness.source)
    trusted = (rows["source"] == next(iter(limits.trust), "")).to_numpy()
    recent = rows.index.isin(stored[-RECENT:])
    days = pd.DatetimeIndex(rows.index)
    for at in np.flatnonzero(trusted & recent).tolist():
        before = evidence.held.get(days[at].date())
        repeats = days[at].date() in evidence.repeats
        if repeats and before is not None and before.new == rows["new"].iloc[at]:
            names[at].append(REPEATED)
    return [", ".join(each) for each in names]


def _agrees(witness: Witness, rows: pd.DataFrame, this: str, that: str) -> np.ndarray:
    """Tell where a witness has one of two values rather than the other."""
    said = witness.closes.reindex(rows.index)
    within = (
        witness.tolerance if isinstance(witness.tolerance, float) else witness.tolerance.reindex(rows.index)
    )
    near, far = (said - rows[this]).abs(), (said - rows[that]).abs()
    bound = (far - FLOAT_NOISE) if witness.exact else (far - near).where(far > within, -math.inf)
    return ((near <= within + FLOAT_NOISE) & (near < bound)).to_numpy()


def _applied(waiting: pd.DataFrame, n_allowed: int, limits: MergeLimits, evidence: Evidence) -> np.ndarray:
    """Tell which changes of final closes go in: confirmed ones, and harmless ones that nobody contradicts."""
    confirmed = (waiting["confirmed_by"] != "").to_numpy()
    contradicted = np.zeros(len(waiting), dtype=bool)
    for witness in evidence.witnesses:
        contradicted |= _agrees(witness, waiting, "old", "new")
    small = (waiting["shift"] <= limits.settings.max_revision_size * waiting["old"] + FLOAT_NOISE).to_numpy()
    harmless = small & ~contradicted & ~confirmed & (not limits.checked)
    if harmless.sum() > limits.settings.max_revisions:
        harmless[:] = False
    # a second source that is the stand-in itself contradicts only a history that is another one as a whole
    stood_in = waiting["upgrade"].to_numpy(dtype=bool)
    if (stood_in & contradicted).sum() > n_allowed:
        stood_in = stood_in & ~contradicted
    applied: np.ndarray = confirmed | harmless | stood_in
    return applied


def _added(stored: pd.DataFrame, new: pd.DataFrame, trust: Sequence[str]) -> pd.Index:
    """Sessions that an answer adds; those of a less trusted source only after the last stored one."""
    added = new.index.difference(stored.index)
    if stored.empty or new.empty or new["source"].iloc[0] == next(iter(trust), ""):
        return added
    return added.difference(added[added <= stored.index[-1]])


def _without_stand_ins(
    closes: pd.DataFrame, new: pd.DataFrame, limits: MergeLimits, unread: Collection[dt.date]
) -> tuple[pd.DataFrame, list[Revision]]:
    """Take out closes of other sources on sessions that the most trusted source's answer passes over."""
    trusted = next(iter(limits.trust), "")
    own = closes.index[closes["source"] == trusted]
    if new.empty or new["source"].iloc[0] != trusted or own.empty:
        return closes, []
    settled = new.index[-RECENT - 1] if len(new) > RECENT else new.index[0]
    before = closes.index < own[0]
    passed = (closes["source"] != trusted) & (closes.index <= settled) & ~closes.index.isin(new.index)
    passed &= ~(before & (closes["source"] == limits.back_history)) & ~closes.index.isin(
        pd.DatetimeIndex([*unread])
    )
    gone = closes[passed]
    withdrawn = [
        Revision(session.date(), float(close), None, trusted, Kind.WITHDRAWN)
        for session, close in zip(pd.DatetimeIndex(gone.index), gone["close"], strict=True)
    ]
    return closes[~passed], withdrawn


def _rebased(
    stored: pd.DataFrame, new: pd.DataFrame, factor: float, rows: pd.DataFrame, early: Collection[dt.date]
) -> MergeResult:
    """Take a history that moved by the factor of a split, and what it lacks times that factor."""
    kept = stored.drop(rows.index)
    closes = pd.concat([kept.assign(close=kept["close"] * factor), new]).sort_index()
    closes.index.name = "session"
    return MergeResult(
        closes=closes,
        n_added=len(new.index.difference(stored.index)),
        revisions=tuple(
            replace(each, kind=Kind.SPLIT) for each in _revisions(rows.iloc[-1:].assign(confirmed_by=""))
        ),
        early=tuple(sorted(early)),
        n_kept=0,
        n_absent=_absent(stored, new),
        changed=True,
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
    rank = _rank(offered["source"], trust) - _rank(old["source"], trust)
    shift = (offered["close"] - old["close"]).abs().to_numpy()
    is_early = np.array([day in early for day in days], dtype=bool)
    stored_early = np.array([_is_early(marks.get(day)) for day in days], dtype=bool)
    rounding = (rank != 0) & (shift <= ROUNDING + FLOAT_NOISE)
    settled = stored_early & ~is_early
    admitted = np.where(is_early, stored_early & (rank <= 0), (rank <= 0) | settled)
    differs = (shift > 0) & ~(rounding & (rank > 0))
    return pd.DataFrame(
        {
            "old": old["close"],
            "new": offered["close"],
            "source": offered["source"],
            "shift": shift,
            "early": is_early,
            "provisional": np.array([day in marks for day in days], dtype=bool),
            "upgrade": rank < 0,
            "rounding": rounding,
            "settled": settled,
            "outranked": (rank > 0) & ~settled,
            "taken": admitted & (differs | (rank < 0)),
        },
        index=both,
    )


def _is_early(mark: ProvisionalMark | None) -> bool:
    return mark is not None and mark.reason is Reason.EARLY


def _rank(sources: pd.Series, trust: Sequence[str]) -> np.ndarray:
    ranks = {name: position for position, name in reversed(list(enumerate(trust)))}
    return np.array([ranks.get(name, len(ranks)) for name in sources.tolist()], dtype="int64")


def _revision_error(key: str, rows: pd.DataFrame, held: pd.DataFrame) -> RevisionError:
    first = next(_revisions(held))
    return RevisionError(
        series=key,
        session=first.session.isoformat(),
        old=first.old,
        new=float(held["new"].iloc[0]),
        n_revised=len(held),
        factor=common_factor(rows["old"], rows["new"]),
    )


def common_factor(old: pd.Series, new: pd.Series) -> float | None:
    """Return the factor by which a whole history moved, as after a split; None where it did not."""
    quotients = (new / old).to_numpy(dtype="float64")
    if not len(quotients):
        return None
    factor = float(np.median(quotients))
    moved = (new != old).to_numpy() & (np.abs(quotients / factor - 1) <= REBASED_SPREAD)
    return factor if moved.mean() >= REBASED_SHARE else None


def split_factor(old: pd.Series, new: pd.Series) -> float | None:
    """Return the factor of a split, such as 1/2 or 3/2, by which a whole history moved; None without one."""
    factor = common_factor(old, new)
    if factor is None or 1 / SPLIT_LEAST < factor < SPLIT_LEAST:
        return None
    split = (
        float(Fraction(factor).limit_denominator(10))
        if factor > 1
        else 1 / float(Fraction(1 / factor).limit_denominator(10))
    )
    return split if abs(factor / split - 1) <= REBASED_SPREAD else None


def _revisions(rows: pd.DataFrame) -> Iterator[Revision]:
    for session, row in zip(pd.DatetimeIndex(rows.index), rows.to_dict("records"), strict=True):
        kind = Kind.FINAL if row["provisional"] else Kind.UPGRADE if row["upgrade"] else Kind.REVISION
        yield Revision(session.date(), row["old"], row["new"], row["source"], kind, row["confirmed_by"])


def _early(
    rows: pd.DataFrame,
    stored: pd.Index,
    added: pd.Index,
    early: Collection[dt.date],
    marks: Mapping[dt.date, ProvisionalMark],
) -> tuple[dt.date, ...]:
    stored_early = {day for day, mark in marks.items() if _is_early(mark) and pd.Timestamp(day) in stored}
    settled = {day.date() for day in pd.DatetimeIndex(rows.index[rows["settled"]])}
    new = {day for day in early if pd.Timestamp(day) in added}
    return tuple(sorted((stored_early - settled) | new))


def _absent(stored: pd.DataFrame, new: pd.DataFrame) -> int:
    if new.empty:
        return 0
    own = stored.index[stored["source"].isin(new["source"].unique())]
    within = own[(own >= new.index[0]) & (own <= new.index[-1])]
    return len(within.difference(new.index))
