"""The pages of the past in words: sessions as they stood that evening, calendar years, inversions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from ivts_site import formatting as f
from ivts_site.model import LogEntry
from ivts_site.published.day import Day, DayWindow
from ivts_site.published.episode import Episode, EpisodeOutcome, Episodes
from ivts_site.published.history import Year
from ivts_site.published.snapshot import AllHistory, News
from ivts_site.published.studies import Labels
from ivts_site.words.news.line import ordinal, plain_ordinal, size
from ivts_site.words.news.standing import FEWEST, pool, standing

_PLACES = {"standing", "ratio-record"}
"""Rules of the news that say the ratio's place among the readings."""


def day_sentence(day: Day, names: Labels, told: AbstractSet[str] = frozenset()) -> str:
    """Say in one sentence where the ratio stood; not its place among the readings where that is `told`."""
    place = "" if told & _PLACES else _standing(day)
    where = f"{'In this simulated sample, on' if day.sample else 'On'} {f.date_long(day.session)}"
    return (
        f"{where} the {names.front} term structure was in {day.regime.name}, {_since(day)}: "
        f"the ratio {_moved(day)}{place}."
    )


def day_reading(day: Day, names: Labels, news: Sequence[News]) -> str:
    """Say where the ratio stood, what would have changed the regime, and what had been before."""
    told = {line.id for line in news}
    return " ".join((day_sentence(day, names, told), *_distance(day, names), *_rolling(day), *_episode(day)))


def _distance(day: Day, names: Labels) -> Iterator[str]:
    move = day.regime.distance_return
    if day.ivts == day.regime.threshold:
        yield f"Any higher {names.front} close would have been backwardation."
        return
    way, other = ("lower", "contango") if move < 0 else ("higher", "backwardation")
    close = f"a {names.front} close {size(move)} {way}"
    yield f"With {names.back} unchanged, {close} would already have meant {other}."


def _rolling(day: Day) -> Iterator[str]:
    known = [n for n, rate in day.rolling_rates.items() if rate is not None]
    if known and day.rolling_rates[known[-1]] == 0:
        yield f"None of the last {known[-1]} sessions was in backwardation."
    elif known:
        yield f"Backwardation held on {rolling_shares(day.rolling_rates)} sessions."


def rolling_shares(rates: Mapping[str, float | None]) -> str:
    """List the known rates: "10% of the last 21 and 4% of the last 252"; empty where none is known."""
    return f.listing(
        [f"{f.percent(rate, 0)} of the last {n}" for n, rate in rates.items() if rate is not None]
    )


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
    if slope is None or f.signed(slope, 4) == f.ratio(0):
        return ""
    sessions = f.plural(day.regime.slope_sessions, "session")
    return f", coming from {'above' if slope < 0 else 'below'} ({f.signed(slope, 4)} over {sessions})"


def history_sentence(history: AllHistory, years: Sequence[Year]) -> str:
    """Say how many of all sessions were inverted, and in which year most of them."""
    if not history.n_backwardation:
        return f"No session since {f.date_long(history.first_session)} has been in backwardation."
    most = max(years, key=lambda year: year.n_backwardation)
    counts = f.share_of(history.n_backwardation, history.n_sessions)
    since = f.month_year(history.first_session)
    return f"{counts} since {since} were inverted, the most in {most.year} ({f.count(most.n_backwardation)})."


def year_sentence(year: Year) -> str:
    """Say in one sentence how much of the year was in backwardation."""
    y = year
    if not y.n_backwardation:
        return f"In {y.year} the ratio was in contango on all {f.plural(y.n_sessions, 'session')} stored."
    counts = f.share_of(y.n_backwardation, y.n_sessions)
    begun = f"{f.plural(y.n_episodes, 'inversion')} began" if y.n_episodes else "no inversion began"
    rate = f.rate(y.backwardation_rate, y.n_sessions, 0)
    share = "" if rate in {f.UNDEFINED, "0%"} else f" ({rate})"
    return f"In {y.year} the ratio was in backwardation on {counts}{share}; {begun}."


def episode_span(episode: Episode) -> str:
    """Return "24 February to 23 April 2020"; one date for one session; an ongoing episode has no end."""
    if episode.ongoing:
        return f"since {f.date_long(episode.first_session)}"
    return f.date_span(episode.first_session, episode.last_session)


def episode_sentence(episode: EpisodeOutcome, names: Labels, n: int) -> str:
    """Say in two sentences what the episode was and where it ranks among all `n`."""
    e, pair = episode, f"{names.front} closed above {names.back}"
    if e.ongoing and e.n_sessions == 1:
        lasted = f"{pair} on the latest session, {f.date_long(e.first_session)}"
    elif e.ongoing:
        lasted = f"{pair} on the last {f.plural(e.n_sessions, 'session')}, {episode_span(e)}"
    elif e.n_sessions == 1:
        lasted = f"{pair} on a single session, {f.date_long(e.first_session)}"
    else:
        lasted = f"{pair} for {f.plural(e.n_sessions, 'session')} in a row, {episode_span(e)}"
    peak, peaked = f.ratio(e.max_ivts), "has peaked" if e.ongoing else "peaked"
    top = (
        f", with a ratio of {peak}"
        if e.n_sessions == 1
        else f"; the ratio {peaked} at {peak} on {f.date_long(e.max_session)}"
    )
    return " ".join(
        filter(None, (f"{lasted}{top}.", returned_over(e, "the inversion", names.benchmark), _ranks(e, n)))
    )


def episode_card_alt(episode: EpisodeOutcome, names: Labels) -> str:
    """Say what the picture of an episode shows in link previews."""
    return (
        f"{f.plural(episode.n_sessions, 'session')} of backwardation, {episode_span(episode)}: line chart of "
        f"the {names.front} / {names.back} ratio around it, highest {f.ratio(episode.max_ivts)}."
    )


def episodes_sentence(episodes: Episodes, names: Labels) -> str:
    """Say how many episodes there are, how long they lasted and what the benchmark returned over them."""
    e = episodes
    if not e.n:
        return ""
    returns = (
        f" {names.benchmark} returned {f.percent_change(e.mean_spy_return)} on average over an inversion "
        f"(median {f.percent_change(e.median_spy_return)})."
        if e.n_returns
        else ""
    )
    mean, median = (f.average(length, "session") for length in (e.mean_sessions, e.median_sessions))
    return (
        f"{f.plural(e.n, 'inversion')} in all stored history: mean length {mean}, median {median}.{returns}"
    )


def returned_over(e: Episode, name: str, benchmark: str) -> str:
    """Say what the benchmark returned over an episode, called by a name; empty where that is not known."""
    if e.spy_return is None:
        return ""
    change = f.percent_change(e.spy_return)
    return f"{benchmark} returned {change}, measured from the last close before {name}."


def _ranks(e: EpisodeOutcome, n: int) -> str:
    if n == 1:
        return "It is the only inversion stored."
    longest = "the longest" if e.rank_sessions == 1 else f"the {plain_ordinal(e.rank_sessions)} longest"
    highest = "the highest" if e.rank_max_ivts == 1 else f"the {plain_ordinal(e.rank_max_ivts)} highest"
    return f"Of {f.plural(n, 'inversion')} it is {longest}, and its peak is {highest}."
