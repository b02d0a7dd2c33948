"""The research page: the studies' record and its pictures, for the templates to lay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from markupsafe import Markup

from ivts_site.charts.research import draw_research
from ivts_site.charts.studies import Volatilities
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.research import Research as Words
from ivts_site.published.stats import Stats, unmarked
from ivts_site.published.studies import Research
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import LinkView
from ivts_site.view.shell import build_shell
from ivts_site.view.types import HeadView, ShellView
from ivts_site.words import research as sentences

PATH = "research/"
ROOT = "../"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchView:
    """What the page is laid out from.

    `s` are the studies, `drawn` their pictures by id, `words` what is true whatever the data and
    `sentences` what depends on them.
    """

    head: HeadView
    shell: ShellView
    words: Words
    s: Stats
    drawn: Mapping[str, Markup]
    sentences: ModuleType = sentences


def build_research_view(
    research: Research,
    snapshot: Snapshot,
    content: Content,
    config: Config,
    series: Volatilities | None = None,
) -> ResearchView:
    """Put the research page together.

    Parameters
    ----------
    research : Research
        Origin of every number.
    snapshot : Snapshot
        Dates and hashes of the frame that all pages share.
    content : Content
        With facts filled in, those of the studies among them.
    config : Config
        Name and address of the site.
    series : Volatilities, optional
        Implied and realised volatility over time, for drawing; without it that picture is left out.

    Returns
    -------
    ResearchView
        Every number carries the path under which ``research.json`` has it.
    """
    words, base = content.research, config.site.base_url
    return ResearchView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=words.title,
            description=unmarked(words.description),
            graph=[breadcrumbs(content.head.site_name, base, [LinkView(label=words.title, href=PATH)])],
        ),
        shell=build_shell(content, snapshot, config, root=ROOT, path=PATH),
        words=words,
        s=sentences.research_stats(research),
        # drawn by charts, which escapes its labels
        drawn={id_: Markup(svg) for id_, svg in draw_research(research, series).items()},  # noqa: S704
    )
