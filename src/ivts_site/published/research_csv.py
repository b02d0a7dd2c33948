"""What the pictures of the research page are drawn from, as CSV: fractions and numbers as published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivts_site.published.studies import Research

RETURNS, EVENTS, SURVIVAL, OVERLAY = (
    f"charts/research-{name}.csv" for name in ("returns", "events", "duration", "overlay")
)


def research_files(research: Research) -> dict[str, str]:
    """Return the tables by their path below the site's root; undefined values are empty cells."""
    files = {RETURNS: _returns(research), EVENTS: _events(research), SURVIVAL: _survival(research)}
    return files | ({OVERLAY: _growth(research)} if research.overlay else {})


def _returns(research: Research) -> str:
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
    return _csv(["horizon", "band", *plain, *ends], rows)


def _events(research: Research) -> str:
    names = ["lower_quartile", "median", "upper_quartile", "mean"]
    rows = [
        (group.anchor, group.min_sessions, offset, *values)
        for group in research.events.groups
        for offset, *values in zip(
            research.events.offsets, *(getattr(group, name) for name in names), strict=False
        )
    ]
    return _csv(["anchor", "min_sessions", "offset", *names], rows)


def _survival(research: Research) -> str:
    names = ["sessions", "n_at_risk", "n_ended", "survival"]
    rows = [
        (regime.regime, *(getattr(point, name) for name in names), *(point.interval or (None, None)))
        for regime in research.survival.regimes
        for point in regime.points
    ]
    return _csv(["regime", *names, "interval_low", "interval_high"], rows)


def _growth(research: Research) -> str:
    names = ["unhedged", "constant", "regime"]
    growth = research.overlay.growth
    rows = zip(growth.sessions, *(getattr(growth, name) for name in names), strict=True)
    return _csv(["session", *names], rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"
