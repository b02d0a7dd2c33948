"""The page that documents the published files, as its template sees it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.view.parts import LinkView, SectionView, TableView
from ivts_site.view.types import HeadView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """A program that reads the files."""

    id: str
    title: str
    text: Markup
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeView:
    """A published type: its name, what it is, its keys."""

    id: str
    name: str
    about: Markup
    table: TableView


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A published file's keys: those of the file first, then those of the types within."""

    id: str
    title: str
    about: Markup
    count: str
    types: tuple[TypeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeView:
    """The badge and the addresses it is taken from."""

    title: str
    lead: Markup
    picture: str
    alt: str
    markdown: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiView:
    """The page at `api/`."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    contents: tuple[LinkView, ...]
    files: SectionView
    licence: str
    examples_title: str
    examples: tuple[ExampleView, ...]
    feeds: SectionView
    badge: BadgeView
    rules: SectionView
    fields_title: str
    fields: Markup
    types: tuple[FileView, ...]
