"""The pictures: where values lie, and markup that is safe and plain."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tests.panels import analyse_ratios

from ivts_site.charts import BUILDERS, Options, build_charts, build_scale
from ivts_site.charts.svg import draw_figure, draw_markers, draw_trace, read_axes
from ivts_site.model import Chart

SVG = "{http://www.w3.org/2000/svg}"
RATIOS = [0.9, 0.95, 1.02, 1.1, None, 0.97, 1.0, 0.88] * 20


@pytest.fixture(scope="module")
def charts() -> tuple[Chart, ...]:
    """All charts of a short history with a gap and several episodes."""
    return build_charts(analyse_ratios(RATIOS), tuple(BUILDERS), Options(raw_closes=False, sample=False))


def layout(**axes: dict[str, Any]) -> dict[str, Any]:
    """Layout of a figure with ranges and ticks at the ends."""
    plain = {"range": [0, 10], "tickvals": [0, 10], "ticktext": ["0", "10"]}
    return {name: plain | settings for name, settings in axes.items()}


def test_values_lie_where_the_axes_say() -> None:
    """Linear, logarithmic, calendar and partial axes, by hand."""
    axes = read_axes(
        layout(
            xaxis={"type": "date", "range": ["2024-01-01", "2024-01-11"]},
            yaxis={"range": [0, 200], "domain": [0.5, 1.0]},
            yaxis2={"type": "log", "range": [1, 3], "domain": [0.0, 0.25]},
            yaxis3={"overlaying": "y", "range": [0, 1]},
        )
    )
    # 6 January is 5 of 10 days; noon of the first is half a day of 10.
    assert axes["x"].place(["2024-01-06", "2024-01-01T12"]) == pytest.approx([0.5, 0.05])
    # 50 of 200 is a quarter of the upper half: 0.5 + 0.125 from the bottom, 0.375 from the top.
    assert axes["y"].place([50, 200]) == pytest.approx([0.375, 0.0])
    # 100 is half of the two powers from 10 to 1000: 0.125 from the bottom.
    assert axes["y2"].place([100, 10]) == pytest.approx([0.875, 1.0])
    assert np.isnan(axes["y2"].place([0])[0])
    assert axes["y3"].place([1]) == pytest.approx([0.0])


def test_lines_are_drawn_in_whole_units_with_gaps() -> None:
    """Thirds of a line in a frame of 2000 by 1000 units; NaN begins a new line."""
    axes = read_axes(layout(xaxis={}, yaxis={}))
    line = {"color": "#000000", "width": 1.5, "dash": "5px,3px"}
    trace = {"type": "scatter", "mode": "lines", "line": line, "meta": {"role": "ink"}}
    y = np.array([0.0, 5.0, np.nan, 10.0, 0.0])
    drawn = draw_trace({**trace, "y": y}, np.array([0.0, 2.5, 5.0, 7.5, 10.0]), axes)
    # x 2.5 of 10 is 500 of 2000; y 5 of 10 is 500 of 1000 from the top.
    assert 'd="M0 1000l500-500M1500 0l500 1000"' in drawn
    assert 'class="s-ink" stroke-width="1.5" stroke-dasharray="5 3"' in drawn


def test_bars_stand_on_zero_upwards_and_downwards() -> None:
    """A bar of width 2 around 5 and one of −5 below the line of zero."""
    axes = read_axes(layout(xaxis={}, yaxis={"range": [-10, 10]}))
    trace = {
        "type": "bar",
        "x": np.array([5.0, 9.0]),
        "y": np.array([5.0, -5.0]),
        "width": [2.0, 2.0],
        "marker": {"line": {"width": 0}},
        "meta": {"role": "contango"},
    }
    # Zero lies in the middle (500); +5 reaches up to 250, −5 from 500 down by 250; width 2 of 10 is 400.
    assert 'd="M800 250h400v250h-400zM1600 500h400v250h-400z"' in draw_trace(trace, None, axes)


def test_points_outside_the_range_are_left_out_but_lines_run_on() -> None:
    """A line keeps one neighbor beyond each end, as Plotly cuts it there; markers outside are not drawn."""
    axes = read_axes(layout(xaxis={"range": [4, 6]}, yaxis={}))
    x, y = np.arange(11.0), np.full(11, 5.0)
    line = {"type": "scatter", "mode": "lines", "line": {"width": 1}, "meta": {"role": "ink"}, "y": y}
    assert 'd="M-1000 500l1000 0 1000 0 1000 0 1000 0"' in draw_trace(line, x, axes)
    marker = {"size": 8, "symbol": "circle-open"}
    dots = {"type": "scatter", "mode": "markers", "marker": marker, "meta": {"role": "ink"}, "y": y}
    assert re.findall('cx="(.*?)"', draw_markers(dots, x, axes)) == ["0%", "50%", "100%"]


def test_svg_is_well_formed_without_styles_scripts_or_colors(charts: tuple[Chart, ...]) -> None:
    """A strict content policy and the themes need classes alone."""
    analysis = analyse_ratios(RATIOS)
    for markup in [chart.svg for chart in charts] + [build_scale(analysis, sample=True)]:
        root = ET.fromstring(markup)
        assert root.tag == f"{SVG}svg"
        named = {e.tag.removeprefix(SVG) for e in root.iter()}
        assert named <= {"svg", "title", "desc", "g", "line", "path", "circle", "rect", "text"}
        names = {name for element in root.iter() for name in element.attrib}
        assert not names & {"style", "fill", "stroke", "href", "onload", "id"} - {"id"}
        assert not re.search(r"#[0-9a-f]{6}|rgb|NaN|nan|None", markup)
        assert root.find(f"{SVG}title") is not None


def test_svg_ids_are_unique_and_named_by_the_root(charts: tuple[Chart, ...]) -> None:
    """Title and description are referred to, and ids do not collide across charts."""
    ids: list[str] = []
    for chart in charts:
        root = ET.fromstring(chart.svg)
        own = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
        assert root.attrib["aria-labelledby"].split() == own
        ids += own
    assert len(ids) == len(set(ids)) == 2 * len(charts)


def test_narrow_ticks_are_a_part_of_the_wide_ones(charts: tuple[Chart, ...]) -> None:
    """Every tick label of a narrow chart is in the picture, and wide-only labels are marked."""
    for chart in charts:
        meta = chart.figure["layout"]["meta"]
        if "narrow_axes" not in meta:
            continue
        narrow = meta["narrow_axes"][meta["default_range"]]["xaxis.ticktext"]
        root = ET.fromstring(chart.svg)
        shown = [
            e.text
            for e in root.iter(f"{SVG}text")
            if e.attrib.get("dy") == "19" and " w" not in e.attrib["class"]
        ]
        assert sorted(shown, key=str) == sorted(narrow)


def test_texts_of_a_figure_are_escaped_once() -> None:
    """A note written for Plotly's pseudo-HTML comes out as the plain text it stands for."""
    figure = layout(xaxis={}, yaxis={}) | {
        "annotations": [
            {
                "text": "a &lt;b&gt; &amp; c",
                "font": {"weight": 650},
                "name": "ink",
                "x": 0.5,
                "y": 1,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "yanchor": "bottom",
            }
        ]
    }
    trace = {"type": "scatter", "mode": "markers", "marker": {"size": 1}, "meta": {"role": "ink"}}
    drawn = draw_figure([{**trace, "x": [1], "y": [1]}], figure, id_="x", title="<t>", description='"d" & d')
    texts = [element.text for element in ET.fromstring(drawn).iter(f"{SVG}text")]
    assert "a <b> & c" in texts
    assert 'class="t-strong f-ink halo"' in drawn
    assert ET.fromstring(drawn)[0].text == "<t>"
    assert ET.fromstring(drawn)[1].text == '"d" & d'
