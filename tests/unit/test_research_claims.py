"""Claims: verdicts by rule, tests on histories made so that the answer is known."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr
from tests.studies import HOW, Resampling, study_of

from ivts_site.analytics.evidence import Evidence
from ivts_site.analytics.inference import Clusters, Effect, Estimate
from ivts_site.analytics.studies.claims import (
    CLAIMS,
    Claim,
    Found,
    decide,
    judge_claims,
    measure,
)

RULES = {"horizon": 2, "trigger_days": 2, "high_share": 0.25}


def _claims(
    ratios: list[float],
    close: list[float] | None = None,
    how: Resampling = HOW,
    rules: dict[str, Any] = RULES,
    **further: Any,
) -> dict[str, Claim]:
    """Deep contango up to 0.85, spikes above 1.1, VIX9D before VIX, SKEW and VVIX beside them, as shipped."""
    study = study_of(ratios, close, further=_series(**further), how=how, **rules)
    return {each.id: each for each in measure(study).claims}


def _series(**values: list[float]) -> dict[str, pd.Series]:
    return {
        key: pd.Series(
            each, index=pd.bdate_range("2020-01-06", periods=len(each), unit="us"), dtype=float
        ).dropna()
        for key, each in values.items()
    }


NONE = np.empty(0)


@pytest.mark.parametrize(
    ("interval", "adds", "p_value", "settled", "expected"),
    [
        ((0.1, 0.2), (0.1, 0.2), 0.03, True, "holds up"),
        ((0.1, 0.2), (-0.1, 0.2), 0.03, True, "VIX says it too"),
        ((0.1, 0.2), (-0.3, -0.2), 0.03, True, "VIX says it too"),
        ((0.1, 0.2), (0.1, 0.2), 0.06, True, "on the edge"),
        ((0.1, 0.2), (0.1, 0.2), 0.03, False, "on the edge"),
        ((-0.1, 0.2), (0.1, 0.2), 0.03, True, "can't tell"),
        ((0.0, 0.2), (0.1, 0.2), 0.03, True, "can't tell"),  # zero is not above itself
        ((-0.2, -0.1), (0.1, 0.2), 0.03, True, "opposite"),
        ((-0.2, -0.1), (0.1, 0.2), 0.06, True, "on the edge"),
        ((0.1, 0.2), "no rival", 0.03, True, "holds up"),
        (None, None, None, True, "too few cases"),
    ],
)
def test_verdict(interval: Any, adds: Any, p_value: float | None, settled: bool, expected: str) -> None:
    """By the rules of the methodology page: of a claim above zero, and mirrored of one below."""
    for sign, side in ((1, "above"), (-1, "below")):
        test = next(each for each in CLAIMS if each.side == side)
        estimates = (
            Estimate(value=sign * 0.15, interval=_turned(interval, sign), settled=settled),
            Estimate(value=None if adds == "no rival" else sign * 0.1, interval=_turned(adds, sign)),
        )
        effect = Effect(
            n=9, n_rest=9, clusters=Clusters(n=9, effective=9), rest=0.0, rival=0.0,
            mean=Estimate(value=0.0), difference=estimates[0], adds=estimates[1],
        )  # fmt: skip
        found = Found(effect, "return", NONE, NONE.astype(bool), 21)
        assert decide(test, found, p_value, 0.05) == expected


def _turned(ends: Any, sign: int) -> tuple[float, float] | None:
    if ends is None or ends == "no rival":
        return None
    low, high = sorted(sign * end for end in ends)
    return low, high


def test_every_claim_has_words_and_those_without_series_drop_out() -> None:
    """Fourteen claims need no further series; each of three series brings one."""
    plain = _claims([0.9, 1.1] * 20)
    assert len(plain) == 14
    dummy = [1.0] * 40
    full = _claims([0.9, 1.1] * 20, vix9d=dummy, skew=dummy, vvix=dummy)
    assert list(full) == [*plain, "shorter-first", "high-skew", "high-vvix"]
    assert list(full) == [test.id for test in CLAIMS]
    assert "high-skew" in _claims([0.9, 1.1] * 20, skew=dummy)


def test_five_days_by_hand() -> None:
    """Two sessions of backwardation reached on sessions 2 and 6; returns from there and from the others."""
    ratios = [0.9, 1.1, 1.1, 1.1, 0.9, 1.1, 1.1, 0.9, 0.9, 0.9]
    close = [100.0, 99, 98, 97, 101, 100, 99, 98, 103, 104]
    found = _claims(ratios, close)["five-days"]
    ahead = np.array(close[2:]) / np.array(close[:-2]) - 1
    group = ahead[[2, 6]]
    rest = np.delete(ahead, [2, 6])
    # the others come in three stretches: 0 and 1, 3 … 5, 7
    assert (found.n_sessions, found.n_cases, found.n_rest) == (2, 3, 6)
    assert found.group == pytest.approx(group.mean())
    assert found.rest == pytest.approx(rest.mean())
    assert found.value == pytest.approx(group.mean() - rest.mean())
    assert (found.n_hits, found.n_rest_hits) == (None, None)


def test_large_falls_after_five_days_by_hand() -> None:
    """Day 2 of an episode is session 2 and 6; within two sessions some close lies more than 5% lower.

    After 2 (98) come 92 and 97, yes; after 6 (99), 98 and 103, no. Of the others, after 1 (99) come 98 and
    92, yes; after 0 (100: 99, 98), 3 (92), 4 (97), 5 (100: 99, 98) and 7 (98), no.
    """
    ratios = [0.9, 1.1, 1.1, 1.1, 0.9, 1.1, 1.1, 0.9, 0.9, 0.9]
    close = [100.0, 99, 98, 92, 97, 100, 99, 98, 103, 104]
    found = _claims(ratios, close)["five-days-risk"]
    assert (found.n_hits, found.n_sessions, found.n_rest_hits, found.n_rest) == (1, 2, 1, 6)
    assert (found.group, found.rest) == (0.5, pytest.approx(1 / 6))


def test_spike_is_the_low_by_hand() -> None:
    """Spikes above 1.1 begin on sessions 2 and 8; the run of 6 has none.

    After session 2 (98) come 99 and 98.5: no lower close. After session 8 (95) comes 94: lower. Sessions 0,
    1 and 3 … 7 have two closes after them too; a lower one follows each.
    """
    ratios = [0.9, 1.05, 1.2, 1.3, 0.9, 0.9, 1.05, 0.9, 1.2, 0.9, 0.9]
    close = [100.0, 99, 98, 99, 98.5, 97, 96, 95.5, 95, 94, 96]
    found = _claims(ratios, close)["spike-is-the-low"]
    assert (found.group, found.n_hits, found.n_sessions) == (0.5, 1, 2)
    assert (found.rest, found.n_rest_hits, found.n_rest) == (0.0, 0, 7)
    assert found.value == pytest.approx(0.5)
    assert (found.null_value, found.verdict) == (0.0, "too few cases")


def test_rising_after_backwardation_stands_against_rising_after_other_sessions() -> None:
    """Backwardation on 0 and 2: two sessions on, 102 > 100 and 101 < 102. After 1: 103 > 101, 3: 99 < 103."""
    found = _claims([1.1, 0.9, 1.1, 0.9, 0.9, 0.9], [100.0, 101, 102, 103, 101, 99])["bearish"]
    assert (found.group, found.n_hits, found.n_sessions) == (0.5, 1, 2)
    assert (found.rest, found.n_rest_hits, found.n_rest) == (0.5, 1, 2)
    assert found.value == 0.0


def test_contango_pays_is_backwardation_turned() -> None:
    """Sign, ends, groups and counts change sides; what the VIX alone says does too."""
    rng = np.random.default_rng(3)
    ratios = np.where(rng.random(900) < 0.3, 1.2, 0.8).tolist()
    close = (100 * np.exp(np.cumsum(0.01 * rng.standard_normal(900)))).tolist()
    rules = RULES | {"horizon": 5, "bands": (0.85, 0.95, 1.0)}
    study = study_of(ratios, close, how=Resampling(min_cases=2), **rules)
    found = judge_claims(Evidence(study))["contango-pays"]
    after = study.close[5:] / study.close[:-5] - 1
    inverted = study.backwardation[:-5]
    assert found.value == pytest.approx(after[~inverted].mean() - after[inverted].mean())
    assert found.group == pytest.approx(after[~inverted].mean())
    assert (found.n_sessions, found.n_rest) == ((~inverted).sum(), inverted.sum())
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]


def test_claims_that_the_history_was_made_to_bear_out() -> None:
    """Large moves come the day after backwardation, calm after deep contango, and the front falls back."""
    rng = np.random.default_rng(5)
    label = np.repeat(rng.random(300) < 0.3, 10)
    size = np.where(label, 0.03, 0.001)
    steps = size * rng.choice([-1, 1], len(label)) * (1 + 0.1 * rng.random(len(label)))
    close = 100 * np.exp(np.concatenate([[0], np.cumsum(steps)]))[: len(label)]
    how = Resampling(draws=500, max_draws=500, min_cases=10, min_blocks=10)
    ratios = np.where(label, 1.2, 0.8) + 0.001 * rng.random(len(label))
    found = _claims(ratios.tolist(), close.tolist(), how=how, rules={"horizon": 5, "trigger_days": 5})
    assert found["day-after"].verdict == "supported"
    assert found["day-after"].group == pytest.approx(0.0315, abs=0.001)
    assert found["calm"].verdict == "supported"
    assert found["front-falls"].verdict == "supported"
    # the front is the ratio but for a constant: nothing is added to it
    assert found["calm"].finding in {"VIX says it too", "holds up"}
    assert found["overstates"].n_sessions == len(label) - 5


def test_labels_of_the_day_before_change_the_result() -> None:
    """What is said to follow a close does not follow the close before it: nothing looks ahead by a day."""
    rng = np.random.default_rng(8)
    label = rng.random(600) < 0.4
    steps = np.where(np.append(False, label[:-1]), 0.03, 0.001) * rng.choice([-1, 1], 600)
    close = (100 * np.exp(np.cumsum(steps))).tolist()
    ratios = np.where(label, 1.2, 0.8)
    found = _claims(ratios.tolist(), close)["day-after"]
    shifted = _claims(np.roll(ratios, 1).tolist(), close)["day-after"]
    assert found.value == pytest.approx(0.029, abs=0.001)
    assert abs(shifted.value) < 0.01


def test_a_history_cut_off_gives_the_verdicts_of_that_day() -> None:
    """At the end of each year, from what was known then; later closes change nothing."""
    rng = np.random.default_rng(1)
    ratios = (0.9 + 0.15 * rng.standard_normal(600)).clip(0.5, 2).tolist()
    close = (100 * np.exp(np.cumsum(0.01 * rng.standard_normal(600)))).tolist()
    study = study_of(ratios, close, **RULES)
    years = study.sessions.year
    whole = {each.id: each for each in measure(study).claims}
    assert [each.year for each in whole["calm"].history] == [2020, 2021]
    cut = int((years < 2022).sum())
    then = study_of(ratios[:cut], close[:cut], **RULES)
    known = {id_: each.finding for id_, each in judge_claims(Evidence(then)).items()}
    assert {id_: each.history[-1].finding for id_, each in whole.items()} == known


def test_kept_year_ends_are_not_made_again() -> None:
    """The study takes what it is given for the past."""
    ratios = [0.9, 1.1, 0.95] * 200
    study = dataclasses.replace(study_of(ratios, **RULES), keep=lambda _, __: {"calm": "opposite"})
    found = {each.id: each.history for each in measure(study).claims}
    assert {each.finding for each in found["calm"]} == {"opposite"}
    assert found["bearish"] == ()


def test_a_ratio_that_knows_tomorrow_leads() -> None:
    """The back index falls whenever the front will rise tomorrow: then the change of the ratio leads."""
    rng = np.random.default_rng(2)
    up = rng.random(1300) < 0.5
    ratios = 0.9 * np.exp(np.cumsum(np.where(up, 0.02, -0.02)))
    ratios = np.clip(ratios, 0.5, 2).round(4).tolist()
    # with a constant back, the ratio's change is the front's own: no lead
    assert _claims(ratios)["leads"].verdict == "not supported"
    assert abs(_claims(ratios)["leads"].value) < 0.15


def test_leads_are_correlations_with_what_follows() -> None:
    """Level and change of the ratio against the front's log change ahead, as scipy has it."""
    rng = np.random.default_rng(7)
    ratios = (0.9 * np.exp(np.cumsum(0.02 * rng.standard_normal(400)))).clip(0.5, 2).round(4).tolist()
    study = study_of(ratios, **RULES)
    found = {(each.what, each.horizon): each for each in measure(study).leads}
    front, ivts = np.log(study.front), study.ivts
    for horizon in (1, 5, 21):
        ahead = front[horizon:] - front[:-horizon]
        expected = pearsonr(ivts[:-horizon], ahead).statistic
        assert found["level", horizon].correlation == pytest.approx(expected, rel=1e-9)
        change = np.diff(np.log(ivts))[: len(ahead) - 1]
        expected = pearsonr(change, ahead[1:]).statistic
        assert found["change", horizon].correlation == pytest.approx(expected, rel=1e-9)
        assert found["change", horizon].n_sessions == 399 - horizon


def test_shorter_first_by_hand() -> None:
    """Episodes at 2 and 5. Sessions before them: 1 (inverted) and 4 (not). Other contango: 0, 3, 6, 7.

    VIX is 20 times the ratio. VIX9D/VIX above 1 on sessions 1 and 6, and within episodes, which do not count.
    """
    ratios = [0.9, 0.9, 1.1, 0.9, 0.9, 1.1, 0.9, 0.9]
    short = [17, 19, 30, 17, 17, 30, 19, 17]
    found = _claims(ratios, vix9d=short)["shorter-first"]
    assert (found.group, found.rest) == (0.5, 0.25)
    assert (found.n_sessions, found.n_rest) == (2, 4)
    assert (found.n_hits, found.n_rest_hits) == (1, 1)


def test_alarms_by_hand() -> None:
    """Of the episodes above one of two had the sign before it; of two signs one was no eve."""
    ratios = [0.9, 0.9, 1.1, 0.9, 0.9, 1.1, 0.9, 0.9]
    found = _claims(ratios, vix9d=[17, 19, 30, 17, 17, 30, 19, 17])["shorter-first"].alarms
    assert found is not None
    assert (found.false_alarms, found.missed) == (0.5, 0.5)
    assert found.odds_ratio == 3.0  # 1 of 2 against 1 of 4: odds 1 and 1/3


def test_high_closes_are_those_of_the_past() -> None:
    """Closes fall from 600 to 301, then stand at 400: never among the highest to date."""
    closes = np.concatenate([np.arange(600.0, 300.0, -1), np.full(100, 400.0), [599.5]])
    close = (100 + np.arange(401.0)).tolist()
    how = {"high_share": 0.25, "horizon": 5, "trigger_days": 2}
    found = _claims([0.9] * 401, close, rules=how, skew=closes.tolist())["high-skew"]
    # counted from the 252nd close on, those whose five sessions are over
    assert (found.n_sessions, found.n_rest) == (0, 401 - 251 - 5)
    study = study_of([0.9] * 401, close, further=_series(skew=closes.tolist()), **how)
    high = Evidence(study).high("skew")
    assert (np.nansum(high), (~np.isnan(high)).sum()) == (1, 401 - 251)
    assert high[-1]


def test_one_session() -> None:
    """Nothing can be tested: every verdict says so, and nothing fails."""
    found = _claims([0.9])
    assert {claim.verdict for claim in found.values()} == {"too few cases"}
