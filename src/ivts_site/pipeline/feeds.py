"""The feeds and the calendar as a part of the site: an entry a session, and an entry a change of regime."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from ivts_site import __version__
from ivts_site.analytics.rows import iso_days
from ivts_site.config import Config
from ivts_site.content.models import Feed
from ivts_site.pipeline.calendar import CALENDAR, build_calendar_file
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.pipeline.corrections import Correction, Record
from ivts_site.published.history import History
from ivts_site.published.serialize import to_json
from ivts_site.render import Page
from ivts_site.words import feeds as say
from ivts_site.words import futures as curve
from ivts_site.words.news import tell_news
from ivts_site.words.site import CARD, DAILY, FLIPS, FUTURES_FLIPS
from ivts_site.words.status import publication_instant

JSON_FEED = "https://jsonfeed.org/version/1.1"
_MINTED = "2026"
"""Year of all tag URIs (RFC 4151), fixed for good: with another one readers would show every entry anew."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""

Feeds = Mapping[str, dict[str, Any]]


def feed_part(context: BuildContext) -> Part:
    """Return both feeds, as Atom and as JSON Feed, and the calendar of what is expected, if anything is.

    The same closes and settings give the same bytes.
    """
    feeds = build_feeds(context)
    calendar = build_calendar_file(
        context.status, context.content, context.config, context.inputs.early_closes
    )
    return Part(
        files={f"{name}.json": to_json(feed).encode() for name, feed in feeds.items()}
        | ({CALENDAR: calendar.encode()} if calendar else {}),
        pages=tuple(
            Page(
                path=f"{name}.xml",
                template="feed.xml",
                make=partial(lay_out_atom, context, name, feed),
                listed=False,
            )
            for name, feed in feeds.items()
        ),
    )


def build_feeds(context: BuildContext) -> Feeds:
    """Make both feeds in the form of JSON Feed 1.1, by file name without suffix, newest session first.

    `feed` has an entry a session, `flips` one a session that changed the regime; the first stored one changed
    nothing. Identifiers depend on address, kind and session alone. An entry is dated by the instant by which
    the closes of its session were out, and modified when closes that it rests on were changed. What no longer
    holds stays, as a correction.
    """
    return _Feeds(context).build()


def lay_out_atom(context: BuildContext, name: str, feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template of an Atom feed reads: the JSON Feed, and what that form has no place for."""
    base, first = context.config.site.base_url, context.history.session[0]
    modified = [entry["date_modified"] for entry in feed["items"]]
    return {
        "feed": feed,
        "id": entry_id(context.config, name, sample=context.history.sample),
        "atom": f"{base}{name}.xml",
        "picture": f"{base}{CARD}",
        "licence": _plain(context.content.api.licence),
        "version": __version__,
        "updated": max(modified, default=_published(context, first)),
    }


def entry_id(config: Config, name: str, *, sample: bool = False) -> str:
    """Return a tag URI (RFC 4151): the same however often, and from wherever, the site is built.

    Sites below other paths of a host have others. So have simulated entries, which no reader takes for real.
    """
    address = urlsplit(config.site.base_url)
    prefix = config.feeds.tag or f"tag:{address.hostname},{_MINTED}:{address.path.lstrip('/')}ivts/"
    return f"{prefix}{'sample/' if sample else ''}{name}"


def oldest_in_feeds(history: History, config: Config) -> str:
    """Return the first session on whose closes an entry of the feeds can rest."""
    flips = _flip_places(history)[: config.feeds.flips]
    oldest = flips[-1] - history.regime_day[flips[-1] - 1] - 1 if flips else history.n_sessions - 1
    listed = history.n_sessions - config.feeds.sessions - max(map(int, history.rolling_rates), default=0)
    return history.session[max(min(oldest, listed), 0)]


def _published(context: BuildContext, session: str) -> str:
    """Return the instant by which the closes of a session were out."""
    return publication_instant(session, context.config, context.inputs.early_closes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a feed says of a session, and the page that it leads to."""

    path: str
    title: str
    text: str
    tag: str


class _Feeds:
    """Both feeds, from the present record and those before it."""

    def __init__(self, context: BuildContext) -> None:
        self._context, self._config, self._names = context, context.config, context.names

    def build(self) -> Feeds:
        """Return the feeds by name."""
        texts, limits, present = self._context.content.api.feeds, self._config.feeds, self._context
        return {
            DAILY: self._feed(DAILY, texts.daily)
            | {"items": list(self._items("session", self._sessions, present, limits.sessions))},
            FLIPS: self._feed(FLIPS, texts.flips)
            | {"items": list(self._items("flip", self._flips, present, limits.flips))},
        } | ({FUTURES_FLIPS: self._futures(present.futures.history)} if present.futures else {})

    def _feed(self, name: str, words: Feed) -> dict[str, Any]:
        base, content = self._config.site.base_url, self._context.content
        return {
            "version": JSON_FEED,
            "title": _plain(f"{self._context.site.prefix}{words.title}"),
            "home_page_url": base,
            "feed_url": f"{base}{name}.json",
            "description": _plain(words.about),
            "language": self._config.site.language,
            "authors": [{"name": _plain(content.head.site_name), "url": base}],
        }

    def _items(
        self, kind: str, entries: Callable[[Record, int], Mapping[str, _Entry]], present: Record, limit: int
    ) -> Iterator[dict[str, Any]]:
        """Yield the entries of a feed, newest session first, those that no longer hold among them."""
        listed = after = entries(present, limit)
        oldest = min(listed) if len(listed) == limit else ""
        modified: dict[str, str] = {}
        lost: dict[str, _Entry] = {}
        for correction in self._context.corrections:
            before = entries(correction, limit)
            for day, entry in before.items():
                if day >= correction.day or day < oldest or entry == after.get(day):
                    continue
                modified.setdefault(day, correction.seen_at)
                if day not in listed and day not in lost:
                    lost[day] = self._withdrawn(kind, day, correction, entry)
            after = before
        for day in sorted({*listed, *lost}, reverse=True):
            yield self._item(kind, day, listed.get(day) or lost[day], modified.get(day, ""))

    def _item(self, kind: str, day: str, entry: _Entry, modified: str) -> dict[str, Any]:
        published = _published(self._context, day)
        return {
            "id": entry_id(self._config, f"{kind}/{day}", sample=self._context.history.sample),
            "url": f"{self._config.site.base_url}{entry.path}",
            "title": _plain(f"{self._context.site.prefix}{entry.title}"),
            "content_text": _plain(entry.text),
            "date_published": published,
            "date_modified": max(published, modified),
            "tags": [entry.tag],
        }

    def _sessions(self, record: Record, limit: int) -> dict[str, _Entry]:
        history, found = record.history, {}
        for at in range(history.n_sessions)[::-1][:limit]:
            session, news = history.session[at], tell_news(record.to_date.at(at))
            found[session] = _Entry(
                path=f"day/{session}/" if self._config.archive.days else "",
                title=say.session_title(session, news),
                text=say.session_text(history, at, self._names, news),
                tag=history.regime[at],
            )
        return found

    def _flips(self, record: Record, limit: int) -> dict[str, _Entry]:
        history, found = record.history, {}
        known = {each.first_session: each for each in record.episodes.episodes}
        for at in _flip_places(history)[:limit]:
            first = str(history.episode[at] or history.episode[at - 1])
            ended = known[first] if history.regime[at] == "contango" else None
            found[history.session[at]] = _Entry(
                path=f"episodes/{first}/" if self._config.archive.episodes else "",
                title=say.flip_title(history, at),
                text=say.flip_text(history, at, ended, self._names),
                tag=history.regime[at],
            )
        return found

    def _futures(self, history: pd.DataFrame) -> dict[str, Any]:
        """Return the feed of the sessions on which the front of the futures curve turned."""
        sessions, runs = iso_days(history.index), history["run"].tolist()
        flips, items = [at for at in range(len(runs) - 1, 0, -1) if runs[at] == 1], []
        for at in flips[: self._config.feeds.flips]:
            session, regime = sessions[at], history["regime"].iloc[at]
            inverted, value = regime == "backwardation", float(history["contango_m1_m2"].iloc[at])
            entry = _Entry(
                path=f"futures/?d={session}#compare",
                title=curve.flip_title(session, inverted=inverted, value=value),
                text=curve.flip_text(session, inverted=inverted, value=value, lasted=runs[at - 1]),
                tag=regime,
            )
            items.append(self._item("futures-flip", session, entry, ""))
        return self._feed(FUTURES_FLIPS, self._context.content.api.feeds.futures) | {"items": items}

    def _withdrawn(self, kind: str, day: str, correction: Correction, was: _Entry) -> _Entry:
        text = say.withdrawn_text(kind, day, correction.changes, self._context.labels)
        return replace(was, title=say.withdrawn_title(kind, day), text=text, tag="correction")


def _flip_places(history: History) -> list[int]:
    """Return the places of the sessions that changed the regime, the latest first."""
    return [at for at in range(history.n_sessions - 1, 0, -1) if history.regime_day[at] == 1]


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)
