"""Stored history and a vendor's answer to new history; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.errors import RevisionError

ROUNDING = 0.005
FLOAT_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLimits:
    """How much stored history one answer may change, and whom to believe.

    Attributes
    ----------
    max_revisions : int
        Most changed closes.
    max_revision_share : float
        The same as a share of the stored sessions.
    trust : sequence of str
        Adapters from most to least trusted; others are trusted least.
    """

    max_revisions: int
    max_revision_share: float
    trust: Sequence[str]


@dataclass(frozen=True, slots=True)
class Revision:
    """A stored close that a vendor changed: session, both values, and the source of the new one."""

    session: dt.date
    old: float
    new: float
    source: str


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
        Changed closes, oldest first; replacing a rounded value of a less trusted source is not among them.
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
    n_kept: int
    n_absent: int
    changed: bool


def merge(key: str, stored: pd.DataFrame, new: pd.DataFrame, limits: MergeLimits) -> MergeResult:
    """Unite stored closes with an answer: no stored session is ever removed.

    On sessions in both, the more trusted source wins; the same source's newer answer replaces its older one.
    A changed close counts as a revision, unless a more trusted source replaces the value of a less trusted
    one and both differ by at most half a cent: vendors that round to cents are no revision.
    A less trusted source only adds sessions.

    Parameters
    ----------
    key : str
        Series key, for messages.
    stored, new : DataFrame
        Index `session` (unique, ascending); columns `close`, `source`. Either may be empty.
    limits : MergeLimits
        Limits and order of trust.

    Returns
    -------
    MergeResult

    Raises
    ------
    RevisionError
        Where more closes would change than the limits allow.
    """
    both = stored.index.intersection(new.index)
    old_rows, new_rows = stored.loc[both], new.loc[both]
    old_rank, new_rank = _rank(old_rows["source"], limits.trust), _rank(new_rows["source"], limits.trust)
    shift = np.abs(new_rows["close"].to_numpy() - old_rows["close"].to_numpy())
    wins = new_rank <= old_rank
    rounding = (new_rank < old_rank) & (shift <= ROUNDING + FLOAT_NOISE)
    revised = both[wins & (shift > 0) & ~rounding]
    _check_limits(key, stored, new, revised, limits)
    taken = both[wins & ((shift > 0) | (new_rank < old_rank))]
    added = new.index.difference(stored.index)
    closes = pd.concat([stored.drop(taken), new.loc[taken.union(added)]]).sort_index()
    closes.index.name = "session"
    return MergeResult(
        closes=closes,
        n_added=len(added),
        revisions=_revisions(stored, new, revised),
        n_kept=int((~wins & (shift > ROUNDING + FLOAT_NOISE)).sum()),
        n_absent=_absent(stored, new),
        changed=bool(len(added) or len(taken)),
    )


def _rank(sources: pd.Series, trust: Sequence[str]) -> np.ndarray:
    ranks = {name: position for position, name in reversed(list(enumerate(trust)))}
    return sources.map(ranks).fillna(len(ranks)).to_numpy(dtype="int64")


def _check_limits(
    key: str, stored: pd.DataFrame, new: pd.DataFrame, revised: pd.Index, limits: MergeLimits
) -> None:
    most = min(limits.max_revisions, int(limits.max_revision_share * len(stored)))
    if len(revised) > most:
        first = _revisions(stored, new, revised[:1])[0]
        raise RevisionError(
            series=key,
            session=first.session.isoformat(),
            old=first.old,
            new=first.new,
            n_revised=len(revised),
        )


def _revisions(stored: pd.DataFrame, new: pd.DataFrame, sessions: pd.Index) -> tuple[Revision, ...]:
    old, rows = stored.loc[sessions], new.loc[sessions]
    columns = (pd.DatetimeIndex(sessions), old["close"], rows["close"], rows["source"])
    return tuple(
        Revision(session.date(), float(was), float(now), str(source))
        for session, was, now, source in zip(*columns, strict=True)
    )


def _absent(stored: pd.DataFrame, new: pd.DataFrame) -> int:
    if new.empty:
        return 0
    own = stored.index[stored["source"].isin(new["source"].unique())]
    within = own[(own >= new.index[0]) & (own <= new.index[-1])]
    return len(within.difference(new.index))
