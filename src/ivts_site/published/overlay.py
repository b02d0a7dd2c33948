"""The hedge overlay in `research.json` and `hedge.json`; see `studies` for units, intervals and null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivts_site.published.studies import Pair

StrategyName = Literal["unhedged", "constant", "regime", "regime_late"]
Measure = Literal["annual_mean", "volatility", "sharpe", "max_drawdown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A strategy at one cost of trading."""

    cost: float
    """Basis points of the traded share of the holding."""
    annual_return: float
    """Growth over the whole window, compounded, a year of 252 sessions."""
    volatility: float
    """√252 × standard deviation (n − 1) of daily simple returns; fraction, not points."""
    sharpe: float | None
    """252 × mean daily return / volatility, no interest deducted; null where volatility is 0."""
    max_drawdown: float
    """Deepest fall of the value from a running high; 0 or negative."""
    cost_per_year: float
    """What trading took from the mean return a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A rule for the hedge, and what it did."""

    name: StrategyName
    """`unhedged` h = 0; `constant` the mean hedge of `regime` all the time; `regime` h by the regime of the
    session before; `regime_late` one session later still, for a reader who trades at the close of the session
    after the signal."""
    mean_hedge: float
    """Mean of h over the sessions, a share of the holding."""
    turnover: float
    """Sum of |changes of h| a year of 252 sessions; a constant h trades nothing here."""
    n_trades: int
    """Sessions on which h changed."""
    results: tuple[Performance, ...]
    """By cost, rising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`regime` less another strategy, both from the same resampled history."""

    other: StrategyName
    """The strategy that is deducted."""
    cost: float
    """Basis points of the traded share of the holding."""
    annual_mean: float
    """Difference of 252 × mean daily return."""
    annual_mean_interval: Pair | None
    """Of `annual_mean`, by block bootstrap."""
    volatility: float
    """Difference of the volatilities, fraction a year; negative: the regime rule moved less."""
    volatility_interval: Pair | None
    """Of `volatility`, by the same bootstrap."""
    sharpe: float | None
    """Difference of the Sharpe ratios; null where one of them is undefined."""
    sharpe_interval: Pair | None
    """Of `sharpe`, by the same bootstrap."""
    max_drawdown: float
    """Positive: the regime rule fell less deep."""
    max_drawdown_interval: Pair | None
    """Of `max_drawdown`, by the same bootstrap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """The regime rule among rules that follow random labels: the same spells in random order."""

    cost: float
    """Basis points of the traded share of the holding."""
    draws: int
    """How many random orders were made."""
    measure: Measure
    """What is compared, in the units of the strategies; `annual_mean` is 252 × mean daily return."""
    value: float | None
    """Of the real labels."""
    low: float | None
    """5th percentile of the random ones."""
    median: float | None
    """Median of the random ones."""
    high: float | None
    """95th percentile of the random ones."""
    better: float | None
    """Share of random labels at least as good as the real ones: higher, for volatility lower."""
    n_better: int
    """Its numerator."""
    n_compared: int
    """Its denominator: the random labels for which the measure is defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Value of 1 invested, at the last session of each month."""

    cost: float
    """Basis points of the traded share of the holding."""
    sessions: tuple[str, ...]
    """Last session of each month."""
    unhedged: tuple[float, ...]
    """Value of the strategy `unhedged`."""
    constant: tuple[float, ...]
    """Value of the strategy `constant`."""
    regime: tuple[float, ...]
    """Value of the strategy `regime`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Benchmark held with the share h of it hedged: (1 − h) × its price return, less cost × |change of h|.

    No dividends, no interest, no funding, no basis. h changes with the close of the signal and first counts
    over the session after it.
    """

    hedge_contango: float
    """h after a session in contango."""
    hedge_backwardation: float
    """h after a session in backwardation."""
    n_sessions: int
    """Daily returns earned."""
    n_hedged: int
    """Of them after a session in backwardation."""
    n_episodes: int
    """Runs of consecutive sessions among these."""
    first_session: str
    """First session of the returns."""
    last_session: str
    """Last session of the returns."""
    block: int
    """Sessions of a bootstrap block."""
    strategies: tuple[Strategy, ...]
    """Each rule with what it did."""
    differences: tuple[Difference, ...]
    """`regime` less each of the others, at each cost."""
    bench: tuple[Placebo, ...]
    """Each measure at each cost."""
    growth: Growth
    """Month by month, at the middle one of the costs."""
