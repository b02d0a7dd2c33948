"""A calendar year of the ratio, in words."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.history import Year


def year_sentence(year: Year) -> str:
    """Say in one sentence how much of the year was in backwardation."""
    y = year
    if not y.n_backwardation:
        return f"In {y.year} the ratio was in contango on all {f.plural(y.n_sessions, 'session')} stored."
    counts = f.share_of(y.n_backwardation, y.n_sessions)
    begun = f"{f.plural(y.n_episodes, 'inversion')} began" if y.n_episodes else "no inversion began"
    rate = f.rate(y.backwardation_rate, y.n_sessions, 0)
    share = "" if rate in {f.UNDEFINED, "0%"} else f" ({rate})"
    return f"In {y.year} the ratio was in backwardation on {counts}{share}; {begun}."
