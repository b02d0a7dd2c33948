"""What every study of the ratio starts from, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis, Flags, Floats, Ints
from ivts_site.analytics.returns import find_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Sessions with a ratio, and the closes of the panel around them.

    Attributes
    ----------
    sessions : DatetimeIndex
        With a defined ratio.
    ivts : array
        The ratio there.
    backwardation : array of bool
        Its regime there.
    place : array of int
        Where each of `sessions` lies among the panel's.
    panel_sessions : DatetimeIndex
        All sessions of the panel.
    close, front : array
        Benchmark and front by session of the panel; NaN where not stored.
    """

    sessions: pd.DatetimeIndex
    ivts: Floats
    backwardation: Flags
    place: Ints
    panel_sessions: pd.DatetimeIndex
    close: Floats
    front: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rate with what it is made of; `value` is NaN where the denominator is 0."""

    value: float
    numerator: int
    denominator: int
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None


def build_ground(analysis: Analysis) -> Ground:
    """Take the arrays out of an analysis; nothing in it is dated after the as-of session."""
    signal, closes = analysis.signal, analysis.panel.closes
    return Ground(
        sessions=pd.DatetimeIndex(signal.index),
        ivts=signal["ivts"].to_numpy(),
        backwardation=signal["backwardation"].to_numpy(),
        place=find_places(closes.index, signal.index),
        panel_sessions=pd.DatetimeIndex(closes.index),
        close=closes["benchmark"].to_numpy(),
        front=closes["front"].to_numpy(),
    )


def session_at(sessions: pd.DatetimeIndex, member: Flags, *, last: bool = False) -> pd.Timestamp | None:
    """First (or last) session of a group; None where it is empty."""
    places = np.flatnonzero(member)
    return sessions[int(places[-1 if last else 0])] if len(places) else None


def count_share(inside: Flags, counted: Flags, sessions: pd.DatetimeIndex) -> Share:
    """Share of the counted sessions that lie inside.

    Parameters
    ----------
    inside, counted : array of bool
        By session; what is not counted is in neither number.
    sessions : DatetimeIndex
        Their labels.
    """
    numerator, denominator = int((inside & counted).sum()), int(counted.sum())
    return Share(
        value=numerator / denominator if denominator else np.nan,
        numerator=numerator,
        denominator=denominator,
        first_session=session_at(sessions, counted),
        last_session=session_at(sessions, counted, last=True),
    )
