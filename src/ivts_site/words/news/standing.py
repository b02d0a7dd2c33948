"""Where the ratio stood among the readings of the default window: a line for evenings without other news."""

from __future__ import annotations

import numpy as np

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, news_line, since_month, spelled_window

RANK = 96
FEWEST = 20
"""Readings, below which a share says nothing."""
_LEFT = 5
_HARDLY_ANY = 0.05
_MIDDLE = 0.55


def tell(now: ToDate) -> NewsLine | None:
    """Word the share of readings on the side where most are."""
    if now.n_window < FEWEST or now.suspect:
        return None
    below, above = now.share(below=True), now.share(below=False)
    readings = pool(now.window if now.complete else "all", now.sessions[0])
    return news_line(f"The ratio was {standing(below, above, now.n_window - 1)} {readings}", "ratio")


def pool(window: str, first_session: np.datetime64) -> str:
    """Return "in the past two years"; for all stored history, since when."""
    return (
        f"since {since_month(first_session)}" if window == "all" else f"in the past {spelled_window(window)}"
    )


def standing(below: float, above: float, n: int) -> str:
    """Return "higher than 69% of readings", from the shares of `n` others below and above."""
    side, share = ("higher", below) if below >= above else ("lower", above)
    return f"{side} than {_part(share, n)}" if share > _MIDDLE else "near the middle of its readings"


def _part(share: float, n: int) -> str:
    """Return "69% of readings"; where hardly any are left, how many."""
    left = round((1 - share) * n)
    if left == 0:
        return "any reading"
    if left <= min(_LEFT, _HARDLY_ANY * n):
        return f"all but {f.cardinal(left)} reading{'s' * (left > 1)}"
    return f"{f.fixed(share * 100, 0)}% of readings"
