"""Shapes of the tracker page's editorial files, and `Content`: all files together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Annotated

from pydantic import Field, model_validator

from ivts_site.content.api import Api
from ivts_site.content.archive import Archive
from ivts_site.content.hedge import Hedge
from ivts_site.content.lab import Lab
from ivts_site.content.parts import Item, NonEmpty, Part, Slug
from ivts_site.content.reference import Corrections, Methodology, Terms
from ivts_site.content.research import Research
from ivts_site.content.text import Markdown, Text


class Row(Part):
    """A row of a table."""

    id: Slug
    """Anchor."""
    cells: tuple[Text, ...]
    """One text a column; the first names the row."""


class Table(Part):
    """A table of words; numbers that are measured belong to the view."""

    caption: Text
    """What the table shows."""
    columns: NonEmpty[Text]
    """Headings, at most five."""
    rows: NonEmpty[Row]
    """Rows in order."""

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        if len(self.columns) > 5:
            raise ValueError(f"{len(self.columns)} columns do not fit a phone; at most 5")
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"row {row.id!r} has {len(row.cells)} cells for {len(self.columns)} columns")
        return self


class Section(Part):
    """An editorial section of a page: prose, a table, a list, in that order; each may be absent."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown | None = None
    """Opening lines."""
    table: Table | None = None
    """Table below the opening lines."""
    items: tuple[Item, ...] = ()
    """Points below the table."""
    note: Markdown | None = None
    """Caveat, set apart."""
    closing: Markdown | None = None
    """Last lines."""


class Head(Part):
    """Title and the lines above the fold."""

    site_name: Text
    """Name of the site in headings and link previews."""
    title: Text
    """Title of the tracker page."""
    tagline: Text
    """A few words under the name."""
    definition: Markdown
    """What the ratio is, in one sentence."""
    method: Markdown
    """How the page reads it."""
    source: Markdown
    """Where the closes come from."""
    cadence: Markdown
    """When the page changes."""
    disclaimer: Markdown
    """What the page is not."""
    description: Text
    """Meta description, with today's facts."""
    image_alt: Text
    """Text alternative of the link-preview picture."""


class Intraday(Part):
    """A value reached within a session that differs from the close; stated, not computed."""

    series: Text
    """Name of the index."""
    value: Annotated[float, Field(gt=0)]
    """Level in index points."""
    session: dt.date
    """Day on which it was reached."""
    source: Text
    """Where it can be checked."""


class Event(Part):
    """A past event: the window to measure and a sentence that holds whatever the numbers."""

    id: Slug
    """Anchor."""
    name: Text
    """Name in the table."""
    first: dt.date
    """First day of the window."""
    last: dt.date
    """Last day of the window."""
    pattern: Markdown
    """What happened."""
    intraday: tuple[Intraday, ...] = ()
    """Values within the day worth knowing."""
    note: Markdown | None = None
    """Caveat on the measured numbers."""

    @model_validator(mode="after")
    def _window_holds(self) -> Event:
        if self.first >= self.last:
            raise ValueError(f"first {self.first} must be before last {self.last}")
        for peak in self.intraday:
            if not self.first <= peak.session <= self.last:
                raise ValueError(f"intraday session {peak.session} lies outside {self.first} to {self.last}")
        return self


class Events(Part):
    """The section on past events."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown | None = None
    """Opening lines."""
    events: NonEmpty[Event]
    """Events, oldest first."""
    closing: Markdown
    """What they have in common."""
    otherwise: Markdown | None = None
    """Said instead where the stored history is too short for a number that `closing` quotes."""

    @model_validator(mode="after")
    def _oldest_first(self) -> Events:
        starts = [event.first for event in self.events]
        if starts != sorted(starts):
            raise ValueError("events: must be ordered by `first`, oldest first")
        return self


class FooterLabels(Part):
    """Words beside the values and links of the footer."""

    updated: Text
    """Before the build instant."""
    data_as_of: Text
    """Before the last session."""
    sources: Text
    """Before the source hashes."""
    version: Text
    """Before the version."""
    feeds: Text
    """Link to the feeds."""
    api: Text
    """Link to the JSON."""
    methodology: Text
    """Link to the methodology page."""
    changelog: Text
    """Link to the changelog."""
    repository: Text
    """Link to the source code."""


class Footer(Part):
    """Related tools, licence, disclaimer."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading of the related links."""
    lead: Markdown | None = None
    """Opening lines of the related links."""
    attribution: Markdown
    """Whose data these are."""
    licence: Markdown
    """What may be done with data and code."""
    disclaimer: Markdown
    """What the page is not, in full."""
    labels: FooterLabels
    """Words beside values and links."""


class PageLink(Part):
    """A link to another page of the site."""

    label: Text
    """Text of the link."""
    path: Annotated[str, Field(pattern=r"^([a-z0-9-]+/)*(#[a-z0-9-]+)?$")]
    """Path below the base address; empty for the tracker page."""


class NotFound(Part):
    """The page for an address that does not exist."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown
    """What happened and what to do."""
    links: NonEmpty[PageLink]
    """Ways on."""


class Content(Part):
    """Every editorial file by its name."""

    head: Head
    """Section 0."""
    definitions: Section
    """The three definitions beside the regime card."""
    explorer: Section
    """Threshold explorer, after the chart views."""
    events: Events
    """Past events, which `page.sections` may ask for like any other section."""
    footer: Footer
    """Related tools and footer."""
    methodology: Methodology
    """Prose of the methodology page."""
    terms: Terms
    """Its glossary."""
    corrections: Corrections
    """Its common errors."""
    faults: Section
    """Its table of what can go wrong."""
    notfound: NotFound
    """The 404 page."""
    archive: Archive
    """Past episodes, years and sessions."""
    hedge: Hedge
    """The decision frame of the hedge lab."""
    lab: Lab
    """The hedge lab's own texts."""
    research: Research
    """The research page."""
    api: Api
    """Files for machines, and feeds."""
    sections: dict[str, Section]
    """Every other file of the folder by its name: sections that `page.sections` may ask for."""

    def section(self, name: str) -> Section | Events:
        """Return a section of the tracker page by the name of its file.

        Raises
        ------
        KeyError
            Where there is none.
        """
        return self.events if name == "events" else self.sections[name]

    def anchors_without(self, names: Collection[str]) -> set[str]:
        """Return the anchors of the tracker page's sections and items that are not among `names`."""
        left_out = [self.section(name) for name in ("events", *self.sections) if name not in names]
        items = [item.id for section in left_out if isinstance(section, Section) for item in section.items]
        return {*(section.id for section in left_out), *items}
