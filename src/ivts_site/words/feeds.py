"""What the feeds say of a session, of a flip, and in the place of an entry withdrawn; without a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ivts_site import formatting as f
from ivts_site.model import LogEntry
from ivts_site.published.episode import Episode
from ivts_site.published.history import History
from ivts_site.published.snapshot import News
from ivts_site.published.studies import Labels
from ivts_site.words.archive import returned_over, rolling_shares

_LISTED = 3
"""Changed closes that are named one by one."""
_GONE = {
    "session": "This session has no ratio any more.",
    "flip": "The regime did not change on this session.",
    "episode": "No inversion began on this session.",
}


def session_title(session: str, news: Sequence[News]) -> str:
    """Return the title of a session's entry: its headline."""
    return f"{f.date_short(session)}: {news[0].text}"


def session_text(history: History, at: int, names: Labels, news: Sequence[News]) -> str:
    """Say what comes after the headline, where the ratio closed and since when, and the rates.

    `at` is the session's place in the history.
    """
    more = "".join(f"{line.text}. " for line in news[1:])
    regime, day = history.regime[at], history.regime_day[at]
    since = f"the first day of {regime}"
    if day > 1:
        since = f"{regime}, day {f.count(day)}, since {f.date_long(history.session[at - day + 1])}"
    return f"{more}{_reading(history, at, names)}: {since}.{_rates(history, at)}"


def flip_title(history: History, at: int) -> str:
    """Return the title of the entry of a session that changed the regime."""
    way = "into" if history.regime[at] == "backwardation" else "out of"
    return f"{f.date_short(history.session[at])}: {way} backwardation, ratio {f.ratio(history.ivts[at])}"


def flip_text(history: History, at: int, ended: Episode | None, names: Labels) -> str:
    """Say what the regime was until then and, where an episode has ended, how it came out."""
    before = f.plural(history.regime_day[at - 1], "session")
    reading = _reading(history, at, names)
    text = f"{reading}, {history.regime[at]} after {before} of {history.regime[at - 1]}."
    return f"{text} {_outcome(ended, names)}" if ended else text


def _reading(history: History, at: int, names: Labels) -> str:
    doubt = ", resting on a suspect close" if history.suspect[at] else ""
    return (
        f"The {names.front} / {names.back} ratio closed at {f.ratio(history.ivts[at])} on "
        f"{f.date_long(history.session[at])}{doubt}"
    )


def _rates(history: History, at: int) -> str:
    shares = rolling_shares({n: rates[at] for n, rates in history.rolling_rates.items()})
    return f" Sessions in backwardation: {shares}." if shares else ""


def _outcome(episode: Episode, names: Labels) -> str:
    """Word an episode that is over; nothing in it changes any more, save by revised closes."""
    span = f.date_span(episode.first_session, episode.last_session)
    highest = f"The highest ratio of the inversion, {span}, was {f.ratio(episode.max_ivts)}"
    returned = returned_over(episode, "it", names.benchmark)
    return f"{highest}; {returned}" if returned else f"{highest}."


def withdrawn_title(kind: str, session: str) -> str:
    """Return the title of what has taken the place of an entry."""
    lost = {"session": "no ratio", "flip": "no change of regime", "episode": "no inversion"}[kind]
    return f"Correction for {f.date_short(session)}: {lost}"


def withdrawn_text(kind: str, session: str, changes: Sequence[LogEntry], labels: Mapping[str, str]) -> str:
    """Say what no longer holds of a session, and which closes were changed."""
    near = sorted(changes, key=lambda each: (each.session != session, each.session > session, each.session))
    named = list(_changes(near[:_LISTED], labels))
    more = len(changes) - len(named)
    words = f.listing([*named, *([f.plural(more, "other close")] if more > 0 else [])])
    verb = "were" if len(changes) > 1 else "was"
    return f"{_GONE[kind]} {words} {verb} changed on {f.date_long(changes[0].seen_at[:10])}."


def _changes(changes: Sequence[LogEntry], labels: Mapping[str, str]) -> Iterator[str]:
    for each in changes:
        after = f"to {each.new}" if each.new else "to none"
        name = labels.get(each.series, each.series)
        yield f"The {name} close of {f.date_long(each.session)} (from {each.old} {after})"
