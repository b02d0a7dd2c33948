"""A close of the session looks wrong."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, news_line

RANK = 45


def tell(now: ToDate) -> NewsLine | None:
    """Say which close repeats the one before, and that the ratio rests on it."""
    if not now.suspect:
        return None
    ratio = f.short_ratio(float(now.ivts[-1]), now.threshold)
    return news_line(
        f"{now.suspect} repeated its previous close, so the ratio of {ratio} is suspect", "ratio", "doubt"
    )
