"""The numbers' own cost, as ratios to yardsticks timed in the same run.

    make bench-analytics       (or: .venv/bin/python -m benchmarks.bench_analytics --rounds 3)

Synthetic business days: 17 years, 170 years, 1,000,000 sessions. *Core* is `analyze`: ratio, regimes, spells,
episodes with outcomes, rolling rates, windows, forward returns, correlations; the table of every session as
it stood that evening is made when it is read, and is not in it. Its yardstick is a walk over the rows that
keeps the same figures in plain Python: once over `DataFrame.iterrows`, as such scripts are mostly written,
once over tuples, the fastest way to walk. *Bootstrap* is intervals of one group's mean return and share of
rises, their differences to the rest, and the same at the same front index, at 21 sessions; its yardstick
draws these six numbers with `arch`'s circular block bootstrap, in blocks of the same length, on fewer draws
where that is slow, and compared by draw: `arch` computes the numbers anew in each draw, ours adds up the
sessions' influences on them. What a process reads once, such as the calibration of the
intervals, is read beforehand. *Study* is the whole of research.json as on a night: verdicts at
past year ends are kept.

CPU seconds of this process, the best of the rounds: other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from arch.bootstrap import CircularBlockBootstrap
from tests.panels import BACK, BENCHMARK, FRONT, RULES, STATISTICS
from tests.studies import Resampling, input_of

from ivts_site.analytics.bootstrap import _starts as block_starts_kept
from ivts_site.analytics.groups import ReturnBand, measure_group
from ivts_site.analytics.inference import calibration
from ivts_site.analytics.results import Analysis, analyze
from ivts_site.analytics.studies import measure_all
from ivts_site.analytics.study_input import StudyInput
from ivts_site.model import Panel

SIZES = {"17 years": 17 * 252, "170 years": 170 * 252, "1,000,000 sessions": 1_000_000}
HORIZON, DRAWS = 21, 1000


def make_panel(n: int) -> Panel:
    rng = np.random.default_rng(1)
    deviation = accumulate((0.02 * rng.standard_normal(n)).tolist(), lambda value, step: 0.95 * value + step)
    back = np.round(20 * np.exp(0.1 * np.sin(np.arange(n) / 300)), 2)
    front = np.round(back * 0.9 * np.exp(np.fromiter(deviation, float, n)), 2)
    trend = np.cumsum(0.01 * rng.standard_normal(n))
    spy = np.round(100 * np.exp(trend - np.linspace(0, trend[-1], n)), 2).clip(0.01)
    days = pd.bdate_range("0100-01-01", periods=n, unit="us").rename("session")
    closes = pd.DataFrame({"front": front, "back": back, "benchmark": spy}, index=days)
    return Panel(closes=closes, as_of=days[-1], front=FRONT, back=BACK, benchmark=BENCHMARK)


def best(run: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    seconds, result = [], None
    for _ in range(rounds):
        started = time.process_time()
        result = run()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def core(panel: Panel) -> Analysis:
    return analyze(panel, rules=RULES, statistics=STATISTICS, events=())


def by_rows(panel: Panel) -> dict[str, Any]:
    return walk(
        (float(row["front"]), float(row["back"]), float(row["benchmark"]))
        for _, row in panel.closes.iterrows()
    )


def by_tuples(panel: Panel) -> dict[str, Any]:
    return walk(panel.closes.itertuples(index=False, name=None))


def walk(rows: Iterable[tuple[float, float, float]]) -> dict[str, Any]:
    """The core's figures by one walk: the state of each session from that of the one before."""
    episodes: list[dict[str, Any]] = []
    lengths, recent = STATISTICS.rolling_sessions, deque([False], maxlen=max(STATISTICS.rolling_sessions) + 1)
    rates = dict.fromkeys(lengths, 0)
    sums = {(h, inside): [0, 0.0] for h in STATISTICS.forward_sessions for inside in (False, True)}
    ratios: list[float] = []
    states: list[bool] = []
    closes: list[float] = []
    days: list[int] = []
    rolling: list[tuple[float, ...]] = []
    moments = [0.0] * 5
    state, day, before = False, 0, (0.0, 0.0, 0.0)
    for place, (front, back, spy) in enumerate(rows):
        ratio = front / back
        above = ratio > 1.0
        day = day + 1 if place and above == state else 1
        if above and day == 1:
            start = closes[-1] if closes else float("nan")
            episodes.append({"n": 0, "max": 0.0, "before": start, "low": spy, "first": place})
        if above:
            episode = episodes[-1]
            episode["n"] += 1
            episode["last"] = place
            episode["max"] = max(episode["max"], ratio)
            episode["low"] = min(episode["low"], spy)
            episode["return"] = spy / episode["before"] - 1
        recent.append(above)
        for n in lengths:
            rates[n] += above - (recent[-1 - n] if place >= n else False)
        rolling.append(tuple(rates[n] / n for n in lengths))
        for horizon in STATISTICS.forward_sessions:
            if place >= horizon:
                total = sums[horizon, states[place - horizon]]
                total[0] += 1
                total[1] += spy / closes[place - horizon] - 1
        if place:
            x, y = ratio / before[0] - 1, front / before[1] - 1
            for slot, value in enumerate((x, y, x * x, y * y, x * y)):
                moments[slot] += value
        ratios.append(ratio)
        states.append(above)
        closes.append(spy)
        days.append(day)
        state, before = above, (ratio, front, spy)
    ordered = sorted(ratios)
    return {
        "n_backwardation": sum(states),
        "episodes": episodes,
        "median": (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2,
        "sums": sums,
        "days": days,
        "rolling": rolling,
        "moments": moments,
    }


def check_same(found: Analysis, walked: dict[str, Any]) -> None:
    """The yardstick does the same work, or the ratio means nothing."""
    assert int(found.signal["backwardation"].sum()) == walked["n_backwardation"]
    assert found.episodes["n_sessions"].tolist() == [episode["n"] for episode in walked["episodes"]]
    assert found.signal["regime_day"].tolist() == walked["days"]
    returns = [episode["return"] for episode in walked["episodes"]]
    np.testing.assert_allclose(found.episodes["spy_return"], returns, rtol=1e-12)
    np.testing.assert_allclose(found.windows[-1].ivts_percentiles.p50, walked["median"], rtol=1e-12)
    last = found.rolling_rates.iloc[-1].tolist()
    np.testing.assert_allclose(last, walked["rolling"][-1], rtol=1e-12)
    forward = {each.horizon: each for each in found.measured.forward_returns}
    for horizon, each in forward.items():
        n, total = walked["sums"][horizon, True]
        assert each.n_backwardation == n
        assert abs(each.mean_backwardation - total / n) < 1e-9


def bootstrap(study: StudyInput) -> Any:
    block_starts_kept.cache_clear()  # each round draws anew
    name = ReturnBand(id="above-1", above=1.0, upto=None)
    return measure_group(study, HORIZON, name, study.backwardation)


def six_numbers(returns: np.ndarray, member: np.ndarray, front: np.ndarray) -> np.ndarray:
    """Mean, difference to the rest, and that beside the front: of returns, then of rises."""
    both = np.column_stack([returns, returns > 0])
    inside = both[member].mean(axis=0)
    regressors = np.column_stack([np.ones(len(front)), member, front])
    beside = np.linalg.solve(regressors.T @ regressors, regressors.T @ both)[1]
    return np.array([inside, inside - both[~member].mean(axis=0), beside]).T.ravel()


def with_arch(study: StudyInput, draws: int) -> Any:
    returns = study.returns(HORIZON)
    known = ~np.isnan(returns)
    columns = [column[known] for column in (returns, study.backwardation, study.log_front)]
    sampler = CircularBlockBootstrap(2 * HORIZON, *columns, seed=1)
    return six_numbers(*columns), np.percentile(sampler.apply(six_numbers, draws), [2.5, 97.5], axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each of our own timings (default 3)")
    rounds = parser.parse_args().rounds
    print(
        f"{'CPU seconds':20}{'core':>9}{'tuples':>9}{'iterrows':>10}{'bootstrap':>11}{'arch':>9}{'study':>9}"
    )
    calibration()
    ratios = []
    for name, n in SIZES.items():
        panel = make_panel(n)
        print(f"{name} …", file=sys.stderr, end="\r")
        quick, found = best(lambda panel=panel: core(panel), rounds)
        plain, walked = best(lambda panel=panel: by_tuples(panel), 1)
        check_same(found, walked)
        rows, _ = best(lambda panel=panel: by_rows(panel), 1)
        study = input_of(found, how=Resampling(draws=2000), overlay={"random_draws": 1000})
        study = replace(study, keep=lambda *_: {})
        drawn_once = input_of(found, how=Resampling(draws=DRAWS, max_draws=DRAWS, seed=1))
        ours, group = best(lambda s=drawn_once: bootstrap(s), rounds)
        draws = DRAWS if n < 100_000 else DRAWS // 20
        theirs, drawn = best(lambda s=study, d=draws: with_arch(s, d), 1)
        np.testing.assert_allclose(drawn[0][:4], [group.mean, group.difference, group.adds, group.share_up])
        theirs *= DRAWS / draws
        whole = float("nan")
        if n < 100_000:
            whole, _ = best(lambda s=study: measure_all(s, sample=True), 1)
        print(f"{name:20}{quick:9.3f}{plain:9.3f}{rows:10.3f}{ours:11.3f}{theirs:9.2f}{whole:9.2f}")
        ratios.append((name, plain / quick, rows / quick, theirs / ours))
    print(f"\n{'ratios':20}{'tuples / core':>15}{'iterrows / core':>17}{'arch / bootstrap':>18}")
    for name, tuples, rows, arch in ratios:
        print(f"{name:20}{tuples:15.0f}{rows:17.0f}{arch:18.1f}")
    print("aims: iterrows / core at least 100 at 1,000,000 sessions; arch / bootstrap at least 3; ", end="")
    print("studies at most 2 s at 17 years")


if __name__ == "__main__":
    main()
