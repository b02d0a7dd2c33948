"""How the front index and the fund moved: a line for evenings without other news."""

from __future__ import annotations

import math

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, moves, news_line

RANK = 94


def tell(now: ToDate) -> NewsLine | None:
    """Word the moves since the session before."""
    if math.isnan(now.changes["vix"]):
        return None
    return news_line(moves(now), "vix", "spy")
