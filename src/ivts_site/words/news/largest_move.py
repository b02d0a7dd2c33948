"""The largest one-day rise or fall of the front index so far, in percent or in points."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate, last_beyond
from ivts_site.words.news.line import NewsLine, move, news_line, spy_tail
from ivts_site.words.news.vix_record import FEWEST

RANK = 20


def tell(now: ToDate) -> NewsLine | None:
    """Word a move beyond every stored move before it."""
    if len(now.front) <= FEWEST:
        return None
    share, points = float(now.front_returns[-1]), float(now.front_moves[-1])
    up, name = points > 0, now.panel.front.label
    way = "rise" if up else "drop"
    if last_beyond(now.front_returns, high=up) is None:
        text = f"{name} {move(share)} to {f.level(float(now.front[-1]))}, its largest one-day {way} on record"
    elif last_beyond(now.front_moves, high=up) is None:
        moved = f"{name} {'rose' if up else 'fell'} {f.level(abs(points))} points"
        text = f"{moved}, its largest one-day point {way} on record"
    else:
        return None
    return news_line(text, "vix", tail=spy_tail(now, up=up))
