"""Outlines above the line, peaks worth a name, where their labels fit, and the strip, each by hand."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from tests.panels import RULES, analyse_ratios

from ivts_site.analytics.results import Analysis
from ivts_site.charts.options import Options
from ivts_site.charts.panels import excess_outlines
from ivts_site.charts.peaks import (
    MOST,
    Box,
    Panel,
    draw_panel,
    find_peaks,
    peak_notes,
    place_labels,
    rank_peaks,
)
from ivts_site.charts.strip import FOOT, TOP, StripLine, build_strip, draw_strip
from ivts_site.charts.svg import HEIGHT, WIDTH
from ivts_site.model import NamedSpan

CRASH = NamedSpan(id="crash", label="Crash", first="2020-01-07", last="2020-01-31")


def history(ratios: list[float | None]) -> Analysis:
    """Sessions from Monday 6 January 2020, none of them suspect."""
    analysis = analyse_ratios(ratios)
    return dataclasses.replace(analysis, signal=analysis.signal.assign(suspect=False))


def outlines(ratios: list[float | None]) -> list[tuple[str, float]]:
    """Moments and heights of all outlines; "NaT" stands between two."""
    signal = history(ratios).signal
    x, y = excess_outlines(signal["ivts"], signal["backwardation"], 1.0)
    return list(zip(np.datetime_as_string(x, unit="m").tolist(), y.tolist(), strict=True))


def test_an_outline_begins_and_ends_where_the_line_crosses() -> None:
    """0.9 → 1.1 crosses half-way, at noon; 1.3 → 0.9 after three quarters of the day, at 18:00."""
    assert outlines([0.9, 1.1, 1.3, 0.9]) == [
        ("2020-01-06T12:00", 1.0),
        ("2020-01-07T00:00", 1.1),
        ("2020-01-08T00:00", 1.3),
        ("2020-01-08T18:00", 1.0),
    ]


def test_an_outline_without_a_neighbor_is_cut_off_upright() -> None:
    """The first and the last session have one neighbor: 1.2 → 0.9 crosses after two thirds, at 16:00."""
    found = outlines([1.2, 0.9, 1.2])
    assert [moment for moment, _ in found] == [
        "2020-01-06T00:00",
        "2020-01-06T00:00",
        "2020-01-06T16:00",
        "NaT",
        "2020-01-07T08:00",
        "2020-01-08T00:00",
        "2020-01-08T00:00",
    ]
    assert [height for _, height in found if not np.isnan(height)] == [1.0, 1.2, 1.0, 1.0, 1.2, 1.0]


def test_peaks_are_ranked_and_an_event_names_the_highest() -> None:
    """Two inversions within one event; a range that cuts the first one sees its other session."""
    signal = history([0.9, 1.1, 1.3, 0.9, 1.2, 0.9]).signal
    found = find_peaks(signal, [CRASH])
    assert [(f"{p.session:%d}", p.value, p.event) for p in found] == [("08", 1.3, CRASH), ("10", 1.2, None)]
    (first,) = find_peaks(signal.loc["2020-01-06":"2020-01-07"], [CRASH])
    (second,) = find_peaks(signal.loc["2020-01-09":], [CRASH])
    assert (first.value, first.event, second.value, second.event) == (1.1, CRASH, 1.2, CRASH)
    assert find_peaks(signal.loc["2020-01-09":"2020-01-09"], [CRASH]) == []


def test_troughs_are_labeled_below_as_peaks_are_above() -> None:
    """The mirror image of a line: the same order, the same sides, its labels as far under it as over."""
    signal = history([0.9, 1.1, 1.3, 0.9, 0.9, 0.9, 1.2, 0.9]).signal
    inside, axes = signal[signal["backwardation"]], {"xaxis": {"range": ["2020-01-01", "2020-01-20"]}}
    notes = []
    for sign in (1, -1):
        below, ends = sign < 0, sorted((sign * 0.8, sign * 1.5))
        peaks = rank_peaks(sign * inside["ivts"], inside["spell"], [CRASH], below=below)
        fitted = {**axes, "yaxis": {"range": ends}}
        panel = draw_panel(sign * signal["ivts"], fitted, (400, 100), below=below)
        labels = peak_notes(panel, peaks, fitted, (), lambda value: f"{abs(value)}", only="n")
        notes.append([(n["text"], n["x"], sign * n["y"], n["xanchor"], sign * n["yshift"]) for n in labels])
    assert notes[0] == notes[1]
    assert [(text, day, value) for text, day, value, *_ in notes[0]] == [
        ("1.3 Crash", "2020-01-08", 1.3),
        ("1.2, 14 Jan 2020", "2020-01-14", 1.2),
    ]


def test_suspect_closes_make_no_peak() -> None:
    """The session of 1.3 rests on one: its inversion's peak is 1.1, now below that of the other."""
    signal = history([0.9, 1.1, 1.3, 0.9, 1.2, 0.9]).signal
    signal.loc["2020-01-08", "suspect"] = True
    found = find_peaks(signal, [])
    assert [p.value for p in found] == [1.2, 1.1]


def flat(y: float) -> Panel:
    """A panel of 200 by 100 pixels with a level line."""
    return Panel(x=np.arange(201.0), y=np.full(201, y), width=200, height=100)


def test_labels_stand_right_then_left_then_nowhere() -> None:
    """A label "ab" is 2 × 0.6 em of 12 px and 2 px wide, 16.4: three at one place, of which two find room."""
    assert place_labels(flat(10), [(50, 60, "ab")] * 3) == {0: "right", 1: "left"}
    assert place_labels(flat(10), [(190, 60, "ab")]) == {0: "left"}  # 190 + 6 + 16.4 > 200
    assert place_labels(flat(70), [(50, 60, "ab")]) == {}  # the line passes through both places
    right = Box(left=56, right=60, foot=55, top=65)
    assert place_labels(flat(10), [(50, 60, "ab")], [right]) == {0: "left"}


def test_the_most_important_labels_are_kept() -> None:
    """More peaks with room than may have a name."""
    peaks = [(20.0 * at, 20.0 + 80 * (at % 2), "a") for at in range(1, 9)]
    assert list(place_labels(flat(5), peaks)) == list(range(MOST))


def test_a_value_close_to_the_line_shows_its_side() -> None:
    """Two decimals would put 1.2004 on a line at 1.2."""
    rules = RULES.model_copy(update={"threshold": 1.2})
    analysis = dataclasses.replace(history([0.9, 1.2004, 0.9]), rules=rules)
    strip = build_strip(analysis, Options(raw_closes=False, sample=False, events=(CRASH,)))
    assert [event.value for event in strip.events] == ["1.2004"]


def test_the_strip_lies_where_the_days_and_ratios_are() -> None:
    """Four days, 6 to 9 January; from 0.9 to 0.01 above 1.3: the peak is 2/3 across and 0.01 / 0.41 down."""
    strip = build_strip(
        history([0.9, 1.1, 1.3, 0.9]), Options(raw_closes=False, sample=False, events=(CRASH,))
    )
    (event,) = strip.events
    assert (event.at, event.label, event.value, event.page) == ("66.67%", "Crash", "1.30", "2020-01-07")

    def down(ratio: float) -> float:
        return TOP + (1.31 - ratio) / 0.41 * (FOOT - TOP)

    assert float(event.stem.rstrip("%")) == pytest.approx(100 * down(1.3), abs=0.005)
    assert float(re.search(r's-ink" x2="100%" y1="([\d.]+)%', strip.svg)[1]) == pytest.approx(  # type: ignore[index]
        100 * down(1.0), abs=0.005
    )
    # gray up to the line alone: 0.9, 1.0, 1.0, 0.9
    low, level = round(down(0.9) * HEIGHT), round(down(1.0) * HEIGHT)
    third = [round(WIDTH * part / 3) for part in (1, 2, 3)]
    steps = (third[0], level - low, third[1] - third[0], 0, third[2] - third[1], low - level)
    drawn = re.search(r'class="s-muted".*? d="M(\d+) (\d+)l([^"]*)"', strip.svg)
    assert drawn
    assert (int(drawn[1]), int(drawn[2])) == (0, low)
    assert tuple(int(number) for number in re.findall(r"-?\d+", drawn[3])) == steps


@pytest.mark.parametrize(("end", "last"), [("2021-06-28", "2020"), ("2021-12-23", "2021")])
def test_no_year_is_named_where_its_name_would_be_cut_off(end: str, last: str) -> None:
    """After half of 2021 the middle of that year is the end of the strip; after all of it there is room."""
    values = pd.Series(0.9, index=pd.bdate_range("2004-03-26", end))
    line = StripLine(
        values=values, beyond=values > 1, level=1.0, peaks=(), words=str, title="", description=""
    )
    years = draw_strip(line).years
    assert (years[0].label, years[-1].label) == ("2005", last)
