"""The main chart: the ratio, its reference lines, the episodes, and the benchmark behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.analytics.rules import Band
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import value_axis
from ivts_site.charts.export import plain
from ivts_site.charts.options import Options, Texts, finish
from ivts_site.charts.series import Series, build_series, days, episode_rings, latest, session_column
from ivts_site.model import Chart, Column, KeyMark, Table
from ivts_site.published.history import History, HistoryCloses

ID = "signal"
TABLE_ROWS = 20


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of the ratio over all stored sessions, opened at the default window."""
    front, back, bench = (words.name(r) for r in _roles(analysis))
    texts = Texts(
        id=ID,
        title=f"{words.RATIO} signal: {front} / {back}",
        description=(
            f"Line of the ratio {front} / {back} by session, with {bench} closes in grey on the right axis, "
            f"the threshold {fmt.plain(analysis.rules.threshold)} as a line, and episodes of backwardation "
            "shaded."
        ),
        summary=_summary(analysis, options),
        key=_key(analysis, options),
        raw_closes=True,
    )
    return finish(
        _figure(analysis, options),
        texts,
        table=_table(analysis, options),
        options=options,
    )


def _roles(analysis: Analysis) -> tuple[Any, Any, Any]:
    panel = analysis.panel
    return panel.front, panel.back, panel.benchmark


def _figure(analysis: Analysis, options: Options) -> go.Figure:
    series = build_series(analysis)
    held = options.provisional
    meta = dated.range_meta(
        analysis, series.index, _fitter(analysis, series, options), until=held.session if held else None
    )
    layout = theme.base_layout() | {
        "meta": meta,
        "xaxis": theme.x_axis(type="date", anchor="y"),
        "yaxis": theme.y_axis(range=[0, 1], visible=False, showgrid=False, tickvals=[], ticktext=[]),
        "yaxis2": theme.y_axis(overlaying="y", side="right", showgrid=False),
        "yaxis3": theme.y_axis(overlaying="y", side="left"),
        "shapes": [_threshold_line(analysis), *_stress_line(analysis)],
        "annotations": [*_notes(analysis), *theme.sample_note(sample=options.sample, side="center")],
    }
    chosen = meta["axes"][meta["default_range"]]
    return go.Figure(data=_traces(analysis, series, options), layout=dated.apply(layout, chosen))


def _traces(analysis: Analysis, series: Series, options: Options) -> list[Any]:
    bench = words.name(analysis.panel.benchmark)
    x, y = episode_rings(analysis)
    suspects = analysis.signal.index[analysis.signal["suspect"]]
    ratio = theme.line(
        series.frame["ivts"].to_numpy(),
        x=series.dates,
        role="ink",
        name=words.RATIO,
        yaxis="y3",
        meta=_hover_columns(analysis, series),
        hovertemplate=(
            f"{words.RATIO} %{{y:.4f}}<br>%{{customdata[2]}}, day %{{customdata[3]}}<br>"
            f"{theme.hover_html(analysis.panel.front.label)} %{{customdata[0]:.2f}}<br>"
            f"{theme.hover_html(analysis.panel.back.label)} %{{customdata[1]:.2f}}<extra></extra>"
        ),
    )
    price = theme.line(
        series.frame["benchmark"].to_numpy(),
        role="muted",
        name=bench,
        yaxis="y2",
        width=1,
        meta={"opacity": 0.6},
        opacity=0.6,
        hovertemplate=f"{theme.hover_html(bench)} %{{y:,.2f}}<extra></extra>",
    )
    shade = theme.bands(x, y, name="backwardation", yaxis="y")
    marked = theme.points(
        days(suspects),
        series.frame["ivts"].reindex(suspects).to_numpy(),
        role="muted",
        name="suspect close",
        yaxis="y3",
        symbol="circle-open",
        hovertemplate="suspect close<extra></extra>",
    )
    last = theme.points(
        series.dates[-1:],
        series.frame["ivts"].to_numpy()[-1:],
        role=analysis.regime.name,
        name="latest",
        yaxis="y3",
        hoverinfo="skip",
    )
    return [ratio, price, shade, *([marked] if len(suspects) else []), *_provisional(options), last]


def _provisional(options: Options) -> list[Any]:
    held = options.provisional
    if held is None:
        return []
    return [
        theme.points(
            days([held.session]),
            [held.ivts],
            role=held.regime,
            name="provisional",
            yaxis="y3",
            symbol="circle-open",
            hovertemplate="provisional %{y:.4f}<extra></extra>",
        )
    ]


def _hover_columns(analysis: Analysis, series: Series) -> dict[str, Any]:
    """Return the columns a script zips into `customdata`: closes by session, regime and day by spell."""
    position = series.index.get_indexer(analysis.signal.index)
    signal = analysis.signal
    starts = np.flatnonzero(signal["regime_day"].to_numpy() == 1)
    spells = [[int(position[i]), int(signal["backwardation"].iloc[i])] for i in starts]
    return {
        "front": series.frame["front"].to_numpy(),
        "back": series.frame["back"].to_numpy(),
        "spells": spells,
    }


def _fitter(analysis: Analysis, series: Series, options: Options) -> dated.Fit:
    threshold = analysis.rules.threshold
    stress = next((band.upto for band in _stress_bands(analysis)), None)
    lines = [threshold, stress or threshold, *([options.provisional.ivts] if options.provisional else [])]
    ivts, bench = (series.frame[column].to_numpy() for column in ("ivts", "benchmark"))

    def fit(shown: npt.NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
        low, high = bounds(ivts[shown], *lines)
        ratio = value_axis(low, high, places=2, at_most=8)
        price = value_axis(*bounds(bench[shown]))
        return {"yaxis3": ratio, "yaxis2": price}

    return fit


def bounds(values: npt.NDArray[np.float64], *also: float) -> tuple[float, float]:
    """Return the smallest and largest of the defined values and some more; (0, 1) where there is none."""
    pool = np.r_[values[~np.isnan(values)], also]
    return (float(pool.min()), float(pool.max())) if len(pool) else (0.0, 1.0)


def _stress_bands(analysis: Analysis) -> tuple[Band, ...]:
    """Return the bands whose upper edge lies above the threshold, the lowest first."""
    threshold = analysis.rules.threshold
    return tuple(b for b in analysis.rules.bands if b.upto is None or b.upto > threshold)


def _threshold_line(analysis: Analysis) -> dict[str, Any]:
    return theme.rule_line(role="ink", along="x", at=analysis.rules.threshold, axis="y3", width=1.25)


def _stress_line(analysis: Analysis) -> list[dict[str, Any]]:
    first = _stress_bands(analysis)[:1]
    return [
        theme.rule_line(role="backwardation", along="x", at=band.upto, axis="y3", dash="3px,3px")
        for band in first
        if band.upto is not None
    ]


def _notes(analysis: Analysis) -> list[dict[str, Any]]:
    """Return the names of the axes."""
    return [
        theme.head_note(words.RATIO, role="ink", strong=True),
        theme.head_note(words.name(analysis.panel.benchmark), side="right"),
    ]


def _key(analysis: Analysis, options: Options) -> tuple[KeyMark, ...]:
    """Return the shaded spans and, where a band above the threshold ends, the dotted line."""
    bands = _stress_bands(analysis)
    stress = bands[0].upto if len(bands) > 1 else None
    dots = KeyMark(mark="dots", label=f"{fmt.plain(stress)}, {bands[1].name} above") if stress else None
    held = options.provisional
    ring = KeyMark(mark="ring", label=f"provisional, {fmt.date_short(held.session)}") if held else None
    return tuple(filter(None, (KeyMark(mark="band", label="backwardation"), dots, ring)))


def _summary(analysis: Analysis, options: Options) -> str:
    regime, window = analysis.regime, analysis.window
    first = (
        f"{words.today(analysis)} the ratio was {fmt.ratio(analysis.ivts)}: {regime.name}, "
        f"day {fmt.count(regime.day)} since {fmt.date_short(regime.since)}."
    )
    second = (
        f"{words.window_words(window)}, it was in backwardation on {words.window_share(window)} "
        f"and lay between {fmt.ratio(window.ivts_min)} and {fmt.ratio(window.ivts_max)}."
        if window.n_sessions > 1
        else "No earlier ratio is stored."
    )
    suspects = _suspect_words(int(analysis.signal["suspect"].sum()))
    return " ".join(filter(None, [first, second, suspects, _provisional_words(options)]))


def _provisional_words(options: Options) -> str:
    held = options.provisional
    if held is None:
        return ""
    day = fmt.date_short(held.session)
    return f"A provisional ratio of {fmt.ratio(held.ivts)} on {day} is marked by a ring and not counted."


def _suspect_words(n: int) -> str:
    if not n:
        return ""
    verb = "rests" if n == 1 else "rest"
    return f"{fmt.plural(n, 'session')} of the stored history {verb} on a suspect close, marked by a ring."


def _table(analysis: Analysis, options: Options) -> Table:
    signal = analysis.signal
    regimes = [words.regime_word(backwardation=each) for each in signal["backwardation"]]
    session, (front, back, benchmark) = session_column(signal.index), close_columns(analysis)
    ivts = Column(name="ivts", values=plain(signal["ivts"].to_numpy()), label=words.RATIO, words=fmt.ratio)
    regime = Column(name="regime", values=regimes, label="Regime")
    day = Column(
        name="regime_day", values=plain(signal["regime_day"].to_numpy()), label="Day", words=fmt.count
    )
    shown = latest(len(signal), TABLE_ROWS)
    return Table(
        file=(session, ivts, regime, day, *((front, back, benchmark) if options.raw_closes else ())),
        records=(History, HistoryCloses),
        caption=f"{words.RATIO}: the latest {fmt.plural(len(shown), 'session')}",
        page=(session, ivts, front, back, regime, day),
        shown=shown,
    )


def close_columns(analysis: Analysis) -> tuple[Column, Column, Column]:
    """Return the closes of front, back and benchmark; files hold them only where the configuration allows."""
    closes = analysis.panel.closes.reindex(analysis.signal.index)
    front, back, benchmark = (
        Column(
            name=role.key, values=plain(closes[column].to_numpy()), label=words.name(role), words=fmt.level
        )
        for column, role in zip(("front", "back", "benchmark"), _roles(analysis), strict=True)
    )
    return front, back, benchmark
