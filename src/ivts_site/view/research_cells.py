"""Cells and words that the studies share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ivts_site import formatting as f
from ivts_site.view.parts import Cell, Column, RowView, TableView
from ivts_site.view.research_facts import interval_words
from ivts_site.view.stats import Stats, marked

Show = Callable[[Stats, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What every study is worded from: all numbers of the page, and what the fund is called."""

    stats: Stats
    benchmark: str
    sample: bool

    @property
    def few(self) -> str:
        """Why there is no interval, in the words of a table cell."""
        return f"no interval: fewer than {self.stats.count('method.min_cases')} cases that do not overlap"

    @property
    def level(self) -> str:
        """What an interval holds: "95 %"."""
        return self.stats.percent("method.level", 0)


def cell(text: str, *notes: str, sort: str = "") -> Cell:
    """Return a cell with marked numbers; notes stand below, separated by semicolons, empty ones left out."""
    return Cell(text=marked(text), note=marked("; ".join(filter(None, notes))), sort=sort)


def table(caption: str, columns: Sequence[str], rows: Iterable[RowView], words: int = 1) -> TableView:
    """Return a table whose first `words` columns hold words, the others numbers."""
    return TableView(
        caption=caption,
        columns=tuple(Column(label=label, numeric=i >= words) for i, label in enumerate(columns)),
        rows=tuple(rows),
    )


def bounds(study: Study, stats: Stats, keys: str, show: Show) -> str:
    """Return an interval, or why there is none."""
    return study.few if stats.at(keys).value is None else interval_words(stats, keys, show)


def with_interval(study: Study, stats: Stats, keys: str, show: Show) -> str:
    """Return the clause of a sentence: "95 % interval +1.3 % to +4.7 %"."""
    if stats.at(keys).value is None:
        return study.few
    return f"{study.level} interval {interval_words(stats, keys, show)}"


def share_cell(stats: Stats) -> Cell:
    """Return a rate with its counts and its sessions."""
    return cell(stats.percent("value"), stats.share(), stats.span())


def group_counts(stats: Stats, noun: str = "run") -> str:
    """Return "314 sessions in 99 runs, 57 windows that do not overlap"."""
    runs = f" in {stats.plural('n_episodes', noun)}" if stats.value.n_episodes > 1 else ""
    return f"{stats.plural('n_sessions', 'session')}{runs}, {overlap(stats)}"


def overlap(stats: Stats) -> str:
    """Return "57 windows that do not overlap"."""
    windows = stats.plural("n_windows", "window")
    return f"{windows} that {'does' if stats.value.n_windows == 1 else 'do'} not overlap"


def band_words(above: float | None, upto: float | None) -> str:
    """Return a band of the ratio in words: "above 1.0", "up to 0.85", "above 0.85, up to 0.95"."""
    parts = [f"above {f.plain(above)}"] if above is not None else []
    parts += [f"up to {f.plain(upto)}"] if upto is not None else []
    return ", ".join(parts) or "any"


def band_sign(above: float | None, upto: float | None) -> str:
    """Return a band as short as a picture needs it: "> 1", "≤ 0.85", "0.85–0.95", "all"."""
    edges = [None if edge is None else f.plain(edge).removesuffix(".0") for edge in (above, upto)]
    if edges[0] and edges[1]:
        return f"{edges[0]}\u2013{edges[1]}"
    return f"> {edges[0]}" if edges[0] else f"\u2264 {edges[1]}" if edges[1] else "all"


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV: fractions and numbers as published, undefined values empty."""
    lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"
