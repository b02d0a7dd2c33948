"""The hedge lab as a part of the site: the decision frame with the row that the day selects."""

from __future__ import annotations

from ivts_site.analytics.hedge import FrameRow, RowTest
from ivts_site.content.hedge import Condition
from ivts_site.errors import ContentError
from ivts_site.pipeline.core import Core, Part
from ivts_site.snapshot import to_json
from ivts_site.snapshot.hedge import build_hedge_lab
from ivts_site.snapshot.hedge_types import HedgeLab

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
    frame = core.content.hedge.frame
    _check_bands(frame.conditions, {band.name for band in core.config.ratio.bands})
    return build_hedge_lab(
        core.snapshot,
        [_row(condition) for condition in frame.conditions],
        evidence=frame.evidence,
        rule=frame.rule,
        overlay=core.research.overlay,
        overlay_missing=frame.no_overlay,
    )


def _row(condition: Condition) -> FrameRow:
    when = condition.when
    return FrameRow(
        id=condition.id,
        name=condition.name,
        low=condition.low,
        high=condition.high,
        reason=condition.reason,
        test=RowTest(regime=when.regime, first_day=when.first_day, last_day=when.last_day, bands=when.bands),
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
