"""Recent backwardation episodes, and what followed sessions in backwardation."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.snapshot.types import Episode, ForwardReturn, Snapshot
from ivts_site.view.parts import Cell, Column, LinkView, Names, RowView, TableView
from ivts_site.view.types import BarView, EpisodesView, FollowedGroup

_WIDTH = 100.0


def build_episodes(snapshot: Snapshot, label: Names, root: str = "") -> EpisodesView:
    """Lay out the recent episodes, newest first, the longest one, and the forward returns."""
    s = snapshot
    first = f.date_long(s.all_history.first_session)
    return EpisodesView(
        recent=_table(s, label) if s.episodes.recent else None,
        empty=f"No session since {first} has been in backwardation.",
        summary=_summary(s, label),
        convention=(
            f"The {label.benchmark} return runs from the close of the session before the first one to the "
            "close of the last one."
        ),
        all_link=LinkView(
            label=f"All {f.plural(s.episodes.n, 'episode')} (JSON)", href=f"{root}api/v1/episodes.json"
        ),
        followed=_followed(s.measured.forward_returns),
        followed_note=(
            f"Mean {label.benchmark} return after sessions in backwardation and after all sessions, {first} "
            f"to {f.date_long(s.as_of)}. Windows overlap, so the counts overstate how much evidence there is."
        ),
    )


def _table(s: Snapshot, label: Names) -> TableView:
    rows = [_row(episode) for episode in s.episodes.recent]
    if s.episodes.longest and s.episodes.longest not in s.episodes.recent:
        rows.append(_row(s.episodes.longest, note="longest on record"))
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


def _row(e: Episode, note: str = "") -> RowView:
    return RowView(
        strong=e.ongoing or bool(note),
        cells=(
            Cell(text=f.date_short(e.first_session), note=note, sort=e.first_session),
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


def _peak_note(e: Episode) -> str:
    """Date the peak where it is not plain from the row, and say where the row rests on a suspect close."""
    dated = f.date_short(e.max_session) if e.n_sessions > 1 else ""
    return ", ".join(filter(None, (dated, "suspect close" if e.suspect else "")))


def _summary(s: Snapshot, label: Names) -> str:
    e = s.episodes
    if not e.n:
        return ""
    returns = (
        f" {label.benchmark} returned {f.percent_change(e.mean_spy_return)} on average over an episode "
        f"(median {f.percent_change(e.median_spy_return)})."
        if e.n_returns
        else ""
    )
    mean, median = (f.average(length, "session") for length in (e.mean_sessions, e.median_sessions))
    return f"{f.plural(e.n, 'episode')} in all stored history: mean length {mean}, median {median}.{returns}"


def _followed(returns: tuple[ForwardReturn, ...]) -> tuple[FollowedGroup, ...]:
    known = [r for r in returns if r.mean_all is not None]
    means = [m for r in known for m in (r.mean_all, r.mean_backwardation) if m is not None]
    low, high = min([0.0, *means]), max([0.0, *means])
    unit = _WIDTH / (high - low) if high > low else 0.0
    return tuple(_group(r, -low * unit, unit) for r in known)


def _group(r: ForwardReturn, zero: float, unit: float) -> FollowedGroup:
    pairs = (
        ("after backwardation", r.mean_backwardation, r.n_backwardation, "ink"),
        ("after all sessions", r.mean_all, r.n_all, "muted"),
    )
    return FollowedGroup(
        title=f"{f.plural(r.horizon, 'session')} on",
        zero=f"{zero:.1f}",
        bars=tuple(_bar(words, mean, n, tone, zero, unit) for words, mean, n, tone in pairs),
    )


def _bar(words: str, mean: float | None, n: int, tone: str, zero: float, unit: float) -> BarView:  # noqa: PLR0913, PLR0917
    length = (mean or 0.0) * unit
    return BarView(
        label=words,
        text=f.percent_change(mean),
        note=f"n = {f.count(n)}",
        tone=tone,
        x=f"{zero + min(length, 0.0):.1f}",
        width=f"{abs(length):.1f}",
    )
