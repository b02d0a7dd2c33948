"""The decision frame of the hedge lab: a convention, and what was measured on stored closes beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ivts_site import formatting as f
from ivts_site.content.hedge import Frame
from ivts_site.content.lab import Lab
from ivts_site.snapshot.hedge_types import HedgeCondition, HedgeLab
from ivts_site.snapshot.research_overlay_types import Difference, Overlay, Performance, Strategy
from ivts_site.view.lab_types import FrameView, RangeRow
from ivts_site.view.parts import Cell, Column, LinkView, RowView, TableView
from ivts_site.view.prose import build_prose

_NAMES = {
    "unhedged": "Not hedged",
    "constant": "Constant hedge",
    "regime": "By regime",
    "regime_late": "By regime, a session later",
}


def build_frame(lab: HedgeLab, frame: Frame, words: Lab, *, benchmark: str, level: float | None) -> FrameView:
    """Word the frame; the row that the session selects comes first, the others keep their order."""
    chosen = lab.selected.condition
    rows = sorted(lab.conditions, key=lambda condition: condition.id != chosen)
    return FrameView(
        id=frame.id,
        title=frame.title,
        lead=build_prose(frame.lead, "../"),
        rule=build_prose(frame.rule, "../"),
        today=_today(lab),
        link=LinkView(label=frame.title, href=f"#{frame.id}"),
        rows=tuple(_row(condition, today=condition.id == chosen) for condition in rows),
        evidence=words.evidence,
        missing=lab.overlay_missing or "",
        overlay=_strategies(lab.overlay) if lab.overlay else None,
        differences=_differences(lab.overlay, level) if lab.overlay else None,
        outcome=_outcome(lab.overlay) if lab.overlay else "",
        overlay_words=_overlay_words(lab.overlay, benchmark) if lab.overlay else (),
    )


def _today(lab: HedgeLab) -> str:
    said = lab.selected
    chosen = next(condition for condition in lab.conditions if condition.id == said.condition)
    band = f", band {said.band}" if said.band != said.regime else ""
    low, high = _end(chosen.hedge_low), _end(chosen.hedge_high)
    return (
        f"{f.date_long(lab.as_of)}: {said.regime}, day {f.count(said.regime_day)}{band}. "
        f"The row of such a day: {chosen.name.lower()}, {low.label} to {high.label} hedged "
        f"({chosen.evidence})."
    )


def _row(condition: HedgeCondition, *, today: bool) -> RangeRow:
    return RangeRow(
        id=condition.id,
        name=condition.name,
        ends=tuple(_end(share) for share in (condition.hedge_low, condition.hedge_high)),
        reason=condition.reason,
        evidence=condition.evidence,
        reading=condition.reading,
        today=today,
    )


def _end(share: float) -> LinkView:
    typed = f.fixed(share * 100, 2).rstrip("0").rstrip(".")
    return LinkView(label=f"{typed}{f.THIN_SPACE}%", href=f"#hedge={typed}", note=typed)


def _strategies(overlay: Overlay) -> TableView:
    labels = ("Cost, bp", "Annual return", "Volatility", "Sharpe", "Deepest fall", "Cost a year")
    return TableView(
        caption="Each rule for the hedge, at each cost of trading",
        columns=(Column(label="Rule"), *(Column(label=label, numeric=True) for label in labels)),
        rows=tuple(
            RowView(
                cells=(_rule(strategy), *_performance(strategy, result)), strong=strategy.name == "regime"
            )
            for strategy in overlay.strategies
            for result in strategy.results[: None if strategy.n_trades else 1]
        ),
    )


def _rule(strategy: Strategy) -> Cell:
    mean = f"mean hedge {f.percent(strategy.mean_hedge)}"
    traded = f", turnover {f.fixed(strategy.turnover, 1)} a year" if strategy.n_trades else ""
    return Cell(text=_NAMES[strategy.name], note=f"{mean}{traded}")


def _performance(strategy: Strategy, result: Performance) -> Iterable[Cell]:
    """Word one result; what trades nothing does the same at any cost."""
    yield Cell(text=f.fixed(result.cost, 0) if strategy.n_trades else "any")
    yield Cell(text=f.percent_change(result.annual_return))
    yield Cell(text=f.percent(result.volatility))
    yield Cell(text=f.fixed(result.sharpe, 2))
    yield Cell(text=f.percent_change(result.max_drawdown))
    yield Cell(text=f.percent(result.cost_per_year))


def _differences(overlay: Overlay, level: float | None) -> TableView:
    span = f"{f.percent(level, 0)} interval" if level else "interval"
    labels = (
        "Cost, bp",
        "Mean return a year, points",
        "Volatility, points",
        "Sharpe",
        "Deepest fall, points",
    )
    return TableView(
        caption=f"By regime less another rule, with the {span} of each difference",
        columns=(Column(label="Less"), *(Column(label=label, numeric=True) for label in labels)),
        rows=tuple(RowView(cells=tuple(_difference(found))) for found in overlay.differences),
    )


def _difference(found: Difference) -> Iterable[Cell]:
    yield Cell(text=_NAMES[found.other])
    yield Cell(text=f.fixed(found.cost, 0))
    yield Cell(text=_points(found.annual_mean), note=_pair(found.annual_mean_interval, _points))
    yield Cell(text=_points(found.volatility), note=_pair(found.volatility_interval, _points))
    yield Cell(text=_signed(found.sharpe), note=_pair(found.sharpe_interval, _signed))
    yield Cell(text=_points(found.max_drawdown), note=_pair(found.max_drawdown_interval, _points))


def _points(fraction: float) -> str:
    return f.signed(fraction * 100, 1)


def _signed(value: float | None) -> str:
    return f.signed(value, 2)


def _pair(pair: tuple[float, float] | None, word: Callable[[float], str]) -> str:
    return f"{word(pair[0])} to {word(pair[1])}" if pair else "no interval"


def _overlay_words(o: Overlay, benchmark: str) -> tuple[str, ...]:
    return (
        f"{benchmark}, {f.plural(o.n_sessions, 'daily return')} from {f.date_long(o.first_session)} to "
        f"{f.date_long(o.last_session)}; {f.count(o.n_hedged)} of them after a session in backwardation, in "
        f"{f.plural(o.n_episodes, 'episode')}. Price returns: no dividends, interest, funding or basis.",
        f"By regime: {f.percent(o.hedge_contango, 0)} hedged after a session in contango, "
        f"{f.percent(o.hedge_backwardation, 0)} after one in backwardation, from the session after the "
        f"signal on. Constant: the mean of that all the time. Intervals by block bootstrap, "
        f"{f.plural(o.block, 'session')} a block.",
        *_labels_in_random_order(o),
    )


def _outcome(o: Overlay) -> str:
    """Say what the regime rule did against no hedge, at the lowest cost above zero, whatever it did."""
    rules = {strategy.name: strategy for strategy in o.strategies}
    cost = _told_cost(o)
    ours, theirs = (_at_cost(rules[name], cost) for name in ("regime", "unhedged"))
    apart = next(d for d in o.differences if d.other == "unhedged" and d.cost == cost)
    return (
        f"At {f.fixed(cost, 0)} basis points a trade, hedging by regime earned "
        f"{f.percent(ours.annual_return)} a year against {f.percent(theirs.annual_return)} without a hedge, "
        f"at a volatility of {f.percent(ours.volatility)} against {f.percent(theirs.volatility)} and "
        f"a deepest fall of {f.percent(ours.max_drawdown)} against {f.percent(theirs.max_drawdown)}. "
        f"The Sharpe ratio differs by {_signed(apart.sharpe)}{_side(apart.sharpe_interval)}."
    )


def _side(pair: tuple[float, float] | None) -> str:
    if pair is None:
        return ", too few cases for an interval"
    side = "holds zero" if pair[0] <= 0 <= pair[1] else f"lies {'above' if pair[0] > 0 else 'below'} zero"
    return f"; its interval, {_pair(pair, _signed)}, {side}"


def _told_cost(o: Overlay) -> float:
    costs = [result.cost for result in o.strategies[0].results]
    return min((cost for cost in costs if cost > 0), default=costs[0])


def _at_cost(strategy: Strategy, cost: float) -> Performance:
    return next(result for result in strategy.results if result.cost == cost)


def _labels_in_random_order(o: Overlay) -> Iterable[str]:
    """Say how many random orders of the same spells did as well; nothing where that was not measured."""
    cost = _told_cost(o)
    for bench in o.bench:
        if bench.measure == "sharpe" and bench.cost == cost and bench.better is not None:
            yield (
                f"With the same spells in random order, {f.percent(bench.better)} of {f.count(bench.draws)} "
                f"trials had a Sharpe ratio at least as high, at {f.fixed(cost, 0)} basis points."
            )
