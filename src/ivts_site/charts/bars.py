"""Bars of measured means, side by side to one scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class BarScale:
    """Turns values into units of a picture 100 wide and 10 high, zero always within it.

    Attributes
    ----------
    low : float
        The lowest value drawn, at most zero.
    unit : float
        Units of the picture for a value of 1.
    """

    low: float
    unit: float

    @classmethod
    def of(cls, values: Iterable[float]) -> BarScale:
        """Return the scale on which all values fit."""
        ends = [0.0, *values]
        low, high = min(ends), max(ends)
        return cls(low, WIDTH / (high - low) if high > low else 0.0)

    @property
    def zero(self) -> str:
        """Where the line of zero stands."""
        return f"{self._zero:.1f}"

    def left(self, value: float | None) -> str:
        """Return where the bar of a value begins; an undefined one has no length."""
        return f"{self._zero + min((value or 0.0) * self.unit, 0.0):.1f}"

    def width(self, value: float | None) -> str:
        """Return how long the bar of a value is."""
        return f"{abs((value or 0.0) * self.unit):.1f}"

    def span(self, interval: tuple[float, float]) -> str:
        """Return the path of an interval: a line across its middle, with ends."""
        start, end = (self._zero + edge * self.unit for edge in interval)
        return f"M{start:.1f} 2v6m0-3H{end:.1f}m0-3v6"

    @property
    def _zero(self) -> float:
        return -self.low * self.unit
