"""What a builder needs to know besides the analysis, and how it hands over a chart."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from ivts_site.charts.export import plain_figure
from ivts_site.charts.svg import draw_figure
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, KeyMark, ProvisionalRatio, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a build.

    Attributes
    ----------
    raw_closes : bool
        Whether downloads may hold the closes themselves.
    sample : bool
        Whether the closes are simulated: every chart then says so.
    provisional : ProvisionalRatio or None
        A ratio after the last session that is marked and not counted.
    """

    raw_closes: bool
    sample: bool
    provisional: ProvisionalRatio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of a chart, and whether its figure holds closes; see `Chart`."""

    id: str
    title: str
    description: str
    summary: str
    key: tuple[KeyMark, ...] = ()
    raw_closes: bool = False


def finish(figure: go.Figure, texts: Texts, *, table: Table, options: Options) -> Chart:
    """Return the chart: its figure as plain values and the picture drawn from the same figure."""
    description = sample_words(texts.description, sample=options.sample)
    traces = [trace.to_plotly_json() for trace in figure.data]
    layout = figure.layout.to_plotly_json()
    return Chart(
        id=texts.id,
        title=texts.title,
        description=description,
        summary=sample_words(texts.summary, sample=options.sample),
        figure=plain_figure(traces, layout),
        svg=draw_figure(traces, layout, id_=texts.id, title=texts.title, description=description),
        table=table,
        key=texts.key,
        raw_closes=texts.raw_closes,
    )
