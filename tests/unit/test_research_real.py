"""Recorded closes: the studies against figures computed apart from this project."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from tests.panels import ROLES, analyse_panel
from tests.recorded import further_closes, recorded_closes
from tests.sampled import sample
from tests.shared import needs_shared
from tests.studies import research_of
from tests.view_states import config

from ivts_site.analytics.results import Analysis
from ivts_site.analytics.studies.returns import measure
from ivts_site.analytics.study_input import StudyInput
from ivts_site.panel import build_panel
from ivts_site.published.serialize import to_json
from ivts_site.published.studies import Research, ReturnGroup

pytestmark = needs_shared


@pytest.fixture(scope="module")
def golden() -> Analysis:
    """Closes of 2009-09-18 … 2025-11-12, the range of the figures computed elsewhere."""
    cut = {key: series.loc["2009-09-18":"2025-11-12"] for key, series in recorded_closes().items()}
    return analyse_panel(build_panel(cut, **ROLES, as_of=None))


@pytest.fixture(scope="module")
def groups(golden: Analysis) -> dict[tuple[int, str], ReturnGroup]:
    """Groups by horizon and id, with the shipped number of draws."""
    study = StudyInput(analysis=golden, rules=config().research)
    found = measure(study).returns
    return {(each.horizon, group.id): group for each in found for group in (each.all, *each.bands)}


@pytest.mark.parametrize(
    ("horizon", "group", "mean", "n"),
    [
        (5, "all", 0.25, 4059),
        (21, "all", 1.06, 4043),
        (63, "all", 3.11, 4001),
        (5, "above-1", 0.86, 312),
        (21, "above-1", 2.89, 311),
        (63, "above-1", 7.13, 311),
        (5, "upto-0.85", 0.06, 1141),
        (21, "upto-0.85", 0.55, 1137),
        (63, "upto-0.85", 1.53, 1112),
    ],
)
def test_means(groups: dict, horizon: int, group: str, mean: float, n: int) -> None:
    """Mean SPY return in percent to 0.01 points, and the number of starts."""
    found = groups[horizon, group]
    assert (round(100 * found.mean, 2), found.n_sessions) == (mean, n)


def test_interval(groups: dict) -> None:
    """Above 1 at 21 sessions: percentiles of plain draws are [1.31, 4.66], a standard error of 0.85 points.

    The calibrated interval reaches further down, as an inversion begins with a fall: about 3.3 and 1.8 of
    them.
    """
    found = groups[21, "above-1"]
    low, high = (100 * limit for limit in found.interval)
    assert low < 1.31
    assert 2.89 - 4.0 * 0.85 < low < 2.89 - 2.4 * 0.85
    assert 2.89 + 1.4 * 0.85 < high < 2.89 + 2.3 * 0.85


def test_counts(golden: Analysis, groups: dict) -> None:
    """97 episodes; 4,064 sessions, 312 above 1."""
    assert groups[5, "above-1"].n_episodes == 97
    window = research_of(golden).window
    assert (window.n_sessions, window.n_backwardation, window.n_episodes) == (4064, 312, 97)


def test_survival(golden: Analysis) -> None:
    """Share of backwardation spells longer than k sessions, and both regimes against lifelines."""
    found = research_of(golden).survival
    backwardation = found.regimes[1]

    def longer(k: int) -> float:
        return min([1.0, *(point.survival for point in backwardation.points if point.sessions <= k)])

    shares = [round(100 * longer(k), 1) for k in (1, 2, 3, 5, 10, 20)]
    assert shares == [51.5, 28.9, 20.6, 13.4, 4.1, 2.1]
    for regime in found.regimes:
        spells = golden.spells[golden.spells["backwardation"] == (regime.regime == "backwardation")]
        seen = np.where(spells["ongoing"], spells["n_sessions"] - 1, spells["n_sessions"])
        fitted = KaplanMeierFitter().fit(seen, event_observed=~spells["ongoing"])
        points = [point.sessions for point in regime.points]
        expected = fitted.survival_function_at_times(points).to_numpy()
        np.testing.assert_allclose([p.survival for p in regime.points], expected, atol=5.1e-7)


@pytest.fixture(scope="module")
def research() -> Research:
    """All studies of what is recorded, with every further series."""
    analysis = analyse_panel(build_panel(recorded_closes(), **ROLES, as_of=dt.date(2026, 2, 27)))
    return research_of(analysis, further_closes(), draws=500)


def test_facts_of_the_claims(research: Research) -> None:
    """What the page must not say: the ratio leads; five sessions are a trigger; backwardation means falls."""
    claims = {claim.id: claim for claim in research.claims}
    assert abs(claims["leads"].value) < 0.06
    for name in ("leads", "five-days", "bearish", "contango-pays", "spike-is-the-low"):
        assert claims[name].verdict == "not supported", name
    above = recorded_closes()["vix"] > recorded_closes()["vix3m"].reindex(recorded_closes()["vix"].index)
    runs = above.groupby((above != above.shift()).cumsum()).sum()
    assert claims["five-days"].n_sessions == int((runs >= 5).sum()) == 21
    assert claims["calm"].verdict == "supported"


def test_shorter_ratio_flips_about_three_times_as_often(research: Research) -> None:
    """VIX9D/VIX against VIX/VIX3M on the same sessions."""
    ratios = {ratio.key: ratio for ratio in research.curve.ratios}
    short, main = ratios["vix9d/vix"], ratios["vix/vix3m"]
    assert short.flips_per_year / main.flips_per_year == pytest.approx(3, abs=0.3)
    assert short.above.denominator == main.above.denominator == 3810


def test_curve_of_february_2026(research: Research) -> None:
    """Closes of 2026-02-27 as the files have them; impossible VVIX values are no part of any range."""
    today = {tenor.key: tenor.today for tenor in research.curve.tenors}
    assert today == {"vix9d": 18.59, "vix": 19.86, "vix3m": 21.56, "vix6m": 23.59}
    assert research.curve.rising
    indices = {index.key: index for index in research.curve.indices}
    assert (indices["vvix"].today, indices["skew"].today) == (110.89, 146.67)
    assert indices["vvix"].rank_all.denominator == 4967 - 6


def test_variance_premium_by_pandas(research: Research) -> None:
    """VIX less the volatility realised over the following 21 sessions, joined and averaged by pandas."""
    closes = recorded_closes()
    spy = closes["spy"]
    realised = 100 * np.sqrt(252) * np.log(spy).diff().rolling(21).std()
    ahead = realised.shift(-21)
    both = pd.concat({"vix": closes["vix"], "vix3m": closes["vix3m"], "ahead": ahead}, axis=1).dropna()
    everything, contango, backwardation = research.volatility.groups
    above = both["vix"] > both["vix3m"]
    spread = both["vix"] - both["ahead"]
    assert everything.n_sessions == len(both)
    assert everything.mean == pytest.approx(spread.mean(), abs=1e-6)
    assert contango.mean == pytest.approx(spread[~above].mean(), abs=1e-6)
    assert backwardation.mean == pytest.approx(spread[above].mean(), abs=1e-6)
    assert research.volatility.realised == pytest.approx(realised.iloc[-1], abs=1e-6)


def test_overlay_by_pandas(research: Research) -> None:
    """Growth of the rule at no cost, by a join and a shift."""
    closes = recorded_closes()
    frame = pd.concat({key: closes[key] for key in ("vix", "vix3m", "spy")}, axis=1).loc["2007-12-04":]
    hedge = (frame["vix"] > frame["vix3m"]).astype(float).shift(1)
    net = ((1 - hedge) * frame["spy"].pct_change()).iloc[2:]
    rule = next(each for each in research.overlay.strategies if each.name == "regime")
    assert research.overlay.n_sessions == len(net)
    assert rule.results[0].annual_return == pytest.approx((1 + net).prod() ** (252 / len(net)) - 1, abs=1e-6)
    assert rule.results[0].volatility == pytest.approx(net.std() * np.sqrt(252), abs=1e-6)
    assert rule.n_trades == int((hedge.iloc[2:].diff().abs() > 0).sum())


@pytest.mark.parametrize(
    "day", sample(("2009-10-30", "2009-09-18", "2011-08-08", "2020-02-28", "2020-04-24"), 5)
)
def test_no_look_ahead(day: str) -> None:
    """Data that end on the day give the text of that as-of day, further series included."""
    closes, further = recorded_closes(), further_closes()
    texts = []
    for known, others, as_of in (
        ({k: s.loc[:day] for k, s in closes.items()}, {k: s.loc[:day] for k, s in further.items()}, None),
        (closes, further, dt.date.fromisoformat(day)),
    ):
        analysis = analyse_panel(build_panel(known, **ROLES, as_of=as_of))
        texts.append(to_json(research_of(analysis, others)))
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["as_of"] == day


@pytest.mark.parametrize(
    ("horizon", "group", "mean", "n", "share_up"),
    [
        (5, "all", 0.1985, 4582, 59.47),
        (5, "above-1", 0.4230, 467, None),
        (21, "all", 0.8304, 4566, 66.01),
        (21, "upto-0.85", 0.5267, 1182, None),
        (21, "0.85-0.95", 0.8173, 2275, None),
        (21, "0.95-1", 1.0784, 642, None),
        (21, "above-1", 1.3221, 467, 64.03),
        (63, "all", 2.5645, 4524, None),
        (63, "above-1", 3.6458, 467, None),
    ],
)
def test_means_since_2007(  # noqa: PLR0917
    research: Research, horizon: int, group: str, mean: float, n: int, share_up: float | None
) -> None:
    """Counted apart on SPY's price alone, percent to four places; the whole history from 2007-12-04."""
    found = next(each for each in research.returns if each.horizon == horizon)
    part = next(each for each in (found.all, *found.bands) if each.id == group)
    assert (round(100 * part.mean, 4), part.n_sessions) == (mean, n)
    if share_up is not None:
        assert round(100 * part.share_up, 2) == share_up


def test_episodes_since_2007(research: Research) -> None:
    """4,587 sessions, 467 of them inverted in 125 episodes; one stretch holds 104."""
    window = research.window
    assert (window.first_session, window.n_sessions, window.n_backwardation) == ("2007-12-04", 4587, 467)
    assert window.n_episodes == 125
    assert max(each.n_sessions for each in research.bounce.stretches) == 104
    points = research.survival.regimes[1].points
    longer = [min([1.0, *(p.survival for p in points if p.sessions <= k)]) for k in (1, 2, 3, 5, 10, 20)]
    assert [round(100 * each, 1) for each in longer] == [49.6, 29.6, 22.4, 14.4, 6.4, 3.2]
    # counted apart by a loop over SPY's closes: the lowest of the next 21 is lower after 3,754 of the 4,566
    # sessions that have them all, 82.2 %; from 2009-09-18 on it is 3,357 of 4,115, 81.6 %
    lower = research.events.baseline_lower
    assert (lower.numerator, lower.denominator) == (3754, 4566)


def test_goldens_to_a_millionth(research: Research) -> None:
    """The same figures at full precision, by a loop over the joined closes.

    Counted apart on SPY's price alone: the means in percent to four places stand beside each.
    """
    frame = pd.DataFrame({key: recorded_closes()[key] for key in ("vix", "vix3m", "spy")}).loc["2007-12-04":]
    ratio, spy = (frame["vix"] / frame["vix3m"]).to_numpy(), frame["spy"].to_numpy()
    bands = {"all": (0, 9), "upto-0.85": (0, 0.85), "0.85-0.95": (0.85, 0.95), "0.95-1": (0.95, 1)}
    typed = {(21, "all"): 0.8304, (21, "above-1"): 1.3221, (5, "above-1"): 0.4230, (63, "above-1"): 3.6458}
    for found in research.returns:
        for part in (found.all, *found.bands):
            low, high = (bands | {"above-1": (1, 9)})[part.id]
            own = [
                spy[place + found.horizon] / spy[place] - 1
                for place in range(len(spy) - found.horizon)
                if low < ratio[place] <= high
            ]
            assert part.n_sessions == len(own)
            assert part.mean == pytest.approx(sum(own) / len(own), abs=1e-6)
            assert part.share_up == pytest.approx(sum(each > 0 for each in own) / len(own), abs=1e-6)
            if (found.horizon, part.id) in typed:
                assert round(100 * part.mean, 4) == typed[found.horizon, part.id]


def test_neither_forecasts_returns_since_2007(research: Research) -> None:
    """Counted roughly apart: R² out of sample −0.026 (ratio), +0.006 (VIX); volatility 0.24."""
    found = {(each.outcome, each.horizon, each.first_session): each for each in research.forecasts}
    month = found["return", 21, "2007-12-04"]
    assert month.r2_ratio == pytest.approx(-0.026, abs=0.002)
    assert month.r2_front == pytest.approx(0.006, abs=0.002)
    later = found["return", 21, "2009-09-18"]
    assert later.r2_ratio == pytest.approx(0.013, abs=0.002)
    assert found["volatility", 21, "2007-12-04"].r2_ratio == pytest.approx(0.24, abs=0.01)
