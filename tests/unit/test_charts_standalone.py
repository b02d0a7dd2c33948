"""Charts as files of their own: what an SVG has and a PNG shows."""

from __future__ import annotations

import io
import weakref
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from tests.panels import analyse_ratios

from ivts_site.charts import BUILDERS, Options, build_charts
from ivts_site.charts.standalone import _Raster, draw_png, draw_standalone, read_path
from ivts_site.charts.theme import COLOURS
from ivts_site.model import Chart

CHARTS = build_charts(
    analyse_ratios([0.9, 0.97, 1.02, 0.95] * 40), tuple(BUILDERS), Options(raw_closes=False, sample=False)
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_a_picture_stands_alone(chart: Chart) -> None:
    """Well-formed, with title and source and every color in it; simulated closes are marked."""
    text = draw_standalone(chart, source="Here & now", sample=True)
    root = ET.fromstring(text)
    words = [each.text for each in root if each.tag.endswith("text")]
    assert words == [f"SAMPLE DATA: {chart.title}", "Here & now"]
    assert "var(" not in text
    assert "href" not in text


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_the_png_is_the_same_picture(chart: Chart) -> None:
    """1.5 pixels a unit, always the same bytes; title, source and plot are inked, the margins are paper."""
    text = draw_standalone(chart, source="Here", sample=False)
    body = draw_png(text)
    assert body == draw_png(text)
    image = Image.open(io.BytesIO(body)).convert("RGB")
    assert image.size == (1200, 675)
    for part in ((30, 30, 400, 60), (30, 640, 200, 665), (100, 130, 1090, 560)):
        assert len(image.crop(part).getcolors(100_000) or []) > 4
    assert image.getpixel((5, 5)) == tuple(int(COLOURS["paper"][at : at + 2], 16) for at in (1, 3, 5))


def test_paths_are_read_as_they_are_written() -> None:
    """By hand: a line of steps, and a bar that closes where it began."""
    assert list(read_path("M-2 10l8-2 3 4")) == [[(-2, 10), (6, 8), (9, 12)]]
    assert list(read_path("M1 2h4v3h-4zM7 7h1")) == [
        [(1, 2), (5, 2), (5, 5), (1, 5), (1, 2)],
        [(7, 7), (8, 7)],
    ]


def test_pixels_go_with_the_canvas() -> None:
    """Builds collect no cycles: one that holds a canvas would keep its 13 MB to the end."""
    canvas = _Raster()
    gone = weakref.ref(canvas)
    del canvas
    assert gone() is None
