"""The picture and Plotly's drawing of one figure, laid over each other: axes, labels, lines, pixels."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tests.browser.conftest import empty_page
from tests.sampled import sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from tests.browser.conftest import Visit

CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")
MAX_DIFFERING = 0.012
"""Share of the plot's pixels that may differ strongly: edges of lines, smoothed in other places."""
STRONG = 96
MAX_STRAY = 0.03
"""Share of one drawing's line pixels further than `NEAR` from a line of the other: dashes start elsewhere."""
NEAR = 1.5
DARK, DARKISH = 140, 190

Pixels = npt.NDArray[np.int16]
Label = tuple[str, float, float]
"""Words, and where their middle is, in pixels from the corner of the plot area."""

TICKS = ".xtick text, .ytick text, .y2tick text, .y3tick text"
LABELS = """(root, ticks) => {
  const box = root.querySelector('svg.pic').getBoundingClientRect();
  return [...root.querySelectorAll(ticks)]
    .filter((text) => text.getBoundingClientRect().width > 0)
    .map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return [text.textContent, (left + right) / 2 - box.left, (top + bottom) / 2 - box.top];
    });
}"""


def photograph(plot: Any) -> Pixels:
    """Return the gray values of what a box shows."""
    image = Image.open(io.BytesIO(plot.screenshot(animations="disabled"))).convert("L")
    return np.asarray(image).astype(np.int16)


def differing(one: Pixels, other: Pixels) -> float:
    """Return the share of pixels whose gray values are far apart."""
    return float((np.abs(one - other) > STRONG).mean())


def stray(lines: Pixels, others: Pixels) -> float:
    """Return the share of dark pixels of one drawing without a darkish one of the other near them."""
    dark, near = lines < DARK, others < DARKISH
    reach = int(np.ceil(NEAR))
    padded = np.pad(near, reach)
    height, width = near.shape
    covered = np.zeros_like(near)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            if np.hypot(down - reach, right - reach) <= NEAR:
                covered |= padded[down : down + height, right : right + width]
    return float((dark & ~covered).sum() / max(dark.sum(), 1))


def faults(one: Pixels, other: Pixels) -> list[str]:
    """Return in what two drawings differ beyond the tolerances."""
    found = {
        f"{differing(one, other):.4f} of the pixels differ": differing(one, other) > MAX_DIFFERING,
        f"{stray(one, other):.4f} of the first's lines are elsewhere": stray(one, other) > MAX_STRAY,
        f"{stray(other, one):.4f} of the second's lines are elsewhere": stray(other, one) > MAX_STRAY,
    }
    return [words for words, is_fault in found.items() if is_fault]


@dataclass
class Drawings:
    """A chart as picture and as Plotly draws it, without crosshair and focus ring, and its axes' labels."""

    picture: Pixels
    live: Pixels
    pictured: list[Label]
    drawn: list[Label]


def draw_twice(visit: Visit, chart: str) -> Drawings:
    """Photograph a chart before and after it is awake."""
    plot = visit.select(chart)
    plot.scroll_into_view_if_needed()
    picture, pictured = photograph(plot), plot.evaluate(LABELS, "svg.pic text.t:not(.halo)")
    visit.wake(chart)
    plot.evaluate("(plot) => plot.blur()")
    visit.page.mouse.move(1, 1)
    visit.page.wait_for_timeout(50)
    return Drawings(
        picture=picture, live=photograph(plot), pictured=pictured, drawn=plot.evaluate(LABELS, TICKS)
    )


@pytest.fixture(scope="module", params=sample((1280, 360), 2))
def drawings(browser: Browser, origin: str, request: pytest.FixtureRequest) -> dict[str, Drawings]:
    """All five charts of the front page in the light theme, wide or narrow."""
    viewport = {"width": request.param, "height": 900}
    context = browser.new_context(viewport=viewport, color_scheme="light", reduced_motion="reduce")
    visit = empty_page(context, origin).open()
    found = {chart: draw_twice(visit, chart) for chart in CHARTS}
    context.close()
    return found


def test_picture_and_plotly_are_the_same_drawing(drawings: dict[str, Drawings]) -> None:
    """All five charts: few pixels differ strongly, and every line of either has one of the other near it."""
    for chart, drawn in drawings.items():
        assert drawn.picture.shape == drawn.live.shape
        assert drawn.picture.min() < DARK
        assert faults(drawn.picture, drawn.live) == [], chart


def test_a_shift_of_a_drawing_is_caught(drawings: dict[str, Drawings]) -> None:
    """The comparison is not blind: a drawing moved by five pixels, down or right, is another one."""
    picture, live = drawings["signal"].picture, drawings["signal"].live
    assert faults(picture, np.roll(live, 5, axis=0))
    assert faults(picture, np.roll(live, 5, axis=1))


def test_tick_labels_are_in_the_same_places(drawings: dict[str, Drawings]) -> None:
    """Every tick label of the picture has one of the same words within 1.5 pixels along its axis."""
    for chart, found in drawings.items():
        assert len(found.pictured) > 4
        for words, x, y in found.pictured:
            same = [(abs(x - at), abs(y - up)) for text, at, up in found.drawn if text == words]
            assert any(across <= 1.5 and along <= 1.5 for across, along in same), (chart, words, x, y, same)
