"""The curve inverted, or returned to contango."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.to_date import RunsToDate, ToDate
from ivts_site.words.news.line import NewsLine, doubt, moves_tail, news_line

RANK = 40
_AGAIN = 3
"""After a pause of so many sessions, or fewer, the curve inverts again."""
_DATED = 60
"""From this many sessions on the date of the last inversion says more than their number alone."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a change of the regime, and for how long the last one had held."""
    text = turned(now, f"The {now.panel.front.label} curve", "contango")
    return news_line(f"{text}{doubt(now)}", "run", tail=moves_tail(now)) if text else None


def turned(now: RunsToDate, curve: str, calm: str) -> str:
    """Word a change of the regime; `calm` is what a curve that is not inverted is in. Empty without one."""
    if now.run[-1] > 1 or len(now.run) == 1:
        return ""
    n = int(now.run[-2])
    if not now.inverted[-1]:
        after = "a one-session inversion" if n == 1 else f"an inversion of {f.cardinal(n)} sessions"
        return f"{curve} returned to {calm} after {after}"
    if n == len(now.run) - 1:
        began = f.date_long(str(now.sessions[0]))
        return f"{curve} inverted for the first time since the record began on {began}"
    if n <= _AGAIN:
        pause = "a single session" if n == 1 else f"{f.cardinal(n)} sessions"
        return f"{curve} inverted again after {pause} of {calm}"
    since = f", since {f.date_long(str(now.sessions[-2 - n]))}" if n >= _DATED else ""
    return f"{curve} inverted for the first time in {f.cardinal(n)} sessions{since}"
