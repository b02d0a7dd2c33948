"""How old the closes are: pure rules on row dates and publication instants, for the build and the checks.

The page's script ages the same way in the visitor's browser; a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivts_site.model import Publication

GRACE = dt.timedelta(hours=12)
"""Closes that are this much behind their publication instant are late."""


class State(StrEnum):
    """From fresh to stale; the order of the members is that of their gravity."""

    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    STALE = "stale"

    @property
    def gravity(self) -> int:
        """0 for fresh to 3 for stale."""
        return list(State).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old the closes are at an instant."""

    state: State
    """See `judge`."""
    n_behind: int
    """Sessions whose publication instant has passed; at most as many as were given."""
    at_least: bool
    """Whether `n_behind` may be more, as all instants given have passed."""
    expected: Publication
    """The first session that is not there."""
    late_from: dt.datetime
    stale_from: dt.datetime | None
    """Instants from which the closes are late and stale; the second is None where one session was given."""


def judge(upcoming: Sequence[Publication], now: dt.datetime) -> Freshness | None:
    """Tell how old the closes are, from the sessions after the last stored one, in order.

    `fresh` before the first publication instant; `due` from it for twelve hours; `late` from then; `stale`
    from the second publication instant, with two or more sessions missing. A state begins at its instant.
    Where sessions follow within twelve hours, stale comes before late. None where nothing is known to come.
    """
    if not upcoming:
        return None
    first = upcoming[0]
    stale_from = upcoming[1].publication if len(upcoming) > 1 else None
    late_from = first.publication + GRACE
    if stale_from is not None:
        late_from = min(late_from, stale_from)
    n_behind = sum(each.publication <= now for each in upcoming)
    return Freshness(
        state=_state(n_behind, late=now >= late_from),
        n_behind=n_behind,
        at_least=n_behind == len(upcoming),
        expected=first,
        late_from=late_from,
        stale_from=stale_from,
    )


def _state(n_behind: int, *, late: bool) -> State:
    if n_behind == 0:
        return State.FRESH
    if n_behind > 1:
        return State.STALE
    return State.LATE if late else State.DUE
