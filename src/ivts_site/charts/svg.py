"""A Plotly figure as inline SVG, for first paint, print and readers without scripts.

The root element *is* the plot area: the style sheet gives it the figure's margins, everything is placed in
per cent of it and text overflows into the margins. Lines lie in an inner frame that stretches with the page.
Hence one picture fits every width, with text and strokes at their size, where Plotly will draw the same.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from ivts_site.charts.geometry import Axis, read_axes
from ivts_site.charts.marks import HEIGHT, WIDTH, Trace, draw_markers, draw_trace, percent

_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_DROP = {"top": 11.7, "middle": 4.2, "bottom": -4.0}
"""Pixels from an anchor to the base line of a 12 px text hanging from, centred on or standing on it."""

_ASIDE = {"left": 1.0, "center": 0.0, "right": -1.3}
"""Pixels that Plotly leaves between an anchor and the text beside it."""


def draw_figure(
    traces: Sequence[Trace], layout: Mapping[str, Any], *, id_: str, title: str, description: str
) -> str:
    """Return a figure as one SVG element with classes for all colours, without styles or scripts.

    Parameters
    ----------
    traces, layout
        Of the figure: lines, shaded spans, markers and bars over axes with explicit ranges and ticks.
    id_ : str
        Of the chart; the ids of title and description are made from it.
    title, description : str
        Plain text for assistive technology.
    """
    axes = read_axes(layout)
    ordered = sorted(traces, key=lambda trace: str(trace.get("yaxis", "y")))  # overlaid axes lie on top
    shared_x = traces[0]["x"]
    frame = "".join(draw_trace(trace, shared_x, axes) for trace in ordered)
    parts = [
        f'<title id="pic-{id_}-t">{html.escape(title)}</title>',
        f'<desc id="pic-{id_}-d">{html.escape(description)}</desc>',
        *(_grid(axis) for axis in axes.values() if axis.vertical),
        *(_baseline(axis, axes, layout) for axis in axes.values() if not axis.vertical),
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="100%" '
        f'preserveAspectRatio="none">{frame}</svg>',
        *(_shape(shape, axes) for shape in layout.get("shapes", ())),
        *(draw_markers(trace, shared_x, axes) for trace in ordered),
        *(_value_labels(axis) for axis in axes.values() if axis.vertical),
        *(_note(item, axes) for item in layout.get("annotations", ())),
    ]
    return (
        f'<svg class="pic pic-{id_}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="pic-{id_}-t pic-{id_}-d">{"".join(parts)}</svg>'
    )


def _grid(axis: Axis) -> str:
    if not axis.settings.get("showgrid"):
        return ""
    heights = axis.place(axis.settings["tickvals"])
    lines = "".join(f'<line x2="100%" y1="{percent(y)}" y2="{percent(y)}"/>' for y in heights)
    return f'<g class="s-rule">{lines}</g>'


def _baseline(axis: Axis, axes: Mapping[str, Axis], layout: Mapping[str, Any]) -> str:
    """Return the bottom line with its tick marks and labels."""
    foot = percent(1 - axes[axis.settings.get("anchor", "y")].domain[0])
    stubs = "".join(
        f'<line x1="{percent(x)}" x2="{percent(x)}" y2="4"/>' for x in axis.place(axis.settings["tickvals"])
    )
    labels = "".join(
        f'<text class="t{name}" x="{percent(x)}" y="{foot}" dy="19" text-anchor="middle">'
        f"{_plain(text)}</text>"
        for x, text, name in _tick_labels(axis, layout["meta"]["narrow"])
    )
    line = f'<svg class="s-rule" y="{foot}" overflow="visible"><line x2="100%"/>{stubs}</svg>'
    return line + labels


def _tick_labels(axis: Axis, narrow: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    """Return place, text and class of the tick labels: `w` only where wide, `n` only where narrow."""
    wide = dict(zip(axis.settings["tickvals"], axis.settings["ticktext"], strict=True))
    path = f"{axis.name}axis"
    if f"{path}.tickvals" not in narrow:
        few = wide
    else:
        few = dict(zip(narrow[f"{path}.tickvals"], narrow[f"{path}.ticktext"], strict=True))
    labels = [(tick, text, "" if few.get(tick) == text else " w") for tick, text in wide.items()]
    labels += [(tick, text, " n") for tick, text in few.items() if wide[tick] != text]
    return [(float(axis.place([tick])[0]), text, name) for tick, text, name in labels]


def _value_labels(axis: Axis) -> str:
    settings = axis.settings
    if settings.get("visible") is False or not settings.get("tickvals"):
        return ""
    at = ' x="100%" dx="6"' if settings.get("side") == "right" else ' dx="-6" text-anchor="end"'
    return "".join(
        f'<text class="t"{at} y="{percent(y)}" dy="4.2">{_plain(text)}</text>'
        for text, y in zip(settings["ticktext"], axis.place(settings["tickvals"]), strict=True)
    )


def _shape(shape: Mapping[str, Any], axes: Mapping[str, Axis]) -> str:
    ends = [percent(_at(shape, "x", shape["x0"], axes)), percent(_at(shape, "x", shape["x1"], axes))]
    heights = [percent(_at(shape, "y", shape["y0"], axes)), percent(_at(shape, "y", shape["y1"], axes))]
    dash = shape["line"].get("dash", "solid")
    dashes = "" if dash == "solid" else f' stroke-dasharray="{dash.replace("px", "").replace(",", " ")}"'
    return (
        f'<line class="s-{shape["name"]}" x1="{ends[0]}" x2="{ends[1]}" y1="{heights[0]}" y2="{heights[1]}" '
        f'stroke-width="{shape["line"]["width"]:g}"{dashes}/>'
    )


def _note(item: Mapping[str, Any], axes: Mapping[str, Axis]) -> str:
    """Return an annotation as text at its anchor, shifted by the same pixels."""
    x, y = _at(item, "x", item["x"], axes), _at(item, "y", item["y"], axes)
    down = _DROP[item["yanchor"]] - item.get("yshift", 0)
    aside = item.get("xshift", 0) + _ASIDE[item["xanchor"]]
    shift = f' dx="{aside:g}"' if aside else ""
    strong = "-strong" if "weight" in item["font"] else ""
    return (
        f'<text class="t{strong} f-{item["name"]} halo" x="{percent(x)}" y="{percent(y)}"'
        f'{shift} dy="{down:g}"{_ANCHORS[item["xanchor"]]}>{_plain(item["text"])}</text>'
    )


def _at(item: Mapping[str, Any], letter: str, value: Any, axes: Mapping[str, Axis]) -> float:
    """Return where a reference puts a value: a share of the plot area, of an axis's domain, or axis units."""
    reference = str(item[f"{letter}ref"])
    if reference == "paper":
        return float(1 - value if letter == "y" else value)
    name, _, within = reference.partition(" ")
    if not within:
        return float(axes[name].place([value])[0])
    start, end = axes[name].domain
    share = start + float(value) * (end - start)
    return 1 - share if letter == "y" else share


def _plain(pseudo: str) -> str:
    """Return a text of the figure, written for Plotly, as XML text."""
    return html.escape(html.unescape(pseudo), quote=False)
