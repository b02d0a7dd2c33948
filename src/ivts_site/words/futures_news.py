"""The news of the futures curve: what a reader should hear first, by the same measures as the ratio's news.

A rule words what it finds in the record up to a session, or returns None; the first that finds something
gives the page its headline.
"""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.analytics.futures import FuturesToDate
from ivts_site.analytics.to_date import last_beyond
from ivts_site.published.stats import Stats
from ivts_site.words.news import extreme, flip, longest_run, ratio_record
from ivts_site.words.news.line import NO_TAIL, NewsLine, Tail, news_line, ordinal, since_month


def tell_news(s: Stats, now: FuturesToDate) -> str:
    """Return the headline of the last session, with what a 30-day future earns where there is room for it."""
    return next(line.headline for rule in RULES if (line := rule(s, now)))


def record(s: Stats, now: FuturesToDate) -> NewsLine | None:
    """Word a slope beyond every one before it."""
    if len(now.slope) <= ratio_record.FEWEST:
        return None
    for high in (True, False):
        if last_beyond(now.slope, high=high) is None:
            began = f"since the record began in {since_month(now.sessions[0])}"
            return news_line(f"{sloped(s)}, {_most(now, high=high)} {began}", tail=_roll(s))
    return None


def flipped(s: Stats, now: FuturesToDate) -> NewsLine | None:
    """Word a change of the regime, and for how long the last one had held."""
    text = flip.turned(now, "The VIX futures curve", "an upward slope")
    return news_line(f"{text}: {moved(s)}") if text else None


def longest(s: Stats, now: FuturesToDate) -> NewsLine | None:
    """Word a run longer than every one of at least a year before it."""
    since = longest_run.longest_since(now)
    tail = f"; now {moved(s)}", frozenset[str]()
    return news_line(f"{_run(s)}, the longest such run {since}", tail=tail) if since else None


def furthest(s: Stats, now: FuturesToDate) -> NewsLine | None:
    """Word a slope that none of at least a year has reached."""
    for high in (True, False):
        if hit := extreme.reach(now.slope, now.sessions, high=high):
            return news_line(f"{sloped(s)}, {_most(now, high=high)} since {hit[1]}", tail=_roll(s))
    return None


def run(s: Stats, now: FuturesToDate) -> NewsLine:
    """Word how long the run is, and how the front slopes: the news of most evenings."""
    text = f"{_run(s)}, {moved(s, sign=False)}" if len(now.run) > 1 and not is_flat(s) else sloped(s)
    return news_line(text, tail=_roll(s))


RULES = (record, flipped, furthest, longest, run)
"""By rank, that of the ratio's news."""


def sloped(s: Stats, *, past: bool = False) -> str:
    """Say how the front slopes: "VIX futures slope up 9% from July to August"."""
    told = f"{_slope(s, past=past)} {moved(s, sign=False)}"
    return told if not is_flat(s) else f"VIX futures {'were' if past else 'are'} flat {months(s, 0, 1)}"


def is_flat(s: Stats) -> bool:
    """Tell whether the front's slope shows in no whole percent."""
    return f.percent(s.value.contango_m1_m2, 0) == "0%"


def moved(s: Stats, *, sign: bool = True) -> str:
    """Return "down 16% from February to March", or without the direction; or that it is flat."""
    if is_flat(s):
        return f"flat {months(s, 0, 1)}"
    way = "down " if s.value.contango_m1_m2 < 0 else "up "
    return f"{way if sign else ''}{whole(s, 'contango_m1_m2')} {months(s, 0, 1)}"


def months(s: Stats, near: int, far: int) -> str:
    """Return "from February to March", for the expiries at two places of the curve."""
    curve = s.value.curve
    return f"from {f.month(curve[near].expiry)} to {f.month(curve[far].expiry)}"


def whole(s: Stats, key: str) -> str:
    """Return the size of a fraction; marked where it is the value itself, whose sign the words tell else."""
    value = s.at(key).value
    return s.percent(key, 0) if value >= 0 else f.percent(-value, 0)


def _slope(s: Stats, *, past: bool = False) -> str:
    return f"VIX futures slope{'d' if past else ''} {'up' if s.value.contango_m1_m2 >= 0 else 'down'}"


def _run(s: Stats) -> str:
    return f"{_slope(s)} for {ordinal(s.value.regime.run)} session"


def _most(now: FuturesToDate, *, high: bool) -> str:
    if high:
        return "the steepest" if not now.inverted[-1] else "the least inverted"
    return "the deepest inversion" if now.inverted[-1] else "the flattest"


def _roll(s: Stats) -> Tail:
    """Say what a 30-day future earns by expiry on an unmoved curve, where there is a price of 30 days."""
    if s.value.roll_per_month is None:
        return NO_TAIL
    earns = "gains" if s.value.roll_per_month >= 0 else "loses"
    told = f"; a 30-day future {earns} {whole(s, 'roll_per_month')} by expiry if the curve stands still"
    return told, frozenset()
