"""Implied and realized volatility over time: two lines in annualized points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis, value_axis
from ivts_site.charts.studies.frame import Caption, draw

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatilities:
    """What to draw: sessions, and on each the implied and the realized volatility, NaN where not known."""

    sessions: pd.DatetimeIndex
    implied: Floats
    realized: Floats


def draw_implied(series: Volatilities, caption: Caption) -> str:
    """Return the picture; at least one value of either line is known."""
    both = np.concatenate([series.implied, series.realized])
    days = series.sessions.to_numpy(dtype="datetime64[D]")
    return draw(
        [
            theme.line(series.realized, x=days, role="muted", width=1.25),
            theme.line(series.implied, x=days, role="ink"),
        ],
        caption,
        x=theme.x_axis(type="date", **date_axis(series.sessions[0], series.sessions[-1])),
        y=theme.y_axis(**value_axis(0.0, float(np.nanmax(both)), at_most=5, pad=0.03)),
        notes=[theme.head_note("points, annual")],
    )
