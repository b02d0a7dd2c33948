"""A calendar year of the ratio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A calendar year that has a session with a ratio."""

    year: int
    """The year."""
    first_session: str
    """First session with a ratio."""
    last_session: str
    """Last session with a ratio."""
    n_sessions: int
    """Sessions with a ratio."""
    n_backwardation: int
    """Those in backwardation."""
    backwardation_rate: float
    """n_backwardation / n_sessions."""
    n_episodes: int
    """Episodes that began in the year."""
    ivts_min: float
    """Lowest ratio."""
    min_session: str
    """Its session, the earliest on a tie."""
    ivts_max: float
    """Highest ratio."""
    max_session: str
    """Its session, the earliest on a tie."""
    ivts_median: float
    """Median of the ratio."""
