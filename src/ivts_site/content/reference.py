"""Shapes of the methodology page: prose, glossary, corrections."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ivts_site.content.parts import Item, NonEmpty, Part, Slug
from ivts_site.content.text import Markdown, Text


class Methodology(Part):
    """The methodology page."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading and page title."""
    description: Text
    """Meta description."""
    lead: Markdown | None = None
    """Opening lines."""
    sections: NonEmpty[Item]
    """Prose in order."""


class Term(Part):
    """A published number: its one meaning."""

    id: Slug
    """Anchor."""
    name: Text
    """Name in prose."""
    json_keys: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_.]+$")], ...] = ()
    """Key paths in `snapshot.json`; none for a word that is not published as a value."""
    definition: Markdown
    """Meaning."""
    formula: Text | None = None
    """The same as a formula in plain text."""
    boundary: Markdown | None = None
    """Rules at the edges: ties, gaps, short history."""


class Terms(Part):
    """The glossary of the methodology page."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown | None = None
    """Opening lines."""
    terms: NonEmpty[Term]
    """Terms in reading order."""


class Correction(Part):
    """A common error and what is right."""

    id: Slug
    """Anchor."""
    claim: Text
    """The error as it is usually told."""
    right: Markdown
    """What the record shows."""
    otherwise: Markdown | None = None
    """Said instead where the stored history is too short for a number that `right` quotes."""
    source: Text
    """Where it can be checked."""


class Corrections(Part):
    """Common errors about the VIX."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown | None = None
    """Opening lines."""
    items: NonEmpty[Correction]
    """Errors in reading order."""
