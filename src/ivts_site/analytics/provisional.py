"""The reading of a session whose closes are not final: told beside the numbers, never among them."""

from __future__ import annotations

from typing import Literal, cast

from ivts_site.analytics.term_structure import is_above
from ivts_site.model import Panel, ProvisionalCloses
from ivts_site.published import REGIMES
from ivts_site.published.numbers import day
from ivts_site.published.status import Provisional


def read_provisional(panel: Panel, held: ProvisionalCloses, threshold: float) -> Provisional:
    """Read provisional closes as the definition reads final ones.

    Parameters
    ----------
    panel : Panel
        Says which series is front, back and benchmark.
    held : ProvisionalCloses
        What is stored of the session.
    threshold : float
        Backwardation above it, contango at or below it.

    Returns
    -------
    Provisional
        Ratio and regime are None unless front and back are there.
    """
    front, back = held.closes.get(panel.front.key), held.closes.get(panel.back.key)
    ivts = None if front is None or back is None else front / back
    return Provisional(
        session=day(held.session),
        vix=front,
        vix3m=back,
        spy=held.closes.get(panel.benchmark.key),
        ivts=ivts,
        regime=None if ivts is None else REGIMES[bool(is_above(ivts, threshold))],
        reason=cast("Literal['early', 'disagreement']", held.reason),
    )
