"""The tracker's own pages from one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from ivts_site.config import Config
from ivts_site.content import Content, substitute_facts, unlink
from ivts_site.model import Chart, DataLog
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Status
from ivts_site.published.studies import Research
from ivts_site.view.episodes import build_episodes
from ivts_site.view.explorer import build_explorer
from ivts_site.view.facts import build_facts
from ivts_site.view.figures import build_figures
from ivts_site.view.head import breadcrumbs, build_head, dataset, faq_page
from ivts_site.view.parts import LinkView
from ivts_site.view.prose import build_prose
from ivts_site.view.sections import build_contents, build_reference, build_section, build_sections
from ivts_site.view.shell import build_shell
from ivts_site.view.site_types import MethodologyView, NotFoundView, SiteView
from ivts_site.view.status import word_status
from ivts_site.view.today import build_about, build_cards, build_hero
from ivts_site.view.types import PageView
from ivts_site.words.names import names

METHODOLOGY = "methodology/"
_FIXED = (
    ("signal", "IVTS signal"),
    ("views", "Chart views"),
    ("explorer", "Threshold explorer"),
    ("episodes", "Recent episodes"),
)


def build_site_view(  # noqa: PLR0913 - each is an origin of what the pages say
    snapshot: Snapshot,
    status: Status,
    *,
    charts: Sequence[Chart],
    scale_svg: str,
    content: Content,
    config: Config,
    log: DataLog = DataLog(),  # noqa: B008 - frozen
    research: Research | None = None,
) -> SiteView:
    """Word the tracker's own pages.

    Parameters
    ----------
    snapshot : Snapshot
        Origin of every number.
    status : Status
        How old the closes are.
    charts : sequence of Chart
        The main chart first.
    scale_svg : str
        Picture of the ratio's place; safe markup.
    content : Content
        With facts filled in, see `fill_facts`.
    config : Config
        Names, links, order of the sections.
    log : DataLog
        Changed and refused closes, for the methodology page.
    research : Research, optional
        The studies, for their short versions; without them the tracker page has the snapshot's numbers alone.

    Returns
    -------
    SiteView
        Everything the templates may see.

    Raises
    ------
    ConfigError
        Where `page.sections` names no content file.
    """
    return SiteView(
        base_url=config.site.base_url,
        as_of=snapshot.as_of,
        sample=snapshot.sample,
        page=build_page(
            snapshot,
            status,
            charts=charts,
            scale_svg=scale_svg,
            content=content,
            config=config,
            research=research,
        ),
        methodology=build_methodology(snapshot, content, config, log),
        notfound=build_not_found(snapshot, content, config),
    )


def fill_facts(
    content: Content, snapshot: Snapshot, config: Config, research: Research | None = None
) -> Content:
    """Put today's facts, and those of the studies, into every text; links to sections left out become words.

    Raises
    ------
    ContentError
        Where a text quotes an unknown fact.
    """
    filled = substitute_facts(content, build_facts(snapshot, config, names(config), research))
    return unlink(filled, content.anchors_without(config.page.sections))


def build_page(  # noqa: PLR0913 - each is an origin of what the page says
    snapshot: Snapshot,
    status: Status,
    *,
    charts: Sequence[Chart],
    scale_svg: str,
    content: Content,
    config: Config,
    research: Research | None = None,
) -> PageView:
    """Word the tracker page; the content's facts are filled in."""
    label, base = names(config), config.site.base_url
    main, tabs = build_figures(
        charts, snapshot, (label.front, label.back), raw_closes=config.publish.raw_closes
    )
    sections = build_sections(content, config.page.sections, snapshot, label)
    graph = [
        dataset(content, snapshot, base, (main, *tabs)),
        faq_page(build_section(content.faq, "faq").items),
        breadcrumbs(content.head.site_name, base),
    ]
    return PageView(
        head=build_head(
            content,
            snapshot,
            base,
            path="",
            title=content.head.title,
            description=content.head.description,
            graph=graph,
        ),
        shell=build_shell(content, snapshot, config, root="", path=""),
        status=word_status(snapshot, status, config),
        hero=build_hero(snapshot, label, scale_svg),
        about=build_about(content),
        cards=build_cards(snapshot, label),
        main=main,
        tabs=tabs,
        explorer=build_explorer(snapshot, content.explorer, (main, *tabs), label),
        episodes=build_episodes(snapshot, label, research=research, pages=config.archive.episodes),
        contents=build_contents(sections, [each for each in _FIXED if tabs or each[0] != "views"]),
        sections=sections,
    )


def build_methodology(snapshot: Snapshot, content: Content, config: Config, log: DataLog) -> MethodologyView:
    """Word the methodology page; the content's facts are filled in."""
    page, base, root = content.methodology, config.site.base_url, "../"
    labels = {key: series.label for key, series in config.series.items()}
    sections = build_reference(content, snapshot, labels, log, root)
    trail = [LinkView(label=page.title, href=METHODOLOGY)]
    return MethodologyView(
        head=build_head(
            content,
            snapshot,
            base,
            path=METHODOLOGY,
            title=page.title,
            description=page.description,
            graph=[breadcrumbs(content.head.site_name, base, trail)],
        ),
        shell=build_shell(content, snapshot, config, root=root, path=METHODOLOGY),
        title=page.title,
        lead=build_prose(page.lead, root),
        contents=build_contents(sections),
        sections=sections,
    )


def build_not_found(snapshot: Snapshot, content: Content, config: Config) -> NotFoundView:
    """Word the page for unknown addresses; it is served at any depth, so its links start at the host."""
    page, base = content.notfound, config.site.base_url
    root = urlsplit(base).path
    lead = build_prose(page.lead, root)
    return NotFoundView(
        head=build_head(
            content, snapshot, base, path="404.html", title=page.title, description=lead.striptags()
        ),
        shell=build_shell(content, snapshot, config, root=root, path=None),
        title=page.title,
        lead=lead,
        links=tuple(LinkView(label=link.label, href=f"{root}{link.path}") for link in page.links),
    )
