"""What the pictures of the research page are drawn from, as tables: fractions and numbers as published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivts_site.model import Column, Table
from ivts_site.published.studies import Research

RETURNS, EVENTS, SURVIVAL, OVERLAY = (
    f"charts/research-{name}.csv" for name in ("returns", "events", "duration", "overlay")
)


def research_tables(research: Research) -> dict[str, Table]:
    """Return the tables by the path of their file below the site's root."""
    tables = {RETURNS: _returns(research), EVENTS: _events(research), SURVIVAL: _survival(research)}
    return tables | ({OVERLAY: _growth(research)} if research.overlay else {})


def _returns(research: Research) -> Table:
    pairs = ("interval", "naive_interval", "share_up_interval", "difference_interval")
    plain = ("n_sessions", "n_episodes", "n_windows", "mean", "median", "share_up", "difference")
    ends = [f"{pair}_{end}" for pair in pairs for end in ("low", "high")]
    rows = [
        (
            each.horizon,
            group.id,
            *(getattr(group, name) for name in plain),
            *(end for name in pairs for end in (getattr(group, name) or (None, None))),
        )
        for each in research.returns
        for group in (each.all, *each.bands)
    ]
    return _table(["horizon", "band", *plain, *ends], rows)


def _events(research: Research) -> Table:
    names = ["lower_quartile", "median", "upper_quartile", "mean"]
    rows = [
        (group.anchor, group.min_sessions, offset, *values)
        for group in research.events.groups
        for offset, *values in zip(
            research.events.offsets, *(getattr(group, name) for name in names), strict=False
        )
    ]
    return _table(["anchor", "min_sessions", "offset", *names], rows)


def _survival(research: Research) -> Table:
    names = ["sessions", "n_at_risk", "n_ended", "survival"]
    rows = [
        (regime.regime, *(getattr(point, name) for name in names), *(point.interval or (None, None)))
        for regime in research.survival.regimes
        for point in regime.points
    ]
    return _table(["regime", *names, "interval_low", "interval_high"], rows)


def _growth(research: Research) -> Table:
    names = ["unhedged", "constant", "regime"]
    growth = research.overlay.growth
    rows = zip(growth.sessions, *(getattr(growth, name) for name in names), strict=True)
    return _table(["session", *names], rows)


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    listed = list(rows)
    return Table(
        file=tuple(Column(name=name, values=[row[at] for row in listed]) for at, name in enumerate(names))
    )
