"""The hedge by regime: by hand, against pandas, and against a walk through every day."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import CircularBlockBootstrap
from tests.studies import Resampling, study_of

from ivts_site.analytics.studies import overlay
from ivts_site.analytics.studies.overlay import (
    max_drawdowns,
    measure,
    measure_paths,
    placebo_paths,
    resample_paths,
    shuffle_labels,
)
from ivts_site.published.overlay import Overlay, Strategy

HOW = Resampling(level=0.95, draws=300, seed=3, block_factor=2, min_cases=2)
#           0    1    2    3    4    5    6    7
RATIOS = [0.9, 1.1, 1.1, 0.9, 0.9, 1.1, 0.9, 0.9]
SPY = [100.0, 100, 90, 99, 110, 110, 99, 101]


@pytest.fixture(autouse=True)
def _days_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories by hand are shorter than the year that is asked for."""
    monkeypatch.setattr(overlay, "FEWEST_SESSIONS", 2)


def _measure(ratios=RATIOS, close=None, how: Resampling = HOW, **rules) -> Overlay | None:
    """Blocks of two horizons of two sessions."""
    asked = {"costs": (0, 100), "random_draws": 50} | rules
    return measure(study_of(ratios, close, how=how, horizon=2, overlay=asked)).overlay


def _overlay(ratios=RATIOS, close=SPY, how: Resampling = HOW, **rules) -> Overlay:
    found = _measure(ratios, close, how, **rules)
    assert found is not None
    assert found.block == 4
    return found


def _strategy(found: Overlay, name: str) -> Strategy:
    return next(each for each in found.strategies if each.name == name)


def test_returns_by_hand() -> None:
    """The regime of the session before decides; the first two sessions have no late signal and are left out.

    session   2     3      4      5    6     7
    return   −0.1  +0.1  +1/9    0   −0.1  +2/99
    hedge      1     1     0      0    1     0     (regimes of sessions 1 to 6)
    late       0     1     1      0    0     1     (regimes of sessions 0 to 5)
    """
    found = _overlay()
    assert (found.n_sessions, found.n_hedged, found.n_episodes) == (6, 3, 2)
    assert (found.first_session, found.last_session) == ("2020-01-08", "2020-01-15")
    growth = {
        "unhedged": 0.9 * 1.1 * (10 / 9) * 0.9 * (101 / 99),
        "regime": (10 / 9) * (101 / 99),
        "regime_late": 0.9 * 0.9,
        "constant": 0.95 * 1.05 * (1 + 0.5 / 9) * 0.95 * (1 + 1 / 99),
    }
    for name, value in growth.items():
        result = _strategy(found, name).results[0]
        assert result.annual_return == pytest.approx(value ** (252 / 6) - 1), name
    assert _strategy(found, "constant").mean_hedge == 0.5
    assert _strategy(found, "regime").mean_hedge == 0.5


def test_costs_and_turnover_by_hand() -> None:
    """The hedge goes 1 1 0 0 1 0: three trades of the whole holding in six sessions; 100 bp each."""
    regime = _strategy(_overlay(), "regime")
    assert (regime.n_trades, regime.turnover) == (3, pytest.approx(3 * 252 / 6))
    dear = regime.results[1]
    assert dear.cost == 100
    assert dear.annual_return == pytest.approx(((1 + 1 / 9 - 0.01) * 0.99 * (1 + 2 / 99 - 0.01)) ** 42 - 1)
    assert dear.cost_per_year == pytest.approx(0.01 * 3 * 42)
    assert (
        _strategy(_overlay(), "unhedged").results[1].annual_return
        == _strategy(_overlay(), "unhedged").results[0].annual_return
    )
    half = _strategy(_overlay(contango=0.2, backwardation=0.7), "regime")
    assert half.turnover == pytest.approx(0.5 * 3 * 252 / 6)


def test_the_signal_of_the_day_itself_would_look_ahead() -> None:
    """Hedged on the day's own regime the falls would be gone; the rule must not know them.

    The benchmark falls on each session that turns out to be in backwardation, and rises on the next.
    """
    ratios, steps = [0.9, 1.1, 0.9, 0.9] * 50, [1.01, 0.95, 1.03, 1.01] * 50
    found = _overlay(ratios, (100 * np.cumprod(steps)).tolist())
    unhedged, regime = (_strategy(found, name).results[0] for name in ("unhedged", "regime"))
    assert regime.annual_return < unhedged.annual_return
    assert regime.annual_return < 0


def test_a_day_without_a_ratio_keeps_the_hedge() -> None:
    """Session 2 has no ratio: session 3 earns under the regime of session 1."""
    found = _overlay([0.9, 1.1, None, *RATIOS[3:]])
    plain = _overlay()
    assert _strategy(found, "regime").results[0] == _strategy(plain, "regime").results[0]


def test_measures_are_those_of_pandas() -> None:
    """Volatility, Sharpe ratio and deepest fall of random paths."""
    nets = 0.01 * np.random.default_rng(1).standard_normal((3, 500)) + 0.0005
    found = measure_paths(nets)
    for row, net in enumerate(nets):
        series = pd.Series(net)
        value = pd.concat([pd.Series([1.0]), (1 + series).cumprod()])
        assert found["volatility"][row] == pytest.approx(series.std() * math.sqrt(252))
        assert found["annual_mean"][row] == pytest.approx(series.mean() * 252)
        assert found["sharpe"][row] == pytest.approx(series.mean() / series.std() * math.sqrt(252))
        assert found["max_drawdown"][row] == pytest.approx((value / value.cummax() - 1).min())
    np.testing.assert_allclose(max_drawdowns(np.log1p(nets).T), found["max_drawdown"], rtol=1e-12)


def test_a_path_that_never_moves() -> None:
    """No volatility, no Sharpe ratio, no fall."""
    found = measure_paths(np.zeros((1, 5)))
    assert (found["volatility"][0], found["max_drawdown"][0]) == (0, 0)
    assert np.isnan(found["sharpe"][0])
    assert measure_paths(np.full((1, 5), 0.001))["max_drawdown"][0] == 0


def test_resampled_measures_agree_with_arch() -> None:
    """Difference of Sharpe ratios and of deepest falls between two paths: limits within Monte-Carlo error."""
    rng = np.random.default_rng(4)
    market = 0.01 * rng.standard_normal(600) + 0.0003
    pair = np.array([market * (rng.random(600) < 0.8), market])
    how = Resampling(level=0.95, draws=3000, seed=5, block_factor=2, min_cases=2)
    ours = resample_paths(pair, 10, how)

    def measure(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        sharpe = [x.mean() / x.std(ddof=1) * math.sqrt(252) for x in (one, other)]
        value = [np.append(1, np.cumprod(1 + x)) for x in (one, other)]
        falls = [(v / np.maximum.accumulate(v) - 1).min() for v in value]
        return np.array([sharpe[0] - sharpe[1], falls[0] - falls[1]])

    theirs = CircularBlockBootstrap(10, pair[0], pair[1], seed=6).apply(measure, 3000)
    for column, name in enumerate(("sharpe", "max_drawdown")):
        values = ours[name]
        mine = np.percentile(values[:, 0] - values[:, 1], [2.5, 50, 97.5])
        other = np.percentile(theirs[:, column], [2.5, 50, 97.5])
        np.testing.assert_allclose(mine, other, atol=4 * 2**0.5 * 0.05 * theirs[:, column].std())


def test_random_labels_hold_the_same_spells() -> None:
    """Every column has each regime's spell lengths, starts with the same regime; the orders differ."""
    rng = np.random.default_rng(1)
    label = np.repeat(np.arange(41) % 2 == 0, rng.geometric(0.3, 41))
    mixed = shuffle_labels(label, 30, seed=2)
    assert mixed.shape == (len(label), 30)

    def lengths(column: np.ndarray) -> tuple[list[int], list[int]]:
        edges = np.flatnonzero(np.diff(column.astype(int))) + 1
        spells = np.diff(np.concatenate([[0], edges, [len(column)]])).tolist()
        return sorted(spells[::2]), sorted(spells[1::2])

    for column in mixed.T:
        assert column[0] == label[0]
        assert lengths(column) == lengths(label)
    assert len({column.tobytes() for column in mixed.T}) == 30
    np.testing.assert_array_equal(mixed, shuffle_labels(label, 30, seed=2))


def test_random_labels_are_measured_as_a_walk_through_each_day_does() -> None:
    """Each random label: daily returns one by one in plain Python."""
    rng = np.random.default_rng(8)
    returns, label = 0.02 * rng.standard_normal(60), np.repeat(np.arange(20) % 2 == 1, 3)
    (found,) = placebo_paths(returns, label, (0.1, 0.9), [0.002], (10, 4))
    for draw, column in enumerate(shuffle_labels(label, 10, 4).T):
        hedges = [0.9 if inside else 0.1 for inside in column]
        nets = [
            (1 - hedge) * r - 0.002 * abs(hedge - before)
            for r, hedge, before in zip(returns, hedges, [hedges[0], *hedges[:-1]], strict=True)
        ]
        value, high, fall = 1.0, 1.0, 0.0
        for net in nets:
            value *= 1 + net
            high = max(high, value)
            fall = min(fall, value / high - 1)
        assert found["annual_mean"][draw] == pytest.approx(252 * float(np.mean(nets)))
        assert found["volatility"][draw] == pytest.approx(float(np.std(nets, ddof=1)) * math.sqrt(252))
        assert found["max_drawdown"][draw] == pytest.approx(fall)


def test_bench_places_the_rule_among_random_ones() -> None:
    """Falls come the day after backwardation alone: no random label is as good in mean or in volatility."""
    ratios = [0.9, 1.1] * 80
    steps = [0.95 if place and ratios[place - 1] > 1 else 1.01 for place in range(len(ratios))]
    found = _overlay(ratios, (100 * np.cumprod(steps)).tolist())
    bench = {each.measure: each for each in found.bench if each.cost == 0}
    assert set(bench) == {"annual_mean", "volatility", "sharpe", "max_drawdown"}
    assert bench["annual_mean"].draws == 50
    # all spells are alike, so every order is the real one: as good
    assert bench["annual_mean"].better == 1
    assert bench["annual_mean"].n_better == bench["annual_mean"].n_compared
    uneven = np.repeat([0.9, 1.1] * 30, np.tile([5, 1, 9, 3, 2, 2], 10)).tolist()
    steps = [0.95 if place and uneven[place - 1] > 1 else 1.01 for place in range(len(uneven))]
    best = {e.measure: e for e in _overlay(uneven, (100 * np.cumprod(steps)).tolist()).bench if e.cost == 0}
    assert best["annual_mean"].better == 0
    assert best["annual_mean"].n_better == 0
    assert best["volatility"].better == 0
    assert best["annual_mean"].value > best["annual_mean"].high
    assert best["volatility"].value < best["volatility"].low


def test_differences_by_hand() -> None:
    """Regime less unhedged: returns 0 0 1/9 0 0 2/99 against −0.1 0.1 1/9 0 −0.1 2/99."""
    found = _overlay()
    difference = next(d for d in found.differences if (d.other, d.cost) == ("unhedged", 0))
    assert difference.annual_mean == pytest.approx(252 * (0.1 - 0.1 + 0.1) / 6)
    assert difference.max_drawdown == pytest.approx(0.1)  # the market: 1 → 0.9 at worst twice; the rule: none
    assert difference.annual_mean_interval is not None
    assert [(d.other, d.cost) for d in found.differences] == [
        ("unhedged", 0),
        ("unhedged", 100),
        ("constant", 0),
        ("constant", 100),
    ]


def test_few_episodes_have_no_intervals() -> None:
    """Two episodes where three are wanted."""
    how = Resampling(level=0.95, draws=100, seed=3, block_factor=2, min_cases=3)
    assert {d.annual_mean_interval for d in _overlay(how=how).differences} == {None}


def test_growth_at_month_ends() -> None:
    """January 31 and the last session; at the dearer of two costs."""
    ratios, close = [0.9] * 25, (100 * 1.01 ** np.arange(25)).tolist()
    found = _overlay(ratios, close)
    assert found.growth.cost == 100
    assert list(found.growth.sessions) == ["2020-01-31", "2020-02-07"]
    assert found.growth.unhedged == pytest.approx([1.01**18, 1.01**23])
    assert found.growth.regime == pytest.approx([1.01**18, 1.01**23])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_too_short_for_two_returns(n: int) -> None:
    """Three sessions give one return after a late signal."""
    assert _measure([0.9] * n) is None
    assert _measure([0.9] * 4) is not None


def test_nothing_annual_of_less_than_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """A late signal takes two sessions, so 253 have 251 returns behind one, and 254 have a year."""
    monkeypatch.undo()
    assert _measure([0.9] * 253) is None
    assert _measure([0.9] * 254) is not None


def test_only_contango() -> None:
    """No hedge was ever carried: all strategies are the market, no interval, no random label differs."""
    close = (100 + np.random.default_rng(1).standard_normal(30)).tolist()
    found = _overlay([0.9] * 30, close)
    results = {each.results[0].annual_return for each in found.strategies}
    assert len(results) == 1
    assert found.n_hedged == 0
    assert found.differences[0].annual_mean_interval is None
    assert found.bench[0].better == 1
