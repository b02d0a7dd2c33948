"""How often the ratio took which value in the default window, and where today stands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ivts_site import formatting as fmt
from ivts_site.analytics.distribution import FEW
from ivts_site.analytics.results import Analysis
from ivts_site.charts import theme, words
from ivts_site.charts.axes import round_ticks, value_axis
from ivts_site.charts.dated import View, window_spans
from ivts_site.charts.export import plain, rounded
from ivts_site.charts.labels import Flag, place_flags, text_width
from ivts_site.charts.options import Options, finish
from ivts_site.charts.theme import Figure
from ivts_site.model import Chart, Column, Table
from ivts_site.published.snapshot import Window

ID = "distribution"
NARROW_PLOT = 240.0
"""Pixels of the plot area on a phone: labels that are apart there are apart everywhere."""

BEYOND = 38.0
"""Pixels on both sides of the plot area that a label may use."""

SHIFT = 4
"""Pixels between a line and its label."""

ABOVE, UPTO = "Lower bound of the step, which is not in it.", "Upper bound of the step, which is in it."
COUNT = "Sessions of the default window with a ratio in the step."

ROW = 0.1
"""Height of a label row as a share of the plot height on a phone."""


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the histogram of the default window with marks at threshold, percentiles and today."""
    views = tuple(_views(analysis, options))
    figure = _figure(analysis, options)
    frames = {
        view.span.name: plain({"data": view.figure.traces, "layout": view.figure.layout})
        for view in views
        if view.figure
    }
    figure.layout["meta"] |= {"frames": frames}
    return finish(
        figure,
        id_=ID,
        title=_heading(analysis),
        description=(
            f"Bars count the sessions of the window by ratio in steps of {_step(analysis)}; upright lines "
            f"mark the threshold {fmt.plain(analysis.rules.threshold)}"
            f"{', the median, the 95th and 99th percentile' if _percentiles(analysis.window) else ''} "
            "and today."
        ),
        summary=_summary(analysis),
        table=_table(analysis),
        options=options,
        views=views,
    )


def _views(analysis: Analysis, options: Options) -> Iterator[View]:
    """Yield each window's own histogram: another range is another figure."""
    for window in analysis.windows:
        counted = replace(analysis, window=window)
        yield View(
            span=window_spans(analysis)[window.name],
            title=_heading(counted),
            summary=_summary(counted),
            figure=_figure(counted, options),
        )


def _heading(analysis: Analysis) -> str:
    return f"Distribution of the ratio, {words.window_name(analysis.window)}"


def marks(analysis: Analysis) -> list[tuple[str, float, str]]:
    """Return label, ratio and color role of the lines to mark, the most important first."""
    return [
        (f"today {fmt.fixed(analysis.ivts, 3)}", analysis.ivts, analysis.regime.name),
        (f"{fmt.plain(analysis.rules.threshold)}", analysis.rules.threshold, "ink"),
        *((f"{label} {fmt.fixed(at, 3)}", at, "muted") for label, at in _percentiles(analysis.window)),
    ]


def _figure(analysis: Analysis, options: Options) -> Figure:
    span = _span(analysis)
    flags = _flags(analysis, span)
    top = round(1 - ROW * (max(flag.row for flag in flags) + 1.5), 4)
    ticks = round_ticks(span[0], span[1], 6)
    placed = [_mark(mark, top, flag) for mark, flag in zip(marks(analysis), flags, strict=True)]
    layout = theme.base_layout() | {
        "hovermode": "closest",
        "meta": {"narrow_px": theme.NARROW_PX},
        "xaxis": theme.x_axis(
            type="linear",
            anchor="y",
            range=span,
            tickvals=ticks,
            ticktext=[fmt.fixed(tick, 2) for tick in ticks],
            fixedrange=True,
        ),
        "yaxis": theme.y_axis(domain=[0, top], **_count_axis(int(analysis.histogram.counts.max()))),
        "shapes": [line for line, _ in placed],
        "annotations": [
            *(note for _, note in placed),
            theme.head_note("sessions"),
            *theme.sample_note(sample=options.sample),
        ],
    }
    return Figure(traces=_bars(analysis), layout=layout)


def _span(analysis: Analysis) -> list[float]:
    """Return the range of the ratio's axis: all bins and the threshold, with a step on both sides."""
    edges, threshold = analysis.histogram.edges, analysis.rules.threshold
    step = float(edges[1] - edges[0])
    low, high = min(float(edges[0]), threshold - step), max(float(edges[-1]), threshold + step)
    return [round(low - step, 4), round(high + step, 4)]


def _flags(analysis: Analysis, span: list[float]) -> list[Flag]:
    scale = NARROW_PLOT / (span[1] - span[0])
    flags = [((value - span[0]) * scale, text_width(label) + SHIFT) for label, value, _ in marks(analysis)]
    return place_flags(flags, low=-BEYOND, high=NARROW_PLOT + BEYOND)


def _count_axis(most: int) -> dict[str, Any]:
    axis = value_axis(0, float(most), at_most=4)
    ticks = [tick for tick in axis["tickvals"] if tick == int(tick)]
    return {"range": [0, axis["range"][1]], "tickvals": ticks, "ticktext": [fmt.fixed(t, 0) for t in ticks]}


def _bars(analysis: Analysis) -> list[Any]:
    edges, counts = analysis.histogram.edges, analysis.histogram.counts
    step = float(edges[1] - edges[0])
    above = edges[:-1] >= analysis.rules.threshold - step / 4
    middles = rounded((edges[:-1] + edges[1:]) / 2, 4)
    limits = [f"{fmt.fixed(a, 2)}–{fmt.fixed(b, 2)}" for a, b in pairwise(edges)]
    return [
        theme.bars(
            middles[side],
            counts[side],
            role=role,
            name=role,
            width=[round(step * 0.86, 5)] * int(side.sum()),
            customdata=[limit for limit, s in zip(limits, side, strict=True) if s],
            opacity=0.55,
            hovertemplate="%{customdata}: %{y} sessions<extra></extra>",
        )
        for side, role in ((~above, "contango"), (above, "backwardation"))
        if side.any()
    ]


def _mark(mark: tuple[str, float, str], top: float, flag: Flag) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the upright line of a mark and the label at its head."""
    label, value, role = mark
    side = theme.aside(SHIFT, left=flag.left)
    height, strong = round(top + ROW * (flag.row + 1), 4), role != "muted"
    return (
        theme.rule_line(
            role=role, along="y", at=value, axis="x", width=2 if strong else 1, yref="paper", y1=height
        ),
        theme.note(label, role=role, x=value, xref="x", y=height, yanchor="top", strong=strong, **side),
    )


def _step(analysis: Analysis) -> str:
    edges = analysis.histogram.edges
    return fmt.fixed(float(edges[1] - edges[0]), 2)


def _percentiles(window: Window) -> tuple[tuple[str, float], ...]:
    """Return label and ratio of the window's median, 95th and 99th percentile; none for few readings."""
    points = window.ivts_percentiles
    named = (("median", points.p50), ("p95", points.p95), ("p99", points.p99))
    return tuple((label, at) for label, at in named if at is not None and window.n_sessions >= FEW)


def _summary(analysis: Analysis) -> str:
    window, points = analysis.window, analysis.window.ivts_percentiles
    n = fmt.plural(window.n_sessions, "session")
    first = (
        f"{words.window_words(window)}, the ratio had a median of {fmt.ratio(points.p50)}, "
        f"a 95th percentile of {fmt.ratio(points.p95)} and a 99th percentile of {fmt.ratio(points.p99)} "
        f"over {n}."
        if window.n_sessions >= FEW
        else f"{words.window_words(window)}, {n} {'has' if n == '1 session' else 'have'} a ratio, "
        "too few for percentiles."
    )
    share = window.percentile_ranks.ivts or 0.0
    rank = math.floor(share * window.n_sessions + 0.5)
    verb = "was" if rank == 1 else "were"
    return (
        f"{first} {words.today(analysis)} it was {fmt.ratio(analysis.ivts)}: "
        f"{fmt.share_of(rank, window.n_sessions)} ({fmt.percent(share)}) {verb} at or below it."
    )


def _table(analysis: Analysis) -> Table:
    edges, counts = analysis.histogram.edges.tolist(), analysis.histogram.counts.tolist()
    total = sum(counts)
    above = Column(name="above", values=edges[:-1], about=ABOVE, label="Above", words=_edge)
    upto = Column(name="upto", values=edges[1:], about=UPTO, label="Up to", words=_edge)
    sessions = Column(name="sessions", values=counts, about=COUNT, label="Sessions", words=fmt.count)
    share = Column(name="share", values=[n / total for n in counts], label="Share", words=fmt.percent)
    return Table(
        file=(above, upto, sessions),
        caption=f"Sessions by ratio, {words.window_name(analysis.window)}; upper bounds are included",
        page=(above, upto, sessions, share),
        shown=[at for at, n in enumerate(counts) if n],
    )


def _edge(ratio: float) -> str:
    return fmt.fixed(ratio, 2)
