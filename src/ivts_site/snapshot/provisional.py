"""Closes that are stored but not final, as they are published."""

from __future__ import annotations

from typing import Literal, cast

from ivts_site.analytics import Analysis, read_provisional
from ivts_site.model import ProvisionalCloses
from ivts_site.published.numbers import day, number
from ivts_site.snapshot.status_types import Provisional


def describe_provisional(analysis: Analysis, held: ProvisionalCloses) -> Provisional:
    """Publish the closes of a session that are not final, with the reading they would give."""
    found = read_provisional(analysis.panel, held.closes, analysis.rules.threshold)
    return Provisional(
        session=day(held.session),
        vix=_number(found.front),
        vix3m=_number(found.back),
        spy=_number(found.benchmark),
        ivts=_number(found.ivts),
        regime=found.regime.value if found.regime else None,
        reason=cast("Literal['early', 'disagreement']", held.reason),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else number(value)
