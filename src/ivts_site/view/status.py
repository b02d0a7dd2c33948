"""The page's age and its provisional closes in words."""

from __future__ import annotations

import datetime as dt

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.freshness import Freshness, State, judge
from ivts_site.model import Publication
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Expected, Provisional, Status
from ivts_site.view.facts import publication_words
from ivts_site.view.parts import Moment
from ivts_site.view.types import AgeView, StatusView
from ivts_site.words.names import Names

_REASONS = {
    "early": "read before the closing values were published",
    "disagreement": "two sources differ on it",
}


def word_status(snapshot: Snapshot, status: Status, config: Config) -> StatusView:
    """Word how fresh the page is, in absolute times; the script of the page adds its age."""
    s, zone = snapshot, config.calendar.timezone
    built = f"{f.date_short(f.day_in(s.built_at))}, {f.clock(s.built_at)} UTC"
    return StatusView(
        through=Moment(text=f.date_weekday(s.as_of), iso=s.as_of),
        close_note=_close_note(s, status, config),
        built=Moment(text=built, iso=f.instant_iso(s.built_at)),
        checked=_checked(status, s.built_at),
        expected=Moment(
            text=_instant_words(status.expected.publication, zone), iso=status.expected.publication
        )
        if status.expected
        else None,
        expected_note=""
        if status.expected
        else f"closes of a session are expected by {publication_words(s, config)}",
        deadline=Moment(text=_instant_words(status.deadline, zone), iso=status.deadline)
        if status.deadline
        else None,
        age=_age(status, zone),
    )


def provisional_words(held: Provisional, label: Names) -> str:
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


def word_age(found: Freshness, *, due: str, through: str) -> str:
    """Word an age as the script of the page does.

    Parameters
    ----------
    found : Freshness
        State and sessions behind.
    due : str
        Words for the publication of the first missing session.
    through : str
        Words for the last session.
    """
    if found.state is State.FRESH:
        return "Up to date"
    if found.state is State.DUE:
        return f"Next closes due since {due}"
    behind = f"{f.plural(found.n_behind, 'session')} behind"
    lead = f"At least {behind}" if found.at_least else behind
    if found.state is State.LATE:
        return f"{lead}: closes were due {due}"
    return f"{lead}: the last close here is {through}"


def _close_note(s: Snapshot, status: Status, config: Config) -> str:
    if s.sample:
        return "simulated closes"
    notes = ["final closes"]
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


def _checked(status: Status, built_at: str) -> Moment | None:
    """Word when the sources were last asked; the day is left out where it is that of the build."""
    if status.checked_at is None:
        return None
    day = f.day_in(status.checked_at)
    shown = f"{f.clock(status.checked_at)} UTC"
    if day != f.day_in(built_at):
        shown = f"{f.date_short(day)}, {shown}"
    return Moment(text=shown, iso=status.checked_at)


def _age(status: Status, zone: str) -> AgeView | None:
    found = judge(tuple(map(_publication, status.upcoming)), dt.datetime.fromisoformat(status.built_at))
    if found is None:
        return None
    due, through = _wall_clock(status.upcoming[0].publication, zone), f.date_weekday(status.data_through)
    return AgeView(
        state=found.state.value,
        text=f"{word_age(found, due=due, through=through)} (when built)",
        upcoming=" ".join(each.publication for each in status.upcoming),
        late=f.instant_iso(found.late_from),
        due=due,
        through=through,
    )


def _publication(expected: Expected) -> Publication:
    return Publication(
        session=dt.date.fromisoformat(expected.next_session),
        publication=dt.datetime.fromisoformat(expected.publication),
    )


def _instant_words(instant: str, zone: str) -> str:
    """Word an instant: "Mon 2 Mar 2026, 18:30 New York (23:30 UTC)"."""
    return f"{_wall_clock(instant, zone)} ({f.clock(instant)} UTC)"


def _wall_clock(instant: str, zone: str) -> str:
    return f"{f.date_weekday(f.day_in(instant, zone))}, {f.clock(instant, zone)} New York"
