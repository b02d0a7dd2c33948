"""What the hedge lab says of its decision frame and of the measured overlay, `o` as `Stats`."""

from __future__ import annotations

from collections.abc import Iterable

from ivts_site import formatting as f
from ivts_site.published.hedge import HedgeLab, HedgeTest
from ivts_site.published.stats import Stats
from ivts_site.words.research import cost_words, interval_words


def reading_words(test: HedgeTest) -> str:
    """Word a test: "contango, day 1 to 21"; what asks nothing is any other reading."""
    parts = [test.regime or "", _days(test), f"band {' or '.join(test.bands)}" if test.bands else ""]
    return ", ".join(filter(None, parts)) or "any other reading"


def _days(test: HedgeTest) -> str:
    if test.last_day is None:
        return f"from day {test.first_day}" if test.first_day else ""
    return f"day {test.first_day or 1} to {test.last_day}"


def today_words(lab: HedgeLab) -> str:
    """Say what the session was, and which row it selects."""
    said = lab.selected
    chosen = next(condition for condition in lab.conditions if condition.id == said.condition)
    band = f", band {said.band}" if said.band != said.regime else ""
    low, high = (f"{typed(end)}%" for end in (chosen.hedge_low, chosen.hedge_high))
    return (
        f"{f.date_long(lab.as_of)}: {said.regime}, day {f.count(said.regime_day)}{band}. "
        f"The row of such a day: {chosen.name.lower()}, {low} to {high} hedged ({chosen.evidence})."
    )


def order_words(lab: HedgeLab) -> str:
    """Name the rows in the order in which they are tried."""
    return f"They are tried as follows: {', '.join(row.name.lower() for row in lab.conditions)}."


def typed(share: float) -> str:
    """Return a share in per cent as a visitor would type it into the lab: "20", "7.5"."""
    return f.fixed(share * 100, 2).rstrip("0").rstrip(".")


def sample_words(o: Stats, benchmark: str) -> Iterable[str]:
    """Say what the overlay was measured on, by which rules, and how much of it luck explains."""
    yield (
        f"{benchmark}, {o.plural('n_sessions', 'daily return')}, {o.span()}; {o.count('n_hedged')} of them "
        f"after a session in backwardation, in {o.plural('n_episodes', 'episode')}. Price returns: no "
        "dividends, interest, funding or basis."
    )
    yield (
        f"Hedge by regime: {o.percent('hedge_contango', 0)} hedged after a session in contango, "
        f"{o.percent('hedge_backwardation', 0)} after one in backwardation, from the session after the "
        f"signal on. Constant hedge: as large on average, never changed. Intervals by block bootstrap, "
        f"{o.plural('block', 'session')} a block."
    )
    cost = _told_cost(o)
    for bench in o.each("bench"):
        known = bench.value
        if known.measure == "sharpe" and known.cost == cost and known.better is not None:
            yield (
                f"With the same spells in random order, {bench.count('n_better')} of "
                f"{bench.count('n_compared')} trials ({bench.percent('better')}) had a Sharpe ratio at least "
                f"as high, at {bench.show('cost', cost_words)} basis points."
            )


def outcome_words(o: Stats) -> str:
    """Say what the regime rule did against no hedge, at the lowest cost above zero, whatever it did."""
    cost = _told_cost(o)
    rules = {strategy.value.name: strategy for strategy in o.each("strategies")}
    ours, theirs = (_at_cost(rules[name].each("results"), cost) for name in ("regime", "unhedged"))
    apart = _at_cost((d for d in o.each("differences") if d.value.other == "unhedged"), cost)
    return (
        f"At {ours.show('cost', cost_words)} basis points a trade, hedging by regime earned "
        f"{ours.percent('annual_return')} a year against {theirs.percent('annual_return')} without a hedge, "
        f"at a volatility of {ours.percent('volatility')} against {theirs.percent('volatility')} and "
        f"a deepest fall of {ours.percent('max_drawdown')} against {theirs.percent('max_drawdown')}. "
        f"The Sharpe ratio differs by {apart.signed('sharpe', 2)}{_side(apart)}."
    )


def _side(apart: Stats) -> str:
    pair = apart.value.sharpe_interval
    if pair is None:
        return ", too few cases for an interval"
    side = "holds zero" if pair[0] <= 0 <= pair[1] else f"lies {'above' if pair[0] > 0 else 'below'} zero"
    return f"; its interval, {interval_words(apart.at('sharpe_interval'), 'signed', 2)}, {side}"


def _told_cost(o: Stats) -> float:
    costs: list[float] = [result.cost for result in o.value.strategies[0].results]
    return min((cost for cost in costs if cost > 0), default=costs[0])


def _at_cost(results: Iterable[Stats], cost: float) -> Stats:
    return next(result for result in results if result.value.cost == cost)
