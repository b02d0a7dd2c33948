"""The tracker's own pages as the templates see them, beside its main one."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.view.parts import LinkView, SectionView
from ivts_site.view.types import HeadView, PageView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodologyView:
    """The methodology page."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    contents: tuple[LinkView, ...]
    sections: tuple[SectionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundView:
    """The page for an address that does not exist."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """The tracker's own pages."""

    base_url: str
    as_of: str
    sample: bool
    page: PageView
    methodology: MethodologyView
    notfound: NotFoundView
