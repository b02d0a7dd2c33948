"""What closes of several sources and several series say about each other; pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ivts_site.errors import DataError
from ivts_site.model import Witness

SAME_SHARE = 0.95
SAME_MINIMUM = 20
# A crisis can hold the ratio above its line for months, not for the better part of a year of history.
ORDER_MINIMUM = 250
FLOAT_NOISE = 1e-9


def check_distinct(closes: Mapping[str, pd.DataFrame]) -> None:
    """Check that no two series are the same one, as when a vendor serves one file for both.

    A DataError names the first two whose closes agree on more than 95% of 20 or more common sessions.
    """
    together = pd.DataFrame({key: each["close"] for key, each in closes.items()})
    for one, two in itertools.combinations(closes, 2):
        a, b = together[one].to_numpy(), together[two].to_numpy()
        n = int((~np.isnan(a) & ~np.isnan(b)).sum())
        share = float((a == b).sum() / n) if n >= SAME_MINIMUM else 0.0
        if share > SAME_SHARE:
            raise DataError(
                f"{one} and {two} have the same close on {share:.1%} of {n} sessions: "
                "one file seems to be served for both; stored data kept"
            )


def check_order(closes: Mapping[str, pd.DataFrame], max_median: float) -> None:
    """Check that the two series of a ratio, front and back in this order, are not swapped.

    A DataError where the median of front / back over 250 or more common sessions is above `max_median`.
    """
    (front, a), (back, b) = closes.items()
    ratio = (a["close"] / b["close"]).dropna()
    if len(ratio) >= ORDER_MINIMUM and ratio.median() > max_median:
        raise DataError(
            f"{front} and {back} seem to be swapped: the median of {front} / {back} over "
            f"{len(ratio)} sessions is {ratio.median():.3f}, above checks.max_median_ratio "
            f"({max_median:g}); stored data kept"
        )


def implied_closes(own: pd.Series, other: pd.Series) -> pd.Series:
    """Return the closes a series would have had if each had moved from the one before as another series did.

    They are own(t−1) · other(t) / other(t−1) on the common sessions but the first, to the cent.
    """
    both = pd.concat([own, other], axis=1, join="inner", keys=["own", "other"])
    moves = both["other"] / both["other"].shift()
    return (both["own"].shift() * moves).iloc[1:].round(2)


def disagreements(own: pd.Series, witness: Witness, sessions: int) -> pd.DataFrame:
    """Return both closes, `own` and `other`, of the latest common sessions on which a witness differs.

    `sessions` is how many of the latest common ones are compared.
    """
    both = pd.concat([own, witness.closes], axis=1, join="inner", keys=["own", "other"]).tail(sessions)
    bound = witness.tolerance
    if isinstance(bound, pd.Series):
        bound = bound.reindex(both.index)
    return both[(both["own"] - both["other"]).abs() > bound + FLOAT_NOISE]


def contradicted_moves(
    closes: pd.Series, witnesses: Sequence[Witness], *, max_move: float, sessions: int
) -> pd.DatetimeIndex:
    """Return the sessions with a large move that another source does not have; a large move alone is none.

    A move is large above `max_move`, a share of the close before. A witness contradicts it with another close
    whose move is not large, on one of the latest `sessions` common ones.
    """
    before = closes.shift(1)
    large = closes.index[((closes / before - 1).abs() > max_move).to_numpy()]
    found: set[pd.Timestamp] = set()
    for each in witnesses if len(large) else ():
        apart = disagreements(closes, each, sessions)
        calm = (apart["other"] / before[apart.index] - 1).abs() <= max_move
        found |= set(apart.index[calm.to_numpy()]) & set(large)
    return pd.DatetimeIndex(sorted(found), name="session")


def implausible_ratios(
    front: pd.Series,
    back: pd.Series,
    *,
    within: tuple[float, float],
    confirmed: Sequence[pd.DatetimeIndex],
) -> pd.DatetimeIndex:
    """Return the sessions with a ratio outside of `within`, unless another source has both closes as well.

    `confirmed` are, for front and back, the sessions on which another source has the same close.
    """
    ratio = (front / back).dropna()
    outside = pd.DatetimeIndex(ratio.index[~ratio.between(*within).to_numpy()])
    for sessions in confirmed[1:]:
        outside = outside.difference(sessions.intersection(confirmed[0]))
    return outside
