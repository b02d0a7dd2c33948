"""What is published as JSON: these types write the files and generate their JSON Schemas.

Sessions are ISO dates, fractions decimals, undefined values null. Keys are only ever added within one
`schema_version`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.published import Closes, Document, Regime
from ivts_site.published.episode import Episodes
from ivts_site.published.status import Expected, Provisional
from ivts_site.published.studies import Pair


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
class RegimeState(Regime):
    """Regime on the as-of session."""

    distance: float
    """Front close at which the ratio meets the threshold, minus the front close: index points."""
    distance_return: float
    """The same as a fraction of the front close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Percentiles of the ratio, linear between order statistics."""

    p50: float
    """Median."""
    p95: float
    """95th percentile."""
    p99: float
    """99th percentile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileRanks:
    """Share of the window's values at or below today's, in [0, 1]; today's included."""

    ivts: float
    """Of the ratio."""
    vix: float
    """Of the front close."""
    vix3m: float
    """Of the back close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Statistics of the sessions in (as_of − length, as_of] with a defined ratio."""

    name: str
    """Months (`6m`), years (`2y`) or `all`."""
    first_session: str
    """First session with a ratio."""
    last_session: str
    """The as-of session."""
    n_sessions: int
    """Sessions with a defined ratio."""
    n_backwardation: int
    """Those in backwardation."""
    backwardation_rate: float
    """n_backwardation / n_sessions."""
    vix_min: float
    """Lowest front close."""
    vix_max: float
    """Highest front close."""
    vix_max_session: str
    """Its session, the earliest on a tie."""
    vix3m_max: float
    """Highest back close."""
    vix3m_max_session: str
    """Its session, the earliest on a tie."""
    ivts_min: float
    """Lowest ratio."""
    ivts_max: float
    """Highest ratio."""
    ivts_percentiles: Percentiles
    """Percentiles of the window's ratios."""
    percentile_ranks: PercentileRanks
    """Where the as-of session's values lie among the window's."""
    complete: bool
    """False where the stored history is shorter than the window."""


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
class HistoryFigures:
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
    """Changes of regime a year of 365.25 days, from the first session with a ratio to the last; null where
    these are less than a year."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpan:
    """Consecutive stored sessions whose closes came from one source."""

    source: str
    """Adapter."""
    first_session: str
    """First of the sessions."""
    last_session: str
    """Last of the sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesState:
    """A stored series up to the as-of session."""

    source: str
    """Adapter of the answer taken last; `ranges` has that of every close."""
    first_session: str
    """First stored session."""
    last_session: str
    """Last stored session, at most the as-of session."""
    rows: int
    """Number of stored closes."""
    sha256: str
    """Of the stored closes up to the as-of session, as lines `session,close` (repr, newline ended)."""
    ranges: tuple[SourceSpan, ...]
    """Which sessions came from which source, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A close that is kept in all statistics but looks wrong."""

    series: str
    """Key of the series."""
    session: str
    """Session of the close."""
    close: float
    """The close as stored."""
    reason: str
    """What looks wrong, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What was dropped and what looks wrong."""

    dropped_rows: int
    """Rows of the vendors' files up to the as-of session that were not used, all series together."""
    dropped_by_reason: dict[str, int]
    """The same by reason."""
    suspect: tuple[Suspect, ...]
    """Suspect closes, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persistence:
    """Chance that today's regime goes on: a logit of today's ratio, fitted on the regime's past sessions."""

    sessions: int
    """Sessions ahead."""
    probability: float | None
    """Chance that the regime holds on each of them; null where too few independent cases are stored."""
    interval: Pair | None
    """Of `probability`; errors of overlapping outcomes after Newey and West."""
    stands: float | None
    """Chance that the regime is today's on the last of them, broken in between or not."""
    n: int
    """Past sessions in the regime whose outcome is known."""
    n_clusters: int
    """Independent cases among them: runs that begin at least `sessions` after the one counted before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """Front closes above which (in backwardation: below which) the regime would change."""

    vix_if_back_fixed: float
    """With the back close as it is: threshold × back close, index points."""
    vix_if_back_follows: float | None
    """With the back index moving with the front as it usually does; null where `elasticity` is null or not
    below 1."""
    elasticity: float | None
    """Change of the back index in percent for 1% of the front: slope of daily log changes over all stored
    sessions up to today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One sentence of news, without its full stop."""

    id: str
    """The rule that found it; a rule keeps its name."""
    text: str
    """The sentence, in the past tense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Document):
    """Everything the page says in numbers, as of one session."""

    as_of: str
    """Last session the page speaks about."""
    built_at: str
    """Instant of the build, UTC."""
    headline: str
    """The news of the session in one sentence, without its full stop."""
    news: tuple[News, ...]
    """The headline, and what comes next, most important first: at most three sentences."""
    closes: Closes
    """Closes on the as-of session."""
    changes: Changes
    """Changes from the previous session with a ratio."""
    ivts: float
    """Front close / back close."""
    regime: RegimeState
    """Regime on the as-of session."""
    window: Window
    """The default window."""
    windows: tuple[Window, ...]
    """All windows offered, shortest first."""
    rolling_rates: dict[str, float | None]
    """Backwardation rate of the last n sessions with a defined ratio."""
    episodes: Episodes
    """All stored episodes in figures, and the most recent ones."""
    all_history: AllHistory
    """Every session with a ratio, counted."""
    measured: HistoryFigures
    """Numbers measured on the whole stored history."""
    events: tuple[Event, ...]
    """Declared past events, oldest first."""
    persistence: tuple[Persistence, ...]
    """How likely today's regime goes on."""
    distance: Distance
    """How far the front is from the line, with the back index still and moving with it."""
    expected: Expected | None
    """Null where a past session is shown or nothing is known."""
    provisional: Provisional | None
    """A newer session whose closes are not final; nothing else in this file uses them."""
    series: dict[str, SeriesState]
    """Stored series by key."""
    quality: Quality
    """What was dropped and what looks wrong."""
