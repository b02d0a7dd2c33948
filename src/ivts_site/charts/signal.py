"""The main chart: the ratio, filled in above the threshold, and the benchmark in a panel of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.term_structure import stress_edge
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import ends, log_axis, share, value_axis
from ivts_site.charts.dated import Axes, Span, View
from ivts_site.charts.labels import text_width
from ivts_site.charts.options import Options, finish
from ivts_site.charts.panels import (
    END_PLACE,
    LAYOUTS,
    UPPER,
    end_values,
    lower_head,
    pack_readings,
    two_panels,
)
from ivts_site.charts.peaks import Box, Panel, draw_panel, find_peaks, peak_notes
from ivts_site.charts.series import (
    bounds,
    build_series,
    close_columns,
    days,
    latest,
    session_columns,
)
from ivts_site.charts.theme import Figure, Trace
from ivts_site.model import Chart, KeyMark, Table
from ivts_site.published.history import History, HistoryCloses

ID = "signal"
LABEL_PX = 15.0
"""Height of a label with some room."""
LINE_PLACE = {"xref": "x", "yref": "y", "xanchor": "center", "yanchor": "bottom", "xshift": 0, "yshift": 4}
READ = ("backwardation", "regime_day", "suspect")
"""What is read off the picture beside the closes."""


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of the ratio over all stored sessions, opened at the default window."""
    front, back, bench = (
        words.name(r) for r in (analysis.panel.front, analysis.panel.back, analysis.panel.benchmark)
    )
    series = build_series(analysis)
    views = tuple(_views(analysis, series, options))
    default = next(view for view in views if view.span.name == analysis.window.name)
    return finish(
        _figure(analysis, series, options, views),
        id_=ID,
        title=default.title,
        description=(
            f"Line of the ratio {front} / {back} by session, filled above "
            f"{fmt.plain(analysis.rules.threshold)}, in backwardation. Below, {bench} closes on their "
            "own scale, sessions in backwardation shaded."
        ),
        summary=_summary(analysis, options),
        key=_key(analysis, options),
        raw_closes=True,
        table=_table(analysis, options),
        options=options,
        views=views,
    )


# ---------------------------------------------------------------- ranges


def _views(analysis: Analysis, series: pd.DataFrame, options: Options) -> Iterator[View]:
    """Yield the chart over each window, each calendar year and each named event, where it has sessions."""
    fit = _fitter(analysis, series, options)
    held = options.provisional
    last = str(analysis.window.last_session)
    events = (Span(name=e.id, first=e.first, last=min(e.last, last)) for e in options.events)
    names = {event.id: event.label for event in options.events}
    closes = series[["front", "back", "benchmark"]]
    read = analysis.signal[list(READ)].astype(float).reindex(series.index).to_numpy()
    for span in (*dated.window_spans(analysis).values(), *dated.year_spans(analysis.signal.index), *events):
        signal = _within(analysis.signal, span)
        if signal.empty:
            continue
        rows = slice(*series.index.slice_locs(pd.Timestamp(span.first), pd.Timestamp(span.last)))
        axes = _typed(
            dated.fit_axes(span, series.index, fit, until=held.session if held else None),
            closes["benchmark"].to_numpy()[rows],
            span,
        )
        yield View(
            span=span,
            axes=axes,
            notes=tuple(_notes(analysis, series, options, span, axes)),
            title=_title(analysis, signal, span, names.get(span.name, "")),
            readings=pack_readings(
                closes.iloc[rows],
                read[rows, :2],
                axes,
                line=analysis.rules.threshold,
                suspect=np.flatnonzero(read[rows, 2] == 1).tolist(),
            ),
        )


def _within(signal: pd.DataFrame, span: Span) -> pd.DataFrame:
    return signal.loc[pd.Timestamp(span.first) : pd.Timestamp(span.last)]


def _typed(axes: Axes, closes: Floats, span: Span) -> Axes:
    """Return the axes with that of the benchmark logarithmic where the span is long."""
    if not span.is_long or not np.nanmax(closes, initial=0.0) > 0:
        return {**axes, "yaxis2": {"type": "linear", **axes["yaxis2"]}}
    axis = {"type": "log", **log_axis(*bounds(closes))}
    if len(axis["tickvals"]) > 4:
        few = [f"{tick:g}"[0] in "125" for tick in axis["tickvals"]]
        axis |= {name: [*compress(axis[name], few)] for name in ("tickvals", "ticktext")}
    return {**axes, "yaxis2": axis}


def _fitter(analysis: Analysis, series: pd.DataFrame, options: Options) -> dated.Fit:
    threshold, stress = analysis.rules.threshold, stress_edge(analysis.rules)
    held = options.provisional
    ivts, bench = (series[column].to_numpy() for column in ("ivts", "benchmark"))

    def fit(shown: Flags) -> Axes:
        low, high = bounds(ivts[shown], threshold, stress or threshold)
        if held is not None and shown[-1]:
            low, high = min(low, held.ivts), max(high, held.ivts)
        return {
            "yaxis": value_axis(low, high, places=2, at_most=7),
            "yaxis2": value_axis(*bounds(bench[shown]), at_most=3),
        }

    return fit


def _title(analysis: Analysis, signal: pd.DataFrame, span: Span, event: str) -> str:
    """Return the finding of a range: how often the curve inverted in it, and when the deepest."""
    above = signal[signal["backwardation"].to_numpy()]
    measured = next((w for w in analysis.windows if w.name == span.name), None)
    short = measured is not None and not measured.complete
    when = f"since {fmt.month(span.first)} {span.first[:4]}" if short else _when(span, event)
    if above.empty:
        return f"No inversion {when}"
    n = int(above["spell"].nunique())
    at = above.index[int(above["ivts"].argmax())]
    month = f"{at:%B}" if span.name == str(at.year) else f"{at:%B %Y}"
    if n == 1:
        length = fmt.plural(len(above), "session")
        return f"One inversion {when}, of {length}"
    return f"{fmt.count(n)} inversions {when}, the deepest in {month}"


def _when(span: Span, event: str) -> str:
    """Return "in two years", "since 2007", "in 2020" or "around Lehman"."""
    if event:
        return f"around {event}"
    if span.name.isdigit():
        return f"in {span.name}"
    if span.name == "all":
        return f"since {span.first[:4]}"
    number = int(span.name[:-1])
    unit = {"m": "month", "y": "year"}[span.name[-1]]
    return f"in {fmt.cardinal(number)} {unit}s" if number > 1 else f"in one {unit}"


# ---------------------------------------------------------------- the figure


def _figure(analysis: Analysis, series: pd.DataFrame, options: Options, views: tuple[View, ...]) -> Figure:
    windows = dated.window_spans(analysis)
    offered = [view for view in views if view.span.name in windows]
    front, back = (theme.hover_html(role.label) for role in (analysis.panel.front, analysis.panel.back))
    bench = words.name(analysis.panel.benchmark)
    hover = (
        "Ratio %{y:.4f}<br>%{customdata[2]}, day %{customdata[3]}<br>"
        f"{front} %{{customdata[0]:.2f}}<br>{back} %{{customdata[1]:.2f}}<extra></extra>"
    )
    figure = two_panels(
        series[["ivts", "benchmark"]],
        (("Ratio", hover), (bench, f"{theme.hover_html(bench)} %{{y:,.2f}}<extra></extra>")),
        beyond=analysis.signal["backwardation"],
        level=analysis.rules.threshold,
        regime=analysis.regime.name,
        views=offered,
        default=analysis.window.name,
        suspect=bool(analysis.signal["suspect"].iloc[-1]),
        marks=tuple(_doubts(analysis, options)),
        shapes=tuple(_upright_and_tick(analysis, options)),
    )
    figure.traces[0]["meta"] |= _hover_columns(analysis, series)
    figure.layout["meta"] |= {"long": [view.span.name for view in offered if view.span.is_long]}
    return figure


def _doubts(analysis: Analysis, options: Options) -> Iterator[Trace]:
    """Yield rings around suspect closes, and the one of a provisional ratio."""
    ring: dict[str, Any] = {"yaxis": "y", "hollow": True}
    suspects, held = analysis.signal[analysis.signal["suspect"]], options.provisional
    if len(suspects):
        x, y = days(suspects.index), suspects["ivts"].to_numpy().round(4)
        hover = "suspect close<extra></extra>"
        yield theme.points(x, y, role="ink", name="suspect close", hovertemplate=hover, **ring)
    if held is not None:
        x, y = days([held.session]), np.array([held.ivts])
        hover = "provisional %{y:.4f}<extra></extra>"
        yield theme.points(x, y, role=held.regime, name="provisional", hovertemplate=hover, **ring)


def _hover_columns(analysis: Analysis, series: pd.DataFrame) -> dict[str, Any]:
    """Return the columns a script zips into `customdata`: closes by session, regime and day by spell."""
    position = series.index.get_indexer(analysis.signal.index)
    signal = analysis.signal
    starts, above = np.flatnonzero(signal["regime_day"].to_numpy() == 1), signal["backwardation"].to_numpy()
    spells = [[int(position[i]), int(above[i])] for i in starts]
    return {
        "front": series["front"].to_numpy(),
        "back": series["back"].to_numpy(),
        "spells": spells,
    }


# ---------------------------------------------------------------- lines and words on it


def _upright_and_tick(analysis: Analysis, options: Options) -> Iterator[dict[str, Any]]:
    """Yield a fine tick at the edge of stress, and an upright line where the back's main source begins."""
    edge, since = stress_edge(analysis.rules), options.back_source_since
    if edge is not None:
        yield theme.rule_line(role="muted", along="x", at=edge, axis="y", x0=0.988)
    if since:
        line = theme.rule_line(role="muted", along="y", at=since, axis="x", dash="2px,3px")
        yield line | {"y0": UPPER[0], "yref": "paper"}


def _notes(
    analysis: Analysis, series: pd.DataFrame, options: Options, span: Span, axes: Axes
) -> Iterator[dict[str, Any]]:
    """Yield the words on the chart over a span; `only` says for which layout they are."""
    bench = words.name(analysis.panel.benchmark)
    scale = f"{bench}, log scale" if axes["yaxis2"].get("type") == "log" else bench
    yield from lower_head(scale, sample=options.sample)
    yield from _end_notes(analysis, series, span, axes)
    yield from _source_note(analysis, options, span)
    signal, threshold = _within(analysis.signal, span), analysis.rules.threshold
    written = partial(fmt.short_ratio, threshold=threshold)
    shown, peaks = signal["ivts"].round(4), find_peaks(signal, options.events)
    for only, size in LAYOUTS.items():
        panel = draw_panel(shown, axes, size)
        level = float(share(threshold, axes["yaxis"])) * panel.height
        taken = [Box(left=0, right=panel.width, foot=level - 1, top=level + 1)]
        text, place = f"▲ above {fmt.fixed(threshold, 2)}: backwardation", {}
        if only != "n" and (placed := _line_words(analysis, panel, level)):
            text, box = placed
            taken.append(box)
            middle = (box.left + box.right) / 2 / panel.width
            place = LINE_PLACE | {"x": _day_at(axes, middle), "y": threshold}
        yield theme.head_note(text, role="backwardation", strong=True) | place | {"only": only}
        yield from peak_notes(panel, peaks, axes, taken, written, only=only)


def _day_at(axes: Axes, place: float) -> str:
    low, high = ends(axes["xaxis"], "date")
    return f"{pd.Timestamp(low + place * (high - low), unit='ms'):%Y-%m-%d}"


def _line_words(analysis: Analysis, panel: Panel, level: float) -> tuple[str, Box] | None:
    """Return words on the threshold, and where: in the longest stretch below it, as many as it holds."""
    above = panel.y > level - 1
    edges = np.r_[0.0, panel.x[above], panel.width]
    widest = int(np.argmax(np.diff(edges)))
    left, right = float(edges[widest]), float(edges[widest + 1])
    front, back = words.name(analysis.panel.front), words.name(analysis.panel.back)
    for text in (f"▲ backwardation: {front} above {back}", "▲ backwardation"):
        half = text_width(text) / 2 + 6
        if right - left >= 2 * half:
            middle = (left + right) / 2
            return text, Box(left=middle - half, right=middle + half, foot=level, top=level + 20)
    return None


def _end_notes(analysis: Analysis, series: pd.DataFrame, span: Span, axes: Axes) -> Iterator[dict[str, Any]]:
    """Yield the last values at the right ends of the lines, and the name of the fine tick."""
    edge, value = stress_edge(analysis.rules), analysis.ivts
    low, high = axes["yaxis"]["range"]
    reaches_end = span.last == f"{series.index[-1]:%Y-%m-%d}"
    if reaches_end:
        close = float(series["benchmark"].iloc[-1])
        labels = (
            fmt.short_ratio(value, analysis.rules.threshold),
            "" if np.isnan(close) else fmt.fixed(close, 0),
        )
        yield from end_values((value, close), labels, axes, regime=analysis.regime.name)
    gap = LABEL_PX / LAYOUTS["n"][1] * (high - low)
    if edge is not None and not (reaches_end and abs(value - edge) < gap):
        yield theme.note(fmt.fixed(edge, 2), role="muted") | END_PLACE | {"y": edge}


def _source_note(analysis: Analysis, options: Options, span: Span) -> Iterator[dict[str, Any]]:
    since = options.back_source_since
    if since and span.first < since < span.last:
        back = words.name(analysis.panel.back)
        wide = f"◂ before {fmt.date_short(since)}: {back} from another source"
        place = {"x": since, "xref": "x", "y": UPPER[0], "yanchor": "bottom", "xshift": 4, "yshift": 2}
        for only in LAYOUTS:
            text = f"◂ {back}: other source" if only == "n" else wide
            yield theme.note(text, role="muted") | place | {"only": only}


def _key(analysis: Analysis, options: Options) -> tuple[KeyMark, ...]:
    """Return what the hollow rings stand for, where there are any."""
    held, labels = options.provisional, []
    if analysis.signal["suspect"].any():
        labels.append("suspect close")
    if held:
        labels.append(f"provisional, {fmt.date_short(held.session)}")
    return tuple(KeyMark(mark="ring", label=label) for label in labels)


# ---------------------------------------------------------------- words and table


def _summary(analysis: Analysis, options: Options) -> str:
    regime = analysis.regime
    first = (
        f"{words.today(analysis)} the ratio was {fmt.ratio(analysis.ivts)}: {regime.name}, "
        f"day {fmt.count(regime.day)} since {fmt.date_short(regime.since)}."
    )
    only = "" if len(analysis.signal) > 1 else "No earlier ratio is stored."
    return " ".join(filter(None, [first, only, *_doubt_words(analysis, options)]))


def _doubt_words(analysis: Analysis, options: Options) -> Iterator[str]:
    n, held = int(analysis.signal["suspect"].sum()), options.provisional
    if n:
        verb = "rests" if n == 1 else "rest"
        sessions = fmt.plural(n, "session")
        yield f"{sessions} of the stored history {verb} on a suspect close, marked by a ring."
    if held is not None:
        day = fmt.date_short(held.session)
        yield f"A provisional ratio of {fmt.ratio(held.ivts)} on {day} is marked by a ring and not counted."


def _table(analysis: Analysis, options: Options) -> Table:
    signal, closes = analysis.signal, close_columns(analysis)
    regimes = np.where(signal["backwardation"], "backwardation", "contango")
    session, ivts, regime, day = session_columns(
        signal[["ivts", "regime_day"]].assign(regime=regimes),
        ivts={"label": "Ratio", "words": fmt.ratio},
        regime={"label": "Regime"},
        regime_day={"label": "Day", "words": fmt.count},
    )
    shown = latest(len(signal))
    return Table(
        file=(session, ivts, regime, day, *(closes if options.raw_closes else ())),
        records=(History, HistoryCloses),
        caption=f"Ratio: the latest {fmt.plural(len(shown), 'session')}",
        page=(session, ivts, *closes[:2], regime, day),
        shown=shown,
    )
