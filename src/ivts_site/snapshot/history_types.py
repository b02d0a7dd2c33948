"""Parts of the published snapshot that speak about the whole stored history; see `types`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AllHistory:
    """Every session with a defined ratio."""

    first_session: str
    last_session: str
    n_sessions: int
    n_backwardation: int
    backwardation_rate: float
    n_gaps: int
    """Sessions between first and last on which the ratio is undefined."""
    gaps: tuple[str, ...]
    """The latest such sessions, newest first, at most ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardReturn:
    """SPY over the following sessions: after sessions in backwardation, and after all."""

    horizon: int
    """Sessions."""
    n_backwardation: int
    mean_backwardation: float | None
    n_all: int
    mean_all: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontHistory:
    """The front index over its whole stored history."""

    first_session: str
    n: int
    min: float
    max: float
    max_session: str
    median: float
    p5: float
    p25: float
    p75: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Numbers measured on the whole stored history, quoted in the explanatory text."""

    front: FrontHistory
    ivts_min: float
    ivts_min_session: str
    ivts_max: float
    ivts_max_session: str
    correlation_same_day: float | None
    """Relative daily change of the ratio against that of the front index."""
    correlation_next_day: float | None
    """Relative daily change of the ratio against the next day's of the front index."""
    median_front_backwardation: float | None
    n_front_above_25: int
    """Sessions in backwardation with the front index above 25."""
    n_two_day_flips: int
    """Regime spells, of either regime, that ended after at most two sessions."""
    n_spells: int
    flips_per_year: float | None
    """Changes of regime a year of 365.25 days, from the first session with a ratio to the last."""
    forward_returns: tuple[ForwardReturn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A declared past event, measured on the stored closes; null where the history does not reach."""

    id: str
    name: str
    first: str
    last: str
    vix_before: float | None
    """Last front close before the window."""
    vix_peak: float | None
    vix_peak_session: str | None
    spy_drawdown: float | None
    """Deepest fall from a running high of closes within the window; 0 or negative."""
    spy_peak_session: str | None
    spy_trough_session: str | None
    n_sessions: int | None
    """Sessions of the window with a defined ratio."""
    n_backwardation: int | None
    longest_run: int | None
    """Longest run of backwardation sessions within the window."""
    ratio_complete: bool
    """Whether the ratio is stored from the first session of the window."""
