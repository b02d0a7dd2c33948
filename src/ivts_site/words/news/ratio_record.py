"""An all-time high or low of the ratio."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate, last_beyond
from ivts_site.words.news.line import NewsLine, moves_tail, news_line, since_month

RANK = 30
FEWEST = 125
"""Ratios stored before; the record says itself when it begins."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a ratio beyond every stored ratio before it; a suspect one is no record."""
    if len(now.ivts) <= FEWEST or now.suspect:
        return None
    for high, word in ((True, "highest"), (False, "lowest")):
        if last_beyond(now.ivts, high=high) is None:
            began = f"since the record began in {since_month(now.sessions[0])}"
            text = f"The ratio closed at {f.ratio(float(now.ivts[-1]))}, the {word} {began}"
            return news_line(text, "ratio", tail=moves_tail(now))
    return None
