"""How often the intervals hold the truth, as `make bench-coverage` last counted it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from ivts_site.analytics.study_input import StudyInput

RANK = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Nominal 95% intervals of the difference after backwardation in histories where there is none."""

    generator: str
    """How the histories were made: `sample`, `residuals` or `garch`."""
    horizon: int
    """Sessions ahead."""
    histories: int
    """Histories with enough clusters for an interval."""
    held: float
    """Share of intervals that hold the truth."""
    above: float
    """Share that lie wholly above it."""
    below: float
    """Share that lie wholly below it."""
    plain: float
    """Share of the plain percentile intervals of the same draws that hold it."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What the study publishes."""

    coverage: tuple[Coverage, ...]
    """By generator and horizon; the closes of this page have no part in it."""


def measure(_: StudyInput) -> Covered:
    """Read the counts that were made with the calibration in use."""
    stored = json.loads(files("ivts_site.analytics").joinpath("coverage.json").read_text("utf-8"))
    return Covered(coverage=tuple(Coverage(**row) for row in stored))
