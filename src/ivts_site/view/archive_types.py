"""Pages of the past as the templates see them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.view.parts import LinkView, Moment, TableView
from ivts_site.view.types import HeadView, ShellView


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture with its heading."""

    id: str
    title: str
    svg: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeView:
    """An episode of backwardation."""

    head: HeadView
    shell: PlainShellView
    title: str
    sentence: str
    warnings: tuple[Markup, ...]
    pictures: tuple[PictureView, ...]
    groups: tuple[FigureGroup, ...]
    table: TableView
    note: Markup
    way: WayView
    files: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureGroup:
    """Figures under a heading."""

    title: str
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeTableView:
    """Every episode in one table, with the bounds of its filters."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    summary: str
    empty: str
    timeline: Markup
    table: TableView | None
    highest: str
    years: tuple[str, ...]
    note: Markup
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCell:
    """A session in the calendar of a year: its day of the month, weekday from 1 for Monday."""

    text: str
    href: str
    weekday: int
    backwardation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """A month with its sessions."""

    name: str
    cells: tuple[DateCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearView:
    """A calendar year of sessions."""

    head: HeadView
    shell: PlainShellView
    title: str
    sentence: str
    picture: Markup
    caption: str
    rows: tuple[FigureRow, ...]
    months: tuple[MonthView, ...]
    episodes: tuple[LinkView, ...]
    note: Markup
    way: WayView


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """The list of years."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    table: TableView
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow:
    """A line of the comparison: its name, where the value is in the published file, how it is written."""

    label: str
    path: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    """Two sessions or two episodes side by side; `linked` tells whether episodes have pages."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    no_script: Markup
    links: tuple[LinkView, ...]
    sessions: tuple[CompareRow, ...]
    episodes: tuple[CompareRow, ...]
    first: str
    last: str
    options: tuple[tuple[str, str], ...]
    linked: bool
