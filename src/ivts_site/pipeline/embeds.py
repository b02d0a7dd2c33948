"""Charts for other pages: each on a page that may be framed, and as a picture at a fixed address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ivts_site.charts.standalone import draw_png, draw_standalone
from ivts_site.model import Chart
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.pipeline.pictures import ChartPictures
from ivts_site.render import Page
from ivts_site.words.share import EMBED, source_line
from ivts_site.words.site import Head


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
    sessions can be read off the pictures.
    """
    return {
        "head": Head(title=chart.title, description=chart.summary),
        "chart": chart,
        "ranges": [(each.range, addresses.get(each.range), each.first, each.last) for each in chart.pictures],
        "free": any(each.readings for each in chart.pictures),
        "names": context.names,
        "svg": picture(chart.svg),
        "source": source,
        "page": page,
    }
