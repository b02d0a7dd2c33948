"""The news of a session: what a reader should hear first.

A rule is a module of this package with `RANK`, its place, and `tell`, which words what it finds in the record
up to a session, or returns None. Its name, with hyphens, is its id in `snapshot.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ivts_site.analytics.to_date import ToDate
from ivts_site.published.snapshot import News
from ivts_site.words.news.line import NewsLine

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
RULES: tuple[ModuleType, ...] = tuple(
    sorted((each for each in _MODULES if hasattr(each, "RANK")), key=lambda each: each.RANK)
)
"""The rules, by rank."""
MOST = 3
"""A headline and at most two lines below it."""


def tell_news(now: ToDate) -> tuple[News, ...]:
    """Return a session's headline and the lines below it, by rank, at least one; nothing is said twice."""
    found = list(_choose(now))
    texts = [found[0][1].headline, *(each.text for _, each in found[1:])]
    return tuple(News(id=name, text=text) for (name, _), text in zip(found, texts, strict=True))


def tells_run(headline: News) -> bool:
    """Tell whether a headline says how long the run is."""
    return headline.id in {"flip", "longest-run", "run"}


def _choose(now: ToDate) -> Iterator[tuple[str, NewsLine]]:
    said: frozenset[str] = frozenset()
    n = 0
    for rule in RULES:
        each = rule.tell(now)
        if each is None or each.topics & said:
            continue
        said |= each.topics if n else each.headline_topics
        yield rule.__name__.rpartition(".")[2].replace("_", "-"), each
        n += 1
        if n == MOST:
            return
