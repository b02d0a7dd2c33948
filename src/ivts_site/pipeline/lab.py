"""The page of the hedge lab."""

from __future__ import annotations

from ivts_site.pipeline.core import Core, Part
from ivts_site.pipeline.hedge import hedge_lab
from ivts_site.render import Page
from ivts_site.view.lab import PATH, build_lab


def lab_part(core: Core) -> Part:
    """Make `hedge/`."""
    view = build_lab(
        hedge_lab(core), core.snapshot, core.content, core.config, level=core.research.method.level
    )
    return Part(pages=(Page(path=PATH, template="hedge.html", make=lambda: {"view": view}),))
