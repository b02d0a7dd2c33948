"""When the closes of a session count as published, from the settings alone."""

from __future__ import annotations

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from ivts_site import formatting as f
from ivts_site.config import Config

REGULAR_CLOSE = dt.time(16, 0)
EARLY_CLOSE = dt.time(13, 0)
"""Wall clock of the exchange."""


def publication_lag(config: Config) -> dt.timedelta:
    """Return the longest lag of the ratio's three series."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return dt.timedelta(minutes=max(config.series[key].publication_lag_minutes for key in keys))


def publication_instant(session: str, config: Config) -> str:
    """Tell when the closes of a past session counted as published: the close and the lag, UTC.

    A function of session and settings alone; the trading calendar would take longer to load than a page to
    make.
    """
    day, zone = dt.date.fromisoformat(session), ZoneInfo(config.calendar.timezone)
    close = dt.datetime.combine(day, EARLY_CLOSE if closes_early(day) else REGULAR_CLOSE, zone)
    # the lag runs in real hours, across a change of the clocks, too
    return f.instant_iso(close.astimezone(dt.UTC) + publication_lag(config))


def closes_early(session: dt.date) -> bool:
    """Tell whether New York closes at 13:00 on a session: beside Thanksgiving, Christmas, Independence Day.

    Source: the exchange's rule, Friday after the fourth Thursday of November, and 24 December and 3 July
    where they fall on Monday to Thursday. Of days that are no session it says nothing.
    """
    if (session.month, session.weekday()) == (11, calendar.FRIDAY):
        return 23 <= session.day <= 29
    return (session.month, session.day) in {(12, 24), (7, 3)} and session.weekday() < calendar.FRIDAY
