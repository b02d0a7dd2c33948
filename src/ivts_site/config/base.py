"""What every part of the configuration is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Address = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]


class Section(BaseModel):
    """Base of every part of the configuration: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
