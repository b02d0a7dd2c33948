"""The list of years, and the page of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.published.episode import Episode
from ivts_site.published.year import Year
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.archive_types import (
    DateCell,
    FigureRow,
    HistoryView,
    MonthView,
    PlainShellView,
    WayView,
    YearView,
)
from ivts_site.view.episode_words import day_link, episode_link, episode_span
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import Cell, Column, LinkView, Names, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.shell import build_shell
from ivts_site.view.types import HeadView

PATH = "history/"
ROOT = "../../"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFrame:
    """What the pages of all years share; `episodes` tells whether episodes have pages."""

    shell: PlainShellView
    label: Names
    note: Markup
    episodes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDay:
    """A session of a year and whether it was in backwardation."""

    session: str
    backwardation: bool


def build_history(years: Sequence[Year], snapshot: Snapshot, content: Content, config: Config) -> HistoryView:
    """List the years, newest first."""
    page, base = content.archive.history, config.site.base_url
    trail = [LinkView(label=page.title, href=PATH)]
    return HistoryView(
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
        table=_table(years[::-1]),
        links=(
            LinkView(label="Compare two sessions", href="../compare/"),
            LinkView(label="Every episode", href="../episodes/"),
        ),
    )


def build_year(  # noqa: PLR0913 - each is an origin of what the page says
    year: Year,
    frame: YearFrame,
    *,
    head: HeadView,
    picture: str,
    days: Sequence[YearDay],
    episodes: Sequence[Episode],
    neighbours: tuple[int | None, int | None],
) -> YearView:
    """Word the page of a year: its figures, a calendar of its sessions, the episodes that began in it."""
    return YearView(
        head=head,
        shell=frame.shell,
        title=f"{frame.label.front} term structure in {year.year}",
        sentence=year_sentence(year),
        picture=Markup(picture),  # noqa: S704 - drawn by charts, which escapes its title
        caption="The ratio on the sessions of the year; the dashed line parts contango from backwardation.",
        rows=_rows(year),
        months=tuple(_months(days)),
        episodes=tuple(_episode(each, linked=frame.episodes) for each in episodes),
        note=frame.note,
        way=_way(neighbours),
    )


def year_sentence(year: Year) -> str:
    """Say in one sentence how much of the year was in backwardation."""
    y = year
    if not y.n_backwardation:
        return f"In {y.year} the ratio was in contango on all {f.plural(y.n_sessions, 'session')} stored."
    counts = f.share_of(y.n_backwardation, y.n_sessions)
    begun = f"{f.plural(y.n_episodes, 'episode')} began in it" if y.n_episodes else "no episode began in it"
    share = f"{counts} ({f.percent(y.backwardation_rate)})"
    return f"In {y.year} the ratio was in backwardation on {share}; {begun}."


def _rows(y: Year) -> tuple[FigureRow, ...]:
    return (
        FigureRow(
            label="In backwardation",
            value=f.percent(y.backwardation_rate),
            note=f.share_of(y.n_backwardation, y.n_sessions),
            term="backwardation-rate",
        ),
        FigureRow(
            label="Highest ratio",
            value=f.ratio(y.ivts_max),
            note=f.date_long(y.max_session),
            href=day_link(ROOT, y.max_session),
        ),
        FigureRow(
            label="Lowest ratio",
            value=f.ratio(y.ivts_min),
            note=f.date_long(y.min_session),
            href=day_link(ROOT, y.min_session),
        ),
        FigureRow(label="Median ratio", value=f.ratio(y.ivts_median)),
    )


def _months(days: Sequence[YearDay]) -> list[MonthView]:
    return [
        MonthView(name=f.date_long(f"{month}-01").split()[1], cells=tuple(map(_cell, inside)))
        for month, inside in groupby(days, key=lambda each: each.session[:7])
    ]


def _cell(each: YearDay) -> DateCell:
    day = dt.date.fromisoformat(each.session)
    return DateCell(
        text=str(day.day),
        href=day_link(ROOT, each.session),
        weekday=day.isoweekday(),
        backwardation=each.backwardation,
    )


def _episode(each: Episode, *, linked: bool) -> LinkView:
    return LinkView(
        label=episode_span(each),
        href=episode_link(ROOT, each.first_session) if linked else "",
        note=f"{f.plural(each.n_sessions, 'session')}, highest ratio {f.ratio(each.max_ivts)}",
    )


def _way(neighbours: tuple[int | None, int | None]) -> WayView:
    before, after = (LinkView(label=str(year), href=f"../{year}/") if year else None for year in neighbours)
    return WayView(before=before, after=after, above=(LinkView(label="All years", href="../"),))


def _table(years: Sequence[Year]) -> TableView:
    return TableView(
        caption="The ratio by year, newest first",
        columns=(
            Column(label="Year"),
            *(
                Column(label=label, numeric=True)
                for label in ("Sessions", "In backwardation", "Episodes begun", "Median", "Lowest", "Highest")
            ),
        ),
        rows=tuple(map(_row, years)),
    )


def _row(y: Year) -> RowView:
    return RowView(
        cells=(
            Cell(text=Markup('<a href="{}/">{}</a>').format(y.year, y.year)),
            Cell(text=f.count(y.n_sessions)),
            Cell(
                text=f.percent(y.backwardation_rate),
                note=f.count(y.n_backwardation),
                sort=str(y.backwardation_rate),
            ),
            Cell(text=f.count(y.n_episodes)),
            Cell(text=f.ratio(y.ivts_median)),
            _extreme(y.ivts_min, y.min_session),
            _extreme(y.ivts_max, y.max_session),
        )
    )


def _extreme(ratio: float, session: str) -> Cell:
    link = Markup('<a href="{}">{}</a>').format(day_link("../", session), f.ratio(ratio))
    return Cell(text=link, note=f.date_day(session), sort=f.ratio(ratio))
