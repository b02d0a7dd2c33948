"""Sentences about the futures curve that depend on the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from ivts_site import formatting as f
from ivts_site.analytics.futures import FuturesToDate
from ivts_site.published.futures import Futures
from ivts_site.published.stats import Stats
from ivts_site.words.futures_news import months, sloped, tell_news, whole

FEW = 10
"""So many sessions are told as a count, not as a share."""
STALE = 5
"""Settlements more sessions old than this are told in the past tense, and the front page hides them."""
SOON = 3
"""Days before expiry from which the deck says when it is."""


def is_stale(futures: Futures) -> bool:
    """Tell whether the settlements are too old to be spoken of as today's."""
    return futures.sessions_behind > STALE


def headline(s: Stats, now: FuturesToDate) -> str:
    """Say the news of the session; where the settlements are old, how the front sloped and when."""
    if is_stale(s.value):
        return f"{sloped(s, past=True)} on {s.show('as_of', f.date_long)}"
    return tell_news(s, now)


def deck(s: Stats) -> str:
    """Say how the back of the curve slopes, and when the first month expires."""
    futures: Futures = s.value
    first, front = _back_words(s, futures.contango_m4_m7), futures.curve[0]
    if is_stale(futures):
        return (
            f"No later settlement is stored; these are {s.plural('sessions_behind', 'session')} old. {first}"
        )
    if front.days <= SOON:
        return f"{first} The first month expires on {dt.date.fromisoformat(front.expiry):%A}."
    return first


def _back_words(s: Stats, slope: float | None) -> str:
    if slope is None:
        return "No seventh month has settled."
    verb = "rises" if slope >= 0 else "falls"
    same = (slope >= 0) == (s.value.contango_m1_m2 >= 0) and f.percent(slope, 0) != "0%"
    text = f"Further out the curve {verb} {'another ' if same else ''}{whole(s, 'contango_m4_m7')}"
    return f"{text} {months(s, 3, 6)}, {rank_words(s, 'contango_m4_m7_rank', 'steeper')}."


def rank_words(s: Stats, key: str, more: str) -> str:
    """Place a value among the window's, in the reader's direction; few sessions beyond it are counted."""
    window = s.at("window")
    share, n = getattr(window.value, key), window.value.n_sessions
    if share is None:
        return ""
    at_or_below = round(share * n)
    among = f"of the past {window.count('n_sessions')} sessions"
    for word, beyond in ((more, n - at_or_below), ("lower", at_or_below - 1)):
        if not beyond:
            return f"the {word[:-1]}st {among}"  # the steepest, the lowest
        if beyond <= FEW:
            return f"{word} on only {f.cardinal(beyond)} {among}"
    if share >= 0.5:
        return f"{more} than on {window.percent(key, 0)} of sessions in {span_words(s.value)}"
    return f"lower than on {f.percent(1 - share, 0)} of sessions in {span_words(s.value)}"


def day_words(contracts: Iterable[Stats]) -> str:
    """Say how the contracts of the table moved on the day."""
    moves = [each.value.change for each in contracts if each.value.change is not None]
    if not moves:
        return "The contracts"
    rose, fell = sum(move > 0 for move in moves), sum(move < 0 for move in moves)
    largest = max(range(len(moves)), key=lambda at: abs(moves[at]))
    most = ", the first month most" if largest == 0 else ""
    verb, n, odd = ("rose", rose, fell) if rose >= fell else ("fell", fell, rose)
    if n == len(moves):
        return f"Every contract {verb} on the day{most}"
    first = moves[0] != 0 and (moves[0] > 0) != (verb == "rose")
    if odd == 1 and first and n == len(moves) - 1:
        return f"Only the first month {'fell' if verb == 'rose' else 'rose'} on the day"
    return f"{n} of {len(moves)} contracts {verb} on the day"


def history_title(window: Stats) -> str:
    """Say how many inversions a window holds, and when the deepest was."""
    name, first = window.value.name, window.value.first_session
    when = f"since {f.month_year(first)}" if name == "all" else f"in {_span(name)}"
    if not window.value.n_runs:
        return f"No futures inversion {when}"
    deepest = f.month_year(window.value.deepest_session)
    if window.value.n_runs == 1:
        return f"One futures inversion {when}, in {deepest}"
    return f"{window.count('n_runs')} futures inversions {when}, the deepest in {deepest}"


def deepest_words(s: Stats) -> str:
    """Say when the front was the deepest inverted of all sessions."""
    whole = s.at(f"windows.{len(s.value.windows) - 1}")
    if not whole.value.n_runs:
        return f"No futures inversion since {since_words(s.value)}"
    return (
        f"The deepest inversion since {since_words(s.value)} was {whole.change('deepest', 0)}, on "
        f"{whole.show('deepest_session', f.date_long)}"
    )


def history_words(window: Stats) -> str:
    """Say how often the front was inverted in a window, and what is drawn below."""
    return (
        f"The first month settled above the second on {window.percent('backwardation_rate', 0)} of the "
        f"{window.count('n_sessions')} sessions. Below, the VIX."
    )


def points_to_fall(futures: Futures) -> str:
    """Return by how much the first month of an inverted curve would have to fall, in points."""
    return f.level(abs(futures.points_to_flat))


def alarm_words(s: Stats, alarm: Stats) -> str:
    """Say whether one was inverted more often on the eve of the other's inversion, as far as one can tell."""
    one, other = ("futures were", "ratio") if alarm.value.sign == "futures" else ("ratio was", "futures")
    if alarm.value.on_eves is None or alarm.value.elsewhere is None:
        return f"The {other} never inverted on a session after one on which both are known."
    told = (
        f"On the eve of {alarm.plural('n_eves', f'inversion of the {other}', f'inversions of the {other}')} "
        f"the {one} already inverted on {alarm.percent('on_eves', 0)}, against "
        f"{alarm.percent('elsewhere', 0)} of {alarm.count('n_rest')} other sessions"
    )
    if alarm.value.interval is None:
        return f"{told}: too few cases to tell that from chance."
    low, high = alarm.value.interval
    verdict = (
        "more than chance" if low > 0 else "less than chance" if high < 0 else "chance can’t be ruled out"
    )
    level = s.percent("method.level", 0)
    return (
        f"{told}: {verdict} ({level} interval of the difference {alarm.points('interval.0')} to "
        f"{alarm.points('interval.1')})."
    )


def years_title(s: Stats) -> str:
    """Say in how many full years the roll cost a holder money."""
    years = [year for year in s.value.holder.years if year.complete]
    if not years:
        return "What the roll earned, year by year"
    cost = sum(year.roll_return < 0 for year in years)
    paid = [str(year.year) for year in years if year.roll_return >= 0]
    since = f"since {years[0].year}"
    if cost == len(years):
        return f"The roll cost a holder money in every full year {since}"
    kept = f"; it paid in {f.listing(paid)}" if len(paid) <= 2 else ""
    return f"The roll cost a holder money in {cost} of {len(years)} full years {since}{kept}"


def compare_title(slopes: Mapping[str, float]) -> str:
    """Say how far apart the fronts of the compared dates were."""
    if len(slopes) < 2:
        return "Compare the curves of any dates"
    low, high = min(slopes, key=slopes.__getitem__), max(slopes, key=slopes.__getitem__)
    return (
        f"First to second month: {_moved(slopes[low])} on {f.date_long(low)}, "
        f"{_moved(slopes[high])} on {f.date_long(high)}"
    )


def flip_title(session: str, *, inverted: bool, value: float) -> str:
    """Word a flip of the futures curve for the feed."""
    turned = "inverted" if inverted else "slopes up again"
    return f"VIX futures curve {turned}: M1 to M2 {f.percent_change(value)} on {f.date_long(session)}"


def flip_text(session: str, *, inverted: bool, value: float, lasted: int) -> str:
    """Say what a flip is, and how long the curve had sloped the other way."""
    side = "above" if inverted else "at or below"
    before = "upward-sloping" if inverted else "inverted"
    return (
        f"On {f.date_long(session)} the first monthly VIX future settled {side} the second: M2 ÷ M1 − 1 was "
        f"{f.percent_change(value)}. The curve had been {before} for {f.plural(lasted, 'session')}. "
        "This is the curve of the futures, not the ratio of the indices."
    )


def _moved(value: float) -> str:
    return f"{'down' if value < 0 else 'up'} {f.percent(abs(value), 0)}"


def span_words(futures: Futures) -> str:
    """Return the default window in words: "two years"."""
    return _span(futures.window.name)


def _span(name: str) -> str:
    number, _, unit = f.window_words(name).partition(" ")
    return f"{f.cardinal(int(number))} {unit}" if number.isdigit() else f"{number} {unit}"


def since_words(futures: Futures) -> str:
    """Return the month in which counts over all sessions begin."""
    return f.month_year(futures.windows[-1].first_session)
