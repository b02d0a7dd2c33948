"""What a builder needs to know besides the analysis, and how it hands over a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ivts_site.charts.dated import View
from ivts_site.charts.export import plain_figure
from ivts_site.charts.svg import draw_figure
from ivts_site.charts.theme import Figure
from ivts_site.charts.words import sample_words
from ivts_site.model import Chart, KeyMark, NamedSpan, ProvisionalRatio, RangePicture, Table


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
    events : tuple of NamedSpan
        Past events whose names stand at their peaks.
    back_source_since : str
        First session on which the back's closes come from its main source; empty where all do.
    """

    raw_closes: bool
    sample: bool
    provisional: ProvisionalRatio | None = None
    events: tuple[NamedSpan, ...] = field(default=())
    back_source_since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of a chart, and whether its figure holds closes; see `Chart`."""

    id: str
    title: str
    description: str
    summary: str
    key: tuple[KeyMark, ...] = ()
    raw_closes: bool = False


def finish(
    figure: Figure, texts: Texts, *, table: Table, options: Options, views: Sequence[View] = ()
) -> Chart:
    """Return the chart: its figure as plain values, and the pictures drawn from the same figure.

    Parameters
    ----------
    figure : Figure
        Opened at its first range.
    texts : Texts
        The words.
    table : Table
        The figures behind it.
    options : Options
        Settings of the build.
    views : sequence of View
        The ranges that the chart offers; none for a chart that always shows the same.
    """
    traces, layout = figure
    description = sample_words(texts.description, sample=options.sample)
    pictures = tuple(_picture(figure, view, texts, options) for view in views)
    first = next((p.svg for p in pictures if p.range == layout.get("meta", {}).get("default_range")), "")
    return Chart(
        id=texts.id,
        title=texts.title,
        description=description,
        summary=sample_words(texts.summary, sample=options.sample),
        figure=plain_figure(traces, layout),
        svg=first or draw_figure(traces, layout, id_=texts.id, title=texts.title, description=description),
        table=table,
        pictures=pictures,
        key=texts.key,
        raw_closes=texts.raw_closes,
    )


def _picture(figure: Figure, view: View, texts: Texts, options: Options) -> RangePicture:
    traces, layout = view.figure or figure
    layout = layout | {axis: layout[axis] | settings for axis, settings in view.axes.items()}
    if view.notes is not None:
        layout["annotations"] = view.notes
    title = view.title or texts.title
    return RangePicture(
        range=view.span.name,
        first=view.span.first,
        last=view.span.last,
        title=title,
        summary=sample_words(view.summary or texts.summary, sample=options.sample),
        svg=draw_figure(
            traces,
            layout,
            id_=texts.id,
            title=title,
            description=sample_words(texts.description, sample=options.sample),
            columns=view.columns,
        ),
        readings=view.readings,
    )
