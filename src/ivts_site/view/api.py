"""The page that documents the published files, feeds and badge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.api import Example, Feed
from ivts_site.published.api import Index, IndexFile, IndexFolder
from ivts_site.published.index import SCHEMA_SUFFIX
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.api_types import ApiView, BadgeView, ExampleView
from ivts_site.view.badge import BADGE, badge_message
from ivts_site.view.calendar_file import CALENDAR
from ivts_site.view.head import DAILY, FLIPS, breadcrumbs, build_head
from ivts_site.view.parts import Cell, Column, ItemView, LinkView, RowView, SectionView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.schemas import Schema, code_words, document_schema
from ivts_site.view.shell import build_shell

PATH = "api/"
EXAMPLE_ADDRESS = "https://example.org/"
"""Address in the example programs, which the site's own replaces."""
_FOLDER = "v1/"
_SHIELDS = "https://img.shields.io/endpoint?url="


def build_api_view(  # noqa: PLR0913 - each is an origin of what the page says
    index: Index,
    index_size: int,
    *,
    schemas: Mapping[str, Schema],
    programs: Mapping[str, str],
    snapshot: Snapshot,
    content: Content,
    config: Config,
    calendar: bool,
) -> ApiView:
    """Word the page.

    Parameters
    ----------
    index : Index
        The published files.
    index_size : int
        Bytes of the index itself.
    schemas : mapping
        JSON Schemas by the name of their files without suffix.
    programs : mapping
        Text of each example by its path in `templates/examples/`.
    snapshot : Snapshot
        For the frame of the page and the badge.
    content : Content
        Words; facts filled in.
    config : Config
        Address of the site.
    calendar : bool
        Whether the calendar of expected publications is published.

    Returns
    -------
    ApiView
        Tables of files and keys are made from `index` and `schemas` alone.
    """
    words, base, root = content.api, config.site.base_url, "../"
    sections = (
        ("files", "Files"),
        ("examples", words.examples_title),
        ("feeds", words.feeds.title),
        ("badge", words.badge.title),
        ("rules", words.rules_title),
        ("keys", words.fields_title),
    )
    trail = [LinkView(label=words.title, href=PATH)]
    return ApiView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=words.title,
            description=words.description,
            graph=[breadcrumbs(content.head.site_name, base, trail)],
        ),
        shell=build_shell(content, snapshot, config, root=root, path=PATH),
        title=words.title,
        lead=build_prose(words.lead, root),
        contents=tuple(LinkView(label=title, href=f"#{anchor}") for anchor, title in sections),
        files=_section("files", "Files", words.files, table=_files(index, index_size)),
        licence=words.licence,
        examples_title=words.examples_title,
        examples=tuple(_example(each, programs[each.path], base) for each in words.examples),
        feeds=_section(
            "feeds",
            words.feeds.title,
            words.feeds.lead,
            items=(
                _feed(DAILY, words.feeds.daily),
                _feed(FLIPS, words.feeds.flips),
                *([_calendar(words.feeds.calendar)] if calendar else []),
            ),
        ),
        badge=_badge(content, snapshot, base),
        rules=_section(
            "rules",
            words.rules_title,
            None,
            items=tuple(
                ItemView(id=rule.id, title=rule.title, text=build_prose(rule.text, root))
                for rule in words.rules
            ),
        ),
        fields_title=words.fields_title,
        fields=build_prose(words.fields, root),
        types=tuple(
            document_schema(
                schema.removesuffix(SCHEMA_SUFFIX), path, schemas[schema.removesuffix(SCHEMA_SUFFIX)]
            )
            for path, schema in _described(index)
        ),
    )


def _described(index: Index) -> list[tuple[str, str]]:
    """Return path and schema of everything that a schema describes; of a file in several forms the JSON."""
    files = [("index.json", "index.schema.json"), *((each.path, each.schema) for each in index.files)]
    files += [(each.path, each.schema) for each in index.folders]
    return [(path, schema) for path, schema in files if schema and path.endswith(".json")]


def _section(
    anchor: str,
    title: str,
    lead: str | None,
    *,
    table: TableView | None = None,
    items: tuple[ItemView, ...] = (),
) -> SectionView:
    return SectionView(
        id=anchor, title=title, partial="", lead=build_prose(lead, "../"), table=table, items=items
    )


def _files(index: Index, index_size: int) -> TableView:
    own = IndexFile(
        path="index.json",
        description="What is published in the folder, with sizes and hashes, and under which terms.",
        media_type="application/json",
        bytes=index_size,
        sha256="",
        schema="index.schema.json",
        schema_version=index.schema_version,
    )
    return TableView(
        caption="Published files",
        columns=(
            Column(label="File"),
            Column(label="What it holds"),
            Column(label="Size", numeric=True),
            Column(label="Schema"),
        ),
        rows=(*map(_file, (own, *index.files)), *map(_folder, index.folders)),
    )


def _file(file: IndexFile) -> RowView:
    return RowView(
        cells=(
            Cell(text=_link(file.path, file.path)),
            Cell(text=code_words(file.description)),
            Cell(text=f.size(file.bytes)),
            _schema(file.schema),
        )
    )


def _folder(folder: IndexFolder) -> RowView:
    span = f"{f.plural(folder.n_files, 'file')}, {folder.first} to {folder.last}"
    newest = folder.path.replace("{name}", folder.last)
    return RowView(
        cells=(
            Cell(text=_link(newest, folder.path)),
            Cell(text=code_words(folder.description), note=span),
            Cell(text=""),
            _schema(folder.schema),
        )
    )


def _schema(path: str | None) -> Cell:
    return Cell(text=_link(path, "schema") if path else "none")


def _link(path: str, label: str) -> Markup:
    return Markup('<a href="{}{}">{}</a>').format(_FOLDER, path, label)


def _example(example: Example, program: str, base: str) -> ExampleView:
    return ExampleView(
        id=example.id,
        title=example.title,
        text=build_prose(example.text, "../"),
        code=program.replace(EXAMPLE_ADDRESS, base).rstrip("\n"),
    )


def _feed(name: str, feed: Feed) -> ItemView:
    links = Markup(' <a href="../{0}.xml">Atom</a>, <a href="../{0}.json">JSON Feed</a>').format(name)
    return ItemView(id=name, title=feed.title, text=Markup("<p>{}{}</p>").format(feed.about, links))


def _calendar(words: Feed) -> ItemView:
    link = Markup(' <a href="../{}">iCalendar</a>').format(CALENDAR)
    return ItemView(id="calendar", title=words.title, text=Markup("<p>{}{}</p>").format(words.about, link))


def _badge(content: Content, snapshot: Snapshot, base: str) -> BadgeView:
    words = content.api.badge
    alt = f"{words.label}: {badge_message(snapshot)}"
    return BadgeView(
        title=words.title,
        lead=build_prose(words.lead, "../"),
        picture=f"../{BADGE}.svg",
        alt=alt,
        markdown=f"[![{words.label}]({base}{BADGE}.svg)]({base})",
        endpoint=f"{_SHIELDS}{quote(f'{base}{BADGE}.json', safe='')}",
    )


__all__: Sequence[str] = ("EXAMPLE_ADDRESS", "PATH", "build_api_view")
