"""Charts beside their pages: a picture for each range, and for other pages a frame and pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ivts_site.charts import Strip
from ivts_site.charts.standalone import draw_png, draw_standalone
from ivts_site.content.models import Events
from ivts_site.model import Chart, NamedSpan, RangePicture
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.publish import hashed_asset
from ivts_site.published.snapshot import Snapshot
from ivts_site.render import Page
from ivts_site.words.share import EMBED, source_line
from ivts_site.words.site import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPictures:
    """What the page fetches when another range is asked for, and what it holds of the first one."""

    charts: tuple[Chart, ...]
    """The main one first."""
    files: Mapping[str, bytes]
    """Path below the site's root to content."""
    addresses: Mapping[str, Mapping[str, str]]
    """Chart to range to path."""
    shown: Mapping[str, RangePicture]
    """The pictures that the page shows at first, by chart; charts without ranges have none."""
    readings: str
    """What is read off the main chart at first, as JSON for a script element; empty where nothing is."""
    strip: Strip | None = None
    """The whole history, where the main chart has one."""


def named_events(events: Events, *, sample: bool) -> tuple[NamedSpan, ...]:
    """Return the events that charts name: those of simulated closes, where none took place, by the year."""
    return tuple(
        NamedSpan(
            id=e.id,
            label=str(e.first.year) if sample else e.label,
            first=e.first.isoformat(),
            last=e.last.isoformat(),
        )
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
            body = _body(drawn)
            addresses[chart.id][drawn.range] = path = hashed_asset(f"{chart.id}-{drawn.range}.svg", body).path
            files[path] = body
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


def embed_part(context: BuildContext, pictures: ChartPictures, *, as_of: str = "", page: str = "") -> Part:
    """Make `embed/ID/`, `charts/ID.svg` and `charts/ID.png` of each chart, in its default range.

    `as_of` is the last session of the charts, that of the snapshot where it is empty; `page` has them.
    """
    source = source_line(context.site, as_of or context.snapshot.as_of)
    files: dict[str, bytes] = {}
    for chart in pictures.charts:
        drawn = draw_standalone(chart, source=source, sample=context.snapshot.sample)
        files |= {f"charts/{chart.id}.svg": drawn.encode(), f"charts/{chart.id}.png": draw_png(drawn)}
    pages = (
        Page(
            path=f"{EMBED}{chart.id}/",
            template="embed.html",
            make=partial(lay_out_embed, context, chart, pictures.addresses[chart.id], source, page),
            listed=False,
        )
        for chart in pictures.charts
    )
    return Part(files=files, pages=tuple(pages))


def lay_out_embed(
    context: BuildContext, chart: Chart, addresses: Mapping[str, str], source: str, page: str
) -> dict[str, object]:
    """Return what the page of one chart reads; `addresses` are the paths of its pictures over other ranges.

    `ranges` has name, path, first and last day of each. Any days are `free` to be drawn by script where
    closes can be read off the pictures.
    """
    return {
        "head": Head(title=chart.title, description=chart.summary),
        "chart": chart,
        "ranges": [(each.range, addresses.get(each.range), each.first, each.last) for each in chart.pictures],
        "free": any("front" in each.readings for each in chart.pictures),
        "names": context.names,
        "svg": picture(chart.svg),
        "source": source,
        "page": page,
    }


def _body(drawn: RangePicture) -> bytes:
    """Return the picture, and at its end, as data, what is said of it and read off it."""
    words: dict[str, object] = {"first": drawn.first, "last": drawn.last, "summary": drawn.summary}
    if drawn.readings:
        words["readings"] = drawn.readings
    return f"{drawn.svg.removesuffix('</svg>')}<metadata>{_json(words)}</metadata></svg>".encode()


def _json(value: object) -> str:
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c")
