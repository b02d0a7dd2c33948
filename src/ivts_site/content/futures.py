"""Shape of the futures page's editorial file: what holds whatever the data are."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator

from ivts_site.content.parts import NonEmpty, Part, Slug
from ivts_site.content.text import Markdown, Text

Day = Annotated[dt.date, BeforeValidator(lambda text: dt.date.fromisoformat(str(text)))]


class Futures(Part):
    """The page of the futures curve, and its tile on the front page."""

    id: Slug
    """Anchor."""
    title: Text
    """Page title."""
    description: Text
    """Meta description."""
    curve: Markdown
    """How to read the picture of the curve."""
    agreement: Markdown
    """How to read the picture of the agreement."""
    compare: Markdown
    """How to read the compared curves."""
    dates: NonEmpty[Day]
    """Sessions compared at first, beside the last one."""
    roll: Markdown
    """What the roll of one future is, and what it is not."""
    formula: Markdown
    """How the holder's line is calculated."""
    sources: Markdown
    """Where the settlements come from."""
    missing: Markdown
    """Said beside the comparison where no script runs."""
    tile: Text
    """Heading of the tile."""
