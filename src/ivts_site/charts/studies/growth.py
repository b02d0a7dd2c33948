"""Growth of 1 under several rules, on a log scale: equal steps are equal percentages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis
from ivts_site.charts.studies.frame import Caption, draw, log_scale

_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_GAP = 0.085
"""Least distance of two names at the right, as a share of the height."""
_ROOM = 60
"""Pixels at the right, as the style sheet of the page gives this picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthLine:
    """A rule: its name, the value of 1 over time, color role, width, dash."""

    label: str
    values: Sequence[float]
    role: str
    width: float
    dash: str


def draw_growth(sessions: Sequence[str], lines: Sequence[GrowthLine], caption: Caption) -> str:
    """Return the picture; every line has a value, above zero, on every session."""
    days = np.asarray(sessions, dtype="datetime64[D]")
    logs = np.log10(np.array([line.values for line in lines], dtype=float))
    low, high = min(float(logs.min()), -0.05), max(float(logs.max()), 0.05)
    pad = 0.05 * (high - low)
    bounds = [low - pad, high + pad]
    ends = [(float(np.log10(line.values[-1])), line.label, line.role, line.role == "ink") for line in lines]
    return draw(
        [theme.line(line.values, x=days, role=line.role, width=line.width, dash=line.dash) for line in lines],
        caption,
        x=theme.x_axis(type="date", **date_axis(pd.Timestamp(sessions[0]), pd.Timestamp(sessions[-1]))),
        y=log_scale(bounds, _TICKS),
        notes=[
            theme.head_note("value of 1, log scale"),
            *theme.end_notes(ends, bounds, gap=_GAP, room=_ROOM),
        ],
    )
