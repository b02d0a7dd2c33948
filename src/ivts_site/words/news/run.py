"""How long the run is, and what it would take to end it: the news of most evenings."""

from __future__ import annotations

import math

from ivts_site.analytics.to_date import ToDate
from ivts_site.words.news.line import JUMP, NewsLine, article, doubt, news_line, run_so_far, size

RANK = 90
FEWEST = 60
"""Sessions, below which how the back index usually follows the front is not known."""


def tell(now: ToDate) -> NewsLine | None:
    """Word the run and the distance to the line; its first session is a flip."""
    if len(now.run) == 1:
        where = "above" if now.inverted[-1] else "at or below"
        front, back = now.panel.front.label, now.panel.back.label
        return news_line(f"{front} closed {where} {back} on the first session of the record", "run")
    if now.run[-1] == 1:
        return None
    return news_line(f"{run_so_far(now)}{doubt(now)}; {_distance(now)}", "run", "length", "distance")


def _distance(now: ToDate) -> str:
    front, inverted = now.panel.front.label, bool(now.inverted[-1])
    end = "end it" if inverted else "invert the curve"
    if math.isnan(now.usual_distance) or len(now.ivts) < FEWEST:
        change = f"{'fall' if inverted else 'rise'} {size(now.distance_return)}"
        return f"with {now.panel.back.label} unchanged, {front} would have had to {change} to {end}"
    way = "fall" if inverted else "jump" if now.usual_distance >= JUMP else "rise"
    return f"it would have taken {article(size(now.usual_distance))} {way} in {front} to {end}"
