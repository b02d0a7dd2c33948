"""The ratio, its lines and its state, on both sides of every boundary."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import BANDS, analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.term_structure import find_bands, find_highest, find_lowest, is_above, is_borderline


def test_ratio_only_where_both_closes_exist():
    """19.86 / 21.56 = 0.92115…; a missing close gives no ratio and nothing is filled."""
    analysis = analyse_panel(make_panel([19.86, None, 20.0, 30.0], [21.56, 22.0, None, 25.0]))
    assert list(analysis.signal.index.day) == [6, 9]
    assert analysis.signal["ivts"].tolist() == [19.86 / 21.56, 1.2]
    assert list(analysis.gaps.day) == [7, 8]


def test_sessions_outside_the_ratios_span_are_no_gaps():
    """A front stored for years before the back does not make gaps."""
    analysis = analyse_panel(make_panel([15.0, 15.0, 15.0], [None, 20.0, 20.0]))
    assert len(analysis.gaps) == 0
    assert len(analysis.signal) == 2


def test_exactly_one_is_contango():
    """Equal closes are contango, a cent more is backwardation, and the flip is day 1."""
    analysis = analyse_panel(make_panel([21.55, 21.56, 21.57], [21.56, 21.56, 21.56]))
    assert analysis.signal["backwardation"].tolist() == [False, False, True]
    assert analysis.signal["regime_day"].tolist() == [1, 2, 1]
    assert analysis.regime.name == "backwardation"


def test_no_pair_of_cents_is_on_the_wrong_side_of_one():
    """Closes from 5.00 to 200.00 and their neighbors a cent away, judged by whole cents."""
    back = np.arange(500, 20_001)
    for step in (-1, 0, 1):
        front = back + step
        np.testing.assert_array_equal(is_above((front / 100) / (back / 100), 1.0), front > back)
        np.testing.assert_array_equal((front / 100) / (back / 100) > 1.0, front > back)


@pytest.mark.parametrize("thousandths", [900, 917, 950, 970, 998, 1000, 1002, 1010, 1100, 1200])
def test_no_pair_of_cents_is_on_the_wrong_side_of_an_edge(thousandths):
    """All pairs of closes from 8.00 to 35.00: 1000 · front > edge · back in whole numbers decides."""
    cents = np.arange(800, 3501)
    front, back = cents[:, None], cents[None, :]
    found = is_above((front / 100) / (back / 100), thousandths / 1000)
    np.testing.assert_array_equal(found, 1000 * front > thousandths * back)


@pytest.mark.parametrize(("tenths", "edge"), [(9, 0.9), (12, 1.2)])
def test_binary_rounding_alone_would_misplace_edges(tenths, edge):
    """The tolerance is needed: plain comparison puts some quotients that equal the edge above it."""
    cents = np.arange(800, 3501)
    front, back = cents[:, None], cents[None, :]
    plain = (front / 100) / (back / 100) > edge
    assert (plain & (10 * front == tenths * back)).any()


@pytest.mark.parametrize(
    ("front", "back", "borderline"),
    [
        (9.97, 10.0, False),  # 0.997
        (9.98, 10.0, True),  # 0.998, included
        (19.96, 20.0, True),
        (10.0, 10.0, True),
        (10.02, 10.0, True),  # 1.002, included
        (30.06, 30.0, True),
        (10.03, 10.0, False),  # 1.003
    ],
)
def test_borderline_includes_both_ends(front, back, borderline):
    """0.998 ≤ ratio ≤ 1.002."""
    assert is_borderline(np.array([front / back]), (0.998, 1.002)).tolist() == [borderline]


@pytest.mark.parametrize(
    ("front", "back", "name"),
    [
        (18.9, 21.0, "deep contango"),  # 0.90, edge included
        (18.91, 21.0, "contango"),
        (19.0, 20.0, "contango"),  # 0.95
        (19.01, 20.0, "flat"),
        (20.0, 20.0, "flat"),  # 1.00
        (20.01, 20.0, "borderline backwardation"),
        (20.2, 20.0, "borderline backwardation"),  # 1.01
        (20.21, 20.0, "stress"),
        (23.1, 21.0, "stress"),  # 1.10
        (23.11, 21.0, "severe"),
        (25.2, 21.0, "severe"),  # 1.20
        (25.21, 21.0, "panic"),
    ],
)
def test_bands_include_their_upper_edge(front, back, name):
    """Each band from below its edge to the edge itself."""
    assert find_bands(np.array([front / back]), BANDS) == [name]


def test_state_of_the_last_session():
    """Threshold · back − front = 20 − 19 = 1, of 19; slope over five sessions = 0.95 − 0.90."""
    state = analyse_ratios([1.05, 0.90, 0.91, 0.92, 0.93, 0.94, 0.95]).regime
    assert state.name == "contango"
    assert (state.day, state.since, state.band) == (6, "2020-01-07", "contango")
    assert state.slope == pytest.approx(0.05)
    assert state.distance == pytest.approx(1.0)
    assert state.distance_return == pytest.approx(1 / 19)
    assert not state.borderline


def test_distance_is_negative_above_the_threshold():
    """At 22 over 20 the front has two points to fall."""
    state = analyse_ratios([1.1]).regime
    assert state.distance == pytest.approx(-2.0)
    assert state.distance_return == pytest.approx(-2 / 22)


def test_slope_needs_as_many_earlier_sessions():
    """Five sessions back needs six ratios; gaps do not count as sessions."""
    assert analyse_ratios([0.9] * 5).regime.slope is None
    assert analyse_ratios([0.9, 0.9, 0.9, None, 0.9, 0.9]).regime.slope is None
    assert analyse_ratios([0.9] * 6).regime.slope == 0


def test_extremes_tie_to_the_earliest():
    """21/20, 10.5/10 and 42/40 are one ratio, though their binary quotients may differ."""
    ratios = np.array([0.9, 21.0 / 20.0, 10.5 / 10.0, 1.05 * (1 + 2e-16), 0.9 * (1 - 2e-16)])
    assert find_highest(ratios) == 1
    assert find_lowest(ratios) == 0
