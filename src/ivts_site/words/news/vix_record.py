"""An all-time high or low of the front index."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate, last_beyond
from ivts_site.words.news.line import NewsLine, news_line, spy_tail

RANK = 10
FEWEST = 250
"""Closes stored before, without which nothing is called a record."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a close of the front beyond every stored close before it."""
    if len(now.front) <= FEWEST:
        return None
    for high, word in ((True, "highest"), (False, "lowest")):
        if last_beyond(now.front, high=high) is None:
            text = f"{now.panel.front.label} closed at {f.level(float(now.front[-1]))}, the {word} on record"
            return news_line(text, "level", tail=spy_tail(now, up=high))
    return None
