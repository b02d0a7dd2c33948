"""Published numbers as marked text: each says under which path of a published file it can be checked.

A number, its words and its path come from one look-up, so that no path can stand beside another number. Until
a text is put on a page the marks are private characters, so that it can be joined, quoted in Markdown and
escaped like any other; `decode` turns them into elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.errors import RenderError

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_CODED = re.compile(f"{_OPEN}([^{_MIDDLE}]*){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")

Words = Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """A published object, or a part of it, whose values can be put on a page."""

    path: str
    """Where the part lies: name of the published file without its suffix, then keys and positions, joined by
    dots, such as ``research.returns.1``."""
    value: Any
    """The part: a dataclass, a tuple or a plain value."""

    def __str__(self) -> str:
        raise RenderError(f"{self.path}: give it a form, with a filter such as `ratio`, or `.text(key)`")

    def at(self, keys: str | int) -> Stats:
        """Return a part of it by its keys and positions, ``returns.1.all``; a mistyped key is an error."""
        value = self.value
        for key in str(keys).split("."):
            value = value[int(key)] if isinstance(value, tuple) else getattr(value, key)
        return Stats(path=f"{self.path}.{keys}", value=value)

    def each(self, keys: str, **having: object) -> tuple[Stats, ...]:
        """Return the entries of a tuple in it; only those that have some values where they are given."""
        part = self.at(keys)
        return tuple(
            part.at(place)
            for place, entry in enumerate(part.value)
            if all(getattr(entry, key) == value for key, value in having.items())
        )

    def show(self, keys: str | int, words: Words) -> str:
        """Return a value in words, marked with its path; an undefined one is "n/a" and has no mark."""
        return self.at(keys).marked(words)

    def marked(self, words: Words) -> str:
        """Return the value itself in words, as `show` does."""
        text = words(self.value)
        return text if text == f.UNDEFINED else f"{_OPEN}{self.path}{_MIDDLE}{text}{_CLOSE}"

    def count(self, keys: str) -> str:
        """Return a count: "4,064"."""
        return self.show(keys, f.count)

    def plural(self, keys: str, noun: str, nouns: str | None = None) -> str:
        """Return a count with its noun: "97 episodes"."""
        return self.show(keys, lambda n: f.plural(n, noun, nouns))

    def fixed(self, keys: str | int, places: int = 1) -> str:
        """Return a number with a fixed count of decimals."""
        return self.show(keys, lambda value: f.fixed(value, places))

    def signed(self, keys: str | int, places: int = 1) -> str:
        """Return a number with its sign."""
        return self.show(keys, lambda value: f.signed(value, places))

    def percent(self, keys: str | int, places: int = 1) -> str:
        """Return a fraction in percent: "7.6%"."""
        return self.show(keys, lambda value: f.percent(value, places))

    def chance(self, keys: str) -> str:
        """Return an estimated chance in whole percent; words for one near 0 or 1 have no mark."""
        told = f.chance(self.at(keys).value)
        return self.percent(keys, 0) if told[0].isdigit() else told

    def change(self, keys: str | int, places: int = 1) -> str:
        """Return a fraction in percent with its sign: "+2.9%"."""
        return self.show(keys, lambda value: f.percent_change(value, places))

    def points(self, keys: str | int, places: int = 1) -> str:
        """Return a difference of fractions in percentage points with its sign: "+1.9 pp"."""
        return self.show(keys, lambda value: percent_points(value, places))

    def day(self, keys: str) -> str:
        """Return a session: "27 Feb 2026"."""
        return self.show(keys, f.date_short)

    def text(self, keys: str) -> str:
        """Return a text as it is published."""
        return self.show(keys, str)

    def span(self, words: Words = f.date_short) -> str:
        """Return the first and the last session of a part that has both; nothing where it has none."""
        if self.value.first_session is None:
            return ""
        return f"{self.show('first_session', words)} to {self.show('last_session', words)}"

    def share(self) -> str:
        """Return the counts of a share: "15 of 23"."""
        return f"{self.count('numerator')} of {self.count('denominator')}"


def percent_points(value: float | None, places: int = 1) -> str:
    """Return a difference of fractions in percentage points with its sign: "+1.9 pp"."""
    return f.percent_change(value, places).replace("%", "\u00a0pp")


def marking(words: Callable[..., str]) -> Callable[..., str]:
    """Return a filter of templates: it formats a plain value, or formats and marks a `Stats`."""

    def form(part: object, *how: object) -> str:
        return part.marked(lambda value: words(value, *how)) if isinstance(part, Stats) else words(part, *how)

    return form


FORMS: Mapping[str, Callable[..., str]] = {
    each.__name__: marking(each)
    for each in (
        f.clock,
        f.count,
        f.date_day,
        f.date_long,
        f.date_short,
        f.date_span,
        f.date_weekday,
        f.fixed,
        f.level,
        f.month_year,
        f.percent,
        f.percent_change,
        f.plain,
        f.plural,
        f.rank,
        f.rate,
        f.ratio,
        f.share_of,
        f.signed,
        f.size,
        f.vendor,
        f.window_words,
        percent_points,
    )
} | {"text": marking(str)}
"""The forms of a number by name, as templates have them for filters."""


def stat_attribute(part: Stats) -> Markup:
    """Return the attribute that marks a whole element with the path of the number in it."""
    return Markup(' data-stat="{}"').format(part.path)


def decode(html: Markup) -> Markup:
    """Turn the marks in a rendered text into elements."""
    # plain text for `re`, which would join the pieces by Markup's own method and so escape them again
    return Markup(_CODED.sub(r'<span data-stat="\1">\2</span>', str(html)))  # noqa: S704 - escaped already


def unmarked(text: str) -> str:
    """Return a text without its marks, for places that hold no elements."""
    return _CODED.sub(r"\2", text)
