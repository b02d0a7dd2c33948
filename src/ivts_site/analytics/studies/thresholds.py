"""Other thresholds through the same ratio, each half of the history apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, mean, median
from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.groups import ReturnBand, measure_group
from ivts_site.analytics.rules import LinePair
from ivts_site.analytics.spells import flips_per_year
from ivts_site.analytics.study_input import StudyInput, count_share
from ivts_site.analytics.term_structure import is_above
from ivts_site.published.numbers import known
from ivts_site.published.studies import Pair, Share

RANK = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult:
    """A history under one pair of thresholds."""

    inside: Share
    """Sessions within episodes / sessions with a ratio."""
    n_episodes: int
    """Episodes under the pair."""
    mean_sessions: float | None
    """Their mean length, sessions."""
    median_sessions: float | None
    """Their median length, sessions."""
    flips_per_year: float | None
    """Begins and ends of episodes a year of 365.25 days."""
    mean_return: float | None
    """Mean benchmark return over the next `Thresholds.horizon` sessions, from sessions within episodes."""
    n_returns: int
    """Sessions that `mean_return` is made of."""
    difference: float | None
    """`mean_return` − the same from the other sessions."""
    difference_interval: Pair | None
    """Calibrated to cover; null with too few clusters or blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPair:
    """An episode begins above `entry` and ends at or below `exit`."""

    entry: float
    """Ratio above which an episode begins."""
    exit: float
    """Ratio at or below which it ends."""
    whole: ThresholdResult
    """On the whole history."""
    first_half: ThresholdResult
    """On its first half, which has the odd session."""
    second_half: ThresholdResult
    """On its second half."""
    rank_first_half: int | None
    """Rank of `difference` among the pairs, 1 the largest; null where it is."""
    rank_second_half: int | None
    """The same for the second half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Other lines through the same ratio. Picking the best of many finds luck: see the halves."""

    horizon: int
    """Sessions of the forward returns."""
    pairs: tuple[ThresholdPair, ...]
    """Each pair with its results; the first is the definition of this site."""
    best_first_half: int | None
    """Position in `pairs` of the largest difference in the first half: what a miner would have picked."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What the study publishes."""

    thresholds: Thresholds
    """Other lines through the same ratio."""


def measure(study: StudyInput) -> Lines:
    """Measure pairs of entry and exit thresholds on the history and on its halves.

    The first half has the odd session. Each half is measured as if the other did not exist: an episode across
    the middle counts in both, and the first half's returns end with its last close. All pairs are measured on
    the same resampled histories.
    """
    n, pairs = len(study.sessions), study.rules.thresholds
    middle = -(-n // 2)
    spans = (study, study.part(slice(0, middle)), study.part(slice(middle, n)))
    results = [[_measure(part, pair) for part in spans] for pair in pairs]
    first, second = (_rank([row[half].difference for row in results]) for half in (1, 2))
    found = tuple(
        ThresholdPair(
            entry=pair.entry,
            exit=pair.exit,
            whole=row[0],
            first_half=row[1],
            second_half=row[2],
            rank_first_half=ranks[0],
            rank_second_half=ranks[1],
        )
        for pair, row, ranks in zip(pairs, results, zip(first, second, strict=True), strict=True)
    )
    best = first.index(1) if 1 in first else None
    return Lines(thresholds=Thresholds(horizon=study.rules.horizon, pairs=found, best_first_half=best))


def inside_episodes(ratios: Floats, entry: float, exit_: float) -> Flags:
    """Whether each session lies in an episode: begun above `entry`, ended at or below `exit_`."""
    enters, stays = is_above(ratios, entry), is_above(ratios, exit_)
    decided = np.where(enters | ~stays, np.arange(1, len(ratios) + 1), 0)
    return np.append(False, enters)[np.maximum.accumulate(decided)]


def _measure(study: StudyInput, pair: LinePair) -> ThresholdResult:
    inside = inside_episodes(study.ivts, pair.entry, pair.exit)
    band = ReturnBand(id="", above=pair.entry, upto=None)
    group = measure_group(study, study.rules.horizon, band, inside)
    first, last = find_runs(inside)
    lengths, flips = (last - first + 1).astype(np.float64), int((inside[1:] != inside[:-1]).sum())
    return ThresholdResult(
        inside=count_share(inside, np.ones(len(inside), dtype=bool), study.sessions),
        n_episodes=len(lengths),
        mean_sessions=mean(lengths),
        median_sessions=median(lengths),
        flips_per_year=known(flips_per_year(flips, study.sessions)),
        mean_return=group.mean,
        n_returns=group.n_sessions,
        difference=group.difference,
        difference_interval=group.difference_interval,
    )


def _rank(values: Sequence[float | None]) -> list[int | None]:
    """Rank of each value, 1 the largest; equal ones share the better rank, None has none."""
    return [
        None if value is None else 1 + sum(other is not None and other > value for other in values)
        for value in values
    ]
