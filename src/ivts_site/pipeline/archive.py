"""The past: a page for every episode, every year and every session, each made from few values and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from ivts_site.analytics.years import measure_years
from ivts_site.charts.episode import draw_timeline
from ivts_site.model import Asset
from ivts_site.pipeline.archive_days import plan_days
from ivts_site.pipeline.archive_episodes import plan_episodes
from ivts_site.pipeline.archive_years import plan_years
from ivts_site.pipeline.core import Core, Part
from ivts_site.pipeline.fingerprint import fingerprint, program_fingerprint
from ivts_site.pipeline.plan import Plan, Press
from ivts_site.upkeep import LogEntry
from ivts_site.view import FurtherPage
from ivts_site.view.compare import build_compare
from ivts_site.view.episode_table import build_episode_table
from ivts_site.view.plain import build_plain_shell
from ivts_site.view.site import names
from ivts_site.view.year import build_history


def archive_part(core: Core) -> Part:
    """Return the pages that lead to the past: all episodes, all years, the comparison."""
    label = names(core.config)
    shown = (core.episodes, core.snapshot, core.content, core.config)
    timeline = draw_timeline(core.analysis, sample=core.inputs.sample) if core.episodes.episodes else ""
    pages = [
        FurtherPage(
            path="episodes/",
            template="episodes.html",
            view=build_episode_table(*shown, label=label, timeline=timeline),
        ),
        FurtherPage(path="compare/", template="compare.html", view=build_compare(*shown, label)),
    ]
    if core.config.archive.days:
        years = measure_years(core.analysis.signal, core.analysis.episodes)
        view = build_history(years, core.snapshot, core.content, core.config)
        pages.append(FurtherPage(path="history/", template="history.html", view=view))
    return Part(pages=tuple(pages))


def plan_archive(
    core: Core,
    render: Callable[[str, object], bytes],
    assets: Mapping[str, Asset],
    revisions: tuple[LogEntry, ...],
) -> Plan:
    """Plan the files of the past that the settings ask for.

    Parameters
    ----------
    core : Core
        What the build has worked out.
    render : callable
        Renders a template, by its name, with a view.
    assets : mapping of str to Asset
        Static files that the pages name.
    revisions : tuple of LogEntry
        Closes that were changed after they were first stored.
    """
    settings = core.config.archive
    if not (settings.episodes or settings.days):
        return Plan()
    shell = build_plain_shell(core.content, core.config, root="../../", sample=core.inputs.sample)
    press = Press(core=core, shell=shell, render=render, common=_common(core, assets))
    plans = [plan_episodes(press)] if settings.episodes else []
    if settings.days:
        plans += [plan_years(press), plan_days(press, revisions)]
    return Plan(
        recipes=chain.from_iterable(plan.recipes for plan in plans),
        paths=tuple(path for plan in plans for path in plan.paths),
        listed=tuple(entry for plan in plans for entry in plan.listed),
    )


def _common(core: Core, assets: Mapping[str, Asset]) -> str:
    return fingerprint(
        program_fingerprint(core.root),
        core.config.model_dump_json(),
        sorted((name, asset.path) for name, asset in assets.items()),
        core.inputs.sample,
    )
