"""Shapes of the editorial files, and `Content`: all files together. The hedge lab has a module of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from ivts_site.content.lab import Frame, Lab
from ivts_site.content.parts import Introduced, Item, NonEmpty, PageHead, PageText, Part, Slug, Titled
from ivts_site.content.text import Markdown, Text


class TextRow(Part):
    """A row of a table."""

    id: Slug
    cells: tuple[Text, ...]
    """One text for each column; the first names the row."""


class TextTable(Part):
    """A table of words; measured numbers belong to the templates."""

    caption: Text
    columns: NonEmpty[Text]
    rows: NonEmpty[TextRow]

    @model_validator(mode="after")
    def _rectangular(self) -> TextTable:
        if len(self.columns) > 5:
            raise ValueError(f"{len(self.columns)} columns do not fit a phone; at most 5")
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"row {row.id!r} has {len(row.cells)} cells for {len(self.columns)} columns")
        return self


class Section(Introduced):
    """A section of a page: opening lines, a table, points, a caveat, last lines; each may be absent."""

    table: TextTable | None = None
    items: tuple[Item, ...] = ()
    note: Markdown | None = None
    closing: Markdown | None = None


class Head(Part):
    """Title and the lines above the fold."""

    site_name: Text
    """Name of the site in headings and link previews."""
    title: Text
    tagline: Text
    """A few words under the name."""
    definition: Markdown
    """What the ratio is, in one sentence."""
    method: Markdown
    """How the page reads it."""
    source: Markdown
    cadence: Markdown
    disclaimer: Markdown
    description: Text
    """Meta description, with today's facts."""
    image_alt: Text
    """Text alternative of the link-preview picture."""


class Intraday(Part):
    """A value reached within a session that differs from the close; stated, not computed."""

    series: Text
    value: Annotated[float, Field(gt=0)]
    """Level in index points."""
    session: dt.date
    source: Text
    """Where it can be checked."""


class Event(Part):
    """A past event: the window to measure and a sentence that holds whatever the numbers."""

    id: Slug
    name: Text
    label: Text | None = None
    """Name at the event's peak in charts, a word or two; without one charts leave the event out."""
    first: dt.date
    last: dt.date
    pattern: Markdown
    """What happened."""
    intraday: tuple[Intraday, ...] = ()
    """Values within the day worth knowing."""
    note: Markdown | None = None

    @model_validator(mode="after")
    def _window_holds(self) -> Event:
        if self.first >= self.last:
            raise ValueError(f"first {self.first} must be before last {self.last}")
        for peak in self.intraday:
            if not self.first <= peak.session <= self.last:
                raise ValueError(f"intraday session {peak.session} is outside {self.first} to {self.last}")
        return self


class Events(Introduced):
    """The section on past events."""

    events: NonEmpty[Event]
    closing: Markdown
    """What they have in common."""
    otherwise: Markdown | None = None
    """Said instead if the stored history is too short for a number that `closing` quotes."""

    @model_validator(mode="after")
    def _oldest_first(self) -> Events:
        starts = [event.first for event in self.events]
        if starts != sorted(starts):
            raise ValueError("events: must be ordered by `first`, oldest first")
        return self


class FooterLabels(Part):
    """Words beside the values and links of the footer."""

    updated: Text
    """Before the time of the build."""
    data_as_of: Text
    asked: Text
    """Before the instant at which the sources were last asked."""
    sources: Text
    version: Text
    feeds: Text
    api: Text
    methodology: Text
    repository: Text


class Footer(Introduced):
    """Related tools, license, disclaimer."""

    attribution: Markdown
    licence: Markdown
    disclaimer: Markdown
    labels: FooterLabels


class Methodology(PageText):
    """The methodology page."""

    sections: NonEmpty[Item]


class Term(Part):
    """A published number: its one meaning."""

    id: Slug
    name: Text
    json_keys: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_.]+$")], ...] = ()
    """Key paths in `snapshot.json`; none for a word that is not published as a value."""
    definition: Markdown
    formula: Text | None = None
    """The same as a formula in plain text."""
    boundary: Markdown | None = None
    """Rules at the edges: ties, gaps, short history."""


class Terms(Introduced):
    """The glossary of the methodology page."""

    terms: NonEmpty[Term]


class Correction(Item):
    """A common error as it is usually told, and what the record shows."""

    source: Text
    """Where it can be checked."""


class Corrections(Introduced):
    """Common errors about the VIX."""

    items: NonEmpty[Correction]


class PageLink(Part):
    """A link to another page of the site."""

    label: Text
    path: Annotated[str, Field(pattern=r"^([a-z0-9-]+/)*(#[a-z0-9-]+)?$")]
    """Path below the base address; empty for the tracker page."""


class NotFound(Titled):
    """The page for an address that does not exist."""

    lead: Markdown
    links: NonEmpty[PageLink]


class Archive(Part):
    """The pages of the past, which are made once: their notes quote no fact that changes from day to day."""

    episodes: PageText
    history: PageText
    compare: PageText
    """Two dates or two episodes side by side."""
    compare_script: Markdown
    """Said there if no script runs."""
    episode_note: Markdown
    year_note: Markdown
    day_note: Markdown


class Study(Titled):
    """A study: its question in a few words, and what holds whatever the numbers are."""

    lead: Markdown
    note: Markdown | None = None


class Research(PageText):
    """The research page."""

    studies: dict[Slug, Study]
    """Sections in order, by name: `templates/research/<name>.html`, or `plain.html` where there is none."""


class Example(Item):
    """A program that reads the published files."""

    path: Annotated[str, Field(pattern=r"^[a-z]+\.(py|mjs|sh|R|html)$")]
    """Its name in `templates/examples/`; the tests run it."""


class Feed(Part):
    """A feed: its title in a reader, and when it has a new entry."""

    title: Text
    about: Text


class Feeds(Part):
    """The feeds, and the calendar."""

    title: Text
    lead: Markdown
    daily: Feed
    """An entry for each session."""
    flips: Feed
    """An entry for each change of regime."""
    futures: Feed
    """An entry for each flip of the futures curve."""
    calendar: Feed
    """An event for each expected publication."""


_IsoDay = Annotated[dt.date, BeforeValidator(lambda text: dt.date.fromisoformat(str(text)))]


class Futures(PageHead):
    """The page of the futures curve, and its tile on the front page."""

    curve: Markdown
    """How to read the picture of the curve."""
    agreement: Markdown
    """How to read the picture of the agreement."""
    compare: Markdown
    """How to read the compared curves."""
    dates: NonEmpty[_IsoDay]
    """Sessions compared at first, beside the last one."""
    roll: Markdown
    """What the roll of one future is, and what it is not."""
    formula: Markdown
    """How the holder's line is calculated."""
    sources: Markdown
    missing: Markdown
    """Said beside the comparison where no script runs."""
    tile: Text


class Badge(Part):
    """The badge for other pages."""

    title: Text
    lead: Markdown
    label: Text
    """Left half of the badge."""


class DatasetWords(Part):
    """What search engines for data are told; it stays the same from evening to evening."""

    name: Text
    description: Text
    technique: Text
    keywords: NonEmpty[Text]
    variables: NonEmpty[Text]


class Api(PageText):
    """The page that documents the published files."""

    files: Markdown
    licence: Text
    """What may be done with the files; also printed in `index.json`, so without links."""
    dataset: DatasetWords
    examples_title: Text
    examples: NonEmpty[Example]
    fields_title: Text
    fields: Markdown
    rules_title: Text
    rules: NonEmpty[Item]
    """What a reader may rely on."""
    feeds: Feeds
    badge: Badge


class Content(Part):
    """Every editorial file by its name."""

    head: Head
    definitions: Section
    explorer: Section
    events: Events
    """Past events, which `page.sections` may ask for like any other section."""
    footer: Footer
    methodology: Methodology
    terms: Terms
    corrections: Corrections
    faults: Section
    notfound: NotFound
    guide: PageText
    """What is true whatever the data: its page holds the sections."""
    archive: Archive
    hedge: Frame
    lab: Lab
    research: Research
    futures: Futures
    api: Api
    sections: dict[str, Section]
    """Every other file of the folder by its name: sections that `page.sections` may ask for."""

    def section(self, name: str) -> Section | Events:
        """Return a section of the tracker page by the name of its file; KeyError if there is none."""
        return self.events if name == "events" else self.sections[name]

    def anchors_without(self, names: Collection[str]) -> set[str]:
        """Return the anchors of the tracker page's sections and items that are not among `names`."""
        left_out = [self.section(name) for name in ("events", *self.sections) if name not in names]
        items = [item.id for section in left_out if isinstance(section, Section) for item in section.items]
        return {*(section.id for section in left_out), *items}
