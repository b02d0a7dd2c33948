"""A session as it stood that evening, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from ivts_site import formatting as f
from ivts_site.model import LogEntry
from ivts_site.published.day import Day, DayWindow
from ivts_site.published.snapshot import News
from ivts_site.words.names import Names
from ivts_site.words.news.line import ordinal, size
from ivts_site.words.news.standing import FEWEST, pool, standing

_PLACES = {"standing", "ratio-record"}
"""Rules of the news that say the ratio's place among the readings."""


def day_sentence(day: Day, names: Names, told: AbstractSet[str] = frozenset()) -> str:
    """Say in one sentence where the ratio stood; not its place among the readings where that is `told`."""
    place = "" if told & _PLACES else _standing(day)
    where = f"{'In this simulated sample, on' if day.sample else 'On'} {f.date_long(day.session)}"
    return (
        f"{where} the {names.front} term structure was in {day.regime.name}, {_since(day)}: "
        f"the ratio {_moved(day)}{place}."
    )


def day_reading(day: Day, names: Names, news: Sequence[News]) -> str:
    """Say where the ratio stood, what would have changed the regime, and what had been before."""
    told = {line.id for line in news}
    return " ".join((day_sentence(day, names, told), *_distance(day, names), *_rolling(day), *_episode(day)))


def _distance(day: Day, names: Names) -> Iterator[str]:
    move = day.regime.distance_return
    if day.ivts == day.regime.threshold:
        yield f"Any higher {names.front} close would have been backwardation."
        return
    way, other = ("lower", "contango") if move < 0 else ("higher", "backwardation")
    close = f"a {names.front} close {size(move)} {way}"
    yield f"With {names.back} unchanged, {close} would already have meant {other}."


def _rolling(day: Day) -> Iterator[str]:
    known = [(n, rate) for n, rate in day.rolling_rates.items() if rate is not None]
    if not known:
        return
    longest, rate = known[-1]
    if rate == 0:
        yield f"None of the last {longest} sessions was in backwardation."
        return
    shares = f.listing([f"{f.percent(rate, 0)} of the last {n}" for n, rate in known])
    yield f"Backwardation held on {shares} sessions."


def _episode(day: Day) -> Iterator[str]:
    if day.episode is None:
        yield "No session on record had been in backwardation."
    elif not day.episode.ongoing:
        yield f"The last inversion ran {_span(day.episode.first_session, day.episode.last_session)}."
    elif day.episode.max_ivts is not None and day.regime.day > 1:
        yield f"The highest ratio of the inversion so far was {f.ratio(day.episode.max_ivts)}."


def _span(first: str, last: str) -> str:
    return f"on {f.date_long(first)} alone" if first == last else f"from {f.date_span(first, last)}"


def day_notes(day: Day, labels: Mapping[str, str], revisions: Sequence[LogEntry]) -> Iterator[str]:
    """Say what a reader of the session's figures should know.

    `labels` names the series by key, `revisions` are closes of the session that were changed after it was
    first stored.
    """
    changes, regime = day.changes, day.regime
    if changes.gaps:
        days = f.listing([f.date_long(gap) for gap in changes.gaps])
        verb = "has" if len(changes.gaps) == 1 else "have"
        yield f"{days} {verb} no ratio; changes are from {f.date_long(changes.previous_session)}."
    if regime.borderline:
        yield f"The ratio is borderline{_side(day)}."
    for each in revisions:
        name, when = labels.get(each.series, each.series), f.date_long(each.seen_at[:10])
        yield f"A stored {name} close of this session was changed on {when}."


def window_readings(window: DayWindow) -> str:
    """Return "502 readings of the 2 years up to it", or how many are stored."""
    readings = f"{f.count(window.n_sessions)} readings"
    if not window.complete or window.name == "all":
        return f"{readings} stored"
    return f"{readings} of the {f.window_words(window.name)} up to it"


def _since(day: Day) -> str:
    regime = day.regime
    if day.n_sessions == 1:
        return "on the first session of the record"
    if regime.day == day.n_sessions:
        return f"as on every session since the record began on {f.date_long(regime.since)}"
    if regime.day == 1:
        return "on the first session of a new run"
    return f"for {ordinal(regime.day)} session in a row, since {f.date_long(regime.since)}"


def _moved(day: Day) -> str:
    change = day.changes.ivts
    if change is None:
        return f"was {f.ratio(day.ivts)}"
    shown = f.ratio(abs(change))
    if shown == f.ratio(0):
        return f"stayed at {f.ratio(day.ivts)}"
    return f"{'rose' if change > 0 else 'fell'} by {shown} to {f.ratio(day.ivts)}"


def _standing(day: Day) -> str:
    window, others = day.window, day.window.n_sessions - 1
    if window.n_sessions < FEWEST:
        return ""
    below = (window.ivts_rank * window.n_sessions - 1) / others
    past = window.name if window.complete else "all"
    return f", {standing(below, 1 - below, others)} {pool(past, np.datetime64(window.first_session))}"


def _side(day: Day) -> str:
    slope = day.regime.slope
    if slope is None or f.ratio_change(slope) == f.ratio(0):
        return ""
    sessions = f.plural(day.regime.slope_sessions, "session")
    return f", coming from {'above' if slope < 0 else 'below'} ({f.ratio_change(slope)} over {sessions})"
