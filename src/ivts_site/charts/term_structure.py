"""Front and back index side by side, shaded where the front is above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import spread, value_axis
from ivts_site.charts.export import plain
from ivts_site.charts.options import Options, Texts, finish
from ivts_site.charts.series import (
    ChartData,
    bounds,
    build_series,
    close_columns,
    episode_rings,
    latest,
    session_column,
)
from ivts_site.charts.theme import Figure
from ivts_site.model import Chart, Column, KeyMark, Table
from ivts_site.published.history import History, HistoryCloses

ID = "term-structure"
TABLE_ROWS = 20
LABEL_GAP = 0.075
"""Smallest distance of the two end labels, as a share of the plot height on a phone."""


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of both indices over all stored sessions, opened at the default window."""
    front, back = words.name(analysis.panel.front), words.name(analysis.panel.back)
    texts = Texts(
        id=ID,
        title=f"{front} and {back}",
        description=(
            f"Lines of the {front} and {back} closes by session; "
            f"spans in which {front} closed above {back} are shaded."
        ),
        summary=_summary(analysis),
        key=(KeyMark(mark="band", label="backwardation"),),
        raw_closes=True,
    )
    series = build_series(analysis)
    views = tuple(_views(analysis, series, options))
    return finish(
        _figure(analysis, series, views),
        texts,
        table=_table(analysis, options),
        options=options,
        views=views,
    )


def _views(analysis: Analysis, series: ChartData, options: Options) -> Iterator[dated.View]:
    fit = _fitter(series)
    for window in analysis.windows:
        span = dated.window_spans(analysis)[window.name]
        axes = dated.fit_axes(span, series.index, fit)
        notes = [
            theme.head_note("index points"),
            *_end_labels(analysis, axes["yaxis2"]["range"]),
            *theme.sample_note(sample=options.sample),
        ]
        yield dated.View(
            span=span, axes=axes, notes=notes, summary=_summary(replace(analysis, window=window))
        )


def _figure(analysis: Analysis, series: ChartData, views: tuple[dated.View, ...]) -> Figure:
    meta = dated.range_meta(views, analysis.window.name)
    layout = theme.base_layout() | {
        "meta": meta,
        "xaxis": theme.x_axis(type="date", anchor="y"),
        "yaxis": theme.y_axis(range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]),
        "yaxis2": theme.y_axis(overlaying="y", side="left"),
    }
    layout = dated.apply(layout, meta["axes"][meta["default_range"]])
    layout["annotations"] = next(view.notes for view in views if view.span.name == analysis.window.name)
    return Figure(traces=_traces(analysis, series), layout=layout)


def _traces(analysis: Analysis, series: ChartData) -> list[Any]:
    x, y = episode_rings(analysis)
    hover = {
        column: f"{theme.hover_html(role.label)} %{{y:.2f}}<extra></extra>"
        for column, role in (("front", analysis.panel.front), ("back", analysis.panel.back))
    }
    back = theme.line(
        series.frame["back"].to_numpy(),
        x=series.dates,
        role="muted",
        name=words.name(analysis.panel.back),
        yaxis="y2",
        dash="5px,3px",
        hovertemplate=hover["back"],
    )
    front = theme.line(
        series.frame["front"].to_numpy(),
        role="ink",
        name=words.name(analysis.panel.front),
        yaxis="y2",
        hovertemplate=hover["front"],
    )
    return [back, front, theme.bands(x, y, name="backwardation", yaxis="y")]


def _end_labels(analysis: Analysis, range_: list[float]) -> list[dict[str, Any]]:
    """Return the names of the lines at their right ends, kept apart."""
    low, high = range_
    places = [(close - low) / (high - low) for close in _last_closes(analysis)]
    apart = spread(places, LABEL_GAP, 0.0, 1.0)
    roles = ((analysis.panel.front, "ink"), (analysis.panel.back, "muted"))
    return [
        theme.end_note(words.name(series), role=role, y=place, strong=role == "ink")
        for (series, role), place in zip(roles, apart, strict=True)
    ]


def _last_closes(analysis: Analysis) -> tuple[float, float]:
    closes, as_of = analysis.panel.closes, analysis.panel.as_of
    return float(closes["front"][as_of]), float(closes["back"][as_of])


def _fitter(series: ChartData) -> dated.Fit:
    front, back = (series.frame[column].to_numpy() for column in ("front", "back"))

    def fit(shown: npt.NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
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
    signal = analysis.signal
    closes = analysis.panel.closes.reindex(signal.index)
    session, (front, back, *others) = session_column(signal.index), close_columns(analysis)
    above = Column(
        name="front_above_back",
        values=plain((closes["front"] > closes["back"]).to_numpy()),
        about=f"Whether {front.label} closed above {back.label}.",
    )
    gap = Column(
        name="front_less_back",
        values=plain((closes["front"] - closes["back"]).to_numpy()),
        label=f"{front.label} − {back.label}",
        words=fmt.change,
    )
    shown = latest(len(signal), TABLE_ROWS)
    sessions = fmt.plural(len(shown), "session")
    return Table(
        file=(
            session,
            Column(name="ivts", values=plain(signal["ivts"].to_numpy())),
            above,
            *((front, back, *others) if options.raw_closes else ()),
        ),
        records=(History, HistoryCloses),
        caption=f"{front.label} and {back.label}: the latest {sessions}, index points",
        page=(session, front, back, gap),
        shown=shown,
    )
