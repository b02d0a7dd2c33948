"""The feeds and the calendar as a part of the site."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import partial

from ivts_site.pipeline.core import Core, Part
from ivts_site.render import Page
from ivts_site.view.calendar_file import CALENDAR, build_calendar_file
from ivts_site.view.feeds import build_feeds, to_json_feed
from ivts_site.words.names import names


def feed_part(core: Core) -> Part:
    """Return both feeds, as Atom and as JSON Feed, and the calendar of what is expected, if anything is.

    The same closes and settings give the same bytes.
    """
    early = _early_closes(core)
    feeds = build_feeds(
        core.history, core.episodes, core.content, core.config, names(core.config), early=early
    )
    calendar = build_calendar_file(core.status, core.content, core.config, early)
    return Part(
        files={
            f"{name}.json": (json.dumps(to_json_feed(feed), ensure_ascii=False, indent=2) + "\n").encode()
            for name, feed in feeds.items()
        }
        | ({CALENDAR: calendar.encode()} if calendar else {}),
        pages=tuple(
            Page(path=f"{name}.xml", template="feed.xml", make=partial(dict, view=feed), listed=False)
            for name, feed in feeds.items()
        ),
    )


def _early_closes(core: Core) -> Mapping[dt.date, dt.datetime]:
    """Return what the last fetch stored; the calendar library is asked where an older version stored it."""
    if core.inputs.early_closes is not None:
        return core.inputs.early_closes
    from ivts_site.sessions import load_sessions  # noqa: PLC0415 (slow, and needed until the next fetch)

    first, last = (dt.date.fromisoformat(core.history.session[at]) for at in (0, -1))
    return load_sessions(core.config.calendar, first, last).early_closes(first, last)
