"""The tracker's own pages: today, the methodology, and the page for unknown addresses."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from ivts_site.charts.sparkline import draw_inversions
from ivts_site.content import Content, Section
from ivts_site.content.models import Events
from ivts_site.errors import ConfigError
from ivts_site.pipeline.context import BuildContext, picture
from ivts_site.pipeline.pictures import ChartPictures
from ivts_site.published.stats import Stats
from ivts_site.published.status import DataLog
from ivts_site.render import Page
from ivts_site.words import data_log, status, today
from ivts_site.words import futures as say_curve
from ivts_site.words.facts import publication_words
from ivts_site.words.linked import faq_page
from ivts_site.words.prose import build_prose
from ivts_site.words.research import research_stats
from ivts_site.words.share import share_chart
from ivts_site.words.site import Head
from ivts_site.words.tiles import build_tiles

GUIDE, METHODOLOGY, NOT_FOUND = "guide/", "methodology/", "404.html"


def tracker_pages(
    context: BuildContext, pictures: ChartPictures, scale: str, log: DataLog
) -> tuple[Page, ...]:
    """Return these pages; `scale` draws the ratio's place."""
    host = urlsplit(context.config.site.base_url).path
    return (
        Page(path="", template="index.html", make=lambda: lay_out_tracker(context, pictures, scale)),
        Page(path=GUIDE, template="guide.html", make=lambda: lay_out_guide(context)),
        Page(path=METHODOLOGY, template="methodology.html", make=lambda: lay_out_methodology(context, log)),
        Page(
            path=NOT_FOUND,
            template="404.html",
            make=lambda: lay_out_not_found(context, host),
            start=host,
            listed=False,
        ),
    )


def lay_out_tracker(context: BuildContext, pictures: ChartPictures, scale: str) -> dict[str, object]:
    """Return what the template of the front page reads.

    `s` is the snapshot with the path of each number, `now` the record up to its session; `say` and
    `say_status` hold the sentences that depend on the data.
    """
    content, config, snapshot, charts = context.content, context.config, context.snapshot, pictures.charts
    sections = tuple(_sections(content, config.page.sections))
    stats = Stats(path="snapshot", value=snapshot)
    tiles = tuple(build_tiles(stats, context.research, context.names))
    drawn = [draw_inversions(context.analysis, title=t.title, sample=snapshot.sample) for t in tiles[-1:]]
    return {
        "head": Head(
            title=content.head.title,
            description=content.head.description,
            trail=(),
        ),
        "s": stats,
        "now": context.to_date.at(-1),
        "status": context.status,
        "names": context.names,
        "content": content,
        "charts": charts,
        "shared": {chart.id: share_chart(chart, context.site, snapshot.as_of) for chart in charts},
        "drawn": {chart.id: picture(chart.svg) for chart in charts},
        "pictures": pictures,
        "readings": picture(pictures.readings),
        "strip_picture": picture(pictures.strip.svg if pictures.strip else ""),
        "scale": picture(scale),
        "curve": Stats(path="futures", value=context.futures.futures) if context.futures else None,
        "say_curve": say_curve,
        "tiles": tiles,
        "inversions": picture("".join(drawn)),
        "guide": _contents(content, sections),
        "usual_publication": publication_words(snapshot, config),
        "say": today,
        "say_status": status,
    }


def lay_out_guide(context: BuildContext) -> dict[str, object]:
    """Return what the template of the guide reads.

    `events` are the declared windows with what was measured in them, `sections` the configured parts by name.
    """
    content, snapshot = context.content, context.snapshot
    sections = tuple(_sections(content, context.config.page.sections))
    measured = {event.id: event for event in snapshot.events}
    faq = (faq_page(s.items) for name, s in sections if name == "faq" and isinstance(s, Section))
    return {
        "head": replace(Head.of(content.guide, GUIDE), graph=tuple(faq)),
        "page": content.guide,
        "s": Stats(path="snapshot", value=snapshot),
        "names": context.names,
        "content": content,
        "sections": sections,
        "contents": _contents(content, sections),
        "events": [(e, measured[e.id]) for e in content.events.events if e.id in measured],
    }


def _contents(content: Content, sections: Sequence[tuple[str, Section | Events]]) -> list[tuple[str, str]]:
    """Return anchor and title of each part of the guide."""
    return [(part.id, part.title) for part in (content.definitions, *(section for _, section in sections))]


def _sections(content: Content, wanted: Sequence[str]) -> Iterator[tuple[str, Section | Events]]:
    for name in wanted:
        try:
            yield name, content.section(name)
        except KeyError as error:
            near = difflib.get_close_matches(name, content.sections, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            fault = f"{name!r} has no file templates/content/{name}.yaml{hint}"
            raise ConfigError("page.sections", [fault]) from error


def lay_out_methodology(context: BuildContext, log: DataLog) -> dict[str, object]:
    """Return what the template of the methodology page reads: texts, the snapshot, the records of closes."""
    page, content = context.content.methodology, context.content
    parts = (content.faults, content.terms, content.corrections)
    return {
        "head": Head.of(page, METHODOLOGY),
        "content": content,
        "contents": (
            *((item.id, item.title) for item in page.sections),
            *data_log.RECORDS.items(),
            *((part.id, part.title) for part in parts),
        ),
        "snapshot": context.snapshot,
        "log": log,
        "labels": context.labels,
        "say": data_log,
        "s": research_stats(context.research),
    }


def lay_out_not_found(context: BuildContext, root: str) -> dict[str, object]:
    """Return what the page for unknown addresses reads; it is served at any depth."""
    page = context.content.notfound
    about = build_prose(page.lead, root).striptags()
    return {"head": Head(title=page.title, description=about), "words": page}
