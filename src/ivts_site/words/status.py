"""How old the page is, its provisional closes, and when closes count as published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.freshness import State
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Provisional, Status
from ivts_site.published.studies import Labels

REGULAR_CLOSE = dt.time(16, 0)
"""Wall clock of the exchange."""
_REASONS = {
    "early": "read before the closing values were published",
    "disagreement": "two sources differ on it",
}


def provisional_words(held: Provisional, label: Labels) -> str:
    """Word closes that are not final: "Provisional for 2 March 2026: VIX 18.26, …"."""
    closes = [
        (label.front, f.level(held.vix)),
        (label.back, f.level(held.vix3m)),
        (label.benchmark, f.level(held.spy)),
    ]
    parts = [f"{name} {value}" for name, value in closes if value != f.UNDEFINED]
    if held.ivts is not None:
        parts.append(f"ratio {f.ratio(held.ivts)}, which would be {held.regime}")
    reason = _REASONS[held.reason]
    day = f.date_long(held.session)
    return f"Provisional for {day}: {', '.join(parts)}; {reason}, not yet in any statistic"


def word_age(state: str | None, n_behind: int | None, *, at_least: bool, due: str, through: str) -> str:
    """Word an age as the script of the page does; `at_least` where more than `n_behind` may be missing.

    `due` words the publication of the first missing session, `through` the last session.
    """
    if state == State.FRESH:
        return "Up to date"
    if state == State.DUE:
        return f"Next closes due since {due}"
    behind = f"{f.plural(n_behind, 'session')} behind"
    lead = f"At least {behind}" if at_least else behind
    if state == State.LATE:
        return f"{lead}: closes were due {due}"
    return f"{lead}: the last close here is {through}"


def age_words(status: Status, due: str) -> str:
    """Word the age that the page had when it was built."""
    through = f.date_weekday(status.data_through)
    words = word_age(status.state, status.sessions_behind, at_least=status.at_least, due=due, through=through)
    return f"{words} (when built)"


def close_note(s: Snapshot, status: Status, config: Config) -> str:
    """Say what is missing from the closes; empty where all are there and final."""
    if s.sample:
        return "simulated"
    notes = []
    if s.provisional:
        notes.append(f"{f.date_weekday(s.provisional.session)} provisional")
    key = config.ratio.benchmark
    if key not in s.series:
        notes.append(f"{config.series[key].label} not there yet")
    elif (through := s.series[key].last_session) < s.as_of:
        notes.append(f"{config.series[key].label} only to {f.date_weekday(through)}")
    notes += [
        f"back history of {config.series[each].label} missing"
        for each, series in status.series.items()
        if series.back_history_missing
    ]
    return "; ".join(notes)


def instant_words(instant: str, zone: str) -> str:
    """Word an instant: "Mon 2 Mar 2026, 18:30 New York (23:30 UTC)"."""
    return f"{wall_clock(instant, zone)} ({f.clock(instant)} UTC)"


def update_words(instant: str, zone: str) -> str:
    """Word an instant by the clock of the exchange in short: "Mon by 18:30 ET"."""
    return f"{f.date_weekday(f.day_in(instant, zone)).split()[0]} by {f.clock(instant, zone)} ET"


def wall_clock(instant: str, zone: str) -> str:
    """Word an instant by the clock of the exchange: "Mon 2 Mar 2026, 18:30 New York"."""
    return f"{f.date_weekday(f.day_in(instant, zone))}, {f.clock(instant, zone)} New York"


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
