"""Does it pay to hedge on it? A daily hedge by regime against none, and against as much all the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.bootstrap import block_length, find_runs, percentile_interval
from ivts_site.analytics.overlay_paths import (
    HIGHER_IS_BETTER,
    Measures,
    compare,
    measure_paths,
    placebo_paths,
    resample_paths,
)
from ivts_site.analytics.returns import SESSIONS_A_YEAR
from ivts_site.analytics.rules import OverlayRules, StudyRules
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.numbers import day, known
from ivts_site.published.overlay import (
    Difference,
    Growth,
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
                volatility=float(measures.volatility[row]),
                sharpe=known(measures.sharpe[row]),
                max_drawdown=float(measures.max_drawdown[row]),
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
        values = getattr(real, name)
        found[name] = known(values[one] - values[other])
        found[f"{name}_interval"] = None
        if drawn is not None:
            draws = getattr(drawn, name)
            found[f"{name}_interval"] = percentile_interval(draws[:, one] - draws[:, other], level)
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
    values = {name: np.exp(np.cumsum(np.log1p(each[middle])))[ends] for name, each in nets.items()}
    return Growth(
        cost=float(costs[middle]),
        sessions=tuple(day(session) for session in sessions[ends]),
        unhedged=tuple(values["unhedged"].tolist()),
        constant=tuple(values["constant"].tolist()),
        regime=tuple(values["regime"].tolist()),
    )
