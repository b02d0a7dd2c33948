"""The decision frame of the hedge lab: a convention, and what was measured on stored closes beside it."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.content.hedge import Frame
from ivts_site.content.lab import Lab
from ivts_site.snapshot.hedge_types import HedgeCondition, HedgeLab
from ivts_site.snapshot.research_overlay_types import Overlay
from ivts_site.view.lab_types import FrameView, RangeRow
from ivts_site.view.parts import Cell, Column, LinkView, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Show, cell
from ivts_site.view.research_facts import interval_words
from ivts_site.view.stats import Stats, marked

_NAMES = {
    "unhedged": "Not hedged",
    "constant": "Constant hedge",
    "regime": "By regime",
    "regime_late": "By regime, a session later",
}


def build_frame(lab: HedgeLab, frame: Frame, words: Lab, *, benchmark: str, level: float | None) -> FrameView:
    """Word the frame; the row that the session selects comes first, the others keep their order."""
    chosen = lab.selected.condition
    measured = Stats(path="research.overlay", value=lab.overlay) if lab.overlay else None
    rows = sorted(lab.conditions, key=lambda condition: condition.id != chosen)
    return FrameView(
        id=frame.id,
        title=frame.title,
        lead=build_prose(frame.lead, "../"),
        rule=build_prose(f"{frame.rule} {_order(lab.conditions)}", "../"),
        today=_today(lab),
        link=LinkView(label=frame.title, href=f"#{frame.id}"),
        rows=tuple(_row(condition, today=condition.id == chosen) for condition in rows),
        evidence=words.evidence,
        missing=lab.overlay_missing or "",
        overlay=_strategies(measured) if measured else None,
        differences=_differences(measured, level) if measured else None,
        outcome=marked(_outcome(measured)) if measured else Markup(),
        overlay_words=tuple(map(marked, _overlay_words(measured, benchmark))) if measured else (),
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


def _order(conditions: Iterable[HedgeCondition]) -> str:
    return f"They are tried as follows: {', '.join(condition.name.lower() for condition in conditions)}."


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


def _strategies(overlay: Stats) -> TableView:
    labels = ("Cost, bp", "Growth a year", "Volatility", "Sharpe ratio", "Deepest fall", "Cost a year")
    return TableView(
        caption="Each rule for the hedge, at each cost of trading",
        columns=(Column(label="Rule"), *(Column(label=label, numeric=True) for label in labels)),
        rows=tuple(
            RowView(
                cells=(
                    _rule(strategy, noted=position == 0),
                    *_performance(result, trades=strategy.value.n_trades > 0),
                ),
                strong=strategy.value.name == "regime",
            )
            for strategy in overlay.each("strategies")
            for position, result in enumerate(strategy.each("results"))
            if strategy.value.n_trades or position == 0
        ),
    )


def _rule(s: Stats, *, noted: bool) -> Cell:
    if not noted:
        return cell(_NAMES[s.value.name])
    traded = f", turnover {s.fixed('turnover')} a year" if s.value.n_trades else ""
    return cell(_NAMES[s.value.name], f"mean hedge {s.percent('mean_hedge')}{traded}")


def _performance(s: Stats, *, trades: bool) -> Iterable[Cell]:
    """Word one result; what trades nothing does the same at any cost."""
    yield cell(s.fixed("cost", 0) if trades else "any")
    yield cell(s.change("annual_return"))
    yield cell(s.percent("volatility"))
    yield cell(s.fixed("sharpe", 2))
    yield cell(s.change("max_drawdown"))
    yield cell(s.percent("cost_per_year", 2))


def _differences(overlay: Stats, level: float | None) -> TableView:
    span = f"{f.percent(level, 0)} interval" if level else "interval"
    labels = ("Cost, bp", "Mean return a year", "Volatility", "Sharpe", "Deepest fall")
    return TableView(
        caption=f"By regime less another rule, with the {span} of each difference",
        columns=(Column(label="Less"), *(Column(label=label, numeric=True) for label in labels)),
        rows=tuple(RowView(cells=tuple(_difference(found))) for found in overlay.each("differences")),
    )


def _difference(s: Stats) -> Iterable[Cell]:
    yield cell(_NAMES[s.value.other])
    yield cell(s.fixed("cost", 0))
    for name, show in _GAPS.items():
        yield cell(show(s, name), _pair(s, name, show))


def _sharpe(s: Stats, keys: str) -> str:
    return s.signed(keys, 2)


_GAPS: dict[str, Show] = {
    "annual_mean": Stats.points,
    "volatility": Stats.points,
    "sharpe": _sharpe,
    "max_drawdown": Stats.points,
}


def _pair(s: Stats, name: str, show: Show) -> str:
    words = interval_words(s, f"{name}_interval", show)
    return "no interval" if words == f.UNDEFINED else words


def _overlay_words(o: Stats, benchmark: str) -> Iterable[str]:
    yield (
        f"{benchmark}, {o.plural('n_sessions', 'daily return')}, {o.span()}; {o.count('n_hedged')} of them "
        f"after a session in backwardation, in {o.plural('n_episodes', 'episode')}. Price returns: no "
        "dividends, interest, funding or basis."
    )
    yield (
        f"By regime: {o.percent('hedge_contango', 0)} hedged after a session in contango, "
        f"{o.percent('hedge_backwardation', 0)} after one in backwardation, from the session after the "
        f"signal on. Constant: the mean of that all the time. Intervals by block bootstrap, "
        f"{o.plural('block', 'session')} a block."
    )
    yield from _labels_in_random_order(o)


def _outcome(o: Stats) -> str:
    """Say what the regime rule did against no hedge, at the lowest cost above zero, whatever it did."""
    cost = _told_cost(o.value)
    rules = {strategy.value.name: strategy for strategy in o.each("strategies")}
    ours, theirs = (_at_cost(rules[name].each("results"), cost) for name in ("regime", "unhedged"))
    apart = _at_cost((d for d in o.each("differences") if d.value.other == "unhedged"), cost)
    return (
        f"At {ours.fixed('cost', 0)} basis points a trade, hedging by regime earned "
        f"{ours.percent('annual_return')} a year against {theirs.percent('annual_return')} without a hedge, "
        f"at a volatility of {ours.percent('volatility')} against {theirs.percent('volatility')} and "
        f"a deepest fall of {ours.percent('max_drawdown')} against {theirs.percent('max_drawdown')}. "
        f"The Sharpe ratio differs by {_sharpe(apart, 'sharpe')}{_side(apart)}."
    )


def _side(s: Stats) -> str:
    pair = s.value.sharpe_interval
    if pair is None:
        return ", too few cases for an interval"
    side = "holds zero" if pair[0] <= 0 <= pair[1] else f"lies {'above' if pair[0] > 0 else 'below'} zero"
    return f"; its interval, {_pair(s, 'sharpe', _sharpe)}, {side}"


def _told_cost(o: Overlay) -> float:
    costs = [result.cost for result in o.strategies[0].results]
    return min((cost for cost in costs if cost > 0), default=costs[0])


def _at_cost(results: Iterable[Stats], cost: float) -> Stats:
    return next(result for result in results if result.value.cost == cost)


def _labels_in_random_order(o: Stats) -> Iterable[str]:
    """Say how many random orders of the same spells did as well; nothing where that was not measured."""
    cost = _told_cost(o.value)
    for s in o.each("bench"):
        bench = s.value
        if bench.measure == "sharpe" and bench.cost == cost and bench.better is not None:
            yield (
                f"With the same spells in random order, {s.count('n_better')} of {s.count('n_compared')} "
                f"trials ({s.percent('better')}) had a Sharpe ratio at least as high, at "
                f"{s.fixed('cost', 0)} basis points."
            )
