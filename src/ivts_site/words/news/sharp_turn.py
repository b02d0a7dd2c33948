"""A sharp move of the ratio: what it did to the curve."""

from __future__ import annotations

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, lower, moves, news_line, run_so_far

RANK = 85
SHARP = 2.5
"""So many times a usual day's move is a sharp one."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a move of the ratio that did not change the regime."""
    if now.run[-1] == 1 or now.suspect or not abs(now.ivts_change) >= SHARP * now.usual_move:
        return None
    text = f"{_turn(now)} as {moves(now)}; {lower(run_so_far(now))}"
    return news_line(text, "run", "length", "vix", "spy")


def _turn(now: ToDate) -> str:
    if now.inverted[-1]:
        return f"The inversion {'deepened' if now.ivts_change > 0 else 'eased'}"
    return f"The {now.panel.front.label} curve {'flattened' if now.ivts_change > 0 else 'steepened'} sharply"
