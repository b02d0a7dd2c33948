"""The whole history of the ratio in columns: `history.json`, its CSV and its Parquet file."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.published import Document, RegimeName


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCloses:
    """Closes of the listed sessions; CSV and Parquet hold them as columns of the same names."""

    vix: tuple[float, ...]
    """Front index closes, index points."""
    vix3m: tuple[float, ...]
    """Back index closes, index points."""
    spy: tuple[float | None, ...]
    """Benchmark closes, dollars; null where not stored for the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Document):
    """Every stored session with a defined ratio: regime and its day, rolling rates, episode.

    Columns of equal length, oldest session first.
    """

    as_of: str
    """The last session listed."""
    n_sessions: int
    """Length of every column."""
    session: tuple[str, ...]
    """Sessions, ISO dates."""
    ivts: tuple[float, ...]
    """Front close / back close."""
    regime: tuple[RegimeName, ...]
    """`backwardation` above the threshold, `contango` at or below it."""
    regime_day: tuple[int, ...]
    """1-based position of the session in its spell of one regime."""
    rolling_rates: dict[str, tuple[float | None, ...]]
    """Backwardation rate of the last n sessions with a defined ratio, by n; null until n sessions exist.
    In CSV and Parquet the columns `rate_` and n."""
    episode: tuple[str | None, ...]
    """First session of the backwardation episode that the session belongs to; null in contango."""
    suspect: tuple[bool, ...]
    """Whether a close of the session looks wrong; it is kept in all statistics."""
    closes: HistoryCloses | None
    """Null unless the site publishes raw closes."""


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
