"""Shapes of the hedge lab's own texts: inputs, panels of results, worked cases.

Texts of results hold tokens in square brackets: `[value_usd]` stands for a number of that name in its unit,
`[+change_usd]` for the same with its sign. The script of the page and the build fill them alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivts_site.content.parts import Item, NonEmpty, Part, Slug
from ivts_site.content.text import Markdown, Text

TOKEN = re.compile(r"\[\+?([a-z][a-z0-9_]*)\]")
_NUMBER = r"-?\d+(\.\d+)?"
Decimal = Annotated[str, Field(pattern=rf"^{_NUMBER}$")]
Decimals = Annotated[str, Field(pattern=rf"^\s*{_NUMBER}(\s+{_NUMBER})*\s*$")]


class Slider(Part):
    """Range of a slider; its field takes values beyond it."""

    low: Decimal
    """Left end."""
    high: Decimal
    """Right end."""
    step: Decimal
    """Step of the arrow keys."""
    of: Literal["value", "move"] = "value"
    """What it sets: the value itself, or its distance from the entry price in per cent."""


class Input(Part):
    """A number that the visitor gives."""

    name: Slug
    """Its name in the address of the page."""
    label: Text
    """Name beside the field."""
    symbol: str = ""
    """Its letter in the formulas."""
    unit: str = ""
    """Unit behind the field; empty where the visitor chooses it."""
    hint: str = ""
    """A few words below the field."""
    start: Decimal
    """What the field holds at first, in the unit shown."""
    slider: Slider | None = None
    """Its slider."""


class Series(Part):
    """A list of numbers that the visitor pastes."""

    name: Slug
    """Its name in the address of the page."""
    label: Text
    """Name above the field."""
    hint: Text
    """A few words below the field."""
    start: Decimals
    """Made-up numbers that the field holds at first."""


class Result(Part):
    """A result with the formula it comes from."""

    label: Text
    """What it is."""
    shows: Text
    """The number, as a token."""
    formula: Text
    """In the letters of the inputs."""
    numbers: str = ""
    """The same with the visitor's numbers, as tokens."""


class Line(Part):
    """A line of a chart."""

    name: Slug
    """Name by which the script draws it."""
    label: Text
    """What the key calls it."""


class Picture(Part):
    """A chart that the script draws, and its table."""

    name: Slug
    """Name by which the script draws it."""
    title: Text
    """What it shows."""
    across: Text
    """What runs from left to right: heading of the first column."""
    lines: NonEmpty[Line]
    """Lines, and columns of the table, in order."""


class Panel(Part):
    """A group of results that belong together."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown
    """What it answers."""
    says: Text
    """The outcome in a sentence, with tokens."""
    inputs: tuple[Slug, ...] = ()
    """Inputs that only this panel uses."""
    results: tuple[Result, ...] = ()
    """Results in order."""
    picture: Picture | None = None
    """Chart."""
    note: Markdown | None = None
    """Caveat."""


class Case(Part):
    """A worked case: inputs that lead to a result worth knowing."""

    id: Slug
    """Anchor of its row."""
    title: Text
    """Name."""
    text: Text
    """What it shows."""
    panel: Slug
    """The panel that answers it."""
    inputs: dict[Slug, Text]
    """What differs from the start; `unit` is `usd` or `coin`."""
    outcome: Text
    """The outcome in a sentence, with tokens."""


class Card(Part):
    """A figure to be read first."""

    label: Text
    """What it is."""
    shows: Text
    """The number, as a token."""
    note: Text
    """A line below, with tokens."""


class Bar(Part):
    """A step of the way from the coin's value to the net exposure."""

    name: Slug
    """Name by which the script draws it."""
    label: Text
    """What it is."""
    shows: Text
    """The number, as a token."""


class Way(Part):
    """A way to reckon the liquidation price."""

    name: Slug
    """Name of its numbers."""
    label: Text
    """What the table calls it."""
    formula: Text
    """In the letters of the inputs; `[minus]` and `[plus]` trade places where the futures are a long."""


class Words(Part):
    """Words that stand in the place of numbers, or around them."""

    never: Text
    """For a liquidation price that does not exist."""
    short: Text
    """The futures where they are sold."""
    long: Text
    """The futures where they are bought, at a hedge factor below 0."""
    opens_short: Text
    """What opens a short."""
    opens_long: Text
    """What opens a long."""
    none: Text
    """Where there is nothing to liquidate."""
    closed: Text
    """What the liquidation of a short comes to, with tokens."""
    closed_long: Text
    """The same of a long."""
    kept: Text
    """Where there is none, with tokens."""
    idle: Text
    """Where there is no short."""
    receives: Text
    """Of funding, for the holder of the futures."""
    pays: Text
    """Of funding, for the holder of the futures."""
    sell: Text
    """Trade that restores the hedge, with tokens."""
    buy: Text
    """The same, the other way."""
    sell_long: Text
    """Trade that restores a hedge factor below 0, with tokens."""
    buy_long: Text
    """The same, the other way."""
    keep: Text
    """Where nothing is to be traded."""
    blocked: Text
    """Before the message of the input that keeps results from being worked out."""
    liquidated: Text
    """Where the price lies beyond the liquidation price, with tokens."""
    too_long: Text
    """Where series are too long for the address."""


class Lab(Part):
    """The page of the hedge lab."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    description: Text
    """Meta description."""
    lead: Markdown
    """What the page does."""
    estimate: Markdown
    """What its numbers are not."""
    no_script: Markdown
    """Said to visitors without script."""
    inputs: NonEmpty[Input]
    """Inputs, in order."""
    series: NonEmpty[Series]
    """Series, the asset's first."""
    outside: Text
    """Label of the switch that admits hedge factors outside 0 to 1."""
    cards: NonEmpty[Card]
    """Figures to be read first."""
    strip: Text
    """The outcome in few words, with tokens; stays in view on a phone."""
    bars_title: Text
    """Heading of the bars."""
    bars: NonEmpty[Bar]
    """From the coin's value to the net exposure."""
    panels: NonEmpty[Panel]
    """Panels, in order; the first shows the position."""
    ways: NonEmpty[Way]
    """Ways to reckon the liquidation price: isolated and cross, on the entry's value and the mark's."""
    cases_title: Text
    """Heading of the worked cases."""
    cases_lead: Markdown
    """Opening lines of the worked cases."""
    cases: NonEmpty[Case]
    """Worked cases; the first is what the page opens with."""
    terms_title: Text
    """Heading of the terms."""
    terms: NonEmpty[Item]
    """Kinds of contracts, in plain words."""
    evidence: Text
    """Heading of the measured overlay."""
    words: Words
    """Words in the place of numbers."""
    messages: dict[str, Text]
    """Messages of the calculators in the units of the page, by their own words."""

    @model_validator(mode="after")
    def _names_fit(self) -> Lab:
        known = {entry.name for entry in self.inputs} | {entry.name for entry in self.series} | {"unit"}
        problems = [f"{name!r} is no input" for name in self._names_used() if name not in known]
        panels = {panel.id for panel in self.panels}
        problems += [f"{case.panel!r} is no panel" for case in self.cases if case.panel not in panels]
        problems += self._values_amiss()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _values_amiss(self) -> Iterator[str]:
        series = {entry.name for entry in self.series}
        for case in self.cases:
            for name, value in case.inputs.items():
                if name == "unit" and value not in ("usd", "coin"):
                    yield f"{case.id}: unit {value!r} is neither 'usd' nor 'coin'"
                elif name != "unit" and not _holds_numbers(value, several=name in series):
                    yield f"{case.id}: {name} {value!r} is no number"

    def _names_used(self) -> Iterator[str]:
        for panel in self.panels:
            yield from panel.inputs
        for case in self.cases:
            yield from case.inputs


def _holds_numbers(text: str, *, several: bool) -> bool:
    found = text.split()
    return bool(found) and (several or len(found) == 1) and all(re.fullmatch(_NUMBER, each) for each in found)
