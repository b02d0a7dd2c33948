"""What every part of the configuration is made of."""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1, strict=True)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
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

    model_config = ConfigDict(extra="forbid", frozen=True)
