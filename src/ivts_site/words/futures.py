"""Sentences about the futures curve that depend on the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ivts_site import formatting as f
from ivts_site.published.futures import Futures
from ivts_site.published.stats import Stats

FEW = 10
"""So many sessions are told as a count, not as a share."""
STALE = 5
"""Settlements more sessions old than this are told in the past tense, and the front page hides them."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FEW = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SOON = 3
"""Days before expiry from which the deck says when it is."""


def futures_stats(futures: Futures) -> Stats:
    """Return the record with the path of each number."""
    return Stats(path="futures", value=futures)


def is_stale(futures: Futures) -> bool:
    """Tell whether the settlements are too old to be spoken of as today's."""
    return futures.sessions_behind > STALE


def futures_tile(futures: Futures) -> Stats | None:
    """Return the record for the front page; None where its settlements are too old to be today's."""
    return None if is_stale(futures) else futures_stats(futures)


def headline(s: Stats) -> str:
    """Say how the front slopes, and what a 30-day future earns by expiry on an unmoved curve."""
    futures: Futures = s.value
    stale = is_stale(futures)
    months = f"from {_month(futures, 0)} to {_month(futures, 1)}"
    text = f"VIX futures {_slope_words(s, past=stale)} {months}"
    if futures.regime.run == 1 and not stale and futures.window.n_sessions > 1:
        turned = "have inverted" if futures.regime.name == "backwardation" else "slope up again"
        text = f"VIX futures {turned}: {_moved(futures.contango_m1_m2)} {months}"
    if stale:
        return f"{text} on {s.show('as_of', f.date_long)}"
    if futures.roll_per_month is None:
        return text
    earns = "gains" if futures.roll_per_month >= 0 else "loses"
    return (
        f"{text}; a 30-day future {earns} {_whole(s, 'roll_per_month')} by expiry if the curve stands still"
    )


def deck(s: Stats) -> str:
    """Say how the back of the curve slopes, and when the first month expires."""
    futures: Futures = s.value
    first = _back_words(s) if futures.contango_m4_m7 is not None else "No seventh month has settled."
    if is_stale(futures):
        behind = s.show("sessions_behind", lambda n: f.plural(n, "session"))
        return f"No later settlement is stored; these are {behind} old. {first}"
    front = futures.curve[0]
    if front.days <= SOON:
        return f"{first} The first month expires on {_DAYS[dt.date.fromisoformat(front.expiry).weekday()]}."
    return first


def _back_words(s: Stats) -> str:
    futures: Futures = s.value
    assert futures.contango_m4_m7 is not None  # noqa: S101 (the caller has looked)
    same = (futures.contango_m4_m7 >= 0) == (futures.contango_m1_m2 >= 0)
    verb = "rises" if futures.contango_m4_m7 >= 0 else "falls"
    again = "another " if same and _percent(futures.contango_m4_m7) != "0%" else ""
    text = f"Further out the curve {verb} {again}{_whole(s, 'contango_m4_m7')}"
    rank = rank_words(s, "contango_m4_m7_rank", ("steeper", "lower"))
    return f"{text} from {_month(futures, 3)} to {_month(futures, 6)}, {rank}."


def rank_words(s: Stats, key: str, more_less: tuple[str, str]) -> str:
    """Place a value among the window's, in the reader's direction; few sessions beyond it are counted."""
    window = s.value.window
    share = getattr(window, key)
    if share is None:
        return ""
    n = window.n_sessions
    at_or_below = round(share * n)
    beyond, below = n - at_or_below, at_or_below - 1
    among = f"the past {s.at('window').count('n_sessions')} sessions"
    more, less = more_less
    if beyond <= FEW:
        return f"{more} on only {_FEW[beyond]} of {among}" if beyond else f"the {_most(more)} of {among}"
    if below <= FEW:
        return f"{less} on only {_FEW[below]} of {among}" if below else f"the {_most(less)} of {among}"
    span = _span(s.value)
    if share >= 0.5:
        return f"{more} than on {s.at('window').show(key, _percent)} of sessions in {span}"
    return f"{less} than on {_percent(1 - share)} of sessions in {span}"


def _most(word: str) -> str:
    return {"more": "highest", "higher": "highest", "lower": "lowest", "steeper": "steepest"}[word]


def run_words(s: Stats) -> tuple[str, str, str]:
    """Return label, value and note of how long the front has sloped this way."""
    regime = s.at("regime")
    label = "Inverted run" if s.value.regime.name == "backwardation" else "Upward-sloping run"
    return label, f"Since {regime.day('since')}", f"{regime.plural('run', 'session')}"


def inversion_words(s: Stats) -> tuple[str, str, str]:
    """Return label, value and note of how often the front was inverted."""
    window, whole = s.at("window"), s.at(f"windows.{len(s.value.windows) - 1}")
    return (
        f"Futures inverted, past {_span(s.value)}",
        f"{window.count('n_backwardation')} of {window.count('n_sessions')} sessions",
        f"{window.show('backwardation_rate', _percent)}, against "
        f"{whole.show('backwardation_rate', _percent)} since {_since(s.value)}",
    )


def flat_words(s: Stats) -> tuple[str, str, str]:
    """Return label, value and note of what separates the front from a flat one."""
    futures: Futures = s.value
    inverted = futures.regime.name == "backwardation"
    usual = (
        f"; a usual day moves the gap {s.show('usual_move', f.level)}"
        if futures.usual_move is not None
        else ""
    )
    end = "to end the inversion" if inverted else "to invert the front"
    return (
        f"First month would have to {'fall' if inverted else 'rise'}",
        f"{s.show('points_to_flat', f.level) if not inverted else f.level(-futures.points_to_flat)} points",
        f"{end}, second month unmoved{usual}",
    )


def day_words(futures: Futures) -> str:
    """Say how the contracts moved on the day."""
    moves = [contract.change for contract in futures.curve if contract.change is not None]
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


def interest_words(futures: Futures) -> str:
    """Say where the open interest is missing."""
    missing = sum(contract.open_interest is None for contract in futures.curve)
    if not missing:
        return "Open interest in contracts."
    if missing == len(futures.curve):
        return "The stored rows of this session have no open interest."
    return "Open interest in contracts, where the vendor gives it."


def history_title(s: Stats) -> str:
    """Say how many inversions the window holds, and when the deepest was."""
    window = s.at("window")
    n = s.value.window.n_runs
    if not n:
        return f"No futures inversion in {_span(s.value)}"
    runs = window.plural("n_runs", "futures inversion")
    deepest = _month_year(s.value.window.deepest_session)
    return f"{runs} in {_span(s.value)}, the deepest in {deepest}"


def deepest_words(s: Stats) -> str:
    """Say when the front was the deepest inverted of all sessions."""
    whole = s.at(f"windows.{len(s.value.windows) - 1}")
    if not whole.value.n_runs:
        return f"No futures inversion since {_since(s.value)}"
    return (
        f"The deepest inversion since {_since(s.value)} was {whole.change('deepest', 0)}, on "
        f"{whole.show('deepest_session', f.date_long)}"
    )


def history_words(s: Stats) -> str:
    """Say how often the front was inverted in the window, and what that is."""
    window = s.at("window")
    return (
        f"The first month settled above the second on {window.show('backwardation_rate', _percent)} of the "
        f"{window.count('n_sessions')} sessions. Below, the VIX."
    )


def agreement_title(s: Stats) -> str:
    """Say whether the curve and the ratio agree today, and how often they do."""
    agreement = s.at("agreement")
    return f"The two curves agree on {agreement.show('agreement_rate', _percent)} of sessions"


def agreement_words(a: Stats) -> str:
    """Say on which side the curve and the ratio differ, and how far that is from chance."""
    kappa = f" Kappa {a.fixed('kappa', 2)}." if a.value.kappa is not None else ""
    return (
        f"Of {a.plural('n_sessions', 'session')} since {_month_year(a.value.first_session)}, both sloped up "
        f"on {a.count('n_both_contango')} and both were inverted on {a.count('n_both_backwardation')}. "
        f"The futures alone were inverted on {a.count('n_futures_only')}, the index ratio alone on "
        f"{a.count('n_index_only')}.{kappa}"
    )


def alarm_words(s: Stats, alarm: Stats) -> str:
    """Say whether one was inverted more often on the eve of the other's inversion, as far as one can tell."""
    one, other = ("futures were", "ratio") if alarm.value.sign == "futures" else ("ratio was", "futures")
    if alarm.value.on_eves is None or alarm.value.elsewhere is None:
        return f"The {other} never inverted on a session after one on which both are known."
    told = (
        f"On the eve of {alarm.plural('n_eves', f'inversion of the {other}', f'inversions of the {other}')} "
        f"the {one} already inverted on {alarm.show('on_eves', _percent)}, against "
        f"{alarm.show('elsewhere', _percent)} of {alarm.count('n_rest')} other sessions"
    )
    if alarm.value.interval is None:
        return f"{told}: too few cases to tell that from chance."
    low, high = alarm.value.interval
    verdict = (
        "more than chance" if low > 0 else "less than chance" if high < 0 else "chance can’t be ruled out"
    )
    level = s.show("method.level", _percent)
    return (
        f"{told}: {verdict} ({level} interval of the difference {alarm.points('interval.0')} to "
        f"{alarm.points('interval.1')})."
    )


def holder_title(s: Stats) -> str:
    """Say what the price of 30 days did, what its holder made, and that the difference is the roll."""
    holder = s.at("holder")
    price = "rose" if s.value.holder.price_return >= 0 else "fell"
    made = "made" if s.value.holder.holder_return >= 0 else "lost"
    return (
        f"A 30-day future’s price {price} {_whole(holder, 'price_return')} in "
        f"{_span(s.value)}; "
        f"a holder {made} {_whole(holder, 'holder_return')}"
    )


def holder_words(s: Stats) -> str:
    """Say what the roll took or paid, and that a future held to expiry is another matter."""
    holder = s.at("holder")
    verb = "paid" if s.value.holder.roll_return >= 0 else "took"
    median = (
        f" A single 30-day future, held to expiry on an unmoved curve, would have made "
        f"{holder.change('median_roll_to_expiry', 0)} on the median session."
        if s.value.holder.median_roll_to_expiry is not None
        else ""
    )
    return (
        f"The difference is the roll: it {verb} {_whole(holder, 'roll_return')}, "
        f"{holder.change('roll_per_month', 1)} a month.{median}"
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


def tile_words(s: Stats) -> str:
    """Say the slope in one sentence for the front page."""
    futures: Futures = s.value
    return f"VIX futures {_slope_words(s, past=False)} from {_month(futures, 0)} to {_month(futures, 1)}"


def _slope_words(s: Stats, *, past: bool) -> str:
    value = s.value.contango_m1_m2
    if _percent(value) == _percent(0.0):
        return "were flat" if past else "are flat"
    verb = "sloped" if past else "slope"
    return f"{verb} {'up' if value > 0 else 'down'} {_whole(s, 'contango_m1_m2')}"


def _moved(value: float) -> str:
    return f"{'down' if value < 0 else 'up'} {_percent_size(value)}"


def _month(futures: Futures, at: int) -> str:
    return f.month(futures.curve[at].expiry)


def _month_year(session: str) -> str:
    return f"{f.month(session)} {session[:4]}"


def _span(futures: Futures) -> str:
    """Return the window in words: "two years"."""
    number, _, unit = f.window_words(futures.window.name).partition(" ")
    return (
        f"{_FEW[int(number)]} {unit}" if number.isdigit() and int(number) < len(_FEW) else f"{number} {unit}"
    )


def _since(futures: Futures) -> str:
    return _month_year(futures.windows[-1].first_session)


def _whole(s: Stats, key: str) -> str:
    """Return the size of a fraction; marked where it is the value itself, whose sign the words tell else."""
    value = s.at(key).value
    return s.show(key, _percent) if value >= 0 else _percent_size(value)


def _percent_size(value: float) -> str:
    return _percent(abs(value))


def _percent(value: float) -> str:
    return f.percent(value, 0)
