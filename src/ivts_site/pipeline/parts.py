"""Parts of the site beside the tracker: each makes files and pages from what the build has worked out."""

from __future__ import annotations

from collections.abc import Callable

from ivts_site.pipeline.archive import archive_part
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.pipeline.feeds import feed_part
from ivts_site.pipeline.futures import futures_part
from ivts_site.pipeline.hedge import hedge_part
from ivts_site.pipeline.research import research_part

PARTS: tuple[Callable[[BuildContext], Part], ...] = (
    feed_part,
    archive_part,
    futures_part,
    hedge_part,
    research_part,
)
"""A new part is a module of this package with such a function, and a line here."""


def build_parts(context: BuildContext) -> Part:
    """Return all parts together; a path made by two parts is the later one's."""
    parts = [part(context) for part in PARTS]
    return Part(
        files={path: body for part in parts for path, body in part.files.items()},
        pages=tuple(page for part in parts for page in part.pages),
        tables={path: table for part in parts for path, table in part.tables.items()},
    )
