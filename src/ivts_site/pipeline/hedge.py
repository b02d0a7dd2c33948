"""The hedge lab as a part of the site: the decision frame with the row that the day selects."""

from __future__ import annotations

from ivts_site.analytics.hedge import select_row
from ivts_site.content.hedge import Condition
from ivts_site.errors import ContentError
from ivts_site.pipeline.core import Core, Part
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.hedge import HedgeCondition, HedgeLab, HedgeSelection, HedgeTest
from ivts_site.published.hedge_vectors import VECTORS_SCHEMA
from ivts_site.snapshot import to_json
from ivts_site.words.hedge import reading_words

HEDGE_FILE = "api/v1/hedge.json"


def hedge_part(core: Core) -> Part:
    """Make `api/v1/hedge.json`."""
    return Part(files={HEDGE_FILE: to_json(hedge_lab(core)).encode()})


def hedge_lab(core: Core) -> HedgeLab:
    """Return what is published of the hedge lab.

    Raises
    ------
    ContentError
        Where the frame names a band that the configuration does not have.
    """
    frame, snapshot, overlay = core.content.hedge.frame, core.snapshot, core.research.overlay
    _check_bands(frame.conditions, {band.name for band in core.config.ratio.bands})
    rows = tuple(_row(condition, frame.evidence) for condition in frame.conditions)
    today = snapshot.regime
    chosen = select_row(rows, regime=today.name, regime_day=today.day, band=today.band)
    return HedgeLab(
        schema_version=SCHEMA_VERSION,
        sample=snapshot.sample,
        as_of=snapshot.as_of,
        conditions=rows,
        selected=HedgeSelection(
            condition=chosen.id,
            regime=today.name,
            regime_day=today.day,
            band=today.band,
            rule=frame.rule,
        ),
        overlay=overlay,
        overlay_missing=frame.no_overlay if overlay is None else None,
        vectors_schema=VECTORS_SCHEMA,
    )


def _row(condition: Condition, evidence: str) -> HedgeCondition:
    when = HedgeTest(**dict(condition.when))
    return HedgeCondition(
        id=condition.id,
        name=condition.name,
        hedge_low=condition.low,
        hedge_high=condition.high,
        reason=condition.reason,
        evidence=evidence,
        when=when,
        reading=reading_words(when),
    )


def _check_bands(conditions: tuple[Condition, ...], known: set[str]) -> None:
    problems = [
        f"frame.conditions.{position}.when.bands: {band!r} is none of ratio.bands: {', '.join(sorted(known))}"
        for position, condition in enumerate(conditions)
        for band in condition.when.bands
        if band not in known
    ]
    if problems:
        raise ContentError("hedge.yaml", problems)
