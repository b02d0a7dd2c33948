"""Changes, forward returns, drawdowns, suspects, measured numbers and events, by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.panels import EventWindow, analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.measured import correlate, longest_run, measure_front
from ivts_site.analytics.returns import forward_returns, max_drawdown


def _event(first: str, last: str) -> EventWindow:
    return EventWindow(id="e", name="E", first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last))


def test_change_is_from_the_previous_defined_session():
    """Front 20 → 22 over a session without a ratio: +2, +10%; ratio 1.0 → 0.88."""
    change = analyse_panel(make_panel([20.0, 21.0, 22.0], [20.0, None, 25.0], [100.0, 101.0, 98.0])).changes
    assert change.previous_session == "2020-01-06"
    assert (change.vix, change.vix3m, change.spy) == (2, 5, -2)
    assert change.vix_return == pytest.approx(0.10)
    assert change.vix3m_return == pytest.approx(0.25)
    assert change.spy_return == pytest.approx(-0.02)
    assert change.ivts == pytest.approx(-0.12)


def test_change_without_a_previous_session_or_benchmark():
    """One row has nothing before it; a missing benchmark leaves its changes undefined."""
    change = analyse_ratios([0.9]).changes
    assert change.previous_session is change.vix is change.ivts is change.spy_return is None
    change = analyse_ratios([0.9, 0.9], [100.0, None]).changes
    assert change.spy is change.spy_return is None
    assert change.vix == 0


def test_forward_returns():
    """Two sessions on: 121/100 − 1, undefined at the missing close, and the last two drop out."""
    returns = forward_returns(np.array([100.0, 110.0, 121.0, np.nan, 133.1]), 2)
    np.testing.assert_allclose(returns, [0.21, np.nan, 0.10, np.nan, np.nan])
    assert np.isnan(forward_returns(np.array([1.0, 2.0]), 5)).all()


def test_forward_means_by_regime():
    """Horizon 1: starts 100, 110, 99 give +10%, −10%, 0; backwardation starts at 110 and 99."""
    analysis = analyse_ratios([0.9, 1.1, 1.1, 1.1], [100, 110, 99, 99], forward_sessions=(1, 9))
    one, nine = analysis.measured.forward_returns
    assert (one.horizon, one.n_all, one.n_backwardation) == (1, 3, 2)
    assert one.mean_all == pytest.approx(0.0)
    assert one.mean_backwardation == pytest.approx(-0.05)
    assert (nine.n_all, nine.n_backwardation) == (0, 0)
    assert nine.mean_all is nine.mean_backwardation is None


def test_forward_horizons_count_sessions_without_a_ratio():
    """The gap is a session all the same: one session after the first is the gap's close."""
    analysis = analyse_ratios([0.9, None, 0.9], [100, 150, 120], forward_sessions=(1, 2))
    one, two = analysis.measured.forward_returns
    assert (one.n_all, one.mean_all) == (1, pytest.approx(0.5))
    assert (two.n_all, two.mean_all) == (1, pytest.approx(0.2))


def test_max_drawdown():
    """High 120, low 90 after it: −25%; the later high 130 falls less."""
    days = pd.bdate_range("2020-01-06", periods=6)
    drawdown, peak, trough = max_drawdown(pd.Series([100.0, 120.0, 90.0, 130.0, 110.0, 131.0], index=days))
    assert drawdown == pytest.approx(-0.25)
    assert (peak, trough) == (days[1], days[2])
    assert max_drawdown(pd.Series([1.0, 2.0, 2.0], index=days[:3])) == (0.0, None, None)


def test_suspects_in_both_directions():
    """Back held while the front rose by a fifth; front held while the back fell by a fifth."""
    analysis = analyse_panel(make_panel([20.0, 24.0, 24.0, 25.0], [25.0, 25.0, 20.0, 20.0]))
    assert [(s.series, s.session, s.close, s.reason) for s in analysis.suspects] == [
        ("vix3m", "2020-01-07", 25.0, "same as the close before, although VIX moved by +20.0%"),
        ("vix", "2020-01-08", 24.0, "same as the close before, although VIX3M moved by \u221220.0%"),
    ]


@pytest.mark.parametrize(("front", "suspect"), [(22.0, False), (22.01, True), (18.0, False), (17.99, True)])
def test_a_move_of_exactly_the_limit_is_not_suspect(front, suspect):
    """From 20.00 a tenth is 2.00; 22 / 20 − 1 in binary is slightly more than 0.1."""
    analysis = analyse_panel(make_panel([20.0, front], [21.0, 21.0]))
    assert bool(analysis.suspects) is suspect


def test_correlate():
    """scipy.stats.pearsonr on the pairs without missing values; undefined where it cannot be."""
    random = np.random.default_rng(3)
    x = random.normal(size=200)
    y = 0.5 * x + random.normal(size=200)
    expected = stats.pearsonr(x[1:], y[1:]).statistic
    x[0] = np.nan
    assert correlate(x, y) == pytest.approx(expected)
    assert np.isnan(correlate(x[:3], y[:3]))
    assert np.isnan(correlate(np.ones(9), y[:9]))
    assert np.isnan(correlate(x[1:9], np.ones(8)))


def test_correlations_are_of_relative_changes_between_adjacent_sessions():
    """Pandas' pct_change of both, on rows without gaps."""
    random = np.random.default_rng(4)
    front = random.integers(1000, 4000, 300) / 100
    back = random.integers(1500, 3500, 300) / 100
    measured = analyse_panel(make_panel(front.tolist(), back.tolist())).measured
    change, moves = pd.Series(front / back).pct_change(), pd.Series(front).pct_change()
    assert measured.correlation_same_day == pytest.approx(change.corr(moves))
    assert measured.correlation_next_day == pytest.approx(change.corr(moves.shift(-1)))


def test_correlations_skip_changes_over_a_gap():
    """With a gap after every second session no two changes are adjacent: nothing to pair with tomorrow."""
    front = [20.0, 21.0, None, 22.0, 19.0, None, 25.0, 21.0, None, 22.0, 24.0]
    back = [None if value is None else 20.0 + place for place, value in enumerate(front)]
    measured = analyse_panel(make_panel(front, back)).measured
    assert measured.correlation_same_day is not None
    assert measured.correlation_next_day is None


def test_measured_numbers():
    """Ratios 0.9 1.1 0.8 1.3 1.3 0.9 of a back of 20: fronts in backwardation 22, 26, 26."""
    measured = analyse_ratios([0.9, 1.1, 0.8, 1.3, 1.3, 0.9]).measured
    assert (measured.ivts_min, measured.ivts_min_session) == (pytest.approx(0.8), "2020-01-08")
    assert (measured.ivts_max, measured.ivts_max_session) == (pytest.approx(1.3), "2020-01-09")
    assert measured.median_front_backwardation == 26
    assert measured.n_front_above_25 == 2
    # Spells of 1, 1, 1, 2 sessions ended; the last one goes on and is no flip yet.
    assert (measured.n_spells, measured.n_two_day_flips) == (5, 4)


def test_a_front_of_exactly_25_is_not_above_it():
    """25.00 and 25.01 over 20 are both backwardation."""
    assert analyse_panel(make_panel([25.0, 25.01], [20.0, 20.0])).measured.n_front_above_25 == 1


def test_front_history():
    """1 … 101: percentile p is p + 1."""
    days = pd.bdate_range("2020-01-06", periods=101)
    front = measure_front(pd.Series(np.arange(1.0, 102.0), index=days))
    assert (front.p5, front.p25, front.median, front.p75, front.p95) == (6, 26, 51, 76, 96)
    assert (front.n, front.min, front.max) == (101, 1, 101)
    assert (front.first_session, front.max_session) == (f"{days[0]:%F}", f"{days[-1]:%F}")


def test_front_history_reaches_back_before_the_ratio():
    """Closes stored before the back began are part of the front's history."""
    measured = analyse_panel(make_panel([80.0, 20.0, 21.0], [None, 22.0, 22.0])).measured
    assert (measured.front.max, measured.front.n, measured.front.first_session) == (80, 3, "2020-01-06")


# Tuesday 7 to Friday 10 January within Monday 6 to Monday 13.
WEEK = _event("2020-01-07", "2020-01-10")


def test_event():
    """Before 18, peak 26 on the first of two equal days, fall from 100 to 88, one run of three."""
    panel = make_panel(
        [18.0, 22.0, 26.0, 26.0, 19.0, 30.0], [20.0] * 6, [90.0, 100.0, 88.0, 95.0, 97.0, 50.0]
    )
    (event,) = analyse_panel(panel, events=[WEEK]).events
    assert (event.id, event.name) == ("e", "E")
    assert (event.vix_before, event.vix_peak, event.vix_peak_session) == (18, 26, "2020-01-08")
    assert event.spy_drawdown == pytest.approx(-0.12)
    assert (event.spy_peak_session, event.spy_trough_session) == ("2020-01-07", "2020-01-08")
    assert (event.n_sessions, event.n_backwardation, event.longest_run) == (4, 3, 3)
    assert event.ratio_complete


def test_event_before_the_benchmark_and_the_back_began():
    """Front measured; the rest says it does not know, also where part of the window is stored."""
    front = [18.0, 22.0, 26.0, 26.0, 19.0, 21.0]
    panel = make_panel(front, [None] * 4 + [20.0] * 2, [None] * 3 + [100.0, 90.0, 95.0])
    (event,) = analyse_panel(panel, events=[WEEK]).events
    assert event.vix_peak == 26
    assert event.spy_drawdown is event.spy_trough_session is None
    assert (event.n_sessions, event.n_backwardation, event.longest_run) == (1, 0, 0)
    assert not event.ratio_complete


def test_event_outside_the_stored_history():
    """Long before and long after: all undefined."""
    panel = make_panel([18.0, 22.0], [20.0, 20.0])
    for window in (_event("2008-09-01", "2009-03-31"), _event("2030-01-01", "2030-02-01")):
        (event,) = analyse_panel(panel, events=[window]).events
        assert event.vix_before is event.vix_peak is event.spy_drawdown is None
        assert event.vix_peak_session is event.spy_peak_session is None
        assert event.n_sessions is event.n_backwardation is event.longest_run is None
        assert not event.ratio_complete


def test_event_that_began_before_everything_stored():
    """The store begins inside the window: extremes of what is stored would mislead."""
    panel = make_panel([18.0, 22.0, 26.0], [20.0] * 3)
    (event,) = analyse_panel(panel, events=[_event("2020-01-02", "2020-01-08")]).events
    assert event.vix_before is event.vix_peak is event.spy_drawdown is None
    assert (event.n_sessions, event.n_backwardation, event.ratio_complete) == (3, 2, False)


def test_event_that_begins_with_the_store():
    """Nothing before it, but everything in it."""
    panel = make_panel([18.0, 22.0, 26.0], [20.0] * 3, [100.0, 90.0, 99.0])
    (event,) = analyse_panel(panel, events=[_event("2020-01-06", "2020-01-08")]).events
    assert event.vix_before is None
    assert (event.vix_peak, event.ratio_complete) == (26, True)
    assert event.spy_drawdown == pytest.approx(-0.10)


def test_event_that_begins_on_a_weekend():
    """Saturday 11: the window's first session is Monday 13."""
    panel = make_panel([18.0] * 5 + [22.0], [20.0] * 6)
    (event,) = analyse_panel(panel, events=[_event("2020-01-11", "2020-01-31")]).events
    assert (event.vix_before, event.vix_peak, event.n_sessions) == (18, 22, 1)
    assert event.ratio_complete


def test_longest_run():
    """Two, then three; none; nothing."""
    assert longest_run(np.array([True, True, False, True, True, True])) == 3
    assert longest_run(np.array([False, False])) == 0
    assert longest_run(np.array([], dtype=bool)) == 0
