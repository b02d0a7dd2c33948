"""The front index closed on a round number, which readers remember."""

from __future__ import annotations

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import NewsLine, news_line

RANK = 93


def tell(now: ToDate) -> NewsLine | None:
    """Word a close on a whole ten."""
    close = float(now.front[-1])
    if close % 10:
        return None
    return news_line(f"{now.panel.front.label} closed at exactly {close:.0f}", "vix")
