"""When the closes of a session count as published, from the settings alone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from ivts_site import formatting as f
from ivts_site.config import Config

REGULAR_CLOSE = dt.time(16, 0)
"""Wall clock of the exchange."""


def publication_lag(config: Config) -> dt.timedelta:
    """Return the longest lag of the ratio's three series."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return dt.timedelta(minutes=max(config.series[key].publication_lag_minutes for key in keys))


def publication_instant(session: str, config: Config) -> str:
    """Tell when the closes of a past session counted as published: a regular close and the lag, UTC.

    A function of session and settings alone, without the trading calendar: after an early close it is later
    than the publication.
    """
    zone = ZoneInfo(config.calendar.timezone)
    close = dt.datetime.combine(dt.date.fromisoformat(session), REGULAR_CLOSE, zone)
    # the lag runs in real hours, across a change of the clocks, too
    return f.instant_iso(close.astimezone(dt.UTC) + publication_lag(config))
