"""Stretches of inverted sessions: when, how long, and what followed on average."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ivts_site.analytics.studies.bounce import Stretch
from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis
from ivts_site.charts.studies.frame import Caption, draw, head_right, percent_axis

_SIZE = 4.2
"""Diameter of a stretch of one session, in pixels; areas are as sessions."""


def draw_stretches(stretches: Sequence[Stretch], caption: Caption, *, reference: float | None) -> str:
    """Return the picture of the stretches that are over; at least one, largest below the others."""
    known = [each for each in stretches if each.mean_return is not None]
    known.sort(key=lambda each: -each.n_sessions)
    days = [pd.Timestamp(each.first_session) for each in known]
    traces = [
        theme.points(
            [day.to_numpy()],
            [each.mean_return],
            role="backwardation",
            size=_SIZE * each.n_sessions**0.5,
            hollow=True,
        )
        for day, each in zip(days, known, strict=True)
    ]
    shapes = [theme.rule_line(role="muted", along="x", at=0.0, axis="y")]
    if reference is not None:
        shapes.append(
            theme.rule_line(role="ink", along="x", at=reference, axis="y", dash="1px,3px", width=1.5)
        )
    return draw(
        traces,
        caption,
        x=theme.x_axis(type="date", **date_axis(min(days) - pd.Timedelta(days=200), max(days))),
        y=theme.y_axis(**percent_axis(_padded([each.mean_return or 0.0 for each in known]))),
        shapes=shapes,
        notes=[theme.head_note("mean return afterwards"), head_right("dotted: any session")],
    )


def _padded(values: Sequence[float]) -> list[float]:
    """Ends with room for the largest circle, which may lie at either."""
    room = 0.12 * (max(values) - min(values)) or 0.01
    return [min(values) - room, max(values) + room / 2]
