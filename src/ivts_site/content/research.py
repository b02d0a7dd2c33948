"""Shapes of the research page's editorial file: what each study asks, how to read it, what it cannot say."""

from __future__ import annotations

from ivts_site.content.parts import Part, Slug
from ivts_site.content.text import Markdown, Text


class Study(Part):
    """A study: its question in a few words, and what holds whatever the numbers are."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading."""
    lead: Markdown
    """What is asked and what is compared."""
    note: Markdown | None = None
    """Caveat, set apart."""


class Research(Part):
    """The research page."""

    id: Slug
    """Anchor."""
    title: Text
    """Heading and page title."""
    description: Text
    """Meta description."""
    lead: Markdown
    """Opening lines."""
    studies: dict[Slug, Study]
    """Sections in order, by name: `templates/research/<name>.html`, or `plain.html` where there is none."""
