"""What episodes came to, followed by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.panels import analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.history import measure_years
from ivts_site.analytics.outcomes import build_episode_list, list_outcomes, slice_episode
from ivts_site.published.serialize import to_json

# Mon 6 Jan 2020 on; back index 20: episodes are days 2-3 (1.10, 1.05), day 5 (1.10) and days 8-9 (1.20, 1.01)
RATIOS = [0.90, 1.10, 1.05, 0.95, 1.10, 0.90, 0.90, 1.20, 1.01]
SPY = [100.0, 98.0, 97.0, 99.0, 96.0, 100.0, None, 90.0, 92.0]


def outcomes(ratios=RATIOS, spy=SPY):
    return list_outcomes(analyse_ratios(ratios, spy, forward_sessions=(1, 3)))


def after(found, edge, horizon):
    """Forward returns of all episodes, in percent to four places; None where there is none."""
    returns = [getattr(each, f"spy_after_{edge}")[horizon] for each in found]
    return [value if value is None else round(value * 100, 4) for value in returns]


def test_returns_after_start_and_after_end():
    """One session on and three sessions on, from the first and from the last close of each episode.

    After the start of the first, 98: 97/98 − 1 = −1.0204% and 96/98 − 1 = −2.0408%; after its end, 97:
    99/97 − 1 = 2.0619% and 100/97 − 1 = 3.0928%. The second begins and ends at 96: 100/96 − 1 = 4.1667%;
    three sessions on is 90, −6.25%. The third goes on: nothing follows its end, and one session after its
    start is 92/90 − 1 = 2.2222%.
    """
    found = outcomes()
    assert after(found, "start", "1") == [-1.0204, 4.1667, 2.2222]
    assert after(found, "start", "3") == [-2.0408, -6.25, None]
    assert after(found, "end", "1") == [2.0619, 4.1667, None]
    assert after(found, "end", "3") == [3.0928, -6.25, None]


def test_a_close_that_is_not_stored_leaves_no_return():
    """Without the close of the second session, nothing is said after the start of the first episode."""
    found = outcomes(spy=[100.0, None, *SPY[2:]])
    assert after(found, "start", "1")[0] is None
    assert after(found, "end", "1")[0] == 2.0619


def test_an_episode_that_ended_yesterday_has_no_return_yet():
    """One session on is stored, three are not."""
    found = outcomes([0.9, 1.1, 0.9], [100.0, 98.0, 99.0])
    assert after(found, "end", "1") == [1.0204]
    assert after(found, "end", "3") == [None]


def test_peaks_and_ranks():
    """The highest front close is 20 times the highest ratio; of three, lengths 2, 1, 2 rank 1, 3, 1."""
    found = outcomes()
    assert [each.vix_max for each in found] == [22.0, 22.0, 24.0]
    assert [each.vix_max_session[-2:] for each in found] == ["07", "10", "15"]
    assert [each.rank_sessions for each in found] == [1, 3, 1]
    assert [each.rank_max_ivts for each in found] == [2, 2, 1]


def test_a_peak_on_a_session_without_a_ratio_counts():
    """The front closed at 25 on the day between, on which the back index has no close."""
    panel = make_panel([18, 21, 25, 22, 18], [20, 20, None, 20, 20])
    (found,) = list_outcomes(analyse_panel(panel))
    assert (found.vix_max, found.vix_max_session) == (25.0, "2020-01-08")


def test_no_episode_gives_an_empty_list():
    """Nothing is measured."""
    assert outcomes([0.9, 0.95], [1.0, 1.0]) == ()


def test_the_list_publishes_them():
    """The same numbers, rounded to six places; what is not known is null."""
    analysis = analyse_ratios(RATIOS, SPY, forward_sessions=(1, 3))
    last = json.loads(to_json(build_episode_list(analysis, sample=False)))["episodes"][-1]
    assert last["spy_after_start"] == {"1": 0.022222, "3": None}
    assert last["spy_after_end"] == {"1": None, "3": None}
    assert (last["vix_max"], last["vix_max_session"]) == (24.0, "2020-01-15")
    assert (last["rank_sessions"], last["rank_max_ivts"]) == (1, 1)


def test_the_span_around_an_episode():
    """Two sessions on either side of the second episode; SPY is 100 at its close before it, 99.00."""
    found = slice_episode(analyse_ratios(RATIOS, SPY), 1, 2)
    assert found.index.day.tolist() == [8, 9, 10, 13, 14]
    assert found["backwardation"].tolist() == [True, False, True, False, False]
    expected = [97 / 99 * 100, 100.0, 96 / 99 * 100, 100 / 99 * 100, np.nan]
    assert found["benchmark"].tolist() == pytest.approx(expected, nan_ok=True)
    assert found["ivts"].tolist() == pytest.approx([1.05, 0.95, 1.10, 0.90, 0.90])


def test_the_span_of_the_first_session_stored():
    """Nothing is stored before it: SPY is 100 at its first close."""
    found = slice_episode(analyse_ratios([1.1, 0.9, 0.9], [50.0, 55.0, 60.0]), 0, 20)
    assert found["benchmark"].tolist() == pytest.approx([100.0, 110.0, 120.0])


def test_years():
    """Two sessions at the end of 2019 and two of 2020: the episode from 31 December belongs to 2019 alone."""
    analysis = analyse_ratios([0.9, 1.1, 1.2, 0.8], start="2019-12-30")
    found = measure_years(analysis.signal, analysis.episodes)
    assert [(y.year, y.n_sessions, y.n_backwardation, y.backwardation_rate, y.n_episodes) for y in found] == [
        (2019, 2, 1, 0.5, 1),
        (2020, 2, 1, 0.5, 0),
    ]
    assert [y.ivts_median for y in found] == [1.0, 1.0]
    assert [(y.ivts_max, y.max_session) for y in found] == [(1.1, "2019-12-31"), (1.2, "2020-01-01")]
    assert [(y.ivts_min, y.min_session) for y in found] == [(0.9, "2019-12-30"), (0.8, "2020-01-02")]
    assert [(y.first_session, y.last_session) for y in found] == [
        ("2019-12-30", "2019-12-31"),
        ("2020-01-01", "2020-01-02"),
    ]
