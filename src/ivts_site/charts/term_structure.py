"""Front and back index side by side, shaded where the front is above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Flags
from ivts_site.analytics.results import Analysis
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import value_axis
from ivts_site.charts.options import Options, finish
from ivts_site.charts.series import (
    bounds,
    build_series,
    close_columns,
    days,
    latest,
    session_columns,
    shaded_runs,
)
from ivts_site.model import Chart, KeyMark, Table
from ivts_site.published.history import History, HistoryCloses

ID = "term-structure"


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of both indices over all stored sessions, opened at the default window."""
    front, back = words.name(analysis.panel.front), words.name(analysis.panel.back)
    series = build_series(analysis)
    views = tuple(_views(analysis, series, options))
    figure = dated.open_figure(
        _traces(analysis, series),
        views,
        analysis.window.name,
        xaxis=theme.x_axis(type="date", anchor="y"),
        yaxis=theme.y_axis(range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]),
        yaxis2=theme.y_axis(overlaying="y", side="left"),
    )
    return finish(
        figure,
        id_=ID,
        title=f"{front} and {back}",
        description=(
            f"Lines of the {front} and {back} closes by session; "
            f"spans in which {front} closed above {back} are shaded."
        ),
        summary=_summary(analysis),
        key=(KeyMark(mark="band", label="backwardation"),),
        raw_closes=True,
        table=_table(analysis, options),
        options=options,
        views=views,
    )


def _views(analysis: Analysis, series: pd.DataFrame, options: Options) -> Iterator[dated.View]:
    panel = analysis.panel
    names = (words.name(panel.front), "ink", True), (words.name(panel.back), "muted", False)
    ends = [(close, *name) for close, name in zip(_last_closes(analysis), names, strict=True)]

    def notes(axes: dated.Axes) -> list[dict[str, Any]]:
        labels = theme.end_notes(ends, axes["yaxis2"]["range"])
        return [theme.head_note("index points"), *labels, *theme.sample_note(sample=options.sample)]

    views = dated.window_views(analysis, series.index, _fitter(series), notes)
    for view, window in zip(views, analysis.windows, strict=True):
        yield replace(view, summary=_summary(replace(analysis, window=window)))


def _traces(analysis: Analysis, series: pd.DataFrame) -> list[Any]:
    x, y = shaded_runs(analysis.signal["backwardation"])
    hover = {
        column: f"{theme.hover_html(role.label)} %{{y:.2f}}<extra></extra>"
        for column, role in (("front", analysis.panel.front), ("back", analysis.panel.back))
    }
    back = theme.line(
        series["back"].to_numpy(),
        x=days(series.index),
        role="muted",
        name=words.name(analysis.panel.back),
        yaxis="y2",
        dash=theme.DASHES,
        hovertemplate=hover["back"],
    )
    front = theme.line(
        series["front"].to_numpy(),
        role="ink",
        name=words.name(analysis.panel.front),
        yaxis="y2",
        hovertemplate=hover["front"],
    )
    return [back, front, theme.bands(x, y, yaxis="y")]


def _last_closes(analysis: Analysis) -> tuple[float, float]:
    closes, as_of = analysis.panel.closes, analysis.panel.as_of
    return float(closes["front"][as_of]), float(closes["back"][as_of])


def _fitter(series: pd.DataFrame) -> dated.Fit:
    front, back = (series[column].to_numpy() for column in ("front", "back"))

    def fit(shown: Flags) -> dict[str, dict[str, Any]]:
        low, high = bounds(np.r_[front[shown], back[shown]])
        return {"yaxis2": value_axis(low, high)}

    return fit


def _summary(analysis: Analysis) -> str:
    window, panel = analysis.window, analysis.panel
    front, back = words.name(panel.front), words.name(panel.back)
    front_close, back_close = _last_closes(analysis)
    first = (
        f"{words.today(analysis)} {front} closed at {fmt.level(front_close)} and {back} at "
        f"{fmt.level(back_close)} points."
    )
    second = (
        f"{words.window_words(window)}, {front} ranged from {fmt.level(window.vix_min)} to "
        f"{fmt.level(window.vix_max)}; {back} peaked at {fmt.level(window.vix3m_max)} on "
        f"{fmt.date_short(window.vix3m_max_session)}."
    )
    if window.n_sessions == 1:
        return f"{first} No earlier session with both is stored."
    return f"{first} {second} {front} closed above {back} on {words.window_share(window)} of that window."


def _table(analysis: Analysis, options: Options) -> Table:
    closes = analysis.panel.closes.reindex(analysis.signal.index)
    front, back, benchmark = close_columns(analysis)
    session, ivts, above, gap = session_columns(
        pd.DataFrame(
            {
                "ivts": analysis.signal["ivts"],
                "front_above_back": closes["front"] > closes["back"],
                "front_less_back": closes["front"] - closes["back"],
            }
        ),
        ivts={},
        front_above_back={"about": f"Whether {front.label} closed above {back.label}."},
        front_less_back={"label": f"{front.label} − {back.label}", "words": _points},
    )
    shown = latest(len(closes))
    sessions = fmt.plural(len(shown), "session")
    return Table(
        file=(session, ivts, above, *((front, back, benchmark) if options.raw_closes else ())),
        records=(History, HistoryCloses),
        caption=f"{front.label} and {back.label}: the latest {sessions}, index points",
        page=(session, front, back, gap),
        shown=shown,
    )


def _points(change: float) -> str:
    return fmt.signed(change, 2)
