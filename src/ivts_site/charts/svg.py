"""A Plotly figure as inline SVG, for first paint, print and readers without scripts.

The root element *is* the plot area: the style sheet gives it the figure's margins, everything is placed in
percent of it and text overflows into the margins. Lines lie in an inner frame that stretches with the page.
Hence one picture fits every width, with text and strokes at their size, where Plotly will draw the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivts_site.analytics.arrays import Floats, Ints
from ivts_site.charts.axes import ends, share

_AXIS = re.compile(r"[xy]axis\d*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a figure, as its layout states it, by the short name that traces use: ``x``, ``y``, ``y2``.

    `domain` is the part of the plot area that the axis spans, from the left or from the bottom.
    """

    name: str
    domain: tuple[float, float]
    settings: Mapping[str, Any]

    @property
    def vertical(self) -> bool:
        """Whether it is a value axis."""
        return self.name.startswith("y")

    def place(self, values: Any) -> Floats:
        """Return values as fractions of the plot area, from its left or from its top."""
        start, end = self.domain
        inside = start + share(values, self.settings) * (end - start)
        return 1 - inside if self.vertical else inside


def read_axes(layout: Mapping[str, Any]) -> dict[str, Axis]:
    """Return the axes of a layout by short name, in the layout's drawing order."""
    axes = {}
    for key in sorted(filter(_AXIS.match, layout)):
        settings, name = layout[key], key.replace("axis", "")
        under = settings.get("overlaying")
        spans = layout[f"{under[0]}axis{under[1:]}"] if under else settings
        axes[name] = Axis(name=name, domain=tuple(spans.get("domain", (0.0, 1.0))), settings=settings)
    return axes


WIDTH = 2000
HEIGHT = 1000
COLUMNS = 1000
"""Pixel columns for which lines are thinned: the widest plot area of the page."""

Trace = Mapping[str, Any]


def draw_trace(trace: Trace, shared_x: Any, axes: Mapping[str, Axis], columns: int = COLUMNS) -> str:
    """Return the stretched part of a trace: a path in the units of the frame, or nothing for markers."""
    if trace["type"] == "bar":
        return _bars(trace, axes[trace.get("xaxis", "x")], axes[trace.get("yaxis", "y")])
    if trace.get("mode") == "markers":
        return ""
    x, y = _spots(trace, shared_x, axes)
    return _area(trace, x, y) if trace.get("fill") == "toself" else _line(trace, x, y, columns)


def draw_markers(trace: Trace, shared_x: Any, axes: Mapping[str, Axis]) -> str:
    """Return the markers of a trace, at fixed size whatever the width."""
    if trace["type"] != "scatter" or "markers" not in trace.get("mode", ""):
        return ""
    spots = zip(*_spots(trace, shared_x, axes), strict=True)
    return "".join(_marker(trace, cx, cy) for cx, cy in spots if 0 <= cx <= 1 and not np.isnan(cy))


def _spots(trace: Trace, shared_x: Any, axes: Mapping[str, Axis]) -> tuple[Floats, Floats]:
    x = trace["x"] if trace.get("x") is not None else shared_x
    return axes[trace.get("xaxis", "x")].place(x), axes[trace.get("yaxis", "y")].place(trace["y"])


def percent(fraction: float) -> str:
    """Return a fraction of the plot area as an SVG length."""
    return f"{_short(fraction * 100)}%"


def kept_points(x: Floats, y: Floats, *, columns: int) -> Ints:
    """Return the indices of the points to draw: first, lowest, highest and last of each pixel column.

    `x` rises; there is no NaN. `columns` lie between 0 and 1; the drawn minimum and maximum of
    every column equal the full data's.
    """
    if len(x) == 0:
        return np.empty(0, dtype=np.int64)
    column = np.floor(x * columns).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    if len(starts) == len(x):
        return starts
    ends = np.r_[starts[1:], len(x)]
    by_value = np.lexsort((y, column))
    return np.unique(np.concatenate([starts, ends - 1, by_value[starts], by_value[ends - 1]]))


def runs(y: Floats) -> list[slice]:
    """Return the slices of consecutive values that are not NaN."""
    defined = np.r_[False, ~np.isnan(y), False]
    edges = np.flatnonzero(defined[1:] != defined[:-1])
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def path_data(x: Floats, y: Floats, *, columns: int = COLUMNS) -> str:
    """Return the path of a line with gaps, thinned per pixel column, in whole units of the frame."""
    first, last = _visible(x)
    return "".join(
        _run(x[first:last][part], y[first:last][part], columns) for part in runs((x * y)[first:last])
    )


def _run(x: Floats, y: Floats, columns: int) -> str:
    keep = kept_points(x, y, columns=columns)
    return _steps(x[keep], y[keep])


def _steps(x: Floats, y: Floats) -> str:
    """Return a path through points, each as a step from the one before it."""
    across, up = _whole(x * WIDTH), _whole(y * HEIGHT)
    steps = np.column_stack([np.diff(across), np.diff(up)]).ravel()
    start = f"M{_join([across[0], up[0]])}"
    return start + (f"l{_join(steps)}" if len(steps) else "h0")


def _visible(x: Floats) -> tuple[int, int]:
    """Return the span of positions within the plot area and their neighbors: the frame cuts the rest."""
    inside = np.flatnonzero((x >= 0) & (x <= 1))
    return (max(int(inside[0]) - 1, 0), int(inside[-1]) + 2) if len(inside) else (0, 0)


def _line(trace: Trace, x: Floats, y: Floats, columns: int) -> str:
    look = _stroke(trace["line"]) | _opacity(trace)
    return draw_path(path_data(x, y, columns=columns), f"s-{role_of(trace)}", look)


def _stroke(line: Mapping[str, Any]) -> dict[str, str]:
    """Return width and dashes of a line as attributes."""
    dash = str(line.get("dash", "solid")).replace("px", "").replace(",", " ")
    width = {"stroke-width": f"{line['width']:g}"}
    return width if dash == "solid" else width | {"stroke-dasharray": dash}


def _area(trace: Trace, x: Floats, y: Floats) -> str:
    role, opacity = role_of(trace), f"{trace['meta']['opacity']:g}"
    if trace["meta"].get("outline"):
        width = trace.get("line", {}).get("width", 0)
        edge = {"stroke-width": f"{width:g}"} if width else {}
        shapes = "".join(f"{_steps(x[part], y[part])}z" for part in _shown_runs(x, y))
        return draw_path(
            shapes, f"f-{role}{f' s-{role}' if width else ''}", {"fill-opacity": opacity, **edge}
        )
    rings = "".join(_ring(x[part], y[part]) for part in _shown_runs(x, y))
    return draw_path(rings, f"f-{role} s-{role}", {"fill-opacity": opacity, "stroke-opacity": opacity})


def _shown_runs(x: Floats, y: Floats) -> list[slice]:
    """Return the runs of a shape that reach into the plot area: over a year a few of all."""
    parts, places = runs(x * y), np.where(np.isnan(y), np.nan, x)
    starts = [part.start for part in parts]
    lows, highs = (edge.reduceat(places, starts) for edge in (np.fmin, np.fmax)) if parts else ((), ())
    return [part for part, low, high in zip(parts, lows, highs, strict=True) if low <= 1 and high >= 0]


def _ring(x: Floats, y: Floats) -> str:
    """Return the box around a run."""
    left, right = _whole(np.clip([x.min(), x.max()], 0, 1) * WIDTH)
    top, bottom = _whole(np.array([y.min(), y.max()]) * HEIGHT)
    return _box(left, top, right - left, bottom - top)


def _bars(trace: Trace, across: Axis, up: Axis) -> str:
    low, high = ends(across.settings)
    middle, half = across.place(trace["x"]), np.asarray(trace["width"]) / 2 / (high - low)
    left, right = (middle - half) * WIDTH, (middle + half) * WIDTH
    top, floor = up.place(trace["y"]) * HEIGHT, up.place([0.0])[0] * HEIGHT
    boxes = [
        _box(*_whole(np.array([a, min(b, floor), c - a, abs(b - floor)])))
        for a, b, c in zip(left, top, right, strict=True)
        if not np.isnan(b) and c >= 0 and a <= WIDTH
    ]
    role = role_of(trace)
    outline = f" s-{role}" if trace["marker"]["line"]["width"] else ""
    return draw_path("".join(boxes), f"f-{role}{outline}", _opacity(trace))


def _box(left: float, top: float, width: float, height: float) -> str:
    return f"M{_join([left, top])}h{width:.0f}v{height:.0f}h{0 - width:.0f}z"


def _marker(trace: Trace, x: float, y: float) -> str:
    radius = trace["marker"]["size"] / 2
    role = role_of(trace)
    hollow = str(trace["marker"].get("symbol", "circle")).endswith("-open")
    classes = f"s-{role}" if hollow else f"f-{role}"
    return f'<circle class="{classes}" cx="{percent(x)}" cy="{percent(y)}" r="{radius:g}"/>'


def role_of(item: Mapping[str, Any]) -> str:
    """Return the color role of a trace."""
    return str(item["meta"]["role"])


def draw_path(data: str, classes: str, attributes: Mapping[str, str]) -> str:
    """Return a path in units of the frame; nothing where there is nothing to draw."""
    shape = f'<path class="{classes}"{_written(attributes)} vector-effect="non-scaling-stroke" d="{data}"/>'
    return shape if data else ""


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items())


def _opacity(trace: Trace) -> dict[str, str]:
    opacity = trace.get("opacity")
    return {} if opacity is None else {"opacity": f"{opacity:g}"}


def _whole(values: Floats) -> Floats:
    return np.rint(values) + 0.0  # adding zero turns a negative zero into zero


def _join(numbers: Any) -> str:
    """Return whole numbers in path notation: a minus sign separates as well as a space."""
    return " ".join(map(str, np.asarray(numbers, dtype=np.int64).tolist())).replace(" -", "-")


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"


_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_DROP = {"top": 11.7, "middle": 4.2, "bottom": -4.0}
"""Pixels from an anchor to the base line of a 12 px text hanging from, centered on or standing on it."""

_ASIDE = {"left": 1.0, "center": 0.0, "right": -1.3}
"""Pixels that Plotly leaves between an anchor and the text beside it."""


def draw_figure(  # noqa: PLR0913 (the figure, and how it is told and thinned)
    traces: Sequence[Trace],
    layout: Mapping[str, Any],
    *,
    id_: str,
    title: str,
    description: str,
    columns: int = COLUMNS,
) -> str:
    """Return a figure as one SVG element with classes for all colors, without styles or scripts.

    It has lines, shaded spans, markers and bars over axes with explicit ranges and ticks; an axis may name
    the ticks that are labeled where the picture is narrow. The ids of title and description, plain text for
    assistive technology, are made from `id_`. Lines are thinned for so many pixel `columns`.
    """
    axes = read_axes(layout)
    ordered = sorted(traces, key=lambda trace: str(trace.get("yaxis", "y")))  # overlaid axes lie on top
    shared_x = traces[0]["x"]
    frame = "".join(draw_trace(trace, shared_x, axes, columns) for trace in ordered)
    parts = [
        f'<title id="pic-{id_}-t">{html.escape(title)}</title>',
        f'<desc id="pic-{id_}-d">{html.escape(description)}</desc>',
        *(_grid(axis) for axis in axes.values() if axis.vertical),
        *(_baseline(axis, axes) for axis in axes.values() if not axis.vertical),
        stretched(frame),
        *(_shape(shape, axes) for shape in layout.get("shapes", ())),
        *(draw_markers(trace, shared_x, axes) for trace in ordered),
        *(_value_labels(axis) for axis in axes.values() if axis.vertical),
        *(_note(item, axes) for item in layout.get("annotations", ())),
    ]
    long = " is-long" if columns < COLUMNS else ""
    return (
        f'<svg class="pic pic-{id_}{long}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="pic-{id_}-t pic-{id_}-d">{"".join(parts)}</svg>'
    )


def stretched(shapes: str) -> str:
    """Return the frame that stretches with the plot area, around shapes in its units."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="100%" '
        f'preserveAspectRatio="none">{shapes}</svg>'
    )


def _grid(axis: Axis) -> str:
    if not axis.settings.get("showgrid"):
        return ""
    heights = axis.place(axis.settings["tickvals"])
    lines = "".join(f'<line x2="100%" y1="{percent(y)}" y2="{percent(y)}"/>' for y in heights)
    return f'<g class="s-rule">{lines}</g>'


def _baseline(axis: Axis, axes: Mapping[str, Axis]) -> str:
    """Return the bottom line with its tick marks and labels."""
    foot = percent(1 - axes[axis.settings.get("anchor", "y")].domain[0])
    stubs = "".join(
        f'<line x1="{percent(x)}" x2="{percent(x)}" y2="4"/>' for x in axis.place(axis.settings["tickvals"])
    )
    labels = "".join(
        f'<text class="t{name}" x="{percent(x)}" y="{foot}" dy="19" text-anchor="middle">'
        f"{_plain(text)}</text>"
        for x, text, name in _tick_labels(axis)
    )
    line = f'<svg class="s-rule" y="{foot}" overflow="visible"><line x2="100%"/>{stubs}</svg>'
    return line + labels


def _tick_labels(axis: Axis) -> list[tuple[float, str, str]]:
    """Return place, text and class of the tick labels: `w` only where wide, `n` only where narrow."""
    wide, few = (
        dict(zip(ticks["tickvals"], ticks["ticktext"], strict=True))
        for ticks in (axis.settings, axis.settings.get("narrow", axis.settings))
    )
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
    places = [_at(shape, "x", shape["x0"], axes), _at(shape, "x", shape["x1"], axes)]
    if max(places) < 0 or min(places) > 1:
        return ""
    ends = [percent(place) for place in places]
    heights = [percent(_at(shape, "y", shape["y0"], axes)), percent(_at(shape, "y", shape["y1"], axes))]
    return (
        f'<line class="s-{shape["name"]}" x1="{ends[0]}" x2="{ends[1]}" y1="{heights[0]}" y2="{heights[1]}"'
        f"{_written(_stroke(shape['line']))}/>"
    )


def _note(item: Mapping[str, Any], axes: Mapping[str, Axis]) -> str:
    """Return an annotation as text at its anchor, shifted by the same pixels."""
    x, y = _at(item, "x", item["x"], axes), _at(item, "y", item["y"], axes)
    if not 0 <= x <= 1 and item["xref"] in axes:
        return ""
    down = _DROP[item["yanchor"]] - item.get("yshift", 0)
    aside = item.get("xshift", 0) + _ASIDE[item["xanchor"]]
    shift = f' dx="{aside:g}"' if aside else ""
    strong = "-strong" if "weight" in item["font"] else ""
    only = f" {item['only']}" if "only" in item else ""
    return (
        f'<text class="t{strong} f-{item["name"]} halo{only}" x="{percent(x)}" y="{percent(y)}"'
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
    part = start + float(value) * (end - start)
    return 1 - part if letter == "y" else part


def _plain(pseudo: str) -> str:
    """Return a text of the figure, written for Plotly, as XML text."""
    return html.escape(html.unescape(pseudo), quote=False)
