"""Does it pay to hedge on it? A daily hedge by regime against none, and against as much all the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import Pair, Resampling, find_runs, percentile_interval
from ivts_site.analytics.ground import Ground
from ivts_site.analytics.overlay_bench import HIGHER_IS_BETTER, Bench, bench_labels, compare
from ivts_site.analytics.overlay_paths import Measures, measure_paths, resample_paths
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.volatility import SESSIONS_A_YEAR

BASIS_POINT = 1e-4
OTHERS = ("unhedged", "constant")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayRules:
    """Hedge by regime as a share of the holding, costs in basis points (rising), blocks, random labels."""

    contango: float
    backwardation: float
    costs: tuple[float, ...]
    block: int
    random_draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A strategy at one cost, see `measure_overlay`."""

    cost: float
    annual_return: float
    volatility: float
    sharpe: float
    max_drawdown: float
    cost_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A rule for the hedge, and what it did at each cost."""

    name: str
    mean_hedge: float
    turnover: float
    n_trades: int
    results: tuple[Performance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The regime rule less another strategy at one cost."""

    other: str
    cost: float
    annual_mean: float
    annual_mean_interval: Pair | None
    volatility: float
    volatility_interval: Pair | None
    sharpe: float
    sharpe_interval: Pair | None
    max_drawdown: float
    max_drawdown_interval: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Value of 1 at the last session of each month."""

    cost: float
    sessions: tuple[pd.Timestamp, ...]
    unhedged: Floats
    constant: Floats
    regime: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The whole comparison."""

    hedge_contango: float
    hedge_backwardation: float
    n_sessions: int
    n_hedged: int
    n_episodes: int
    first_session: pd.Timestamp
    last_session: pd.Timestamp
    block: int
    strategies: tuple[Strategy, ...]
    differences: tuple[Difference, ...]
    bench: tuple[Bench, ...]
    growth: Growth


@dataclass(frozen=True, slots=True)
class _Days:
    """Returns that follow a signal: their sessions, and the regime known one and two sessions before."""

    sessions: pd.DatetimeIndex
    returns: Floats
    label: Flags
    late: Flags


def measure_overlay(ground: Ground, rules: OverlayRules, how: Resampling) -> Overlay | None:
    """Measure the hedge by regime on the benchmark.

    The strategy earns (1 − h(t)) · r(t) − c · |h(t) − h(t − 1)| on session t, where h(t) is the hedge of the
    regime of the last session with a ratio before t: the signal is a close, and what it says is first earned
    over the session after. `regime_late` waits one session longer, as a reader does who trades at the close
    of the session after the signal. `constant` carries the mean of the regime rule's h all the time, so that
    both hedge the same amount. No dividends, no interest.

    Parameters
    ----------
    ground : Ground
        Regimes and benchmark.
    rules : OverlayRules
        Hedges, costs, sessions of a block, number of random labels.
    how : Resampling
        Draws, seed, level.

    Returns
    -------
    Overlay or None
        None where fewer than two returns follow a signal. Intervals are None where the regime was never, or
        in fewer than `how.min_cases` spells, backwardation.
    """
    days = _days(ground)
    if len(days.returns) < 2:
        return None
    hedge = _hedge(days.label, rules)
    hedges = {
        "unhedged": np.zeros(len(hedge)),
        "constant": np.full(len(hedge), hedge.mean()),
        "regime": hedge,
        "regime_late": _hedge(days.late, rules),
    }
    nets = {name: _nets(days.returns, held, rules.costs) for name, held in hedges.items()}
    n_episodes = len(find_runs(days.label)[0])
    return Overlay(
        hedge_contango=rules.contango,
        hedge_backwardation=rules.backwardation,
        n_sessions=len(hedge),
        n_hedged=int(days.label.sum()),
        n_episodes=n_episodes,
        first_session=days.sessions[0],
        last_session=days.sessions[-1],
        block=rules.block,
        strategies=tuple(_strategy(name, hedges[name], nets[name], rules.costs) for name in hedges),
        differences=_differences(nets, rules, how, enough=n_episodes >= how.min_cases),
        bench=_bench(days, nets["regime"], rules, how.seed),
        growth=_growth(days.sessions, nets, rules.costs),
    )


def _days(ground: Ground) -> _Days:
    """Sessions with a return whose two sessions before have a signal at or before them."""
    returns = np.full(len(ground.close), np.nan)
    returns[1:] = ground.close[1:] / ground.close[:-1] - 1
    places = np.flatnonzero(~np.isnan(returns) & (np.arange(len(returns)) >= ground.place[0] + 2))
    return _Days(
        ground.panel_sessions[places],
        returns[places],
        _last_known(ground, places - 1),
        _last_known(ground, places - 2),
    )


def _last_known(ground: Ground, places: Ints) -> Flags:
    """Regime of the last session with a ratio at or before each place: a missing close changes nothing."""
    return ground.backwardation[np.searchsorted(ground.place, places, side="right") - 1]


def _hedge(label: Flags, rules: OverlayRules) -> Floats:
    return np.where(label, rules.backwardation, rules.contango)


def _nets(returns: Floats, hedge: Floats, costs: Sequence[float]) -> Floats:
    """Daily returns after costs, a row a cost; the first position costs nothing."""
    traded = np.abs(np.diff(hedge, prepend=hedge[0]))
    return np.array([(1 - hedge) * returns - cost * BASIS_POINT * traded for cost in costs])


def _strategy(name: str, hedge: Floats, nets: Floats, costs: Sequence[float]) -> Strategy:
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
                cost=cost,
                annual_return=float(np.expm1(growth[row] * SESSIONS_A_YEAR / len(hedge))),
                volatility=float(measures.volatility[row]),
                sharpe=float(measures.sharpe[row]),
                max_drawdown=float(measures.max_drawdown[row]),
                cost_per_year=cost * BASIS_POINT * turnover,
            )
            for row, cost in enumerate(costs)
        ),
    )


def _differences(
    nets: Mapping[str, Floats], rules: OverlayRules, how: Resampling, *, enough: bool
) -> tuple[Difference, ...]:
    """The regime rule at each cost less each other strategy, which trades nothing and has no cost."""
    paths = np.concatenate([nets["regime"], *(nets[other][:1] for other in OTHERS)])
    real, drawn = measure_paths(paths), resample_paths(paths, rules.block, how) if enough else None
    n = len(rules.costs)
    return tuple(
        Difference(other=other, cost=cost, **_less(real, drawn, (place, n + second), how.level))
        for second, other in enumerate(OTHERS)
        for place, cost in enumerate(rules.costs)
    )


def _less(real: Measures, drawn: Measures | None, pair: tuple[int, int], level: float) -> dict[str, Any]:
    """Difference of each measure between two paths, and its interval."""
    one, other = pair
    found: dict[str, Any] = {}
    for name in HIGHER_IS_BETTER:
        values = getattr(real, name)
        found[name] = float(values[one] - values[other])
        found[f"{name}_interval"] = None
        if drawn is not None:
            draws = getattr(drawn, name)
            found[f"{name}_interval"] = percentile_interval(draws[:, one] - draws[:, other], level)
    return found


def _bench(days: _Days, nets: Floats, rules: OverlayRules, seed: int) -> tuple[Bench, ...]:
    hedges, costs = (rules.contango, rules.backwardation), [cost * BASIS_POINT for cost in rules.costs]
    random = bench_labels(days.returns, days.label, hedges, costs, (rules.random_draws, seed))
    real = measure_paths(nets)
    return tuple(
        bench
        for place, (cost, measures) in enumerate(zip(rules.costs, random, strict=True))
        for bench in compare(real, place, measures, cost)
    )


def _growth(sessions: pd.DatetimeIndex, nets: Mapping[str, Floats], costs: Sequence[float]) -> Growth:
    """Growth at the middle one of the costs."""
    middle = len(costs) // 2
    months = sessions.year * 12 + sessions.month
    ends = np.flatnonzero(np.append(months[1:] != months[:-1], True))
    values = {name: np.exp(np.cumsum(np.log1p(each[middle])))[ends] for name, each in nets.items()}
    return Growth(
        cost=costs[middle],
        sessions=tuple(sessions[ends]),
        unhedged=values["unhedged"],
        constant=values["constant"],
        regime=values["regime"],
    )
