"""One look for every chart: colors by role, margins, fonts and the shared parts of a Plotly layout.

The pictures share these figures, so that a chart does not move when Plotly takes the picture's place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ivts_site.charts.axes import spread
from ivts_site.charts.labels import text_width

COLOURS: Mapping[str, str] = {
    "paper": "#fcfcfa",
    "panel": "#f4f5f2",
    "ink": "#17212b",
    "muted": "#57636e",
    "rule": "#d5dade",
    "contango": "#0b6b5b",
    "backwardation": "#b3261e",
}
"""Light values of the color roles; the same as in the style sheet's tokens."""

MARGIN: Mapping[str, int] = {"l": 40, "r": 48, "t": 26, "b": 28}
"""Pixels around every plot area; the style sheet gives the pictures the same."""

FONT_FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
FONT_SIZE = 12
BOLD = 650
NARROW_PX = 560
"""Below this width of a chart only the ticks listed under `narrow` are labeled."""

CROSSHAIR: Mapping[str, Any] = {
    "hoverformat": "%a %-d %b %Y",
    "showspikes": True,
    "spikethickness": 1,
    "spikedash": "solid",
}
POINT_SIZE = 6
BAND_OPACITY = 0.16
SAMPLE_MARK = "SAMPLE DATA, not market data"

Trace = dict[str, Any]
"""A trace in Plotly's JSON form, with arrays for its columns."""


class Figure(NamedTuple):
    """A figure in Plotly's JSON form; tests hold each one against the schema of Plotly's own objects."""

    traces: list[Trace]
    layout: dict[str, Any]


_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def clean(label: str) -> str:
    """Return a label without control characters and without marks that turn the direction of text."""
    return _INVISIBLE.sub("", label)


def pseudo_html(text: str) -> str:
    """Return plain text as Plotly must get it: it reads tags and entities in every text it draws."""
    return html.escape(clean(text), quote=False)


def hover_html(text: str) -> str:
    """Return plain text for a hover template, in which a percent sign opens a placeholder."""
    return pseudo_html(text).replace("%", "&#37;")


def rgba(role: str, opacity: float) -> str:
    """Return a role's light color with an opacity, as CSS."""
    red, green, blue = (int(COLOURS[role][i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def base_layout() -> dict[str, Any]:
    """Return the layout that all charts share."""
    return {
        "margin": {**MARGIN, "pad": 0},
        "font": {"family": FONT_FAMILY, "size": FONT_SIZE, "color": COLOURS["muted"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"align": "left"},
        "dragmode": "zoom",
        "bargap": 0,
        "separators": ".,",
    }


def x_axis(**settings: Any) -> dict[str, Any]:
    """Return a bottom axis: a rule, no grid, fixed ticks; along dates a crosshair follows the pointer."""
    base = {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": COLOURS["rule"],
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": COLOURS["rule"],
        "tickmode": "array",
        "tickangle": 0,
        "showspikes": False,
    }
    crosshair = CROSSHAIR if settings.get("type") == "date" else {}
    return {**base, **crosshair, **settings}


def y_axis(**settings: Any) -> dict[str, Any]:
    """Return a value axis: grid lines, no line of its own, fixed ticks, no zoom along it."""
    base = {
        "showgrid": True,
        "gridcolor": COLOURS["rule"],
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 5,
        "tickmode": "array",
        "tickangle": 0,
        "fixedrange": True,
        "showspikes": False,
    }
    return base | settings


def line(y: Any, *, role: str, name: str = "", **settings: Any) -> Trace:
    """Return a line trace in a role's color; without `x` it takes that of the figure's first trace."""
    stroke = {
        "color": COLOURS[role],
        "width": settings.pop("width", 1.5),
        "dash": settings.pop("dash", "solid"),
    }
    meta = {"role": role} | settings.pop("meta", {})
    return {
        "type": "scatter",
        "y": y,
        "line": stroke,
        "name": pseudo_html(name),
        "connectgaps": False,
        "meta": meta,
        **_line_mode(y, role),
        **settings,
    }


def _line_mode(y: Any, role: str) -> dict[str, Any]:
    """Return the mode of a line: a single point has no line to be seen and gets a marker."""
    if np.isfinite(np.asarray(y, dtype=np.float64)).sum() != 1:
        return {"mode": "lines"}
    return {"mode": "lines+markers", "marker": {"color": COLOURS[role], "size": POINT_SIZE}}


def bands(x: Any, y: Any, *, name: str, **settings: Any) -> Trace:
    """Return one filled trace for many shaded spans; each span is a closed ring, nulls between."""
    shade = rgba("backwardation", BAND_OPACITY)
    meta = {"role": "backwardation", "opacity": BAND_OPACITY}
    return _filled(x, y, shade, {"color": shade, "width": 1}, meta, name=name, **settings)


def outlines(  # noqa: PLR0913 (what a filled trace has)
    x: Any,
    y: Any,
    *,
    role: str = "backwardation",
    name: str = "",
    width: float = 0,
    opacity: float = BAND_OPACITY,
    **settings: Any,
) -> Trace:
    """Return one filled trace for areas of any shape: their outlines, with nulls between."""
    edge = {"color": COLOURS[role]} if width else {}
    meta = {"role": role, "opacity": opacity, "outline": True}
    fill = rgba(role, opacity)
    return _filled(x, y, fill, {**edge, "width": width}, meta, name=name, **settings)


def _filled(  # noqa: PLR0913 (what a filled trace has)
    x: Any, y: Any, fill: str, line: Mapping[str, Any], meta: Mapping[str, Any], *, name: str, **settings: Any
) -> Trace:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fill,
        "line": line,
        "hoverinfo": "skip",
        "name": pseudo_html(name),
        "meta": meta,
        **settings,
    }


def points(x: Any, y: Any, *, role: str, name: str = "", **settings: Any) -> Trace:
    """Return a marker trace in a role's color; `hollow` for rings."""
    marker = {
        "color": COLOURS[role],
        "size": settings.pop("size", 8),
        "symbol": "circle-open" if settings.pop("hollow", False) else "circle",
    }
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": marker,
        "name": pseudo_html(name),
        "meta": {"role": role},
        **settings,
    }


def bars(x: Any, y: Any, *, role: str, width: Any, name: str = "", **settings: Any) -> Trace:
    """Return a bar trace in a role's color; the outline keeps bars narrower than a pixel visible."""
    marker = {"color": COLOURS[role], "line": {"color": COLOURS[role], "width": settings.pop("outline", 0)}}
    return {
        "type": "bar",
        "x": x,
        "y": y,
        "width": width,
        "marker": marker,
        "name": pseudo_html(name),
        "meta": {"role": role},
        **settings,
    }


def rule_line(*, role: str, along: str, at: Any, axis: str, **settings: Any) -> dict[str, Any]:
    """Return a straight line: `along` "x" lies level at a value of `axis`, "y" stands upright at it."""
    other = "y" if along == "x" else "x"
    stroke = {"width": settings.pop("width", 1), "dash": settings.pop("dash", "solid")}
    base = {
        "type": "line",
        "name": role,
        "layer": "above",
        f"{along}ref": f"{along} domain",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{other}ref": axis,
        f"{other}0": at,
        f"{other}1": at,
        "line": {"color": COLOURS[role]} | stroke,
    }
    return base | settings


def note(text: str, *, role: str, strong: bool = False, **settings: Any) -> dict[str, Any]:
    """Return a text on the plot, anchored by `xanchor` and `yanchor`, moved by `xshift` and `yshift`."""
    base = {
        "text": pseudo_html(text),
        "name": role,
        "showarrow": False,
        "borderpad": 0,
        # weight, not <b>: Plotly writes tags as style attributes, which the page's policy forbids
        "font": {"color": COLOURS[role], "size": FONT_SIZE} | ({"weight": BOLD} if strong else {}),
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "middle",
    }
    return base | settings


def end_note(
    text: str, *, role: str, y: float, strong: bool = False, room: int = MARGIN["r"]
) -> dict[str, Any]:
    """Return the name of a line at its right end; a name too long for the room there stands inside."""
    inside = text_width(text) > room - 4
    place = {"xanchor": "right", "xshift": -4, "yshift": 9} if inside else {"xanchor": "left", "xshift": 4}
    return note(text, role=role, x=1, y=y, strong=strong, **place)


def end_notes(
    ends: Sequence[tuple[float, str, str, bool]],
    scale: Sequence[float],
    *,
    gap: float = 0.1,
    room: int = MARGIN["r"],
) -> list[dict[str, Any]]:
    """Return the names of lines at their right ends, kept apart.

    Parameters
    ----------
    ends : sequence of (height, name, role, strong)
        Height in units of the axis.
    scale : pair of float
        The axis range.
    gap : float
        Least distance of two names as a share of the height, that of a phone.
    room : int
        Pixels at the right of the plot area.
    """
    low, high = scale
    places = spread([(height - low) / (high - low) for height, *_ in ends], gap, 0.0, 1.0)
    return [
        end_note(name, role=role, y=place, strong=strong, room=room)
        for (_, name, role, strong), place in zip(ends, places, strict=True)
    ]


def head_note(
    text: str, *, role: str = "muted", side: str = "left", strong: bool = False, y: float = 1
) -> dict[str, Any]:
    """Return a text above a height of the plot area, at the figure's left or right edge or in the middle.

    It is placed within the x domain, unlike the labels at the ends of lines, which a script moves.
    """
    places: Mapping[str, tuple[float, int]] = {"left": (0, -MARGIN["l"]), "center": (0.5, 0)}
    x, shift = places.get(side, (1, MARGIN["r"]))
    place = {"xref": "x domain", "x": x, "xanchor": side, "xshift": shift, "y": y}
    return note(text, role=role, strong=strong, yanchor="bottom", yshift=9, **place)


def sample_note(*, sample: bool, side: str = "right") -> list[dict[str, Any]]:
    """Return the mark that simulated data carry, or nothing."""
    return [head_note(SAMPLE_MARK, role="ink", side=side, strong=True)] if sample else []
