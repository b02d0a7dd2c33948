"""What the pictures of the research page are drawn from, as tables: fractions and numbers as published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    return tables | ({OVERLAY: _growth(research)} if research.overlay else {})


def _returns(research: Research) -> Table:
    pairs = ("interval", "naive_interval", "share_up_interval", "difference_interval")
    plain = ("id", "n_sessions", "n_episodes", "n_windows", "mean", "median", "share_up", "difference")
    rows = [
        (
            each.horizon,
            *(getattr(group, name) for name in plain),
            *(end for name in pairs for end in (getattr(group, name) or (None, None))),
        )
        for each in research.returns
        for group in (each.all, *each.bands)
    ]
    keys = {"horizon": "horizon", "band": "id"} | {name: name for name in plain[1:]}
    return _table(keys | _ends(*pairs), rows, ReturnHorizon, ReturnGroup)


def _events(research: Research) -> Table:
    names = ["lower_quartile", "median", "upper_quartile", "mean"]
    rows = [
        (group.anchor, group.min_sessions, offset, *values)
        for group in research.events.groups
        for offset, *values in zip(
            research.events.offsets, *(getattr(group, name) for name in names), strict=False
        )
    ]
    keys = {"anchor": "anchor", "min_sessions": "min_sessions", "offset": "offsets"}
    return _table(keys | {name: name for name in names}, rows, EventGroup, EventStudy)


def _survival(research: Research) -> Table:
    names = ["sessions", "n_at_risk", "n_ended", "survival"]
    rows = [
        (regime.regime, *(getattr(point, name) for name in names), *(point.interval or (None, None)))
        for regime in research.survival.regimes
        for point in regime.points
    ]
    keys = {"regime": "regime"} | {name: name for name in names}
    return _table(keys | _ends("interval"), rows, RegimeSurvival, SurvivalPoint)


def _growth(research: Research) -> Table:
    names = ["unhedged", "constant", "regime"]
    growth = research.overlay.growth
    rows = zip(growth.sessions, *(getattr(growth, name) for name in names), strict=True)
    return _table({"session": "sessions"} | {name: name for name in names}, rows, Growth)


def _ends(*pairs: str) -> dict[str, str]:
    return {f"{pair}_{end}": pair for pair in pairs for end in ENDS}


def _table(keys: Mapping[str, str], rows: Iterable[Sequence[object]], *records: type) -> Table:
    """Lay rows out as columns: the name of each, and the key of the records that it holds."""
    listed = list(rows)
    return Table(
        file=tuple(
            Column(
                name=name,
                values=[row[at] for row in listed],
                about="" if name == key else ENDS.get(name.removeprefix(f"{key}_"), ""),
                key=key,
            )
            for at, (name, key) in enumerate(keys.items())
        ),
        records=records,
    )
