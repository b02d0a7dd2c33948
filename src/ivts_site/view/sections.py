"""Editorial sections: prose rendered, tables laid out, events joined with their measured figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.content import Content, Section
from ivts_site.content.models import Events, Table
from ivts_site.content.parts import Item
from ivts_site.content.reference import Corrections, Methodology, Terms
from ivts_site.errors import ConfigError
from ivts_site.model import DataLog
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.data_log import build_log_sections
from ivts_site.view.events import build_events
from ivts_site.view.parts import Cell, Column, ItemView, LinkView, RowView, SectionView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.words.names import Names


def build_sections(
    content: Content, names: Iterable[str], snapshot: Snapshot, label: Names
) -> tuple[SectionView, ...]:
    """Lay out the editorial sections of the tracker page.

    Parameters
    ----------
    content : Content
        With facts filled in.
    names : iterable of str
        Names of content files, in page order.
    snapshot : Snapshot
        Measured figures of the events.
    label : Names
        What the series are called.

    Returns
    -------
    tuple of SectionView
        In the same order.

    Raises
    ------
    ConfigError
        For a name without a content file.
    """
    return tuple(_named(content, name, snapshot, label) for name in names)


def build_reference(
    content: Content, snapshot: Snapshot, label: Mapping[str, str], log: DataLog, root: str
) -> tuple[SectionView, ...]:
    """Lay out the methodology page: prose, records of closes, faults, glossary, corrections.

    `label` gives the name on the page of each series key.
    """
    return (
        *_methodology(content.methodology, root),
        _suspects(snapshot, label),
        *build_log_sections(log, label),
        build_section(content.faults, "faults", root),
        _terms(content.terms, root),
        _corrections(content.corrections, root),
    )


def build_section(section: Section, name: str, root: str = "") -> SectionView:
    """Lay out one editorial section; `name` is its file's name and its partial's."""
    return SectionView(
        id=section.id,
        title=section.title,
        partial=f"partials/{name}.html",
        lead=build_prose(section.lead, root),
        table=_table(section.table) if section.table else None,
        items=tuple(_item(item, root) for item in section.items),
        note=build_prose(section.note, root),
        closing=build_prose(section.closing, root),
    )


def build_contents(
    sections: Iterable[SectionView], before: Iterable[tuple[str, str]] = ()
) -> tuple[LinkView, ...]:
    """List the sections of a page as links, after the given pairs of anchor and title."""
    pairs = [*before, *((section.id, section.title) for section in sections)]
    return tuple(LinkView(label=title, href=f"#{anchor}") for anchor, title in pairs)


def _named(content: Content, name: str, snapshot: Snapshot, label: Names) -> SectionView:
    try:
        section = content.section(name)
    except KeyError as error:
        raise ConfigError("page.sections", [f"{name!r} has no file templates/content/{name}.yaml"]) from error
    if isinstance(section, Events):
        return build_events(section, snapshot, label)
    return build_section(section, name)


def _item(item: Item, root: str) -> ItemView:
    return ItemView(id=item.id, title=item.title, text=build_prose(item.text, root))


def _table(table: Table) -> TableView:
    return TableView(
        caption=table.caption,
        columns=tuple(Column(label=label) for label in table.columns),
        rows=tuple(
            RowView(id=row.id, cells=tuple(Cell(text=text) for text in row.cells)) for row in table.rows
        ),
    )


def _methodology(page: Methodology, root: str) -> Iterable[SectionView]:
    for item in page.sections:
        yield SectionView(
            id=item.id, title=item.title, partial="partials/section.html", lead=build_prose(item.text, root)
        )


def _suspects(snapshot: Snapshot, label: Mapping[str, str]) -> SectionView:
    found = snapshot.quality.suspect
    columns = (
        Column(label="Session"),
        Column(label="Series"),
        Column(label="Close", numeric=True),
        Column(label="Why it is suspect"),
    )
    rows = tuple(
        RowView(
            cells=(
                Cell(text=f.date_long(s.session)),
                Cell(text=label.get(s.series, s.series)),
                Cell(text=f.level(s.close)),
                Cell(text=s.reason),
            )
        )
        for s in found
    )
    held = f"{f.plural(len(found), 'stored close')} up to {f.date_long(snapshot.as_of)}"
    words = (
        f"{held} {'looks' if len(found) == 1 else 'look'} wrong by the rule above; kept in all statistics."
    )
    return SectionView(
        id="suspect-closes",
        title="Suspect closes on record",
        partial="partials/section.html",
        lead=Markup("<p>{}</p>").format(words),
        table=TableView(caption="Suspect closes", columns=columns, rows=rows) if rows else None,
    )


def _terms(terms: Terms, root: str) -> SectionView:
    items = tuple(
        ItemView(
            id=term.id,
            title=term.name,
            text=build_prose(term.definition, root),
            code=", ".join(term.json_keys),
            aside=tuple(
                (label, words)
                for label, words in (
                    ("Formula", term.formula or ""),
                    ("At the edges", build_prose(term.boundary, root)),
                )
                if words
            ),
        )
        for term in terms.terms
    )
    return SectionView(
        id=terms.id,
        title=terms.title,
        partial="partials/terms.html",
        lead=build_prose(terms.lead, root),
        items=items,
    )


def _corrections(corrections: Corrections, root: str) -> SectionView:
    items = tuple(
        ItemView(
            id=item.id, title=item.claim, text=build_prose(item.right, root), aside=(("Source", item.source),)
        )
        for item in corrections.items
    )
    return SectionView(
        id=corrections.id,
        title=corrections.title,
        partial="partials/corrections.html",
        lead=build_prose(corrections.lead, root),
        items=items,
    )
