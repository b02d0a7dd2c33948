"""Two-factor log-variance model: parameters and its own expected variance under the pricing measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAYS_PER_YEAR = 365.0
SESSIONS_PER_YEAR = 252.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Constants of the model; rates are per year, log-variance is dimensionless."""

    log_level: float
    """Log of the annual variance when both factors are zero."""
    fast_speed: float
    slow_speed: float
    """Mean-reversion speeds."""
    fast_vol: float
    slow_vol: float
    """Diffusion coefficients of the factors."""
    factor_correlation: float
    """Correlation of the two factors' diffusive shocks."""
    jump_rate: float
    """Expected jumps of the fast factor a year."""
    jump_mean: float
    """Mean of the exponentially distributed jump, in (0, 1) so that its exponential has a mean."""
    fast_premium: float
    slow_premium: float
    """Level each factor reverts to under the pricing measure; under the real-world measure it is zero."""
    leverage: float
    """Correlation of the benchmark's diffusive shock with the sum of the factors' shocks."""
    jump_share: float
    """Share of the benchmark's variance that comes with the jumps."""
    growth: float
    """Benchmark's mean return a year before the half-variance correction of log returns."""
    quote_noise: float
    """Standard deviation of the independent observation noise in the log of each quoted index."""


CALIBRATED = Model(
    log_level=-4.16,
    fast_speed=24.0,
    slow_speed=1.25,
    fast_vol=2.7,
    slow_vol=0.88,
    factor_correlation=0.55,
    jump_rate=5.2,
    jump_mean=0.76,
    fast_premium=0.37,
    slow_premium=0.60,
    leverage=-0.88,
    jump_share=0.10,
    growth=0.13,
    quote_noise=0.009,
)


def expected_variance(model: Model, fast: Floats, slow: Floats, horizon: Floats) -> Floats:
    """Give the expected instantaneous annual variance `horizon` years ahead under the pricing measure.

    With u = exp(−k₁h) and w = exp(−k₂h), the log-variance at horizon h is a sum of a Gaussian and a
    compound-Poisson part, so that the expectation is exponential-affine in the factors x₁ (`fast`) and x₂
    (`slow`)::

        E[v(t+h)] = exp(m + u·x₁ + w·x₂ + θ₁(1−u) + θ₂(1−w)
                        + σ₁²(1−u²)/4k₁ + σ₂²(1−w²)/4k₂ + ρσ₁σ₂(1−uw)/(k₁+k₂)
                        + (λ/k₁)·ln((1−ηu)/(1−η)))

    where m is `log_level`, k and σ speed and volatility of a factor, θ its premium, ρ the factor correlation,
    λ and η rate and mean of the jumps.
    """
    u, w = np.exp(-model.fast_speed * horizon), np.exp(-model.slow_speed * horizon)
    convexity = model.fast_vol**2 * (1 - u**2) / (4 * model.fast_speed)
    convexity += model.slow_vol**2 * (1 - w**2) / (4 * model.slow_speed)
    covariance = model.factor_correlation * model.fast_vol * model.slow_vol
    convexity += covariance * (1 - u * w) / (model.fast_speed + model.slow_speed)
    premium = model.fast_premium * (1 - u) + model.slow_premium * (1 - w)
    jumps = np.log((1 - model.jump_mean * u) / (1 - model.jump_mean)) * model.jump_rate / model.fast_speed
    drift: Floats = model.log_level + premium + convexity + jumps
    return np.asarray(np.exp(drift + u * fast + w * slow), dtype=np.float64)


def volatility_index(model: Model, fast: Floats, slow: Floats, days: int) -> Floats:
    """Quote a tenor of some calendar days: 100·√(mean of the expected variance over the tenor), unrounded.

    The mean (1/τ)∫₀^τ E[v(t+h)]dh is taken by Gauss–Legendre quadrature with 20 nodes, exact to far more than
    the two decimals an index is quoted with.
    """
    horizon = days / DAYS_PER_YEAR * (_NODES[:, None] + 1) / 2
    variance = expected_variance(model, fast, slow, horizon)
    return np.asarray(100 * np.sqrt((_WEIGHTS / 2) @ variance), dtype=np.float64)


def forward_index(model: Model, fast: Floats, slow: Floats, ahead: Floats, days: int) -> Floats:
    """Quote a tenor that begins so many calendar days ahead: 100·√(mean of the expected variance over it).

    The factor values have shapes that broadcast with `ahead`. By 3 nodes, exact to a few hundredths of a
    volatility point.
    """
    nodes, weights = np.polynomial.legendre.leggauss(3)
    moments = ((ahead + days * (node + 1) / 2) / DAYS_PER_YEAR for node in nodes)
    variances = (expected_variance(model, fast, slow, moment) for moment in moments)
    mean = sum(weight / 2 * variance for weight, variance in zip(weights, variances, strict=True))
    return np.asarray(100 * np.sqrt(mean), dtype=np.float64)
