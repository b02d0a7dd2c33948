"""Types of arrays; mean, median and share of one, None where there is nothing to tell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ivts_site.formatting import FEWEST_CASES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def mean(values: Floats | Ints) -> float | None:
    """Mean; None of nothing."""
    return float(values.mean()) if len(values) else None


def median(values: Floats | Ints) -> float | None:
    """Median; None of nothing."""
    return float(np.median(values)) if len(values) else None


def share(inside: Flags) -> float | None:
    """Share that is inside; None of fewer than `FEWEST_CASES`, which are told in words."""
    return float(inside.mean()) if len(inside) >= FEWEST_CASES else None
