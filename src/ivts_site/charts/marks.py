"""A figure's traces as SVG: lines, shaded spans and bars in one stretched frame, markers at their size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ivts_site.charts.decimate import Floats, kept_points, runs
from ivts_site.charts.geometry import Axis

WIDTH = 2000
HEIGHT = 1000
COLUMNS = 1000
"""Pixel columns for which lines are thinned: the widest plot area of the page."""

Trace = Mapping[str, Any]


def draw_trace(trace: Trace, shared_x: Any, axes: Mapping[str, Axis]) -> str:
    """Return the stretched part of a trace: a path in the units of the frame, or nothing for markers."""
    across, up = axes[trace.get("xaxis", "x")], axes[trace.get("yaxis", "y")]
    x_values = trace["x"] if trace.get("x") is not None else shared_x
    if trace["type"] == "bar":
        return _bars(trace, across, up)
    if trace.get("mode") == "markers":
        return ""
    x, y = across.place(x_values), up.place(trace["y"])
    return _area(trace, x, y) if trace.get("fill") == "toself" else _line(trace, x, y)


def draw_markers(trace: Trace, shared_x: Any, axes: Mapping[str, Axis]) -> str:
    """Return the markers of a trace, at fixed size whatever the width."""
    if trace["type"] != "scatter" or "markers" not in trace.get("mode", ""):
        return ""
    across, up = axes[trace.get("xaxis", "x")], axes[trace.get("yaxis", "y")]
    x = across.place(trace["x"] if trace.get("x") is not None else shared_x)
    y = up.place(trace["y"])
    return "".join(
        _marker(trace, cx, cy) for cx, cy in zip(x, y, strict=True) if 0 <= cx <= 1 and not np.isnan(cy)
    )


def percent(fraction: float) -> str:
    """Return a fraction of the plot area as an SVG length."""
    return f"{_short(round(fraction * 100, 2))}%"


def path_data(x: Floats, y: Floats, *, columns: int = COLUMNS) -> str:
    """Return the path of a line with gaps, thinned per pixel column, in whole units of the frame."""
    first, last = _visible(x)
    return "".join(
        _run(x[first:last][part], y[first:last][part], columns) for part in runs((x * y)[first:last])
    )


def _run(x: Floats, y: Floats, columns: int) -> str:
    keep = kept_points(x, y, columns=columns, low=0.0, high=1.0)
    across, up = _whole(x[keep] * WIDTH), _whole(y[keep] * HEIGHT)
    steps = np.column_stack([np.diff(across), np.diff(up)]).ravel()
    start = f"M{_join([across[0], up[0]])}"
    return start + (f"l{_join(steps)}" if len(steps) else "h0")


def _visible(x: Floats) -> tuple[int, int]:
    """Return the span of positions within the plot area and their neighbours: the frame cuts the rest."""
    inside = np.flatnonzero((x >= 0) & (x <= 1))
    return (max(int(inside[0]) - 1, 0), int(inside[-1]) + 2) if len(inside) else (0, 0)


def _line(trace: Trace, x: Floats, y: Floats) -> str:
    line = trace["line"]
    dash = str(line.get("dash", "solid"))
    dashes = {} if dash == "solid" else {"stroke-dasharray": dash.replace("px", "").replace(",", " ")}
    width = {"stroke-width": f"{line['width']:g}"}
    return _path(path_data(x, y), f"s-{role_of(trace)}", width | dashes | _opacity(trace))


def _area(trace: Trace, x: Floats, y: Floats) -> str:
    role, opacity = role_of(trace), f"{trace['meta']['opacity']:g}"
    if trace["meta"].get("outline"):
        return _path(_outline(x, y), f"f-{role}", {"fill-opacity": opacity})
    rings = "".join(_ring(x[part], y[part]) for part in runs(x * y))
    return _path(rings, f"f-{role} s-{role}", {"fill-opacity": opacity, "stroke-opacity": opacity})


def _outline(x: Floats, y: Floats) -> str:
    """Return the outline itself where `_ring` would take the box around it."""
    across, up = _whole(x * WIDTH), _whole(y * HEIGHT)
    steps = np.column_stack([np.diff(across), np.diff(up)]).ravel()
    return f"M{_join([across[0], up[0]])}l{_join(steps)}z"


def _ring(x: Floats, y: Floats) -> str:
    if x.max() < 0 or x.min() > 1:
        return ""
    left, right = _whole(np.clip([x.min(), x.max()], 0, 1) * WIDTH)
    top, bottom = _whole(np.array([y.min(), y.max()]) * HEIGHT)
    return _box(left, top, right - left, bottom - top)


def _bars(trace: Trace, across: Axis, up: Axis) -> str:
    half = np.asarray(trace["width"], dtype=np.float64) / 2
    middle = across.units(trace["x"])
    left, right = (
        (across.domain[0] + (edge - across.low) / (across.high - across.low)) * WIDTH
        for edge in (middle - half, middle + half)
    )
    top, floor = up.place(trace["y"]) * HEIGHT, up.place([0.0])[0] * HEIGHT
    boxes = [
        _box(*_whole(np.array([a, min(b, floor), c - a, abs(b - floor)])))
        for a, b, c in zip(left, top, right, strict=True)
        if not np.isnan(b)
    ]
    role = role_of(trace)
    outline = f" s-{role}" if trace["marker"]["line"]["width"] else ""
    return _path("".join(boxes), f"f-{role}{outline}", _opacity(trace))


def _box(left: float, top: float, width: float, height: float) -> str:
    return f"M{_join([left, top])}h{width:.0f}v{height:.0f}h{0 - width:.0f}z"


def _marker(trace: Trace, x: float, y: float) -> str:
    radius = trace["marker"]["size"] / 2
    role = role_of(trace)
    hollow = str(trace["marker"].get("symbol", "circle")).endswith("-open")
    classes = f"s-{role}" if hollow else f"f-{role}"
    return f'<circle class="{classes}" cx="{percent(x)}" cy="{percent(y)}" r="{radius:g}"/>'


def role_of(item: Mapping[str, Any]) -> str:
    """Return the colour role of a trace."""
    return str(item["meta"]["role"])


def _path(data: str, classes: str, attributes: Mapping[str, str]) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    shape = f'<path class="{classes}"{more} vector-effect="non-scaling-stroke" d="{data}"/>'
    return shape if data else ""


def _opacity(trace: Trace) -> dict[str, str]:
    opacity = trace.get("opacity")
    return {} if opacity is None else {"opacity": f"{opacity:g}"}


def _whole(values: Floats) -> Floats:
    return np.rint(values) + 0.0  # adding zero turns a negative zero into zero


def _join(numbers: Any) -> str:
    """Return whole numbers in path notation: a minus sign separates as well as a space."""
    return " ".join(f"{number:.0f}" for number in numbers).replace(" -", "-")


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
