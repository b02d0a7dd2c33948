"""The calculators in the browser: they meet the vectors, and agree with the reference to 1e-13."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hedge_cases import (
    ON_THE_PAGE,
    SCRIPT,
    differences,
    is_on_the_page,
    run_python,
    run_script,
    shown,
    vectors,
)

MONEY = st.floats(1e-2, 1e7)
PRICE = st.floats(1e-3, 1e6)
HEDGE = st.floats(0, 0.999) | st.just(1.0)
SIDE = st.just("short")
ON = st.sampled_from(["entry", "mark"])
ROUNDING = st.sampled_from(["nearest", "up", "down"])
RULES = {
    "maintenance": st.floats(0, 0.02),
    "fee": st.floats(0, 0.001),
    "amount": st.floats(0, 1e-3),
    "slope": st.floats(0, 1e-4),
    "maintenance_on": ON,
    "tiers": st.sampled_from([None, [[1, 0.004], [50, 0.01, 0.006], [None, 0.05, 2.006]]]),
}
DUE = {"rate": st.floats(-0.001, 0.001), "interval_hours": st.floats(1, 24), "horizon_days": st.floats(0, 60)}
HELD = {"coins": PRICE, "margin": PRICE, "notional": MONEY, "entry": PRICE, "price": PRICE}
SERIES = st.integers(3, 30).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=n, max_size=n
    ).filter(lambda rows: len({x for x, _ in rows}) > 1 and len({y for _, y in rows}) > 1)
)


def returns(first: str, second: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Two series of returns in hundredths of a percent, and further inputs."""
    pairs = SERIES.map(lambda rows: {first: [x / 1e4 for x, _ in rows], second: [y / 1e4 for _, y in rows]})
    return st.builds(lambda pair, rest: {**pair, **rest}, pairs, st.fixed_dictionaries(more))


GIVEN: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "inverse_pnl": st.fixed_dictionaries({"notional": MONEY, "entry": PRICE, "price": PRICE, "side": SIDE}),
    "linear_pnl": st.fixed_dictionaries({"notional": MONEY, "entry": PRICE, "price": PRICE, "side": SIDE}),
    "measure_position": st.fixed_dictionaries(
        {"coins": PRICE, "notional": MONEY, "entry": PRICE, "price": PRICE}
    ),
    "measure_drift": st.fixed_dictionaries(
        {"coins": PRICE, "notional": MONEY, "entry": PRICE, "price": PRICE, "target": HEDGE},
        optional={"face": st.sampled_from([1, 10, 100]), "rounding": ROUNDING},
    ),
    "measure_funding": st.fixed_dictionaries(
        {
            "notional": MONEY,
            "price": PRICE,
            "rate": st.floats(-0.01, 0.01),
            "interval_hours": st.floats(1, 24),
            "side": SIDE,
        }
    ),
    "measure_basis": st.fixed_dictionaries({"spot": PRICE, "forward": PRICE, "days": st.floats(0.5, 2000)}),
    "size_carry": st.fixed_dictionaries(
        {"coins": PRICE, "spot": PRICE, "forward": PRICE},
        optional={"hedge": HEDGE, "face": st.sampled_from([1, 10, 100]), "rounding": ROUNDING},
    ),
    "forward_price": st.fixed_dictionaries(
        {"spot": PRICE, "premium": st.floats(-0.5, 2), "days": st.floats(0.5, 2000)}
    ),
    "break_even_days": st.fixed_dictionaries(
        {"annual_rate": st.just(0.0) | st.floats(1e-9, 1) | st.floats(-1, -1e-9), "fee": st.floats(0, 0.01)}
    ),
    "average_entry": st.lists(st.tuples(MONEY, PRICE), min_size=1, max_size=6).map(
        lambda fills: {"notionals": [n for n, _ in fills], "prices": [p for _, p in fills]}
    ),
    "apply_trade": st.fixed_dictionaries(
        {"coins": PRICE, "notional": MONEY, "entry": PRICE, "price": PRICE, "trade": st.floats(-1e6, 1e6)},
        optional={"fee": st.floats(0, 0.01)},
    ),
    "find_liquidation": st.fixed_dictionaries(
        {"notional": MONEY, "margin": PRICE, "entry": PRICE}, optional={**RULES, "side": SIDE}
    ),
    "alert_prices": st.fixed_dictionaries({"price": PRICE, "side": SIDE}),
    "chance_of_reaching": st.fixed_dictionaries(
        {"price": PRICE, "barrier": PRICE, "volatility": st.floats(0.05, 3), "days": st.floats(0.1, 1000)}
    ),
    "measure_hedge": st.fixed_dictionaries(HELD, optional={**RULES, **DUE}),
    "project_hedge": st.fixed_dictionaries(
        {**HELD, "moves": st.lists(st.floats(-0.9, 5), min_size=1, max_size=6)}, optional={**RULES, **DUE}
    ),
    "top_up_ladder": st.fixed_dictionaries(
        {
            **{name: value for name, value in HELD.items() if name != "coins"},
            "additions": st.lists(st.floats(0, 100), min_size=1, max_size=4),
            "volatility": st.floats(0.05, 3),
            "days": st.floats(0.1, 365),
        },
        optional={**RULES, **DUE},
    ),
    "pair_closes": st.fixed_dictionaries(
        {
            name: st.dictionaries(
                st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 20)).map(str), PRICE, max_size=20
            ).map(lambda closes: [list(row) for row in closes.items()])
            for name in ("asset", "instrument")
        }
    ),
    "size_beta_hedge": st.fixed_dictionaries(
        {
            "value": MONEY,
            "beta": st.floats(-3, 3),
            "leverage": st.floats(1, 100),
            "margin_held": st.booleans(),
        }
    ),
    "residual_risk": st.fixed_dictionaries(
        {
            "value": MONEY,
            "beta": st.floats(-3, 3),
            "r_squared": st.floats(0.01, 0.99),
            "volatility": st.floats(0.05, 3),
            "days": st.floats(0.1, 1000),
        }
    ),
    "simple_returns": st.fixed_dictionaries({"closes": st.lists(PRICE, min_size=2, max_size=20)}),
    "hedge_beta": returns("asset_returns", "instrument_returns", value=MONEY),
}
ONE_EACH = st.fixed_dictionaries(GIVEN)
"""A case of every function."""


def test_the_script_offers_what_the_page_needs() -> None:
    """Names are those of the reference in camel case, besides the error and the check of single fields."""
    (listed,) = re.findall(
        r"globalThis\.ivtsHedge = Object\.freeze\(\{(.*?)\}\)", SCRIPT.read_text("utf-8"), re.S
    )
    listed_names = {name.partition(":")[0].strip() for name in listed.split(",") if name.strip()}
    assert {"HedgeInputError", "checkInputs"} < listed_names
    offered = listed_names - {"HedgeInputError", "checkInputs"}
    assert {re.sub(r"[A-Z]", lambda m: f"_{m[0].lower()}", name) for name in offered} == ON_THE_PAGE


def test_the_script_meets_the_vectors() -> None:
    """Every result to a part in a thousand million, every refusal with the reference's words."""
    cases = [case for case in vectors()["cases"] if is_on_the_page(case)]
    wrong = []
    for case, found, reference in zip(cases, run_script(cases), run_python(cases), strict=True):
        if "error" in case:
            same = found == reference and found.get("error") == case["error"]
            wrong += [] if same else [(case, found, reference)]
            continue
        result = found.get("result", found)
        far = differences(result, shown(result, case["expected"]), vectors()["tolerance"])
        far += differences(result, shown(result, reference["result"]), 1e-13)
        wrong += [(case, found, far)] if far else []
    assert wrong == []


def test_both_agree_on_anything() -> None:
    """Random inputs, some of them refused, all run in one process: the same numbers or the same words."""
    cases: list[dict[str, Any]] = []

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(ONE_EACH)
    def collect(drawn: dict[str, dict[str, Any]]) -> None:
        cases.extend({"function": name, "given": inputs} for name, inputs in drawn.items())

    collect()
    assert {case["function"] for case in cases} == set(GIVEN)
    pairs = zip(cases, run_script(cases), run_python(cases), strict=True)
    assert [
        (case, far)
        for case, found, reference in pairs
        if (far := differences(found, shown(found, reference), 1e-13))
    ] == []
