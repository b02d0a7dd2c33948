"""How far estimates stray from the truth in histories where the ratio knows nothing, in standard errors.

For each kind of number, horizon and group of sessions, t = (estimate − truth) / standard error, with the
effective
clusters of the group. The truth is the estimate on all histories of a generator as one. The standard error
is the one that infinitely many draws of the circular block bootstrap would give to the linearized estimate,
Künsch's: with
ψ the influence of each session and B the sums of ψ over all blocks of b sessions, its square is (n / b) ·
mean(B²).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.nulls import Histories
from ivts_site.analytics.bootstrap import count_windows
from ivts_site.analytics.inference import SHORT_BLOCK, count_clusters

Floats = np.ndarray
HORIZONS = (5, 21, 63)
MIN_CASES = 10
ASKED = {
    "high": ("return", "share", "volatility", "front", "fell", "held", "premium", "variance"),
    "event": ("return", "share", "volatility", "fell", "held"),
    "low": ("return", "share", "volatility", "front", "fell", "premium", "variance"),
    "mid": ("return", "share"),
    "wide": ("premium", "variance"),
    "level": ("return", "front"),
    "change": ("return", "front"),
}
"""Outcomes by side: those that some study asks."""


@dataclass(frozen=True, slots=True)
class Score:
    """One kind of number in a batch of histories: by history the estimate, its standard error, the
    effective clusters
    of its group and whether these are enough to judge; and the sums of all that the truth is made of."""

    outcome: str
    side: str
    group: str
    statistic: str
    horizon: int
    n: int
    value: Floats
    error: Floats
    clusters: Floats
    counted: Floats
    sums: Mapping[str, float]


def score(histories: Histories, horizons: tuple[int, ...] = (1, *HORIZONS)) -> Iterator[Score]:
    """Score every kind of number at every horizon that has ten blocks."""
    members = groups(histories.ratio)
    for horizon in horizons:
        block = SHORT_BLOCK if horizon == 1 else 2 * horizon
        if len(histories.close) - horizon >= 10 * block:
            yield from _score_horizon(histories, members, horizon, block)


def truth(statistic: str, batches: Iterable[Mapping[str, float]]) -> float:
    """The estimate on all sessions of all histories as one."""
    totals: Counter[str] = Counter()
    for batch in batches:
        totals.update(batch)
    s = dict(totals)
    if statistic == "mean":
        return s["zy"] / s["z"]
    n = s["n"]
    zz, xx = s["zz"] - s["z"] ** 2 / n, s["xx"] - s["x"] ** 2 / n
    zy, xy, zx = (s[a + b] - s[a] * s[b] / n for a, b in ("zy", "xy", "zx"))
    return zy / zz if statistic == "difference" else (zy - zx * xy / xx) / (zz - zx**2 / xx)


def groups(ratio: Floats) -> dict[tuple[str, str], Floats]:
    """Groups of sessions by side and name; the sides are entered by falls or by rises of the fund."""
    inverted = ratio > 1
    before = np.vstack([np.zeros_like(inverted[:1]), inverted[:-1]])
    run = np.zeros(ratio.shape, dtype=np.int64)
    for t in range(len(ratio)):
        run[t] = np.where(inverted[t], (run[t - 1] if t else 0) + 1, 0)
    return {
        ("high", "above 1.10"): ratio > 1.1,
        ("high", "above 1"): inverted,
        ("high", "above 0.95"): ratio > 0.95,
        ("event", "fifth session"): run == 5,
        ("event", "first back"): before & ~inverted,
        ("wide", "to 1"): ~inverted,
        ("mid", "0.95 to 1"): (ratio > 0.95) & ~inverted,
        ("mid", "0.85 to 0.95"): (ratio > 0.85) & (ratio <= 0.95),
        ("low", "to 0.85"): ratio <= 0.85,
        ("low", "to 0.80"): ratio <= 0.80,
    }


def outcomes(histories: Histories, horizon: int) -> Mapping[str, Floats]:
    """What followed each session but the last `horizon`."""
    close, front = histories.close, histories.front
    m = len(close) - horizon
    change = np.log(front[horizon:] / front[:m])
    if horizon == 1:
        return {"move": np.abs(close[1:] / close[:-1] - 1), "front": change}
    gain = close[horizon:] / close[:m] - 1
    daily = np.diff(np.log(close), axis=0)
    sums, squares = (np.vstack([np.zeros_like(a[:1]), np.cumsum(a, axis=0)]) for a in (daily, daily**2))
    total, square = sums[horizon:] - sums[:m], squares[horizon:] - squares[:m]
    volatility = 100 * np.sqrt(252 * np.maximum(square - total**2 / horizon, 0) / (horizon - 1))
    lowest = np.lib.stride_tricks.sliding_window_view(close, horizon, axis=0)[1:].min(axis=-1)
    return {
        "return": gain,
        "share": (gain > 0).astype(float),
        "volatility": volatility,
        "premium": front[:m] - volatility,
        "variance": front[:m] ** 2 - volatility**2,
        "front": change,
        "fell": (lowest < 0.95 * close[:m]).astype(float),
        "held": (lowest >= close[:m]).astype(float),
    }


def _score_horizon(
    histories: Histories, members: Mapping[tuple[str, str], Floats], horizon: int, block: int
) -> Iterator[Score]:
    m, apart = len(histories.close) - horizon, block // 2
    found = outcomes(histories, horizon)
    x, ratio = np.log(histories.front[:m]) - 3, histories.ratio
    change = np.vstack([np.zeros_like(ratio[:1]), np.diff(np.log(ratio), axis=0)])
    lines = {("level", "ratio"): ratio[:m] - 0.9, ("change", "ratio"): change[:m]}
    for key, z in {**{k: g[:m].astype(float) for k, g in members.items()}, **lines}.items():
        group = key in members
        clusters, enough = _clusters(z, apart) if group else _spans(z, apart)
        for name, y in found.items():
            if name in (ASKED[key[0]] if horizon > 1 else found):
                sums = raw_sums(z, y, x)
                for statistic, value, error in _estimate(z, y, x, block, group=group):
                    yield Score(
                        name, *key, statistic, horizon, len(ratio), value, error, clusters, enough, sums
                    )
    for name, y in found.items() if horizon > 1 else ():
        mean = y.mean(axis=0)
        sums = {"zy": float(y.sum()), "z": float(y.size)}
        yield Score(
            name,
            "all",
            "all",
            "mean",
            horizon,
            len(ratio),
            mean,
            _error((y - mean) / m, block),
            *_spans(y, apart),
            sums,
        )


def raw_sums(z: Floats, y: Floats, x: Floats) -> dict[str, float]:
    columns = {"z": z, "y": y, "x": x, "zz": z * z, "xx": x * x, "zy": z * y, "xy": x * y, "zx": z * x}
    return {"n": float(z.size)} | {name: float(column.sum()) for name, column in columns.items()}


def _estimate(
    z: Floats, y: Floats, x: Floats, block: int, *, group: bool
) -> Iterator[tuple[str, Floats, Floats]]:
    """Slope of y on z, the same beside x, and the mean of a group, each with its standard error."""
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = [each - each.mean(axis=0) for each in (z, y, x)]
        besides = [each - apart[2] * _slope(each, apart[2]) for each in apart[:2]]
        for name, (own, left) in {"difference": apart[:2], "adds": besides}.items():
            slope = _slope(left, own)
            yield name, slope, _error(own * (left - slope * own) / (own * own).sum(axis=0), block)
        if group:
            inside = z.sum(axis=0)
            mean = (z * y).sum(axis=0) / inside
            yield "mean", mean, _error(z * (y - mean) / inside, block)


def _slope(y: Floats, x: Floats) -> Floats:
    return (x * y).sum(axis=0) / (x * x).sum(axis=0)


def _error(influence: Floats, block: int) -> Floats:
    ring = np.concatenate([influence, influence[: block - 1]])
    sums = np.vstack([np.zeros_like(ring[:1]), np.cumsum(ring, axis=0)])
    squares = ((sums[block:] - sums[:-block]) ** 2).mean(axis=0)
    return np.sqrt(squares * len(influence) / block)


def _clusters(member: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Effective clusters of each history's group, and whether there are ten of them and ten of the rest."""
    effective, enough = [], []
    for inside in (member > 0).T:
        cases = max((count_clusters(each, horizon) for each in (inside, ~inside)), key=lambda found: found.n)
        windows = max(count_windows(each, horizon) for each in (inside, ~inside))
        effective.append(cases.effective)
        enough.append(min(cases.n, windows) >= MIN_CASES)
    return np.array(effective), np.array(enough)


def _spans(values: Floats, horizon: int) -> tuple[Floats, Floats]:
    m, count = values.shape
    return np.full(count, m / horizon), np.full(count, m >= MIN_CASES * horizon)
