"""Which row of the decision frame a reading of the term structure selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ivts_site.published.hedge import HedgeCondition, HedgeTest


def select_row(rows: Sequence[HedgeCondition], *, regime: str, regime_day: int, band: str) -> HedgeCondition:
    """Return the first row whose test a reading passes; ValueError where it passes none.

    A reading is a regime, the session's 1-based day in its spell, and the name of the ratio's band. A frame
    whose last row asks nothing has a row for every reading.
    """
    for row in rows:
        if passes(row.when, regime=regime, regime_day=regime_day, band=band):
            return row
    raise ValueError(f"no row of the frame fits {regime}, day {regime_day}, band {band}")


def count_rows(rows: Sequence[HedgeCondition], readings: Iterable[tuple[str, int, str]]) -> Mapping[str, int]:
    """Count the readings that select each row, by its id; rows that none selects count 0."""
    chosen = Counter(
        select_row(rows, regime=regime, regime_day=day, band=band).id for regime, day, band in readings
    )
    return {row.id: chosen[row.id] for row in rows}


def passes(test: HedgeTest, *, regime: str, regime_day: int, band: str) -> bool:
    """Whether a reading meets all that is asked; both days are included."""
    return (
        test.regime in (None, regime)
        and (test.first_day is None or regime_day >= test.first_day)
        and (test.last_day is None or regime_day <= test.last_day)
        and (not test.bands or band in test.bands)
    )
