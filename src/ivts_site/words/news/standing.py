"""Where the ratio stood among the readings of the default window: a line for evenings without other news."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, news_line, since_month, spelled_window

RANK = 96
FEWEST = 20
"""Readings, below which a share says nothing."""
_LEFT = 5
_MIDDLE = 0.55


def tell(now: ToDate) -> NewsLine | None:
    """Word the share of readings on the side where most are."""
    if now.n_window < FEWEST or now.suspect:
        return None
    below, above = now.share(below=True), now.share(below=False)
    side, share = ("higher", below) if below >= above else ("lower", above)
    whole = not now.complete or now.window == "all"
    pool = f"since {since_month(now.sessions[0])}" if whole else f"in the past {spelled_window(now.window)}"
    if share <= _MIDDLE:
        return news_line(f"The ratio was near the middle of its readings {pool}", "ratio")
    return news_line(f"The ratio was {side} than {_part(share, now.n_window - 1)} {pool}", "ratio")


def _part(share: float, n: int) -> str:
    """Return "69% of readings"; close to all of them, how many are left."""
    left = round((1 - share) * n)
    if left == 0:
        return "any reading"
    if left <= _LEFT:
        return f"all but {f.cardinal(left)} reading{'s' * (left > 1)}"
    return f"{f.fixed(share * 100, 0)}% of readings"
