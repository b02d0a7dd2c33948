"""The page of one episode of backwardation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.episode import EpisodePictures
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.view.archive_types import (
    EpisodeView,
    FigureGroup,
    FigureRow,
    PictureView,
    PlainShellView,
    WayView,
)
from ivts_site.view.episode_words import day_link, episode_span
from ivts_site.view.parts import Cell, Column, LinkView, Names, RowView, TableView
from ivts_site.view.types import HeadView

ROOT = "../../"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFrame:
    """What the pages of all episodes share; `n` is their number, `days` whether sessions have pages."""

    shell: PlainShellView
    label: Names
    note: Markup
    n: int
    days: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow:
    """A session around an episode: ratio and benchmark (close before the episode = 100), undefined is NaN."""

    session: str
    ivts: float
    benchmark: float
    backwardation: bool


def build_episode_view(  # noqa: PLR0913 - each is an origin of what the page says
    episode: EpisodeOutcome,
    frame: EpisodeFrame,
    *,
    head: HeadView,
    pictures: EpisodePictures,
    span: Sequence[SpanRow],
    neighbours: tuple[EpisodeOutcome | None, EpisodeOutcome | None],
) -> EpisodeView:
    """Word the page of an episode; `neighbours` are the episodes before and after it."""
    return EpisodeView(
        head=head,
        shell=frame.shell,
        title=f"Backwardation, {episode_span(episode)}",
        sentence=episode_sentence(episode, frame.label, frame.n),
        warnings=_warnings(episode),
        pictures=tuple(_pictures(pictures, frame.label)),
        groups=tuple(_groups(episode, frame)),
        table=_table(span, frame),
        note=frame.note,
        way=_way(episode, neighbours, frame),
        files=(
            LinkView(label="All episodes as JSON", href=f"{ROOT}api/v1/episodes.json"),
            LinkView(
                label="Compare with another episode",
                href=f"{ROOT}compare/?of=episodes&a={episode.first_session}",
            ),
        ),
    )


def episode_sentence(episode: EpisodeOutcome, label: Names, n: int) -> str:
    """Say in two sentences what the episode was and where it ranks."""
    e, pair = episode, f"{label.front} closed above {label.back}"
    if e.ongoing and e.n_sessions == 1:
        lasted = f"{pair} on the latest session, {f.date_long(e.first_session)}"
    elif e.ongoing:
        lasted = f"{pair} on the last {f.plural(e.n_sessions, 'session')}, {episode_span(e)}"
    elif e.n_sessions == 1:
        lasted = f"{pair} on a single session, {f.date_long(e.first_session)}"
    else:
        lasted = f"{pair} on {f.plural(e.n_sessions, 'session')} in a row, {episode_span(e)}"
    peak = f"a ratio of {f.ratio(e.max_ivts)}"
    top = (
        f", with {peak}" if e.n_sessions == 1 else f"; the highest was {peak} on {f.date_long(e.max_session)}"
    )
    return " ".join(filter(None, (f"{lasted}{top}.", _returned(e, label.benchmark), _ranks(e, n))))


def _returned(e: EpisodeOutcome, benchmark: str) -> str:
    if e.spy_return is None:
        return ""
    change = f.percent_change(e.spy_return)
    return f"{benchmark} returned {change} from the close before it to its last close."


def _ranks(e: EpisodeOutcome, n: int) -> str:
    if n == 1:
        return "It is the only episode stored."
    longest = "the longest" if e.rank_sessions == 1 else f"number {f.count(e.rank_sessions)} by length"
    highest = "the highest" if e.rank_max_ivts == 1 else f"number {f.count(e.rank_max_ivts)}"
    return f"Of {f.plural(n, 'episode')} it is {longest}, and its peak is {highest}."


def _warnings(e: EpisodeOutcome) -> tuple[Markup, ...]:
    if not e.suspect:
        return ()
    link = Markup('<a href="{}methodology/#suspect-closes">suspect close</a>').format(ROOT)
    return (Markup("One of its sessions or more rests on a {}.").format(link),)


def _pictures(pictures: EpisodePictures, label: Names) -> list[PictureView]:
    drawn = (
        ("ratio", "Ratio", pictures.ratio),
        ("indices", f"{label.front} and {label.back}", pictures.indices),
        ("benchmark", label.benchmark, pictures.benchmark),
    )
    return [
        PictureView(id=id_, title=title, svg=Markup(svg))  # noqa: S704 - drawn by charts, which escapes its labels
        for id_, title, svg in drawn
        if svg
    ]


def _groups(e: EpisodeOutcome, frame: EpisodeFrame) -> list[FigureGroup]:
    bench = frame.label.benchmark
    during = (
        FigureRow(
            label="Sessions",
            value=f.count(e.n_sessions),
            note=_of(e.rank_sessions, frame.n),
            term="episode-sessions",
        ),
        FigureRow(
            label="Highest ratio",
            value=f.ratio(e.max_ivts),
            note=f"{f.date_long(e.max_session)}, {_of(e.rank_max_ivts, frame.n)}",
            href=day_link(ROOT, e.max_session) if frame.days else "",
            term="max-ivts",
        ),
        FigureRow(
            label=f"Highest {frame.label.front} close",
            value=f.level(e.vix_max),
            note=f.date_long(e.vix_max_session),
        ),
        FigureRow(
            label=f"{bench}, from the close before", value=f.percent_change(e.spy_return), term="spy-return"
        ),
        FigureRow(
            label=f"{bench}, from the first close",
            value=f.percent_change(e.spy_return_within),
            term="spy-return-within",
        ),
        FigureRow(
            label=f"{bench}, worst close", value=f.percent_change(e.spy_max_drawdown), term="spy-max-drawdown"
        ),
    )
    return [
        FigureGroup(title="During it", rows=during),
        FigureGroup(title=f"{bench} after its first session", rows=_after(e.spy_after_start)),
        FigureGroup(title=f"{bench} after its last session", rows=_after(e.spy_after_end)),
    ]


def _of(rank: int, n: int) -> str:
    return f"rank {f.count(rank)} of {f.count(n)}"


def _after(returns: Mapping[str, float | None]) -> tuple[FigureRow, ...]:
    return tuple(
        FigureRow(
            label=f"{f.plural(int(horizon), 'session')} on",
            value="not known yet" if value is None else f.percent_change(value),
            term="forward-return",
        )
        for horizon, value in returns.items()
    )


def _table(span: Sequence[SpanRow], frame: EpisodeFrame) -> TableView:
    bench = frame.label.benchmark
    return TableView(
        caption="Sessions around the episode",
        columns=(
            Column(label="Session"),
            Column(label="IVTS", numeric=True),
            Column(label=f"{bench}, close before = 100", numeric=True),
        ),
        rows=tuple(
            RowView(
                strong=row.backwardation,
                cells=(
                    Cell(text=_session(row, linked=frame.days)),
                    Cell(text=f.ratio(row.ivts)),
                    Cell(text=f.level(row.benchmark)),
                ),
            )
            for row in span
        ),
    )


def _session(row: SpanRow, *, linked: bool) -> Markup | str:
    words = f.date_short(row.session)
    if not linked or f.ratio(row.ivts) == f.UNDEFINED:
        return words
    return Markup('<a href="{}">{}</a>').format(day_link(ROOT, row.session), words)


def _way(
    e: EpisodeOutcome,
    neighbours: tuple[EpisodeOutcome | None, EpisodeOutcome | None],
    frame: EpisodeFrame,
) -> WayView:
    before, after = (
        LinkView(label=f.date_short(each.first_session), href=f"../{each.first_session}/") if each else None
        for each in neighbours
    )
    year = e.first_session[:4]
    above = [LinkView(label="All episodes", href="../")]
    if frame.days:
        above.append(LinkView(label=year, href=f"{ROOT}history/{year}/"))
    return WayView(before=before, after=after, above=tuple(above))
