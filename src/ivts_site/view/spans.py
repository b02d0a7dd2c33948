"""How much history a number rests on, in words, and what is doubtful about the session shown."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.snapshot import Snapshot, Window
from ivts_site.words.names import Names


def window_words(window: Window) -> str:
    """Return "2 years", or how much there is where the stored history is shorter: "12 sessions stored"."""
    if window.complete:
        return f.window_words(window.name)
    return f"{f.plural(window.n_sessions, 'session')} stored"


def rank_words(rank: float | None, window: Window) -> str:
    """Return "percentile rank 95.2 (2 years)"; one reading has none."""
    if rank is None or window.n_sessions < 2:
        return "no percentile rank yet"
    return f"percentile rank {f.rank(rank)} ({window_words(window)})"


def regime_held(s: Snapshot) -> str:
    """Say in one sentence for how long the regime has held."""
    if s.all_history.n_sessions == 1:
        return "No earlier session is stored."
    since = f.date_long(s.regime.since)
    if s.regime.since == s.all_history.first_session:
        return f"It has been so since the stored history begins, on {since}."
    if s.regime.day == 1:
        return "It is the first session of this regime."
    return f"The regime has held since {since}, for {f.plural(s.regime.day, 'session')}."


def suspect_series(s: Snapshot, label: Names) -> str:
    """Name the series whose close of the session shown is suspect; empty where none is."""
    front, back, *_ = s.series
    found = {suspect.series for suspect in s.quality.suspect if suspect.session == s.as_of}
    return f.listing([name for key, name in ((front, label.front), (back, label.back)) if key in found])
