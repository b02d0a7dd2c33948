"""The curve and the variance premium: by hand, and against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.studies import study_of

from ivts_site.analytics.returns import lead, realized_volatility
from ivts_site.analytics.studies import curve, volatility
from ivts_site.analytics.studies.curve import Curve
from ivts_site.analytics.studies.volatility import Volatility

RATIOS = [0.9, 1.1, 0.9, 1.2, 0.95, 0.9, 0.8]


def _series(values: list[float | None], start: str = "2020-01-06") -> pd.Series:
    days = pd.bdate_range(start, periods=len(values), unit="us")
    return pd.Series(np.array(values, dtype=float), index=days).dropna()


def _curve(further: dict[str, pd.Series]) -> Curve:
    """By the shipped points: VIX9D 9, VIX 30, VIX3M 93, VIX6M 184 days, and VVIX and SKEW beside them."""
    return curve.measure(study_of(RATIOS, further=further)).curve


def _premium(ratios: list[float], close: list[float] | None = None) -> Volatility:
    return volatility.measure(study_of(ratios, close, horizon=2)).volatility


def test_tenors_in_order_of_their_days() -> None:
    """VIX 18, 22, 18, 24, 19, 18, 16 against 20: today 16, five sessions ago 22, two-year range 16 to 24."""
    found = _curve({"vix9d": _series([10, 11, 12, 13, 14, 15, 15.5])})
    assert [tenor.key for tenor in found.tenors] == ["vix9d", "vix", "vix3m"]
    front = found.tenors[1]
    assert (front.today, front.week_ago, front.low, front.median, front.high) == (16, 22, 16, 18, 24)
    assert front.rank == pytest.approx(1 / 7)
    assert [(t.n_ranked, t.n_window) for t in found.tenors] == [(7, 7), (1, 7), (7, 7)]
    assert front.month_ago is None
    assert found.week_ago == "2020-01-07"
    assert found.month_ago is None
    assert found.rising is True
    assert found.window_first == "2020-01-06"


def test_a_series_that_is_not_stored_drops_out() -> None:
    """Without further series there are two tenors, no comparison of ratios and no index."""
    found = _curve({})
    assert [tenor.key for tenor in found.tenors] == ["vix", "vix3m"]
    assert (found.ratios, found.indices) == ((), ())
    assert _curve({"vix9d": _series([])}).ratios == ()


def test_a_close_missing_today_is_missing() -> None:
    """Nothing is filled: no value, no rank, and whether the curve rises is not known."""
    found = _curve({"vix9d": _series([10, 11, 12, 13, 14, 15, None]), "vvix": _series([90.0] * 6)})
    tenor, index = found.tenors[0], found.indices[0]
    assert tenor.today is None
    assert tenor.rank is None
    assert (tenor.n_ranked, tenor.n_window) == (0, 6)
    assert tenor.high == 15
    assert found.rising is None
    assert index.today is None
    assert (index.rank.denominator, index.rank_all.denominator) == (0, 0)


def test_ratios_are_counted_on_the_same_sessions() -> None:
    """VIX9D has no close on session 3, so neither ratio counts there.

    VIX9D/VIX  20/18 20/22 18/18  –  19.5/19 18/18 15/16: above 1 on sessions 0 and 4, flips 0→1, 2→4, 4→5
    VIX/VIX3M  0.9   1.1   0.9    –  0.95   0.9   0.8: above on session 1, two flips; the same on 2, 5 and 6
    """
    found = _curve({"vix9d": _series([20, 20, 18, None, 19.5, 18, 15])})
    short, main = found.ratios
    assert (short.key, short.label, short.main, main.key, main.main) == (
        "vix9d/vix",
        "VIX9D/VIX",
        False,
        "vix/vix3m",
        True,
    )
    assert (short.above.numerator, short.above.denominator, short.n_flips) == (2, 6, 3)
    assert (main.above.numerator, main.above.denominator, main.n_flips) == (1, 6, 2)
    assert (short.agree.numerator, main.agree.numerator) == (3, 6)
    assert short.flips_per_year is None  # eight days are no year
    assert (short.today, main.today) == (15 / 16, 0.8)


def test_ranks_of_a_further_index() -> None:
    """In the window: 90, 80, 100, 95, 95, 85, 95, of which 6 are at most 95; two older closes above it."""
    older = _series([120, 130], start="2015-01-05")
    found = _curve({"vvix": pd.concat([older, _series([90, 80, 100, 95, 95, 85, 95])])})
    index = found.indices[0]
    assert (index.rank.numerator, index.rank.denominator) == (6, 7)
    assert (index.rank_all.numerator, index.rank_all.denominator) == (6, 9)
    assert index.rank_all.first_session == "2015-01-05"
    assert (index.low, index.median, index.high) == (80, 95, 100)


def test_realized_volatility_is_that_of_pandas() -> None:
    """Rolling standard deviation of log returns, and NaN where a close is missing."""
    rng = np.random.default_rng(1)
    close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(200)))
    close[50] = np.nan
    log = np.log(pd.Series(close)).diff()
    expected = 100 * np.sqrt(252) * log.rolling(21).std()
    found = realized_volatility(close, 21)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.isnan(found[:21]).all()
    assert np.isnan(found[50:72]).all()
    assert not np.isnan(found[72:]).any()
    assert np.isnan(realized_volatility(close[:21], 21)).all()


def test_lead_is_the_value_ahead() -> None:
    """Two sessions ahead; the last two are not known."""
    np.testing.assert_array_equal(lead(np.arange(5.0), 2), [2, 3, 4, np.nan, np.nan])
    np.testing.assert_array_equal(lead(np.arange(2.0), 3), [np.nan, np.nan])


def test_premium_by_hand() -> None:
    """Two-session volatilities; today's from the past, the study's from what came later.

    Log returns of SPY: 1, −1, 1, 1, −1 percent. Standard deviation of two values is |a − b|/√2.
    """
    steps = np.array([0.01, -0.01, 0.01, 0.01, -0.01])
    close = 100 * np.exp(np.concatenate([[0], np.cumsum(steps)]))
    ratios = [0.9, 1.1, 1.2, 0.9, 0.9, 0.8]
    found = _premium(ratios, close.tolist())
    unit = 100 * np.sqrt(252) * 0.02 / np.sqrt(2)
    assert found.realised == pytest.approx(unit)  # of +1 and −1
    assert found.front == 16
    assert found.premium == pytest.approx(16 - unit)
    assert found.premium_squared == pytest.approx(256 - unit**2)
    # past volatilities exist from session 2 on: unit, unit, 0, unit; all of them are at most today's
    assert (found.realised_rank.numerator, found.realised_rank.denominator) == (4, 4)
    everything, contango, backwardation = found.groups
    # later ones for sessions 0 to 3: unit, unit, 0, unit, with fronts 18, 22, 24, 18
    spreads = [18 - unit, 22 - unit, 24, 18 - unit]
    assert everything.mean == pytest.approx(np.mean(spreads))
    assert everything.mean_realised == pytest.approx(3 * unit / 4)
    assert contango.mean == pytest.approx(18 - unit)
    assert backwardation.mean == pytest.approx((22 - unit + 24) / 2)
    assert backwardation.mean_squared == pytest.approx((22**2 - unit**2 + 24**2) / 2)
    assert (everything.n_sessions, contango.n_sessions, backwardation.n_sessions) == (4, 2, 2)
    assert (everything.positive.numerator, everything.positive.denominator) == (
        sum(spread > 0 for spread in spreads),
        4,
    )


def test_intervals_of_the_premium() -> None:
    """A front of 20 and a benchmark that never moves: the premium is 20, its square 400, in every resample.

    Where no two cases differ, resamples tell nothing of the next one, so there is no interval.
    """
    found = volatility.measure(study_of([1.0] * 1400, horizon=21)).volatility
    assert (found.groups[0].mean, found.groups[0].mean_squared) == pytest.approx((20, 400))
    assert (found.groups[0].interval, found.groups[0].squared_interval) == (None, None)
    assert found.groups[2].interval is None
    assert (found.realised, found.premium) == (0, 20)
