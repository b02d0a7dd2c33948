"""The ratio scale and the card: what they show, where, and that nothing covers anything."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFont
from tests.panels import analyse_ratios

from ivts_site.analytics.results import Analysis
from ivts_site.charts import build_card, build_scale
from ivts_site.charts.canvas import Canvas
from ivts_site.charts.card import LANE_TOP, LEFT, RIGHT, SIZE
from ivts_site.charts.scale import read_scale
from ivts_site.model import ProvisionalRatio

SVG = "{http://www.w3.org/2000/svg}"
SWINGS = [round(0.88 + 0.06 * float(np.sin(i)) + 0.3 * (i % 97 == 0), 4) for i in range(300)]

HEADLINE = "Contango held for a ninth session"
STATES = {
    "contango": [*SWINGS, 0.9212],
    "backwardation": [*SWINGS, 1.2214],
    "just below": [*SWINGS, 0.999],
    "just above": [*SWINGS, 1.001],
    "exactly one": [*SWINGS, 1.0],
    "low": [*SWINGS, 0.6],
    "panic": [*SWINGS, 1.62],
    "one session": [0.93],
    "all alike": [0.9] * 40,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [300, 340, 480, 640])
def test_labels_are_apart_and_on_the_scale(state: str, width: int) -> None:
    """At every width the texts shown there neither overlap nor leave the scale."""
    root = ET.fromstring(build_scale(analyse_ratios(STATES[state])))
    boxes = list(_boxes(root, width))
    for i, (text, *box) in enumerate(boxes):
        assert box[0] >= -1, text
        assert box[2] <= width + 1, text
        for other, *rest in boxes[:i]:
            apart = box[2] <= rest[0] or rest[2] <= box[0] or box[3] <= rest[1] or rest[3] <= box[1]
            assert apart, (text, other)


def _boxes(root: ET.Element, width: int) -> list[tuple[str, float, float, float, float]]:
    """Boxes of the texts that the style sheet shows at a width, measured in another typeface."""
    hidden = "w" if width < 480 else "n"
    skipped = [e for group in root.iter(f"{SVG}g") if group.get("class") == hidden for e in group]
    boxes = []
    for text in root.iter(f"{SVG}text"):
        classes = text.attrib["class"].split()
        if hidden in classes or text in skipped:
            continue
        size = 14 if "scale-day" in classes else 12
        length = ImageFont.load_default(size).getlength(re.sub("[◂▸]", "x", text.text or ""))
        x = float(text.attrib.get("x", "0").rstrip("%")) / 100 * width + float(text.attrib.get("dx", 0))
        left = {"middle": x - length / 2, "end": x - length}.get(text.attrib.get("text-anchor", ""), x)
        base = float(text.attrib["y"])
        boxes.append((text.text or "", left, base - 0.75 * size, left + length, base + 0.2 * size))
    return boxes


def test_the_date_stays_on_its_side() -> None:
    """The date of a ratio above the threshold stands right of the line, otherwise left of it."""
    for state, above in (("just below", False), ("just above", True), ("exactly one", False)):
        root = ET.fromstring(build_scale(analyse_ratios(STATES[state])))
        scale = read_scale(analyse_ratios(STATES[state]))
        for width in (300, 640):
            line = scale.place(1.0) * width
            value = next(box for box in _boxes(root, width) if re.fullmatch(r"\d+ Mar", box[0]))
            assert value[1] > line if above else value[3] < line


def test_marker_trail_and_threshold_lie_on_the_axis() -> None:
    """Places by hand on the usual axis from 0.70 to 1.46."""
    analysis = analyse_ratios([*SWINGS, 0.89, 0.852])
    root = ET.fromstring(build_scale(analysis))
    dots = [float(c.attrib["cx"].rstrip("%")) for c in root.iter(f"{SVG}circle")]
    assert len(dots) == 21
    assert dots[-1] == 20.0  # (0.852 − 0.70) / 0.76
    assert dots[-2] == 25.0  # (0.89 − 0.70) / 0.76
    lines = [line.attrib for line in root.iter(f"{SVG}line") if line.attrib["class"] == "s-ink"]
    assert [line["x1"] for line in lines] == ["39.47%"]  # 0.30 / 0.76
    faint = [float(c.attrib["fill-opacity"]) for c in root.iter(f"{SVG}circle") if "fill-opacity" in c.attrib]
    assert faint == sorted(faint)


def test_axis_widens_for_extreme_ratios_only() -> None:
    """The axis is 0.70 to 1.46 unless the window or the record needs more."""
    usual, wide = read_scale(analyse_ratios(STATES["contango"])), read_scale(analyse_ratios(STATES["panic"]))
    assert (usual.low, usual.high) == (0.70, 1.46)
    assert wide.high >= 1.62
    assert read_scale(analyse_ratios(STATES["low"])).low <= 0.6


def test_density_has_its_peak_at_the_commonest_ratio() -> None:
    """Where most sessions have one ratio, the hill is highest there."""
    below, above = read_scale(analyse_ratios([0.85, 0.95] * 30 + [0.95] * 60)).sides
    assert below[np.argmax(below[:, 1]), 0] == pytest.approx(0.95, abs=0.006)
    assert below[:, 1].max() == 1.0
    assert len(above) == 0


def test_hill_keeps_within_the_readings_of_each_side() -> None:
    """From 0.88 to 0.995 and from 1.02 to 1.06 there is a hill, beside them and between there is none."""
    ratios = [0.88, 0.95, 0.99, 0.995] * 20 + [1.02, 1.06] * 5
    below, above = read_scale(analyse_ratios(ratios)).sides
    assert (below[0, 0], below[-1, 0]) == pytest.approx((0.88, 0.995))
    assert (above[0, 0], above[-1, 0]) == pytest.approx((1.02, 1.06))
    # ten readings above say nothing below: without them the hill there is the same
    alone, _ = read_scale(analyse_ratios(ratios[:80])).sides
    np.testing.assert_allclose(alone, below)


def test_few_readings_have_no_hill_and_no_record() -> None:
    """Nineteen readings are dots alone; the twentieth brings hill and record."""
    few, enough = (analyse_ratios([[1.1, 0.95][i % 2] for i in range(n)]) for n in (19, 21))
    assert "<path" not in build_scale(few)
    assert "record" not in build_scale(few)
    assert build_scale(few).count("<circle") == 19
    assert "<path" in build_scale(enough)
    assert "record 1.10" not in build_scale(enough)  # today's own


def test_the_record_and_the_high_of_the_window_are_marked_apart_from_today() -> None:
    """1.40 on the first session, 1.20 in the last two years; a high of 1.37 is too close to the record."""
    calm = [0.9] * 300
    assert "record 1.40, 6 Jan 2020" in build_scale(analyse_ratios([1.4, *calm, *calm]))
    for high, marked in ((1.2, True), (1.37, False)):
        picture = build_scale(analyse_ratios([1.4, *calm, high, *calm]))
        assert (f"2-year high {high:.2f}" in picture) == marked
        assert "record 1.40" in picture
    assert "record" not in build_scale(analyse_ratios([1.4, *calm, 1.36]))


def test_picture_says_what_it_shows() -> None:
    """Title and description carry regime, value and record in words."""
    title, desc = list(ET.fromstring(build_scale(analyse_ratios(STATES["contango"]))))[:2]
    assert title.text == "Ratio 0.9212: contango"
    assert "record 1.2" in str(desc.text)
    assert "20 sessions before" in str(desc.text)


def test_card_is_a_picture_of_the_day_and_the_same_every_time() -> None:
    """1200 by 630 pixels, deterministic, different by regime, marked where simulated."""
    calm, panic = analyse_ratios(STATES["contango"]), analyse_ratios(STATES["panic"])
    card = card_of(calm)
    assert Image.open(io.BytesIO(card)).size == (1200, 630)
    assert card == card_of(calm)
    assert card != card_of(panic)
    assert len(card) < 120_000
    marked = Image.open(io.BytesIO(card_of(calm, site_name="x" * 200, sample=True))).convert("RGB")
    plain = Image.open(io.BytesIO(card)).convert("RGB")
    assert max(marked.getpixel((20, 8))) < 80  # type: ignore[type-var]
    assert min(plain.getpixel((20, 8))) > 200  # type: ignore[type-var]


def test_card_carries_the_doubts_of_the_headline() -> None:
    """A provisional ratio adds words and a ring on its side of the line; a suspect close adds words."""
    calm = analyse_ratios(STATES["contango"])
    plain = card_pixels(card_of(calm))
    rings = {}
    for ratio, regime in ((0.8, "contango"), (1.2, "backwardation")):
        held = ProvisionalRatio(session=dt.date(2026, 3, 2), ivts=ratio, regime=regime)
        card = card_pixels(card_of(calm, provisional=held))
        changed = np.argwhere((card != plain).any(axis=2))
        words, ring = changed[changed[:, 0] < LANE_TOP - 20], changed[changed[:, 0] >= LANE_TOP - 20]
        assert words[:, 0].min() > 470  # below the regime and the ratio
        assert len(words) > 500
        rings[ratio] = ring[:, 1].mean()
        assert np.ptp(ring[:, 0]) < 40
    assert rings[0.8] < rings[1.2]
    doubtful = dataclasses.replace(calm, signal=calm.signal.assign(suspect=True))
    card = card_pixels(card_of(doubtful))
    changed = np.argwhere((card != plain).any(axis=2))
    assert changed[:, 0].min() > 470
    assert changed[:, 0].max() < LANE_TOP - 10  # above the line's head


def card_of(analysis: Analysis, **changed: Any) -> bytes:
    """The card of a history."""
    return build_card(analysis, **{"headline": HEADLINE, "site_name": "IVTS", "sample": False} | changed)


def card_pixels(card: bytes) -> npt.NDArray[np.int64]:
    """Return a card's colors in steps of 64."""
    return np.asarray(Image.open(io.BytesIO(card)).convert("RGB")).astype(int) // 64


def test_card_holds_the_whole_headline() -> None:
    """The longest headline of the record keeps all its words in three lines."""
    longest = (
        "Contango has held since the record began on 4 December 2007; with VIX3M unchanged, VIX would have "
        "had to rise 5.4% to invert the curve"
    )
    lines = Canvas(*SIZE).wrap(longest, 40, RIGHT - LEFT)
    assert (" ".join(lines), len(lines)) == (longest, 3)


@pytest.mark.parametrize("state", STATES)
def test_card_is_drawn_in_every_state(state: str) -> None:
    """No state of the data breaks the card."""
    assert card_of(analyse_ratios(STATES[state]))[:4] == b"\x89PNG"


@pytest.mark.parametrize("state", STATES)
def test_the_mark_of_simulated_closes_covers_no_label(state: str) -> None:
    """It stands at the right end, where the labels of the highs do: on a line of its own."""
    root = ET.fromstring(build_scale(analyse_ratios(STATES[state]), sample=True))
    heights = {text.text: float(text.attrib["y"]) for text in root.iter() if text.tag.endswith("text")}
    mark = heights.pop("SAMPLE DATA")
    assert all(abs(mark - height) >= 14 for height in heights.values())
