"""The research page from the published studies: order of its parts, nothing more."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site.charts.studies import Volatilities
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.snapshot.research_types import Research
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import LinkView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Study
from ivts_site.view.research_claims import build_claims, build_findings
from ivts_site.view.research_curve import build_curve
from ivts_site.view.research_events import CSV as EVENTS_CSV
from ivts_site.view.research_events import build_events, events_csv
from ivts_site.view.research_facts import research_stats
from ivts_site.view.research_overlay import CSV as OVERLAY_CSV
from ivts_site.view.research_overlay import build_overlay, growth_csv
from ivts_site.view.research_premium import build_volatility
from ivts_site.view.research_returns import CSV as RETURNS_CSV
from ivts_site.view.research_returns import build_returns, returns_csv
from ivts_site.view.research_spells import CSV as SURVIVAL_CSV
from ivts_site.view.research_spells import build_survival, build_thresholds, survival_csv
from ivts_site.view.research_types import ResearchView, StudyView
from ivts_site.view.shell import build_shell
from ivts_site.view.stats import marked, unmarked

PATH = "research/"
ROOT = "../"


def build_research_view(
    research: Research,
    snapshot: Snapshot,
    content: Content,
    config: Config,
    series: Volatilities | None = None,
) -> ResearchView:
    """Word the research page.

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
    study = Study(stats=research_stats(research), benchmark=research.labels.benchmark, sample=research.sample)
    studies = _studies(content, study, series)
    window = study.stats.at("window")
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
        title=words.title,
        lead=build_prose(words.lead, ROOT),
        span=marked(
            f"{window.plural('n_sessions', 'session')} with a ratio, {window.span()}; "
            f"{window.count('n_backwardation')} of them in backwardation, in "
            f"{window.plural('n_episodes', 'episode')}."
        ),
        findings=build_findings(words, study),
        contents=tuple(LinkView(label=each.title, href=f"#{each.id}") for each in studies),
        studies=studies,
    )


def research_files(research: Research) -> dict[str, str]:
    """Return the tables offered as CSV by their path below the site's root."""
    files = {
        RETURNS_CSV: returns_csv(research.returns),
        EVENTS_CSV: events_csv(research.events),
        SURVIVAL_CSV: survival_csv(research.survival),
    }
    return files | ({OVERLAY_CSV: growth_csv(research.overlay.growth)} if research.overlay else {})


def _studies(content: Content, study: Study, series: Volatilities | None) -> tuple[StudyView, ...]:
    words = content.research
    method = StudyView(
        id=words.method.id,
        title=words.method.title,
        lead=build_prose(words.method.lead, ROOT),
        note=build_prose(words.method.note, ROOT) if words.method.note else Markup(""),
    )
    return (
        build_claims(words.claims, study),
        build_returns(words.returns, study),
        build_events(words.events, study),
        build_survival(words.survival, study),
        build_thresholds(words.thresholds, study),
        build_curve(words.curve, study),
        build_volatility(words.volatility, study, series),
        build_overlay(words.overlay, study),
        method,
    )
