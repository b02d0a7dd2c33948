"""What pages are made of: frozen, worded, ready to be placed. `Markup` is safe HTML, `str` is escaped."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup


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
class Cell:
    """A table cell: its words, a smaller second line, what it sorts by."""

    text: str | Markup
    note: str = ""
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
