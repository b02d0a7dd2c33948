"""How likely the regime goes on, from today's ratio: a logit fitted on the past of the same regime.

With x the logarithm of the ratio over the threshold, the chance that the regime holds is
1 / (1 + exp(−a − b·x)), with a and b by maximum likelihood over the sessions of the regime whose outcome is
known. Outcomes of neighboring sessions overlap, so the covariance of (a, b) is the sandwich H⁻¹·S·H⁻¹, with H
the information and S the `long_run_sum` of the scores: White (1982), Econometrica 50.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.bootstrap import block_length, find_runs, long_run_sum, normal_quantile
from ivts_site.analytics.rules import Resampling, StudyRules
from ivts_site.published.snapshot import Persistence
from ivts_site.published.studies import Pair

_STEPS, _STEEPEST = 25, 1e3
"""Newton's steps, and the slope beyond which outcomes are perfectly separated and no maximum exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What became of each session's regime `sessions` later."""

    known: Flags
    """Whether a session with a ratio lies that far ahead."""
    unbroken: Flags
    """The regime held on every session until then; False where not known."""
    stands: Flags
    """The regime is that of the session on that day, broken in between or not; False where not known."""


def look_ahead(backwardation: Flags, sessions: int) -> Outcomes:
    """Tell for each session whether its regime held over the next `sessions`."""
    n = len(backwardation)
    ahead = max(n - sessions, 0)
    known, unbroken, stands = (np.zeros(n, dtype=bool) for _ in range(3))
    known[:ahead] = True
    spell = np.cumsum(np.diff(backwardation, prepend=backwardation[:1]))
    unbroken[:ahead] = spell[:ahead] == spell[sessions:]
    stands[:ahead] = backwardation[:ahead] == backwardation[sessions:]
    return Outcomes(known=known, unbroken=unbroken, stands=stands)


def forecast_persistence(signal: pd.DataFrame, threshold: float, how: StudyRules) -> tuple[Persistence, ...]:
    """State the chance that today's regime goes on, from today's ratio, for each count of sessions ahead.

    A chance is None below `how.min_cases` independent cases, and where no logit fits, as the ratio separates
    the outcomes perfectly.
    """
    backwardation = signal["backwardation"].to_numpy()
    height = np.log(signal["ivts"].to_numpy() / threshold)

    return tuple(_forecast(height, backwardation, sessions, how) for sessions in how.persistence_sessions)


def _forecast(height: Floats, backwardation: Flags, sessions: int, how: Resampling) -> Persistence:
    found = look_ahead(backwardation, sessions)
    counted = found.known & (backwardation == backwardation[-1])
    n_clusters = count_separate_runs(counted, sessions)
    rows = design(height)
    going, standing = (
        fit_logit(rows[counted], held[counted]) if n_clusters >= how.min_cases else None
        for held in (found.unbroken, found.stands)
    )
    return Persistence(
        sessions=sessions,
        probability=None if going is None else float(chance(rows[-1:], going)[0]),
        interval=None if going is None else _interval(going, rows, found.unbroken, counted, sessions, how),
        stands=None if standing is None else float(chance(rows[-1:], standing)[0]),
        n=int(counted.sum()),
        n_clusters=n_clusters,
    )


def count_separate_runs(counted: Flags, sessions: int) -> int:
    """Count runs of sessions that begin at least `sessions` after the beginning of the one counted before."""
    count, free = 0, 0
    for begin in find_runs(counted)[0].tolist():
        if begin >= free:
            count, free = count + 1, begin + sessions
    return count


def design(*columns: Floats) -> Floats:
    """Put a constant before columns of the same length."""
    return np.column_stack([np.ones(len(columns[0])), *columns])


def chance(rows: Floats, coefficients: Floats) -> Floats:
    """Return 1 / (1 + exp(−rows · coefficients))."""
    return 1 / (1 + np.exp(-np.clip(rows @ coefficients, -500, 500)))


def fit_logit(rows: Floats, held: Flags, start: Floats | None = None) -> Floats | None:
    """Fit a logit by Newton's method; None where the likelihood has no maximum, as with equal outcomes."""
    if held.all() or not held.any():
        return None
    coefficients = np.zeros(rows.shape[1]) if start is None else start
    for _ in range(_STEPS):
        p = chance(rows, coefficients)
        information = rows.T @ (rows * (p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, rows.T @ (held - p))
        except np.linalg.LinAlgError:
            return None
        coefficients = coefficients + step
        if not np.abs(coefficients).max() < _STEEPEST:
            return None
        if np.abs(step).max() < 1e-10:
            return coefficients
    return None


def _interval(  # noqa: PLR0913, PLR0917 - a fit, its data and how it is judged
    coefficients: Floats, rows: Floats, held: Flags, counted: Flags, sessions: int, how: Resampling
) -> Pair:
    """Limits of the chance on the last row, symmetric on the logit's scale."""
    p = chance(rows, coefficients)
    inverse = np.linalg.inv(rows.T @ (rows * np.where(counted, p * (1 - p), 0.0)[:, None]))
    scores = rows * np.where(counted, held - p, 0.0)[:, None]
    spread = long_run_sum(scores, block_length(how, sessions))
    error = float(rows[-1] @ inverse @ spread @ inverse @ rows[-1]) ** 0.5
    reach = normal_quantile(how.level) * error
    center = rows[-1] @ coefficients
    low, high = chance(np.array([[center - reach], [center + reach]]), np.ones(1)).tolist()
    return low, high
