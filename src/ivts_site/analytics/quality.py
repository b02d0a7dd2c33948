"""Closes that look wrong: a repeated close on a day when the other index moved sharply."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.term_structure import is_above
from ivts_site.formatting import percent_change
from ivts_site.model import Panel, Role
from ivts_site.published.numbers import day
from ivts_site.published.snapshot import Suspect


def find_suspects(panel: Panel, defined: pd.DatetimeIndex, move: float) -> tuple[Suspect, ...]:
    """Find closes equal to the previous one although the other index moved by more than a given share.

    Both directions are looked at: back repeated while front moved, and front repeated while back moved. A
    vendor that has no new value may send the old one again, which makes the ratio of that day spurious.

    Parameters
    ----------
    panel : Panel
        Closes; the benchmark is not looked at.
    defined : DatetimeIndex
        Sessions with both closes, compared one with the next.
    move : float
        Absolute simple change, decimal fraction; a change of exactly this share is not suspect.

    Returns
    -------
    tuple of Suspect
        By session, oldest first.
    """
    closes = panel.closes.loc[defined]
    found = [
        *_repeats(closes["back"], closes["front"], panel.back, panel.front, move),
        *_repeats(closes["front"], closes["back"], panel.front, panel.back, move),
    ]
    return tuple(sorted(found, key=lambda suspect: suspect.session))


def _repeats(
    held: pd.Series, moved: pd.Series, held_role: Role, moved_role: Role, move: float
) -> list[Suspect]:
    factor = moved.to_numpy()[1:] / moved.to_numpy()[:-1]
    repeated = held.to_numpy()[1:] == held.to_numpy()[:-1]
    rows = np.flatnonzero(repeated & _is_sharp(factor, move))
    return [
        Suspect(
            series=held_role.key,
            session=day(session),
            close=float(held.loc[session]),
            reason=f"same as the close before, although {moved_role.label} moved by {percent_change(share)}",
        )
        for session, share in zip(held.index[rows + 1], factor[rows] - 1, strict=True)
    ]


def _is_sharp(factor: Floats, move: float) -> Flags:
    return is_above(factor, 1 + move) | is_above(1 - move, factor)
