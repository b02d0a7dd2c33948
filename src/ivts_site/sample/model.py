"""Two-factor log-variance model: parameters and its own expected variance under the pricing measure."""

from __future__ import annotations

import numpy as np

from ivts_site.analytics.arrays import Floats

DAYS_PER_YEAR = 365.0
SESSIONS_PER_YEAR = 252.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


# rates are per year, log-variance is dimensionless
LOG_LEVEL = -4.16
"""Log of the annual variance when both factors are zero."""
FAST_SPEED, SLOW_SPEED = 24.0, 1.25
"""Mean-reversion speeds of the factors."""
FAST_VOL, SLOW_VOL = 2.7, 0.88
"""Diffusion coefficients of the factors."""
FACTOR_CORRELATION = 0.55
"""Correlation of the two factors' diffusive shocks."""
JUMP_RATE = 5.2
"""Expected jumps of the fast factor a year."""
JUMP_MEAN = 0.76
"""Mean of the exponentially distributed jump, in (0, 1) so that its exponential has a mean."""
FAST_PREMIUM, SLOW_PREMIUM = 0.37, 0.60
"""Level each factor reverts to under the pricing measure; under the real-world measure it is zero."""
LEVERAGE = -0.88
"""Correlation of the benchmark's diffusive shock with the sum of the factors' shocks."""
JUMP_SHARE = 0.10
"""Share of the benchmark's variance that comes with the jumps."""
GROWTH = 0.13
"""Benchmark's mean return a year before the half-variance correction of log returns."""
QUOTE_NOISE = 0.009
"""Standard deviation of the independent observation noise in the log of each quoted index."""


def expected_variance(fast: Floats, slow: Floats, horizon: Floats) -> Floats:
    """Give the expected instantaneous annual variance `horizon` years ahead under the pricing measure.

    With u = exp(−k₁h) and w = exp(−k₂h), the log-variance at horizon h is a sum of a Gaussian and a
    compound-Poisson part, so that the expectation is exponential-affine in the factors x₁ (`fast`) and x₂
    (`slow`)::

        E[v(t+h)] = exp(m + u·x₁ + w·x₂ + θ₁(1−u) + θ₂(1−w)
                        + σ₁²(1−u²)/4k₁ + σ₂²(1−w²)/4k₂ + ρσ₁σ₂(1−uw)/(k₁+k₂)
                        + (λ/k₁)·ln((1−ηu)/(1−η)))

    where m is `LOG_LEVEL`, k and σ speed and volatility of a factor, θ its premium, ρ the factor correlation,
    λ and η rate and mean of the jumps.
    """
    u, w = np.exp(-FAST_SPEED * horizon), np.exp(-SLOW_SPEED * horizon)
    convexity = FAST_VOL**2 * (1 - u**2) / (4 * FAST_SPEED)
    convexity += SLOW_VOL**2 * (1 - w**2) / (4 * SLOW_SPEED)
    covariance = FACTOR_CORRELATION * FAST_VOL * SLOW_VOL
    convexity += covariance * (1 - u * w) / (FAST_SPEED + SLOW_SPEED)
    premium = FAST_PREMIUM * (1 - u) + SLOW_PREMIUM * (1 - w)
    jumps = np.log((1 - JUMP_MEAN * u) / (1 - JUMP_MEAN)) * JUMP_RATE / FAST_SPEED
    drift: Floats = LOG_LEVEL + premium + convexity + jumps
    return np.asarray(np.exp(drift + u * fast + w * slow), dtype=np.float64)


def volatility_index(fast: Floats, slow: Floats, days: int) -> Floats:
    """Quote a tenor of some calendar days: 100·√(mean of the expected variance over the tenor), unrounded.

    The mean (1/τ)∫₀^τ E[v(t+h)]dh is taken by Gauss–Legendre quadrature with 20 nodes, exact to far more than
    the two decimals an index is quoted with.
    """
    horizon = days / DAYS_PER_YEAR * (_NODES[:, None] + 1) / 2
    variance = expected_variance(fast, slow, horizon)
    return np.asarray(100 * np.sqrt((_WEIGHTS / 2) @ variance), dtype=np.float64)


def forward_index(fast: Floats, slow: Floats, ahead: Floats, days: int) -> Floats:
    """Quote a tenor that begins so many calendar days ahead: 100·√(mean of the expected variance over it).

    The factor values have shapes that broadcast with `ahead`. By 3 nodes, exact to a few hundredths of a
    volatility point.
    """
    nodes, weights = np.polynomial.legendre.leggauss(3)
    moments = ((ahead + days * (node + 1) / 2) / DAYS_PER_YEAR for node in nodes)
    variances = (expected_variance(fast, slow, moment) for moment in moments)
    mean = sum(weight / 2 * variance for weight, variance in zip(weights, variances, strict=True))
    return np.asarray(100 * np.sqrt(mean), dtype=np.float64)
