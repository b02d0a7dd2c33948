"""A page of another origin frames each chart under a strict policy, narrow and wide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.places import served
from tests.view_states import config

CHARTS = config().page.charts
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-src {origin}"
HOST = """<!DOCTYPE html><html lang="en"><title>Host</title><body style="margin:0"><script>
window.told = [];
addEventListener('message', (event) => window.told.push([event.origin, event.data]));
</script>
<iframe src="{origin}/embed/{chart}/?theme=dark" title="x" style="border:0;width:100%;height:480px">
</iframe>"""


@pytest.fixture
def host(tmp_path: Path, sample_site: Path) -> Iterator[Callable[[str], str]]:
    """The address of a page of another origin that frames a chart of the site."""
    with served(sample_site, {"Content-Security-Policy": "frame-ancestors *"}) as origin:
        policy = POLICY.format(origin=origin)
        with served(tmp_path, {"Content-Security-Policy": policy}) as address:

            def page(chart: str) -> str:
                (tmp_path / f"{chart}.html").write_text(
                    HOST.replace("{origin}", origin).replace("{chart}", chart)
                )
                return f"{address}/{chart}.html"

            yield page


@pytest.mark.parametrize("width", [320, 800])
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_in_a_frame(
    visitor: Callable[..., Any], host: Callable[[str], str], chart: str, width: int
) -> None:
    """The picture is drawn in the theme that was asked for, nothing overflows, and the height is told."""
    page = visitor(viewport={"width": width, "height": 800}).page
    page.goto(host(chart))
    frame = page.frame_locator("iframe")
    frame.locator(".plot svg").first.wait_for()
    root = frame.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    assert root.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert frame.locator("nav, header, footer").count() == 0
    page.wait_for_function("window.told.length > 0")
    origin, message = page.evaluate("window.told.at(-1)")
    assert message["type"] == "ivts:height"
    assert message["chart"] == chart
    assert 250 < message["height"] < 900
    assert origin.startswith("http://127.0.0.1:")


def test_a_range_by_address(visitor: Callable[..., Any], sample_site: Path) -> None:
    """`?range=1y` shows the picture of the last year and says so; nonsense changes nothing."""
    with served(sample_site) as origin:
        page = visitor(viewport={"width": 800, "height": 700}).page
        page.goto(f"{origin}/embed/term-structure/")
        first = page.locator(".plot svg").first.inner_html()
        page.goto(f"{origin}/embed/term-structure/?range=<script>")
        assert page.locator(".plot svg").first.inner_html() == first
        page.goto(f"{origin}/embed/term-structure/?range=1y")
        page.locator("[data-range='1y']").wait_for()
        assert page.locator(".plot svg").first.inner_html() != first
