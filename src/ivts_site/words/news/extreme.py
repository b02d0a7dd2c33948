"""A high or a low of one to ten years, of the ratio or of the front index."""

from __future__ import annotations

from collections.abc import Iterator

from ivts_site import formatting as f
from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.to_date import Days, ToDate, last_beyond
from ivts_site.words.news.line import (
    JUMP,
    NewsLine,
    move,
    moves_tail,
    news_line,
    since_month,
    spy_tail,
    years_between,
)

RANK = 60
_LONG = 5
SPANS = {10: "ten-year", 5: "five-year", 2: "two-year", 1: "one-year"}


def tell(now: ToDate) -> NewsLine | None:
    """Word the extreme that reaches furthest back; the front before the ratio where both reach as far."""
    found = sorted(_found(now), key=lambda each: -each[0])
    return found[0][1] if found else None


def _found(now: ToDate) -> Iterator[tuple[int, NewsLine]]:
    for high in (True, False):
        word = "high" if high else "low"
        if hit := reach(now.front, now.front_sessions, high=high):
            years, since = hit
            change = now.changes["vix"]
            name, end = now.panel.front.label, f"{f.level(float(now.front[-1]))}, {_rank(years, word, since)}"
            text, headline = f"{name} closed at {end}", f"{name} {move(change)} to {end}"
            leap = headline if abs(change) >= JUMP else ""
            yield years, news_line(text, "level", tail=spy_tail(now, up=high), headline=leap)
        if not now.suspect and (hit := reach(now.ivts, now.sessions, high=high)):
            years, since = hit
            ratio = f.short_ratio(float(now.ivts[-1]), now.threshold)
            text = f"The ratio closed at {ratio}, {_rank(years, word, since)}"
            yield years, news_line(text, "ratio", tail=moves_tail(now))


def _rank(years: int, word: str, since: str) -> str:
    """Return "its highest since October 2020"; from five years on the span is said, too."""
    return (
        f"a {SPANS[years]} {word}: its {word}est" if years >= _LONG else f"its {word}est"
    ) + f" since {since}"


def reach(values: Floats, sessions: Days, *, high: bool) -> tuple[int, str] | None:
    """Return the years of the longest span of which the last value is the extreme, and since when."""
    place = last_beyond(values, high=high)
    if place is None:
        return None  # a record, which has a rule of its own
    reached = years_between(sessions[place], sessions[-1])
    return next(((years, since_month(sessions[place])) for years in SPANS if reached >= years), None)
