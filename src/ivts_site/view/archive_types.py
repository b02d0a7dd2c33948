"""Pages of the past as the templates see them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.view.parts import LinkView, Moment
from ivts_site.view.types import HeadView


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainShellView:
    """Frame of a page that is made once and kept: nothing in it changes from day to day."""

    language: str
    site_name: str
    tagline: str
    root: str
    sample: str
    nav: tuple[LinkView, ...]
    attribution: Markup
    disclaimer: Markup
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure of a session or an episode: its name, value, and what it is to be read beside."""

    label: str
    value: str
    note: str = ""
    href: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """Links to the neighbours in time and to what holds the page; either neighbour may be missing."""

    before: LinkView | None
    after: LinkView | None
    above: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A session as it stood that evening."""

    head: HeadView
    shell: PlainShellView
    session: Moment
    regime: str
    icon: str
    word: str
    ivts: str
    change: str
    sentence: str
    warnings: tuple[Markup, ...]
    picture: Markup
    caption: str
    rows: tuple[FigureRow, ...]
    note: Markup
    way: WayView
    files: tuple[LinkView, ...]
