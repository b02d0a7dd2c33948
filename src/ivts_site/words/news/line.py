"""What a rule returns, and the turns of phrase that several share."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
JUMP = 0.15
"""From this share on a rise is a jump and a fall a slump."""
_WHOLE = 0.10
LONGEST = 25
"""Words of a headline, at most."""
Tail = tuple[str, frozenset[str]]
"""How a headline goes on, and what that tells."""
NO_TAIL: Tail = ("", frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsLine:
    """What a rule has found."""

    text: str
    """The sentence, without its full stop."""
    topics: frozenset[str]
    """What it speaks of; of two sentences about the same thing the first is told."""
    headline: str
    """The sentence as a headline, which may say more."""
    headline_topics: frozenset[str]
    """What that speaks of."""


def news_line(text: str, *topics: str, tail: Tail = NO_TAIL, headline: str = "") -> NewsLine:
    """Return a sentence, what it tells, and how a headline goes on; a long one ends where it is."""
    words, more = tail
    longer = f"{headline or text}{words}"
    fits = len(longer.split()) <= LONGEST
    return NewsLine(
        text=text,
        topics=frozenset(topics),
        headline=longer if fits else headline or text,
        headline_topics=frozenset(topics) | (more if fits else frozenset()),
    )


def spy_tail(now: ToDate, *, up: bool) -> Tail:
    """Return ", as SPY fell 10.9%"; "though" where the fund went the way of the front."""
    change = now.changes["spy"]
    if not moved(change):
        return NO_TAIL
    word = "as" if (change < 0) == up else "though"
    return f", {word} {now.panel.benchmark.label} {_fund(change)}", frozenset({"spy"})


def moves_tail(now: ToDate) -> Tail:
    """Return ", as VIX jumped 47% and SPY fell 3.3%"."""
    if not moved(now.changes["vix"]):
        return NO_TAIL
    return f", as {moves(now)}", frozenset({"vix", "spy"})


def moves(now: ToDate) -> str:
    """Return "VIX rose 6.6% and SPY fell 0.5%", or "VIX and SPY both fell, by 1.0% and 0.2%"."""
    front, fund = now.changes["vix"], now.changes["spy"]
    one, two = now.panel.front.label, now.panel.benchmark.label
    if math.isnan(fund):
        return f"{one} {move(front)}"
    if moved(front) and moved(fund) and (front < 0) == (fund < 0):
        return f"{one} and {two} both {'fell' if front < 0 else 'rose'}, by {size(front)} and {_exact(fund)}"
    return f"{one} {move(front)} and {two} {_fund(fund)}"


def move(fraction: float) -> str:
    """Return "rose 6.6%", "fell 0.5%", "jumped 47%", "was unchanged"."""
    if not moved(fraction):
        return "was little changed" if fraction else "was unchanged"
    verbs = ("jumped", "slumped") if abs(fraction) >= JUMP else ("rose", "fell")
    return f"{verbs[fraction < 0]} {size(fraction)}"


def moved(fraction: float) -> bool:
    """Tell whether a change is known and shows at one decimal place."""
    return not math.isnan(fraction) and f.fixed(abs(fraction) * 100, 1) != "0.0"


def size(fraction: float) -> str:
    """Return the size of a change, "6.6%"; from ten percent on a whole number."""
    return f"{f.fixed(abs(fraction) * 100, 0)}%" if abs(fraction) >= _WHOLE else _exact(fraction)


def _fund(fraction: float) -> str:
    if not moved(fraction):
        return move(fraction)
    return f"{'fell' if fraction < 0 else 'rose'} {_exact(fraction)}"


def _exact(fraction: float) -> str:
    return f"{f.fixed(abs(fraction) * 100, 1)}%"


def ordinal(n: int) -> str:
    """Return "a second", "an eighth", "a 66th", "an 80th"."""
    return article(plain_ordinal(n))


def plain_ordinal(n: int) -> str:
    """Return "second", "66th"."""
    return _ORDINALS[n - 1] if n <= len(_ORDINALS) else f"{f.count(n)}{_suffix(n)}"


def spelled_window(window: str) -> str:
    """Return "two years" for `2y`, "year" for `1y`."""
    n, _, unit = f.window_words(window).partition(" ")
    return unit if n == "1" else f"{f.cardinal(int(n))} {unit}"


def article(words: str) -> str:
    """Return words with "a", or "an" where they begin with a vowel: "an 8.6%", "an 11th", "a 110th"."""
    whole = re.match(r"\d+", words)
    vowel = words[0] in "8e" or (whole and whole[0] in {"11", "18"})
    return f"{'an' if vowel else 'a'} {words}"


def _suffix(n: int) -> str:
    return "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


def since_month(session: np.datetime64) -> str:
    """Return "August 2011"."""
    return f.month_year(str(session))


def years_between(earlier: np.datetime64, later: np.datetime64) -> float:
    """Return the years from one day to another."""
    return float((later - earlier) / np.timedelta64(1, "D") / 365.25)


def doubt(now: ToDate) -> str:
    """Return ", on a suspect VIX3M close"; empty where none is suspect."""
    return f", on a suspect {now.suspect} close" if now.suspect else ""


def state(now: ToDate) -> str:
    """Return what a run is called at the start of a sentence."""
    return "The inversion" if now.inverted[-1] else "Contango"


def run_so_far(now: ToDate) -> str:
    """Return "Contango held for a 66th session"; a run as old as the record has held since it began."""
    n = int(now.run[-1])
    if n == len(now.run):
        return f"{state(now)} has held since the record began on {f.date_long(str(now.sessions[0]))}"
    return f"{state(now)} {'lasted' if now.inverted[-1] else 'held for'} {ordinal(n)} session"


def lower(text: str) -> str:
    """Return a sentence as it stands after a semicolon."""
    return text[0].lower() + text[1:]
