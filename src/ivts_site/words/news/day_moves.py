"""How the front index and the fund moved: a line for evenings without other news."""

from __future__ import annotations

import math

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import Told, moves, told

RANK = 94


def tell(now: ToDate) -> Told | None:
    """Word the moves since the session before."""
    if math.isnan(now.changes["vix"]):
        return None
    return told(moves(now), "vix", "spy")
