"""The feeds and the calendar as a part of the site: an entry a session, and an entry a change of regime."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ivts_site import __version__
from ivts_site.analytics.to_date import Evenings
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.pipeline.calendar import CALENDAR, build_calendar_file
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.published.episode import EpisodeList
from ivts_site.published.futures import FuturesHistory
from ivts_site.published.history import History
from ivts_site.render import Page
from ivts_site.words import feeds as say
from ivts_site.words import futures as curve
from ivts_site.words.names import SAMPLE_PREFIX, names
from ivts_site.words.news import tell_news
from ivts_site.words.schedule import publication_instant
from ivts_site.words.site import CARD, DAILY, FLIPS, FUTURES_FLIPS

JSON_FEED = "https://jsonfeed.org/version/1.1"
_MINTED = "2026"
"""Year of all tag URIs (RFC 4151), fixed for good: with another one readers would show every entry anew."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""

Feeds = Mapping[str, dict[str, Any]]
Early = Mapping[dt.date, dt.datetime]


def feed_part(context: BuildContext) -> Part:
    """Return both feeds, as Atom and as JSON Feed, and the calendar of what is expected, if anything is.

    The same closes and settings give the same bytes.
    """
    early = _early_closes(context)
    feeds = build_feeds(
        context.history,
        context.episodes,
        context.content,
        context.config,
        evenings=context.evenings,
        early=early,
    )
    if context.futures is not None:
        feeds = {**feeds, FUTURES_FLIPS: _futures_feed(context, context.futures.history, early)}
    calendar = build_calendar_file(context.status, context.content, context.config, early)
    return Part(
        files={
            f"{name}.json": (json.dumps(feed, ensure_ascii=False, indent=2) + "\n").encode()
            for name, feed in feeds.items()
        }
        | ({CALENDAR: calendar.encode()} if calendar else {}),
        pages=tuple(
            Page(
                path=f"{name}.xml",
                template="feed.xml",
                make=partial(
                    lay_out_atom, name, feed, context.history, context.content, context.config, early=early
                ),
                listed=False,
            )
            for name, feed in feeds.items()
        ),
    )


def build_feeds(  # noqa: PLR0913 - each is an origin of what the feeds say
    history: History,
    episodes: EpisodeList,
    content: Content,
    config: Config,
    *,
    evenings: Evenings,
    early: Early,
) -> Feeds:
    """Make both feeds.

    Parameters
    ----------
    history : History
        Final sessions; provisional ones are not among them.
    episodes : EpisodeList
        Outcome of the episodes that ended.
    content : Content
        Titles; facts filled in.
    config : Config
        Address, number of entries, whether days and episodes have pages.
    evenings : Evenings
        The record up to each session of the history, for its news.
    early : mapping of date to datetime
        Sessions that closed early, and when.

    Returns
    -------
    mapping
        By file name without suffix, newest entry first, in the form of JSON Feed 1.1: `feed`, an entry a
        session, and `flips`, an entry a session that changed the regime (the first stored one changed
        nothing). Identifiers depend on host, kind and session alone; an entry's date is the instant by which
        the closes of its session were out.
    """
    newest = range(history.n_sessions - 1, -1, -1)
    flips = [at for at in newest if at > 0 and history.regime_day[at] == 1]
    texts, limits = content.api.feeds, config.feeds
    entries = {
        DAILY: (texts.daily, _sessions(history, newest[: limits.sessions], evenings, config, early)),
        FLIPS: (texts.flips, _flips(history, flips[: limits.flips], episodes, config, early)),
    }
    return {
        name: _feed(name, f"{_mark(history)}{words.title}", words.about, content, config)
        | {"items": list(items)}
        for name, (words, items) in entries.items()
    }


def lay_out_atom(  # noqa: PLR0913 - each is an origin of what that form says
    name: str, feed: Mapping[str, Any], history: History, content: Content, config: Config, *, early: Early
) -> dict[str, Any]:
    """Return what the template of an Atom feed reads: the JSON Feed, and what that form has no place for."""
    base, newest = config.site.base_url, next(iter(feed["items"]), None)
    return {
        "feed": feed,
        "id": _tag(name, history, config),
        "atom": f"{base}{name}.xml",
        "picture": f"{base}{CARD}",
        "licence": _plain(content.api.licence),
        "version": __version__,
        "updated": newest["date_modified"]
        if newest
        else publication_instant(history.session[0], config, early),
    }


def flip_id(config: Config, session: str) -> str:
    """Return the identifier of a flip of real closes: the same in the feed and in every message about it."""
    return _minted(config, f"flip/{session}")


def _feed(name: str, title: str, about: str, content: Content, config: Config) -> dict[str, Any]:
    """Return a feed without entries."""
    base = config.site.base_url
    return {
        "version": JSON_FEED,
        "title": _plain(title),
        "home_page_url": base,
        "feed_url": f"{base}{name}.json",
        "description": _plain(about),
        "language": config.site.language,
        "authors": [{"name": _plain(content.head.site_name), "url": base}],
    }


def _early_closes(context: BuildContext) -> Early:
    """Return what the last fetch stored; the calendar library is asked where an older version stored it."""
    if context.inputs.early_closes is not None:
        return context.inputs.early_closes
    from ivts_site.sessions import load_sessions  # noqa: PLC0415 (slow, and needed until the next fetch)

    first, last = (dt.date.fromisoformat(context.history.session[at]) for at in (0, -1))
    return load_sessions(context.config.calendar, first, last).early_closes(first, last)


def _sessions(
    history: History, places: range, evenings: Evenings, config: Config, early: Early
) -> Iterator[dict[str, Any]]:
    label = names(config)
    for at in places:
        session, news = history.session[at], tell_news(evenings.at(at))
        yield {
            "id": _tag(f"session/{session}", history, config),
            "url": f"{config.site.base_url}{f'day/{session}/' if config.archive.days else ''}",
            "title": _plain(f"{_mark(history)}{say.session_title(session, news)}"),
            "content_text": _plain(say.session_text(history, at, label, news)),
        } | _dated(history, at, config, early)


def _flips(
    history: History, places: list[int], episodes: EpisodeList, config: Config, early: Early
) -> Iterator[dict[str, Any]]:
    label, known = names(config), {each.first_session: each for each in episodes.episodes}
    for at in places:
        first = history.episode[at] or history.episode[at - 1]
        ended = known[str(first)] if history.regime[at] == "contango" else None
        yield {
            "id": _tag(f"flip/{history.session[at]}", history, config),
            "url": f"{config.site.base_url}{f'episodes/{first}/' if config.archive.episodes else ''}",
            "title": _plain(f"{_mark(history)}{say.flip_title(history, at)}"),
            "content_text": _plain(say.flip_text(history, at, ended, label)),
        } | _dated(history, at, config, early)


def _futures_feed(context: BuildContext, futures: FuturesHistory, early: Early) -> dict[str, Any]:
    """Return the feed of the sessions on which the front of the futures curve turned, newest first."""
    history, config, words = context.history, context.config, context.content.api.feeds.futures
    flips = [at for at in range(len(futures.session) - 1, 0, -1) if futures.run[at] == 1]
    items = []
    for at in flips[: config.feeds.flips]:
        session, value = futures.session[at], futures.contango_m1_m2[at]
        inverted = futures.regime[at] == "backwardation"
        published = publication_instant(session, config, early)
        items.append(
            {
                "id": _tag(f"futures-flip/{session}", history, config),
                "url": f"{config.site.base_url}futures/?d={session}#compare",
                "title": _plain(
                    f"{_mark(history)}{curve.flip_title(session, inverted=inverted, value=value)}"
                ),
                "content_text": _plain(
                    curve.flip_text(session, inverted=inverted, value=value, lasted=futures.run[at - 1])
                ),
                "date_published": published,
                "date_modified": published,
                "tags": [futures.regime[at]],
            }
        )
    head = _feed(FUTURES_FLIPS, f"{_mark(history)}{words.title}", words.about, context.content, config)
    return head | {"items": items}


def _dated(history: History, at: int, config: Config, early: Early) -> dict[str, Any]:
    published = publication_instant(history.session[at], config, early)
    return {"date_published": published, "date_modified": published, "tags": [history.regime[at]]}


def _mark(history: History) -> str:
    return f"{SAMPLE_PREFIX}: " if history.sample else ""


def _tag(name: str, history: History, config: Config) -> str:
    """Return a tag URI; simulated entries have their own, so that no reader takes them for told."""
    return _minted(config, f"sample/{name}" if history.sample else name)


def _minted(config: Config, name: str) -> str:
    """Return a tag URI (RFC 4151): the same however often, and from wherever, the site is built."""
    return f"tag:{urlsplit(config.site.base_url).hostname},{_MINTED}:ivts/{name}"


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)
