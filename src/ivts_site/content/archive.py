"""Shapes of the editorial file about past episodes, years and sessions."""

from __future__ import annotations

from ivts_site.content.parts import Part, Slug
from ivts_site.content.text import Markdown, Text


class PageText(Part):
    """Heading, meta description and opening lines of a page."""

    title: Text
    """Heading and page title."""
    description: Text
    """Meta description."""
    lead: Markdown
    """Opening lines."""


class Archive(Part):
    """The pages of the past.

    The notes stand on pages that are made once and kept: they quote no fact that changes from day to day.
    """

    id: Slug
    """Anchor."""
    episodes: PageText
    """The table of all episodes."""
    history: PageText
    """The list of years."""
    compare: PageText
    """Two dates or two episodes side by side."""
    compare_script: Markdown
    """Said there where no script runs."""
    episode_note: Markdown
    """Below the figures of an episode."""
    year_note: Markdown
    """Below the calendar of a year."""
    day_note: Markdown
    """Below the figures of a session."""
