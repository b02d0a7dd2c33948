"""Types of values that the settings are made of."""

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
Item = TypeVar("Item")


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname) and (parts.port or 443) > 0  # both raise if they cannot be read
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError(f"{text!r} is not an address that starts with https:// or http://")
    return text


def _rising(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        raise ValueError("the first value must be below the second")
    return pair


def distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items, or raise ValueError if one is given twice."""
    twice = sorted({str(item) for item in items if items.count(item) > 1})
    if twice:
        raise ValueError(f"given twice: {', '.join(twice)}")
    return items


Address = Annotated[str, AfterValidator(_address)]
Range = Annotated[tuple[Positive, Positive], AfterValidator(_rising)]


class Section(BaseModel):
    """Base of every part of the settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
