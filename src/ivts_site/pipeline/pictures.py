"""Pictures of the charts as files: one for each range that the page does not show at first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivts_site.charts import Strip
from ivts_site.content.models import Events
from ivts_site.model import Chart, NamedSpan, Picture
from ivts_site.publish import hashed_asset
from ivts_site.published.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPictures:
    """What the page fetches when another range is asked for, and what it holds of the first one.

    Attributes
    ----------
    charts : tuple of Chart
        The main one first.
    files : mapping of str to bytes
        Path below the site's root to content.
    addresses : mapping of str to mapping
        Chart to range to path.
    shown : mapping of str to Picture
        The pictures that the page shows at first, by chart; charts without ranges have none.
    readings : str
        What is read off the main chart at first, as JSON for a script element; empty where nothing is.
    strip : Strip or None
        The whole history, where the main chart has one.
    """

    charts: tuple[Chart, ...]
    files: Mapping[str, bytes]
    addresses: Mapping[str, Mapping[str, str]]
    shown: Mapping[str, Picture]
    readings: str
    strip: Strip | None = None


def named_events(events: Events) -> tuple[NamedSpan, ...]:
    """Return the events that charts name."""
    return tuple(
        NamedSpan(id=e.id, label=e.label, first=e.first.isoformat(), last=e.last.isoformat())
        for e in events.events
        if e.label
    )


def back_source_since(snapshot: Snapshot, back: str) -> str:
    """Return the first session from the back's present source; nothing where all closes have it."""
    ranges = snapshot.series[back].ranges
    return ranges[-1].first_session if len(ranges) > 1 else ""


def picture_files(charts: Sequence[Chart], default: str, strip: Strip | None = None) -> ChartPictures:
    """Name and write the pictures; the main chart comes first."""
    files: dict[str, bytes] = {}
    addresses: dict[str, dict[str, str]] = {}
    for chart in charts:
        addresses[chart.id] = {}
        for drawn in chart.pictures:
            if drawn.range == default:
                continue
            asset = hashed_asset(f"{chart.id}-{drawn.range}.svg", _body(drawn))
            files[asset.path], addresses[chart.id][drawn.range] = _body(drawn), asset.path
    shown = {chart.id: p for chart in charts for p in chart.pictures if p.range == default}
    main = shown.get(charts[0].id) if charts else None
    return ChartPictures(
        charts=tuple(charts),
        files=files,
        addresses=addresses,
        shown=shown,
        readings=_json(main.readings) if main and main.readings else "",
        strip=strip,
    )


def _body(drawn: Picture) -> bytes:
    """Return the picture, and at its end, as data, what is said of it and read off it."""
    told: dict[str, object] = {"first": drawn.first, "last": drawn.last, "summary": drawn.summary}
    if drawn.readings:
        told["readings"] = drawn.readings
    return f"{drawn.svg.removesuffix('</svg>')}<metadata>{_json(told)}</metadata></svg>".encode()


def _json(value: object) -> str:
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c")
