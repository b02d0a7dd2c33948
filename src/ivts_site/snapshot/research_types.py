"""What is published in `research.json`: studies of the whole stored history, each with its uncertainty.

Rules of all of it
------------------
Sessions are ISO dates, returns and rates decimal fractions (0.0289 is 2.89 %), volatilities annualised index
points (16.5 is 16.5 %), lengths and horizons sessions. An interval is `[low, high]`. Null means: not defined,
not stored, or too few cases for an interval; zero always means zero. Nothing dated after `as_of` is used, and
an outcome counts only where its last session is stored.

A *case count* stands beside every number: `n_sessions` starts with a known outcome, `n_episodes` maximal runs
of consecutive sessions of that kind among them, `n_windows` the most windows of one horizon that start in the
group and do not overlap. Below `method.min_cases` windows an interval is null.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.snapshot.research_curve_types import Curve, Volatility
from ivts_site.snapshot.research_overlay_types import Overlay
from ivts_site.snapshot.research_parts import (
    Claim,
    EventStudy,
    Pair,
    Survival,
    Thresholds,
    Verdicts,
)


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
    """Of the mean, by block bootstrap; null below `method.min_cases` windows."""
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
    """By the same bootstrap."""
    difference: float | None
    """Mean − mean of all other starts; null for `all`."""
    difference_interval: Pair | None
    """By the same bootstrap, both means from the same resampled history."""
    difference_naive_interval: Pair | None
    """As if all starts were independent (Welch)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHorizon:
    """All groups at one horizon."""

    horizon: int
    """Sessions."""
    block: int
    """Sessions of a bootstrap block, at least 2 × horizon."""
    all: ReturnGroup
    """Every session with a ratio: the baseline."""
    bands: tuple[ReturnGroup, ...]
    """From the lowest ratios to the highest; together they are `all`."""
    today: str
    """`id` of the band that holds the ratio of the as-of session."""


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
    """Fewest non-overlapping cases for an interval or a verdict."""
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
class Research:
    """What the ratio has and has not told, over the whole stored history up to `as_of`."""

    schema_version: str
    """Version of the schema; the number before the point changes only with the address."""
    sample: bool
    """True where any close is simulated."""
    as_of: str
    """Last session of the data."""
    labels: Labels
    """Names of the series."""
    window: Span
    """The sessions that the studies rest on."""
    method: Method
    """How intervals were made."""
    returns: tuple[ReturnHorizon, ...]
    """Conditional forward returns, by horizon."""
    events: EventStudy
    """The benchmark around episodes."""
    survival: Survival
    """How long spells last."""
    thresholds: Thresholds
    """Other lines through the same ratio."""
    curve: Curve
    """The whole term structure on the as-of session."""
    volatility: Volatility
    """Implied against realised volatility."""
    claims: tuple[Claim, ...]
    """Only those whose series are stored."""
    verdicts: Verdicts
    """How the claims came out, counted."""
    overlay: Overlay | None
    """Null where fewer than two benchmark returns follow a signal."""
