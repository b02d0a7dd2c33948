"""A page of another origin frames each chart under a strict policy, narrow and wide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.places import served
from tests.sampled import spread
from tests.view_states import config

CHARTS = config().page.charts
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-src {origin}"
EXAMPLE = (Path(__file__).parents[2] / "templates/examples/embed.html").read_text("utf-8")
"""As the page on the data prints it."""
HOST = f'<!DOCTYPE html><html lang="en"><title>Host</title><body style="margin:0">{EXAMPLE}'
SPAN = ("2020-01-01", "2020-06-30")


@pytest.fixture
def host(tmp_path: Path, sample_site: Path) -> Iterator[Callable[[str], str]]:
    """The address of a page of another origin that frames a chart of the site, sent as `_headers` asks."""
    rules = (sample_site / "_headers").read_text("utf-8")
    own = re.search(r"^/embed/\*\n  Content-Security-Policy: (.*)$", rules, re.M)
    assert own
    with served(sample_site, {"Content-Security-Policy": own[1]}) as origin:
        policy = POLICY.format(origin=origin)
        with served(tmp_path, {"Content-Security-Policy": policy}) as address:

            def page(chart: str) -> str:
                text = HOST.replace("https://example.org", origin).replace("signal", chart)
                (tmp_path / f"{chart}.html").write_text(text)
                return f"{address}/{chart}.html"

            yield page


@pytest.mark.parametrize(("width", "chart"), spread(("320", "800"), CHARTS))
def test_a_chart_in_a_frame(
    visitor: Callable[..., Any], host: Callable[[str], str], width: str, chart: str
) -> None:
    """The example as printed: theme and span are those of its address, nothing overflows, the height fits."""
    page = visitor(viewport={"width": int(width), "height": 800}).page
    page.goto(host(chart))
    frame = page.frame_locator("iframe")
    figure = frame.locator("[data-range='2020-01..2020-06']")
    figure.wait_for()
    root = frame.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    assert root.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert frame.locator("nav, header, footer").count() == 0
    said = figure.locator("[data-summary]").inner_text()
    assert said.startswith("In backwardation on " if chart == "signal" else "Shown: ")
    height = "element => Math.ceil(element.ownerDocument.body.getBoundingClientRect().height)"
    page.wait_for_function("document.querySelector('iframe').height !== '480'")
    page.wait_for_timeout(100)
    told = int(page.locator("iframe").get_attribute("height"))
    assert told == frame.locator("body").evaluate(height)
    assert 250 < told < 900


def test_ranges_by_address(visitor: Callable[..., Any], sample_site: Path) -> None:
    """`?range=1y` shows the last year's picture and title, a span its sessions, nonsense nothing else."""
    history = json.loads((sample_site / "api/v1/history.json").read_text("utf-8"))
    pairs = zip(history["session"], history["regime"], strict=True)
    inside = [regime for day, regime in pairs if SPAN[0] <= day <= SPAN[1]]
    with served(sample_site) as origin:
        page = visitor(viewport={"width": 800, "height": 700}).page
        title, picture = page.locator("h1"), page.locator(".plot svg").first
        page.goto(f"{origin}/embed/signal/")
        first, words = picture.inner_html(), title.inner_text()
        for nonsense in ("<script>", "2020-06..2020-01", "2020..", "2020-01-01"):
            page.goto(f"{origin}/embed/signal/?range={nonsense}")
            assert picture.inner_html() == first
        page.goto(f"{origin}/embed/signal/?range=1y")
        page.locator("[data-range='1y']").wait_for()
        assert picture.inner_html() != first
        assert title.inner_text() == f"SAMPLE DATA: {picture.locator('title').first.text_content()}" != words
        for span in ("2020-01..2020-06", "2020-01-01..2020-06-30"):
            page.goto(f"{origin}/embed/signal/?range={span}")
            page.locator(f"[data-range='{span}']").wait_for()
            assert title.inner_text() == "SAMPLE DATA: VIX / VIX3M, 2 January 2020 to 30 June 2020"
            assert page.locator("[data-summary]").inner_text() == (
                f"In backwardation on {inside.count('backwardation')} of {len(inside)} sessions."
            )
