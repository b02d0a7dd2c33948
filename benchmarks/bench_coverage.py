"""Do the intervals cover? Make the calibration, or score it on histories it was not made from.

    make calibration           (or: .venv/bin/python -m benchmarks.bench_coverage --make)
    make bench-coverage        (or: .venv/bin/python -m benchmarks.bench_coverage)

Scored are the intervals of the difference after backwardation, of mean returns and of the share of rises,
at 5, 21
and 63 sessions, as the program prints them but for its draws: 999 inside each of 2,000 histories of 4,587
sessions from each generator of `benchmarks.nulls`. Beside them stand the plain percentile intervals of the
same draws. A nominal 95 % interval should hold the truth in 93 to 97 %, and miss it on either side in 1.2
to 4.2 %.

Finished batches stay in `.cache/coverage`, so an interrupted run goes on where it stopped. The residuals
come from the closes below --data-dir; where none are stored, from the sample closes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.null_scores import HORIZONS, MIN_CASES, Score, groups, outcomes, raw_sums, score, truth
from benchmarks.nulls import GENERATORS, Histories
from ivts_site.analytics import inference
from ivts_site.analytics.bootstrap import resample_sums
from ivts_site.analytics.inference import Kind
from ivts_site.analytics.studies.coverage import meets
from ivts_site.sample import simulate_closes

Floats = np.ndarray
LENGTHS = (1300, 2600, 4600)
"""Sessions of the histories behind the calibration: about 5, 10 and 18 years."""
LEVELS = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    0.75,
    0.9,
    0.95,
    0.975,
    0.99,
    0.995,
    0.9975,
    0.999,
)
BATCH = 25
MADE, SCORED = 600, 2_000
FITTED_SEED, SCORING_SEED = 100, 2_900_000
SESSIONS, DRAWS = 4587, 999
KEPT = Path(".cache/coverage")
CALIBRATION = Path(inference.__file__).with_name("calibration.json")
COVERAGE = CALIBRATION.with_name("coverage.json")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", action="store_true", help="write the calibration anew")
    parser.add_argument("--write", action="store_true", help="keep the scores for the pages that show them")
    parser.add_argument(
        "--histories", type=int, help=f"of each generator (default {MADE} made, {SCORED} scored)"
    )
    parser.add_argument(
        "--data-dir", type=Path, default=Path("data"), help="closes whose residuals are drawn"
    )
    given = parser.parse_args()
    record = read_record(given.data_dir)
    if given.make:
        made = make(given.histories or MADE, record)
        CALIBRATION.write_text(made, encoding="utf-8")
        print(f"{CALIBRATION}: {len(made):,} bytes")
    else:
        rows = list(cover(given.histories or SCORED, record))
        print(table(rows))
        if given.write:
            COVERAGE.write_text(json.dumps(published(rows), indent=1) + "\n", encoding="utf-8")
    return 0


def read_record(data: Path) -> pd.DataFrame:
    """Stored closes of front, back and fund; the sample closes where none are stored."""
    columns = {}
    for key, name in (("vix", "front"), ("vix3m", "back"), ("spy", "close")):
        parts = [pd.read_parquet(path) for path in sorted((data / "closes" / key).glob("*.parquet"))]
        if parts:
            columns[name] = pd.concat(parts).set_index("session")["close"]
    if len(columns) == 3:
        return pd.DataFrame(columns).dropna()
    print("no stored closes: residuals of the sample closes", file=sys.stderr)
    closes = simulate_closes(pd.bdate_range("2007-12-04", periods=4600))
    return closes.rename(columns={"vix": "front", "vix3m": "back", "spy": "close"})


def make(count: int, record: pd.DataFrame) -> str:
    """Quantiles of t by kind of number, length and effective clusters; generators weigh the same."""
    found: dict[str, dict[int, list[tuple[Floats, Floats, Floats]]]] = defaultdict(lambda: defaultdict(list))
    for name in GENERATORS:
        batches = kept(f"made-{name}", count, lambda n, seed, name=name: fit(name, n, seed, record))
        scores = by_kind(each for batch in batches for each in batch)
        for (outcome, side, group, statistic, horizon, n), parts in scores.items():
            longest = scores[outcome, side, group, statistic, horizon, max(LENGTHS)]
            stray = [p.value - truth(statistic, (each.sums for each in longest)) for p in parts]
            t = np.concatenate(stray) / np.concatenate([p.error for p in parts])
            clusters, counted = (
                np.concatenate([getattr(p, each) for p in parts]) for each in ("clusters", "counted")
            )
            ok = (counted > 0) & np.isfinite(t)
            if ok.any():
                kind = f"{outcome} {side} {statistic} {horizon}"
                found[kind][n].append((t[ok], clusters[ok], np.full(ok.sum(), 1 / ok.sum())))
    tables = {
        kind: [
            [n, *row]
            for n, parts in sorted(by_length.items())
            for row in quantile_rows(*(np.concatenate(each) for each in zip(*parts, strict=True)))
        ]
        for kind, by_length in sorted(found.items())
    }
    head = {"histories": count, "lengths": LENGTHS, "generators": list(GENERATORS), "levels": LEVELS}
    lines = ",\n".join(
        f"{json.dumps(kind)}:{json.dumps(rows, separators=(',', ':'))}" for kind, rows in tables.items()
    )
    return json.dumps(head)[:-1] + ',\n"tables":{\n' + lines + "\n}}\n"


def fit(name: str, count: int, seed: int, record: pd.DataFrame) -> list[Score]:
    """Scores of some histories at every length; the shorter ones are beginnings of the longest."""
    whole = GENERATORS[name](max(LENGTHS), count, FITTED_SEED + seed, record)
    return [
        each for n in LENGTHS for each in score(Histories(whole.front[:n], whole.back[:n], whole.close[:n]))
    ]


def by_kind(scores: Iterable[Score]) -> dict[tuple[str, str, str, str, int, int], list[Score]]:
    parts = defaultdict(list)
    for each in scores:
        parts[each.outcome, each.side, each.group, each.statistic, each.horizon, each.n].append(each)
    return parts


def quantile_rows(t: Floats, clusters: Floats, weights: Floats, bins: int = 5) -> list[list[float]]:
    """Rows of effective clusters and quantiles of t, from bins of equal weight."""
    order = np.argsort(clusters, kind="stable")
    t, clusters, weights = t[order], clusters[order], weights[order]
    share = np.cumsum(weights) / weights.sum()
    edges = np.flatnonzero(np.append(True, np.diff(clusters) > 1e-9))
    if len(edges) > bins:
        edges = np.searchsorted(share, np.arange(bins) / bins)
    rows = []
    for part in np.split(np.arange(len(t)), edges[1:]):
        values = weighted_quantiles(t[part], weights[part])
        rows.append([round(float(np.median(clusters[part])), 1), *(round(float(q), 2) for q in values)])
    return rows


def weighted_quantiles(values: Floats, weights: Floats) -> Floats:
    order = np.argsort(values)
    share = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return np.interp(LEVELS, share, values[order])


def kept(name: str, count: int, make_batch: Callable[[int, int], Any]) -> Iterator[Any]:
    """Batches one after another, with progress; finished ones are read back."""
    KEPT.mkdir(parents=True, exist_ok=True)
    sources = [Path(__file__).with_name(each) for each in ("nulls.py", "null_scores.py", "bench_coverage.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    started, batches = time.monotonic(), -(-count // BATCH)
    for number in range(batches):
        path = KEPT / f"{digest}-{name}-{number}.pickle"
        if path.exists():
            yield pickle.loads(path.read_bytes())
            continue
        found = make_batch(min(BATCH, count - number * BATCH), number)
        path.write_bytes(pickle.dumps(found))
        left = (time.monotonic() - started) / (number + 1) * (batches - number - 1)
        print(
            f"\r{name}: {number + 1} of {batches} batches, about {left:.0f} s left ",
            end="",
            file=sys.stderr,
            flush=True,
        )
        yield found
    print(file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Inside:
    """How the intervals inside each history are made."""

    level: float = 0.95
    draws: int = DRAWS
    max_draws: int = DRAWS
    settled: float = 0.1
    seed: int = 1
    block_factor: int = 2
    min_cases: int = MIN_CASES
    min_blocks: int = 10


def cover(count: int, record: pd.DataFrame, horizons: Sequence[int] = HORIZONS) -> Iterator[dict[str, Any]]:
    """How often each interval holds the truth, and misses it on either side."""
    for name in GENERATORS:
        batches = list(
            kept(f"scored-{name}", count, lambda n, seed, name=name: judge(name, n, seed, record, horizons))
        )
        for horizon in horizons:
            for outcome, statistic in product(("return", "share"), ("difference", "adds", "mean")):
                key = (horizon, outcome, statistic)
                real = truth(statistic, (sums[horizon, outcome] for _, sums in batches))
                ends = np.array(
                    [pair for intervals, _ in batches for pair in intervals[key] if pair is not None]
                )
                plain = [
                    p
                    for intervals, _ in batches
                    for p in intervals[horizon, outcome, "plain"]
                    if p is not None
                ]
                yield {
                    "generator": name,
                    "horizon": horizon,
                    "outcome": outcome,
                    "statistic": statistic,
                    "histories": len(ends),
                    "held": _held(ends, real),
                    "below": float((ends[:, 1] < real).mean()),
                    "above": float((ends[:, 0] > real).mean()),
                    "plain": _held(np.array(plain), real) if statistic == "difference" else None,
                }


def judge(name: str, count: int, seed: int, record: pd.DataFrame, horizons: Sequence[int]) -> tuple[Any, Any]:
    """Intervals of some histories, by horizon and kind, and the sums behind the truth."""
    histories = GENERATORS[name](SESSIONS, count, SCORING_SEED + seed, record)
    inverted = groups(histories.ratio)["high", "above 1"]
    intervals, sums, how = defaultdict(list), {}, Inside()
    for horizon in horizons:
        found = outcomes(histories, horizon)
        m = SESSIONS - horizon
        x = np.log(histories.front[:m]) - 3
        for outcome in ("return", "share"):
            y, z = found[outcome], inverted[:m]
            sums[horizon, outcome] = raw_sums(z.astype(float), y, x)
            for k in range(count):
                kind = Kind(outcome=outcome, side="high", horizon=horizon)
                effect = inference.measure_effect(y[:, k], z[:, k], x[:, k], kind, how)
                for statistic in ("difference", "adds", "mean"):
                    intervals[horizon, outcome, statistic].append(getattr(effect, statistic).interval)
                shown = effect.difference.interval is not None
                intervals[horizon, outcome, "plain"].append(
                    plain(y[:, k], z[:, k], kind.block, how) if shown else None
                )
    return dict(intervals), sums


def plain(y: Floats, z: Floats, block: int, how: Inside) -> tuple[float, float]:
    """The percentile interval that is not calibrated."""
    columns = np.column_stack([z, z * y, y]).astype(float)
    inside, gained, every = resample_sums(columns, block, how.draws, how.seed).T
    low, high = np.nanpercentile(gained / inside - (every - gained) / (len(y) - inside), [2.5, 97.5])
    return float(low), float(high)


def _held(ends: Floats, real: float) -> float:
    return float(((ends[:, 0] <= real) & (real <= ends[:, 1])).mean())


def published(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Scores to four places."""
    return [
        {key: round(each, 4) if isinstance(each, float) else each for key, each in row.items()}
        for row in rows
    ]


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ["generator  outcome statistic   horizon  histories  held   below  above  plain"]
    for r in rows:
        usual = "" if r["plain"] is None else f"{r['plain']:6.1%}"
        lines.append(
            f"{r['generator']:10} {r['outcome']:7} {r['statistic']:11} {r['horizon']:7} {r['histories']:10} "
            f"{r['held']:6.1%} {r['below']:6.1%} {r['above']:6.1%} {usual}{'' if meets(**r) else '  *'}"
        )
    return "\n".join([*lines, "* outside 93 to 97 %, or a tail outside 1.2 to 4.2 %"])


if __name__ == "__main__":
    sys.exit(main())
