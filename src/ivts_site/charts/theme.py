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
DOTS, DASHES = "1px,3px", "5px,3px"
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
    red, green, blue = bytes.fromhex(COLOURS[role][1:])
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
    return {
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
        **(CROSSHAIR if settings.get("type") == "date" else {}),
        **settings,
    }


def y_axis(**settings: Any) -> dict[str, Any]:
    """Return a value axis: grid lines, no line of its own, fixed ticks, no zoom along it."""
    return {
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
        **settings,
    }


def line(
    y: Any, *, role: str, name: str = "", width: float = 1.5, dash: str = "solid", **settings: Any
) -> Trace:
    """Return a line trace in a role's color; without `x` it takes that of the figure's first trace.

    A single point has no line to be seen and gets a marker.
    """
    look: dict[str, Any] = {"mode": "lines"}
    if np.isfinite(np.asarray(y, dtype=np.float64)).sum() == 1:
        look = {"mode": "lines+markers", "marker": {"color": COLOURS[role], "size": POINT_SIZE}}
    return {
        "type": "scatter",
        "y": y,
        "line": {"color": COLOURS[role], "width": width, "dash": dash},
        "name": pseudo_html(name),
        "connectgaps": False,
        **look,
        **settings,
        "meta": {"role": role} | settings.get("meta", {}),
    }


def bands(x: Any, y: Any, **settings: Any) -> Trace:
    """Return one filled trace for the shaded spans of backwardation; each is a closed ring, nulls between."""
    edge = {"color": rgba("backwardation", BAND_OPACITY), "width": 1}
    meta = {"role": "backwardation", "opacity": BAND_OPACITY}
    return outlines(x, y, name="backwardation", line=edge, meta=meta, **settings)


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
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": rgba(role, opacity),
        "line": {**edge, "width": width},
        "hoverinfo": "skip",
        "name": pseudo_html(name),
        "meta": {"role": role, "opacity": opacity, "outline": True},
        **settings,
    }


def points(  # noqa: PLR0913 (what a point has)
    x: Any, y: Any, *, role: str, name: str = "", size: float = 8, hollow: bool = False, **settings: Any
) -> Trace:
    """Return a marker trace in a role's color; `hollow` for rings."""
    symbol = "circle-open" if hollow else "circle"
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"color": COLOURS[role], "size": size, "symbol": symbol},
        "name": pseudo_html(name),
        "meta": {"role": role},
        **settings,
    }


def bars(  # noqa: PLR0913 (what a bar has)
    x: Any, y: Any, *, role: str, width: Any, name: str = "", outline: float = 0, **settings: Any
) -> Trace:
    """Return a bar trace in a role's color; the outline keeps bars narrower than a pixel visible."""
    return {
        "type": "bar",
        "x": x,
        "y": y,
        "width": width,
        "marker": {"color": COLOURS[role], "line": {"color": COLOURS[role], "width": outline}},
        "name": pseudo_html(name),
        "meta": {"role": role},
        **settings,
    }


def rule_line(  # noqa: PLR0913 (what a line has)
    *, role: str, along: str, at: Any, axis: str, width: float = 1, dash: str = "solid", **settings: Any
) -> dict[str, Any]:
    """Return a straight line: `along` "x" lies level at a value of `axis`, "y" stands upright at it."""
    other = "y" if along == "x" else "x"
    return {
        "type": "line",
        "name": role,
        "layer": "above",
        f"{along}ref": f"{along} domain",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{other}ref": axis,
        f"{other}0": at,
        f"{other}1": at,
        "line": {"color": COLOURS[role], "width": width, "dash": dash},
        **settings,
    }


def note(text: str, *, role: str, strong: bool = False, **settings: Any) -> dict[str, Any]:
    """Return a text on the plot, anchored by `xanchor` and `yanchor`, moved by `xshift` and `yshift`."""
    return {
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
        **settings,
    }


def aside(gap: float, *, left: bool = False) -> dict[str, Any]:
    """Return how a text stands some pixels beside its anchor."""
    return {"xanchor": "right", "xshift": -gap} if left else {"xanchor": "left", "xshift": gap}


def end_notes(
    ends: Sequence[tuple[float, str, str, bool]],
    scale: Sequence[float],
    *,
    gap: float = 0.1,
    room: int = MARGIN["r"],
) -> list[dict[str, Any]]:
    """Return the names of lines at their right ends, kept apart by a share of the height, that of a phone.

    `ends` have the height in units of the axis, whose range is `scale`, the name, its role, and whether it is
    strong. A name too long for the pixels of `room` at the right of the plot area stands inside.
    """
    low, high = scale
    places = spread([(height - low) / (high - low) for height, *_ in ends], gap, 0.0, 1.0)
    inside = {**aside(4, left=True), "yshift": 9}
    return [
        note(name, role=role, x=1, y=y, strong=strong, **inside if text_width(name) > room - 4 else aside(4))
        for (_, name, role, strong), y in zip(ends, places, strict=True)
    ]


def head_note(
    text: str, *, role: str = "muted", side: str = "left", strong: bool = False, y: float = 1
) -> dict[str, Any]:
    """Return a text above a height of the plot area, at the figure's left or right edge.

    It is placed within the x domain, unlike the labels at the ends of lines, which a script moves.
    """
    x, shift = (0, -MARGIN["l"]) if side == "left" else (1, MARGIN["r"])
    place = {"xref": "x domain", "x": x, "xanchor": side, "xshift": shift, "y": y}
    return note(text, role=role, strong=strong, yanchor="bottom", yshift=9, **place)


def sample_note(*, sample: bool) -> list[dict[str, Any]]:
    """Return the mark that simulated data carry, or nothing."""
    return [head_note(SAMPLE_MARK, role="ink", side="right", strong=True)] if sample else []
