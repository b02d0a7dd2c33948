"""The ratio against the front index alone, as forecasts: in one regression, and out of sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.bootstrap import long_run_sum
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.numbers import day, known

RANK = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How well the ratio and the front index foretell an outcome, alone and together.

    Regressors are the ratio and the logarithm of the front's close. Out of sample, coefficients rest at each
    session on outcomes that were known by then; R² = 1 − squared errors / those of the mean known by then.
    """

    outcome: Literal["return", "volatility"]
    """Benchmark return, a fraction, or realized volatility, points."""
    horizon: int
    """Sessions that the outcome reaches ahead."""
    first_session: str
    """First session of this history."""
    n_sessions: int
    """Sessions with a known outcome."""
    t_ratio: float | None
    """t of the ratio in the regression on both, by Newey and West with `horizon` lags."""
    t_front: float | None
    """t of the front in it."""
    n_forecasts: int
    """Forecasts out of sample; the first after `method.learning_sessions`."""
    first_forecast: str | None
    """Session of the first."""
    r2_ratio: float | None
    """Out-of-sample R² of the ratio alone."""
    r2_front: float | None
    """Of the front alone."""
    r2_both: float | None
    """Of both."""
    p_ratio: float | None
    """Clark and West's one-sided p-value of the ratio against the mean."""
    p_front: float | None
    """Of the front against the mean."""
    p_adds: float | None
    """Of both against the front alone: what the ratio adds."""


@dataclass(frozen=True, kw_only=True)
class Forecasts:
    """What the study publishes."""

    forecasts: tuple[Forecast, ...]
    """By outcome, horizon and history: the whole one, and that from `method.second_history` on."""


def measure(study: StudyInput) -> Forecasts:
    """Score both forecasts on the whole history and on the shorter one."""
    return Forecasts(forecasts=tuple(each for history in study.histories for each in _forecasts(history)))


def _forecasts(study: StudyInput) -> Iterator[Forecast]:
    horizon = study.rules.horizon
    for ahead in study.analysis.statistics.forward_sessions:
        yield _forecast(study, "return", ahead, study.returns(ahead))
    yield _forecast(study, "volatility", horizon, study.realized(horizon))


def _forecast(
    study: StudyInput, outcome: Literal["return", "volatility"], horizon: int, y: Floats
) -> Forecast:
    valid = ~np.isnan(y)
    one, ratio, front = np.ones(len(y)), study.ivts, study.log_front
    both = np.column_stack([one, ratio, front])
    t = hac_t(both[valid], y[valid], horizon)
    models = {"mean": one[:, None], "ratio": both[:, :2], "front": both[:, [0, 2]], "both": both}
    made = {
        name: expanding_forecasts(x, y, horizon, study.rules.learning_sessions) for name, x in models.items()
    }
    scored = valid & ~np.isnan(np.column_stack(list(made.values()))).any(axis=1)
    places = np.flatnonzero(scored)
    errors = {name: y[scored] - each[scored] for name, each in made.items()}
    return Forecast(
        outcome=outcome,
        horizon=horizon,
        first_session=day(study.sessions[0]),
        n_sessions=int(valid.sum()),
        t_ratio=known(t[1]),
        t_front=known(t[2]),
        n_forecasts=len(places),
        first_forecast=day(study.sessions[places[0]]) if len(places) else None,
        **{f"r2_{name}": _r_squared(errors, name) for name in ("ratio", "front", "both")},
        p_ratio=clark_west(errors["mean"], errors["ratio"], horizon),
        p_front=clark_west(errors["mean"], errors["front"], horizon),
        p_adds=clark_west(errors["front"], errors["both"], horizon),
    )


def expanding_forecasts(x: Floats, y: Floats, horizon: int, learning: int) -> Floats:
    """Forecast each session from the outcomes that were known by its close.

    An outcome of session s is known at s + horizon, and never learned from where it is NaN. Forecasts are NaN
    for the first `learning` sessions.
    """
    valid = ~np.isnan(y)
    weighted = np.where(valid[:, None], x, 0.0)
    squares = np.cumsum(weighted[:, :, None] * weighted[:, None, :], axis=0)
    products = np.cumsum(weighted * np.where(valid, y, 0.0)[:, None], axis=0)
    made = np.full(len(y), np.nan)
    first = max(learning, horizon + x.shape[1])
    if first >= len(y):
        return made
    known_by = np.arange(first, len(y)) - horizon
    sizes = np.linalg.cond(squares[known_by])
    beta = (
        np.linalg.solve(squares[known_by], products[known_by][:, :, None])[:, :, 0]
        if (np.isfinite(sizes).all() and (sizes < 1e14).all())
        else np.einsum("tij,tj->ti", np.linalg.pinv(squares[known_by]), products[known_by])
    )
    made[first:] = (beta * x[first:]).sum(axis=1)
    return made


def hac_t(x: Floats, y: Floats, lags: int) -> Floats:
    """Give t of each coefficient by Newey and West (1987), Econometrica 55: Bartlett weights, `lags` lags.

    NaN where the regressors do not vary enough.
    """
    n, m = x.shape
    if n <= m or np.linalg.matrix_rank(x) < m:
        return np.full(m, np.nan)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    score = x * (y - x @ beta)[:, None]
    middle = long_run_sum(score, lags + 1)
    errors = np.sqrt(np.maximum(np.diag(inverse @ middle @ inverse), 0.0))
    return np.asarray(np.divide(beta, errors, out=np.full(m, np.nan), where=errors > 0))


def clark_west(small: Floats, large: Floats, horizon: int) -> float | None:
    """One-sided p-value that the larger of two nested models forecasts better.

    Clark and West (2007), Journal of Econometrics 138: the mean of e₁² − (e₂² − (f₁ − f₂)²) over its standard
    error by Newey and West with `horizon` lags, against the normal law. None below ten separate outcomes.
    """
    if len(small) < 10 * horizon:
        return None
    gain = small**2 - (large**2 - (small - large) ** 2)
    t = float(hac_t(np.ones((len(gain), 1)), gain, horizon)[0])
    return None if np.isnan(t) else 1 - NormalDist().cdf(t)


def _r_squared(errors: Mapping[str, Floats], name: str) -> float | None:
    base = float((errors["mean"] ** 2).sum())
    return 1 - float((errors[name] ** 2).sum()) / base if base else None
