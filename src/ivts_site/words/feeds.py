"""Feeds in words: an entry a session, and an entry a change of regime; nothing in them knows the clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ivts_site import __version__
from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.api import Feed
from ivts_site.published.episode import Episode, EpisodeList
from ivts_site.published.history import History
from ivts_site.view.head import CARD, DAILY, FLIPS, SAMPLE_PREFIX
from ivts_site.view.schedule import publication_instant
from ivts_site.words.names import Names

JSON_FEED = "https://jsonfeed.org/version/1.1"
_MINTED = "2026"
"""Year of all tag URIs (RFC 4151), fixed for good: with another one readers would show every entry anew."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry; `updated` is the instant by which the closes of its session were out, UTC."""

    id: str
    url: str
    title: str
    text: str
    updated: str
    regime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A feed, newest entry first; `updated` is that of its newest entry."""

    id: str
    title: str
    about: str
    language: str
    author: str
    home: str
    atom: str
    json: str
    picture: str
    licence: str
    version: str
    updated: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What entries are worded from."""

    history: History
    episodes: dict[str, Episode]
    config: Config
    label: Names
    early: Mapping[dt.date, dt.datetime]


def build_feeds(  # noqa: PLR0913 (each is an origin of the words)
    history: History,
    episodes: EpisodeList,
    content: Content,
    config: Config,
    label: Names,
    *,
    early: Mapping[dt.date, dt.datetime],
) -> dict[str, FeedView]:
    """Word both feeds.

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
    label : Names
        What the series are called.
    early : mapping of date to datetime
        Sessions that closed early, and when.

    Returns
    -------
    dict
        By file name without suffix: `feed`, an entry a session, and `flips`, an entry a session that changed
        the regime (the first stored one changed nothing). Identifiers depend on host, kind and session alone.
    """
    source = _Source(
        history=history,
        episodes={each.first_session: each for each in episodes.episodes},
        config=config,
        label=label,
        early=early,
    )
    newest = range(history.n_sessions - 1, -1, -1)
    flips = [at for at in newest if at > 0 and history.regime_day[at] == 1]
    texts, limits = content.api.feeds, config.feeds
    return {
        DAILY: _feed(
            source, content, DAILY, texts.daily, [_session(source, at) for at in newest[: limits.sessions]]
        ),
        FLIPS: _feed(
            source, content, FLIPS, texts.flips, [_flip(source, at) for at in flips[: limits.flips]]
        ),
    }


def to_json_feed(feed: FeedView) -> dict[str, Any]:
    """Lay a feed out as JSON Feed 1.1."""
    return {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.json,
        "description": feed.about,
        "language": feed.language,
        "authors": [{"name": feed.author, "url": feed.home}],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.updated,
                "date_modified": entry.updated,
                "tags": [entry.regime],
            }
            for entry in feed.entries
        ],
    }


def _feed(
    source: _Source, content: Content, name: str, words: Feed, entries: Sequence[EntryView]
) -> FeedView:
    site = source.config.site
    return FeedView(
        id=_tag(source, name),
        title=_plain(f"{_mark(source)}{words.title}"),
        about=_plain(words.about),
        language=site.language,
        author=_plain(content.head.site_name),
        home=site.base_url,
        atom=f"{site.base_url}{name}.xml",
        json=f"{site.base_url}{name}.json",
        picture=f"{site.base_url}{CARD}",
        licence=_plain(content.api.licence),
        version=__version__,
        updated=entries[0].updated if entries else _published(source, 0),
        entries=tuple(entries),
    )


def _session(source: _Source, at: int) -> EntryView:
    history = source.history
    session, regime, day = history.session[at], history.regime[at], history.regime_day[at]
    since = f"the first day of {regime}"
    if day > 1:
        since = f"{regime}, day {f.count(day)}, since {f.date_long(history.session[at - day + 1])}"
    return _entry(
        source,
        at,
        name=f"session/{session}",
        page=f"day/{session}/" if source.config.archive.days else "",
        title=f"{f.date_short(session)}: {regime}, day {f.count(day)}, ratio {f.ratio(history.ivts[at])}",
        text=f"{_reading(source, at)}: {since}.{_rates(history, at)}",
    )


def _flip(source: _Source, at: int) -> EntryView:
    history = source.history
    session, began = history.session[at], history.regime[at] == "backwardation"
    before = f.plural(history.regime_day[at - 1], "session")
    text = f"{_reading(source, at)}, {history.regime[at]} after {before} of {history.regime[at - 1]}."
    first = history.episode[at] or history.episode[at - 1]
    return _entry(
        source,
        at,
        name=_flip_name(session),
        page=f"episodes/{first}/" if source.config.archive.episodes else "",
        title=f"{f.date_short(session)}: {'into' if began else 'out of'} backwardation, ratio "
        f"{f.ratio(history.ivts[at])}",
        text=text if began else f"{text} {_outcome(source, source.episodes[str(first)])}",
    )


def _entry(source: _Source, at: int, *, name: str, page: str, title: str, text: str) -> EntryView:  # noqa: PLR0913
    return EntryView(
        id=_tag(source, name),
        url=f"{source.config.site.base_url}{page}",
        title=_plain(f"{_mark(source)}{title}"),
        text=_plain(text),
        updated=_published(source, at),
        regime=source.history.regime[at],
    )


def _published(source: _Source, at: int) -> str:
    return publication_instant(source.history.session[at], source.config, source.early)


def _reading(source: _Source, at: int) -> str:
    label, history = source.label, source.history
    doubt = ", resting on a suspect close" if history.suspect[at] else ""
    return (
        f"The {label.front} / {label.back} ratio closed at {f.ratio(history.ivts[at])} on "
        f"{f.date_long(history.session[at])}{doubt}"
    )


def _rates(history: History, at: int) -> str:
    known = [(n, rates[at]) for n, rates in history.rolling_rates.items() if rates[at] is not None]
    shares = [f"{f.percent(rate)} of the last {n}" for n, rate in known]
    return f" Sessions in backwardation: {f.listing(shares)}." if shares else ""


def _outcome(source: _Source, episode: Episode) -> str:
    """Word an episode that is over; nothing in it changes any more, save by revised closes."""
    span = f.date_span(episode.first_session, episode.last_session)
    highest = f"The highest ratio of the episode, {span}, was {f.ratio(episode.max_ivts)}"
    if episode.spy_return is None:
        return f"{highest}."
    returned = f"{source.label.benchmark} returned {f.percent_change(episode.spy_return)}"
    return f"{highest}; {returned} from the close before it to its last close."


def _mark(source: _Source) -> str:
    return f"{SAMPLE_PREFIX}: " if source.history.sample else ""


def _tag(source: _Source, name: str) -> str:
    """Return a tag URI; simulated entries have their own, so that no reader takes them for told."""
    return _minted(source.config, f"sample/{name}" if source.history.sample else name)


def flip_id(config: Config, session: str) -> str:
    """Return the identifier of a flip of real closes: the same in the feed and in every message about it."""
    return _minted(config, _flip_name(session))


def _flip_name(session: str) -> str:
    return f"flip/{session}"


def _minted(config: Config, name: str) -> str:
    """Return a tag URI (RFC 4151): the same however often, and from wherever, the site is built."""
    return f"tag:{urlsplit(config.site.base_url).hostname},{_MINTED}:ivts/{name}"


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)
