"""One past session as it stood that evening: its page, and the files `day/<session>.json`."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.published import Closes, Document, Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCloses(Closes):
    """Closes of the session, and their changes from the previous session with a ratio."""

    vix_change: float | None
    """Difference in index points."""
    vix3m_change: float | None
    """Difference in index points."""
    spy_change: float | None
    """Difference in dollars."""
    distance: float
    """Front close at which the ratio meets the threshold, minus the front close: index points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChanges:
    """Changes from the previous session with a ratio; null for the first one, or where a close is missing.

    Unless raw closes are published, the simple changes of the three series are rounded to a tenth of a per
    cent, as the page shows them.
    """

    previous_session: str | None
    """The session compared with."""
    gaps: tuple[str, ...]
    """Sessions between the two without a ratio."""
    ivts: float | None
    """Difference of the ratio."""
    vix_return: float | None
    """Simple change, decimal fraction."""
    vix3m_return: float | None
    """Simple change, decimal fraction."""
    spy_return: float | None
    """Simple return, decimal fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRegime(Regime):
    """Regime on the session."""

    distance_return: float
    """Change of the front close that meets the threshold at an unchanged back close, decimal fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWindow:
    """The default window as it stood: the sessions with a ratio in (session − length, session]."""

    name: str
    """Months (`6m`), years (`2y`) or `all`."""
    first_session: str
    """First session in it with a ratio."""
    n_sessions: int
    """Sessions in it with a ratio, the one of the file included."""
    n_backwardation: int
    """Those in backwardation."""
    backwardation_rate: float
    """n_backwardation / n_sessions."""
    p50: float
    """Median of the ratio; percentiles are linear between order statistics."""
    p95: float
    """95th percentile of the ratio."""
    p99: float
    """99th percentile of the ratio."""
    ivts_rank: float
    """Share of the window's ratios at or below that of the session, in [0, 1]; itself included."""
    vix_rank: float
    """The same for the front close."""
    vix3m_rank: float
    """The same for the back close."""
    complete: bool
    """False where the stored history is shorter than the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEpisode:
    """The latest episode of backwardation up to the session."""

    first_session: str
    """Its first session."""
    last_session: str
    """Its last session so far."""
    ongoing: bool
    """Whether the session belongs to it."""
    max_ivts: float | None
    """Highest ratio of an ongoing episode so far; null where it is over, see `episodes.json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Document):
    """A session as it stood that evening: nothing dated later enters any number."""

    session: str
    """The session that the file is about."""
    n_sessions: int
    """Sessions with a ratio stored up to this one, itself included."""
    ivts: float
    """Front close / back close."""
    regime: DayRegime
    """Regime on the session."""
    changes: DayChanges
    """Changes from the previous session with a ratio."""
    window: DayWindow
    """Statistics of the default window as it stood."""
    rolling_rates: dict[str, float | None]
    """Backwardation rate of the last n sessions with a ratio, by n; null until n sessions exist."""
    episode: DayEpisode | None
    """Null where no session so far was in backwardation."""
    suspect: bool
    """Whether a close of the session looks wrong; it is kept in all statistics."""
    closes: DayCloses | None
    """Null unless the site publishes raw closes."""
    withdrawn: str | None
    """Null as a rule. Where a revision left the session without a ratio: which closes were changed, and when;
    everything else in the file is as it was published before, and in no other file any more."""
