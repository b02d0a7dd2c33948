"""What the pictures of the research page are drawn from, as tables: fractions and numbers as published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ivts_site.analytics.studies.events import EventGroup, EventStudy
from ivts_site.analytics.studies.returns import ReturnHorizon
from ivts_site.analytics.studies.survival import RegimeSurvival, SurvivalPoint
from ivts_site.model import Column, Table
from ivts_site.published.overlay import Growth
from ivts_site.published.studies import Research, ReturnGroup

RETURNS, EVENTS, SURVIVAL, OVERLAY = (
    f"charts/research-{name}.csv" for name in ("returns", "events", "duration", "overlay")
)

ENDS = {"low": "Lower end.", "high": "Upper end."}


def research_tables(research: Research) -> dict[str, Table]:
    """Return the tables by the path of their file below the site's root."""
    tables = {RETURNS: _returns(research), EVENTS: _events(research), SURVIVAL: _survival(research)}
    return tables | ({OVERLAY: _growth(research.overlay.growth)} if research.overlay else {})


def _returns(research: Research) -> Table:
    names = (
        "n_sessions", "n_episodes", "n_windows", "mean", "median", "share_up", "difference",
        "interval", "naive_interval", "share_up_interval", "difference_interval",
    )  # fmt: skip
    rows = [
        (each.horizon, group.id, *(getattr(group, name) for name in names))
        for each in research.returns
        for group in (each.all, *each.bands)
    ]
    return _table(("horizon", "band", *names), rows, ReturnHorizon, ReturnGroup, band="id")


def _events(research: Research) -> Table:
    names = ("lower_quartile", "median", "upper_quartile", "mean")
    rows = [
        (group.anchor, group.min_sessions, *each)
        for group in research.events.groups
        for each in zip(research.events.offsets, *(getattr(group, name) for name in names), strict=False)
    ]
    columns = ("anchor", "min_sessions", "offset", *names)
    return _table(columns, rows, EventGroup, EventStudy, offset="offsets")


def _survival(research: Research) -> Table:
    names = ("sessions", "n_at_risk", "n_ended", "survival", "interval")
    rows = [
        (regime.regime, *(getattr(point, name) for name in names))
        for regime in research.survival.regimes
        for point in regime.points
    ]
    return _table(("regime", *names), rows, RegimeSurvival, SurvivalPoint)


def _growth(growth: Growth) -> Table:
    rows = list(zip(growth.sessions, growth.unhedged, growth.constant, growth.regime, strict=True))
    return _table(("session", "unhedged", "constant", "regime"), rows, Growth, session="sessions")


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], *records: type, **keys: str) -> Table:
    """Lay rows out as columns, an interval as two; `keys` of the records where a column has another name."""
    columns: list[Column] = []
    for at, name in enumerate(names):
        values = [row[at] for row in rows]
        if not name.endswith("interval"):
            columns.append(Column(name=name, values=values, key=keys.get(name, name)))
            continue
        for side, (end, about) in enumerate(ENDS.items()):
            ends = [pair and pair[side] for pair in values]
            columns.append(Column(name=f"{name}_{end}", values=ends, about=about, key=name))
    return Table(file=tuple(columns), records=records)
