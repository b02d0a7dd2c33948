"""What every editorial file is made of.

Links inside the site are written from its root (`methodology/#ivts`), on the same page as `#id`.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ivts_site.content.text import Markdown, Text

_Entry = TypeVar("_Entry")


def _check_filled(entries: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
    if not entries:
        raise ValueError("needs at least one entry")
    return entries


NonEmpty = Annotated[tuple[_Entry, ...], AfterValidator(_check_filled)]
"""At least one entry; checked last, so that a faulty entry is not reported as an empty list too."""
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""Anchor on the page; stable, since links point at it."""


class Part(BaseModel):
    """Base of every shape: frozen, and an unknown key is an error."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True)


class Titled(Part):
    """A part with an anchor and a heading."""

    id: Slug
    title: Text


class Introduced(Titled):
    """A part whose heading may be followed by opening lines."""

    lead: Markdown | None = None


class Item(Titled):
    """A point of a list: definition, step, reader, tip, or a question with its answer."""

    text: Markdown
    """Explanation or answer."""
    otherwise: Markdown | None = None
    """Said instead if the stored history is too short for a number that `text` quotes."""


class PageHead(Part):
    """Heading and meta description of a page."""

    title: Text
    description: Text


class PageText(PageHead):
    """A page with opening lines."""

    lead: Markdown
