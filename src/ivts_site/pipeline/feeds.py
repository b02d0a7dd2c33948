"""The feeds and the calendar as a part of the site."""

from __future__ import annotations

import json
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
    feeds = build_feeds(core.history, core.episodes, core.content, core.config, names(core.config))
    calendar = build_calendar_file(core.status, core.content, core.config)
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
