"""Reference implementation of the hedge lab; `static/js/hedge.js` computes the same in the browser.

Formulas in the notation N = contracts · USD face, E entry, P price, W coin with the position, Q coin held in
all, L leverage, m maintenance rate, f funding rate an interval, h hedge factor = N / (W · E), and s = +1 for
a long, −1 for a short. Numbers in, frozen results out; what a formula does not allow raises `HedgeInputError`
with the field's name.
"""

from ivts_site.analytics.hedge.beta import (
    HedgeBeta,
    MinimumVariance,
    hedge_beta,
    minimum_variance,
    simple_returns,
)
from ivts_site.analytics.hedge.frame import select_row
from ivts_site.analytics.hedge.income import (
    Basis,
    Carry,
    CarryPayoff,
    Funding,
    carry_payoff,
    measure_basis,
    measure_funding,
    size_carry,
)
from ivts_site.analytics.hedge.liquidation import (
    Aftermath,
    Liquidation,
    liquidation_cross,
    liquidation_isolated,
    measure_aftermath,
)
from ivts_site.analytics.hedge.position import (
    Drift,
    Pnl,
    Position,
    inverse_pnl,
    linear_pnl,
    measure_drift,
    measure_position,
)
from ivts_site.analytics.hedge.scenarios import HEDGES, MOVES, Scenarios, build_scenarios
from ivts_site.analytics.hedge.sizing import HedgeSize, size_hedge

__all__ = [
    "HEDGES",
    "MOVES",
    "Aftermath",
    "Basis",
    "Carry",
    "CarryPayoff",
    "Drift",
    "Funding",
    "HedgeBeta",
    "HedgeSize",
    "Liquidation",
    "MinimumVariance",
    "Pnl",
    "Position",
    "Scenarios",
    "build_scenarios",
    "carry_payoff",
    "hedge_beta",
    "inverse_pnl",
    "linear_pnl",
    "liquidation_cross",
    "liquidation_isolated",
    "measure_aftermath",
    "measure_basis",
    "measure_drift",
    "measure_funding",
    "measure_position",
    "minimum_variance",
    "select_row",
    "simple_returns",
    "size_carry",
    "size_hedge",
]
