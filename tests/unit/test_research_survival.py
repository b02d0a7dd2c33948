"""Kaplan–Meier and Greenwood against lifelines, statsmodels and scipy, and by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from tests.panels import analyse_ratios
from tests.studies import Resampling, input_of, study_of

from ivts_site.analytics.studies.survival import Survival, kaplan_meier, measure


def histories() -> list[tuple[np.ndarray, np.ndarray]]:
    """Lengths with ties, and which go on: none, one, several."""
    rng = np.random.default_rng(1)
    lengths = [rng.geometric(0.3, size=n) for n in (1, 5, 30, 200)]
    return [
        (each, rng.random(len(each)) < share)
        for each in lengths
        for share in (0.0, 0.3)
        if len(each) > 1 or not share
    ]


def estimated(lengths: np.ndarray, ongoing: np.ndarray) -> SimpleNamespace:
    """The points in columns; a limit that is not stated is NaN."""
    points = kaplan_meier(lengths, ongoing, 0.95)
    limits = np.array([p.interval or (np.nan, np.nan) for p in points]).reshape(-1, 2)
    return SimpleNamespace(
        sessions=np.array([p.sessions for p in points]),
        at_risk=np.array([p.n_at_risk for p in points]),
        ended=np.array([p.n_ended for p in points]),
        survival=np.array([p.survival for p in points]),
        low=limits[:, 0],
        high=limits[:, 1],
    )


@pytest.mark.parametrize(("lengths", "ongoing"), histories())
def test_estimate_is_that_of_three_libraries(lengths: np.ndarray, ongoing: np.ndarray) -> None:
    """Shares and limits to 1e-9; an ongoing spell of N sessions is one censored at N − 1 there."""
    found = estimated(lengths, ongoing)
    seen = np.where(ongoing, lengths - 1, lengths)
    fitted = KaplanMeierFitter().fit(seen, event_observed=~ongoing, alpha=0.05)
    expected = fitted.survival_function_at_times(found.sessions).to_numpy()
    np.testing.assert_allclose(found.survival, expected, rtol=0, atol=1e-9)
    limits = fitted.confidence_interval_.loc[found.sessions.astype(float)].to_numpy()
    inside = (found.survival > 0) & (found.survival < 1)
    np.testing.assert_allclose(found.low[inside], limits[inside, 0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.high[inside], limits[inside, 1], rtol=0, atol=1e-9)
    assert np.isnan(found.low[~inside]).all()
    assert np.isnan(found.high[~inside]).all()
    other = SurvfuncRight(seen, (~ongoing).astype(int))
    kept = np.isin(other.surv_times, found.sessions)
    np.testing.assert_allclose(found.survival, other.surv_prob[kept], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found.at_risk, other.n_risk[kept])
    third = stats.ecdf(stats.CensoredData.right_censored(seen, ongoing)).sf
    np.testing.assert_allclose(found.survival, third.evaluate(found.sessions), rtol=0, atol=1e-9)


def test_by_hand() -> None:
    """Lengths 1, 1, 2, 3 and one going on at 3.

    After 1: 5 at risk, 2 ended: 3/5. After 2: 3 at risk, 1 ended: 3/5 · 2/3 = 2/5. After 3: at risk is the
    one of 3 alone, as the ongoing one may prove longer or not: 0.
    """
    found = estimated(np.array([1, 1, 2, 3, 3]), np.array([False] * 4 + [True]))
    assert found.sessions.tolist() == [1, 2, 3]
    assert found.at_risk.tolist() == [5, 3, 1]
    assert found.ended.tolist() == [2, 1, 1]
    assert found.survival.tolist() == pytest.approx([0.6, 0.4, 0.0])


def test_greenwood_by_hand() -> None:
    """2 of 5 ended: V(ln S) = 2/(5·3); limits S^exp(±1.96·√V/ln S) for S = 3/5."""
    found = estimated(np.array([1, 1, 2, 2, 2]), np.zeros(5, dtype=bool))
    reach = 1.959963985 * np.sqrt(2 / 15) / np.log(0.6)
    assert found.low[0] == pytest.approx(0.6 ** np.exp(-reach), rel=1e-8)
    assert found.high[0] == pytest.approx(0.6 ** np.exp(reach), rel=1e-8)
    assert found.low[0] < 0.6 < found.high[0]


def test_no_spell_has_ended() -> None:
    """Nothing is known of lengths."""
    found = estimated(np.array([4]), np.array([True]))
    assert len(found.sessions) == 0


def _survival(ratios: list[float], min_cases: int = 1) -> Survival:
    how = Resampling(min_cases=min_cases)
    return measure(study_of(ratios, how=how, survival_sessions=(1, 2))).survival


#            contango of 1, 3, 2, 4, and 2 so far; backwardation of 2, 1, 1, 1
HISTORY = [0.9, 1.1, 1.1, 0.9, 0.9, 0.9, 1.1, 0.9, 0.9, 1.1, 0.9, 0.9, 0.9, 0.9, 1.1, 0.9, 0.9]


def test_spells_of_both_regimes() -> None:
    """Counted in the comment above the history."""
    contango, backwardation = _survival(HISTORY).regimes
    assert (contango.regime, contango.n_spells, contango.n_censored, contango.longest) == (
        "contango",
        5,
        1,
        4,
    )
    # at risk after 1: all five; after 2: 3, 2 and 4, the ongoing one being no longer than 2 so far
    assert [(p.sessions, p.n_at_risk, p.n_ended) for p in contango.points] == [
        (1, 5, 1),
        (2, 3, 1),
        (3, 2, 1),
        (4, 1, 1),
    ]
    assert [p.survival for p in contango.points] == pytest.approx([4 / 5, 8 / 15, 4 / 15, 0])
    assert contango.median == 3
    assert (backwardation.n_spells, backwardation.n_censored, backwardation.median) == (4, 0, 1)
    assert [p.survival for p in backwardation.points] == [0.25, 0]


def test_answer_for_today() -> None:
    """Day 2 of contango: three past spells got there (3, 2, 4); two lasted one more, one lasted two more.

    Of three there is no rate.
    """
    found = _survival(HISTORY)
    assert (found.regime, found.day) == ("contango", 2)
    assert [(each.more, each.lasted.numerator, each.lasted.denominator) for each in found.remaining] == [
        (1, 2, 3),
        (2, 1, 3),
    ]
    assert found.remaining[0].lasted.value is None
    span = (found.remaining[0].lasted.first_session, found.remaining[0].lasted.last_session)
    assert span == ("2020-01-09", "2020-01-23")


def test_answer_for_today_is_the_conditional_estimate() -> None:
    """S(N − 1 + k) / S(N − 1) of lifelines is the same as the count of past spells."""
    rng = np.random.default_rng(9)
    ratios = np.where(np.repeat(rng.random(60) < 0.5, rng.geometric(0.3, 60)), 1.1, 0.9).tolist()
    ratios += [0.9] * 3
    analysis = analyse_ratios(ratios)
    found, spells = measure(input_of(analysis, survival_sessions=(1, 3))).survival, analysis.spells
    own = spells[spells["backwardation"] == spells["backwardation"].iloc[-1]]
    seen = np.where(own["ongoing"], own["n_sessions"] - 1, own["n_sessions"])
    fitted = KaplanMeierFitter().fit(seen, event_observed=~own["ongoing"])
    reached = fitted.predict(found.day - 1)
    for each in found.remaining:
        assert each.lasted.value == pytest.approx(
            fitted.predict(found.day - 1 + each.more) / reached, abs=1e-9
        )


def test_few_spells_give_no_interval() -> None:
    """Three reached day 2: below four there is a count and no interval."""
    assert _survival(HISTORY, 3).remaining[0].interval is not None
    assert _survival(HISTORY, 4).remaining[0].interval is None
    regime = _survival(HISTORY, 1).regimes[0]
    known = [point.interval is not None for point in regime.points]
    assert any(known)
    assert [p.interval for p in _survival(HISTORY, regime.n_spells).regimes[0].points if p.interval] != []
    assert [p.interval for p in _survival(HISTORY, regime.n_spells + 1).regimes[0].points if p.interval] == []


def test_first_day_of_the_first_spell() -> None:
    """One session: one ongoing spell, no past one, no share."""
    found = _survival([0.9])
    assert found.day == 1
    assert found.remaining[0].lasted.denominator == 0
    assert found.remaining[0].lasted.value is None
    assert found.regimes[0].points == ()
    assert found.regimes[1].n_spells == 0
    assert found.regimes[1].longest is None
