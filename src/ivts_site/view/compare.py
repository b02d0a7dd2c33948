"""The page that puts two sessions or two episodes side by side: what a script fills in, worded here."""

from __future__ import annotations

from collections.abc import Iterable

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.published.episode import EpisodeList
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.archive_types import CompareRow, CompareView
from ivts_site.view.episode_words import episode_span
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import LinkView, Names
from ivts_site.view.prose import build_prose
from ivts_site.view.shell import build_shell

PATH = "compare/"


def build_compare(
    listed: EpisodeList, snapshot: Snapshot, content: Content, config: Config, label: Names
) -> CompareView:
    """Word the page; without pages of sessions only episodes can be compared."""
    page, base = content.archive.compare, config.site.base_url
    trail = [LinkView(label=page.title, href=PATH)]
    history = snapshot.all_history
    return CompareView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=page.title,
            description=page.description,
            graph=[breadcrumbs(content.head.site_name, base, trail)],
        ),
        shell=build_shell(content, snapshot, config, root="../", path=PATH),
        title=page.title,
        lead=build_prose(page.lead, "../"),
        no_script=build_prose(content.archive.compare_script, "../"),
        links=_links(config),
        sessions=_sessions(config, label) if config.archive.days else (),
        episodes=_episodes(config, label),
        first=history.first_session,
        last=history.last_session,
        options=_options(listed),
        linked=config.archive.episodes,
    )


def _links(config: Config) -> tuple[LinkView, ...]:
    sessions = (LinkView(label="Sessions by year", href="../history/"),) if config.archive.days else ()
    return (*sessions, LinkView(label="All episodes", href="../episodes/"))


def _options(listed: EpisodeList) -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.first_session, f"{episode_span(each)}, {f.plural(each.n_sessions, 'session')}")
        for each in listed.episodes[::-1]
    )


def _sessions(config: Config, label: Names) -> tuple[CompareRow, ...]:
    window = f.window_words(config.statistics.default_window)
    legs = ((label.front, "vix"), (label.back, "vix3m"), (label.benchmark, "spy"))
    return (
        CompareRow(label="IVTS", path="ivts", form="ratio"),
        CompareRow(label="Change of the ratio", path="changes.ivts", form="ratio-change"),
        CompareRow(label="Regime", path="regime.name", form="text"),
        CompareRow(label="Day in regime", path="regime.day", form="count"),
        CompareRow(label="Since", path="regime.since", form="date"),
        CompareRow(label="Band", path="regime.band", form="text"),
        *_rows((f"{name}, change", f"changes.{key}_return", "percent-change") for name, key in legs),
        CompareRow(
            label=f"{label.front} to the line, {label.back} unchanged",
            path="regime.distance_return",
            form="percent-change",
        ),
        CompareRow(label=f"Percentile rank, {window}", path="window.ivts_rank", form="rank"),
        CompareRow(label=f"Median ratio, {window}", path="window.p50", form="ratio"),
        CompareRow(label=f"In backwardation, {window}", path="window.backwardation_rate", form="percent"),
        *_rows(
            (f"In backwardation, last {n} sessions", f"rolling_rates.{n}", "percent")
            for n in config.statistics.rolling_sessions
        ),
        CompareRow(label="Latest episode up to it", path="episode.first_session", form="date"),
    )


def _episodes(config: Config, label: Names) -> tuple[CompareRow, ...]:
    bench, horizons = label.benchmark, config.statistics.forward_sessions
    after = (("after start", "spy_after_start"), ("after end", "spy_after_end"))
    return (
        CompareRow(label="First session", path="first_session", form="date"),
        CompareRow(label="Last session", path="last_session", form="date"),
        CompareRow(label="Sessions", path="n_sessions", form="count"),
        CompareRow(label="Rank by length", path="rank_sessions", form="count"),
        CompareRow(label="Highest ratio", path="max_ivts", form="ratio"),
        CompareRow(label="Reached on", path="max_session", form="date"),
        CompareRow(label="Rank by highest ratio", path="rank_max_ivts", form="count"),
        CompareRow(label=f"Highest {label.front} close", path="vix_max", form="level"),
        CompareRow(label=f"{bench} over it", path="spy_return", form="percent-change"),
        CompareRow(label=f"{bench} worst close", path="spy_max_drawdown", form="percent-change"),
        *_rows(
            (f"{bench}, {f.plural(n, 'session')} {words}", f"{key}.{n}", "percent-change")
            for words, key in after
            for n in horizons
        ),
    )


def _rows(rows: Iterable[tuple[str, str, str]]) -> tuple[CompareRow, ...]:
    return tuple(CompareRow(label=label, path=path, form=form) for label, path, form in rows)
