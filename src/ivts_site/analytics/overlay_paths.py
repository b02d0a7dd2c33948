"""Daily return paths: measured, resampled, and the rule's among those that follow random labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.bootstrap import block_starts, resample_sums
from ivts_site.analytics.returns import SESSIONS_A_YEAR
from ivts_site.analytics.rules import Resampling
from ivts_site.analytics.spells import number_spells
from ivts_site.published.numbers import known
from ivts_site.published.overlay import Measure, Placebo


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of each path: annualized mean, volatility, their quotient, deepest fall; arrays of one shape.

    The Sharpe ratio is NaN where the volatility is 0.
    """

    annual_mean: Floats
    volatility: Floats
    sharpe: Floats
    max_drawdown: Floats


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
    return Measures(annual_mean=annual, volatility=volatility, sharpe=sharpe, max_drawdown=falls)


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


HIGHER_IS_BETTER: Mapping[Measure, bool] = {
    "annual_mean": True,
    "volatility": False,
    "sharpe": True,
    "max_drawdown": True,
}


def shuffle_labels(label: Flags, draws: int, seed: int) -> Flags:
    """Put the spells of each regime into a random order; regimes still take turns as they did.

    Shape (sessions, draws); the same seed gives the same orders.
    """
    spell = number_spells(label)
    lengths = np.bincount(spell)
    first = bool(label[0])
    source = np.random.PCG64(seed).jumped()  # another stream than the bootstrap's
    mixed = np.empty((draws, len(lengths)), dtype=np.int64)
    for turn in (0, 1):
        own = lengths[turn::2]
        keys = source.random_raw(draws * len(own)).reshape(draws, len(own))
        mixed[:, turn::2] = own[np.argsort(keys, axis=1, kind="stable")]
    return np.column_stack([_spread(row, first) for row in mixed])


def placebo_paths(
    returns: Floats, label: Flags, hedges: tuple[float, float], costs: Sequence[float], how: tuple[int, int]
) -> list[Measures]:
    """Measure the rule under random labels: one result a cost, its arrays by draw.

    Hedges are those in contango and in backwardation, costs fractions per unit of hedge traded, `how` draws
    and seed.
    """
    mixed = shuffle_labels(label, *how)
    return [_measure(returns, mixed, hedges, cost) for cost in costs]


def compare(real: Measures, place: int, random: Measures, cost: float) -> Iterator[Placebo]:
    """Place one of the real paths among the random ones, measure by measure; a cost in basis points.

    A label that is no worse but for rounding counts as at least as good.
    """
    for name, higher in HIGHER_IS_BETTER.items():
        value, others = float(getattr(real, name)[place]), getattr(random, name)
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


def _measure(returns: Floats, mixed: Flags, hedges: tuple[float, float], cost: float) -> Measures:
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


def _spread(lengths: Ints, first: bool) -> Flags:
    turns = np.arange(len(lengths)) % 2 == 0
    return np.repeat(turns if first else ~turns, lengths)
