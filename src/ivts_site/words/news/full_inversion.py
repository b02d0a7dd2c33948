"""Every horizon of the curve closed below the one before it."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, news_line, ordinal

RANK = 50
FEWEST = 2
"""Sessions in a row: on one day an event within nine days can do it."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a curve that fell from the shortest horizon to the longest, again."""
    n = now.full_inversions()
    if n < FEWEST:
        return None
    first, last = (f.level(float(close)) for close in now.curve[-1, [0, -1]])
    ends = f"from {first} for nine days to {last} for six months"
    return news_line(f"The whole curve was inverted for {ordinal(n)} session, {ends}", "curve", "length")
