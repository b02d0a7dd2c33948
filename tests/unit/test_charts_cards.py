"""Cards of episodes, and the canvas that all cards are drawn on."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.panels import analyse_ratios

from ivts_site.analytics.outcomes import slice_episode
from ivts_site.charts.canvas import STEPS, Canvas, tint
from ivts_site.charts.card import (
    BAND,
    LEFT,
    RATIO_FOOT,
    RATIO_TOP,
    RIGHT,
    SIZE,
    build_episode_card,
)
from ivts_site.charts.theme import COLOURS

CALM = [0.90, 0.92] * 5
RATIOS = [*CALM, 1.10, 1.20, 1.05, *CALM]
"""Ten calm sessions, an episode of three, ten calm ones."""


def rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def picture(png: bytes) -> Any:
    """Pixels by row and column."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def card(ratios: list[Any] = RATIOS, row: int = 0, **changed: Any) -> bytes:
    analysis = analyse_ratios(ratios, changed.pop("benchmark", None))
    options = {"site_name": "IVTS", "sample": False} | changed
    return build_episode_card(analysis, row, slice_episode(analysis, row, 20), **options)


def test_colors_are_laid_over_each_other_by_hand() -> None:
    """A fifth of #0b6b5b over #fcfcfa: 0.2 × 11 + 0.8 × 252 = 203.8, and so on."""
    assert tint("contango", 0.2) == "#ccdfda"


def test_a_canvas_holds_what_was_put_on_it() -> None:
    """Paper, a rectangle to the pixel, half-covered edges of a circle between its color and the ground."""
    canvas = Canvas(40, 20)
    canvas.box(10, 5, 20, 15, "#102030")
    dot = canvas.sketch(20, 0, 40, 20)
    dot.dot(30, 10, 5)
    dot.paste("#000000", COLOURS["paper"])
    pixels = picture(canvas.png())
    assert pixels.shape == (20, 40, 3)
    inside = np.all(pixels == rgb("#102030"), axis=2)
    assert (inside.sum(), inside[5:15, 10:20].all()) == (100, True)
    assert tuple(pixels[0, 0]) == rgb(COLOURS["paper"])
    assert tuple(pixels[10, 30]) == (0, 0, 0)
    reds = set(pixels[:, 20:, 0].ravel().tolist())
    assert reds <= {round(252 * (STEPS - 1 - step) / (STEPS - 1)) for step in range(STEPS)}
    assert len(reds) > 3  # smooth, not stepped
    # the library draws circles to the far edge of their last fine pixel: an eighth wider here
    assert (pixels[:, 20:, 0] < 126).sum() == pytest.approx(np.pi * 5.125**2, abs=2)


def test_shapes_end_where_they_are_cut() -> None:
    """A shape is laid on its two grounds in two parts."""
    canvas = Canvas(20, 10)
    bar = canvas.sketch(0, 0, 20, 10)
    bar.line([(0, 5), (20, 5)], 6)
    bar.paste("#ff0000", COLOURS["paper"], None, 7)
    bar.paste("#0000ff", COLOURS["paper"], 7, None)
    row = picture(canvas.png())[5]
    assert [tuple(pixel) for pixel in row[[0, 6, 7, 19]]] == [(255, 0, 0)] * 2 + [(0, 0, 255)] * 2


def test_the_same_drawing_gives_the_same_bytes() -> None:
    """And another one others."""
    assert card() == card()
    assert len({card(), card(site_name="Other"), card(sample=True), card([*CALM, 1.1, *CALM])}) == 4


def test_the_episode_is_shaded_where_it_lies() -> None:
    """Sessions 10 to 12 of 23: from 10/23 to 13/23 of the width, and nowhere else."""
    pixels = picture(card())
    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    shaded = np.flatnonzero(np.all(pixels[RATIO_FOOT + 8] == rgb(BAND), axis=1))
    width = (RIGHT - LEFT) / 23
    assert shaded[0] == pytest.approx(LEFT + 10 * width, abs=1)
    assert shaded[-1] + 1 == pytest.approx(LEFT + 13 * width, abs=1)
    assert len(shaded) == shaded[-1] - shaded[0] + 1


def test_the_line_of_the_ratio_is_true() -> None:
    """Highest at the second session of the episode, at the top; lowest at the foot; the threshold between.

    From 0.90 to 1.20 over 212 pixels: 1.0 lies two thirds down, the line of 1.05 half-way.
    """
    pixels = picture(card())
    x = [round(LEFT + (place + 0.5) / 23 * (RIGHT - LEFT)) for place in range(23)]
    assert tuple(pixels[RATIO_TOP + 1, x[11]]) == rgb(COLOURS["backwardation"])
    assert tuple(pixels[RATIO_FOOT - 1, x[0]]) == rgb(COLOURS["ink"])
    assert tuple(pixels[round((RATIO_TOP + RATIO_FOOT) / 2), x[12]]) == rgb(COLOURS["backwardation"])
    level = round(RATIO_FOOT - (RATIO_FOOT - RATIO_TOP) / 3)
    assert tuple(pixels[level, x[3]]) == rgb(COLOURS["muted"])
    assert tuple(pixels[level, x[17]]) == rgb(COLOURS["muted"])


@pytest.mark.parametrize(
    "ratios",
    [[1.1], [0.9, 1.1], [1.1, 0.9], [0.9, None, 1.1, None, 1.2, None, 0.9], [0.9, 1.1, 1.3]],
    ids=["alone", "ongoing", "first", "gaps", "rising"],
)
def test_every_episode_has_a_card(ratios: list[Any]) -> None:
    """The only session of a history, an episode at either end of it, sessions without a ratio."""
    pixels = picture(card(ratios, benchmark=[100.0] + [None] * (len(ratios) - 1)))
    assert (np.all(pixels == rgb(COLOURS["backwardation"]), axis=2)).sum() > 100


def test_simulated_closes_are_marked() -> None:
    """A dark strip across the top."""
    assert tuple(picture(card(sample=True))[2, 5]) == rgb(COLOURS["ink"])
    assert tuple(picture(card())[2, 5]) == rgb(COLOURS["paper"])


def test_no_text_runs_into_another() -> None:
    """Between the longest words on the left and those on the right there is a gap, in every line."""
    ratios = [*CALM, *[1.1] * 300, *CALM]
    pixels = picture(card(ratios, site_name="W" * 80))
    for top, foot in ((55, 95), (110, 180), (195, 232)):
        empty = np.all(pixels[top:foot] == rgb(COLOURS["paper"]), axis=(0, 2))[LEFT:RIGHT]
        runs = np.diff(np.flatnonzero(np.r_[True, ~empty, True]))
        assert runs.max() > 60, (top, foot)
