"""Pages of the past from closes made by hand, planned and rendered as a build does it."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from tests import research_page
from tests.panels import publish_snapshot
from tests.view_states import ASSETS, ROOT, TEMPLATES, config, content

from ivts_site.analytics.history import build_history
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.model import Asset, LogEntry
from ivts_site.pipeline.archive import archive_part, plan_archive
from ivts_site.pipeline.context import BuildContext
from ivts_site.publish import CachedFile
from ivts_site.render import Page, build_renderer
from ivts_site.words.facts import fill_facts
from ivts_site.words.news import tell_news
from ivts_site.words.site import Site

FILES = ASSETS | {
    name: Asset(path=f"assets/{name}", integrity="sha384-AAAA")
    for name in ("archive.css", "calendar.js", "episodes.js", "compare.js")
}
_FIGURE = re.compile(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>")


def settings_of(*, raw_closes: bool = False, days: bool = True, episodes: bool = True) -> Config:
    """Configuration of the repository with other switches."""
    settings = config()
    publish = settings.publish.model_copy(update={"raw_closes": raw_closes, "quoted_closes": raw_closes})
    archive = settings.archive.model_copy(update={"days": days, "episodes": episodes})
    return settings.model_copy(update={"publish": publish, "archive": archive})


def core_of(
    analysis: Analysis, *, sample: bool = False, settings: Config | None = None, words: Content | None = None
) -> BuildContext:
    """What a build has worked out, as far as the pages of the past read it."""
    settings = settings or config()
    to_date = RecordToDate(analysis)
    snapshot = publish_snapshot(analysis, sample=sample, news=tell_news(to_date.at(-1)))
    filled = fill_facts(words or content(), snapshot, settings, research_page.research())
    return BuildContext(
        config=settings,
        root=ROOT,
        content=filled,
        inputs=cast("Any", SimpleNamespace(sample=sample, early_closes={})),
        analysis=analysis,
        to_date=to_date,
        snapshot=snapshot,
        status=cast("Any", None),
        episodes=build_episode_list(analysis, sample=sample),
        history=build_history(analysis, sample=sample, raw_closes=False),
        research=cast("Any", None),
        site=Site.of(filled, settings, snapshot),
    )


def pages_of(core: BuildContext, revisions: Sequence[LogEntry] = ()) -> dict[str, Page]:
    """All pages of the past by address."""
    core = dataclasses.replace(core, revisions=tuple(revisions))
    planned = plan_archive(core, FILES).pages
    return {page.path: page for page in (*archive_part(core).pages, *planned)}


def files_of(entries: Any) -> dict[str, tuple[str, Any]]:
    """Key of each planned file, and how to make what it is made of, by path."""
    return {
        each.file if isinstance(each, Page) else each.path: (each.key, each.make)
        for each in cast("list[Page | CachedFile]", list(entries))
    }


def render(page: Page, core: BuildContext) -> str:
    """The page as markup."""
    return build_renderer(TEMPLATES, FILES, core.site)(page).decode()


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Value and note of each figure of a page, by its label."""
    found = {}
    for label, told in _FIGURE.findall(page):
        value, _, note = told.partition("<small>")
        found[_text(label)] = (_text(value), _text(note))
    return found


def notes(page: str) -> list[str]:
    """The warnings of a page."""
    return [_text(words) for words in re.findall(r'<p class="note">(.*?)</p>', page)]


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip(" ")
