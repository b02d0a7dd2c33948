"""Trading sessions and the instants they close; the only importer of the calendar library."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import pandas as pd

from ivts_site.errors import UsageError


class CalendarSettings(Protocol):
    """Which exchange, and what the calendar library does not know."""

    @property
    def name(self) -> str: ...  # noqa: D102 (documented by the class)

    @property
    def extra_closures(self) -> Sequence[dt.date]: ...  # noqa: D102 (documented by the class)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Trading sessions within fixed bounds."""

    labels: pd.DatetimeIndex
    """Session labels, tz-naive `datetime64[us]`, ascending, named `session`."""
    closes: pd.Series
    """Regular close of each session as a UTC instant, indexed by `labels`; early closes are in it."""
    early: pd.DatetimeIndex
    """Labels of the sessions that close early."""
    first: dt.date
    last: dt.date
    """The bounds asked for; nothing is known outside."""

    def is_session(self, day: dt.date) -> bool:
        """Tell whether the exchange trades on `day`; False outside the bounds."""
        return pd.Timestamp(day) in self.labels

    def sessions_in(self, first: dt.date, last: dt.date) -> pd.DatetimeIndex:
        """Return the labels from `first` to `last`, both included; empty where there are none."""
        return self.labels[(self.labels >= pd.Timestamp(first)) & (self.labels <= pd.Timestamp(last))]

    def close_instant(self, session: dt.date) -> dt.datetime:
        """Return the UTC instant at which the regular trading of `session` ends."""
        if not self.is_session(session):
            raise UsageError(f"{session} is not a trading session")
        return cast("pd.Timestamp", self.closes.loc[pd.Timestamp(session)]).to_pydatetime()

    def early_closes(self, first: dt.date, last: dt.date) -> dict[dt.date, dt.datetime]:
        """Return the sessions from `first` to `last`, both included, that close early, and when, UTC."""
        days = self.early.intersection(self.sessions_in(first, last))
        return {day.date(): self.close_instant(day.date()) for day in days}

    def publication_instant(self, session: dt.date, lag_minutes: int) -> dt.datetime:
        """Return the UTC instant from which the close of `session` counts as published.

        It is the regular close (13:00 New York on early closes) plus `lag_minutes`.
        """
        return self.close_instant(session) + dt.timedelta(minutes=lag_minutes)

    def published_sessions(self, now: dt.datetime, lag_minutes: int) -> pd.DatetimeIndex:
        """Return the sessions whose close is published at `now`, the boundary instant included."""
        cut = pd.Timestamp(now) - pd.Timedelta(minutes=lag_minutes)
        return self.labels[: int(self.closes.searchsorted(cut, side="right"))]


def load_sessions(calendar: CalendarSettings, first: dt.date, last: dt.date) -> Sessions:
    """Load the sessions of an exchange between two days, both included.

    Bounds are explicit because the library's default range moves with the clock. An unknown name, and bounds
    that hold no session, are a UsageError.
    """
    import exchange_calendars as xc  # noqa: PLC0415 (slow import, and building the site never needs it)

    try:
        with warnings.catch_warnings():
            # pandas' plans for its next major version concern the library, not the user of this site
            warnings.simplefilter("ignore", DeprecationWarning)
            known = xc.get_calendar(calendar.name, start=first.isoformat(), end=last.isoformat())
    except xc.errors.InvalidCalendarName as error:
        raise UsageError(f"calendar.name: no exchange {calendar.name!r} in the calendar library") from error
    except (xc.errors.CalendarError, ValueError) as error:
        raise UsageError(f"no sessions of {calendar.name} from {first} to {last}: {error}") from error
    closes = known.closes.drop([pd.Timestamp(d) for d in calendar.extra_closures], errors="ignore")
    labels = pd.DatetimeIndex(closes.index, name="session").as_unit("us")
    instants = pd.Series(pd.DatetimeIndex(closes).as_unit("us"), index=labels, name="close")
    early = labels.intersection(pd.DatetimeIndex(known.early_closes).as_unit("us"))
    return Sessions(labels, instants, early, first, last)
