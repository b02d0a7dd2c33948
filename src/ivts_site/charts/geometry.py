"""Where a figure's values lie in the plot area: axis ranges, domains, calendar and logarithmic scales."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_AXIS = re.compile(r"[xy]axis\d*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a figure, as its layout states it.

    Attributes
    ----------
    name : str
        Short name as traces use it: ``x``, ``y``, ``y2``.
    low, high : float
        The range in axis units: numbers, milliseconds since 1970 or powers of ten.
    domain : tuple of float
        Part of the plot area that the axis spans, from the left or from the bottom.
    settings : mapping
        The axis's layout.
    """

    name: str
    low: float
    high: float
    domain: tuple[float, float]
    settings: Mapping[str, Any]

    @property
    def vertical(self) -> bool:
        """Whether it is a value axis."""
        return self.name.startswith("y")

    def units(self, values: Any) -> Floats:
        """Return values in axis units; null and what a logarithm does not have become NaN."""
        return to_units(values, str(self.settings.get("type", "-")))

    def place(self, values: Any) -> Floats:
        """Return values as fractions of the plot area, from its left or from its top."""
        start, end = self.domain
        share = (self.units(values) - self.low) / (self.high - self.low)
        inside = start + share * (end - start)
        return 1 - inside if self.vertical else inside


def to_units(values: Any, kind: str) -> Floats:
    """Return values of an axis of a kind (``date``, ``log`` or any other) as floats.

    Dates become milliseconds since 1970, values of a logarithmic axis their powers of ten.
    """
    if kind == "date":
        stamps = np.asarray(values, dtype="datetime64[ms]")
        numbers = stamps.astype(np.int64).astype(np.float64)
        numbers[np.isnat(stamps)] = np.nan
        return numbers
    numbers = np.asarray(values, dtype=np.float64)
    return np.log10(np.where(numbers > 0, numbers, np.nan)) if kind == "log" else numbers


def read_axes(layout: Mapping[str, Any]) -> dict[str, Axis]:
    """Return the axes of a layout by short name, in the layout's drawing order."""
    found = {key: settings for key, settings in layout.items() if _AXIS.match(key)}
    return {_short(key): _axis(_short(key), found) for key in sorted(found)}


def _axis(name: str, found: Mapping[str, Mapping[str, Any]]) -> Axis:
    settings = found[_long(name)]
    kind = settings.get("type")
    bounds = to_units(settings["range"], "date") if kind == "date" else settings["range"]
    under = settings.get("overlaying")
    spans = found[_long(under)] if under else settings
    start, end = spans.get("domain", (0.0, 1.0))
    low, high = float(bounds[0]), float(bounds[1])
    return Axis(name=name, low=low, high=high, domain=(float(start), float(end)), settings=settings)


def _short(key: str) -> str:
    return key.replace("axis", "")


def _long(name: str) -> str:
    return f"{name[0]}axis{name[1:]}"
