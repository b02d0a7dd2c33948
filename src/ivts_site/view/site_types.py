"""The site as the templates see it: the pages beside the tracker, and all pages together."""

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
class FurtherPage:
    """A page beside the tracker's own three.

    Attributes
    ----------
    path : str
        Below the site's root, with a slash at its end: `research/`; or a file, such as `feed.xml`.
    template : str
        Name of its template; the page's `view` holds `head` and `shell`.
    view : object
        What the template may see.
    listed : bool
        Whether the sitemap names it.
    """

    path: str
    template: str
    view: object
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """All pages of the site; `past` lists the kept ones by address and the day on which each changed last."""

    base_url: str
    as_of: str
    sample: bool
    page: PageView
    methodology: MethodologyView
    notfound: NotFoundView
    further: tuple[FurtherPage, ...] = ()
    past: tuple[tuple[str, str], ...] = ()
