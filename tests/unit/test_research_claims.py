"""Claims: verdicts by rule, tests on histories made so that the answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import CircularBlockBootstrap
from scipy.stats import pearsonr
from tests.studies import HOW, Resampling, study_of

from ivts_site.analytics.studies.claims import (
    SAYINGS,
    Claim,
    Evidence,
    Kind,
    correlate_pairs,
    judge,
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
    days = pd.bdate_range("2020-01-06", periods=len(ratios), unit="us")
    known = {key: pd.Series(values, index=days, dtype=float).dropna() for key, values in further.items()}
    return {
        each.id: each for each in measure(study_of(ratios, close, further=known, how=how, **rules)).claims
    }


@pytest.mark.parametrize(
    ("interval", "side", "expected"),
    [
        ((0.1, 0.2), "above", ("supported", False)),
        ((-0.1, 0.2), "above", ("not supported", False)),
        ((-0.2, -0.1), "above", ("not supported", True)),
        ((-0.2, -0.1), "below", ("supported", False)),
        ((0.1, 0.2), "below", ("not supported", True)),
        ((0.0, 0.2), "above", ("not supported", False)),  # zero is not above itself
        (None, "above", ("too few cases", False)),
    ],
)
def test_verdict(interval: tuple[float, float] | None, side: str, expected: tuple[str, bool]) -> None:
    """The whole interval on the claimed side, against null 0."""
    assert judge(0.1, interval, 0.0, side) == expected


def test_every_claim_has_words_and_those_without_series_drop_out() -> None:
    """Twelve claims need no further series; each of three series brings one."""
    plain = _claims([0.9, 1.1] * 20)
    assert len(plain) == 12
    dummy = [1.0] * 40
    full = _claims([0.9, 1.1] * 20, vix9d=dummy, skew=dummy, vvix=dummy)
    assert list(full) == [*plain, "shorter-first", "high-skew", "high-vvix"]
    assert set(full) == set(SAYINGS)
    assert "high-skew" in _claims([0.9, 1.1] * 20, skew=dummy)


def test_five_days_by_hand() -> None:
    """Two sessions of backwardation reached on sessions 2 and 6; returns from there and from the others."""
    ratios = [0.9, 1.1, 1.1, 1.1, 0.9, 1.1, 1.1, 0.9, 0.9, 0.9]
    close = [100.0, 99, 98, 97, 101, 100, 99, 98, 103, 104]
    found = _claims(ratios, close)["five-days"]
    ahead = np.array(close[2:]) / np.array(close[:-2]) - 1
    group = ahead[[2, 6]]
    rest = np.delete(ahead, [2, 6])
    assert (found.n_sessions, found.n_cases, found.n_rest) == (2, 2, 6)
    assert found.group == pytest.approx(group.mean())
    assert found.rest == pytest.approx(rest.mean())
    assert found.value == pytest.approx(group.mean() - rest.mean())
    assert (found.n_hits, found.n_rest_hits) == (None, None)


def test_spike_is_the_low_by_hand() -> None:
    """Spikes above 1.1 begin in episodes 1–3 (session 2), 6 (no spike) and 8 (session 8).

    After session 2 (98) come 99 and 98.5: no lower close. After session 8 (95) comes 94: lower.
    """
    ratios = [0.9, 1.05, 1.2, 1.3, 0.9, 0.9, 1.05, 0.9, 1.2, 0.9, 0.9]
    close = [100.0, 99, 98, 99, 98.5, 97, 96, 96, 95, 94, 96]
    found = _claims(ratios, close)["spike-is-the-low"]
    assert (found.value, found.n_cases, found.null_value) == (0.5, 2, 0.5)
    assert (found.n_hits, found.n_sessions) == (1, 2)
    assert found.verdict == "not supported"
    # sessions 0, 1 and 3 … 7 have two closes after them too; a lower one follows each
    assert found.group is None
    assert (found.rest, found.n_rest_hits, found.n_rest) == (0.0, 0, 7)


def test_spikes_within_one_horizon_are_one_case() -> None:
    """Spikes on sessions 1, 4, 7 and 15 with a horizon of 4: 4 falls within that of 1, so 1, 7 and 15 count.

    Closes fall up to the last spike and rise after it.
    """
    ratios = [1.2 if session in (1, 4, 7, 15) else 0.9 for session in range(24)]
    close = [100.0 - session for session in range(16)] + [90.0 + session for session in range(8)]
    found = _claims(ratios, close, rules=RULES | {"horizon": 4})["spike-is-the-low"]
    assert (found.n_hits, found.n_cases, found.n_sessions) == (1, 3, 3)
    # sessions 0 … 19 have four closes after them; besides the three, 16 … 19 stand lowest
    assert (found.n_rest_hits, found.n_rest, found.rest) == (4, 17, 4 / 17)


def test_rising_after_backwardation_stands_beside_rising_after_other_sessions() -> None:
    """Backwardation on 0 and 2: two sessions on, 102 > 100 and 101 < 102. After 1: 103 > 101, 3: 99 < 103."""
    found = _claims([1.1, 0.9, 1.1, 0.9, 0.9, 0.9], [100.0, 101, 102, 103, 101, 99])["bearish"]
    assert (found.value, found.n_hits, found.n_sessions) == (0.5, 1, 2)
    assert (found.rest, found.n_rest_hits, found.n_rest) == (0.5, 1, 2)


def test_claims_that_the_history_was_made_to_bear_out() -> None:
    """Large moves come the day after backwardation, calm after deep contango, and the front falls back."""
    rng = np.random.default_rng(5)
    label = np.repeat(rng.random(150) < 0.4, 4)
    size = np.where(label, 0.03, 0.001)
    steps = size * rng.choice([-1, 1], len(label)) * (1 + 0.1 * rng.random(len(label)))
    close = 100 * np.exp(np.concatenate([[0], np.cumsum(steps)]))[: len(label)]
    found = _claims(np.where(label, 1.2, 0.8).tolist(), close.tolist())
    assert found["day-after"].verdict == "supported"
    assert found["day-after"].group == pytest.approx(0.0315, abs=0.001)
    assert found["calm"].verdict == "supported"
    assert found["front-falls"].verdict == "supported"
    assert found["overstates"].n_sessions == len(label) - 2


def test_a_ratio_that_knows_tomorrow_leads() -> None:
    """The back index falls whenever the front will rise tomorrow: then the change of the ratio leads."""
    rng = np.random.default_rng(2)
    up = rng.random(300) < 0.5
    ratios = 0.9 * np.exp(np.cumsum(np.where(up, 0.02, -0.02)))
    ratios = np.clip(ratios, 0.5, 2).round(4).tolist()
    # with a constant back, the ratio's change is the front's own: no lead
    assert _claims(ratios)["leads"].verdict == "not supported"
    assert abs(_claims(ratios)["leads"].value) < 0.15


def test_correlations_are_those_of_scipy_and_their_limits_those_of_arch() -> None:
    """Value to 1e-12; limits of blocks of four within Monte-Carlo error; unknown pairs are left out."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal(800)
    y = 0.4 * x + rng.standard_normal(800)
    study = study_of([0.9] * 800, how=Resampling(draws=4000, seed=1, min_cases=10), **RULES)
    evidence, kind = Evidence(study), Kind("leads", "above", "correlation", 1)
    found = correlate_pairs(evidence, kind, study.sessions, x, y)
    assert found.value == pytest.approx(pearsonr(x, y).statistic, rel=1e-12)
    drawn = CircularBlockBootstrap(4, x, y, seed=2).apply(lambda a, b: pearsonr(a, b).statistic, 4000)[:, 0]
    expected = tuple(np.percentile(drawn, [2.5, 97.5]))
    assert found.interval == pytest.approx(expected, abs=4 * 2**0.5 * 0.042 * drawn.std())
    holes = np.where(np.arange(800) % 7 == 0, np.nan, y)
    known = ~np.isnan(holes)
    gapped = correlate_pairs(evidence, kind, study.sessions, x, holes)
    assert gapped.value == pytest.approx(pearsonr(x[known], y[known]).statistic, rel=1e-12)
    assert gapped.n_sessions == known.sum()


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


def test_high_closes_of_a_further_index() -> None:
    """Of 40 closes 1 … 40 the highest quarter is 31 … 40; sessions without a close count on neither side."""
    closes = [float(n) for n in range(1, 41)]
    closes[0] = np.nan
    found = _claims([0.9] * 40, (100 + np.arange(40.0) ** 2).tolist(), skew=closes)["high-skew"]
    # 39 known closes 2 … 40: the 75th percentile is 30.5; the last two sessions have no outcome
    assert (found.n_sessions, found.n_rest) == (8, 29)


def test_one_session() -> None:
    """Nothing can be tested: every verdict says so, and nothing fails."""
    found = _claims([0.9])
    assert {claim.verdict for claim in found.values()} == {"too few cases"}
