"""Parts of the published snapshot that speak about the whole stored history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AllHistory:
    """Every session with a defined ratio."""

    first_session: str
    """First session."""
    last_session: str
    """Last session."""
    n_sessions: int
    """Number of sessions."""
    n_backwardation: int
    """Those in backwardation."""
    backwardation_rate: float
    """n_backwardation / n_sessions."""
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
    """Sessions in backwardation with a return."""
    mean_backwardation: float | None
    """Mean return after them."""
    n_all: int
    """All sessions with a return."""
    mean_all: float | None
    """Mean return after all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontHistory:
    """The front index over its whole stored history."""

    first_session: str
    """First stored session."""
    n: int
    """Number of closes."""
    min: float
    """Lowest close."""
    max: float
    """Highest close."""
    max_session: str
    """Its session, the earliest on a tie."""
    median: float
    """Median close."""
    p5: float
    """5th percentile."""
    p25: float
    """25th percentile."""
    p75: float
    """75th percentile."""
    p95: float
    """95th percentile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Numbers measured on the whole stored history, quoted in the explanatory text."""

    front: FrontHistory
    """The front index over its whole stored history."""
    ivts_min: float
    """Smallest ratio."""
    ivts_min_session: str
    """Its session."""
    ivts_max: float
    """Largest ratio."""
    ivts_max_session: str
    """Its session."""
    correlation_same_day: float | None
    """Relative daily change of the ratio against that of the front index."""
    correlation_next_day: float | None
    """Relative daily change of the ratio against the next day's of the front index."""
    median_front_backwardation: float | None
    """Median front close on sessions in backwardation."""
    n_front_above_25: int
    """Sessions in backwardation with the front index above 25."""
    n_two_day_flips: int
    """Regime spells, of either regime, that ended after at most two sessions."""
    n_spells: int
    """All regime spells."""
    flips_per_year: float | None
    """Changes of regime a year of 365.25 days, from the first session with a ratio to the last."""
    forward_returns: tuple[ForwardReturn, ...]
    """One entry a horizon, shortest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A declared past event, measured on the stored closes; null where the history does not reach."""

    id: str
    """Anchor on the page."""
    name: str
    """Name on the page."""
    first: str
    """First day of the window."""
    last: str
    """Last day of the window."""
    vix_before: float | None
    """Last front close before the window."""
    vix_peak: float | None
    """Highest front close in the window."""
    vix_peak_session: str | None
    """Its session."""
    spy_drawdown: float | None
    """Deepest fall from a running high of closes within the window; 0 or negative."""
    spy_peak_session: str | None
    """Session that the fall is measured from."""
    spy_trough_session: str | None
    """Session of its deepest close."""
    n_sessions: int | None
    """Sessions of the window with a defined ratio."""
    n_backwardation: int | None
    """Those in backwardation."""
    longest_run: int | None
    """Longest run of backwardation sessions within the window."""
    ratio_complete: bool
    """Whether the ratio is stored from the first session of the window."""
