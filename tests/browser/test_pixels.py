"""The picture and Plotly's drawing of one figure, laid over each other: axes, labels, lines, pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

if TYPE_CHECKING:
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
    """Return the grey values of what a box shows."""
    image = Image.open(io.BytesIO(plot.screenshot(animations="disabled"))).convert("L")
    return np.asarray(image).astype(np.int16)


def differing(one: Pixels, other: Pixels) -> float:
    """Return the share of pixels whose grey values are far apart."""
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


def both_drawings(visit: Visit, chart: str) -> tuple[Pixels, Pixels]:
    """Return a chart as picture and as Plotly draws it, without crosshair and focus ring."""
    plot = visit.select(chart)
    plot.scroll_into_view_if_needed()
    picture = photograph(plot)
    visit.wake(chart)
    plot.evaluate("(plot) => plot.blur()")
    visit.page.mouse.move(1, 1)
    visit.page.wait_for_timeout(50)
    return picture, photograph(plot)


@pytest.fixture(params=[1280, 360])
def light_visit(visitor: Callable[..., Visit], request: pytest.FixtureRequest) -> Visit:
    """An open front page in the light theme, wide or narrow."""
    return visitor(viewport={"width": request.param, "height": 900}, color_scheme="light").open()


def test_picture_and_plotly_are_the_same_drawing(light_visit: Visit) -> None:
    """All five charts: few pixels differ strongly, and every line of either has one of the other near it."""
    for chart in CHARTS:
        picture, live = both_drawings(light_visit, chart)
        assert picture.shape == live.shape
        assert picture.min() < DARK
        assert faults(picture, live) == [], chart


def test_a_shift_of_a_drawing_is_caught(light_visit: Visit) -> None:
    """The comparison is not blind: a drawing moved by five pixels, down or right, is another one."""
    picture, live = both_drawings(light_visit, "signal")
    assert faults(picture, np.roll(live, 5, axis=0))
    assert faults(picture, np.roll(live, 5, axis=1))


def test_tick_labels_are_in_the_same_places(light_visit: Visit) -> None:
    """Every tick label of the picture has one of the same words within 1.5 pixels along its axis."""
    for chart in CHARTS:
        plot = light_visit.select(chart)
        pictured = plot.evaluate(LABELS, "svg.pic text.t:not(.halo)")
        light_visit.wake(chart)
        drawn = plot.evaluate(LABELS, TICKS)
        assert len(pictured) > 4
        for words, x, y in pictured:
            same = [(abs(x - at), abs(y - up)) for text, at, up in drawn if text == words]
            assert any(across <= 1.5 and along <= 1.5 for across, along in same), (chart, words, x, y, same)
