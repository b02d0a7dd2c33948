"""The hedge vectors: made by their script, shaped as published, and met by the reference functions."""

from __future__ import annotations

import copy
import math

import jsonschema
import pytest
from tests.data import make_hedge_vectors
from tests.hedge_cases import CALCULATORS, differences, run_python, vectors

from ivts_site.analytics import hedge
from ivts_site.errors import HedgeInputError
from ivts_site.published.hedge import VECTORS_SCHEMA

CASES = vectors()["cases"]
RESULTS = [case for case in CASES if "expected" in case]
REFUSALS = [case for case in CASES if "error" in case]
FUNCTIONS = sorted({case["function"] for case in CASES})


def test_the_file_is_what_its_script_makes() -> None:
    """`python -m tests.data.make_hedge_vectors` would change nothing."""
    assert make_hedge_vectors.VECTORS.read_text("utf-8") == make_hedge_vectors.text()


def test_every_function_has_vectors_of_both_kinds() -> None:
    """Each public calculator is tried with results and with inputs that it must refuse; no id comes twice."""
    assert {case["function"] for case in RESULTS} == CALCULATORS
    assert {case["function"] for case in REFUSALS} == CALCULATORS
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("title", "key", "value"),
    [
        ("inverse_pnl: 15,000 contracts from 750 to 800: +1.25 coin", "coin", 1.25),
        ("measure_position: synthetic dollar: 10 coin, 100,000 short, 10,000 to 9,000", "pnl_coin", 10 / 9),
        ("measure_position: synthetic dollar: 10 coin, 100,000 short, 10,000 to 9,000", "value", 100_000),
        ("measure_position: one coin, half hedged, price doubled: 100,000", "net_exposure", 100_000),
        ("measure_position: one coin, half hedged, price doubled: 100,000", "entry_formula", 150_000),
        ("measure_funding: 0.01 % every 8 hours: 10.95 % a year", "annual_simple", 0.1095),
        ("measure_funding: 0.01 % every 8 hours: 10.95 % a year", "intervals_per_year", 1095),
    ],
)
def test_the_vectors_hold_the_specified_values(title: str, key: str, value: float) -> None:
    """Values that the specification prints, typed here by hand."""
    (case,) = (each for each in RESULTS if each["id"] == title)
    assert case["expected"][key] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "price"),
    [
        # isolated 50,000 / (1 − 1/10 + 0.005), on the mark 50,000 · 0.995 / 0.9
        ({"notional": 50000, "margin": 0.1, "entry": 50000, "maintenance": 0.005}, "55,248.62"),
        (
            {
                "notional": 50000,
                "margin": 0.1,
                "entry": 50000,
                "maintenance": 0.005,
                "maintenance_on": "mark",
            },
            "55,277.78",
        ),
        # 300 coin at 50,000: 15,000,000 · (1 − 0.125) / (300 − 100 − 11.605)
        (
            {
                "notional": 15e6,
                "margin": 100,
                "entry": 50000,
                "maintenance": 0.125,
                "amount": 11.605,
                "maintenance_on": "mark",
            },
            "69,667.45",
        ),
        # long: 10,000 · (1 + 0.00075) / (1.25 + 0.5 − 0.005 · 1.25), and with 0.0006
        (
            {
                "notional": 10000,
                "margin": 0.5,
                "entry": 8000,
                "maintenance": 0.005,
                "fee": 0.00075,
                "side": "long",
            },
            "5,739.07",
        ),
        (
            {
                "notional": 10000,
                "margin": 0.5,
                "entry": 8000,
                "maintenance": 0.005,
                "fee": 0.0006,
                "side": "long",
            },
            "5,738.21",
        ),
        # L = 1 on the entry value: E / m = 50,000 / 0.005
        ({"notional": 50000, "margin": 1, "entry": 50000, "maintenance": 0.005}, "10,000,000.00"),
    ],
)
def test_liquidations_come_out_as_by_hand(given: dict, price: str) -> None:
    """Venues' own examples, each worked out in the comment above it."""
    assert f"{hedge.find_liquidation(**given).price:,.2f}" == price


def test_an_open_hedge_has_its_basis_against_spot_now() -> None:
    """Entered at 50,000; spot 60,000, future 61,000, 90 days: 1/60 = 1.67 %, times 365/90 = 6.8 % a year."""
    basis = hedge.measure_basis(spot=60000, forward=61000, days=90)
    assert (round(basis.basis, 4), round(basis.simple, 3)) == (0.0167, 0.068)


def test_the_distance_is_from_the_price_now() -> None:
    """50,000 / (1 − 1/2.2 + 0.005) = 90,834; from 90,000 that is 0.9 %, from the entry 82 %."""
    now = hedge.measure_hedge(
        coins=1, margin=1 / 2.2, notional=50000, entry=50000, price=90000, maintenance=0.005
    )
    assert now.distance == pytest.approx(0.00927, abs=1e-5)
    assert now.from_entry == pytest.approx(0.81668, abs=1e-5)


def test_fills_are_averaged_by_coin() -> None:
    """30,000 / 61,000 + 40,000 / 61,500 = 1.142210 coin for 70,000: 61,284.7."""
    fills = hedge.average_entry(notionals=[30000, 40000], prices=[61000, 61500])
    assert round(fills.entry, 1) == 61284.7


@pytest.mark.parametrize(("leverage", "chance"), [(10, 0.56), (5, 0.21), (3, 0.02)])
def test_chances_of_the_specification(leverage: float, chance: float) -> None:
    """60 % a year, 30 days: σ√T = 0.6 · √(30/365) = 0.172; 10×: ln 1.105 / 0.172 = 0.58, so 56 %."""
    price = hedge.find_liquidation(notional=1, margin=1 / leverage, entry=1, maintenance=0.005).price
    assert price is not None
    found = hedge.chance_of_reaching(price=1, barrier=price, volatility=0.6, days=30)
    assert round(found, 2) == chance


def test_margin_that_has_to_be_bought_is_sold_too() -> None:
    """10,000 of beta 1.8 are 18,000; at 10× 18,000 · 10 / 9 = 20,000; at 1× there is no such number."""
    bought = hedge.size_beta_hedge(value=10000, beta=1.8, leverage=10)
    assert (bought.exposure, bought.notional, bought.bought) == pytest.approx((18000, 20000, 2000))
    with pytest.raises(HedgeInputError, match="leverage: must be above 1"):
        hedge.size_beta_hedge(value=10000, beta=1.8, leverage=1)
    held = hedge.size_beta_hedge(value=10000, beta=1.8, leverage=1, margin_held=True)
    assert (held.notional, held.open_exposure) == (18000, 18000)


def test_margin_that_is_not_held_is_refused() -> None:
    """150 % of 4 coin at 1× asks for 6 coin; at 2× for 3."""
    given = {"spot_value": 10000, "hedge": 1.5, "entry": 2500, "allow_outside": True}
    with pytest.raises(HedgeInputError, match="leverage: must be higher"):
        hedge.size_hedge(**given, leverage=1)
    assert hedge.size_hedge(**given, leverage=2).margin == 3
    with pytest.raises(HedgeInputError, match="margin: must not be more coin than is held"):
        hedge.measure_hedge(coins=4, margin=6, notional=15000, entry=2500, price=2500)


def test_what_liquidation_leaves_is_coin_less_margin() -> None:
    """At 72,000 a short closed at 70,711 has lost its 0.1 of 2 coin: 1.9 · 72,000, all of it exposed."""
    now = hedge.measure_hedge(
        coins=2, margin=0.1, notional=64000, entry=64000, price=72000, maintenance=0.005
    )
    assert (now.liquidated, now.exposed_share) == (True, 1)
    assert now.value == pytest.approx(136_800)
    later = hedge.project_hedge(
        coins=2, margin=0.1, notional=64000, entry=64000, price=72000, maintenance=0.005, moves=[-0.5]
    )
    assert later.values[0] == pytest.approx(68_400)  # a fall does not bring the short back


def test_never_holds_only_while_funding_is_paid_from_the_margin() -> None:
    """2 coin cover 5,000 at 2,500 for good; less 90 payments of 0.01 % they do not."""
    place = {"coins": 4, "margin": 2, "notional": 5000, "entry": 2500, "price": 2500}
    rules = {"maintenance": 0.005, "maintenance_on": "mark"}
    assert not hedge.measure_hedge(**place, **rules).liquidates
    paying = hedge.measure_hedge(**place, **rules, rate=-0.0001, horizon_days=30)
    # 90 · 0.0001 · 2 coin = 0.018 coin: 5,000 · 0.995 / 0.018
    assert paying.funding_due == pytest.approx(0.018)
    assert paying.liquidation == pytest.approx(276_388.9, abs=0.1)


def test_tiers_are_walked_with_the_size() -> None:
    """A short shrinks in coin as the price rises: at 75,000 it is 200 coin and two tiers lower."""
    tiers = [[250, 0.02], [1000, 0.1]]
    found = hedge.find_liquidation(notional=15e6, margin=110, entry=50000, tiers=tiers, maintenance_on="mark")
    # in the lower tier 15,000,000 · 0.98 / (300 − 110) = 77,368, where it is 193.9 coin
    assert found.price == pytest.approx(77_368.42, abs=0.01)


def test_a_trade_is_gone_on_from() -> None:
    """Sell 6,000 at 12,000 on 20,000 at 10,000: 26,000 / 2.5 coin = 10,400; buying back realizes its part."""
    more = hedge.apply_trade(coins=4, notional=20000, entry=10000, price=12000, trade=6000, fee=0.001)
    assert (more.entry, more.notional, more.coins) == pytest.approx((10400, 26000, 4 - 0.0005))
    less = hedge.apply_trade(coins=4, notional=20000, entry=10000, price=8000, trade=-4000)
    assert (less.entry, less.realized) == pytest.approx((10000, 0.1))  # 4,000/8,000 − 4,000/10,000


def test_returns_that_are_no_fractions_are_refused() -> None:
    """1.3 is 130 %, not 1.3 %; 101 is a price; −1.5 cannot be."""
    other = [0.01, -0.02, 0.03]
    for returns, said in (
        ([1.3, -2.1, 0.4], "-1 or above"),
        ([100, 102, 101], "look like"),
        ([0.9, 0.8, 1.4], "look"),
    ):
        with pytest.raises(HedgeInputError, match=said):
            hedge.hedge_beta(asset_returns=returns, instrument_returns=other, value=1)


def test_the_chance_agrees_with_the_library() -> None:
    """Python's own error function, at distances from one to many deviations."""
    for z in (0.01, 0.5, 1.9, 2.1, 5.0, 9.0):
        barrier = math.exp(z * 0.6 * math.sqrt(30 / 365))
        found = hedge.chance_of_reaching(price=1, barrier=barrier, volatility=0.6, days=30)
        assert found == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)


def test_the_vectors_hold_the_specified_scenarios() -> None:
    """−20 % of 10,000 costs 2,000, 1,000 and nothing."""
    found = {case["id"]: case["expected"] for case in RESULTS}
    fall = found["build_scenarios: 10,000 falls by 20 %: unhedged, half, in full"]
    assert fall["change"] == [[-2000], [-1000], [0]]


def test_the_file_has_the_published_shape() -> None:
    """The schema in api/v1/hedge.json is valid, takes the file, and refuses spoilt ones."""
    jsonschema.Draft202012Validator.check_schema(VECTORS_SCHEMA)
    validator = jsonschema.Draft202012Validator(VECTORS_SCHEMA)
    validator.validate(vectors())
    for spoil in (
        lambda d: d.pop("tolerance"),
        lambda d: d["cases"][0].pop("expected"),
        lambda d: d["cases"][0].update(error="price"),
        lambda d: d["cases"][0]["expected"].update(pnlCoin=1),
        lambda d: d["cases"][0].update(note="x"),
    ):
        spoilt = copy.deepcopy({**vectors(), "cases": CASES[:1]})
        spoil(spoilt)
        assert not validator.is_valid(spoilt)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_reference_meets_the_vectors(function: str) -> None:
    """Every result to a part in a thousand million."""
    cases = [case for case in RESULTS if case["function"] == function]
    for case, found in zip(cases, run_python(cases), strict=True):
        assert differences(found.get("result", found), case["expected"], vectors()["tolerance"]) == [], case


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_reference_refuses_what_it_must(function: str) -> None:
    """Every refusal names the input that was spoilt, and says something about it."""
    cases = [case for case in REFUSALS if case["function"] == function]
    for case, found in zip(cases, run_python(cases), strict=True):
        assert found.get("error") == case["error"], (case, found)
        assert found["message"]
