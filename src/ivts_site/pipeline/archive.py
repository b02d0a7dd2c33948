"""The past: a page for every episode, every year and every session, each made from few values and kept."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from markupsafe import Markup

from ivts_site.analytics.years import measure_years
from ivts_site.charts.episode import draw_timeline
from ivts_site.content.archive import PageText
from ivts_site.model import Asset, LogEntry
from ivts_site.pipeline.archive_days import plan_days
from ivts_site.pipeline.archive_episodes import plan_episodes
from ivts_site.pipeline.archive_years import plan_years
from ivts_site.pipeline.core import Core, Part
from ivts_site.pipeline.fingerprint import fingerprint, program_fingerprint
from ivts_site.pipeline.plan import ArchiveContext, ArchivePlan
from ivts_site.render import Page
from ivts_site.words.episode import episodes_sentence
from ivts_site.words.names import names
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head


def archive_part(core: Core) -> Part:
    """Return the pages that lead to the past: all episodes, all years, the comparison."""
    pages = [
        Page(path="episodes/", template="episodes.html", make=lambda: _episodes(core)),
        Page(path="compare/", template="compare.html", make=lambda: _compare(core)),
    ]
    if core.config.archive.days:
        pages.append(Page(path="history/", template="history.html", make=lambda: _history(core)))
    return Part(pages=tuple(pages))


def plan_archive(core: Core, assets: Mapping[str, Asset], revisions: tuple[LogEntry, ...]) -> ArchivePlan:
    """Plan the files of the past that the settings ask for.

    Parameters
    ----------
    core : Core
        What the build has worked out.
    assets : mapping of str to Asset
        Static files that the pages name.
    revisions : tuple of LogEntry
        Closes that were changed after they were first stored.
    """
    settings = core.config.archive
    if not (settings.episodes or settings.days):
        return ArchivePlan()
    context = ArchiveContext(core=core, common=_common(core, assets))
    return ArchivePlan(
        entries=tuple(
            chain(
                plan_episodes(context) if settings.episodes else (),
                plan_years(context) if settings.days else (),
                plan_days(context, revisions) if settings.days else (),
            )
        )
    )


def _common(core: Core, assets: Mapping[str, Asset]) -> str:
    return fingerprint(
        program_fingerprint(core.root),
        core.config.model_dump_json(),
        sorted((name, asset.path) for name, asset in assets.items()),
        core.site.kept(),
    )


def _frame(core: Core, page: PageText, path: str) -> dict[str, object]:
    """Return what the three pages share."""
    return {
        "head": Head.of(page, path),
        "title": page.title,
        "lead": build_prose(page.lead, "../"),
        "names": names(core.config),
        "days": core.config.archive.days,
        "linked": core.config.archive.episodes,
    }


def _episodes(core: Core) -> dict[str, object]:
    history, listed = core.snapshot.all_history, core.episodes.episodes
    first, last = (int(session[:4]) for session in (history.first_session, history.last_session))
    timeline = draw_timeline(core.analysis, sample=core.inputs.sample) if listed else ""
    return _frame(core, core.content.archive.episodes, "episodes/") | {
        "episodes": listed[::-1],
        "summary": episodes_sentence(core.snapshot.episodes, names(core.config)),
        "timeline": Markup(timeline),  # noqa: S704 - drawn by charts, which escapes its labels
        "threshold": core.snapshot.regime.threshold,
        "years": range(first, last + 1),
        "first": history.first_session,
        "note": build_prose(core.content.archive.episode_note, "../"),
    }


def _compare(core: Core) -> dict[str, object]:
    history, statistics = core.snapshot.all_history, core.config.statistics
    return _frame(core, core.content.archive.compare, "compare/") | {
        "no_script": build_prose(core.content.archive.compare_script, "../"),
        "episodes": core.episodes.episodes[::-1],
        "first": history.first_session,
        "last": history.last_session,
        "window": statistics.default_window,
        "rolling": statistics.rolling_sessions,
        "horizons": statistics.forward_sessions,
    }


def _history(core: Core) -> dict[str, object]:
    years = measure_years(core.analysis.signal, core.analysis.episodes)
    return _frame(core, core.content.archive.history, "history/") | {"years": years[::-1]}
