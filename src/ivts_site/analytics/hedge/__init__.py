"""Reference implementation of the hedge lab; `static/js/hedge.js` computes the same in the browser.

An input has one meaning and one unit wherever its name stands. Prices (`entry` E, `price` P, `spot` S, the
dated future's `forward` F, `barrier` B) are USD per coin; `notional` N = contracts · `face`, `value` V and
`trade` are USD; `coins` W with the position, `margin` and `amount` a are coin. Hedge factors (`hedge` and
`target` h = N / (W · E)) and rates (`maintenance` m, `fee` c, `rate` f an interval, `premium` p and
`volatility` σ a year) are decimal fractions. `leverage` is L, `days` d are calendar days, `beta` is β,
`side` s = +1 for a long, −1 for a short. Contracts are rounded to the nearest whole one (halves go up), up,
or down, which never hedges more than asked.

Numbers in, frozen results out; what a formula does not allow raises `HedgeInputError` with the field's name.
`fields` has the rules.
"""

from ivts_site.analytics.hedge.beta import (
    hedge_beta,
    pair_closes,
    residual_risk,
    simple_returns,
    size_beta_hedge,
)
from ivts_site.analytics.hedge.fields import check_inputs
from ivts_site.analytics.hedge.frame import count_rows, select_row
from ivts_site.analytics.hedge.income import (
    break_even_days,
    carry_payoff,
    forward_price,
    measure_basis,
    measure_funding,
    size_carry,
)
from ivts_site.analytics.hedge.liquidation import (
    alert_prices,
    chance_of_reaching,
    find_liquidation,
    measure_aftermath,
)
from ivts_site.analytics.hedge.position import (
    HEDGES,
    MOVES,
    apply_trade,
    average_entry,
    build_scenarios,
    inverse_pnl,
    linear_pnl,
    measure_drift,
    measure_position,
    size_hedge,
)
from ivts_site.analytics.hedge.whole import (
    measure_hedge,
    project_hedge,
    top_up_ladder,
)

__all__ = [
    "HEDGES",
    "MOVES",
    "alert_prices",
    "apply_trade",
    "average_entry",
    "break_even_days",
    "build_scenarios",
    "carry_payoff",
    "chance_of_reaching",
    "check_inputs",
    "count_rows",
    "find_liquidation",
    "forward_price",
    "hedge_beta",
    "inverse_pnl",
    "linear_pnl",
    "measure_aftermath",
    "measure_basis",
    "measure_drift",
    "measure_funding",
    "measure_hedge",
    "measure_position",
    "pair_closes",
    "project_hedge",
    "residual_risk",
    "select_row",
    "simple_returns",
    "size_beta_hedge",
    "size_carry",
    "size_hedge",
    "top_up_ladder",
]
