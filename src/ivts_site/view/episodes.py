"""Recent backwardation episodes, and what followed sessions in backwardation."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.published.episode import Episode
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.studies import Research
from ivts_site.view.followed import build_short, followed_groups
from ivts_site.view.parts import Cell, Column, LinkView, RowView, TableView
from ivts_site.view.types import EpisodesView
from ivts_site.words.episode import episodes_sentence
from ivts_site.words.names import Names


def build_episodes(
    snapshot: Snapshot, label: Names, root: str = "", research: Research | None = None, *, pages: bool = False
) -> EpisodesView:
    """Lay out the recent episodes, newest first, the longest one, and the forward returns.

    `pages` tells whether each episode has a page of its own.
    """
    s = snapshot
    first = f.date_long(s.all_history.first_session)
    short = build_short(research, root) if research else None
    return EpisodesView(
        recent=_table(s, label, root if pages else None) if s.episodes.recent else None,
        empty=f"No session since {first} has been in backwardation.",
        summary=episodes_sentence(s.episodes, label),
        convention=(
            f"The {label.benchmark} return runs from the close of the session before the first one to the "
            "close of the last one."
        ),
        all_link=LinkView(label=f"All {f.plural(s.episodes.n, 'episode')}", href=f"{root}episodes/"),
        followed=followed_groups(s.measured.forward_returns, research),
        followed_note=(
            f"Mean {label.benchmark} return after sessions in backwardation and after all sessions, {first} "
            f"to {f.date_long(s.as_of)}. Windows overlap, so the counts overstate how much evidence there is."
            f"{short.note if short else ''}"
        ),
        asides=short.asides if short else (),
        research=short.link if short else None,
    )


def _table(s: Snapshot, label: Names, root: str | None) -> TableView:
    rows = [_row(episode, root) for episode in s.episodes.recent]
    if s.episodes.longest and s.episodes.longest not in s.episodes.recent:
        rows.append(_row(s.episodes.longest, root, note="longest on record"))
    return TableView(
        caption="Most recent backwardation episodes, newest first",
        columns=(
            Column(label="Start"),
            Column(label="End"),
            Column(label="Sessions", numeric=True),
            Column(label="Highest IVTS", numeric=True),
            Column(label=f"{label.benchmark} return", numeric=True),
        ),
        rows=tuple(rows),
    )


def _row(e: Episode, root: str | None, note: str = "") -> RowView:
    return RowView(
        strong=e.ongoing or bool(note),
        cells=(
            Cell(text=_first_cell(e, root), note=note, sort=e.first_session),
            Cell(text="ongoing" if e.ongoing else f.date_short(e.last_session), sort=e.last_session),
            Cell(text=f.count(e.n_sessions), sort=str(e.n_sessions)),
            Cell(
                text=f.ratio(e.max_ivts),
                sort=f.ratio(e.max_ivts),
                note=_peak_note(e),
            ),
            Cell(text=f.percent_change(e.spy_return)),
        ),
    )


def _first_cell(e: Episode, root: str | None) -> Markup | str:
    """Date the start of an episode, as a link to its page unless `root` is None."""
    words = f.date_short(e.first_session)
    return (
        words
        if root is None
        else Markup('<a href="{}episodes/{}/">{}</a>').format(root, e.first_session, words)
    )


def _peak_note(e: Episode) -> str:
    """Date the peak where it is not plain from the row, and say where the row rests on a suspect close."""
    dated = f.date_short(e.max_session) if e.n_sessions > 1 else ""
    return ", ".join(filter(None, (dated, "suspect close" if e.suspect else "")))
