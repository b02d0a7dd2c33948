"""The whole curve and the variance premium in `research.json`; see `research_types` for units and null."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.snapshot.research_parts import Pair, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenor:
    """One point of the curve; null closes where the series has none on that session."""

    key: str
    """Key of the series."""
    label: str
    """Name of the series."""
    days: int
    """Calendar days."""
    today: float | None
    """Close on the as-of session, index points."""
    week_ago: float | None
    """Close five sessions before the as-of session, index points."""
    month_ago: float | None
    """Close twenty-one sessions before it, index points."""
    low: float | None
    """Lowest close over the two-year window of the ratio's sessions, index points."""
    median: float | None
    """Median close over the same window, index points."""
    high: float | None
    """Highest close over the same window, index points."""
    rank: float | None
    """Share of the window's closes at or below today's: `n_ranked` / `n_window`."""
    n_ranked: int
    """Those closes, today's included; 0 where it has none."""
    n_window: int
    """Closes of the series in the window."""
    first_session: str
    """First stored close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRatio:
    """A ratio of two neighbouring tenors, counted on the sessions on which all such ratios are defined."""

    key: str
    """Such as `vix9d/vix`."""
    label: str
    """Names of both, such as `VIX9D/VIX`."""
    main: bool
    """Whether it is the ratio of this site."""
    today: float | None
    """The ratio on the as-of session; null where a close is missing."""
    above: Share
    """Sessions above the threshold."""
    n_flips: int
    """Changes of side of the threshold between sessions that are counted."""
    flips_per_year: float | None
    """Those a year of 365.25 days."""
    agree: Share
    """Sessions on which it says the same as the main ratio; all of them for the main one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherIndex:
    """An index that is no point of the curve."""

    key: str
    """Key of the series."""
    label: str
    """Name of the series."""
    today: float | None
    """Close on the as-of session, index points."""
    week_ago: float | None
    """Close five sessions earlier, index points."""
    month_ago: float | None
    """Close twenty-one sessions earlier, index points."""
    rank: Share
    """Closes of the two-year window at or below today's; null value where today's is missing."""
    rank_all: Share
    """The same over all stored closes."""
    low: float | None
    """Lowest close of the two-year window, index points."""
    median: float | None
    """Median close of that window, index points."""
    high: float | None
    """Highest close of that window, index points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The whole term structure, of the series that are stored."""

    as_of: str
    """The session of today's closes."""
    week_ago: str | None
    """The session five sessions earlier; null where the history is shorter."""
    month_ago: str | None
    """The session twenty-one sessions earlier; null where the history is shorter."""
    window_first: str
    """First session of the two-year window."""
    tenors: tuple[Tenor, ...]
    """By days, rising; at least the two of the ratio."""
    rising: bool | None
    """Whether each longer tenor is above the shorter one today; null where one of them is missing today."""
    ratios: tuple[CurveRatio, ...]
    """By the shorter tenor's days, the main ratio among them; empty where no further tenor is stored."""
    indices: tuple[FurtherIndex, ...]
    """Indices that are no points of the curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Front index less the volatility realised over the *following* sessions, for a group of sessions."""

    id: str
    """`all`, `contango` or `backwardation`."""
    n_sessions: int
    """Sessions of the group whose following volatility is known."""
    n_episodes: int
    """Runs of consecutive sessions among them."""
    n_windows: int
    """Most windows among them that do not overlap."""
    first_session: str | None
    """First of these sessions."""
    last_session: str | None
    """Last of these sessions."""
    mean: float | None
    """Points: front(t) − realised(t+1 … t+n)."""
    interval: Pair | None
    """Of the mean, by block bootstrap."""
    median: float | None
    """Median of the same difference, points."""
    mean_squared: float | None
    """Points squared: front(t)² − realised², the variance risk premium proper."""
    squared_interval: Pair | None
    """Of `mean_squared`, by the same bootstrap."""
    positive: Share
    """Sessions after which less was realised than the front had said."""
    mean_realised: float | None
    """Points: volatility realised over the following sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """Implied against realised volatility of the benchmark, in annualised points."""

    sessions: int
    """Of a realised volatility: √252 × standard deviation (n − 1) of daily log returns, in points."""
    block: int
    """Sessions of a bootstrap block."""
    front: float
    """Front close today."""
    realised: float | None
    """Over the sessions up to today: past."""
    premium: float | None
    """front − realised, points; from *past* realised volatility, as the later is not known."""
    premium_squared: float | None
    """front² − realised², points squared."""
    realised_rank: Share
    """Share of all stored realised volatilities at or below today's."""
    groups: tuple[Premium, ...]
    """All sessions, and those of each regime."""
