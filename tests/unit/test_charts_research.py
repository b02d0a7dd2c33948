"""Pictures of the studies: every mark stands where its number belongs, on an axis worked out here."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.research_page import events, research, tenor

from ivts_site.analytics.studies.events import EventGroup
from ivts_site.analytics.studies.survival import SurvivalPoint
from ivts_site.charts.picture import Caption, GrowthLine, draw_growth
from ivts_site.charts.research import (
    Volatilities,
    draw_curve,
    draw_fan,
    draw_implied,
    draw_placebo,
    draw_steps,
)
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers
from ivts_site.published.overlay import Placebo

SVG = "{http://www.w3.org/2000/svg}"
FRAME = 2000, 1000
"""Units of the stretched frame, across and down."""


def caption(*, sample: bool = False) -> Caption:
    return Caption(id="one", title="Title & more", description="What is <drawn>.", sample=sample)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def found(root: ET.Element, tag: str, name: str) -> list[ET.Element]:
    """Elements of a tag and class."""
    return [e for e in root.iter(f"{SVG}{tag}") if name in (e.get("class") or "").split()]


def texts(root: ET.Element) -> list[str]:
    return [e.text or "" for e in root.iter(f"{SVG}text")]


def at(element: ET.Element, name: str) -> float:
    """A position in percent as a fraction."""
    return float(element.attrib[name].removesuffix("%")) / 100


def corners(path: ET.Element) -> list[tuple[float, float]]:
    """Corners of a path of one start and relative steps, as fractions of the frame."""
    numbers = [float(n) for n in re.findall(r"-?\d+", path.attrib["d"])]
    points = np.array(numbers).reshape(-1, 2).cumsum(axis=0) / FRAME
    return [(float(x), float(y)) for x, y in points]


def whisker(value: float, **changed: object) -> Whisker:
    base = {"label": "> 1", "interval": None, "rival": None, "text": "words", "role": "ink"}
    return Whisker(value=value, **(base | changed))  # type: ignore[arg-type]


def fan(
    *,
    sample: bool = False,
    baseline: tuple[float, ...] = (-0.01, 0.0, 0.01),
    beside: tuple[EventGroup, ...] = (),
) -> str:
    study = replace(research().events, offsets=(-20, 0, 60), baseline_median=baseline)
    paths = events(
        "first",
        2,
        median=(0.02, 0.0, 0.01),
        lower_quartile=(0.0, 0.0, -0.02),
        upper_quartile=(0.04, 0.0, 0.08),
    )
    return draw_fan(study, paths, caption(sample=sample), beside=beside)


def steps(*, sample: bool = False, today: int | None = None) -> str:
    points = [
        SurvivalPoint(sessions=length, n_at_risk=2, n_ended=1, survival=share, interval=interval)
        for length, share, interval in ((1, 0.5, (0.2, 0.8)), (10, 0.0, None))
    ]
    return draw_steps(points, caption(sample=sample), today=today, role="contango")


def curve(*, sample: bool = False) -> str:
    before = {"week_ago": None, "month_ago": None}
    tenors = [
        replace(tenor("<VIX>", 30, 16.0), **before, low=10.0, median=20.0, high=40.0),
        replace(tenor("VIX3M", 93, None), **before, low=None, median=None, high=None),
    ]
    return draw_curve(tenors, caption(sample=sample))


def growth(*, sample: bool = False) -> str:
    lines = [
        GrowthLine(label="none", values=(1.0, 2.0), role="muted"),
        GrowthLine(label="regime", values=(1.0, 1.99), role="ink", width=2.0),
    ]
    return draw_growth(("2020-01-31", "2025-12-31"), lines, caption(sample=sample))


def implied(*, sample: bool = False) -> str:
    sessions = pd.bdate_range("2024-01-08", periods=300)
    series = Volatilities(
        sessions=sessions,
        implied=np.linspace(12.0, 30.0, 300),
        realized=np.where(np.arange(300) < 21, np.nan, 10.0),
    )
    return draw_implied(series, caption(sample=sample))


def whiskers(*, sample: bool = False) -> str:
    return draw_whiskers([whisker(0.02, interval=(0.01, 0.04), rival=0.025)], caption(sample=sample))


def placebo(low: float, median: float, high: float, value: float) -> Placebo:
    return Placebo(
        cost=5.0, draws=20, measure="sharpe", value=value, low=low, median=median, high=high, better=0.5,
        n_better=10, n_compared=20,
    )  # fmt: skip


PICTURES: dict[str, Callable[..., str]] = {
    "whiskers": whiskers,
    "fan": fan,
    "steps": steps,
    "curve": curve,
    "growth": growth,
    "implied": implied,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_described_and_styled_by_classes_alone(name: str) -> None:
    """Well-formed, with title and description, no style, no script, no color of its own."""
    svg = PICTURES[name]()
    root = parsed(svg)
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == ["Title & more", "What is <drawn>."]
    assert root.get("role") == "img"
    for element in root.iter():
        assert not {"style", "fill", "stroke"} & set(element.attrib), element.attrib
    assert "nan" not in svg
    assert "SAMPLE" not in svg


@pytest.mark.parametrize("name", PICTURES)
def test_simulated_closes_are_marked_in_the_picture(name: str) -> None:
    """The mark is drawn, and the description begins with it."""
    root = parsed(PICTURES[name](sample=True))
    assert texts(root).count("SAMPLE DATA, not market data") == 1
    assert (root.findtext(f"{SVG}desc") or "").startswith("SAMPLE DATA")


def test_whiskers_stand_at_their_values() -> None:
    """Values from 0 to 4%, widened by 4% of the span: 2% lies at (2 + 0.16) / 4.32 of the width."""
    rows = [
        whisker(0.02, interval=(0.01, 0.04), rival=0.025, role="backwardation", text="+2.0%"),
        whisker(0.0, label="all"),
    ]
    root = parsed(draw_whiskers(rows, caption(), reference=0.03))

    def x(value: float) -> float:
        return (value * 100 + 0.16) / 4.32

    dots = list(root.iter(f"{SVG}circle"))
    assert [at(dot, "cx") for dot in dots] == pytest.approx([x(0.02), x(0.0), x(0.025)], abs=1e-4)
    # two rows between -0.6 and 1.6: the first lies 0.6 below the top of 2.2
    assert [at(dot, "cy") for dot in dots] == pytest.approx([0.6 / 2.2, 1.6 / 2.2, 0.6 / 2.2], abs=1e-4)
    (interval,) = found(root, "line", "s-backwardation")
    assert [at(interval, "x1"), at(interval, "x2")] == pytest.approx([x(0.01), x(0.04)], abs=1e-4)
    lines = [e for e in root.iter(f"{SVG}line") if e.get("x1") == e.get("x2") and "y1" in e.attrib]
    assert sorted(at(e, "x1") for e in lines) == pytest.approx([x(0.0), x(0.03)], abs=1e-4)
    assert {"> 1", "all", "+2.0%", "2%"} <= set(texts(root))


def test_numbers_may_be_points() -> None:
    """Without fractions the axis counts in the numbers' own unit."""
    rows = [whisker(3.7, interval=(2.6, 4.6)), whisker(-1.0)]
    labels = texts(parsed(draw_whiskers(rows, caption(), fractions=False)))
    assert {"0", "2", "4"} <= set(labels)
    assert not [label for label in labels if "%" in label]


def test_the_shade_of_a_fan_follows_both_quartiles() -> None:
    """Six corners: along the lower quartile and back along the upper, on an axis from −2% to 8%."""
    root = parsed(fan())
    (shade,) = found(root, "path", "f-backwardation")

    def y(value: float) -> float:
        return 1 - (value * 100 + 2.4) / 10.8

    expected = [y(v) for v in (0.0, 0.0, -0.02, 0.08, 0.0, 0.04)]
    assert [point[1] for point in corners(shade)] == pytest.approx(expected, abs=2e-3)
    assert shade.attrib["d"].endswith("z")
    # from -21 to 61: the anchor is 21 / 82 from the left
    assert corners(shade)[1][0] == pytest.approx(21 / 82, abs=1e-3)
    (median,) = found(root, "path", "s-backwardation")
    assert [point[1] for point in corners(median)] == pytest.approx([y(0.02), y(0.0), y(0.01)], abs=2e-3)


def test_two_fans_share_their_axis() -> None:
    """Room is made for the lines of the other picture; without any the axis is closer."""
    other = events("end", 2, upper_quartile=(0.2, 0.2, 0.2))
    alone, wide = (parsed(fan(beside=beside)) for beside in ((), (other,)))
    heights = [corners(found(root, "path", "s-backwardation")[0])[0][1] for root in (alone, wide)]
    assert heights[1] > heights[0]
    assert "20%" in texts(wide)


def test_a_fan_without_baseline() -> None:
    """On the first days there is no path around all sessions: no dotted line."""
    assert len(found(parsed(fan()), "path", "s-ink")) == 1
    assert found(parsed(fan(baseline=())), "path", "s-ink") == []


def test_the_staircase_falls_where_spells_end() -> None:
    """All spells reach their first day, half outlast it, none the tenth; the axis runs from 0.9 to 10.5."""
    root = parsed(steps())
    line = found(root, "path", "s-contango")[0]

    def place(n: float, share: float) -> tuple[float, float]:
        width = math.log10(10.5) - math.log10(0.9)
        return (math.log10(n) - math.log10(0.9)) / width, 1 - share / 1.04

    expected = [(0.9, 1), (1, 1), (1, 0.5), (10, 0.5), (10, 0.0), (10.5, 0.0)]
    drawn = corners(line)
    for n, share in expected:
        wanted = place(n, share)
        assert min(math.dist(wanted, point) for point in drawn) < 2e-3, (n, share)
    # the interval of the first day holds until the tenth, where there is none
    (shade,) = found(root, "path", "f-contango")
    assert {round(x, 2) for x, _ in corners(shade)} == {round(place(n, 0)[0], 2) for n in (1, 10)}


@pytest.mark.parametrize(("today", "side"), [(1, None), (9, "end")])
def test_today_is_marked_inside_the_picture(today: int, side: str | None) -> None:
    """The words stand to the side where there is room."""
    root = parsed(steps(today=today))
    (label,) = [e for e in root.iter(f"{SVG}text") if (e.text or "").startswith("today")]
    assert label.text == f"today, day {today}"
    assert label.get("text-anchor") == side
    assert not [text for text in texts(parsed(steps())) if text.startswith("today")]


def test_today_beyond_every_spell_widens_the_axis() -> None:
    """A spell longer than any that has ended is still on the picture."""
    root = parsed(steps(today=40))
    marks = [e for e in found(root, "line", "s-ink") if e.get("x1") == e.get("x2")]
    assert 0.9 < at(marks[0], "x1") < 1


def test_curve_over_its_range() -> None:
    """Logarithmic both ways; a tenor without closes has neither bar nor dot, its name stays."""
    root = parsed(curve())
    bars = [e for e in found(root, "line", "s-rule") if e.get("stroke-width") == "8"]
    assert len(bars) == 1
    span = math.log10(40 / 10) + 0.08

    def y(value: float) -> float:
        return 1 - (math.log10(value / 10) + 0.04) / span

    assert [at(bars[0], "y1"), at(bars[0], "y2")] == pytest.approx([y(10), y(40)], abs=1e-4)
    (today,) = found(root, "circle", "f-ink")
    assert at(today, "cy") == pytest.approx(y(16), abs=1e-4)
    (median,) = found(root, "circle", "s-muted")
    assert at(median, "cy") == pytest.approx(y(20), abs=1e-4)
    assert {"<VIX>", "VIX3M", "10", "20", "40"} <= set(texts(root))


def test_names_of_growth_lines_stay_apart() -> None:
    """2.00 and 1.99 end at the same height: their names do not."""
    root = parsed(growth())
    names = {e.text: at(e, "y") for e in root.iter(f"{SVG}text") if e.text in {"none", "regime"}}
    assert abs(names["none"] - names["regime"]) > 0.08
    line = found(root, "path", "s-muted")[0]
    # from 1 to 2 on a log scale with a twentieth of the span, log 2 + 0.05, on both sides
    low, span = -0.05, math.log10(2) + 0.05
    bottom, height = low - 0.05 * span, 1.1 * span
    expected = [1 - (0 - bottom) / height, 1 - (math.log10(2) - bottom) / height]
    assert [point[1] for point in corners(line)] == pytest.approx(expected, abs=2e-3)


def test_names_of_growth_lines_stand_beside_the_picture() -> None:
    """The longest, "constant", would lie on the lines inside the picture."""
    lines = [
        GrowthLine(label=label, values=(1.0, 2.0), role="ink") for label in ("none", "constant", "regime")
    ]
    root = parsed(draw_growth(("2020-01-31", "2025-12-31"), lines, caption()))
    names = [e for e in root.iter(f"{SVG}text") if e.text in {"none", "constant", "regime"}]
    assert [e.get("text-anchor") for e in names] == [None, None, None]


def test_implied_and_realized_are_drawn_where_they_are_known() -> None:
    """The realized line begins after its first 21 sessions; both share an axis that begins at zero."""
    root = parsed(implied())
    realized, front = found(root, "path", "s-muted")[0], found(root, "path", "s-ink")[0]
    assert corners(realized)[0][0] > corners(front)[0][0] + 0.05
    assert "0" in texts(root)


@pytest.mark.parametrize(
    ("value", "mark", "bar"),
    [
        (0.5, 50.0, (6.0, 88.0)),  # halfway between the ends
        (2.0, 94.0, (6.0, 44.0)),  # beyond them: the bar takes half of the room
        (-1.0, 6.0, (50.0, 44.0)),
    ],
)
def test_strip(value: float, mark: float, bar: tuple[float, float]) -> None:
    """From 0 to 1 between the margins of 6 percent; the result itself is always within."""
    root = parsed(
        draw_placebo(placebo(0.0, 0.5, 1.0, value)).replace(
            "<svg class", '<svg xmlns="http://www.w3.org/2000/svg" class', 1
        )
    )
    (box,) = root.iter(f"{SVG}rect")
    assert (at(box, "x") * 100, at(box, "width") * 100) == pytest.approx(bar, abs=0.05)
    assert at(next(e for e in root if e.tag == f"{SVG}svg"), "x") * 100 == pytest.approx(mark, abs=0.05)
    assert root.get("aria-hidden") == "true"


def test_a_strip_of_equal_results() -> None:
    """Nothing to spread: everything stands at the left end."""
    svg = draw_placebo(placebo(1.0, 1.0, 1.0, 1.0))
    assert 'width="0.0%"' in svg
