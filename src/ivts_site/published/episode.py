"""Backwardation episodes: their pages, `episodes.json` and its table, and their part of the snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.published import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A backwardation spell with its outcome."""

    first_session: str
    """First session in backwardation."""
    last_session: str
    """Last session in backwardation; the as-of session while it goes on."""
    n_sessions: int
    """Sessions with a defined ratio, both ends counted."""
    max_ivts: float
    """Largest ratio."""
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
    """How many are stored."""
    mean_sessions: float | None
    """Mean length."""
    median_sessions: float | None
    """Median length."""
    longest: Episode | None
    """The episode of most sessions, the earliest on a tie."""
    n_one_session: int
    """Episodes of one session."""
    n_five_or_more: int
    """Episodes of at least five sessions."""
    n_returns: int
    """Episodes with a defined SPY return."""
    mean_spy_return: float | None
    """Mean of the defined returns."""
    median_spy_return: float | None
    """Median of the defined returns."""
    share_negative: float | None
    """Share of defined SPY returns below zero; this and other shares null of fewer than 5 cases."""
    mean_spy_return_first: float | None
    """Mean return of the first session alone, which is the move that inverted the curve."""
    share_negative_first: float | None
    """Share of episodes on whose first session SPY fell."""
    n_longer: int
    """Episodes of two sessions or more whose return within the episode is defined."""
    mean_spy_return_within: float | None
    """Mean return of these from their first close to their last."""
    share_negative_within: float | None
    """Share of these that closed lower than on their first session."""
    recent: tuple[Episode, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeList(Document):
    """Every stored inversion (episode), oldest first."""

    as_of: str
    """Last session looked at."""
    episodes: tuple[EpisodeOutcome, ...]
    """All episodes, the ongoing one included."""
