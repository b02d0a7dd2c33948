"""Chances that a regime goes on: by hand, against statsmodels, and without a look ahead."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import S_hac_simple
from tests.panels import analyse_ratios, make_panel
from tests.studies import Resampling, input_of, study_of

from ivts_site.analytics.persistence import (
    count_separate_runs,
    fit_logit,
    forecast_persistence,
    look_ahead,
)
from ivts_site.analytics.studies import persistence
from ivts_site.analytics.term_structure import measure_distance
from ivts_site.config.settings import Research

RULES = Research(min_cases=2, persistence_sessions=(1, 3))


def wandering(n: int = 900, seed: int = 5) -> list[float]:
    """Ratios that wander about 0.97, so that both regimes hold for a while near and far from the line."""
    rng = np.random.default_rng(seed)
    ratios = [0.97]
    for _ in range(n - 1):
        ratios.append(0.97 + 0.9 * (ratios[-1] - 0.97) + 0.02 * rng.standard_normal())
    return [round(float(ratio), 4) for ratio in ratios]


def test_outcomes_by_hand() -> None:
    """Two sessions ahead of C C B C C C: the first run breaks at once, and stands broken on that day.

    Session 0: B on day 2, broken, does not stand. 1: C again on day 2, broken, stands. 2: C, does not stand.
    3: unbroken to the last session. 4 and 5: not known.
    """
    found = look_ahead(np.array([False, False, True, False, False, False]), 2)
    assert found.known.tolist() == [True, True, True, True, False, False]
    assert found.unbroken.tolist() == [False, False, False, True, False, False]
    assert found.stands.tolist() == [False, True, False, True, False, False]


def test_clusters_by_hand() -> None:
    """Runs begin at 0, 3 and 5: three sessions ahead the one at 5 begins within 3 of the one at 3."""
    counted = np.array([True, True, False, True, False, True, True])
    assert [count_separate_runs(counted, sessions) for sessions in (1, 2, 3, 6)] == [3, 3, 2, 1]


def test_logit_and_interval_are_those_of_statsmodels() -> None:
    """Coefficients to 1e-8; the interval from statsmodels' Hessian and its Newey–West sum of scores.

    Its lag counts the neighbors on each side: a block of 2 × 3 sessions has weights 1 − lag / 6 up to lag 5.
    """
    signal = analyse_ratios(wandering()).signal
    ratio, regime = signal["ivts"].to_numpy(), signal["backwardation"].to_numpy()
    held = np.array([regime[t : t + 4].min() == regime[t : t + 4].max() for t in range(len(regime) - 3)])
    same = regime[:-3] == regime[-1]
    rows = sm.add_constant(np.log(ratio))
    fitted = sm.Logit(held[same].astype(float), rows[:-3][same]).fit(disp=0, tol=1e-12, method="newton")
    ours = fit_logit(rows[:-3][same], held[same])
    assert ours is not None
    np.testing.assert_allclose(ours, fitted.params, rtol=1e-8)

    scores = np.zeros((len(ratio), 2))
    scores[:-3][same] = fitted.model.score_obs(fitted.params)
    inverse = np.linalg.inv(-fitted.model.hessian(fitted.params))
    variance = rows[-1] @ inverse @ S_hac_simple(scores, nlags=5) @ inverse @ rows[-1]
    center = rows[-1] @ fitted.params
    ends = [1 / (1 + np.exp(-(center + side * 1.959963985 * variance**0.5))) for side in (-1, 1)]
    today = forecast_persistence(signal, 1.0, RULES)[1]
    assert today.interval == pytest.approx(ends, rel=1e-6)
    assert today.probability == pytest.approx(1 / (1 + np.exp(-center)), rel=1e-8)
    assert (today.sessions, today.n) == (3, int(same.sum()))


def test_one_session_ahead_unbroken_is_standing() -> None:
    """Over one session the two chances are the same question; over three, standing is likelier."""
    one, three = forecast_persistence(analyse_ratios(wandering()).signal, 1.0, RULES)
    assert one.probability == one.stands
    assert three.probability is not None
    assert three.stands is not None
    assert three.probability < three.stands


def test_no_chance_without_cases_or_a_maximum() -> None:
    """One run alone is too few; outcomes that a line through the ratio separates have no finite slope."""
    for ratios, rules in (
        ([0.9] * 40, RULES),
        ([0.80, 0.80, 0.99, 1.01] * 10 + [0.80], Research(min_cases=2, persistence_sessions=(1,))),
    ):
        found = forecast_persistence(analyse_ratios(ratios).signal, 1.0, rules)
        assert {(each.probability, each.interval) for each in found} == {(None, None)}


def study(ratios: list[float], **changed: object) -> persistence.PersistenceStudy:
    """The study of a history, scored from session 200 on."""
    options = {"persistence_sessions": (3,), "persistence_first": 200} | changed
    return persistence.measure(study_of(ratios, how=Resampling(min_cases=2), **options)).persistence


def test_scores_by_a_plain_walk() -> None:
    """Base rate and day of the run, one forecast at a time, from the outcomes known at each fit."""
    ratios = wandering()
    regime = [ratio > 1 for ratio in ratios]
    day = [1]
    for before, now in pairwise(regime):
        day.append(day[-1] + 1 if before == now else 1)
    for score in study(ratios).scores:
        ours = score.regime == "backwardation"
        base, by_day, outcomes = [], [], []
        for t in range(200, len(ratios) - 3):
            fit = t - (t - 200) % persistence.REFIT
            past = [s for s in range(fit - 2) if regime[s] == ours]
            if regime[t] != ours or not past:
                continue
            held = {s: all(regime[s + k] == ours for k in (1, 2, 3)) for s in [*past, t]}
            reached = [held[s] for s in past if day[s] == day[t]]
            base.append(np.mean([held[s] for s in past]))
            by_day.append(np.mean(reached) if reached else base[-1])
            outcomes.append(held[t])
        expected = [np.mean((np.array(p) - outcomes) ** 2) for p in (base, by_day)]
        assert score.n == len(outcomes)
        assert score.base_brier == pytest.approx(expected[0])
        assert score.models[-1].brier == pytest.approx(expected[1])
        assert score.models[-1].skill == pytest.approx(1 - expected[1] / expected[0])


def test_ratio_beats_the_base_rate_where_it_tells_and_only_there() -> None:
    """Near the line this history breaks sooner; with the regimes' labels shuffled nothing is left to tell."""
    found = study(wandering(3000))
    assert all(score.models[0].skill > 0.05 for score in found.scores)
    rng = np.random.default_rng(2)
    blind = study([round(float(ratio), 4) for ratio in 0.97 + 0.06 * rng.standard_normal(3000)])
    assert all(abs(score.models[0].skill) < 0.05 for score in blind.scores)


def test_reliability_holds_every_forecast_once() -> None:
    """Counts add up, mean chances lie in their range, and weighted shares give the share of all."""
    for score in study(wandering()).scores:
        bins = score.reliability
        assert sum(each.n for each in bins) == score.n
        assert all(each.above <= each.stated <= each.upto for each in bins)
        assert sum(each.n * each.held for each in bins) / score.n == pytest.approx(score.held)


def test_nothing_after_a_session_changes_its_forecast() -> None:
    """The scores of a history cut short are those of its forecasts made then, whatever follows."""
    ratios = wandering(700)
    for after in ([0.5] * 40, [1.5] * 40):
        longer = input_of(analyse_ratios(ratios + after), persistence_sessions=(3,), persistence_first=200)
        shorter = input_of(analyse_ratios(ratios), persistence_sessions=(3,), persistence_first=200)
        walked = [
            persistence._walk(
                made.backwardation,
                3,
                200,
                tuple(persistence._models(made, look_ahead(made.backwardation, 3).unbroken).values()),
            )
            for made in (longer, shorter)
        ]
        for one, other in zip(*walked, strict=True):
            np.testing.assert_array_equal(one[:700], other)


def test_distance_by_hand() -> None:
    """The back moves by half of the front in logarithms: 16 → 25 takes it from 20 to 25, both as the line.

    Log changes of the front ±ln 1.21 and of the back ±ln 1.1: elasticity 1/2. From front 16 and back 20 the
    ratio is 1 at 20 with the back still; moving along, at 16 × (20/16)² = 25, where the back is
    20 × (25/16)^½ = 25.
    """
    front = [16.0, 16 * 1.21, 16.0, 16 * 1.21, 16.0]
    back = [20.0, 22.0, 20.0, 22.0, 20.0]
    found = measure_distance(make_panel(front, back).closes, 1.0)
    assert found.vix_if_back_fixed == pytest.approx(20.0)
    assert found.elasticity == pytest.approx(0.5)
    assert found.vix_if_back_follows == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("front", "back"), [([16.0, 17.0], [20.0, 21.0]), ([16.0, 18.0, 16.0, 18.0], [20.0, 25.0, 20.0, 25.0])]
)
def test_distance_that_has_no_answer(front: list[float], back: list[float]) -> None:
    """One change is no slope; a back that moves more than the front never meets the line."""
    found = measure_distance(make_panel(front, back).closes, 1.0)
    assert found.vix_if_back_follows is None
    assert found.vix_if_back_fixed == pytest.approx(back[-1])


def test_elasticity_is_the_slope_of_a_regression() -> None:
    """Gaps of one series are left out; statsmodels has the same slope."""
    rng = np.random.default_rng(9)
    moves = rng.normal(0, 0.05, 300)
    front = 18 * np.exp(np.cumsum(moves))
    back = 20 * np.exp(np.cumsum(0.6 * moves + rng.normal(0, 0.01, 300)))
    closes = pd.DataFrame({"front": front, "back": back})
    closes.loc[100, "back"] = np.nan
    changes = np.log(closes).diff().dropna()
    slope = sm.OLS(changes["back"], sm.add_constant(changes["front"])).fit().params["front"]
    assert measure_distance(closes, 1.0).elasticity == pytest.approx(slope)
