"""Thinning a line keeps what a screen can show; labels never touch, whatever the marks."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from ivts_site.charts.axes import round_ticks, spread
from ivts_site.charts.labels import place_flags
from ivts_site.charts.svg import HEIGHT, WIDTH, kept_points, path_data, runs

values = st.floats(0, 1, width=32)


@given(st.lists(values, min_size=1, max_size=400), st.integers(1, 60))
def test_each_column_keeps_its_ends_and_extremes(heights: list[float], columns: int) -> None:
    """Per pixel column the kept points have the first, last, lowest and highest value of all points."""
    y = np.array(heights)
    x = np.linspace(0, 1, len(y))
    kept = kept_points(x, y, columns=columns)
    assert (np.diff(kept) > 0).all()
    column = np.floor(x * columns)
    for number in np.unique(column):
        inside = np.flatnonzero(column == number)
        drawn = kept[column[kept] == number]
        assert (drawn[0], drawn[-1]) == (inside[0], inside[-1])
        assert (y[drawn].min(), y[drawn].max()) == (y[inside].min(), y[inside].max())
        assert len(drawn) <= 4


def test_nothing_is_kept_of_nothing() -> None:
    """A line without points has no points to draw."""
    assert len(kept_points(np.empty(0), np.empty(0), columns=5)) == 0


@given(st.lists(st.one_of(st.none(), values), max_size=60))
def test_runs_are_the_spans_between_gaps(heights: list[float | None]) -> None:
    """The runs hold every defined value once, in order, and no gap."""
    y = np.array([np.nan if value is None else value for value in heights])
    found = [value for run in runs(y) for value in y[run]]
    assert found == [value for value in heights if value is not None]
    assert len(runs(y)) == len(re.findall("d+", "".join("g" if v is None else "d" for v in heights)))


@given(st.lists(values, min_size=2, max_size=300))
def test_the_path_reaches_the_highest_and_the_lowest_value(heights: list[float]) -> None:
    """Adding up the steps of a path gives whole units, with the extremes of the data among them."""
    y = np.array(heights)
    start, steps = re.fullmatch(
        r"M([\d -]+)l([\d -]+)", path_data(np.linspace(0, 1, len(y)), y, columns=20)
    ).groups()  # type: ignore[union-attr]
    points = np.cumsum([_pairs(start)[0], *_pairs(steps)], axis=0)
    assert points[0][0] == 0
    assert points[-1][0] == WIDTH
    assert points[:, 1].min() == np.rint(y.min() * HEIGHT)
    assert points[:, 1].max() == np.rint(y.max() * HEIGHT)


def _pairs(numbers: str) -> list[tuple[int, int]]:
    found = [int(number) for number in re.findall(r"-?\d+", numbers)]
    return list(zip(found[::2], found[1::2], strict=True))


marks = st.lists(st.tuples(st.integers(0, 300), st.integers(20, 90)), min_size=1, max_size=5)


@given(marks)
def test_no_label_meets_a_label_or_a_foreign_line(found: list[tuple[int, int]]) -> None:
    """Labels in one row are apart, and no line that reaches higher passes through a label."""
    flags = place_flags([(float(x), float(w)) for x, w in found], low=-1000, high=2000)
    boxes = [(x - w, x) if flag.left else (x, x + w) for (x, w), flag in zip(found, flags, strict=True)]
    for i, (left, right) in enumerate(boxes):
        for j, (x, _) in enumerate(found):
            if i == j:
                continue
            if flags[i].row == flags[j].row:
                assert right <= boxes[j][0] or boxes[j][1] <= left
            if left + 1 < x < right - 1 and x != found[i][0]:
                assert flags[j].row < flags[i].row


@given(marks)
def test_labels_stay_in_the_room_where_there_is_one(found: list[tuple[int, int]]) -> None:
    """No label leaves the room when every mark leaves space for its label on one side."""
    flags = place_flags([(float(x), float(w)) for x, w in found], low=0.0, high=300.0)
    both_wide = all(w <= x and x + w <= 300 for x, w in found)
    boxes = [(x - w, x) if flag.left else (x, x + w) for (x, w), flag in zip(found, flags, strict=True)]
    assert not both_wide or all(left >= 0 and right <= 300 for left, right in boxes)


@given(st.lists(values, min_size=1, max_size=4))
def test_spread_keeps_order_gap_and_room(places: list[float]) -> None:
    """Moved labels keep their order, lie within the room and are a gap apart."""
    moved = spread(places, 0.1, 0.0, 1.0)
    order = np.argsort(places, kind="stable")
    assert min(moved) >= -1e-12
    assert max(moved) <= 1 + 1e-12
    assert (np.diff(np.array(moved)[order]) >= 0.1 - 1e-9).all()


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4), st.integers(2, 8))
@example(1.0, 401.0, 2)  # no multiple of 500 lies between 1 and 402
def test_ticks_are_round_and_within(low: float, span: float, at_most: int) -> None:
    """Ticks lie in the range, evenly, at most one more than asked for, and there is at least one."""
    ticks = round_ticks(low, low + span, at_most)
    assert 1 <= len(ticks) <= at_most + 1
    assert min(ticks) >= low - 1e-6 * span
    assert max(ticks) <= low + span + 1e-6 * span
    steps = np.diff(ticks)
    assert len(steps) == 0 or np.allclose(steps, steps[0], rtol=1e-6)
