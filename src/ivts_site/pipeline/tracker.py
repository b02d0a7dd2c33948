"""The tracker's own pages: today, the methodology, and the page for unknown addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markupsafe import Markup

from ivts_site.charts.bars import BarScale
from ivts_site.content import Content, Section
from ivts_site.content.models import Events
from ivts_site.errors import ConfigError
from ivts_site.model import Chart, DataLog
from ivts_site.pipeline.core import Core
from ivts_site.published.stats import Stats
from ivts_site.render import Page
from ivts_site.words import data_log, status, today
from ivts_site.words.episode import episodes_sentence
from ivts_site.words.facts import publication_words
from ivts_site.words.followed import study_asides, what_followed
from ivts_site.words.linked import dataset, faq_page
from ivts_site.words.names import names
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head

_FIXED = (
    ("signal", "IVTS signal"),
    ("views", "Chart views"),
    ("explorer", "Threshold explorer"),
    ("episodes", "Recent episodes"),
)
"""Anchors and titles of what comes before the configured sections."""
METHODOLOGY, NOT_FOUND = "methodology/", "404.html"


def tracker_pages(core: Core, charts: Sequence[Chart], scale: str, log: DataLog) -> tuple[Page, ...]:
    """Return the three pages.

    Parameters
    ----------
    core : Core
        What the build has worked out.
    charts : sequence of Chart
        The main chart first.
    scale : str
        Picture of the ratio's place; safe markup.
    log : DataLog
        Changed and refused closes, for the methodology page.
    """
    host = urlsplit(core.config.site.base_url).path
    return (
        Page(path="", template="index.html", make=lambda: lay_out_tracker(core, charts, scale)),
        Page(path=METHODOLOGY, template="methodology.html", make=lambda: lay_out_methodology(core, log)),
        Page(
            path=NOT_FOUND,
            template="404.html",
            make=lambda: lay_out_not_found(core, host),
            start=host,
            listed=False,
        ),
    )


def lay_out_tracker(core: Core, charts: Sequence[Chart], scale: str) -> dict[str, object]:
    """Return what the template of the tracker page reads.

    Returns
    -------
    dict
        `s`, the snapshot with the path of each number; `status`, how old the closes are; `charts`, the main
        one first, with their pictures by id in `drawn`; `content`, what is true whatever the data, and
        `sections`, its configured parts by name; `events`, the declared windows with what was measured in
        them; `followed`, bars for each horizon, and `bars`, their scale; `say` and `say_status`, the
        sentences that depend on the data.

    Raises
    ------
    ConfigError
        Where `page.sections` names no content file.
    """
    content, config, snapshot = core.content, core.config, core.snapshot
    followed = what_followed(snapshot.measured.forward_returns, core.research)
    sections = tuple(_sections(content, config.page.sections))
    measured = {event.id: event for event in snapshot.events}
    return {
        "head": Head(
            title=content.head.title,
            description=content.head.description,
            trail=(),
            graph=(
                dataset(content, snapshot, config.site.base_url, (chart.id for chart in charts)),
                faq_page(content.faq.items),
            ),
        ),
        "s": Stats(path="snapshot", value=snapshot),
        "status": core.status,
        "names": names(config),
        "content": content,
        "sections": sections,
        "contents": (
            *(each for each in _FIXED if charts[1:] or each[0] != "views"),
            *((section.id, section.title) for _, section in sections),
        ),
        "events": [(e, measured[e.id]) for e in content.events.events if e.id in measured],
        "charts": charts,
        # drawn by charts, which escapes its labels
        "drawn": {chart.id: Markup(chart.svg) for chart in charts},  # noqa: S704
        "scale": Markup(scale),  # noqa: S704
        "followed": followed,
        "episodes_sentence": episodes_sentence(snapshot.episodes, names(config)),
        "bars": BarScale.of(end for _, pair in followed for bar in pair for end in bar.ends()),
        "research": core.research,
        "asides": tuple(study_asides(core.research)) if core.research else (),
        "usual_publication": publication_words(snapshot, config),
        "say": today,
        "say_status": status,
    }


def _sections(content: Content, wanted: Sequence[str]) -> Iterator[tuple[str, Section | Events]]:
    for name in wanted:
        try:
            yield name, content.section(name)
        except KeyError as error:
            fault = f"{name!r} has no file templates/content/{name}.yaml"
            raise ConfigError("page.sections", [fault]) from error


def lay_out_methodology(core: Core, log: DataLog) -> dict[str, object]:
    """Return what the template of the methodology page reads: texts, the snapshot, the records of closes."""
    page, content = core.content.methodology, core.content
    parts = (content.faults, content.terms, content.corrections)
    return {
        "head": Head.of(page, METHODOLOGY),
        "content": content,
        "contents": (
            *((item.id, item.title) for item in page.sections),
            *data_log.RECORDS.items(),
            *((part.id, part.title) for part in parts),
        ),
        "snapshot": core.snapshot,
        "log": log,
        "labels": {key: series.label for key, series in core.config.series.items()},
        "say": data_log,
    }


def lay_out_not_found(core: Core, root: str) -> dict[str, object]:
    """Return what the page for unknown addresses reads; it is served at any depth."""
    page = core.content.notfound
    about = build_prose(page.lead, root).striptags()
    return {"head": Head(title=page.title, description=about), "words": page}
