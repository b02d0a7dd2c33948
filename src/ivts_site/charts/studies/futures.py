"""Futures beside the ratio: how much more often each was inverted on the eve of the other's inversion."""

from __future__ import annotations

from collections.abc import Iterator

from ivts_site import formatting as f
from ivts_site.charts.picture import Caption
from ivts_site.charts.studies import StudyPicture
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers
from ivts_site.published.studies import Research

STUDY = "futures"
LABELS = {"futures": "Futures", "index": "Ratio"}


def pictures(research: Research) -> Iterator[StudyPicture]:
    """Draw one row for each way round; nothing without a session that has both."""
    found = research.futures
    rows = [
        Whisker(
            label=LABELS[alarm.sign],
            value=alarm.difference,
            interval=alarm.interval,
            rival=alarm.same_front,
            text=f.signed(100 * alarm.difference, 0),
            role="ink",
        )
        for alarm in (found.alarms if found else ())
        if alarm.difference is not None
    ]
    if rows:
        title = "Inverted on the eve of the other’s inversion, against other sessions"
        summary = "Points of difference, with the interval; hollow: what the same VIX alone would make."
        caption = Caption(id="research-futures", title=title, description=summary, sample=research.sample)
        yield StudyPicture(
            id="research-futures",
            title=title,
            svg=draw_whiskers(rows, caption, reference=0.0),
            summary=summary,
        )
