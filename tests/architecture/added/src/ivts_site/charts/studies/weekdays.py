"""The picture of the study of weekdays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ivts_site import formatting as f
from ivts_site.charts.picture import Caption
from ivts_site.charts.studies import StudyPicture
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers

STUDY = "weekdays"


def pictures(research: Any) -> Iterator[StudyPicture]:
    """Draw the median of each day as a row."""
    days = [day for day in research.weekdays if day.median is not None]
    caption = Caption(
        id="research-weekdays",
        title="Median ratio by day of the week",
        description="A row for each day: how far the median of the ratio is from 1.",
        sample=research.sample,
    )
    rows = [
        Whisker(
            label=day.name[:3],
            value=day.median - 1,
            interval=None,
            rival=None,
            text=f.ratio(day.median),
            role="ink",
        )
        for day in days
    ]
    highest = max(days, key=lambda day: day.median).name
    yield StudyPicture(
        id=caption.id,
        title=caption.title,
        svg=draw_whiskers(rows, caption, fractions=False),
        summary=f"The median is highest on {highest}s.",
    )
