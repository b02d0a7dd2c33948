"""Episodes under other thresholds, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from tests.thresholds import ThresholdRules, find_episodes, measure_thresholds

from ivts_site.analytics.spells import flips_per_year

DAYS = pd.date_range("2020-01-01", periods=12, unit="us")
#                  0     1     2     3     4     5     6     7     8     9    10    11
RATIOS = np.array([0.90, 1.02, 0.99, 0.97, 1.00, 1.01, 1.03, 0.98, 1.05, 1.00, 0.95, 1.04])
SPY = np.array([100.0, 98, 99, 101, 102, 101, 100, 104, 102, 103, 105, 105])


def rules(entry: float = 1.0, exit_: float = 1.0, min_sessions: int = 1) -> ThresholdRules:
    return ThresholdRules(entry=entry, exit=exit_, min_sessions=min_sessions)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        # above 1.00: 1, then 5 and 6, 8, 11; 4 and 9 lie on the line
        (rules(), [(1, 1), (5, 6), (8, 8), (11, 11)]),
        # above 1.01: 5 lies on the line
        (rules(1.01, 1.01), [(1, 1), (6, 6), (8, 8), (11, 11)]),
        # begun above 1.00, held while above 0.97: 3 ends the first; 5 begins the next, which 10 ends
        (rules(1.0, 0.97), [(1, 2), (5, 9), (11, 11)]),
        (rules(1.0, 0.97, 2), [(1, 2), (5, 9)]),
        (rules(1.0, 0.90), [(1, 11)]),
        (rules(1.05, 1.0), []),
        (rules(0.80, 0.80), [(0, 11)]),
        (rules(1.0, 1.0, 3), []),
    ],
)
def test_episodes_by_hand(chosen: ThresholdRules, expected: list[tuple[int, int]]) -> None:
    """Strictly above the entry begins, at or below the exit ends, the short ones go."""
    first, last = find_episodes(RATIOS, chosen)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == expected


def test_figures_by_hand() -> None:
    """Lengths 2, 5 and 1; returns 99/100, 103/102 and 105/105 less one; five flips, but no year to divide by.

    The same sessions a hundred days apart span 1,100 days.
    """
    found = measure_thresholds(pd.Series(RATIOS, index=DAYS), pd.Series(SPY, index=DAYS), rules(1.0, 0.97))
    assert (found.n, found.n_sessions) == (3, 8)
    assert found.rate == pytest.approx(8 / 12)
    assert found.mean_sessions == pytest.approx(8 / 3)
    assert found.median_sessions == 2
    assert found.mean_spy_return == pytest.approx((99 / 100 + 103 / 102 + 105 / 105 - 3) / 3)
    assert math.isnan(found.flips_per_year)
    apart = pd.date_range(DAYS[0], periods=len(RATIOS), freq="100D")
    found = measure_thresholds(pd.Series(RATIOS, index=apart), pd.Series(SPY, index=apart), rules(1.0, 0.97))
    assert found.flips_per_year == pytest.approx(5 * 365.25 / 1100)


def test_a_close_that_is_not_stored_drops_out_of_the_mean() -> None:
    """The first episode has no close before it, the second none at its end: the third alone is left."""
    ivts = pd.Series([1.1, 0.9, 1.1, 0.9, 1.1, 0.9], index=DAYS[:6])
    spy = pd.Series([100.0, 100, np.nan, 100, 103, 104], index=DAYS[:6])
    found = measure_thresholds(ivts, spy, rules())
    assert (found.n, found.mean_spy_return) == (3, pytest.approx(0.03))


def test_the_close_before_is_that_of_the_panel() -> None:
    """A session without a ratio counts for nothing but its close, the one before the episode."""
    ivts = pd.Series([0.9, 1.1, 0.9], index=DAYS[[0, 2, 3]])
    spy = pd.Series([100.0, 80.0, 100.0, 100.0], index=DAYS[:4])
    assert measure_thresholds(ivts, spy, rules()).mean_spy_return == pytest.approx(0.25)


def test_without_episodes_nothing_is_made_up() -> None:
    """Counts are 0, means undefined; one session has no year to divide by."""
    found = measure_thresholds(
        pd.Series(RATIOS[:1], index=DAYS[:1]), pd.Series(SPY[:1], index=DAYS[:1]), rules()
    )
    assert (found.n, found.rate) == (0, 0)
    assert all(map(math.isnan, (found.mean_sessions, found.median_sessions, found.mean_spy_return)))
    assert math.isnan(found.flips_per_year)


def test_a_year_has_365_and_a_quarter_days() -> None:
    """Four flips over 1461 days, that is four years, are one a year."""
    assert flips_per_year(4, pd.DatetimeIndex(["2020-01-01", "2024-01-01"])) == 1


@pytest.mark.parametrize("bad", [(1.0, 1.01, 1), (1.0, 1.0, 0), (1.0, math.nan, 1)])
def test_impossible_rules_are_refused(bad: tuple[float, float, int]) -> None:
    """An exit above the entry would begin and end an episode at once."""
    with pytest.raises(ValueError, match="must"):
        rules(*bad)
