"""Other thresholds through the same ratio, each half of the history apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import Pair, Resampling
from ivts_site.analytics.conditional import ReturnBand, ReturnGroup, mean, measure_groups
from ivts_site.analytics.ground import Ground, Share, count_share
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.thresholds import ThresholdRules, find_episodes, flips_per_year


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult:
    """A history under one pair of thresholds; NaN where undefined."""

    inside: Share
    n_episodes: int
    mean_sessions: float
    median_sessions: float
    flips_per_year: float
    mean_return: float
    n_returns: int
    difference: float
    difference_interval: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPair:
    """One pair, on the whole history and on its halves; ranks of the differences, 1 the largest."""

    entry: float
    exit: float
    whole: ThresholdResult
    first_half: ThresholdResult
    second_half: ThresholdResult
    rank_first_half: int | None
    rank_second_half: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """All pairs; `best_first_half` is the position of the largest difference there."""

    horizon: int
    pairs: tuple[ThresholdPair, ...]
    best_first_half: int | None


def compare_thresholds(
    ground: Ground, pairs: Sequence[tuple[float, float]], horizon: int, how: Resampling
) -> Thresholds:
    """Measure pairs of entry and exit thresholds on the history and on its halves.

    Parameters
    ----------
    ground : Ground
        Ratio and benchmark.
    pairs : sequence of (entry, exit)
        See `ThresholdRules`.
    horizon : int
        Sessions of the forward returns.
    how : Resampling
        Of the intervals of the differences; all pairs are measured on the same resampled histories.

    Returns
    -------
    Thresholds
        The first half has the odd session. Each half is measured as if the other did not exist: an episode
        across the middle counts in both, and the first half's returns end with its last close.
    """
    middle = -(-len(ground.sessions) // 2)
    spans = (slice(0, len(ground.sessions)), slice(0, middle), slice(middle, len(ground.sessions)))
    rules = [ThresholdRules(entry=entry, exit=exit_, min_sessions=1) for entry, exit_ in pairs]
    results = list(zip(*(_measure(ground, span, rules, horizon, how) for span in spans), strict=True))
    first, second = (_rank([row[half].difference for row in results]) for half in (1, 2))
    return Thresholds(
        horizon=horizon,
        pairs=tuple(
            ThresholdPair(
                entry=entry,
                exit=exit_,
                whole=row[0],
                first_half=row[1],
                second_half=row[2],
                rank_first_half=ranks[0],
                rank_second_half=ranks[1],
            )
            for (entry, exit_), row, ranks in zip(
                pairs, results, zip(first, second, strict=True), strict=True
            )
        ),
        best_first_half=first.index(1) if 1 in first else None,
    )


def _measure(
    ground: Ground, span: slice, rules: Sequence[ThresholdRules], horizon: int, how: Resampling
) -> list[ThresholdResult]:
    """Measure all pairs on a part of the history."""
    ratios, sessions, place = ground.ivts[span], ground.sessions[span], ground.place[span]
    if not len(ratios):
        return [_nothing(sessions) for _ in rules]
    episodes = [find_episodes(ratios, each) for each in rules]
    members = [_inside(first, last, len(ratios)) for first, last in episodes]
    groups = measure_groups(
        forward_returns(ground.close[: place[-1] + 1], horizon)[place],
        members,
        horizon=horizon,
        how=how,
        names=[ReturnBand(id="", above=None, upto=None) for _ in rules],
        sessions=sessions,
    )
    return [
        _result(last - first + 1, inside, group, sessions)
        for (first, last), inside, group in zip(episodes, members, groups, strict=True)
    ]


def _result(lengths: Ints, inside: Flags, group: ReturnGroup, sessions: pd.DatetimeIndex) -> ThresholdResult:
    return ThresholdResult(
        inside=count_share(inside, np.ones(len(inside), dtype=bool), sessions),
        n_episodes=len(lengths),
        mean_sessions=mean(lengths.astype(np.float64)),
        median_sessions=float(np.median(lengths)) if len(lengths) else np.nan,
        flips_per_year=_flips(inside, sessions),
        mean_return=group.mean,
        n_returns=group.n_sessions,
        difference=group.difference,
        difference_interval=group.difference_interval,
    )


def _nothing(sessions: pd.DatetimeIndex) -> ThresholdResult:
    empty = np.empty(0, dtype=bool)
    return ThresholdResult(
        inside=count_share(empty, empty, sessions),
        n_episodes=0,
        mean_sessions=np.nan,
        median_sessions=np.nan,
        flips_per_year=np.nan,
        mean_return=np.nan,
        n_returns=0,
        difference=np.nan,
        difference_interval=None,
    )


def _inside(first: np.ndarray, last: np.ndarray, n: int) -> Flags:
    change = np.zeros(n + 1, dtype=np.int64)
    change[first] += 1
    change[last + 1] -= 1
    return np.cumsum(change[:-1]) > 0


def _flips(inside: Flags, sessions: pd.DatetimeIndex) -> float:
    return flips_per_year(int((inside[1:] != inside[:-1]).sum()), sessions[0], sessions[-1])


def _rank(values: Sequence[float]) -> list[int | None]:
    """Rank of each value, 1 the largest; equal ones share the better rank, NaN has none."""
    known: Floats = np.array([value for value in values if not np.isnan(value)])
    return [None if np.isnan(value) else 1 + int((known > value).sum()) for value in values]
