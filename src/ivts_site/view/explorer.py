"""The threshold explorer: the rules to choose, beside the definition's own figures."""

from __future__ import annotations

from collections.abc import Sequence

from ivts_site import formatting as f
from ivts_site.content import Section
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.sections import build_section
from ivts_site.view.types import ChartView, DialView, ExplorerView
from ivts_site.words.names import Names

SERIES = "signal"
"""The chart whose published figure holds the series."""

LOWEST, HIGHEST, STEP = 0.8, 1.3, 0.005
LONGEST = 30


def build_explorer(
    snapshot: Snapshot, content: Section, figures: Sequence[ChartView], label: Names
) -> ExplorerView:
    """Word the explorer.

    Parameters
    ----------
    snapshot : Snapshot
        The definition's figures over all stored history.
    content : Section
        Its words, facts filled in.
    figures : sequence of ChartView
        Among them, the one with the series; without it only the definition's figures are shown.
    label : Names
        What the series are called.
    """
    history = snapshot.all_history
    return ExplorerView(
        section=build_section(content, "explorer"),
        source=next((figure.json for figure in figures if figure.id == SERIES), ""),
        span=f.date_span(history.first_session, history.last_session),
        dials=_dials(snapshot.regime.threshold),
        rows=_rows(snapshot, label),
    )


def _dials(threshold: float) -> tuple[DialView, ...]:
    low, high = min(LOWEST, threshold), max(HIGHEST, threshold)
    edges = {"value": _edge(threshold), "low": f.plain(low), "high": f.plain(high), "step": f.plain(STEP)}
    return (
        DialView(name="entry", label="Begins above", **edges),
        DialView(name="exit", label="Ends at or below", **edges),
        DialView(name="min", label="Sessions, at least", value="1", low="1", high=str(LONGEST), step="1"),
    )


def _edge(value: float) -> str:
    """Write a threshold with two decimals, or with all it has."""
    return max(f.fixed(value, 2), f.plain(value), key=len)


def _rows(s: Snapshot, label: Names) -> tuple[tuple[str, str, str], ...]:
    episodes = s.episodes
    return (
        ("n", "Episodes", f.count(episodes.n)),
        ("rate", "Backwardation rate", f.percent(s.all_history.backwardation_rate)),
        ("mean", "Mean length, sessions", f.fixed(episodes.mean_sessions, 1)),
        ("median", "Median length, sessions", f.fixed(episodes.median_sessions, 1)),
        ("spy", f"Mean {label.benchmark} return", f.percent_change(episodes.mean_spy_return)),
        ("flips", "Flips a year", f.fixed(s.measured.flips_per_year, 1)),
    )
