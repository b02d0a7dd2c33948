"""Shapes of the hedge lab's texts: fields of the position, panels of results, worked cases, decision frame.

Texts hold tokens in square brackets: `[now.value:usd]` stands for a number of that name in a unit,
`[changes:+usd]` for one with its sign, `[trade:|usd]` for one without; `[order]` is a word. Where a place has
several texts, the first whose `when` holds is shown. The script of the page and the build fill and choose
alike.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivts_site.content.parts import NonEmpty, PageHead, Part, Slug
from ivts_site.content.text import Markdown, Text

TOKEN = re.compile(r"\[([a-z][a-z0-9_.]*)(?::([+|]?)([a-z]+\d?))?\]")
"""Name, sign and unit."""
Name = Slug
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


class Option(Part):
    """A text and when it is shown."""

    when: str = ""
    """Conditions that must hold, a `!` before those that must not: flags, or comparisons such as `beta<0`."""
    text: Text


Options = tuple[Option, ...]


class Slider(Part):
    """Range of a slider."""

    low: Text
    high: Text
    step: Text


class Input(Part):
    """Something that the visitor gives."""

    name: Name
    label: Text
    unit: str = ""
    hint: str = ""
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
    inputs: NonEmpty[str]
    more: str = ""
    """What opens the fields that are tucked away; empty where none is."""


class Coin(Part):
    """What a coin is called."""

    name: Text
    ticker: Text


class Preset(Part):
    """A venue's convention, as read on a day."""

    id: Slug
    label: Text
    """The convention, and whose it is."""
    text: Text
    on: Text
    """Value that the maintenance rate is a share of: `entry` or `mark`."""
    maintenance: str = ""
    """Rate in percent; empty where none was found."""
    slope: str = "0"
    """Percent added for each coin of size."""
    face: str = ""
    read: dt.date | None = None
    """Day on which the source was read."""
    source: str = ""


class Column(Part):
    """A column of a table."""

    head: str
    cell: Text
    """With tokens, of the row."""
    wide: bool = False
    """Whether a phone leaves it out."""


class TableWords(Part):
    """A table of results."""

    name: Name
    caption: Text
    when: str = ""
    columns: NonEmpty[Column]
    """In order; the first heads the row."""


class PictureWords(Part):
    """A chart that the script draws."""

    name: Name
    title: Text
    when: str = ""
    says: Options


class Bar(Part):
    """A bar of a comparison."""

    name: Name
    label: Text
    shows: Text


class Formula(Part):
    """A formula of a panel."""

    label: Text
    formula: Text


class Panel(Part):
    """One question and its finding."""

    id: Slug
    tab: Text
    question: Text
    answer: Options
    """The answer in few words, for the list of panels."""
    finding: Options
    inputs: tuple[str, ...] = ()
    lead: Options = ()
    picture: PictureWords | None = None
    bars: tuple[Bar, ...] = ()
    apply: str = ""
    second: Options = ()
    """Heading above the table."""
    tables: tuple[TableWords, ...] = ()
    """Tables, of which the fitting ones are shown."""
    note: Options = ()
    remark: str = ""
    """Small print that always stands."""
    more: tuple[str, ...] = ()
    """Fields below all, tucked away."""
    acts: bool = False
    """Whether the table can be downloaded and the position linked to."""
    formulas: tuple[Formula, ...] = ()


class Case(Part):
    """A worked case."""

    id: Slug
    title: Text
    text: Text
    panel: Slug
    """The panel that answers it."""
    inputs: dict[str, str]
    """What differs from the start."""
    asks: bool = False
    """Whether the lab asks back before it computes."""


class Figure(Part):
    """One of the figures that stay in view."""

    label: Text
    wide: str = ""
    """More of the label where there is room."""
    shows: Options


class Size(Part):
    """How numbers of some size are written."""

    least: float = 0
    """Smallest number it is for."""
    times: float = 1
    """Factor, 100 for percent."""
    places: int = 0
    figures: int = 0
    """Significant figures, in place of decimals."""
    zeros: Literal["keep", "drop", "cents"] = "keep"
    """Zeros at the end: `drop` all after the point, or a `.00` of `cents`."""
    after: str = ""
    """What follows the digits."""


class Unit(Part):
    """How numbers in a unit are written."""

    before: str = ""
    """What stands before the digits."""
    sizes: NonEmpty[Size]
    """By size, the largest first."""


class Lab(PageHead):
    """The page of the hedge lab."""

    kicker: Text
    no_script: Text
    footnote: Text
    """What its numbers are not."""
    groups: NonEmpty[Group]
    """Fields of the position, in a trader's order."""
    inputs: NonEmpty[Input]
    names: dict[str, Coin]
    presets: NonEmpty[Preset]
    preset_note: Text
    hero: Options
    deck: Options
    summary: Options
    """The position in a line."""
    strip: NonEmpty[Figure]
    menu_title: Text
    panels: NonEmpty[Panel]
    """Panels, in order; the last is the decision frame."""
    cases_title: Text
    cases: NonEmpty[Case]
    """Worked cases; the page opens with the first, which changes nothing."""
    formulas_title: Text
    letters: Text
    flags: dict[str, str]
    """What is the case, by name: conditions on numbers and on the flags before."""
    words: dict[str, Options]
    """Words that results are put into."""
    units: dict[str, Unit]
    steps: dict[str, tuple[float, ...]]
    """Moves, rates, leverages and shares that the tables show."""
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
        values = [(f"input {entry.name!r}", entry, entry.start) for entry in self.inputs if entry.start]
        values += [
            (f"case {case.id!r}", fields[name], value)
            for case in self.cases
            for name, value in case.inputs.items()
        ]
        for place, entry, value in values:
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


# ---------------------------------------------------------------- the decision frame

Share = Annotated[float, Field(ge=0, le=1)]
Day = Annotated[int, Field(ge=1)]


class Test(Part):
    """On which readings of the term structure a condition is selected; what is left out is not asked."""

    __test__ = False  # a test runner must not take it for one of its own

    regime: Literal["backwardation", "contango"] | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    bands: tuple[Text, ...] = ()
    """Bands of the ratio, by their names in the configuration; any of them will do."""


class Condition(Part):
    """A market condition and the share of the spot exposure that is commonly hedged in it."""

    id: Slug
    name: Text
    mood: Text
    low: Share
    high: Share
    reason: Text
    when: Test = Test()
    """Readings on which a rule by the VIX curve would pick it."""

    @model_validator(mode="after")
    def _ordered(self) -> Condition:
        if self.low > self.high:
            raise ValueError(f"low {self.low} must not be above high {self.high}")
        return self


class View(Part):
    """A macro view that is said to move hedges."""

    title: Text
    text: Text


class Frame(Part):
    """The decision frame, condition to range of hedge factors: a convention that no data stand behind."""

    evidence: Text
    rule: Markdown
    views_title: Text
    views: NonEmpty[View]
    conditions: NonEmpty[Condition]
    """Rows; the first whose test a reading passes is selected, the last asks nothing."""
    no_overlay: Text

    @model_validator(mode="after")
    def _last_asks_nothing(self) -> Frame:
        last = self.conditions[-1]
        if last.when != Test():
            raise ValueError(f"the last condition, {last.id!r}, must have no `when`: it takes what is left")
        return self
