"""The regime rule among rules that follow random labels: the same spells in another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ivts_site.analytics.overlay_paths import Measures, max_drawdowns, read_measures
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.spells import number_spells
from ivts_site.published.numbers import known
from ivts_site.published.overlay import Bench, Measure

HIGHER_IS_BETTER: Mapping[Measure, bool] = {
    "annual_mean": True,
    "volatility": False,
    "sharpe": True,
    "max_drawdown": True,
}


def shuffle_labels(label: Flags, draws: int, seed: int) -> Flags:
    """Put the spells of each regime into a random order; regimes still take turns as they did.

    Parameters
    ----------
    label : array of bool
        By session.
    draws : int
        How many.
    seed : int
        The same seed gives the same orders.

    Returns
    -------
    array of bool, shape (len(label), draws)
        Every column holds the spell lengths of `label`, by regime.
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
    """Measure the rule under random labels.

    Parameters
    ----------
    returns : array
        Of the benchmark, by session.
    label : array of bool
        Regime known before each session.
    hedges : tuple of float
        In contango and in backwardation.
    costs : sequence of float
        Per unit of hedge traded, as fractions.
    how : tuple of int
        Draws and seed.

    Returns
    -------
    list of Measures
        One a cost; arrays by draw.
    """
    mixed = shuffle_labels(label, *how)
    return [_measure(returns, mixed, hedges, cost) for cost in costs]


def compare(real: Measures, place: int, random: Measures, cost: float) -> Iterator[Bench]:
    """Place the real path among the random ones, measure by measure.

    Parameters
    ----------
    real : Measures
        Of several paths.
    place : int
        Which of them is the rule's.
    random : Measures
        By draw.
    cost : float
        Basis points, for the record.

    Yields
    ------
    Bench
        `better` is the share of random labels at least as good: as high, of volatility as low. A label that
        is no worse but for rounding counts.
    """
    for name, higher in HIGHER_IS_BETTER.items():
        value, others = float(getattr(real, name)[place]), getattr(random, name)
        defined = others[~np.isnan(others)]
        sign = 1 if higher else -1
        n_better = int((sign * (defined - value) >= -1e-12).sum())
        low, median, high = np.percentile(defined, [5, 50, 95]).tolist() if len(defined) else (None,) * 3
        yield Bench(
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
