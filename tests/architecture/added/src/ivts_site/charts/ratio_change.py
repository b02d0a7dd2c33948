"""How far the ratio moved from one close to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import value_axis
from ivts_site.charts.export import plain, rounded
from ivts_site.charts.options import Options, finish
from ivts_site.charts.series import days, latest, session_column
from ivts_site.model import Chart, Column, Table

ID = "ratio-change"
ABOUT = "Change of the ratio from the close before; null where there is none."


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of the daily changes, opened at the default window."""
    changes = rounded(analysis.signal["ivts"].diff(), 4)
    sessions, drawn = pd.DatetimeIndex(analysis.signal.index), rounded(changes * 100, 2)
    views = dated.window_views(analysis, sessions, lambda shown: {"yaxis": _axis(drawn[shown])})
    line = theme.line(
        drawn,
        x=days(sessions),
        role="ink",
        name="change",
        hovertemplate="%{y:+.2f} hundredths<extra></extra>",
    )
    figure = dated.open_figure(
        [line],
        views,
        analysis.window.name,
        xaxis=theme.x_axis(type="date", anchor="y"),
        yaxis=theme.y_axis(),
        annotations=[theme.head_note("hundredths"), *theme.sample_note(sample=options.sample)],
    )
    return finish(
        figure,
        id_=ID,
        title="Daily change of the ratio",
        description="A line of the change of the ratio from each close to the next, in hundredths.",
        summary=_summary(analysis, changes),
        table=_table(analysis, changes),
        options=options,
        views=views,
    )


def _axis(shown: npt.NDArray[np.float64]) -> dict[str, Any]:
    known = shown[~np.isnan(shown)]
    return value_axis(float(known.min(initial=0)), float(known.max(initial=0)))


def _summary(analysis: Analysis, changes: npt.NDArray[np.float64]) -> str:
    if np.isnan(changes[-1]):
        return f"{words.today(analysis)} there is no close before to compare the ratio with."
    return f"{words.today(analysis)} the ratio changed by {fmt.signed(float(changes[-1]), 4)}."


def _table(analysis: Analysis, changes: npt.NDArray[np.float64]) -> Table:
    columns = (
        session_column(analysis.signal.index),
        Column(
            name="change",
            values=plain(changes),
            about=ABOUT,
            label="Change",
            words=lambda change: fmt.signed(change, 4),
        ),
    )
    shown = latest(len(changes))
    return Table(
        file=columns,
        caption=f"Change of the ratio: the latest {fmt.plural(len(shown), 'session')}",
        page=columns,
        shown=shown,
    )
