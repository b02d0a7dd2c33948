"""The term structure by tenor: lines of some days over bars of the range; tenors on a log scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivts_site.analytics.studies.curve import Tenor
from ivts_site.charts import theme
from ivts_site.charts.studies.frame import Caption, Item, draw, log_scale

_TICKS = (5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200)
_MARGIN = 0.13
"""Room on both sides of the tenors, powers of ten."""


def draw_curve(tenors: Sequence[Tenor], caption: Caption) -> str:
    """Return the picture; tenors rise by days, and at least one close is known."""
    days = [tenor.days for tenor in tenors]
    today = [tenor.today for tenor in tenors]
    lines = (
        ([tenor.month_ago for tenor in tenors], "muted", 1.5, "1px,3px"),
        ([tenor.week_ago for tenor in tenors], "muted", 1.5, "5px,3px"),
        (today, "ink", 2.0, "solid"),
    )
    levels = [v for t in tenors for v in (t.low, t.high) if v is not None]
    levels += [v for closes, *_ in lines for v in closes if v is not None]
    known = [(t.days, t.median) for t in tenors if t.median is not None]
    traces = [
        theme.line(closes, x=days, role=role, width=width, dash=dash, mode="lines")
        for closes, role, width, dash in lines
    ]
    traces.append(theme.points(days, today, role="ink"))
    traces.append(
        theme.points([d for d, _ in known], [m for _, m in known], role="muted", size=6, hollow=True)
    )
    return draw(
        traces,
        caption,
        x=theme.x_axis(
            type="log",
            range=[float(np.log10(days[0])) - _MARGIN, float(np.log10(days[-1])) + _MARGIN],
            tickvals=days,
            ticktext=[theme.pseudo_html(tenor.label) for tenor in tenors],
        ),
        # logarithmic: a range of panic would press a calm curve flat on a linear one
        y=log_scale([float(np.log10(min(levels))) - 0.04, float(np.log10(max(levels))) + 0.04], _TICKS),
        shapes=[shape for tenor in tenors for shape in _range(tenor)],
        notes=[theme.head_note("index points, log scale")],
    )


def _range(tenor: Tenor) -> list[Item]:
    if tenor.low is None or tenor.high is None:
        return []
    up = {"yref": "y", "y0": tenor.low, "y1": tenor.high}
    return [theme.rule_line(role="rule", along="y", at=tenor.days, axis="x", width=8) | up]
