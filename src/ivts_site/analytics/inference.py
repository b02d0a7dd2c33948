"""Intervals that cover, and p-values: a block bootstrap, calibrated on histories without an effect.

An estimate is a regression slope of an outcome on a group of sessions (inside less outside), alone or
beside the front index, or the mean of a group. Its standard error comes from circular blocks of the influence
of each session. How many of those an interval reaches to either side is read from `calibration.json`:
quantiles of t = (estimate − truth) / standard error in simulated histories in which the ratio knows nothing
of what follows, by kind of number, horizon, length and effective clusters. `make calibration` makes that
file; `make bench-coverage` scores it on other histories.

References
----------
Künsch (1989), Annals of Statistics 17 — blocks of influences. Hall (1992), The Bootstrap and Edgeworth
Expansion — intervals from the distribution of t. Carter, Schnepel and Steigerwald (2017), Review of
Economics and Statistics 99 — effective clusters. Stambaugh (1999), Journal of Financial Economics 54 — why t
is lopsided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from statistics import NormalDist
from typing import Literal

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, mean
from ivts_site.analytics.bootstrap import block_sums, count_windows, resample_sums, split_clusters
from ivts_site.analytics.rules import Resampling
from ivts_site.published.numbers import known
from ivts_site.published.studies import Pair

Outcome = Literal["return", "share", "volatility", "front", "fell", "held", "move", "premium", "variance"]
Side = Literal["high", "mid", "low", "wide", "event", "level", "change", "all"]
Statistic = Literal["difference", "adds", "mean"]

BLOCK_FACTOR = 2
SHORT_BLOCK = 42
"""Sessions of a block for what the next session brings: volatility clusters over weeks."""
TURNS = 999
"""Turned outcomes behind quantiles of t: as many as the lowest calibrated level, 0.001, asks for."""
_NORMAL = NormalDist()
_SHARES: frozenset[Outcome] = frozenset({"share", "fell", "held"})
_STATISTICS: tuple[Statistic, ...] = ("mean", "difference", "adds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Stretches of a group that lie a horizon or more apart, and how many of one size would weigh as much.

    With m sessions in each, the effective number is (Σm)² / Σm²: one long run among short ones leaves
    little more than one case.
    """

    n: int
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """Quantiles of t without an effect at rising levels."""

    levels: Floats
    quantiles: Floats

    def at(self, level: float) -> float:
        """Quantile at a level."""
        return float(np.interp(level, self.levels, self.quantiles))

    def p_value(self, t: float) -> float:
        """Chance of straying as far to that side, twice; at least twice the lowest level."""
        scores = [_NORMAL.inv_cdf(level) for level in self.levels]
        below = _NORMAL.cdf(float(np.interp(t, self.quantiles, scores)))
        return min(1.0, 2 * min(below, 1 - below))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its calibrated interval, its p-value, and the draws behind both.

    Without an interval there are too few clusters or blocks, or no calibration. `settled` says whether the
    Monte Carlo error of the end nearer to zero is small beside its distance.
    """

    value: float | None
    interval: Pair | None = None
    p_value: float | None = None
    draws: int = 0
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a group of sessions has to do with an outcome, alone and beside the front index.

    `mean` is the group's, `difference` that less the mean of the rest; `rival` is the difference that the
    front index alone makes of the same sessions, and `adds` what the group makes beside it. `clusters` are
    those of the group or of the rest, whichever come in more stretches: both tell the same difference.
    """

    n: int
    n_rest: int
    clusters: Clusters
    rest: float | None
    rival: float | None
    mean: Estimate
    difference: Estimate
    adds: Estimate

    @property
    def apart(self) -> float | None:
        """The mean less that of the rest, to the last bit; `difference` has it from a regression."""
        return None if self.mean.value is None or self.rest is None else self.mean.value - self.rest

    @property
    def same_front(self) -> float | None:
        """Mean of the rest and what the group's front index alone makes of it."""
        return None if self.rest is None or self.rival is None else self.rest + self.rival

    def turned(self) -> Effect:
        """The same for the rest less the group."""
        return replace(
            self,
            n=self.n_rest,
            n_rest=self.n,
            rest=self.mean.value,
            rival=None if self.rival is None else -self.rival,
            mean=Estimate(value=self.rest),
            difference=_turn(self.difference),
            adds=_turn(self.adds),
        )


def _turn(estimate: Estimate) -> Estimate:
    value, ends = estimate.value, estimate.interval
    return replace(
        estimate,
        value=None if value is None else -value,
        interval=None if ends is None else (-ends[1], -ends[0]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Which calibration holds: what is measured, how the group is entered, how far ahead outcomes reach."""

    outcome: Outcome
    side: Side
    horizon: int

    @property
    def block(self) -> int:
        """Sessions of a block."""
        return SHORT_BLOCK if self.horizon == 1 else BLOCK_FACTOR * self.horizon

    @property
    def apart(self) -> int:
        """Sessions between independent cases: half a block."""
        return self.block // BLOCK_FACTOR


def count_clusters(member: Flags, horizon: int) -> Clusters:
    """Count the stretches of a group; sessions fewer than `horizon` apart are one."""
    sizes = np.array([len(each) for each in split_clusters(member, horizon)], dtype=np.float64)
    effective = float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0
    return Clusters(n=len(sizes), effective=effective)


def measure_effect(outcomes: Floats, member: Flags, front: Floats, kind: Kind, how: Resampling) -> Effect:
    """Compare an outcome inside a group of sessions with all others, alone and at the same front index.

    An outcome that is not known is NaN: such a session is in neither group, and neighbors keep their
    distance. `front` is the rival, such as the logarithm of the front's close; `kind` says which calibration
    holds. With side `all` the group is every session, and there is its mean alone.
    """
    y, valid = _known(outcomes)
    inside, outside = member[: len(y)] & valid, ~member[: len(y)] & valid
    if kind.side == "all":
        found, cases = _Influences(), _all_cases(valid, kind)
        n_cases = cases.n
    else:
        found = _regress(y, inside.astype(np.float64), front[: len(y)], valid)
        counted = (count_clusters(each, kind.apart) for each in (inside, outside))
        cases = max(counted, key=lambda clusters: clusters.n)
        n_cases = min(cases.n, max(count_windows(each, kind.apart) for each in (inside, outside)))
    found.add_mean(y, inside)
    tails = _calibrated(kind, how, cases, n_cases, len(y))
    effect = _effect(found, tails, kind.block, how, cases, y[inside], y[outside])
    return _cut(effect) if kind.outcome in _SHARES else effect


def measure_line(y: Floats, z: Floats, front: Floats, kind: Kind, how: Resampling) -> Effect:
    """Correlate two columns, and what is left of it beside the front index; pairs with NaN are left out."""
    whole, valid = _known(y + z)
    n, end = int(valid.sum()), len(whole)
    columns = [np.where(valid, each[:end], 0.0) for each in (y, z)]
    spread = [float(each[valid].std()) if n > 2 else 0.0 for each in columns]
    found = _Influences()
    if all(spread):
        found = _regress(columns[0] / spread[0], columns[1] / spread[1], front[:end], valid)
    cases = _all_cases(valid, kind)
    tails = _calibrated(kind, how, cases, cases.n, end)
    return _effect(found, tails, kind.block, how, cases, whole[valid], whole[:0])


def _all_cases(valid: Flags, kind: Kind) -> Clusters:
    """Independent cases where all sessions count."""
    return Clusters(n=count_windows(valid, kind.apart), effective=int(valid.sum()) / kind.apart)


def _effect(  # noqa: PLR0913, PLR0917 - estimates, how they are judged, and of what
    found: _Influences,
    tails: Mapping[Statistic, Tails],
    block: int,
    how: Resampling,
    cases: Clusters,
    inside: Floats,
    outside: Floats,
) -> Effect:
    """Judge each estimate; those without an influence or a calibration stand alone."""
    estimates = {
        name: judge(*found.parts[name], tails.get(name), block, how)
        if name in found.parts
        else Estimate(value=None)
        for name in _STATISTICS
    }
    return Effect(
        n=len(inside),
        n_rest=len(outside),
        clusters=cases,
        rest=mean(outside),
        rival=known(found.rival),
        **estimates,
    )


def _known(outcomes: Floats) -> tuple[Floats, Flags]:
    """Outcomes up to the last known one, 0 where unknown, and which are known."""
    valid = ~np.isnan(outcomes)
    end = int(np.flatnonzero(valid)[-1]) + 1 if valid.any() else 0
    return np.where(valid, outcomes, 0.0)[:end], valid[:end]


def _calibrated(kind: Kind, how: Resampling, cases: Clusters, n_cases: int, n: int) -> dict[Statistic, Tails]:
    """Quantiles for n sessions; none with too few cases or blocks, or for blocks of another length."""
    if n_cases < how.min_cases or n < how.min_blocks * kind.block or how.block_factor != BLOCK_FACTOR:
        return {}
    found = {name: find_tails(kind, name, cases.effective, n) for name in _STATISTICS}
    return {name: tails for name, tails in found.items() if tails is not None}


@dataclass(slots=True)
class _Influences:
    """Estimates with the influence of each session, and the difference the front index alone makes."""

    parts: dict[Statistic, tuple[float, Floats]] = field(default_factory=dict)
    rival: float = np.nan

    def add_mean(self, y: Floats, inside: Flags) -> None:
        """Add the mean inside a group."""
        if inside.any():
            own = float(y[inside].mean())
            self.parts["mean"] = own, inside * (y - own) / inside.sum()


def _regress(y: Floats, z: Floats, x: Floats, valid: Flags) -> _Influences:
    """Regress y on z, and beside x; the influence of a session is its score over the sum of squares."""
    n, found = int(valid.sum()), _Influences()
    if n < 3:
        return found
    y, z, x = (np.where(valid, each - each[valid].mean(), 0.0) for each in (y, z, x))
    zz, xx, zx, xy = (float(a @ b) for a, b in ((z, z), (x, x), (z, x), (x, y)))
    if zz <= 0:
        return found
    slope = float(z @ y) / zz
    found.parts["difference"] = slope, z * (y - slope * z) / zz
    besides = z - (zx / xx if xx else 0.0) * x
    own = float(besides @ besides)
    if xx and own > 1e-9 * zz:
        found.rival = xy / xx * zx / zz
        left = y - xy / xx * x
        partial = float(besides @ left) / own
        found.parts["adds"] = partial, besides * (left - partial * besides) / own
    return found


def _cut(effect: Effect) -> Effect:
    """Cut intervals at what shares, and differences of shares, can be."""

    def within(estimate: Estimate, lowest: float) -> Estimate:
        ends = estimate.interval
        if ends is None:
            return estimate
        return replace(estimate, interval=(max(ends[0], lowest), min(ends[1], 1.0)))

    return replace(effect, mean=within(effect.mean, 0.0), difference=within(effect.difference, -1.0))


def judge(value: float, influence: Floats, tails: Tails | None, block: int, how: Resampling) -> Estimate:
    """Put an interval and a p-value to an estimate, with as many draws as its nearer end needs.

    The Monte Carlo error of an end is its reach / √(2 · draws), as that of a standard deviation is. Without
    quantiles the estimate stands alone.
    """
    if tails is None:
        return Estimate(value=value)
    draws, needed, ends, error = 0, float(how.draws), (value, value), 0.0
    while draws < min(needed, max(how.max_draws, how.draws)):
        draws = int(min(np.ceil(needed), max(how.max_draws, how.draws)))
        error = float(resample_sums(influence[:, None], block, draws, how.seed).std())
        ends = _reach(value, error, tails, how.level)
        needed = max(_needed(value, end, how.settled) for end in ends)
    if not error:  # all cases alike: no resample differs, which says nothing of the next case
        return Estimate(value=value, draws=draws)
    return Estimate(
        value=value,
        interval=ends,
        p_value=tails.p_value(value / error),
        draws=draws,
        settled=needed <= draws,
    )


def exact_error(influence: Floats, block: int) -> float:
    """Standard error that infinitely many draws would give: √((n / b) · mean of squared block sums)."""
    sums = block_sums(influence[:, None], block)[0]
    return float(np.sqrt((sums**2).mean() * len(influence) / block))


def _reach(value: float, error: float, tails: Tails, level: float) -> Pair:
    low, high = (tails.at(each) for each in ((1 - level) / 2, (1 + level) / 2))
    return value - high * error, value - low * error


def _needed(value: float, end: float, settled: float) -> float:
    """Draws that put the Monte Carlo error of an end at its allowed share of the distance to zero."""
    return np.inf if end == 0 else 0.5 * ((value - end) / (settled * end)) ** 2


@cache
def calibration() -> Mapping[str, Floats]:
    """Return the stored quantiles: by kind rows of sessions, effective clusters and quantiles; the levels."""
    stored = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    tables = {key: np.array(rows, dtype=np.float64) for key, rows in stored["tables"].items()}
    return tables | {"levels": np.array(stored["levels"], dtype=np.float64)}


def find_tails(kind: Kind, statistic: Statistic, effective: float, n: int) -> Tails | None:
    """Quantiles for a number of effective clusters in n sessions, between the stored ones around both.

    None for a kind or for so few clusters that no histories were made. Beyond the most clusters, and beyond
    the shortest and the longest histories, the last ones hold.
    """
    stored = calibration()
    rows = stored.get(f"{kind.outcome} {kind.side} {statistic} {kind.horizon}")
    if rows is None or effective < 0.9 * rows[:, 1].min():
        return None
    lengths = np.unique(rows[:, 0])
    by_length = np.array([_between(rows[rows[:, 0] == length, 1:], effective) for length in lengths])
    quantiles = [float(np.interp(np.log(n), np.log(lengths), column)) for column in by_length.T]
    return Tails(levels=stored["levels"], quantiles=np.array(quantiles))


def _between(rows: Floats, effective: float) -> list[float]:
    """Quantiles between those of the two stored numbers of clusters around one."""
    return [float(np.interp(np.log(effective), np.log(rows[:, 0]), column)) for column in rows[:, 1:].T]


def measure_shifted(outcomes: Floats, member: Flags, front: Floats, how: Resampling) -> Effect:
    """Compare a group with all others where no simulated history has the outcome: by turning it around.

    Quantiles of t come from the outcome turned by `TURNS` random numbers of sessions against group and front
    index: each keeps its own clusters, and what one says of another is lost. Unknown outcomes are left out.
    """
    valid = ~np.isnan(outcomes)
    y, inside, x = outcomes[valid], member[valid], front[valid]
    z = inside.astype(np.float64)
    everything = np.ones(len(y), dtype=bool)
    found, cases = _regress(y, z, x, everything), count_clusters(inside, SHORT_BLOCK // BLOCK_FACTOR)
    found.add_mean(y, inside)
    enough = cases.n >= how.min_cases and len(y) >= how.min_blocks * SHORT_BLOCK and float(np.ptp(y)) > 0
    tails = _turned_tails(y, z, x, how.seed) if enough else {}
    return _effect(found, tails, SHORT_BLOCK, how, cases, y[inside], y[~inside])


def _turned_tails(y: Floats, z: Floats, x: Floats, seed: int) -> dict[Statistic, Tails]:
    rng = np.random.Generator(np.random.PCG64(seed))
    levels = calibration()["levels"]
    everything = np.ones(len(y), dtype=bool)
    found: dict[Statistic, list[float]] = {"difference": [], "adds": []}
    for turn in rng.integers(SHORT_BLOCK, len(y) - SHORT_BLOCK, TURNS).tolist():
        parts = _regress(np.roll(y, turn), z, x, everything).parts
        for name, strays in found.items():
            if name in parts:
                strays.append(parts[name][0] / exact_error(parts[name][1], SHORT_BLOCK))
    return {
        name: Tails(levels=levels, quantiles=np.quantile(strays, levels))
        for name, strays in found.items()
        if strays
    }


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust p-values so that the chance of even one false finding is held; None is no finding.

    Holm (1979), Scandinavian Journal of Statistics 6: in rising order, the k-th of m times m − k + 1, never
    below the one before it.
    """
    places, rising = _rising(p_values)
    steps = rising * np.arange(len(rising), 0, -1)
    return _placed(places, np.maximum.accumulate(steps), len(p_values))


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust p-values so that the expected share of false findings is held; None is no finding.

    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57: in rising order, the k-th
    of m times m / k, never above the one after it.
    """
    places, rising = _rising(p_values)
    steps = rising * len(rising) / np.arange(1, len(rising) + 1)
    return _placed(places, np.minimum.accumulate(steps[::-1])[::-1], len(p_values))


def _rising(p_values: Sequence[float | None]) -> tuple[list[int], Floats]:
    """Where the p-values stand in rising order, and they themselves."""
    ordered = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    return [place for _, place in ordered], np.array([p for p, _ in ordered])


def _placed(places: Sequence[int], adjusted: Floats, n: int) -> list[float | None]:
    found: list[float | None] = [None] * n
    for place, p in zip(places, adjusted.tolist(), strict=True):
        found[place] = min(p, 1.0)
    return found
