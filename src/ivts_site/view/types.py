"""Pages as the templates see them: everything a template may place, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.model import KeyMark
from ivts_site.view.parts import LinkView, Moment, SectionView, TableView


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed of the site, for readers that look for one; `href` leads from the site's root."""

    kind: str
    title: str
    href: str


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
    feeds: tuple[FeedLink, ...] = ()


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
    """Foot of a page that is made anew every evening."""

    title: str
    lead: Markup
    related: tuple[LinkView, ...]
    licence: Markup
    labels: Mapping[str, str]
    as_of: Moment
    updated: Moment
    updated_new_york: str
    sources: tuple[SourceView, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """Frame that all pages share; `root` leads from the page to the site's root.

    `footer` is None on pages that are kept: nothing in their frame changes from day to day.
    """

    language: str
    site_name: str
    tagline: str
    root: str
    sample: str
    nav: tuple[LinkView, ...]
    attribution: Markup
    disclaimer: Markup
    links: tuple[LinkView, ...]
    footer: FooterView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeStatView:
    """What is said of the range on screen, as built for the default window: rate, and spread of the ratio.

    `last` and `high` are empty where they repeat `first` and `low`, `median` where there is one session.
    """

    part: str
    whole: str
    rate: str
    first: str
    last: str
    low: str
    high: str
    median: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A figure with its name and lines below; `stat` in their place where it follows the range on screen.

    `stat_id` is the path under which the snapshot has `value`.
    """

    id: str
    label: str
    note: str = ""
    value: str = ""
    stat_id: str = ""
    lines: tuple[str, ...] = ()
    stat: RangeStatView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeView:
    """How old the page was when built, and all that its script needs to tell it at any later instant.

    `upcoming` holds the publication instants of the next sessions, `late` the instant from which the first is
    late, `due` and `through` the words for the first session's publication and for the last session.
    """

    state: str
    text: str
    upcoming: str
    late: str
    due: str
    through: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """How fresh the page is, in absolute times."""

    through: Moment
    close_note: str
    built: Moment
    checked: Moment | None
    expected: Moment | None
    expected_note: str
    deadline: Moment | None
    age: AgeView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeroView:
    """The idea of the page: where the ratio stands."""

    index: str
    regime: str
    icon: str
    word: str
    ivts: str
    session: Moment
    suspect: str
    change: str
    facts: tuple[Markup, ...]
    provisional: str
    sentence: str
    reading: str
    scale: Markup
    scale_caption: str


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
class ChartView:
    """A chart's picture, words and downloads.

    `offers_json` where its figure may be one of them; `credit` tells where the closes drawn came from.
    """

    id: str
    title: str
    description: str
    summary: str
    svg: Markup
    table: TableView
    csv: str
    json: str
    offers_json: bool
    key: tuple[KeyMark, ...] = ()
    ranges: tuple[RangeView, ...] = ()
    stat: RangeStatView | None = None
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarView:
    """A measured mean drawn in units of the picture: 100 wide, 10 high; `interval` is a path, or empty."""

    label: str
    text: str
    note: str
    tone: str
    x: str
    width: str
    interval: str = ""


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
    asides: tuple[tuple[str, Markup], ...]
    research: LinkView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialView:
    """A rule that a visitor of the threshold explorer may change: words, bounds, the definition's value."""

    name: str
    label: str
    value: str
    low: str
    high: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerView:
    """The threshold explorer: dials, and the definition's own figures as pairs of key, label and text.

    `source` is the address of the series below the site's root; empty where they are not published.
    """

    section: SectionView
    source: str
    span: str
    dials: tuple[DialView, ...]
    rows: tuple[tuple[str, str, str], ...]


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
    explorer: ExplorerView
    episodes: EpisodesView
    contents: tuple[LinkView, ...]
    sections: tuple[SectionView, ...]
