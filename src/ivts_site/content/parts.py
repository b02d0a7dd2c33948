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
    """Base of every shape: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(Part):
    """A point of a list: definition, step, reader, tip, or a question with its answer."""

    id: Slug
    """Anchor."""
    title: Text
    """Term, heading or question."""
    text: Markdown
    """Explanation or answer."""
    otherwise: Markdown | None = None
    """Said instead where the stored history is too short for a number that `text` quotes."""
