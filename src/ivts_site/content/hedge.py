"""Shapes of the hedge lab's editorial file: the decision frame, a convention that no data stand behind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivts_site.content.parts import NonEmpty, Part, Slug
from ivts_site.content.text import Markdown, Text

Share = Annotated[float, Field(ge=0, le=1)]
Day = Annotated[int, Field(ge=1)]


class Test(Part):
    """On which readings of the term structure a condition is selected; what is left out is not asked."""

    __test__ = False  # a test runner must not take it for one of its own

    regime: Literal["backwardation", "contango"] | None = None
    """Regime it needs."""
    first_day: Day | None = None
    """Earliest day in the regime, included."""
    last_day: Day | None = None
    """Latest day in the regime, included."""
    bands: tuple[Text, ...] = ()
    """Bands of the ratio, by their names in the configuration; any of them will do."""


class Condition(Part):
    """A market condition and the share of the spot exposure that is commonly hedged in it."""

    id: Slug
    """Anchor."""
    name: Text
    """Name in the table."""
    mood: Text
    """What people are said to feel in it."""
    low: Share
    """Lowest hedge factor, fraction."""
    high: Share
    """Highest hedge factor, fraction."""
    reason: Text
    """Why."""
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
    """What it is about."""
    text: Text
    """Which way it moves them."""


class Frame(Part):
    """Condition to range of hedge factors."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown
    """Opening lines."""
    evidence: Text
    """What stands behind every row."""
    rule: Markdown
    """How a row is selected."""
    views_title: Text
    """Heading of the macro views."""
    views: NonEmpty[View]
    """Macro views, a convention too."""
    conditions: NonEmpty[Condition]
    """Rows; the first whose test a reading passes is selected, the last asks nothing."""
    no_overlay: Text
    """Said where no overlay has been measured."""

    @model_validator(mode="after")
    def _last_asks_nothing(self) -> Frame:
        last = self.conditions[-1]
        if last.when != Test():
            raise ValueError(f"the last condition, {last.id!r}, must have no `when`: it takes what is left")
        return self


class Hedge(Part):
    """The hedge lab."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    frame: Frame
    """The decision frame."""
