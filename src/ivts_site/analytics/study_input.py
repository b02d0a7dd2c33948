"""What every study starts from: the ratio and the closes as plain arrays, the settings, optional series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints, share
from ivts_site.analytics.futures import FuturesFound
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.returns import find_places, forward_returns, lead, lowest_ahead, realized_volatility
from ivts_site.analytics.rules import StudyRules
from ivts_site.published.numbers import day
from ivts_site.published.studies import Share

Keeper = Callable[["StudyInput", Callable[["StudyInput"], dict[str, str]]], dict[str, str]]
"""Gives what a function makes of a study, made now or earlier."""


FRONT_DAYS, BACK_DAYS = 30, 93
"""Calendar days of front and back where `research.tenors` does not name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A series that the curve may hold; `days` is None for an index that is no tenor."""

    key: str
    label: str
    days: int | None


@dataclass(frozen=True, kw_only=True)
class StudyInput:
    """A history up to its as-of session, and what is asked of it."""

    analysis: Analysis
    rules: StudyRules
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names of the declared series by key."""
    optional_series: Mapping[str, pd.Series] = field(default_factory=dict)
    """Closes of optional series by key; what is dated after the as-of session is cut off by `series`."""
    futures: FuturesFound | None = None
    """The curve of the futures on the as-of session; not known to `until` and `part`."""
    keep: Keeper = lambda then, make: make(then)
    """Makes what is slow and rests on a past that never changes, or gives what was made of it before."""

    def until(self, last: pd.Timestamp) -> StudyInput:
        """The same as it was known on a day: later sessions are cut off, also those of other series."""
        closes = self.analysis.panel.closes.loc[:last]
        return self._with(closes, self.analysis.signal.loc[:last], closes.index[-1])

    @property
    def histories(self) -> tuple[StudyInput, ...]:
        """The study itself and, where it is shorter, that of its sessions from `rules.second_history` on."""
        begin = int(self.sessions.searchsorted(pd.Timestamp(self.rules.second_history)))
        return (self, self.part(slice(begin, None))) if 0 < begin < len(self.sessions) else (self,)

    def part(self, rows: slice) -> StudyInput:
        """The same for some of its sessions, as it was known on the last of them."""
        panel, signal = self.analysis.panel, self.analysis.signal.iloc[rows]
        last = signal.index[-1] if len(signal) else panel.as_of
        return self._with(panel.closes.loc[:last], signal, last)

    def _with(self, closes: pd.DataFrame, signal: pd.DataFrame, as_of: pd.Timestamp) -> StudyInput:
        panel = replace(self.analysis.panel, closes=closes, as_of=as_of)
        return replace(self, analysis=replace(self.analysis, panel=panel, signal=signal), futures=None)

    @cached_property
    def sessions(self) -> pd.DatetimeIndex:
        """Sessions with a defined ratio."""
        return pd.DatetimeIndex(self.analysis.signal.index)

    @cached_property
    def ivts(self) -> Floats:
        """The ratio on `sessions`."""
        return self.analysis.signal["ivts"].to_numpy()

    @cached_property
    def backwardation(self) -> Flags:
        """Its regime there."""
        return self.analysis.signal["backwardation"].to_numpy()

    @cached_property
    def panel_sessions(self) -> pd.DatetimeIndex:
        """All sessions of the panel."""
        return pd.DatetimeIndex(self.analysis.panel.closes.index)

    @cached_property
    def place(self) -> Ints:
        """Where each of `sessions` lies among the panel's."""
        return find_places(self.panel_sessions, self.sessions)

    @cached_property
    def close(self) -> Floats:
        """Closes of the benchmark by session of the panel; NaN where not stored."""
        return self.analysis.panel.closes["benchmark"].to_numpy()

    @cached_property
    def front(self) -> Floats:
        """Closes of the front by session of the panel; NaN where not stored."""
        return self.analysis.panel.closes["front"].to_numpy()

    @cached_property
    def log_front(self) -> Floats:
        """Logarithm of the front's close on `sessions`."""
        return np.log(self.front[self.place])

    def returns(self, horizon: int) -> Floats:
        """Benchmark returns over the next `horizon` sessions of the panel, on `sessions`."""
        return forward_returns(self.close, horizon)[self.place]

    def realized(self, horizon: int) -> Floats:
        """Volatility of the benchmark over the next `horizon` sessions of the panel, on `sessions`."""
        return lead(realized_volatility(self.close, horizon), horizon)[self.place]

    def lowest(self, horizon: int) -> Floats:
        """Lowest benchmark close of the next `horizon` sessions / own close − 1, on `sessions`."""
        return lowest_ahead(self.close, horizon)[self.place]

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Series of the curve and beside it; front and back are among them whatever is configured."""
        rules, panel = self.rules, self.analysis.panel
        days = {point.series: point.days for point in rules.tenors if point.series in self.labels}
        for role, usual in ((panel.front, FRONT_DAYS), (panel.back, BACK_DAYS)):
            days.setdefault(role.key, usual)
        labels = {role.key: role.label for role in (panel.front, panel.back)} | dict(self.labels)
        beside = dict.fromkeys(key for key in (rules.volatility_index, rules.tail_index) if key in labels)
        return tuple(Point(key=key, label=labels[key], days=n) for key, n in (days | beside).items())

    @cached_property
    def series(self) -> Mapping[str, pd.Series]:
        """Stored closes of front, back and the optional series by key, none after the as-of session."""
        panel = self.analysis.panel
        known = {key: closes.loc[: panel.as_of] for key, closes in self.optional_series.items()}
        return known | {
            panel.front.key: panel.closes["front"].dropna(),
            panel.back.key: panel.closes["back"].dropna(),
        }


def span_of(sessions: pd.DatetimeIndex, member: Flags) -> dict[str, str | None]:
    """Return `first_session` and `last_session` of a group; None where it is empty."""
    own = sessions[member]
    first, last = (day(own[0]), day(own[-1])) if len(own) else (None, None)
    return {"first_session": first, "last_session": last}


def count_share(inside: Flags, counted: Flags, sessions: pd.DatetimeIndex) -> Share:
    """Share of the counted sessions that lie inside; of few only the counts, see `share`."""
    return Share(
        value=share(inside[counted]),
        numerator=int((inside & counted).sum()),
        denominator=int(counted.sum()),
        **span_of(sessions, counted),
    )
