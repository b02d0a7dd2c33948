"""The table of every episode of backwardation."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.published.episode import EpisodeList, EpisodeOutcome
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.archive_types import EpisodeTableView
from ivts_site.view.episodes import first_cell, summary_words
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import Cell, Column, LinkView, Names, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.shell import build_shell

PATH = "episodes/"
ROOT = "../"


def build_episode_table(  # noqa: PLR0913 - each is an origin of what the page says
    listed: EpisodeList, snapshot: Snapshot, content: Content, config: Config, *, label: Names, timeline: str
) -> EpisodeTableView:
    """Lay out all episodes, newest first; `timeline` is safe markup, empty without an episode."""
    page, base = content.archive.episodes, config.site.base_url
    trail = [LinkView(label=page.title, href=PATH)]
    episodes, first = listed.episodes[::-1], snapshot.all_history.first_session
    return EpisodeTableView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=page.title,
            description=page.description,
            graph=[breadcrumbs(content.head.site_name, base, trail)],
        ),
        shell=build_shell(content, snapshot, config, root=ROOT, path=PATH),
        title=page.title,
        lead=build_prose(page.lead, ROOT),
        summary=summary_words(snapshot, label),
        empty=f"No session since {f.date_long(first)} has been in backwardation.",
        timeline=Markup(timeline),  # noqa: S704 - drawn by charts, which escapes its labels
        table=_table(episodes, label, linked=config.archive.episodes) if episodes else None,
        highest=f.plain(snapshot.regime.threshold),
        years=_years(snapshot),
        note=build_prose(content.archive.episode_note, ROOT),
        links=(
            LinkView(label="CSV", href=f"{ROOT}api/v1/episodes.csv"),
            LinkView(label="JSON", href=f"{ROOT}api/v1/episodes.json"),
            LinkView(label="Compare two episodes", href=f"{ROOT}compare/?of=episodes"),
        ),
    )


def _years(snapshot: Snapshot) -> tuple[str, ...]:
    history = snapshot.all_history
    first, last = (int(session[:4]) for session in (history.first_session, history.last_session))
    return tuple(map(str, range(first, last + 1)))


def _table(episodes: tuple[EpisodeOutcome, ...], label: Names, *, linked: bool) -> TableView:
    horizons = tuple(episodes[0].spy_after_start)
    bench = label.benchmark
    return TableView(
        caption="All episodes of backwardation, newest first",
        columns=(
            Column(label="Start"),
            Column(label="End"),
            *(
                Column(label=name, numeric=True)
                for name in (
                    "Sessions",
                    "Highest IVTS",
                    f"Highest {label.front}",
                    f"{bench} over it",
                    f"{bench} worst close",
                    *(f"{bench} {n} after start" for n in horizons),
                    *(f"{bench} {n} after end" for n in horizons),
                )
            ),
        ),
        rows=tuple(_row(episode, linked=linked) for episode in episodes),
    )


def _row(e: EpisodeOutcome, *, linked: bool) -> RowView:
    returns = (e.spy_return, e.spy_max_drawdown, *e.spy_after_start.values(), *e.spy_after_end.values())
    return RowView(
        strong=e.ongoing,
        cells=(
            Cell(
                text=first_cell(e, ROOT if linked else None),
                sort=e.first_session,
                note="suspect close" if e.suspect else "",
            ),
            Cell(text="ongoing" if e.ongoing else f.date_short(e.last_session), sort=e.last_session),
            Cell(text=f.count(e.n_sessions), sort=str(e.n_sessions)),
            Cell(text=f.ratio(e.max_ivts), sort=f.ratio(e.max_ivts), note=_dated(e, e.max_session)),
            Cell(text=f.level(e.vix_max), sort=str(e.vix_max), note=_dated(e, e.vix_max_session)),
            *(Cell(text=_return(value), sort="" if value is None else str(value)) for value in returns),
        ),
    )


def _dated(e: EpisodeOutcome, session: str) -> str:
    return f.date_short(session) if e.n_sessions > 1 else ""


def _return(value: float | None) -> str:
    return "\u2013" if value is None else f.percent_change(value)
