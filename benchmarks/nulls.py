"""Histories in which the ratio knows nothing of the returns that follow: three generators of them.

Each gives closes of a 30-day index, a three-month index and a fund whose expected daily return is the same
whatever the state, while falls lift the ratio on the same day (correlation about −0.6), as they really do.

- `sample`: the two-factor model with jumps behind the site's sample closes.
- `residuals`: log ratio and log front follow heterogeneous autoregressions (their last value, and the means
of 5 and of 22) fitted to a record; their residuals and the fund's returns in units of the front's volatility
  are
  drawn together in blocks of a week: longer ones would carry the record's own forecasts of returns along.
- `garch`: daily returns follow an asymmetric GARCH(1,1) of Engle and Ng with Student's t of 8 degrees; both
indices
  are its own expected volatility over 21 and 64 sessions, times a constant premium, with noise of quotation.

References
----------
Corsi (2009), Journal of Financial Econometrics 7 — heterogeneous autoregression. Engle and Ng (1993),
Journal of
Finance 48 — leverage in GARCH. Duan (1995), Mathematical Finance 5 — implied volatility of a GARCH model.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.sample import simulate_closes

Floats = np.ndarray
DRIFT = 0.0004
"""Expected daily return of every history, where it can be set: about 10 % a year."""
BURN_IN = 500
BLOCK = 5


@dataclass(frozen=True, slots=True)
class Histories:
    """Closes by session (rows) and history (columns)."""

    front: Floats
    back: Floats
    close: Floats

    @property
    def ratio(self) -> Floats:
        return self.front / self.back


def sample(n: int, count: int, seed: int, _: pd.DataFrame) -> Histories:
    """Histories of the sample model, which needs no record; a fund that falls to nothing is drawn again."""
    days = pd.bdate_range("1950-01-02", periods=n + BURN_IN)
    drawn = (simulate_closes(days, seed=1_000_000 * (seed + 1) + k).to_numpy() for k in itertools.count())
    each = list(itertools.islice((closes[BURN_IN:] for closes in drawn if (closes > 0).all()), count))
    return Histories(*(np.column_stack([closes[:, column] for closes in each]) for column in range(3)))


def residuals(n: int, count: int, seed: int, record: pd.DataFrame) -> Histories:
    """Histories of residuals drawn in blocks, of autoregressions fitted to `record` (front, back, close)."""
    rng = np.random.default_rng([seed, 2])
    states = np.log(np.column_stack([record["front"] / record["back"], record["front"]]))
    betas, errors = zip(*(_fit(state) for state in states.T), strict=True)
    close = record["close"].to_numpy()
    unit = (close[22:] / close[21:-1] - 1) / record["front"].to_numpy()[21:-1]
    unit -= unit.mean()
    drawn = np.column_stack([*errors, unit])
    total = n + BURN_IN
    starts = rng.integers(0, len(drawn), (-(-total // BLOCK), count))
    past = np.repeat(states.mean(axis=0)[:, None, None], 22, axis=1) * np.ones((2, 22, count))
    front, ratio, moves = (np.empty((n, count)) for _ in range(3))
    bounds = [(state.min() - 0.2, state.max() + 0.2) for state in states.T]
    for t in range(total):
        shock = drawn[(starts[t // BLOCK] + t % BLOCK) % len(drawn)]
        move = shock[:, 2] * np.exp(past[1, (t - 1) % 22])
        values = [
            np.clip(_expect(betas[s], past[s], t) + shock[:, s], *bounds[s]) for s in (0, 1)
        ]  # within what was recorded, and a little beyond: a fitted chain has no other bound
        for s in (0, 1):
            past[s, t % 22] = values[s]
        if t >= BURN_IN:
            ratio[t - BURN_IN], front[t - BURN_IN], moves[t - BURN_IN] = *values, move
    return Histories(np.exp(front), np.exp(front - ratio), _grow(moves))


def garch(n: int, count: int, seed: int, _: pd.DataFrame) -> Histories:
    """Histories of an asymmetric GARCH, which needs no record."""
    rng = np.random.default_rng([seed, 3])
    alpha, beta, theta, level = 0.09, 0.70, 1.3, 1.1e-4
    kept = beta + alpha * (1 + theta**2)
    h = np.full(count, level)
    variances, moves = (np.empty((n, count)) for _ in range(2))
    for t in range(n + BURN_IN):
        z = rng.standard_t(8, count) * np.sqrt(6 / 8)
        if t >= BURN_IN:
            moves[t - BURN_IN] = np.sqrt(h) * z
        h = level * (1 - kept) + h * (beta + alpha * (z - theta) ** 2)
        if t >= BURN_IN:
            variances[t - BURN_IN] = h
    indices = []
    for sessions, premium in ((21, 1.11), (64, 1.22)):
        expected = level + (variances - level) * (1 - kept**sessions) / (sessions * (1 - kept))
        noise = np.exp(0.012 * rng.standard_normal((n, count)))
        indices.append(100 * np.sqrt(252 * expected) * premium * noise)
    return Histories(indices[0], indices[1], _grow(moves))


GENERATORS: Mapping[str, Callable[[int, int, int, pd.DataFrame], Histories]] = {
    each.__name__: each for each in (sample, residuals, garch)
}


def _grow(moves: Floats) -> Floats:
    return 100 * np.cumprod(1 + moves + DRIFT, axis=0)


def _fit(state: Floats) -> tuple[Floats, Floats]:
    """Coefficients and residuals of the regression on the last value and the means of 5 and 22."""
    past = np.array([_features(state[t - 22 : t][::-1]) for t in range(22, len(state))])
    beta = np.linalg.lstsq(past, state[22:], rcond=None)[0]
    return beta, state[22:] - past @ beta


def _features(newest_first: Floats) -> list[Floats]:
    one = newest_first[:1].mean(axis=0)
    return [np.ones_like(one), one, newest_first[:5].mean(axis=0), newest_first.mean(axis=0)]


def _expect(beta: Floats, past: Floats, t: int) -> Floats:
    order = [(t - 1 - lag) % 22 for lag in range(22)]
    return sum(b * feature for b, feature in zip(beta, _features(past[order]), strict=True))
