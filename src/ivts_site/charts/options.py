"""What a builder needs to know besides the analysis, and how it hands over a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ivts_site.charts.dated import View
from ivts_site.charts.export import plain
from ivts_site.charts.svg import draw_figure
from ivts_site.charts.theme import Figure
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, KeyMark, NamedSpan, ProvisionalRatio, RangePicture, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a build.

    `raw_closes` says whether downloads may hold the closes themselves, `sample` whether closes are
    simulated: every chart then says so. A `provisional` ratio after the last session is marked and not
    counted. Names of past `events` stand at their peaks. `back_source_since` is the first session on which
    the back's closes come from their main source; empty where all do.
    """

    raw_closes: bool
    sample: bool
    provisional: ProvisionalRatio | None = None
    events: tuple[NamedSpan, ...] = field(default=())
    back_source_since: str = ""


def finish(  # noqa: PLR0913 (what a chart is)
    figure: Figure,
    *,
    id_: str,
    title: str,
    description: str,
    summary: str,
    table: Table,
    options: Options,
    views: Sequence[View] = (),
    key: tuple[KeyMark, ...] = (),
    raw_closes: bool = False,
) -> Chart:
    """Return the chart: its figure as plain values, and the pictures drawn from the same figure.

    The figure is opened at its first range; traces without `x` share that of its first trace. Without views
    the chart always shows the same. A chart whose figure holds closes says so by `raw_closes`.
    """
    traces, layout = figure
    description = sample_words(description, sample=options.sample)
    pictures = tuple(
        RangePicture(
            range=view.span.name,
            first=view.span.first,
            last=view.span.last,
            title=view.title or title,
            summary=sample_words(view.summary or summary, sample=options.sample),
            svg=_draw(figure, view, id_, view.title or title, description),
            readings=view.readings,
        )
        for view in views
    )
    first = next((p.svg for p in pictures if p.range == layout.get("meta", {}).get("default_range")), "")
    return Chart(
        id=id_,
        title=title,
        description=description,
        summary=sample_words(summary, sample=options.sample),
        figure={"data": plain(traces), "layout": plain(layout), "meta": {"shared_x": True}},
        svg=first or draw_figure(traces, layout, id_=id_, title=title, description=description),
        table=table,
        pictures=pictures,
        key=key,
        raw_closes=raw_closes,
    )


def _draw(figure: Figure, view: View, id_: str, title: str, description: str) -> str:
    """Return the picture over a range."""
    traces, layout = view.figure or figure
    layout = layout | {axis: layout[axis] | settings for axis, settings in view.axes.items()}
    if view.notes is not None:
        layout["annotations"] = view.notes
    return draw_figure(traces, layout, id_=id_, title=title, description=description, columns=view.columns)
