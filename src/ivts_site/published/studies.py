"""What the studies share: the head of `research.json`, rates with their counts, groups of sessions.

Rules of all of it
------------------
Sessions are ISO dates, returns and rates decimal fractions (0.0289 is 2.89%), volatilities annualized index
points (16.5 is 16.5%), lengths and horizons sessions. An interval is `[low, high]`. Null means: not defined,
not stored, or too few cases for an interval; zero always means zero. Nothing dated after `as_of` is used, and
an outcome counts only where its last session is stored.

A *case count* stands beside every number: `n_sessions` starts with a known outcome, `n_episodes` maximal runs
of consecutive sessions of that kind among them, `n_windows` the most windows of one horizon that start in the
group and do not overlap. Below `method.min_cases` windows an interval is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivts_site.published import Document

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rate with everything it is made of."""

    value: float | None
    """numerator / denominator; null where the denominator is below 5."""
    numerator: int
    """Cases that count."""
    denominator: int
    """All cases."""
    first_session: str | None
    """First session counted in the denominator."""
    last_session: str | None
    """Last session counted in the denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """A sign as an alarm for what it is said to come before."""

    odds_ratio: float | None
    """Odds of the sign before the event / odds before any other session; null where one of the counts is
    0."""
    false_alarms: float | None
    """Share of the sessions with the sign that no event followed."""
    missed: float | None
    """Share of the events without the sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnGroup:
    """Benchmark returns over the next `horizon` sessions, from the closes of a group of sessions."""

    id: str
    """`all`, or the band: `upto-0.85`, `0.85-0.95`, `above-1`; stable while the edges are."""
    above: float | None
    """The ratio is above it; null for the lowest band and `all`."""
    upto: float | None
    """The ratio is at most it; null for the highest band and `all`."""
    n_sessions: int
    """Starts whose return is known."""
    n_episodes: int
    """Maximal runs of consecutive sessions in the band that hold such a start; for `all`, 1 or 0."""
    n_windows: int
    """Most windows of `horizon` sessions that start in the group and do not overlap."""
    first_session: str | None
    """First of the starts."""
    last_session: str | None
    """Last of the starts."""
    mean: float | None
    """Mean return, decimal fraction."""
    interval: Pair | None
    """Of the mean, calibrated to cover; null with too few clusters or blocks, or without a calibration."""
    naive_interval: Pair | None
    """Of the mean, as if the starts were independent: mean ± z·s/√n. Shown to tell how wrong that is."""
    width_ratio: float | None
    """Width of `interval` / width of `naive_interval`: how many times too narrow the naive one is."""
    median: float | None
    """Median return, decimal fraction."""
    n_up: int
    """Starts with a return above zero; numerator of `share_up`, whose denominator is `n_sessions`."""
    share_up: float | None
    """`n_up` / `n_sessions`."""
    share_up_interval: Pair | None
    """Of the share, calibrated."""
    difference: float | None
    """Mean − mean of all other starts; null for `all`."""
    difference_interval: Pair | None
    """Of the difference, calibrated."""
    difference_naive_interval: Pair | None
    """As if all starts were independent (Welch)."""
    n_clusters: int
    """Independent clusters: of the group or of all others, whichever come in more stretches a horizon
    apart."""
    p_value: float | None
    """Chance of a difference as far from zero where the ratio has no effect; at least 0.002."""
    same_front: float | None
    """Mean return of the rest and what the group's front index alone makes of it: the same VIX, whatever
    the ratio."""
    adds: float | None
    """What the group adds at the same front index: partial coefficient; null for `all`."""
    adds_interval: Pair | None
    """Calibrated interval of `adds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How intervals were made."""

    level: float
    """Share of intervals meant to hold the true value: 0.95."""
    draws: int
    """Bootstrap resamples."""
    seed: int
    """Start of the random numbers: the same seed gives the same intervals."""
    block_factor: int
    """A block has this many horizons."""
    min_cases: int
    """Fewest independent clusters for an interval or a verdict."""
    min_blocks: int
    """Fewest blocks in the history for an interval or a verdict."""
    max_draws: int
    """Most resamples, taken where an end lies near zero."""
    settled: float
    """Largest Monte Carlo error of an end, as a share of its distance to zero; else a claim is on the
    edge."""
    significance: float
    """Largest p-value, after Holm over all claims, that decides a verdict."""
    rival: str
    """How the front index alone enters beside the ratio: `log`, `level` or `tenths` to date."""
    second_history: str
    """First day of the shorter history shown beside the whole one."""
    learning_sessions: int
    """Sessions before the first forecast out of sample."""
    resampling: str
    """`circular`: blocks of consecutive sessions of a history whose end is joined to its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The sessions with a ratio that the studies rest on."""

    first_session: str
    """First session with a ratio."""
    last_session: str
    """Last session with a ratio."""
    n_sessions: int
    """Sessions with a ratio."""
    n_backwardation: int
    """Those in backwardation."""
    n_episodes: int
    """Backwardation spells, an ongoing one included."""
    ongoing: bool
    """Whether the last session lies in an episode."""
    threshold: float
    """Backwardation is a ratio above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names of the series in their parts, for the words of a page."""

    front: str
    """Name of the 30-day index."""
    back: str
    """Name of the three-month index."""
    benchmark: str
    """Name of the fund."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Research(Document):
    """What the ratio has and has not told, over the whole stored history up to `as_of`."""

    as_of: str
    """Last session of the data."""
    labels: Labels
    """Names of the series."""
    window: Span
    """The sessions that the studies rest on."""
    method: Method
    """How intervals were made."""

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> Any:
            """What a study publishes: the studies add their keys, see `analytics.studies.RESEARCH`."""
