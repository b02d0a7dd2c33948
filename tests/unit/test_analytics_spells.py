"""Spells and episodes, each number by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.spells import count_days, number_spells


def _days(column):
    return [f"{session:%m-%d}" for session in column]


def test_numbers_and_days():
    """Runs are numbered from 0, days from 1."""
    flags = np.array([False, False, True, False, True, True])
    assert number_spells(flags).tolist() == [0, 0, 1, 2, 3, 3]
    assert count_days(number_spells(flags)).tolist() == [1, 2, 1, 1, 1, 2]


def test_spells_table():
    """Two sessions of contango, one of backwardation, three of contango that go on."""
    spells = analyse_ratios([0.9, 0.95, 1.1, 0.9, 0.9, 0.9]).spells
    assert _days(spells["first_session"]) == ["01-06", "01-08", "01-09"]
    assert _days(spells["last_session"]) == ["01-07", "01-08", "01-13"]
    assert spells["n_sessions"].tolist() == [2, 1, 3]
    assert spells["backwardation"].tolist() == [False, True, False]
    assert spells["ongoing"].tolist() == [False, False, True]


def test_thursday_to_monday_is_three_sessions():
    """2020-01-09 is a Thursday: the weekend does not count."""
    episodes = analyse_ratios([0.9, 0.9, 0.9, 1.1, 1.2, 1.1, 0.9]).episodes
    assert episodes["n_sessions"].tolist() == [3]
    assert _days(episodes["first_session"]) == ["01-09"]
    assert _days(episodes["last_session"]) == ["01-13"]
    assert _days(episodes["max_session"]) == ["01-10"]
    assert episodes["max_ivts"].tolist() == [pytest.approx(1.2)]


def test_returns_of_an_episode():
    """Closes 100 | 90 80 110 | 120: 110/100 − 1, 110/90 − 1, lowest 80/100 − 1."""
    episode = analyse_ratios([0.9, 1.1, 1.2, 1.1, 0.9], [100, 90, 80, 110, 120]).episodes.iloc[0]
    assert episode["spy_return"] == pytest.approx(0.10)
    assert episode["spy_return_within"] == pytest.approx(110 / 90 - 1)
    assert episode["spy_max_drawdown"] == pytest.approx(-0.20)
    assert not episode["ongoing"]


def test_drawdown_is_never_positive():
    """All closes above the one before the episode: no drawdown."""
    episode = analyse_ratios([0.9, 1.1, 1.1], [100, 101, 102]).episodes.iloc[0]
    assert episode["spy_max_drawdown"] == 0
    assert episode["spy_return"] == pytest.approx(0.02)


def test_one_day_episode():
    """Within one session the return is 0; from the close before it is 95/100 − 1."""
    episode = analyse_ratios([0.9, 1.1, 0.9], [100, 95, 97]).episodes.iloc[0]
    assert episode["n_sessions"] == 1
    assert episode["spy_return_within"] == 0
    assert episode["spy_return"] == pytest.approx(-0.05)


def test_episode_on_the_first_session_has_no_close_before():
    """Return and drawdown from the close before are undefined, the return within is 99/90 − 1."""
    episode = analyse_ratios([1.1, 1.1, 0.9], [90, 99, 80]).episodes.iloc[0]
    assert np.isnan(episode["spy_return"])
    assert np.isnan(episode["spy_max_drawdown"])
    assert episode["spy_return_within"] == pytest.approx(0.10)


def test_episode_open_at_the_end():
    """An ongoing episode is measured to the latest session."""
    episode = analyse_ratios([0.9, 1.1, 1.1], [100, 99, 97]).episodes.iloc[-1]
    assert episode["ongoing"]
    assert episode["spy_return"] == pytest.approx(-0.03)


def test_a_gap_neither_breaks_nor_lengthens():
    """Backwardation, a session without ratio, backwardation: one episode of two sessions."""
    analysis = analyse_ratios([0.9, 1.1, None, 1.1, 0.9], [100, 99, 70, 98, 97])
    episode = analysis.episodes.iloc[0]
    assert len(analysis.episodes) == 1
    assert episode["n_sessions"] == 2
    assert analysis.signal["regime_day"].tolist() == [1, 1, 2, 1]
    # The benchmark did close at 70 in between.
    assert episode["spy_max_drawdown"] == pytest.approx(-0.30)


def test_close_before_is_of_the_previous_session_even_without_a_ratio():
    """The session before the first has no ratio but a close of 80: 88/80 − 1."""
    episode = analyse_ratios([0.9, None, 1.1, 0.9], [100, 80, 88, 90]).episodes.iloc[0]
    assert episode["spy_return"] == pytest.approx(0.10)


def test_missing_benchmark_closes_give_undefined_returns():
    """Not stored before the first or on the last session: undefined, never the nearest close."""
    before = analyse_ratios([0.9, 0.9, 1.1, 1.1], [100, None, 90, 99]).episodes.iloc[0]
    assert np.isnan(before["spy_return"])
    assert before["spy_return_within"] == pytest.approx(0.10)
    last = analyse_ratios([0.9, 1.1, 1.1, 0.9], [100, 90, None, 99]).episodes.iloc[0]
    assert np.isnan(last["spy_return"])
    assert last["spy_max_drawdown"] == pytest.approx(-0.10)
    none = analyse_ratios([0.9, 1.1, 0.9], [100, None, 99]).episodes.iloc[0]
    assert np.isnan(none["spy_max_drawdown"])


def test_max_session_is_the_earliest_of_a_tie():
    """22.40/20 and 24.64/22 are both 1.12, the second a little more in binary: the first one wins."""
    assert 22.4 / 20 < 24.64 / 22
    panel = make_panel([18.0, 20.5, 22.4, 24.64, 22.4], [20.0, 20.0, 20.0, 22.0, 20.0])
    assert _days(analyse_panel(panel).episodes["max_session"]) == ["01-08"]


def test_suspect_closes_mark_their_episode():
    """A back repeated while the front jumps by a half: session and episode are flagged, and kept."""
    panel = make_panel([16.0, 24.0, 17.0, 21.0], [20.0, 20.0, 20.5, 20.1])
    analysis = analyse_panel(panel)
    assert analysis.signal["suspect"].tolist() == [False, True, False, False]
    assert analysis.episodes["suspect"].tolist() == [True, False]
    assert analysis.episodes["n_sessions"].tolist() == [1, 1]


def test_no_episodes():
    """All sessions in contango: an empty table with its columns, and undefined means."""
    analysis = analyse_ratios([0.9, 0.95, 1.0])
    summary = analysis.episode_summary
    assert set(analysis.episodes.columns) == {
        "first_session",
        "last_session",
        "n_sessions",
        "max_ivts",
        "max_session",
        "spy_return",
        "spy_return_within",
        "spy_max_drawdown",
        "ongoing",
        "suspect",
    }
    assert analysis.episodes.empty
    assert (summary.n, summary.longest, summary.n_returns) == (0, None, 0)
    undefined = (summary.mean_sessions, summary.median_sessions, summary.mean_spy_return)
    assert {*undefined, summary.median_spy_return, summary.share_negative} == {None}
    assert summary.recent == ()


def test_all_sessions_in_backwardation():
    """One episode, open, from the first row on."""
    analysis = analyse_ratios([1.1, 1.2, 1.3])
    assert analysis.episodes["n_sessions"].tolist() == [3]
    assert analysis.episodes["ongoing"].tolist() == [True]
    assert analysis.window.backwardation_rate == 1


def test_summary():
    """Lengths 1, 2, 5, 5: mean 3.25, median 3.5, the first of five is the longest."""
    ratios = [0.9, 1.1, 0.9, 1.1, 1.1, 0.9, *[1.1] * 5, 0.9, *[1.1] * 5]
    closes = [100, 99, 99, 99, 101, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 90]
    summary = analyse_ratios(ratios, closes).episode_summary
    assert (summary.n, summary.mean_sessions, summary.median_sessions) == (4, 3.25, 3.5)
    # the first of five is sessions 7 to 11 from Monday 6 January
    assert (summary.longest.first_session, summary.longest.n_sessions) == ("2020-01-14", 5)
    assert [each.n_sessions for each in summary.recent] == [5, 5, 2, 1]
    assert (summary.n_one_session, summary.n_five_or_more, summary.n_returns) == (1, 2, 4)
    # Returns −1%, 101/99 − 1 = +2.0202%, 0, −10%.
    assert summary.mean_spy_return == pytest.approx((-0.01 + 2 / 99 + 0 - 0.10) / 4)
    assert summary.median_spy_return == pytest.approx(-0.005)
    assert summary.share_negative is None  # no rate of fewer than five
    # first sessions: 99/100, 99/99, 100/100 and 100/100 less one; then +2.0202 %, 0 and −10 %
    assert summary.mean_spy_return_first == pytest.approx(-0.01 / 4)
    assert (summary.n_longer, summary.share_negative_within) == (3, None)
    assert summary.mean_spy_return_within == pytest.approx((2 / 99 + 0 - 0.10) / 3)
