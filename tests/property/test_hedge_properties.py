"""What must hold of the hedge calculators for any input, not for chosen ones."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.sampled import examples

from ivts_site.analytics import hedge
from ivts_site.analytics.hedge import RULES
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


@examples(0.3)
@given(NOTIONAL, PRICE, PRICE)
def test_a_covered_short_is_worth_its_notional(notional, entry, price):
    """An inverse short at 1x with its coin margin is a synthetic dollar: N at every price."""
    held = hedge.measure_position(coins=notional / entry, notional=notional, entry=entry, price=price)
    assert near(held.value, notional)
    assert held.net_exposure == 0
    assert near(held.equity, notional / price)
    sized = hedge.size_hedge(spot_value=notional, hedge=1, entry=entry, face=1e-3)
    assert sized.free_coins == pytest.approx(0, abs=2e-3 / entry)


@examples(0.3)
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


@examples(0.3)
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


@examples(0.3)
@given(NOTIONAL, PRICE, PRICE, st.sampled_from(["short", "long"]))
def test_profits_of_both_kinds(notional, entry, price, side):
    """Inverse and linear make the same dollars; long and short are opposite; shorts gain below the entry."""
    inverse, linear = (
        make(notional=notional, entry=entry, price=price, side=side)
        for make in (hedge.inverse_pnl, hedge.linear_pnl)
    )
    assert near(inverse.usd, linear.usd)
    assert linear.to_post == max(0, -linear.usd)
    other = hedge.inverse_pnl(
        notional=notional, entry=entry, price=price, side="long" if side == "short" else "short"
    )
    assert inverse.coin == -other.coin
    assert np.sign(inverse.coin) == np.sign(price - entry) * (1 if side == "long" else -1)


@examples(0.3)
@given(COINS, HEDGE, PRICE, PRICE, HEDGE, st.sampled_from(["nearest", "up", "down"]))
def test_the_drift_trade_restores_the_hedge(  # noqa: PLR0917
    coins, share, entry, price, target, rounding
):
    """After it the notional is within a contract of the target's; down never trades more than asked."""
    notional = share * coins * entry
    found = hedge.measure_drift(
        coins=coins, notional=notional, entry=entry, price=price, target=target, face=10, rounding=rounding
    )
    wanted = found.target_notional - notional
    slack = 1e-9 * found.value
    assert abs(found.trade - wanted) <= {"nearest": 5, "up": 10, "down": 10}[rounding] + slack
    assert rounding != "down" or abs(found.trade) <= abs(wanted) + slack
    assert near(found.exposure_after, found.net_exposure - found.trade, found.value)
    assert near(found.hedge_now + found.share_now, 1)


@examples(0.3)
@given(COINS, PART, PRICE, PRICE, st.floats(-1, 3))
def test_a_trade_without_fee_changes_no_value(coins, share, entry, price, part):
    """Value before is value after; exposure changes by what is traded, in one step or in two."""
    notional = share * coins * entry
    held = {"coins": coins, "notional": notional, "entry": entry, "price": price}
    before = hedge.measure_position(**held)
    traded = hedge.apply_trade(**held, trade=part * notional)
    after = hedge.measure_position(
        coins=traded.coins, notional=traded.notional, entry=traded.entry, price=price
    )
    scale = abs(before.value) + notional * (1 + abs(part)) + coins * price
    assert near(after.value, before.value, scale)
    assert near(after.net_exposure, before.net_exposure - part * notional, scale)
    half = hedge.apply_trade(**held, trade=part * notional / 2)
    twice = hedge.apply_trade(
        coins=half.coins,
        notional=half.notional,
        entry=half.entry,
        price=price,
        trade=part * notional / 2,
    )
    assert near(twice.entry, traded.entry)
    assert near(twice.coins, traded.coins, scale / price)


@examples(0.3)
@given(st.lists(st.tuples(NOTIONAL, PRICE), min_size=1, max_size=8))
def test_fills_make_what_their_average_makes(fills):
    """The position at the average entry earns what the fills earn one by one, at any price."""
    notionals, prices = [n for n, _ in fills], [p for _, p in fills]
    whole = hedge.average_entry(notionals=notionals, prices=prices)
    assert min(prices) * (1 - 1e-12) <= whole.entry <= max(prices) * (1 + 1e-12)
    for at in (1e-2, 1.0, 1e5):
        apart = sum(hedge.inverse_pnl(notional=n, entry=p, price=at).coin for n, p in fills)
        together = hedge.inverse_pnl(notional=whole.notional, entry=whole.entry, price=at).coin
        assert near(together, apart, whole.coins_sold + whole.notional / at)


@examples(0.3)
@given(COINS, PART, PRICE, st.floats(1.01, 1e3))
def test_a_hedge_thins_out_as_the_price_rises(coins, share, entry, factor):
    """The same notional is a smaller share of a larger value: more has to be sold, less after a fall."""
    notional = share * coins * entry
    up, down = (
        hedge.measure_drift(
            coins=coins,
            notional=notional,
            entry=entry,
            price=price,
            target=share,
            face=max(1e-9, 1e-7 * notional),
        )
        for price in (entry * factor, entry / factor)
    )
    assert up.hedge_now < share < down.hedge_now
    assert down.trade <= 0 <= up.trade
    assert down.target_notional < notional < up.target_notional


@examples(0.3)
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


@examples(0.3)
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


@examples(0.3)
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


@examples(0.3)
@given(COINS, HEDGE, PRICE, PRICE, PRICE)
def test_a_carry_pays_its_notional_whatever_the_price(coins, share, spot, forward, price):
    """Hedged coin is worth its notional at expiry for every settlement price; the rest moves."""
    sized = hedge.size_carry(
        coins=coins, spot=spot, forward=forward, hedge=share, face=max(1e-9, 1e-6 * forward * coins)
    )
    end = hedge.carry_payoff(coins=coins, notional=sized.notional, forward=forward, price=price)
    scale = coins * (price + forward)
    assert near(end.payoff, sized.notional + sized.unhedged_coins * price, scale)
    hedged = coins - sized.unhedged_coins
    assert near(sized.locked_profit, sized.notional - hedged * spot, coins * (spot + forward))
    assert abs(hedged - share * coins) <= 1e-6 * coins + 1e-9 / forward


@examples(0.3)
@given(PRICE, st.floats(-0.5, 2), st.floats(1, 700))
def test_a_premium_a_year_is_the_basis_it_makes(spot, premium, days):
    """There and back: the future's price from its premium, the premium from its price."""
    assume(premium * days / 365 > -0.9)
    forward = hedge.forward_price(spot=spot, premium=premium, days=days)
    assert near(hedge.measure_basis(spot=spot, forward=forward, days=days).simple, premium, 365 / days)


# ------------------------------------------------------------------ liquidation


def closed_at(entry, margin, *, side="short", on="entry", **rules):
    """Liquidation of one coin's worth."""
    return hedge.find_liquidation(
        notional=entry, margin=margin, entry=entry, side=side, maintenance_on=on, **rules
    ).price


@examples(0.3)
@given(PRICE, LEVERAGE, st.floats(1.001, 100), MAINTENANCE, ON, st.floats(0, 5e-4))
def test_a_short_is_liquidated_above_its_entry_the_sooner_the_higher_the_leverage(  # noqa: PLR0917
    entry, leverage, more, maintenance, on, fee
):
    """And the sooner the higher maintenance and fee; a long below its entry."""
    higher = min(leverage * more, 120.0)
    assume(higher > leverage)
    rules = {"on": on, "fee": fee}
    near_, far = (closed_at(entry, 1 / each, maintenance=maintenance, **rules) for each in (higher, leverage))
    assert entry < near_ < far
    assert entry < closed_at(entry, 1 / leverage, maintenance=maintenance + 5e-4, **rules) < far
    assert entry < closed_at(entry, 1 / leverage, maintenance=maintenance, on=on, fee=fee + 1e-4) < far
    assert 0 < closed_at(entry, 1 / leverage, maintenance=maintenance, side="long", **rules) < entry


@examples(0.3)
@given(NOTIONAL, PRICE, st.floats(1, 1e3), MAINTENANCE)
def test_a_covered_short_is_never_liquidated_on_the_mark(notional, entry, cover, maintenance):
    """W ≥ N/E, from exactly N/E on; on the entry value it is, at E / m where the margin is N/E."""
    coins = notional / entry * cover
    asked = {"notional": notional, "margin": coins, "entry": entry, "maintenance": maintenance}
    found = hedge.find_liquidation(**asked, maintenance_on="mark")
    assert (found.liquidates, found.price, found.distance) == (False, None, None)
    if cover == 1 and maintenance > 1e-9:
        assert near(hedge.find_liquidation(**asked).price, entry / maintenance)
    assert hedge.measure_position(coins=coins, notional=notional, entry=entry, price=entry * 1e6).equity > 0


TIERS = st.sampled_from([
    None,
    [[0.5, 0.004], [50, 0.01, 0.003], [None, 0.05, 2.003]],
    [[0.1, 0.001], [1, 0.002], [100, 0.004], [None, 0.008]],
])  # fmt: skip


@examples(0.3)
@given(NOTIONAL, PRICE, LEVERAGE, MAINTENANCE, ON, TIERS, st.sampled_from(["short", "long"]))
def test_at_the_liquidation_price_equity_is_what_is_asked(  # noqa: PLR0917
    notional, entry, leverage, maintenance, on, tiers, side
):
    """Maintenance of the tier that the size is in then, or a step between two; never before."""
    size = notional / entry
    margin = size / leverage
    asked = {"notional": notional, "margin": margin, "entry": entry, "maintenance": maintenance, "fee": 1e-4}
    try:
        found = hedge.find_liquidation(**asked, side=side, maintenance_on=on, tiers=tiers)
    except HedgeInputError:
        return

    def spare(price: float) -> float:
        gain = hedge.inverse_pnl(notional=notional, entry=entry, price=price, side=side).coin
        of = notional / price if on == "mark" else size
        row = next(r for r in tiers if r[0] is None or of <= r[0]) if tiers else [None, maintenance]
        amount = row[2] if len(row) == 3 else 0.0
        return margin + gain - (row[1] * of - amount) - 1e-4 * notional / price

    if found.price is None:
        assert spare(entry * 1e9) > -1e-6 * size
        return
    step = 1e-6 if side == "short" else -1e-6
    assert spare(found.price * (1 - step)) > -1e-9 * size
    assert spare(found.price * (1 + step)) < 1e-9 * size
    for part in (0.1, 0.5, 0.9):
        assert spare(entry + (found.price - entry) * part) > -1e-9 * size


@examples(0.3)
@given(COINS, PART, PRICE, LEVERAGE, MAINTENANCE, ON, st.floats(0.05, 20))
def test_a_whole_hedge_is_its_parts(coins, share, entry, leverage, maintenance, on, factor):  # noqa: PLR0917
    """Before liquidation coin and short, from it on the coin outside the margin; outcomes say the same."""
    notional, price = share * coins * entry, entry * factor
    margin = notional / (entry * leverage)
    place = {"coins": coins, "margin": margin, "notional": notional, "entry": entry}
    rules = {"maintenance": maintenance, "maintenance_on": on}
    now = hedge.measure_hedge(**place, price=price, **rules)
    closes = hedge.find_liquidation(notional=notional, margin=margin, entry=entry, **rules).price
    assert now.liquidation == closes
    assert now.liquidated == (closes is not None and price >= closes)
    held = hedge.measure_position(coins=coins, notional=notional, entry=entry, price=price)
    expected = (coins - margin) * price if now.liquidated else held.value
    assert near(now.value, expected, coins * price)
    out = hedge.project_hedge(**place, price=entry, moves=[factor - 1], **rules)
    if abs(factor - 1) > 1e-9 and closes is not None and abs(price / closes - 1) > 1e-9:
        assert near(out.values[0], now.value, coins * price)
        assert near(out.exposed_shares[0], now.exposed_share, 1)
    assert near(out.values[0], coins * out.prices[0] + out.futures[0], coins * price)


@examples(0.3)
@given(PRICE, st.floats(1.0001, 5), st.floats(1.0001, 3), st.floats(0.05, 2), st.floats(0.5, 400))
def test_the_chance_falls_with_distance_and_grows_with_time(price, away, more, volatility, days):
    """Between 0 and 1, less for a farther barrier, more for more days or more volatility, alike both ways."""
    asked = {"price": price, "volatility": volatility, "days": days}
    near_, far = (hedge.chance_of_reaching(**asked, barrier=price * x) for x in (away, away * more))
    assert 0 <= far <= near_ <= 1
    assert hedge.chance_of_reaching(**{**asked, "days": days * more}, barrier=price * away) >= near_
    assert (
        hedge.chance_of_reaching(**{**asked, "volatility": volatility * more}, barrier=price * away) >= near_
    )
    mirrored = hedge.chance_of_reaching(**asked, barrier=price / away)
    assert math.isclose(mirrored, near_, rel_tol=1e-6, abs_tol=1e-300)


def test_the_chance_is_what_many_paths_do() -> None:
    """Twenty thousand walks of 500 steps, watched at each: slightly fewer reach it than without a pause."""
    steps, days, volatility, barrier = 500, 30.0, 0.6, 1.15
    draws = np.random.default_rng(7).standard_normal((20_000, steps))
    walks = np.cumsum(draws, axis=1) * volatility * math.sqrt(days / 365 / steps)
    reached = float(np.mean(walks.max(axis=1) >= math.log(barrier)))
    exact = hedge.chance_of_reaching(price=1, barrier=barrier, volatility=volatility, days=days)
    # a watch kept at intervals sees a barrier 0.5826 · σ · √dt farther away
    seen = hedge.chance_of_reaching(
        price=1,
        barrier=barrier * math.exp(0.5826 * volatility * math.sqrt(days / 365 / steps)),
        volatility=volatility,
        days=days,
    )
    assert reached < exact
    assert abs(reached - seen) < 4 * math.sqrt(seen * (1 - seen) / 20_000)


@examples(0.3)
@given(PRICE, st.floats(1.05, 10), st.floats(0.001, 0.5))
def test_an_alert_is_its_move_before_liquidation(entry, far, share):
    """Up for a short, down for a long."""
    (short,) = hedge.alert_prices(price=entry * far, shares=[share])
    (long,) = hedge.alert_prices(price=entry, shares=[share], side="long")
    assert near(short * (1 + share), entry * far)
    assert near(long * (1 - share), entry)


@examples(0.3)
@given(st.floats(1, 1e6), st.floats(-3, 3), st.floats(1.01, 100))
def test_a_beta_hedge_with_bought_margin_nets_to_zero(value, beta, leverage):
    """The other coin's exposure, plus margin bought, less what is sold."""
    assume(abs(beta) > 1e-6)
    sized = hedge.size_beta_hedge(value=value, beta=beta, leverage=leverage)
    assert near(sized.exposure + sized.bought - sized.notional, 0, abs(sized.notional) + sized.bought)
    assert near(sized.margin * leverage, abs(sized.notional))


def test_a_margin_of_all_coin_leaves_nothing() -> None:
    """The one case in which a liquidated hedger is not long."""
    left = hedge.measure_aftermath(held=2, margin=2, price=100)
    assert (left.coins, left.value, left.long_unhedged) == (0, 0, False)


# ------------------------------------------------------------------ ratios


@examples(0.3)
@given(RETURNS, st.floats(1, 1e6))
def test_an_asset_hedges_itself_one_to_one(returns, value):
    """Beta 1, nothing left over, notional the value."""
    own = [each / 1e4 for each in returns]
    found = hedge.hedge_beta(asset_returns=own, instrument_returns=own, value=value)
    assert (near(found.beta, 1), near(found.r_squared, 1)) == (True, True)
    assert near(found.notional, value)
    assert found.standard_error < 1e-9
    assert found.residual_risk < 1e-9 * value


@examples(0.3)
@given(st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=3, max_size=60))
def test_no_other_ratio_leaves_less(rows):
    """Beta is the minimum-variance ratio, and what is left over is uncorrelated with the future."""
    spot, future = (np.array([row[i] for row in rows]) / 1e4 for i in (0, 1))
    assume(len(set(spot)) > 1 and len(set(future)) > 1)
    found = hedge.hedge_beta(asset_returns=spot.tolist(), instrument_returns=future.tolist(), value=1000)
    left = np.var(spot - found.beta * future)
    for other in (found.beta * 0.9, found.beta * 1.1, found.beta + 0.1, found.beta - 0.1):
        assert left <= np.var(spot - other * future) + 1e-15
    assert abs(np.cov(spot - found.beta * future, future)[0, 1]) < 1e-12
    # the residual of R² is the residual of the regression, but for its degrees of freedom
    if 0 < found.r_squared < 1 and found.beta:
        deviation = float(np.std(future)) * math.sqrt(365)
        told = hedge.residual_risk(
            value=1000, beta=found.beta, r_squared=found.r_squared, volatility=deviation, days=1
        )
        assert math.isclose(told, 1000 * math.sqrt(left), rel_tol=1e-5, abs_tol=1e-6)


# ------------------------------------------------------------------ scenarios and currency


@examples(0.3)
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
        for at, price in enumerate(table.prices):
            held = hedge.measure_position(
                coins=spot_value / entry, notional=share * spot_value, entry=entry, price=price
            )
            scale = spot_value * (1 + abs(moves[at]))
            assert near(table.total[i][at], held.value, scale)
            assert near(table.net_exposure[i][at], held.net_exposure, scale)
            assert near(table.spot[at] + table.pnl[i][at], table.total[i][at], scale)
            gain = hedge.inverse_pnl(notional=share * spot_value, entry=entry, price=price)
            assert near(table.pnl_coin[i][at], gain.coin, spot_value / entry)
    assert all(change == 0 for change in table.change[-1])


@examples(0.3)
@given(st.integers(-9, 9), COINS, PART, PRICE, PRICE, LEVERAGE, MAINTENANCE, RATE)
def test_a_currency_of_another_size_changes_no_coin_and_no_share(  # noqa: PLR0917
    power, coins, share, entry, price, leverage, maintenance, rate
):
    """Dollars times 2^k everywhere: dollars come out so, coin and fractions as they were, to the bit."""
    scale = 2.0**power
    assume(share * coins * entry * scale >= 1e-9)
    dollars = {
        "value", "net_exposure", "entry_formula", "target_notional", "trade", "exposure_after", "usd",
        "notional", "payoff", "spot_value", "locked_profit", "premium", "price", "margin_value",
        "prices", "spot", "pnl", "total", "change", "interval_usd", "day_usd", "year_usd", "to_post",
        "liquidation", "left_value", "values", "changes", "futures", "unhedged",
    }  # fmt: skip

    def measure(unit: float) -> list[object]:
        e, p, n = entry * unit, price * unit, share * coins * entry * unit
        return [
            hedge.inverse_pnl(notional=n, entry=e, price=p),
            hedge.linear_pnl(notional=n, entry=e, price=p),
            hedge.measure_position(coins=coins, notional=n, entry=e, price=p),
            hedge.measure_drift(coins=coins, notional=n, entry=e, price=p, target=share, face=unit),
            hedge.measure_funding(notional=n, price=p, rate=rate),
            hedge.measure_basis(spot=e, forward=p, days=365),
            hedge.size_carry(coins=coins, spot=e, forward=p, face=unit),
            hedge.carry_payoff(coins=coins, notional=n, forward=e, price=p),
            hedge.find_liquidation(
                notional=n, margin=n / e / leverage, entry=e, maintenance=maintenance, fee=1e-4
            ),
            hedge.measure_hedge(
                coins=coins, margin=n / e / leverage, notional=n, entry=e, price=p, maintenance=maintenance
            ),
            hedge.measure_aftermath(held=coins, margin=coins * share, price=p),
            hedge.build_scenarios(spot_value=coins * e, entry=e),
        ]

    for one, other in zip(measure(1.0), measure(scale), strict=True):
        for field in dataclasses.fields(one):
            factor = scale if field.name in dollars else 1.0
            before, after = getattr(one, field.name), getattr(other, field.name)
            assert scaled(before, factor) == after, (type(one).__name__, field.name)


def scaled(value, factor):
    """A number, or a table of them, times a factor; words and None stay."""
    if isinstance(value, tuple):
        return tuple(scaled(each, factor) for each in value)
    return value * factor if isinstance(value, float) else value


# ------------------------------------------------------------------ refusals


LISTS = {"hedges", "moves", "closes", "prices", "notionals", "shares", "additions"}


@examples(0.3)
@given(
    st.sampled_from(sorted(set(RULES) - LISTS)),
    st.floats(allow_nan=True, allow_infinity=True),
)
def test_no_input_makes_a_number_that_is_none(field, value):
    """Whatever one input is: a refusal that names it (or what it breaks), or finite numbers alone."""
    calls = {
        hedge.size_hedge: {"spot_value": 1e4, "hedge": 0.5, "entry": 2500, "leverage": 3, "face": 1},
        hedge.measure_drift: {"coins": 1, "notional": 5e4, "entry": 1e5, "price": 2e5, "target": 0.5},
        hedge.measure_funding: {"notional": 1e4, "price": 2500, "rate": 1e-4, "interval_hours": 8},
        hedge.size_carry: {"coins": 2, "spot": 5e4, "forward": 5.1e4, "face": 1},
        hedge.measure_basis: {"spot": 5e4, "forward": 5.1e4, "days": 90},
        hedge.find_liquidation: {"notional": 1e5, "margin": 1, "entry": 5e4, "maintenance": 0.005},
        hedge.measure_aftermath: {"held": 1, "margin": 0.1, "price": 5.5e4},
        hedge.measure_hedge: {"coins": 2, "margin": 1, "notional": 5e4, "entry": 5e4, "price": 6e4},
        hedge.apply_trade: {"coins": 2, "notional": 5e4, "entry": 5e4, "price": 6e4, "trade": 1e3},
        hedge.size_beta_hedge: {"value": 1e4, "beta": 1.4, "leverage": 10},
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
        numbers = [getattr(found, f.name) for f in dataclasses.fields(found)]
        assert all(math.isfinite(each) for each in numbers if each is not None), (call.__name__, found)
    assert blamed <= {field, "maintenance", "margin", "price", "face", "days", "rate", "leverage", "trade"}


@pytest.mark.parametrize(
    ("call", "given_", "field"),
    [
        (hedge.measure_position, {"coins": [1, 2], "notional": 1, "entry": 1, "price": 1}, "coins"),
        (hedge.build_scenarios, {"spot_value": 1, "entry": 1, "hedges": 0.5}, "hedges"),
        (hedge.build_scenarios, {"spot_value": 1, "entry": True}, "entry"),
        (hedge.simple_returns, {"closes": [[1, 2]]}, "closes"),
        (hedge.measure_basis, {"spot": None, "forward": 1, "days": 1}, "spot"),
        (hedge.measure_basis, {"spot": {}, "forward": 1, "days": 1}, "spot"),
    ],
)
def test_what_is_no_number_is_refused(call, given_, field):
    """Lists, flags and nothing at all name the input at fault."""
    with pytest.raises(HedgeInputError) as caught:
        call(**given_)
    assert caught.value.field == field
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).startswith(f"{field}: must ")
