"""What the templates may see: frozen, worded, ready to be placed. `Markup` is safe HTML, `str` is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the series are called on the page."""

    front: str
    back: str
    benchmark: str
    front_horizon: str
    back_horizon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or instant: its words and the value for machines."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link; `href` is complete, `current` marks the page itself."""

    label: str
    href: str
    note: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadView:
    """Contents of the head element."""

    title: str
    description: str
    canonical: str
    site_name: str
    image: str
    image_alt: str
    noindex: bool
    json_ld: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A stored series in the footer: its label, where it came from, its hash in full and short."""

    label: str
    source: str
    span: str
    sha256: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterView:
    """Foot of every page."""

    title: str
    lead: Markup
    related: tuple[LinkView, ...]
    attribution: Markup
    licence: Markup
    disclaimer: Markup
    labels: Mapping[str, str]
    links: tuple[LinkView, ...]
    as_of: Moment
    updated: Moment
    updated_new_york: str
    sources: tuple[SourceView, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """Frame that all pages share; `root` leads from the page to the site's root."""

    language: str
    site_name: str
    tagline: str
    root: str
    sample: str
    nav: tuple[LinkView, ...]
    footer: FooterView


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: its words, a smaller second line, `tone` for colour beside the sign, what it sorts by."""

    text: str | Markup
    note: str = ""
    tone: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table heading; numbers are set flush right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A table row; the first cell is its heading."""

    cells: tuple[Cell, ...]
    id: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table of words."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """A titled point of a section; `aside` holds formula and rules of a term or facts of an event."""

    id: str
    title: str
    text: Markup
    code: str = ""
    aside: tuple[tuple[str, str | Markup], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """An editorial section; `partial` is the template that lays it out, with a general one as fallback."""

    id: str
    title: str
    partial: str
    lead: Markup = field(default_factory=Markup)
    table: TableView | None = None
    items: tuple[ItemView, ...] = ()
    note: Markup = field(default_factory=Markup)
    closing: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A figure with its name, what changed, and its place in the window."""

    id: str
    label: str
    note: str
    value: str
    lines: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """How fresh the page is; `as_of` in the words of a note that a stale page shows."""

    through: Moment
    close_note: str
    built: Moment
    expected: Moment | None
    expected_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeroView:
    """The idea of the page: where the ratio stands."""

    index: str
    regime: str
    icon: str
    word: str
    ivts: str
    session: Moment
    change: str
    facts: tuple[str, ...]
    sentence: str
    reading: str
    scale: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    """What the ratio is and how the page is made, in short lines."""

    definition: Markup
    lines: tuple[Markup, ...]
    terms: SectionView


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeView:
    """A range button of the main chart."""

    name: str
    label: str
    pressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeStatView:
    """Backwardation rate over the range on screen, as built for the default window."""

    part: str
    whole: str
    rate: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A chart's picture, words and downloads."""

    id: str
    title: str
    description: str
    summary: str
    svg: Markup
    table: TableView
    csv: str
    json: str
    ranges: tuple[RangeView, ...] = ()
    stat: RangeStatView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarView:
    """A pair of measured means drawn to one scale, in units of the picture (100 wide, zero at `zero`)."""

    label: str
    text: str
    note: str
    tone: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedGroup:
    """What followed over one horizon: after backwardation, and after all sessions."""

    title: str
    zero: str
    bars: tuple[BarView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodesView:
    """Recent episodes and what followed sessions in backwardation."""

    recent: TableView | None
    empty: str
    summary: str
    convention: str
    all_link: LinkView
    followed: tuple[FollowedGroup, ...]
    followed_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The tracker page."""

    head: HeadView
    shell: ShellView
    status: StatusView
    hero: HeroView
    about: AboutView
    cards: tuple[CardView, ...]
    main: ChartView
    tabs: tuple[ChartView, ...]
    episodes: EpisodesView
    contents: tuple[LinkView, ...]
    sections: tuple[SectionView, ...]


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
    """All pages of the site."""

    base_url: str
    as_of: str
    page: PageView
    methodology: MethodologyView
    notfound: NotFoundView
