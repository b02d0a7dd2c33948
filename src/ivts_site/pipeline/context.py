"""What parts of the site are made from, and what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from ivts_site.analytics.futures import FuturesFound
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.model import LogEntry, Table
from ivts_site.pipeline.corrections import Correction, Record
from ivts_site.pipeline.inputs import Inputs
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Status
from ivts_site.published.studies import Labels, Research
from ivts_site.render import Page
from ivts_site.words.site import Site, names


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildContext(Record):
    """What the build has worked out when the parts begin; the texts of `content` hold today's facts."""

    config: Config
    root: Path
    content: Content
    inputs: Inputs
    snapshot: Snapshot
    status: Status
    research: Research
    futures: FuturesFound | None = None
    site: Site
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    revisions: tuple[LogEntry, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def names(self) -> Labels:
        """What the three series are called."""
        return names(self.config)

    @property
    def labels(self) -> dict[str, str]:
        """What every series is called, by its key."""
        return {key: series.label for key, series in self.config.series.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Finished files by their path below the site's root, and pages still to be rendered."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    """What CSV files hold, by their path below the site's root."""


def picture(svg: str) -> Markup:
    """Return a picture for a template; charts escape the labels they draw."""
    return Markup(svg)  # noqa: S704
