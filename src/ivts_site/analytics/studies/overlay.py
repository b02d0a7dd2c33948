"""Does it pay to hedge on it? A daily hedge by regime against none, and against as much all the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.bootstrap import (
    block_length,
    block_starts,
    find_runs,
    percentile_interval,
    resample_sums,
)
from ivts_site.analytics.returns import SESSIONS_A_YEAR
from ivts_site.analytics.rules import OverlayRules, Resampling, StudyRules
from ivts_site.analytics.spells import number_spells
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.numbers import day, known
from ivts_site.published.overlay import (
    Difference,
    Growth,
    Measure,
    Overlay,
    Performance,
    Placebo,
    Strategy,
    StrategyName,
)

RANK = 80
BASIS_POINT = 1e-4
FEWEST_SESSIONS = SESSIONS_A_YEAR
"""Returns behind figures a year."""
Measures = dict[Measure, Floats]
"""Measures of daily return paths, arrays of one shape; the Sharpe ratio is NaN where the volatility is 0."""
HIGHER_IS_BETTER: Mapping[Measure, bool] = {
    "annual_mean": True,
    "volatility": False,
    "sharpe": True,
    "max_drawdown": True,
}
OTHERS: tuple[StrategyName, ...] = ("unhedged", "constant")


@dataclass(frozen=True, slots=True)
class _Days:
    """Returns that follow a signal: their sessions, and the regime known one and two sessions before."""

    sessions: pd.DatetimeIndex
    returns: Floats
    label: Flags
    late: Flags


@dataclass(frozen=True, kw_only=True)
class Hedged:
    """What the study publishes."""

    overlay: Overlay | None
    """Null where less than a year of benchmark returns follows a signal."""


def measure(study: StudyInput) -> Hedged:
    """Measure the hedge by regime on the benchmark.

    The strategy earns (1 − h(t)) · r(t) − c · |h(t) − h(t − 1)| on session t, where h(t) is the hedge of the
    regime of the last session with a ratio before t: the signal is a close, and what it says is first earned
    over the session after. `regime_late` waits one session longer, as a reader does who trades at the close
    of the session after the signal. `constant` carries the mean of the regime rule's h all the time, so that
    both hedge the same amount. No dividends, no interest. Intervals are None where the regime was never, or
    in fewer than `min_cases` spells, backwardation.
    """
    days = _days(study)
    return Hedged(overlay=_measure(days, study.rules) if len(days.returns) >= FEWEST_SESSIONS else None)


def _measure(days: _Days, rules: StudyRules) -> Overlay:
    hedge, costs = _hedge(days.label, rules.overlay), rules.overlay.costs
    hedges: dict[StrategyName, Floats] = {
        "unhedged": np.zeros(len(hedge)),
        "constant": np.full(len(hedge), hedge.mean()),
        "regime": hedge,
        "regime_late": _hedge(days.late, rules.overlay),
    }
    nets = {name: _nets(days.returns, held, costs) for name, held in hedges.items()}
    n_episodes = len(find_runs(days.label)[0])
    return Overlay(
        hedge_contango=rules.overlay.contango,
        hedge_backwardation=rules.overlay.backwardation,
        n_sessions=len(hedge),
        n_hedged=int(days.label.sum()),
        n_episodes=n_episodes,
        first_session=day(days.sessions[0]),
        last_session=day(days.sessions[-1]),
        block=block_length(rules, rules.horizon),
        strategies=tuple(_strategy(name, hedges[name], nets[name], costs) for name in hedges),
        differences=_differences(nets, rules, enough=n_episodes >= rules.min_cases),
        bench=_placebo(days, nets["regime"], rules),
        growth=_growth(days.sessions, nets, costs),
    )


def _days(study: StudyInput) -> _Days:
    """Sessions with a return whose two sessions before have a signal at or before them."""
    returns = np.full(len(study.close), np.nan)
    returns[1:] = study.close[1:] / study.close[:-1] - 1
    places = np.flatnonzero(~np.isnan(returns) & (np.arange(len(returns)) >= study.place[0] + 2))
    return _Days(
        study.panel_sessions[places],
        returns[places],
        _last_known(study, places - 1),
        _last_known(study, places - 2),
    )


def _last_known(study: StudyInput, places: Ints) -> Flags:
    """Regime of the last session with a ratio at or before each place: a missing close changes nothing."""
    return study.backwardation[np.searchsorted(study.place, places, side="right") - 1]


def _hedge(label: Flags, rules: OverlayRules) -> Floats:
    return np.where(label, rules.backwardation, rules.contango)


def _nets(returns: Floats, hedge: Floats, costs: Sequence[float]) -> Floats:
    """Daily returns after costs, a row a cost; the first position costs nothing."""
    traded = np.abs(np.diff(hedge, prepend=hedge[0]))
    return np.array([(1 - hedge) * returns - cost * BASIS_POINT * traded for cost in costs])


def _strategy(name: StrategyName, hedge: Floats, nets: Floats, costs: Sequence[float]) -> Strategy:
    traded = np.abs(np.diff(hedge))
    turnover = float(traded.sum()) * SESSIONS_A_YEAR / len(hedge)
    measures, growth = measure_paths(nets), np.log1p(nets).sum(axis=1)
    return Strategy(
        name=name,
        mean_hedge=float(hedge.mean()),
        turnover=turnover,
        n_trades=int((traded > 0).sum()),
        results=tuple(
            Performance(
                cost=float(cost),
                annual_return=float(np.expm1(growth[row] * SESSIONS_A_YEAR / len(hedge))),
                volatility=float(measures["volatility"][row]),
                sharpe=known(measures["sharpe"][row]),
                max_drawdown=float(measures["max_drawdown"][row]),
                cost_per_year=cost * BASIS_POINT * turnover,
            )
            for row, cost in enumerate(costs)
        ),
    )


def _differences(
    nets: Mapping[StrategyName, Floats], rules: StudyRules, *, enough: bool
) -> tuple[Difference, ...]:
    """The regime rule at each cost less each other strategy, which trades nothing and has no cost."""
    paths = np.concatenate([nets["regime"], *(nets[other][:1] for other in OTHERS)])
    real, drawn = measure_paths(paths), None
    if enough:
        drawn = resample_paths(paths, block_length(rules, rules.horizon), rules)
    n = len(rules.overlay.costs)
    return tuple(
        Difference(other=other, cost=float(cost), **_less(real, drawn, (place, n + second), rules.level))
        for second, other in enumerate(OTHERS)
        for place, cost in enumerate(rules.overlay.costs)
    )


def _less(real: Measures, drawn: Measures | None, pair: tuple[int, int], level: float) -> dict[str, Any]:
    """Difference of each measure between two paths, and its interval."""
    one, other = pair
    found: dict[str, Any] = {}
    for name in HIGHER_IS_BETTER:
        found[name] = known(real[name][one] - real[name][other])
        found[f"{name}_interval"] = None
        if drawn is not None:
            draws = drawn[name][:, one] - drawn[name][:, other]
            found[f"{name}_interval"] = percentile_interval(draws, level)
    return found


def _placebo(days: _Days, nets: Floats, rules: StudyRules) -> tuple[Placebo, ...]:
    asked = rules.overlay
    hedges, costs = (asked.contango, asked.backwardation), [cost * BASIS_POINT for cost in asked.costs]
    random = placebo_paths(days.returns, days.label, hedges, costs, (asked.random_draws, rules.seed))
    real = measure_paths(nets)
    return tuple(
        placebo
        for place, (cost, measures) in enumerate(zip(asked.costs, random, strict=True))
        for placebo in compare(real, place, measures, cost)
    )


def _growth(
    sessions: pd.DatetimeIndex, nets: Mapping[StrategyName, Floats], costs: Sequence[float]
) -> Growth:
    """Growth at the middle one of the costs."""
    middle = len(costs) // 2
    months = sessions.year * 12 + sessions.month
    ends = np.flatnonzero(np.append(months[1:] != months[:-1], True))
    shown: tuple[StrategyName, ...] = ("unhedged", "constant", "regime")
    return Growth(
        cost=float(costs[middle]),
        sessions=tuple(day(session) for session in sessions[ends]),
        **{name: tuple(np.exp(np.cumsum(np.log1p(nets[name][middle])))[ends].tolist()) for name in shown},
    )


# ---------------------------------------------------------------- paths


def measure_paths(nets: Floats) -> Measures:
    """Measure daily simple returns, one path a row, of shape (paths, sessions)."""
    level = np.cumsum(np.log1p(nets), axis=1)
    high = np.maximum.accumulate(np.maximum(level, 0.0), axis=1)
    falls = np.expm1(np.minimum((level - high).min(axis=1), 0.0))
    return read_measures(nets.sum(axis=1), (nets**2).sum(axis=1), nets.shape[1], falls)


def resample_paths(nets: Floats, block: int, how: Resampling) -> Measures:
    """Measure resampled histories of daily returns, (paths, sessions), as arrays of shape (draws, paths)."""
    paths, n = nets.shape
    sums = resample_sums(np.concatenate([nets, nets**2]).T, block, how.draws, how.seed)
    rows = np.ascontiguousarray(np.log1p(nets).T)
    block = min(block, n)
    drawn = block_starts(n, block, how.draws, how.seed)
    falls = [max_drawdowns(_drawn(rows, starts, block)) for starts in drawn]
    return read_measures(sums[:, :paths], sums[:, paths:], n, np.concatenate(falls))


def read_measures(sums: Floats, squares: Floats, n: int, falls: Floats) -> Measures:
    """From sums of n daily returns, of their squares, and the deepest falls; n is at least 2."""
    average = sums / n
    variance = np.maximum(squares / n - average**2, 0.0) * n / (n - 1)
    variance[variance < 1e-18] = 0.0  # a constant path leaves the rounding of its squares
    annual, volatility = average * SESSIONS_A_YEAR, np.sqrt(variance * SESSIONS_A_YEAR)
    sharpe = np.divide(annual, volatility, out=np.full(annual.shape, np.nan), where=volatility > 0)
    return {"annual_mean": annual, "volatility": volatility, "sharpe": sharpe, "max_drawdown": falls}


def max_drawdowns(steps: Iterable[Floats]) -> Floats:
    """Deepest fall from a running high of very many paths; the start is among the highs.

    A step is the log returns of all paths on one session, so that all of it stays in fast memory.
    """
    level = high = low = fall = np.zeros(())
    for number, step in enumerate(steps):
        if number == 0:
            level, high, low, fall = (np.zeros(step.shape) for _ in range(4))
        np.add(level, step, out=level)
        np.maximum(high, level, out=high)
        np.subtract(level, high, out=fall)
        np.minimum(low, fall, out=low)
    return np.asarray(np.expm1(low))


def _drawn(rows: Floats, starts: np.ndarray, block: int) -> Iterator[Floats]:
    """Rows (sessions, paths) in the drawn order: one array (draws, paths) a session."""
    n = len(rows)
    for session in range(n):
        turn, offset = divmod(session, block)
        place = starts[:, turn] + offset
        yield rows.take(np.where(place < n, place, place - n), axis=0)


def shuffle_labels(label: Flags, draws: int, seed: int) -> Flags:
    """Put the spells of each regime into a random order; regimes still take turns as they did.

    Shape (sessions, draws); the same seed gives the same orders.
    """
    lengths = np.bincount(number_spells(label))
    regimes = (np.arange(len(lengths)) % 2 == 0) == label[0]
    source = np.random.PCG64(seed).jumped()  # another stream than the bootstrap's
    mixed = np.empty((draws, len(lengths)), dtype=np.int64)
    for turn in (0, 1):
        own = lengths[turn::2]
        keys = source.random_raw(draws * len(own)).reshape(draws, len(own))
        mixed[:, turn::2] = own[np.argsort(keys, axis=1, kind="stable")]
    return np.column_stack([np.repeat(regimes, row) for row in mixed])


def placebo_paths(
    returns: Floats, label: Flags, hedges: tuple[float, float], costs: Sequence[float], how: tuple[int, int]
) -> list[Measures]:
    """Measure the rule under random labels: one result a cost, its arrays by draw.

    Hedges are those in contango and in backwardation, costs fractions per unit of hedge traded, `how` draws
    and seed.
    """
    mixed = shuffle_labels(label, *how)
    return [_measure_random(returns, mixed, hedges, cost) for cost in costs]


def compare(real: Measures, place: int, random: Measures, cost: float) -> Iterator[Placebo]:
    """Place one of the real paths among the random ones, measure by measure; a cost in basis points.

    A label that is no worse but for rounding counts as at least as good.
    """
    for name, higher in HIGHER_IS_BETTER.items():
        value, others = float(real[name][place]), random[name]
        defined = others[~np.isnan(others)]
        sign = 1 if higher else -1
        n_better = int((sign * (defined - value) >= -1e-12).sum())
        low, median, high = np.percentile(defined, [5, 50, 95]).tolist() if len(defined) else (None,) * 3
        yield Placebo(
            cost=float(cost),
            draws=len(others),
            measure=name,
            value=known(value),
            low=low,
            median=median,
            high=high,
            better=n_better / len(defined) if len(defined) else None,
            n_better=n_better,
            n_compared=len(defined),
        )


def _measure_random(returns: Floats, mixed: Flags, hedges: tuple[float, float], cost: float) -> Measures:
    sums, squares = np.zeros((2, mixed.shape[1]))
    kept, trade = 1 - np.array(hedges), cost * abs(hedges[1] - hedges[0])
    # a session has four outcomes: either label, kept or just taken
    outcomes = np.stack([kept[label] * returns - paid for label in (0, 1) for paid in (0.0, trade)], axis=1)
    taken = np.vstack([np.zeros_like(mixed[:1]), mixed[1:] != mixed[:-1]])

    def steps() -> Iterator[Floats]:
        for row, change, net, square, step in zip(
            mixed, taken, outcomes, outcomes**2, np.log1p(outcomes), strict=True
        ):
            which = 2 * row.astype(np.intp) + change
            np.add(sums, net.take(which), out=sums)
            np.add(squares, square.take(which), out=squares)
            yield step.take(which)

    falls = max_drawdowns(steps())
    return read_measures(sums, squares, len(returns), falls)
