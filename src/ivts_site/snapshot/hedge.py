"""From the decision frame and the day's reading to what is published of the hedge lab."""

from __future__ import annotations

from collections.abc import Sequence

from ivts_site.analytics.hedge import FrameRow, Reading, RowTest, select_row
from ivts_site.model import Regime
from ivts_site.snapshot.hedge_types import HedgeCondition, HedgeLab, HedgeSelection, HedgeTest
from ivts_site.snapshot.hedge_vectors import VECTORS_SCHEMA
from ivts_site.snapshot.research_overlay_types import Overlay
from ivts_site.snapshot.types import SCHEMA_VERSION, Snapshot


def build_hedge_lab(  # noqa: PLR0913 (one argument for each thing that the file is a function of)
    snapshot: Snapshot,
    rows: Sequence[FrameRow],
    *,
    evidence: str,
    rule: str,
    overlay: Overlay | None,
    overlay_missing: str,
) -> HedgeLab:
    """Assemble the hedge lab's file.

    Parameters
    ----------
    snapshot : Snapshot
        Session, regime, day and band that select the row.
    rows : sequence of FrameRow
        The decision frame; the last row fits every reading.
    evidence, rule : str
        What stands behind the rows, and how one is selected.
    overlay : Overlay, optional
        Measured overlay as published by the research part.
    overlay_missing : str
        Why there is none; published only where that is so.

    Returns
    -------
    HedgeLab
    """
    today = snapshot.regime
    reading = Reading(regime=Regime(today.name), regime_day=today.day, band=today.band)
    return HedgeLab(
        schema_version=SCHEMA_VERSION,
        sample=snapshot.sample,
        as_of=snapshot.as_of,
        conditions=tuple(_condition(row, evidence) for row in rows),
        selected=HedgeSelection(
            condition=select_row(rows, reading).id,
            regime=today.name,
            regime_day=today.day,
            band=today.band,
            rule=rule,
        ),
        overlay=overlay,
        overlay_missing=overlay_missing if overlay is None else None,
        vectors_schema=VECTORS_SCHEMA,
    )


def _worded(test: RowTest) -> str:
    """Word a test: "contango, day 1 to 21"; what asks nothing is any other reading."""
    parts = [test.regime or "", _days(test), f"band {' or '.join(test.bands)}" if test.bands else ""]
    return ", ".join(filter(None, parts)) or "any other reading"


def _days(test: RowTest) -> str:
    if test.last_day is None:
        return f"from day {test.first_day}" if test.first_day else ""
    return f"day {test.first_day or 1} to {test.last_day}"


def _condition(row: FrameRow, evidence: str) -> HedgeCondition:
    return HedgeCondition(
        id=row.id,
        name=row.name,
        hedge_low=row.low,
        hedge_high=row.high,
        reason=row.reason,
        evidence=evidence,
        when=HedgeTest(
            regime=row.test.regime,
            first_day=row.test.first_day,
            last_day=row.test.last_day,
            bands=row.test.bands,
        ),
        reading=_worded(row.test),
    )
