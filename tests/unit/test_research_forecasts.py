"""Forecasts out of sample: against another library, by refitting each day, and without a look ahead."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from tests.studies import study_of

from ivts_site.analytics.studies.forecasts import clark_west, expanding_forecasts, hac_t, measure


def _columns(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(n), rng.standard_normal((n, 2)).cumsum(axis=0) / 9])
    return x, 0.3 * x[:, 1] + rng.standard_normal(n)


def test_t_values_are_those_of_statsmodels() -> None:
    """Bartlett weights, five lags, no correction for small samples; NaN where a column says nothing new."""
    x, y = _columns()
    fitted = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False}, use_t=False)
    np.testing.assert_allclose(hac_t(x, y, 5), fitted.tvalues, rtol=1e-9)
    assert np.isnan(hac_t(np.column_stack([x, x[:, 1]]), y, 5)).all()


def test_each_forecast_is_a_fit_of_what_was_known() -> None:
    """Least squares anew on each day's known outcomes: those of sessions at least the horizon before."""
    x, y = _columns(120)
    y[[7, 50]] = np.nan
    made = expanding_forecasts(x, y, 5, 40)
    assert np.isnan(made[:40]).all()
    for t in range(40, 120):
        known = np.flatnonzero(~np.isnan(y[: t - 4]))
        beta = np.linalg.lstsq(x[known], y[known], rcond=None)[0]
        assert made[t] == pytest.approx(x[t] @ beta, rel=1e-8)


def test_no_forecast_knows_what_was_not_over() -> None:
    """Another outcome on session 60 moves no forecast before session 65."""
    x, y = _columns(120)
    other = y.copy()
    other[60] += 100
    one, two = (expanding_forecasts(x, each, 5, 40) for each in (y, other))
    assert (one[40:65] == two[40:65]).all()
    assert (one[65:] != two[65:]).all()


def test_clark_west_by_its_formula() -> None:
    """Mean of e₁² − e₂² + (f₁ − f₂)² on a constant, by statsmodels; None of too few."""
    rng = np.random.default_rng(6)
    small = rng.standard_normal(300)
    large = 0.9 * small + 0.1 * rng.standard_normal(300)
    gain = small**2 - large**2 + (small - large) ** 2
    fitted = sm.OLS(gain, np.ones(300)).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False})
    assert clark_west(small, large, 5) == pytest.approx(norm.sf(fitted.tvalues[0]), rel=1e-6)
    assert clark_west(small[:49], large[:49], 5) is None


def test_a_ratio_that_foretells_is_found() -> None:
    """The benchmark rises by a tenth of what the ratio was above its mean: R² is large."""
    rng = np.random.default_rng(9)
    ratios = (0.9 + 0.1 * rng.standard_normal(900)).clip(0.5, 1.4)
    moves = np.append(0, 0.1 * (ratios[:-1] - 0.9)) + 0.005 * rng.standard_normal(900)
    close = (100 * np.cumprod(1 + moves)).tolist()
    study = study_of(ratios.tolist(), close, horizons=(1, 5), learning_sessions=300)
    found = measure(study).forecasts
    assert [each.horizon for each in found] == [1, 5, 21]  # one history; the third is the month's volatility
    assert found[0].r2_ratio is not None
    assert found[0].r2_ratio > 0.5
    assert found[0].p_ratio < 0.001
    assert found[0].n_forecasts == 900 - 1 - 300
    leaked = measure(study_of([*ratios[1:], 0.9], close, horizons=(1,), learning_sessions=300)).forecasts
    assert leaked[0].r2_ratio < 0.1
