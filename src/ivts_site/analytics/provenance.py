"""Where the closes come from, what was dropped, what looks wrong."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.term_structure import is_above
from ivts_site.formatting import percent_change
from ivts_site.model import Panel, Role, SeriesOrigin
from ivts_site.published.numbers import day
from ivts_site.published.snapshot import Quality, SeriesState, SourceSpan, Suspect


def describe_series(panel: Panel, origins: Mapping[str, SeriesOrigin]) -> dict[str, SeriesState]:
    """Describe front, back and benchmark as stored up to the as-of session, by key in this order.

    A benchmark without a close is not among them.
    """
    columns = {"front": panel.front, "back": panel.back, "benchmark": panel.benchmark}
    closes = {role.key: panel.closes[column].dropna() for column, role in columns.items()}
    return {key: _series(held, origins[key]) for key, held in closes.items() if len(held)}


def describe_quality(
    suspects: tuple[Suspect, ...], origins: Mapping[str, SeriesOrigin], as_of: pd.Timestamp
) -> Quality:
    """Sum the dropped rows by reason, reasons in alphabetical order, and list the suspect closes.

    Rows dated after `as_of` are not counted; unreadable rows have no date and always are.
    """
    dropped: Counter[str] = Counter()
    for origin in origins.values():
        for kind, n in origin.dropped.items():
            dropped[kind] += n - sum(day > as_of.date() for day in origin.dropped_days.get(kind, ()))
    return Quality(
        dropped_rows=dropped.total(),
        dropped_by_reason=dict(sorted(dropped.items())),
        suspect=suspects,
    )


def hash_closes(closes: pd.Series) -> str:
    """SHA-256 of the closes as lines `session,close`, the close as its shortest exact decimal."""
    sessions = np.datetime_as_string(closes.index.to_numpy(), unit="D").tolist()
    lines = (f"{session},{close!r}\n" for session, close in zip(sessions, closes.tolist(), strict=True))
    return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


def _series(closes: pd.Series, origin: SeriesOrigin) -> SeriesState:
    last = closes.index[-1].date()
    return SeriesState(
        source=origin.source,
        first_session=day(closes.index[0]),
        last_session=day(last),
        rows=len(closes),
        sha256=hash_closes(closes),
        ranges=tuple(
            SourceSpan(
                source=each.source,
                first_session=day(each.first_session),
                last_session=day(min(each.last_session, last)),
            )
            for each in origin.ranges
            if each.first_session <= last
        ),
    )


def find_suspects(panel: Panel, defined: pd.DatetimeIndex, move: float) -> tuple[Suspect, ...]:
    """Find closes equal to the previous one although the other index moved by more than a given share.

    Both directions are looked at: back repeated while front moved, and front repeated while back moved. A
    vendor that has no new value may send the old one again, which makes the ratio of that day spurious.
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
