"""The whole curve and the variance premium in `research.json`; see `research_types` for units and null."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.snapshot.research_parts import Pair, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenor:
    """One point of the curve; null closes where the series has none on that session."""

    key: str
    label: str
    days: int
    """Calendar days."""
    today: float | None
    week_ago: float | None
    """Five sessions before the as-of session."""
    month_ago: float | None
    """Twenty-one sessions before."""
    low: float | None
    """Over the two-year window, sessions of the ratio."""
    median: float | None
    high: float | None
    rank: float | None
    """Share of the window's closes at or below today's."""
    n_window: int
    first_session: str
    """First stored close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRatio:
    """A ratio of two neighbouring tenors, counted on the sessions on which all such ratios are defined."""

    key: str
    """Such as `vix9d/vix`."""
    label: str
    main: bool
    """Whether it is the ratio of this site."""
    today: float | None
    above: Share
    """Sessions above the threshold."""
    n_flips: int
    flips_per_year: float | None
    agree: Share
    """Sessions on which it says the same as the main ratio; all of them for the main one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherIndex:
    """An index that is no point of the curve."""

    key: str
    label: str
    today: float | None
    week_ago: float | None
    month_ago: float | None
    rank: Share
    """Closes of the two-year window at or below today's; null value where today's is missing."""
    rank_all: Share
    """The same over all stored closes."""
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The whole term structure, of the series that are stored."""

    as_of: str
    week_ago: str | None
    """Sessions compared with."""
    month_ago: str | None
    window_first: str
    """First session of the two-year window."""
    tenors: tuple[Tenor, ...]
    """By days, rising; at least the two of the ratio."""
    rising: bool | None
    """Whether each longer tenor is above the shorter one today; null where one of them is missing today."""
    ratios: tuple[CurveRatio, ...]
    """By the shorter tenor's days, the main ratio among them; empty where no further tenor is stored."""
    indices: tuple[FurtherIndex, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Front index less the volatility realised over the *following* sessions, for a group of sessions."""

    id: str
    """`all`, `contango` or `backwardation`."""
    n_sessions: int
    n_episodes: int
    n_windows: int
    first_session: str | None
    last_session: str | None
    mean: float | None
    """Points: front(t) − realised(t+1 … t+n)."""
    interval: Pair | None
    median: float | None
    mean_squared: float | None
    """Points squared: front(t)² − realised², the variance risk premium proper."""
    squared_interval: Pair | None
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
