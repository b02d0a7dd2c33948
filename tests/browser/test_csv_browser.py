"""CSV of what is shown: for every chart, at its first range and zoomed in, the rows of that range."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

DATED = {
    "signal": ("session", "session"),
    "term-structure": ("session", "session"),
    "spy-backwardation": ("first_session", "last_session"),
    "rolling-rate": ("session", "session"),
}
"""Charts along time, and the columns that hold the first and the last day of a row."""


def taken(visit: Visit, chart: str) -> tuple[str, list[dict[str, str]]]:
    """Name and rows of the CSV that a chart's button saves."""
    with visit.page.expect_download() as waiting:
        visit.page.locator(f'#chart-{chart} [data-tool="csv"]').click()
    text = Path(waiting.value.path()).read_text("utf-8")
    return waiting.value.suggested_filename, list(csv.DictReader(io.StringIO(text)))


def zoom(visit: Visit, chart: str) -> None:
    """Drag over the middle of a chart."""
    plot = visit.plot(chart)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    before = visit.layout(chart, "xaxis.range")
    visit.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 100)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 100, steps=4)
    visit.page.mouse.up()
    for _ in range(50):
        if visit.layout(chart, "xaxis.range") != before:
            return
        visit.page.wait_for_timeout(100)
    raise AssertionError(f"{chart} did not zoom")


@pytest.mark.parametrize("chart", DATED)
def test_rows_are_those_of_the_range(live: Visit, sample_site: Path, chart: str) -> None:
    """At first and zoomed in the name tells the range; every published row that touches it is there."""
    published = list(csv.DictReader(io.StringIO((sample_site / f"charts/{chart}.csv").read_text("utf-8"))))
    start, end = DATED[chart]
    live.wake(chart)
    for zoomed in (False, True):
        if zoomed:
            zoom(live, chart)
        name, rows = taken(live, chart)
        first, last = re.findall(r"\d{4}-\d\d-\d\d", name)
        shown = live.layout(chart, "xaxis.range")
        assert shown[0][:10] <= first <= last <= shown[1][:10]
        assert rows == [row for row in published if row[end] >= first and row[start] <= last]
        assert 0 < len(rows) < len(published) or not zoomed
        assert {row["sample"] for row in rows} == {"true"}
    assert live.complaints == []


def test_an_episode_that_reaches_into_the_range_is_in(live: Visit, sample_site: Path) -> None:
    """The range begins within an episode: half of it is drawn, so its row belongs to what is shown."""
    published = list(
        csv.DictReader(io.StringIO((sample_site / "charts/spy-backwardation.csv").read_text("utf-8")))
    )
    longest = max(published, key=lambda row: int(row["n_sessions"]))
    live.wake("spy-backwardation")
    body = live.page.evaluate(
        """async ([start, end]) => {
          const saved = URL.createObjectURL;
          let blob = null;
          URL.createObjectURL = (made) => { blob = made; return saved.call(URL, made); };
          const element = document.querySelector('#chart-spy-backwardation');
          await ivts.tools.csv({ element, id: 'x', range: `${start}..${end}`, meta: { ranges: {} } });
          return blob.text();
        }""",
        [longest["last_session"], "2099-01-01"],
    )
    rows = list(csv.DictReader(io.StringIO(body)))
    assert rows[0] == longest
