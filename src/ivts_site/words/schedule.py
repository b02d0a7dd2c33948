"""When the closes of a past session counted as published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ivts_site import formatting as f
from ivts_site.config import Config

REGULAR_CLOSE = dt.time(16, 0)
"""Wall clock of the exchange."""


def publication_lag(config: Config) -> dt.timedelta:
    """Return the longest lag of the ratio's three series."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return dt.timedelta(minutes=max(config.series[key].publication_lag_minutes for key in keys))


def publication_instant(session: str, config: Config, early: Mapping[dt.date, dt.datetime]) -> str:
    """Return the close of a session and the lag, UTC; `early` has the sessions that closed early."""
    day = dt.date.fromisoformat(session)
    regular = dt.datetime.combine(day, REGULAR_CLOSE, ZoneInfo(config.calendar.timezone))
    # the lag runs in real hours, across a change of the clocks, too
    return f.instant_iso(early.get(day, regular).astimezone(dt.UTC) + publication_lag(config))
