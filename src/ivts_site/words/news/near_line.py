"""The ratio closed within a usual day's move of the line."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, doubt, news_line

RANK = 80
FEWEST = 20
"""Sessions, below which no move is usual."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a ratio that one usual day could take across the line."""
    ratio, front, back = float(now.ivts[-1]), now.panel.front.label, now.panel.back.label
    if len(now.ivts) < FEWEST or abs(ratio - now.threshold) > now.usual_move:
        return None
    if now.front[-1] == now.back and ratio == now.threshold:
        level = f.level(now.back)
        exactly = f"a ratio of exactly {f.ratio(ratio)} still counts as contango"
        text = f"{front} and {back} both closed at {level}: {exactly}"
    else:
        where = "returning to contango" if now.inverted[-1] else "inverting the curve"
        close = f.short_ratio(ratio, now.threshold)
        text = f"The ratio closed at {close}, within a usual day’s move of {where}"
    return news_line(f"{text}{doubt(now)}", "distance", "ratio")
