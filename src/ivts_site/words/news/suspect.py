"""A close of the session looks wrong."""

from __future__ import annotations

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import Told, shown, told

RANK = 45


def tell(now: ToDate) -> Told | None:
    """Say which close repeats the one before, and that the ratio rests on it."""
    if not now.suspect:
        return None
    ratio = shown(float(now.ivts[-1]), now.threshold)
    return told(
        f"{now.suspect} repeated its previous close, so the ratio of {ratio} is suspect", "ratio", "doubt"
    )
