"""What episodes came to, followed by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from tests.panels import analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.outcomes import measure_outcomes
from ivts_site.snapshot import build_episode_list, to_json

# Mon 6 Jan 2020 on; back index 20: episodes are days 2-3 (1.10, 1.05), day 5 (1.10) and days 8-9 (1.20, 1.01)
RATIOS = [0.90, 1.10, 1.05, 0.95, 1.10, 0.90, 0.90, 1.20, 1.01]
SPY = [100.0, 98.0, 97.0, 99.0, 96.0, 100.0, None, 90.0, 92.0]


def outcomes(ratios=RATIOS, spy=SPY):
    return measure_outcomes(analyse_ratios(ratios, spy, forward_sessions=(1, 3)))


def test_returns_after_start_and_after_end():
    """One session on and three sessions on, from the first and from the last close of each episode.

    After the start of the first, 98: 97/98 − 1 = −1.0204 % and 96/98 − 1 = −2.0408 %; after its end, 97:
    99/97 − 1 and 100/97 − 1. The second begins and ends at 96: 100/96 − 1; three sessions on is 90.
    The third goes on: nothing follows its end, and one session after its start is 92/90 − 1.
    """
    found = outcomes()
    assert found["after_start_1"].tolist() == pytest.approx([97 / 98 - 1, 100 / 96 - 1, 92 / 90 - 1])
    assert found["after_start_3"].tolist() == pytest.approx([96 / 98 - 1, 90 / 96 - 1, np.nan], nan_ok=True)
    assert found["after_end_1"].tolist() == pytest.approx([99 / 97 - 1, 100 / 96 - 1, np.nan], nan_ok=True)
    assert found["after_end_3"].tolist() == pytest.approx([100 / 97 - 1, 90 / 96 - 1, np.nan], nan_ok=True)


def test_a_close_that_is_not_stored_leaves_no_return():
    """Without the close of the second session, nothing is said after the start of the first episode."""
    found = outcomes(spy=[100.0, None, *SPY[2:]])
    assert np.isnan(found.loc[0, "after_start_1"])
    assert found.loc[0, "after_end_1"] == pytest.approx(99 / 97 - 1)


def test_an_episode_that_ended_yesterday_has_no_return_yet():
    """One session on is stored, three are not."""
    found = outcomes([0.9, 1.1, 0.9], [100.0, 98.0, 99.0])
    assert found["after_end_1"].tolist() == pytest.approx([99 / 98 - 1])
    assert np.isnan(found["after_end_3"].tolist()).all()


def test_peaks_and_ranks():
    """The highest front close is 20 times the highest ratio; of three, lengths 2, 1, 2 rank 1, 3, 1."""
    found = outcomes()
    assert found["front_max"].tolist() == pytest.approx([22.0, 22.0, 24.0])
    assert found["front_max_session"].dt.day.tolist() == [7, 10, 15]
    assert found["rank_sessions"].tolist() == [1, 3, 1]
    assert found["rank_max"].tolist() == [2, 2, 1]


def test_a_peak_on_a_session_without_a_ratio_counts():
    """The front closed at 25 on the day between, on which the back index has no close."""
    panel = make_panel([18, 21, 25, 22, 18], [20, 20, None, 20, 20])
    found = measure_outcomes(analyse_panel(panel))
    assert found["front_max"].tolist() == [25.0]
    assert found["front_max_session"].tolist() == [pd.Timestamp("2020-01-08")]


def test_no_episode_gives_an_empty_table():
    """All columns are there."""
    found = outcomes([0.9, 0.95], [1.0, 1.0])
    assert len(found) == 0
    assert {"front_max", "after_start_1", "after_end_3", "rank_max"} <= set(found.columns)


def test_the_list_publishes_them():
    """The same numbers, rounded to six places; what is not known is null."""
    analysis = analyse_ratios(RATIOS, SPY, forward_sessions=(1, 3))
    last = json.loads(to_json(build_episode_list(analysis, sample=False)))["episodes"][-1]
    assert last["spy_after_start"] == {"1": 0.022222, "3": None}
    assert last["spy_after_end"] == {"1": None, "3": None}
    assert (last["vix_max"], last["vix_max_session"]) == (24.0, "2020-01-15")
    assert (last["rank_sessions"], last["rank_max_ivts"]) == (1, 1)
