"""Parts of the site beside the tracker: each makes files and pages from what the build has worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivts_site.analytics import Analysis
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.pipeline.inputs import Inputs
from ivts_site.snapshot import EpisodeList, History, Snapshot, Status
from ivts_site.view import FurtherPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What the build has worked out when the parts begin; the texts of `content` hold today's facts."""

    config: Config
    root: Path
    content: Content
    inputs: Inputs
    analysis: Analysis
    snapshot: Snapshot
    status: Status
    episodes: EpisodeList
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Finished files by their path below the site's root, and pages still to be rendered."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    pages: tuple[FurtherPage, ...] = ()


PARTS: tuple[Callable[[Core], Part], ...] = ()
"""A new part is a module of this package with such a function, and a line here."""


def build_parts(core: Core) -> Part:
    """Return all parts together; a path made by two parts is the later one's."""
    parts = [part(core) for part in PARTS]
    return Part(
        files={path: body for part in parts for path, body in part.files.items()},
        pages=tuple(page for part in parts for page in part.pages),
    )
