"""What every part of the configuration is made of."""

from __future__ import annotations

import re
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Sessions = Annotated[int, Field(ge=1, le=25_000, strict=True)]
"""A century of sessions is the longest that any setting may span."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname) and (parts.port or 443) > 0  # both raise where they cannot be read
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError(f"{text!r} is no address that starts with https:// or http://")
    return text


Address = Annotated[str, AfterValidator(_address)]
Item = TypeVar("Item")


def distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items.

    Raises
    ------
    ValueError
        Where one is given twice.
    """
    twice = sorted({str(item) for item in items if items.count(item) > 1})
    if twice:
        raise ValueError(f"given twice: {', '.join(twice)}")
    return items


class Section(BaseModel):
    """Base of every part of the configuration: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
