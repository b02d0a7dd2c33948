"""Windows, percentiles, ranks, histogram and rolling rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.panels import analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.distribution import build_histogram, slide, window_start


@pytest.mark.parametrize(
    ("as_of", "name", "start"),
    [
        ("2026-05-15", "2y", "2024-05-15"),
        ("2024-02-29", "1y", "2023-02-28"),  # leap day: no 29 February 2023
        ("2024-02-29", "2y", "2022-02-28"),
        ("2024-02-28", "1y", "2023-02-28"),
        ("2026-02-28", "2y", "2024-02-28"),  # not stretched to the leap day
        ("2026-05-31", "3m", "2026-02-28"),
        ("2026-12-31", "6m", "2026-06-30"),
        ("2026-01-15", "3m", "2025-10-15"),
        ("2026-05-15", "10y", "2016-05-15"),
    ],
)
def test_window_start(as_of, name, start):
    """Calendar months and years back, the month's last day where the day does not exist."""
    assert window_start(pd.Timestamp(as_of), name) == pd.Timestamp(start)


def test_all_has_no_start():
    """The whole history."""
    assert window_start(pd.Timestamp("2026-05-15"), "all") is None


def test_window_excludes_its_start_and_includes_the_last_session():
    """As of 2026-05-15 two years begin on 2024-05-16, though 2024-05-15 is stored."""
    days = pd.bdate_range("2024-01-01", "2026-05-15")
    analysis = analyse_ratios([0.9] * len(days), start="2024-01-01")
    window = analysis.window
    assert (window.first_session, window.last_session) == ("2024-05-16", "2026-05-15")
    assert window.n_sessions == int(((days > "2024-05-15") & (days <= "2026-05-15")).sum())
    assert window.complete
    assert analysis.windows[3] == window
    assert [w.name for w in analysis.windows] == ["3m", "6m", "1y", "2y", "5y", "10y", "all"]


@pytest.mark.parametrize(
    ("first", "complete"), [("2024-05-15", True), ("2024-05-16", True), ("2024-05-17", False)]
)
def test_a_window_is_complete_when_history_reaches_its_first_day(first, complete):
    """History from the day after the start fills the window; a day later it may not."""
    n = len(pd.bdate_range(first, "2026-05-15"))
    analysis = analyse_ratios([0.9] * n, start=first)
    assert analysis.window.complete is complete
    assert not analysis.windows[-2].complete
    assert analysis.windows[-1].complete


def test_percentiles_and_ranks_against_other_libraries():
    """A thousand random ratios: numpy.percentile and scipy.stats.percentileofscore agree."""
    random = np.random.default_rng(5)
    front, back = random.integers(1000, 4000, 1000) / 100, random.integers(1500, 3500, 1000) / 100
    panel = make_panel(front.tolist(), back.tolist(), start="2021-01-04")
    window = analyse_panel(panel, default_window="all").window
    ivts = front / back
    points, ranks = window.ivts_percentiles, window.percentile_ranks
    assert [points.p50, points.p95, points.p99] == pytest.approx(np.percentile(ivts, [50, 95, 99]))
    for rank, values in ((ranks.ivts, ivts), (ranks.vix, front), (ranks.vix3m, back)):
        assert rank == pytest.approx(stats.percentileofscore(values, values[-1], kind="weak") / 100)
    assert (window.ivts_min, window.ivts_max) == (ivts.min(), ivts.max())
    assert window.n_backwardation == (front > back).sum()


def test_rank_counts_the_current_value_and_its_equals():
    """Two of four values are at or below 0.9, whatever the last bit of the quotient."""
    values = np.array([0.9 * (1 + 2e-16), 0.95, 1.0, 0.9])
    assert slide(values, np.array([0]), np.array([4]))[0].tolist() == [0.5]
    assert slide(values, np.array([2]), np.array([3]))[0].tolist() == [1]


def test_front_and_back_extremes_take_all_their_closes():
    """On the gap days the front peaked at 60 and the back at 50; both sessions have no ratio."""
    front, back = [30.0, 20.0, 60.0, None, 25.0, 60.0], [40.0, 21.0, None, 50.0, 50.0, 22.0]
    window = analyse_panel(make_panel(front, back)).window
    assert (window.vix_max, window.vix_max_session) == (60, "2020-01-08")
    assert (window.vix3m_max, window.vix3m_max_session) == (50, "2020-01-09")
    assert window.vix_min == 20
    assert window.n_sessions == 4
    assert window.percentile_ranks.vix == 1  # five closes, the last equals the highest
    assert window.percentile_ranks.vix3m == pytest.approx(2 / 5)  # 21 and 22 of 40, 21, 50, 50, 22


def test_closes_before_the_first_ratio_are_outside_the_window():
    """A front of 80 years earlier than the back does not count."""
    window = analyse_panel(make_panel([80.0, 20.0, 21.0], [None, 22.0, 22.0]), default_window="all").window
    assert window.vix_max == 21


def test_histogram_bins_hold_their_upper_edge():
    """1.00 is counted below the line, 1.0001 above it; nothing is lost."""
    histogram = build_histogram(np.array([18.9 / 21.0, 0.901, 1.0, 1.0001, 1.01, 1.0101]))
    bins = dict(zip(histogram.edges[1:].tolist(), histogram.counts.tolist(), strict=True))
    assert bins[0.90] == 1
    assert bins[0.91] == 1
    assert bins[1.00] == 1
    assert bins[1.01] == 2
    assert bins[1.02] == 1
    assert histogram.counts.sum() == 6
    assert len(histogram.edges) == len(histogram.counts) + 1


def test_histogram_is_not_led_astray_by_rounding():
    """17.60 / 20.00 is 0.88 on paper and more in binary; 16.50 / 15.00 times 100 is more than 110."""
    assert 17.6 / 20 * 100 > 88
    assert 16.5 / 15 * 100 > 110
    histogram = build_histogram(np.array([17.6 / 20, 16.5 / 15]))
    assert (histogram.edges[1], histogram.counts[0]) == (0.88, 1)
    assert (histogram.edges[-1], histogram.counts[-1]) == (1.10, 1)


@pytest.mark.parametrize("ratios", [[0.85, 0.9], [1.3, 1.4], [1.0]])
def test_one_is_always_an_edge(ratios):
    """Also where all ratios lie on one side."""
    histogram = build_histogram(np.array(ratios))
    assert 1.0 in histogram.edges
    assert histogram.counts.sum() == len(ratios)


def test_histogram_is_of_the_default_window():
    """Half a year of one ratio, then three months of another: only the latter are counted."""
    analysis = analyse_ratios([0.8] * 130 + [0.9] * 70, default_window="3m")
    assert analysis.histogram.counts.sum() == analysis.window.n_sessions


def test_rolling_rates():
    """Of the last three sessions: undefined twice, then 1/3, 2/3, 2/3; the gap is not a session."""
    rates = analyse_ratios([0.9, 0.9, 1.1, None, 1.1, 0.9], rolling_sessions=(3, 60)).rolling_rates
    np.testing.assert_allclose(rates[3], [np.nan, np.nan, 1 / 3, 2 / 3, 2 / 3])
    assert rates[60].isna().all()
    assert list(rates.columns) == [3, 60]


def test_rolling_rates_against_pandas():
    """Pandas' rolling mean of the flags."""
    flags = np.random.default_rng(2).random(400) < 0.3
    analysis = analyse_ratios(np.where(flags, 1.1, 0.9).tolist())
    for n in (30, 60, 90):
        expected = analysis.signal["backwardation"].astype(float).rolling(n).mean()
        np.testing.assert_allclose(analysis.rolling_rates[n], expected, atol=1e-12)


def test_one_row():
    """A single session: every statistic exists or is undefined, none raises."""
    analysis = analyse_ratios([1.1])
    window = analysis.window
    assert (window.n_sessions, window.backwardation_rate, window.percentile_ranks.ivts) == (1, 1, 1)
    assert window.ivts_percentiles.p50 == window.ivts_percentiles.p99 == pytest.approx(1.1)
    assert analysis.rolling_rates.isna().all(axis=None)
    assert analysis.measured.correlation_same_day is None
    assert [forward.n_all for forward in analysis.measured.forward_returns] == [0, 0, 0]
