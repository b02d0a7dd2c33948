"""Intervals: the block bootstrap against arch and by hand, naive ones against statsmodels; coverage."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
from tests.studies import Resampling

from ivts_site.analytics.bootstrap import (
    block_starts,
    count_windows,
    find_runs,
    naive_difference,
    naive_interval,
    percentile_interval,
    resample_sums,
    uniform,
    wilson_interval,
)
from ivts_site.analytics.groups import ReturnBand, measure_group
from ivts_site.analytics.returns import forward_returns
from ivts_site.published.studies import ReturnGroup

HOW = Resampling(level=0.95, draws=1000, seed=11, block_factor=2, min_cases=10)
GROUP = ReturnBand(id="group", above=1.0, upto=None)


def draws(n: int) -> Resampling:
    return Resampling(level=0.95, draws=n, seed=11, block_factor=2, min_cases=10)


def group_of(outcomes: np.ndarray, member: np.ndarray, horizon: int, how: Resampling = HOW) -> ReturnGroup:
    days = pd.bdate_range("2000-01-03", periods=len(outcomes))
    study = SimpleNamespace(
        sessions=days, returns=lambda _: outcomes, log_front=np.zeros(len(outcomes)), rules=how
    )
    return measure_group(study, horizon, GROUP, member)


def spells(n: int, rng: np.random.Generator, *, inside: float, outside: float) -> np.ndarray:
    """Random labels that come in runs of these mean lengths."""
    label = np.zeros(n, dtype=bool)
    place, state = 0, False
    while place < n:
        length = rng.geometric(1 / (inside if state else outside))
        label[place : place + length] = state
        place, state = place + length, not state
    return label


@pytest.mark.parametrize(("n", "block"), [(10, 3), (10, 10), (12, 4), (7, 1), (1, 1), (50, 21)])
def test_sums_are_those_of_the_drawn_sessions(n: int, block: int) -> None:
    """Each draw walks whole blocks round the ring, the last one cut: added up session by session."""
    values = np.random.default_rng(1).standard_normal((n, 2))
    starts = np.concatenate(list(block_starts(n, block, 40, 11)))
    assert starts.shape == (40, -(-n // block))
    expected = [
        values[[(first + step) % n for first in row for step in range(block)][:n]].sum(axis=0)
        for row in starts.tolist()
    ]
    np.testing.assert_allclose(resample_sums(values, block, 40, 11), expected, rtol=0, atol=1e-12)


def test_a_block_longer_than_the_history_is_the_history() -> None:
    """Five sessions in blocks of eight: every draw is the whole ring, so every sum is the same."""
    sums = resample_sums(np.arange(5.0)[:, None], 8, 20, 11)
    np.testing.assert_allclose(sums, 10)


def test_positions_are_even_and_fixed_by_the_seed() -> None:
    """Frequencies of ten positions in 100,000 draws: within five standard deviations; the first ones kept."""
    drawn = uniform(np.random.PCG64(5), 100_000, 10)
    counts = np.bincount(drawn, minlength=10)
    assert len(counts) == 10
    assert abs(counts - 10_000).max() < 5 * np.sqrt(100_000 * 0.1 * 0.9)
    assert drawn[:12].tolist() == [
        int(raw / 2**64 * 10) for raw in np.random.PCG64(5).random_raw(12).tolist()
    ]


def test_draws_do_not_depend_on_how_many_are_made_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller chunk gives the same blocks."""
    whole = np.concatenate(list(block_starts(100, 7, 50, 11)))
    monkeypatch.setattr("ivts_site.analytics.bootstrap._CHUNK", 100)
    parts = list(block_starts(100, 7, 50, 11))
    assert len(parts) > 5
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_the_same_seed_gives_the_same_limits_and_another_does_not() -> None:
    """Fixed seed: equal to the last bit."""
    rng = np.random.default_rng(4)
    values, label = rng.standard_normal(600), spells(600, rng, inside=3, outside=9)
    first, again = (group_of(values, label, 5, draws(300)).interval for _ in range(2))
    assert first is not None
    other = group_of(
        values, label, 5, Resampling(level=0.95, draws=300, seed=12, block_factor=2, min_cases=10)
    )
    assert first == again
    assert first != other.interval


@pytest.mark.parametrize("horizon", [5, 21, 63])
@pytest.mark.parametrize("memory", [0.0, 0.2, 0.5])
def test_never_narrower_than_naive_on_overlapping_returns(horizon: int, memory: float) -> None:
    """Returns with memory, over windows that overlap: twenty histories each, and the mean of all sessions."""
    rng = np.random.default_rng(8)
    for _ in range(20):
        noise = 0.01 * rng.standard_normal(3000)
        steps = np.zeros(3000)
        for place in range(1, 3000):
            steps[place] = memory * steps[place - 1] + noise[place]
        returns = forward_returns(np.exp(np.cumsum(steps)), horizon)
        found = group_of(returns, np.ones(3000, dtype=bool), horizon, draws(400))
        assert found.width_ratio >= 1


def test_naive_intervals_are_those_of_statsmodels() -> None:
    """Mean and Welch's difference, normal quantiles."""
    rng = np.random.default_rng(6)
    one, other = rng.standard_normal(80), 0.3 + 2 * rng.standard_normal(45)
    for level in (0.95, 0.8):
        expected = DescrStatsW(one).zconfint_mean(alpha=1 - level)
        assert naive_interval(one, level) == pytest.approx(expected, rel=1e-9)
        pair = CompareMeans(DescrStatsW(one), DescrStatsW(other))
        expected = pair.zconfint_diff(alpha=1 - level, usevar="unequal")
        assert naive_difference(one, other, level) == pytest.approx(expected, rel=1e-9)
    assert naive_interval(one[:1], 0.95) is None
    assert naive_difference(one, other[:1], 0.95) is None


@pytest.mark.parametrize(("part", "whole"), [(0, 12), (12, 12), (5, 12), (40, 40), (30, 97)])
def test_wilson_interval_is_that_of_statsmodels(part: int, whole: int) -> None:
    """Shares of 0 and 1 included."""
    expected = proportion_confint(part, whole, alpha=0.05, method="wilson")
    assert wilson_interval(part, whole, 0.95) == pytest.approx(expected, abs=1e-9)


def test_wilson_interval_of_nothing() -> None:
    """No cases, no interval."""
    assert wilson_interval(0, 0, 0.95) is None


def test_percentile_interval() -> None:
    """0 … 100: the middle 90% is 5 to 95. Undefined draws are left out, up to half of them."""
    values = np.arange(101.0)
    assert percentile_interval(values, 0.9) == pytest.approx((5, 95))
    assert percentile_interval(np.append(values, [np.nan] * 100), 0.9) == pytest.approx((5, 95))
    assert percentile_interval(np.append(values, [np.nan] * 101), 0.9) is None


def _most_windows(member: list[bool], horizon: int) -> int:
    """By trying every first start."""
    return max(
        (1 + _most_windows(member[p + horizon :], horizon) for p, m in enumerate(member) if m), default=0
    )


@pytest.mark.parametrize("horizon", [1, 2, 3, 5])
def test_windows_are_counted_as_by_trying_all(horizon: int) -> None:
    """Against an exhaustive search on short histories."""
    rng = np.random.default_rng(2)
    for share in (0.2, 0.5, 0.9):
        for _ in range(15):
            member = rng.random(12) < share
            assert count_windows(member, horizon) == _most_windows(member.tolist(), horizon)


def test_runs() -> None:
    """F T T F T and its edges."""
    first, last = find_runs(np.array([False, True, True, False, True]))
    assert (first.tolist(), last.tolist()) == ([1, 4], [2, 4])
    assert [len(part) for part in find_runs(np.zeros(3, dtype=bool))] == [0, 0]
