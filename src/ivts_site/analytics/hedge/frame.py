"""Which row of the decision frame a reading of the term structure selects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivts_site.model import Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a row is selected by: regime, 1-based day in it, name of the ratio's band."""

    regime: Regime
    regime_day: int
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTest:
    """What a row asks of a reading; None and an empty tuple ask nothing, both days are included."""

    regime: str | None = None
    first_day: int | None = None
    last_day: int | None = None
    bands: tuple[str, ...] = ()

    def passes(self, reading: Reading) -> bool:
        """Whether a reading meets all that is asked."""
        return (
            self.regime in (None, reading.regime)
            and (self.first_day is None or reading.regime_day >= self.first_day)
            and (self.last_day is None or reading.regime_day <= self.last_day)
            and (not self.bands or reading.band in self.bands)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """A condition, the range of hedge factors that is usual in it, and when it is selected.

    Attributes
    ----------
    id, name : str
        Anchor and name of the condition.
    low, high : float
        Range of hedge factors, fractions.
    reason : str
        Why such a range.
    test : RowTest
        Readings that select it.
    """

    id: str
    name: str
    low: float
    high: float
    reason: str
    test: RowTest


def select_row(rows: Sequence[FrameRow], reading: Reading) -> FrameRow:
    """Return the first row whose test the reading passes.

    Raises
    ------
    ValueError
        Where it passes none; a frame whose last row asks nothing has a row for every reading.
    """
    for row in rows:
        if row.test.passes(reading):
            return row
    raise ValueError(f"no row of the frame fits {reading}")
