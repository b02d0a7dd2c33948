"""Shapes of the hedge lab's own texts: the position's fields, panels of results, worked cases.

Texts hold tokens in square brackets: `[value_usd]` stands for a number of that name in its unit,
`[+change_usd]` for the same with its sign. Where a place has several texts, the first whose `when` holds is
shown. The script of the page and the build fill and choose alike.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from pydantic import Field, model_validator

from ivts_site.content.parts import NonEmpty, Part, Slug
from ivts_site.content.text import Text

TOKEN = re.compile(r"\[\+?([a-z][a-z0-9_]*)\]")
Name = Slug
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


class Option(Part):
    """A text and when it is shown."""

    when: str = ""
    """Flags that must hold, a `!` before those that must not; empty always holds."""
    text: Text
    """With tokens."""


Options = tuple[Option, ...]


class Slider(Part):
    """Range of a slider."""

    low: Text
    """Left end."""
    high: Text
    """Right end."""
    step: Text
    """Step of the arrow keys."""


class Input(Part):
    """Something that the visitor gives."""

    name: Name
    """Its name in the address of the page."""
    label: Text
    """Name beside the field, with tokens."""
    unit: str = ""
    """Unit behind the field, with tokens."""
    hint: str = ""
    """A line below, with tokens."""
    start: str
    """What the field holds at first; may be empty where something else fills it."""
    choices: dict[str, Text] = Field(default_factory=dict)
    """Value to label, where one of a few is chosen."""
    lines: str = ""
    """What a line holds, where several lines are pasted."""
    when: str = ""
    """Flags under which the field is shown."""
    tuck: bool = False
    """Whether it is tucked away until asked for."""
    slider: Slider | None = None
    """Its slider, which then is the only way to set it."""


class Group(Part):
    """Fields of the position that belong together."""

    title: Text
    """Heading."""
    inputs: NonEmpty[str]
    """Their names."""
    more: str = ""
    """What opens the fields that are tucked away; empty where none is."""


class Coin(Part):
    """What a coin is called."""

    name: Text
    """In sentences."""
    ticker: Text
    """In tables."""


class Preset(Part):
    """A venue's convention, as read on a day."""

    id: Slug
    """Its value in the address."""
    label: Text
    """The convention, and whose it is."""
    text: Text
    """What its numbers are."""
    on: Text
    """Value that the maintenance rate is a share of: `entry` or `mark`."""
    maintenance: str = ""
    """Rate in per cent; empty where none was found."""
    slope: str = "0"
    """Per cent added for each coin of size."""
    face: str = ""
    """USD a contract."""
    read: dt.date | None = None
    """Day on which the source was read."""
    source: str = ""
    """Address of the page read."""


class Column(Part):
    """A column of a table."""

    head: str
    """Heading, with tokens."""
    cell: Text
    """With tokens, of the row."""
    wide: bool = False
    """Whether a phone leaves it out."""


class Table(Part):
    """A table of results."""

    name: Name
    """Name of its rows."""
    caption: Text
    """What it shows, for those who do not see it."""
    when: str = ""
    """Flags under which it is shown."""
    columns: NonEmpty[Column]
    """In order; the first heads the row."""


class Picture(Part):
    """A chart that the script draws."""

    name: Name
    """Name by which it is drawn."""
    title: Text
    """What it shows, for those who do not see it."""
    when: str = ""
    """Flags under which it is shown."""
    says: Options
    """Line below."""


class Bar(Part):
    """A bar of a comparison."""

    name: Name
    """Name by which it is drawn."""
    label: Text
    """What it is, with tokens."""
    shows: Text
    """The number, as a token."""


class Formula(Part):
    """A formula of a panel."""

    label: Text
    """What it gives."""
    formula: Text
    """In letters."""


class Panel(Part):
    """One question and its finding."""

    id: Slug
    """Its value in the address."""
    tab: Text
    """Short name."""
    question: Text
    """What it answers."""
    answer: Options
    """The answer in few words, for the list of panels."""
    finding: Options
    """The answer as a heading."""
    inputs: tuple[str, ...] = ()
    """Fields of its own."""
    lead: Options = ()
    """What the finding means."""
    picture: Picture | None = None
    """Chart."""
    bars: tuple[Bar, ...] = ()
    """Bars."""
    apply: str = ""
    """Words of the button that makes the restoring trade, with tokens."""
    second: Options = ()
    """Heading above the table."""
    tables: tuple[Table, ...] = ()
    """Tables, of which the fitting ones are shown."""
    note: Options = ()
    """Small print."""
    remark: str = ""
    """Small print that always stands."""
    more: tuple[str, ...] = ()
    """Fields below all, tucked away."""
    acts: bool = False
    """Whether the table can be downloaded and the position linked to."""
    formulas: tuple[Formula, ...] = ()
    """Its formulas."""


class Case(Part):
    """A worked case."""

    id: Slug
    """Anchor of its entry."""
    title: Text
    """Name."""
    text: Text
    """What is set."""
    panel: Slug
    """The panel that answers it."""
    inputs: dict[str, str]
    """What differs from the start."""
    asks: bool = False
    """Whether the lab asks back before it computes."""


class Figure(Part):
    """One of the figures that stay in view."""

    label: Text
    """What it is."""
    wide: str = ""
    """More of the label where there is room."""
    shows: Options
    """The figure."""


class Lab(Part):
    """The page of the hedge lab."""

    id: Slug
    """Anchor."""
    title: Text
    """Name of the page."""
    kicker: Text
    """Line above the headline."""
    description: Text
    """Meta description."""
    no_script: Text
    """Said to visitors without script."""
    footnote: Text
    """What its numbers are not."""
    groups: NonEmpty[Group]
    """Fields of the position, in a trader's order."""
    inputs: NonEmpty[Input]
    """All fields."""
    names: dict[str, Coin]
    """Coins by the choice of `asset`."""
    presets: NonEmpty[Preset]
    """Conventions of venues."""
    preset_note: Text
    """How they were found."""
    hero: Options
    """Headline: the answer for this position."""
    deck: Options
    """What it means."""
    summary: Options
    """The position in a line."""
    strip: NonEmpty[Figure]
    """Figures that stay in view."""
    menu_title: Text
    """Heading of the list of panels."""
    panels: NonEmpty[Panel]
    """Panels, in order; the last is the decision frame."""
    cases_title: Text
    """Heading of the worked cases."""
    cases: NonEmpty[Case]
    """Worked cases; the page opens with the first, which changes nothing."""
    formulas_title: Text
    """Heading of the formulas."""
    letters: Text
    """What their letters mean."""
    words: dict[str, Text]
    """Words that results are put into."""
    reads: dict[str, Text]
    """What the script says of fields it cannot take, with tokens."""
    messages: dict[str, Text]
    """Messages of the calculators in the units of the page, by their own words."""

    @model_validator(mode="after")
    def _names_fit(self) -> Lab:
        known = {entry.name for entry in self.inputs}
        problems = [f"{name!r} is no input" for name in self._names_used() if name not in known]
        panels = {panel.id for panel in self.panels}
        problems += [f"{case.panel!r} is no panel" for case in self.cases if case.panel not in panels]
        problems = problems or list(self._misfits())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _misfits(self) -> Iterator[str]:
        """Tell which fields hold what the page could not read: neither a number nor one of their choices."""
        fields = {entry.name: entry for entry in self.inputs}
        held = [(f"input {entry.name!r}", entry, entry.start) for entry in self.inputs if entry.start]
        held += [
            (f"case {case.id!r}", fields[name], value)
            for case in self.cases
            for name, value in case.inputs.items()
        ]
        for place, entry, value in held:
            choices = [preset.id for preset in self.presets] if entry.name == "preset" else [*entry.choices]
            if choices and value not in choices:
                yield f"{place}: {entry.name} {value!r} is none of {', '.join(choices)}"
            elif not choices and not entry.lines and not _NUMBER.fullmatch(value):
                yield f"{place}: {entry.name} {value!r} is no number"

    def _names_used(self) -> Iterator[str]:
        for group in self.groups:
            yield from group.inputs
        for panel in self.panels:
            yield from (*panel.inputs, *panel.more)
        for case in self.cases:
            yield from case.inputs
