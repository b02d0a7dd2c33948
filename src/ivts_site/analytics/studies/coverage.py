"""How often the intervals hold the truth, as `make bench-coverage` last counted it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Literal

from ivts_site.analytics.study_input import StudyInput

RANK = 90
HELD, MISSED = (0.93, 0.97), (0.012, 0.042)
"""What 95% intervals should hold, and miss on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Nominal 95% intervals of a number after backwardation in histories where the ratio has no effect."""

    outcome: Literal["return", "share"]
    """Returns, or the share of rises."""
    statistic: Literal["difference", "adds", "mean"]
    """Of sessions in backwardation less all others, that at the same front index, or of the former alone."""

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
    met: bool
    """Whether 93 to 97% hold it and 1.2 to 4.2% lie on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Scored):
    """The same of the difference of returns, beside intervals without calibration."""

    plain: float
    """Share of the plain percentile intervals of the same draws that hold it."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What the study publishes."""

    coverage: tuple[Coverage, ...]
    """Of differences of returns, by generator and horizon; the closes of this page have no part in it."""
    coverage_others: tuple[Scored, ...]
    """Of the other numbers after backwardation."""


def measure(_: StudyInput) -> Covered:
    """Read the counts that were made with the calibration in use."""
    stored = json.loads(files("ivts_site.analytics").joinpath("coverage.json").read_text("utf-8"))
    names = {each.name for each in fields(Scored)}
    main, others = [], []
    for row in stored:
        if (row["outcome"], row["statistic"]) == ("return", "difference"):
            main.append(Coverage(**row, met=meets(**row)))
        else:
            others.append(Scored(**{key: row[key] for key in names & row.keys()}, met=meets(**row)))
    return Covered(coverage=tuple(main), coverage_others=tuple(others))


def meets(*, held: float, above: float, below: float, **_: object) -> bool:
    """Whether a row is as it should be."""
    return HELD[0] <= held <= HELD[1] and all(MISSED[0] <= side <= MISSED[1] for side in (above, below))
