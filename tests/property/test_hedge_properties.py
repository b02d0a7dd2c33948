"""What must hold of the hedge calculators for any input, not for chosen ones."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.hedge_cases import plain
from tests.panels import UNHURRIED

from ivts_site.analytics import hedge
from ivts_site.analytics.hedge.fields import RULES
from ivts_site.errors import HedgeInputError

PRICE = st.floats(1e-3, 1e6)
COINS = st.floats(1e-3, 1e4)
NOTIONAL = st.floats(1, 1e8)
HEDGE = st.floats(0, 1)
PART = st.floats(0.01, 0.99)
LEVERAGE = st.floats(1.01, 125)
RATE = st.floats(1e-7, 0.01)
MAINTENANCE = st.floats(0, 0.007)
"""Below 1 / 125, the margin at the highest leverage tried."""
ON = st.sampled_from(["entry", "mark"])
RETURNS = st.lists(st.integers(-2000, 2000), min_size=3, max_size=60).filter(lambda r: len(set(r)) > 1)


def near(value: float, other: float, scale: float = 0.0) -> bool:
    """Whether two numbers agree to 1e-9 of the larger, or of what they are the difference of."""
    return math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-9 * scale)


# ------------------------------------------------------------------ value and exposure


@UNHURRIED
@given(NOTIONAL, PRICE, PRICE)
def test_a_covered_short_is_worth_its_notional(notional, entry, price):
    """An inverse short at 1x with its coin margin is a synthetic dollar: N at every price."""
    held = hedge.measure_position(coins=notional / entry, notional=notional, entry=entry, price=price)
    assert near(held.value, notional)
    assert held.net_exposure == 0
    assert near(held.equity, notional / price)
    sized = hedge.size_hedge(spot_value=notional, hedge=1, entry=entry, face=1e-3)
    assert sized.free_coins == pytest.approx(0, abs=2e-3 / entry)


@UNHURRIED
@given(COINS, HEDGE, PRICE, PRICE, PRICE)
def test_value_is_a_line_in_the_price(coins, share, entry, first, second):
    """Its slope is (1 − h) · W coin between any two prices, through h · W · E at zero."""
    notional = share * coins * entry
    one, other = (
        hedge.measure_position(coins=coins, notional=notional, entry=entry, price=price)
        for price in (first, second)
    )
    scale = coins * max(first, second)
    assert near(other.value - one.value, (1 - share) * coins * (second - first), scale + notional)
    assert near(one.value, (1 - share) * coins * first + share * coins * entry)


@UNHURRIED
@given(COINS, HEDGE, PRICE, PRICE)
def test_net_exposure_now(coins, share, entry, price):
    """(1 − h) · W · P, which is also equity · P − N; the entry formula agrees at the entry and only there."""
    notional = share * coins * entry
    held = hedge.measure_position(coins=coins, notional=notional, entry=entry, price=price)
    assert near(held.net_exposure, (1 - share) * coins * price, coins * price)
    assert near(held.net_exposure, held.equity * price - notional, held.value + notional)
    at_entry = hedge.measure_position(coins=coins, notional=notional, entry=entry, price=entry)
    assert near(at_entry.entry_formula, at_entry.net_exposure, coins * entry)
    wrong_by = held.entry_formula - held.net_exposure
    assert near(wrong_by, share * coins * (price - entry), coins * price + notional)


@UNHURRIED
@given(NOTIONAL, PRICE, PRICE, st.sampled_from(["short", "long"]))
def test_profits_of_both_kinds(notional, entry, price, side):
    """Inverse and linear make the same dollars; long and short are opposite; shorts gain below the entry."""
    inverse, linear = (
        make(notional=notional, entry=entry, price=price, side=side)
        for make in (hedge.inverse_pnl, hedge.linear_pnl)
    )
    assert near(inverse.usd, linear.usd)
    assert near(inverse.coin, linear.coin)
    other = hedge.inverse_pnl(
        notional=notional, entry=entry, price=price, side="long" if side == "short" else "short"
    )
    assert inverse.coin == -other.coin
    assert np.sign(inverse.coin) == np.sign(price - entry) * (1 if side == "long" else -1)


@UNHURRIED
@given(COINS, HEDGE, PRICE, PRICE, HEDGE)
def test_the_drift_trade_restores_the_hedge(coins, share, entry, price, target):
    """After the trade notional / value is the target, and what is exposed is the rest of the value."""
    notional = share * coins * entry
    found = hedge.measure_drift(coins=coins, notional=notional, entry=entry, price=price, target=target)
    equity = found.value / price
    after = hedge.measure_position(
        coins=equity, notional=max(notional + found.trade, 0.0), entry=price, price=price
    )
    assert near(after.hedge, target, 1)
    assert near(after.value, found.value)
    assert near(after.net_exposure, found.exposure_after, found.value)
    assert near(found.hedge_now + found.share_now, 1)


@UNHURRIED
@given(COINS, PART, PRICE, st.floats(1.01, 1e3))
def test_a_hedge_thins_out_as_the_price_rises(coins, share, entry, factor):
    """The same notional is a smaller share of a larger value: more has to be sold, less after a fall."""
    notional = share * coins * entry
    up, down = (
        hedge.measure_drift(coins=coins, notional=notional, entry=entry, price=price, target=share)
        for price in (entry * factor, entry / factor)
    )
    assert up.hedge_now < share < down.hedge_now
    assert down.trade < 0 < up.trade


@UNHURRIED
@given(NOTIONAL, HEDGE, HEDGE, PRICE, st.sampled_from(["nearest", "up", "down"]))
def test_sizing_is_monotone_and_whole(spot_value, one, other, entry, rounding):
    """More hedge never means fewer contracts; rounding moves by less than one, downwards only where asked."""
    low, high = sorted((one, other))
    less, more = (
        hedge.size_hedge(spot_value=spot_value, hedge=share, entry=entry, face=10, rounding=rounding)
        for share in (low, high)
    )
    assert less.contracts <= more.contracts
    assert near(more.net_exposure + more.notional, spot_value)
    error = (more.notional - more.target_notional) / 10
    slack = 1e-9 * max(1, more.contracts)
    assert {"nearest": abs(error) <= 0.5 + slack, "up": -slack <= error < 1, "down": -1 < error <= slack}[
        rounding
    ]


# ------------------------------------------------------------------ income


@UNHURRIED
@given(NOTIONAL, PRICE, RATE, st.floats(0.5, 24))
def test_positive_funding_credits_the_short(notional, price, rate, hours):
    """Longs pay shorts where the rate is positive, shorts pay longs where it is negative, the same amount."""
    credited, charged = (
        hedge.measure_funding(notional=notional, price=price, rate=sign * rate, interval_hours=hours)
        for sign in (1, -1)
    )
    amounts = [field.name for field in dataclasses.fields(credited) if field.name.endswith(("usd", "coin"))]
    assert len(amounts) == 6
    for name in (*amounts, "annual_simple"):
        assert getattr(credited, name) > 0 > getattr(charged, name)
    long = hedge.measure_funding(notional=notional, price=price, rate=rate, interval_hours=hours, side="long")
    assert long.year_coin == charged.year_coin
    assert credited.annual_compounded > credited.annual_simple
    assert 0 > charged.annual_compounded > charged.annual_simple


@UNHURRIED
@given(PRICE, st.floats(0.2, 5), st.floats(1, 2000))
def test_three_conventions_of_one_basis(spot, factor, days):
    """All have the basis' sign; log is never above simple or compound, which meet at one year."""
    found = hedge.measure_basis(spot=spot, forward=spot * factor, days=days)
    for rate in (found.simple, found.compound, found.log):
        assert np.sign(rate) == np.sign(found.basis)
    assert found.log <= min(found.simple, found.compound) + 1e-12
    year = hedge.measure_basis(spot=spot, forward=spot * factor, days=365)
    assert near(year.simple, year.compound, 1)
    assert near(math.exp(found.log * days / 365), factor)


@UNHURRIED
@given(COINS, PRICE, PRICE, PRICE)
def test_a_carry_pays_its_notional_whatever_the_price(coins, spot, forward, price):
    """Q · F at expiry for every settlement price; the spot value instead leaves coin exposed."""
    sized = hedge.size_carry(coins=coins, spot=spot, forward=forward, days=365)
    end = hedge.carry_payoff(coins=coins, notional=sized.notional, forward=forward, price=price)
    assert near(end.payoff, sized.notional)
    assert near(sized.locked_profit, sized.notional - sized.spot_value, sized.notional)
    short = hedge.measure_position(coins=coins, notional=sized.spot_value, entry=forward, price=price)
    assert near(
        short.net_exposure, sized.unhedged_if_spot_sized * price, coins * price * max(1, spot / forward)
    )


# ------------------------------------------------------------------ liquidation


@UNHURRIED
@given(PRICE, LEVERAGE, st.floats(1.001, 100), MAINTENANCE, ON)
def test_a_short_is_liquidated_above_its_entry_the_sooner_the_higher_the_leverage(
    entry, leverage, more, maintenance, on
):
    """And the sooner the higher the maintenance; a long below its entry."""
    higher = min(leverage * more, 125.0)
    assume(higher > leverage)
    prices = [
        hedge.liquidation_isolated(
            entry=entry, leverage=each, maintenance=maintenance, maintenance_on=on
        ).price
        for each in (leverage, higher)
    ]
    assert entry < prices[1] < prices[0]
    stricter = hedge.liquidation_isolated(
        entry=entry, leverage=leverage, maintenance=maintenance + 5e-4, maintenance_on=on
    )
    assert entry < stricter.price < prices[0]
    long = hedge.liquidation_isolated(
        entry=entry, leverage=leverage, maintenance=maintenance, maintenance_on=on, side="long"
    )
    assert 0 < long.price < entry


@UNHURRIED
@given(NOTIONAL, PRICE, st.floats(1, 1e3), MAINTENANCE, ON)
def test_a_covered_short_is_never_liquidated(notional, entry, cover, maintenance, on):
    """W ≥ N/E, from exactly N/E on: no price, and isolated the same at 1x."""
    coins = notional / entry * cover
    found = hedge.liquidation_cross(
        notional=notional, coins=coins, entry=entry, maintenance=maintenance, maintenance_on=on
    )
    assert (bool(found.liquidates), plain(found.price), plain(found.distance)) == (False, None, None)
    isolated = hedge.liquidation_isolated(entry=entry, leverage=1, maintenance=maintenance, maintenance_on=on)
    assert not isolated.liquidates
    held = hedge.measure_position(coins=coins, notional=notional, entry=entry, price=entry * 1e6)
    assert held.equity > 0


@UNHURRIED
@given(NOTIONAL, PRICE, LEVERAGE, MAINTENANCE, ON)
def test_at_the_liquidation_price_equity_is_the_maintenance(notional, entry, leverage, maintenance, on):
    """Isolated and cross agree where the wallet is the margin."""
    margin = notional / entry / leverage
    found = hedge.liquidation_isolated(
        entry=entry, leverage=leverage, maintenance=maintenance, maintenance_on=on
    )
    cross = hedge.liquidation_cross(
        notional=notional, coins=margin, entry=entry, maintenance=maintenance, maintenance_on=on
    )
    assert near(found.price, cross.price)
    equity = margin + hedge.inverse_pnl(notional=notional, entry=entry, price=found.price).coin
    required = maintenance * notional / (entry if on == "entry" else found.price)
    assert near(equity, required, notional / entry)


@UNHURRIED
@given(COINS, PART, PRICE, LEVERAGE, MAINTENANCE, ON)
def test_liquidation_leaves_the_holder_long_and_unhedged(  # noqa: PLR0917
    coins, share, entry, leverage, maintenance, on
):
    """The coin outside the margin is left, all of it exposed from there on."""
    sized = hedge.size_hedge(spot_value=coins * entry, hedge=share, entry=entry, leverage=leverage, face=1e-3)
    assume(sized.contracts > 0)
    at = hedge.liquidation_isolated(
        entry=entry, leverage=leverage, maintenance=maintenance, maintenance_on=on
    )
    left = hedge.measure_aftermath(held=sized.coins, margin=sized.margin, price=at.price)
    assert left.long_unhedged
    assert near(left.coins + sized.margin, sized.coins)
    bare = hedge.measure_position(coins=left.coins, notional=0, entry=entry, price=at.price)
    assert near(bare.net_exposure, left.value)


def test_a_margin_of_all_coin_leaves_nothing() -> None:
    """The one case in which a liquidated hedger is not long."""
    left = hedge.measure_aftermath(held=2, margin=2, price=100)
    assert (left.coins, left.value, bool(left.long_unhedged)) == (0, 0, False)


# ------------------------------------------------------------------ ratios


@UNHURRIED
@given(RETURNS, st.floats(1, 1e6))
def test_an_asset_hedges_itself_one_to_one(returns, value):
    """Beta 1, nothing left over, notional the value; the minimum-variance ratio is the same 1."""
    own = [each / 1e4 for each in returns]
    found = hedge.hedge_beta(asset_returns=own, instrument_returns=own, value=value)
    assert (near(found.beta, 1), near(found.r_squared, 1)) == (True, True)
    assert near(found.notional, value)
    assert found.standard_error < 1e-9
    assert found.residual_risk < 1e-9 * value
    least = hedge.minimum_variance(spot_returns=own, futures_returns=own)
    assert (near(least.ratio, 1), near(least.correlation, 1)) == (True, True)


@UNHURRIED
@given(st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=3, max_size=60))
def test_no_other_ratio_leaves_less(rows):
    """Minimum variance is beta, is a minimum, and what is left over is uncorrelated with the future."""
    spot, future = (np.array([row[i] for row in rows]) / 1e4 for i in (0, 1))
    assume(len(set(spot)) > 1 and len(set(future)) > 1)
    least = hedge.minimum_variance(spot_returns=spot, futures_returns=future)
    beta = hedge.hedge_beta(asset_returns=spot, instrument_returns=future, value=1000)
    assert near(least.ratio, beta.beta, abs(beta.beta) + 1e-6)
    assert near(least.variance_removed, beta.r_squared, 1)
    left = np.var(spot - least.ratio * future)
    for other in (least.ratio * 0.9, least.ratio * 1.1, least.ratio + 0.1, least.ratio - 0.1):
        assert left <= np.var(spot - other * future) + 1e-15
    assert abs(np.cov(spot - least.ratio * future, future)[0, 1]) < 1e-12


# ------------------------------------------------------------------ scenarios and currency


@UNHURRIED
@given(
    NOTIONAL,
    PRICE,
    st.lists(HEDGE, min_size=1, max_size=4),
    st.lists(st.floats(-0.99, 10), min_size=1, max_size=8),
)
def test_a_scenario_is_the_position_at_its_price(spot_value, entry, hedges, moves):
    """Each cell is what `measure_position` and `inverse_pnl` say; a full hedge changes nothing."""
    table = hedge.build_scenarios(spot_value=spot_value, entry=entry, hedges=[*hedges, 1], moves=moves)
    for i, share in enumerate(hedges):
        held = hedge.measure_position(
            coins=spot_value / entry, notional=share * spot_value, entry=entry, price=table.prices
        )
        scale = spot_value * (1 + np.abs(moves))
        assert np.all(np.abs(table.total[i] - held.value) <= 1e-9 * scale)
        assert np.all(np.abs(table.net_exposure[i] - held.net_exposure) <= 1e-9 * scale)
        assert np.all(np.abs(table.spot + table.pnl[i] - table.total[i]) <= 1e-9 * scale)
        gain = hedge.inverse_pnl(notional=share * spot_value, entry=entry, price=table.prices)
        assert np.all(
            np.abs(table.pnl_coin[i] - gain.coin) <= 1e-9 * np.abs(gain.coin) + 1e-12 * spot_value / entry
        )
    assert np.all(table.change[-1] == 0)


@UNHURRIED
@given(st.integers(-9, 9), COINS, PART, PRICE, PRICE, LEVERAGE, MAINTENANCE, RATE)
def test_a_currency_of_another_size_changes_no_coin_and_no_share(  # noqa: PLR0917
    power, coins, share, entry, price, leverage, maintenance, rate
):
    """Dollars times 2^k everywhere: dollars come out so, coin and fractions as they were, to the bit."""
    scale = 2.0**power
    dollars = {
        "value", "net_exposure", "entry_formula", "target_notional", "trade", "exposure_after", "usd",
        "notional", "payoff", "spot_value", "locked_profit", "premium", "price", "margin_value",
        "prices", "spot", "pnl", "total", "change", "interval_usd", "day_usd", "year_usd",
    }  # fmt: skip

    def measure(unit: float) -> list[object]:
        e, p, n = entry * unit, price * unit, share * coins * entry * unit
        return [
            hedge.inverse_pnl(notional=n, entry=e, price=p),
            hedge.linear_pnl(notional=n, entry=e, price=p),
            hedge.measure_position(coins=coins, notional=n, entry=e, price=p),
            hedge.measure_drift(coins=coins, notional=n, entry=e, price=p, target=share),
            hedge.measure_funding(notional=n, price=p, rate=rate),
            hedge.measure_basis(spot=e, forward=p, days=365),
            hedge.size_carry(coins=coins, spot=e, forward=p, days=365),
            hedge.carry_payoff(coins=coins, notional=n, forward=e, price=p),
            hedge.liquidation_isolated(entry=e, leverage=leverage, maintenance=maintenance),
            hedge.measure_aftermath(held=coins, margin=coins * share, price=p),
            hedge.build_scenarios(spot_value=coins * e, entry=e),
        ]

    for one, other in zip(measure(1.0), measure(scale), strict=True):
        for field in dataclasses.fields(one):
            factor = scale if field.name in dollars else 1.0
            before, after = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(np.asarray(before) * factor, np.asarray(after)), (
                type(one).__name__,
                field.name,
            )


# ------------------------------------------------------------------ arrays and refusals


@UNHURRIED
@given(st.lists(st.tuples(COINS, PART, PRICE, PRICE), min_size=1, max_size=8))
def test_arrays_give_what_numbers_give(rows):
    """One call on arrays is many calls on numbers, and broadcasting holds."""
    coins, share, entry, price = map(np.array, zip(*rows, strict=True))
    notional = share * coins * entry
    many = hedge.measure_drift(coins=coins, notional=notional, entry=entry, price=price, target=0.5)
    sized = hedge.size_hedge(spot_value=coins * entry, hedge=share, entry=entry, leverage=[[1], [5]])
    assert sized.margin.shape == (2, len(rows))
    for i in range(len(rows)):
        one = hedge.measure_drift(
            coins=coins[i], notional=notional[i], entry=entry[i], price=price[i], target=0.5
        )
        assert all(getattr(many, f.name)[i] == getattr(one, f.name) for f in dataclasses.fields(one))


@UNHURRIED
@given(
    st.sampled_from(sorted(set(RULES) - {"hedges", "moves", "closes"})),
    st.floats(allow_nan=True, allow_infinity=True),
)
def test_no_input_makes_a_number_that_is_none(field, value):
    """Whatever one input is: a refusal that names it (or what it breaks), or finite numbers alone."""
    calls = {
        hedge.size_hedge: {"spot_value": 1e4, "hedge": 0.5, "entry": 2500, "leverage": 3, "face": 1},
        hedge.measure_drift: {"coins": 1, "notional": 5e4, "entry": 1e5, "price": 2e5, "target": 0.5},
        hedge.measure_funding: {"notional": 1e4, "price": 2500, "rate": 1e-4, "interval_hours": 8},
        hedge.size_carry: {"coins": 2, "spot": 5e4, "forward": 5.1e4, "days": 90},
        hedge.liquidation_cross: {"notional": 1e5, "coins": 1, "entry": 5e4, "maintenance": 0.005},
        hedge.measure_aftermath: {"held": 1, "margin": 0.1, "price": 5.5e4},
    }
    blamed = {field}
    for call, given_ in calls.items():
        if field not in given_:
            continue
        try:
            found = call(**{**given_, field: value})
        except HedgeInputError as refused:
            blamed.add(refused.field)
            continue
        never = isinstance(found, hedge.Liquidation) and not found.liquidates
        names = [f.name for f in dataclasses.fields(found)]
        assert never or all(np.isfinite(getattr(found, name)) for name in names), (call.__name__, found)
    assert blamed <= {field, "maintenance", "margin", "price", "face", "days", "rate"}


@pytest.mark.parametrize(
    ("call", "given_", "field"),
    [
        (hedge.measure_position, {"coins": [1, 2], "notional": 1, "entry": [1, 2, 3], "price": 1}, "entry"),
        (
            hedge.minimum_variance,
            {"spot_returns": [[0.1], [0.2]], "futures_returns": [0.1, 0.2]},
            "spot_returns",
        ),
        (hedge.size_hedge, {"spot_value": [1, -1], "hedge": 1, "entry": 1}, "spot_value"),
        (hedge.build_scenarios, {"spot_value": 1, "entry": 1, "hedges": 0.5}, "hedges"),
        (hedge.build_scenarios, {"spot_value": [1, 2], "entry": 1}, "spot_value"),
        (hedge.build_scenarios, {"spot_value": 1, "entry": [1]}, "entry"),
        (hedge.simple_returns, {"closes": [[1, 2]]}, "closes"),
        (hedge.measure_basis, {"spot": None, "forward": 1, "days": 1}, "spot"),
        (hedge.measure_basis, {"spot": {}, "forward": 1, "days": 1}, "spot"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call, given_, field):
    """Shapes that do not go together, and things that are no numbers, name the first input at fault."""
    with pytest.raises(HedgeInputError) as caught:
        call(**given_)
    assert caught.value.field == field
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).startswith(f"{field}: must ") or "needs" in str(caught.value)
