"""What a builder needs to know besides the analysis, and how it hands over a chart."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from ivts_site.charts.export import plain_figure
from ivts_site.charts.svg import draw_figure
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, ChartTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a build.

    Attributes
    ----------
    raw_closes : bool
        Whether downloads may hold the closes themselves.
    sample : bool
        Whether the closes are simulated: every chart then says so.
    """

    raw_closes: bool
    sample: bool


def finish(  # noqa: PLR0913 (the parts of a chart)
    figure: go.Figure,
    *,
    id_: str,
    title: str,
    description: str,
    summary: str,
    table: ChartTable,
    csv: str,
    options: Options,
) -> Chart:
    """Return the chart: its figure as plain values and the picture drawn from the same figure."""
    described = sample_words(description, sample=options.sample)
    return Chart(
        id=id_,
        title=title,
        description=described,
        summary=sample_words(summary, sample=options.sample),
        figure=plain_figure(figure),
        svg=draw_figure(figure, id_=id_, title=title, description=described),
        table=table,
        csv=csv,
    )
