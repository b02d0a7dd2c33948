"""Shapes of the editorial file about files for machines and feeds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ivts_site.content.parts import Item, NonEmpty, Part, Slug
from ivts_site.content.text import Markdown, Text


class Example(Part):
    """A program that reads the published files."""

    id: Slug
    """Anchor."""
    title: Text
    """Tool it is for."""
    text: Markdown
    """What it shows."""
    path: Annotated[str, Field(pattern=r"^[a-z]+\.(py|mjs|sh)$")]
    """Its name in `templates/examples/`; the tests run it."""


class Feed(Part):
    """What is said of a feed, in it and about it."""

    title: Text
    """Its title in a reader."""
    about: Text
    """When it has a new entry."""


class Feeds(Part):
    """The two feeds, and the calendar."""

    title: Text
    """Heading."""
    lead: Markdown
    """What both have in common."""
    daily: Feed
    """An entry a session."""
    flips: Feed
    """An entry a change of regime."""
    calendar: Feed
    """An event an expected publication."""


class Badge(Part):
    """The badge for other pages."""

    title: Text
    """Heading."""
    lead: Markdown
    """How it is used."""
    label: Text
    """Left half of the badge."""


class Api(Part):
    """The page that documents the published files."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    description: Text
    """Meta description."""
    lead: Markdown
    """Opening lines."""
    files: Markdown
    """Above the table of files."""
    licence: Text
    """What may be done with the files; also printed in `index.json`, so without links."""
    examples_title: Text
    """Heading of the examples."""
    examples: NonEmpty[Example]
    """Examples in order."""
    fields_title: Text
    """Heading of the reference."""
    fields: Markdown
    """Above the reference."""
    rules_title: Text
    """Heading of the rules."""
    rules: NonEmpty[Item]
    """What a reader may rely on."""
    feeds: Feeds
    """Feeds."""
    badge: Badge
    """Badge."""
