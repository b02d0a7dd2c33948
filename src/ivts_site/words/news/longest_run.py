"""The longest run on record, or in years."""

from __future__ import annotations

from ivts_site.analytics.to_date import RunsToDate, ToDate
from ivts_site.words.news.line import NewsLine, doubt, news_line, ordinal, since_month, state, years_between

RANK = 70
FEWEST = 5
"""Sessions, below which no run is called long."""
_YOUNG = 1
MILESTONE = 50
"""Contango lasts for months: it is news when it passes the last run as long, and at such a session."""


def tell(now: ToDate) -> NewsLine | None:
    """Word a run longer than every one of at least a year before it."""
    since = longest_since(now)
    if since is None:
        return None
    n = ordinal(int(now.run[-1]))
    return news_line(f"{state(now)} ran to {n} session, the longest run {since}{doubt(now)}", "run")


def longest_since(now: RunsToDate) -> str | None:
    """Return since when no run was as long, where that is news."""
    n = int(now.run[-1])
    if n < FEWEST or n == len(now.run):
        return None
    longer = now.longer_run()
    if longer is not None and years_between(now.sessions[longer], now.sessions[-1]) < 1:
        return None
    if not now.inverted[-1] and n % MILESTONE and not _has_passed(now, n):
        return None
    return f"since {since_month(now.sessions[longer])}" if longer is not None else _ever(now)


def _ever(now: RunsToDate) -> str:
    if years_between(now.sessions[0], now.sessions[-1]) >= _YOUNG:
        return "on record"
    return f"since the record began in {since_month(now.sessions[0])}"


def _has_passed(now: RunsToDate, n: int) -> bool:
    """Tell whether a run one session shorter was not yet the longest of a year."""
    before = len(now.run) - n
    same = (now.run[:before] >= n - 1) & (now.inverted[:before] == now.inverted[-1])
    return bool(same.any()) and years_between(now.sessions[:before][same][-1], now.sessions[-2]) < 1
