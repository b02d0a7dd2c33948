"""The reading of a session whose closes are not final: told beside the numbers, never among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from ivts_site.analytics.results import Analysis
from ivts_site.model import Panel, ProvisionalCloses, Regime
from ivts_site.published.numbers import day, number
from ivts_site.published.status import Provisional


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalReading:
    """Closes of one session by role, their ratio and its regime; None where a close is not there yet."""

    front: float | None
    back: float | None
    benchmark: float | None
    ivts: float | None
    regime: Regime | None


def read_provisional(panel: Panel, closes: Mapping[str, float], threshold: float) -> ProvisionalReading:
    """Read provisional closes as the definition reads final ones.

    Parameters
    ----------
    panel : Panel
        Says which series is front, back and benchmark.
    closes : mapping of str to float
        What is stored of the session, by series key.
    threshold : float
        Backwardation above it, contango at or below it.

    Returns
    -------
    ProvisionalReading
        Ratio and regime are None unless front and back are there.
    """
    front, back = closes.get(panel.front.key), closes.get(panel.back.key)
    ivts = None if front is None or back is None else front / back
    regime = None if ivts is None else Regime.BACKWARDATION if ivts > threshold else Regime.CONTANGO
    return ProvisionalReading(
        front=front, back=back, benchmark=closes.get(panel.benchmark.key), ivts=ivts, regime=regime
    )


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
