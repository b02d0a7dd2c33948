"""What the pages of the past are made with, and what is planned of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ivts_site.pipeline.core import Core
from ivts_site.publish import Recipe
from ivts_site.render import Page

ROOT = "../../"
"""From every kept page to the site's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveContext:
    """What all pages of the past are made with.

    Attributes
    ----------
    core : Core
        What the build has worked out.
    common : str
        Hash of everything that goes into every such page: program, templates, settings, static files, and
        what all pages share.
    """

    core: Core
    common: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlan:
    """Pages that are kept and the files beside them, in the order of publication; nothing is made yet."""

    entries: tuple[Page | Recipe, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Files to be published, so that links to them can be checked."""
        return tuple(each.file if isinstance(each, Page) else each.path for each in self.entries)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages among them."""
        return tuple(each for each in self.entries if isinstance(each, Page))

    def recipes(self, render: Callable[[Page], bytes]) -> Iterator[Recipe]:
        """Yield all files, pages as they are rendered."""
        for each in self.entries:
            if isinstance(each, Page):
                yield Recipe(path=each.file, key=each.key, make=partial(render, each))
            else:
                yield each
