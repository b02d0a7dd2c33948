"""What is published as JSON: these types write the files and generate their JSON Schemas.

Sessions are ISO dates, fractions decimals, undefined values null. Keys are only ever added within one
`schema_version`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.snapshot.api_types import History, HistoryCloses, Index, IndexFile, IndexFolder
from ivts_site.snapshot.day_types import (
    Day,
    DayChanges,
    DayCloses,
    DayEpisode,
    DayRegime,
    DayWindow,
)
from ivts_site.snapshot.history_types import AllHistory, Event, ForwardReturn, FrontHistory, Measured
from ivts_site.snapshot.status_types import Expected, Provisional, SeriesStatus, SourceStatus, Status

__all__ = [
    "SCHEMA_VERSION",
    "AllHistory",
    "Changes",
    "Closes",
    "Day",
    "DayChanges",
    "DayCloses",
    "DayEpisode",
    "DayRegime",
    "DayWindow",
    "Episode",
    "EpisodeList",
    "EpisodeOutcome",
    "Episodes",
    "Event",
    "Expected",
    "ForwardReturn",
    "FrontHistory",
    "History",
    "HistoryCloses",
    "Index",
    "IndexFile",
    "IndexFolder",
    "Measured",
    "PercentileRanks",
    "Percentiles",
    "Provisional",
    "Quality",
    "RegimeState",
    "SeriesState",
    "SeriesStatus",
    "Snapshot",
    "SourceStatus",
    "Status",
    "Suspect",
    "Window",
]
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closes:
    """Closes on the as-of session."""

    vix: float
    """Front index close, index points."""
    vix3m: float
    """Back index close, index points."""
    spy: float | None
    """Benchmark close, dollars; null where not stored for that session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes from the previous session with a defined ratio."""

    previous_session: str | None
    """The session compared with."""
    vix: float | None
    """Difference in index points."""
    vix3m: float | None
    """Difference in index points."""
    spy: float | None
    """Difference in dollars."""
    ivts: float | None
    """Difference of the ratio."""
    vix_return: float | None
    """Simple change, decimal fraction."""
    vix3m_return: float | None
    """Simple change, decimal fraction."""
    spy_return: float | None
    """Simple return, decimal fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeState:
    """Regime on the as-of session."""

    name: str
    """`backwardation` above the threshold, `contango` at or below it."""
    day: int
    """1-based position of the session in its spell."""
    since: str
    """First session of the spell."""
    borderline: bool
    """Whether the ratio lies in the borderline range."""
    band: str
    """Name of the band the ratio lies in."""
    slope: float | None
    """Change of the ratio over the last sessions (see `slope_sessions`); null where too few."""
    slope_sessions: int
    """Sessions over which `slope` is taken."""
    threshold: float
    """The line between the regimes."""
    distance: float
    """Front close at which the ratio meets the threshold, minus the front close: index points."""
    distance_return: float
    """The same as a fraction of the front close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Percentiles of the ratio, linear between order statistics."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileRanks:
    """Share of the window's values at or below today's, in [0, 1]; today's included."""

    ivts: float | None
    vix: float | None
    vix3m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Statistics of the sessions in (as_of − length, as_of] with a defined ratio."""

    name: str
    """Months (`6m`), years (`2y`) or `all`."""
    first_session: str | None
    last_session: str | None
    n_sessions: int
    """Sessions with a defined ratio."""
    n_backwardation: int
    backwardation_rate: float | None
    """n_backwardation / n_sessions."""
    vix_min: float | None
    vix_max: float | None
    vix_max_session: str | None
    vix3m_max: float | None
    vix3m_max_session: str | None
    ivts_min: float | None
    ivts_max: float | None
    ivts_percentiles: Percentiles
    percentile_ranks: PercentileRanks
    complete: bool
    """False where the stored history is shorter than the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A backwardation spell with its outcome."""

    first_session: str
    last_session: str
    n_sessions: int
    """Sessions with a defined ratio, both ends counted."""
    max_ivts: float
    max_session: str
    """Earliest session of the largest ratio."""
    spy_return: float | None
    """From the close of the session before the first to the last session's close."""
    spy_return_within: float | None
    """From the first session's close to the last session's close."""
    spy_max_drawdown: float | None
    """Lowest close in the episode against the close before it; 0 or negative."""
    ongoing: bool
    """Whether it contains the as-of session."""
    suspect: bool
    """Whether any of its sessions rests on a suspect close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeOutcome(Episode):
    """A backwardation spell with what came of it."""

    vix_max: float
    """Highest front close from its first to its last session."""
    vix_max_session: str
    """Its session, the earliest on a tie."""
    spy_after_start: dict[str, float | None]
    """Return from the close of the first session over the following sessions, by their number; null where
    that session is not stored yet."""
    spy_after_end: dict[str, float | None]
    """The same from the close of the last session; null while the episode goes on."""
    rank_sessions: int
    """Rank by length among all stored episodes: 1 is the longest, equals share the better rank."""
    rank_max_ivts: int
    """Rank by largest ratio: 1 is the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """All stored episodes in figures, and the most recent ones."""

    n: int
    mean_sessions: float | None
    median_sessions: float | None
    longest: Episode | None
    """The episode of most sessions, the earliest on a tie."""
    n_one_session: int
    n_five_or_more: int
    """Episodes of at least five sessions."""
    n_returns: int
    """Episodes with a defined SPY return."""
    mean_spy_return: float | None
    median_spy_return: float | None
    share_negative: float | None
    """Share of defined SPY returns below zero."""
    recent: tuple[Episode, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesState:
    """A stored series up to the as-of session."""

    source: str
    first_session: str
    last_session: str
    rows: int
    sha256: str
    """Of the stored closes up to the as-of session, as lines `session,close` (repr, newline ended)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A close that is kept in all statistics but looks wrong."""

    series: str
    session: str
    close: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What was dropped and what looks wrong."""

    dropped_rows: int
    """Rows of the vendors' files up to the as-of session that were not used, all series together."""
    dropped_by_reason: dict[str, int]
    suspect: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the page says in numbers, as of one session."""

    schema_version: str
    sample: bool
    """True where the closes are simulated, not market data."""
    as_of: str
    """Last session the page speaks about."""
    built_at: str
    """Instant of the build, UTC."""
    closes: Closes
    changes: Changes
    ivts: float
    """Front close / back close."""
    regime: RegimeState
    window: Window
    """The default window."""
    windows: tuple[Window, ...]
    rolling_rates: dict[str, float | None]
    """Backwardation rate of the last n sessions with a defined ratio."""
    episodes: Episodes
    all_history: AllHistory
    measured: Measured
    events: tuple[Event, ...]
    expected: Expected | None
    """Null where a past session is shown or nothing is known."""
    provisional: Provisional | None
    """A newer session whose closes are not final; nothing else in this file uses them."""
    series: dict[str, SeriesState]
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeList:
    """Every stored backwardation episode, oldest first."""

    schema_version: str
    sample: bool
    as_of: str
    episodes: tuple[EpisodeOutcome, ...]
