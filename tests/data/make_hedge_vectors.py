"""Make `hedge_vectors.json`: inputs of the hedge calculators and what they must give, or which they refuse.

    .venv/bin/python -m tests.data.make_hedge_vectors

What must come out is derived by `hedge_exact`, apart from both implementations; inputs are the decimal
numbers as they are written.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.data import hedge_exact

VECTORS = Path(__file__).with_name("hedge_vectors.json")
TOLERANCE = 1e-9
"""Inputs are written as decimals: where two of them nearly cancel, binary numbers keep so many digits."""

Given = dict[str, Any]
Row = tuple[str, str, Given]

MOVES = [step / 10 for step in range(-5, 11)]
RETURNS = [0.013, -0.021, 0.004, 0.031, -0.008, 0.017, -0.026, 0.009, 0.0, -0.011]
CLOSES = [
    ["2026-02-23", 100],
    ["2026-02-24", 102.5],
    ["2026-02-25", 99],
    ["2026-02-26", 101],
    ["2026-02-27", 98],
]
LATER = ["2026-03-02", 7]
OTHERS = [0.009, -0.012, 0.007, 0.018, -0.011, 0.008, -0.019, 0.002, 0.003, -0.004]


def worked() -> Iterator[Row]:
    """The values that the specification works out, and the textbook cases."""
    yield (
        "15,000 contracts from 750 to 800: +1.25 coin",
        "inverse_pnl",
        {
            "notional": 15000,
            "entry": 750,
            "price": 800,
            "side": "long",
        },
    )
    yield (
        "synthetic dollar: 10 coin, 100,000 short, 10,000 to 9,000",
        "measure_position",
        {
            "coins": 10,
            "notional": 100000,
            "entry": 10000,
            "price": 9000,
        },
    )
    yield (
        "one coin, half hedged, price doubled: 100,000",
        "measure_position",
        {
            "coins": 1,
            "notional": 50000,
            "entry": 100000,
            "price": 200000,
        },
    )
    yield (
        "its drift, and the trade back",
        "measure_drift",
        {
            "coins": 1,
            "notional": 50000,
            "entry": 100000,
            "price": 200000,
            "target": 0.5,
        },
    )
    for name, margin_on in (("55,248.62", "entry"), ("55,277.78", "mark")):
        yield (
            f"50,000 at 10x, 0.5 %: {name}",
            "find_liquidation",
            {
                "notional": 50000, "margin": 0.1, "entry": 50000, "maintenance": 0.005,
                "maintenance_on": margin_on,
            },
        )  # fmt: skip
    yield (
        "300 coin short at 50,000, 12.5 % less 11.605, wallet 100: 69,667",
        "find_liquidation",
        {
            "notional": 15000000, "margin": 100, "entry": 50000, "maintenance": 0.125, "amount": 11.605,
            "maintenance_on": "mark",
        },
    )  # fmt: skip
    for fee, price in ((0.00075, "5,739"), (0.0006, "5,738")):
        yield (
            f"10,000 long at 8,000, wallet 0.5, fee {fee}: {price}",
            "find_liquidation",
            {
                "notional": 10000, "margin": 0.5, "entry": 8000, "maintenance": 0.005, "fee": fee,
                "side": "long",
            },
        )  # fmt: skip
    yield (
        "100,000 short from 10,000 to 11,000: -0.90909091 coin",
        "inverse_pnl",
        {"notional": 100000, "entry": 10000, "price": 11000},
    )
    yield (
        "open hedge: basis against spot now",
        "measure_basis",
        {"spot": 60000, "forward": 61000, "days": 90},
    )
    yield (
        "30,000 at 61,000 and 40,000 at 61,500: 61,284.7",
        "average_entry",
        {"notionals": [30000, 40000], "prices": [61000, 61500]},
    )
    yield (
        "entered at 50,000, 2.2x, price now 90,000: 0.9 % away",
        "measure_hedge",
        {
            "coins": 1, "margin": 0.4545454545454546, "notional": 50000, "entry": 50000, "price": 90000,
            "maintenance": 0.005,
        },
    )  # fmt: skip
    yield "altcoin, beta 1.8, 10x: 20,000", "size_beta_hedge", {"value": 10000, "beta": 1.8, "leverage": 10}
    yield (
        "0.01 % every 8 hours: 10.95 % a year",
        "measure_funding",
        {
            "notional": 10000,
            "price": 2500,
            "rate": 0.0001,
            "interval_hours": 8,
        },
    )
    yield (
        "10,000 falls by 20 %: unhedged, half, in full",
        "build_scenarios",
        {
            "spot_value": 10000,
            "entry": 2500,
            "hedges": [0, 0.5, 1],
            "moves": [-0.2],
        },
    )
    yield (
        "the whole table",
        "build_scenarios",
        {
            "spot_value": 10000,
            "entry": 2500,
            "hedges": [0, 0.35, 0.5, 1],
            "moves": MOVES,
        },
    )
    yield (
        "half of 10,000 at 3x",
        "size_hedge",
        {
            "spot_value": 10000,
            "hedge": 0.5,
            "entry": 2500,
            "leverage": 3,
        },
    )
    yield "2 % in 90 days", "measure_basis", {"spot": 50000, "forward": 51000, "days": 90}
    yield "carry of two coin", "size_carry", {"coins": 2, "spot": 50000, "forward": 51000}
    yield (
        "an asset against itself: 1",
        "hedge_beta",
        {
            "asset_returns": RETURNS,
            "instrument_returns": RETURNS,
            "value": 10000,
        },
    )


def sizes() -> Iterator[Row]:
    """Sizing over prices, hedges, leverages, faces and ways to round."""
    for spot_value, entry in ((10000, 2500), (123.45, 0.37), (1000000, 64321.5)):
        for hedge, leverage in itertools.product((0, 0.1, 0.35, 0.5, 0.85, 1), (1, 1.5, 3, 10, 100)):
            yield (
                f"{spot_value} at {entry}, h {hedge}, {leverage}x",
                "size_hedge",
                {
                    "spot_value": spot_value,
                    "hedge": hedge,
                    "entry": entry,
                    "leverage": leverage,
                },
            )
    for face, rounding in itertools.product((1, 10, 100, 0.1), ("nearest", "down", "up")):
        for hedge in (0.25, 0.3, 0.333):
            yield (
                f"contracts of {face} {rounding}, h {hedge}",
                "size_hedge",
                {
                    "spot_value": 1000,
                    "hedge": hedge,
                    "entry": 40,
                    "leverage": 2,
                    "face": face,
                    "rounding": rounding,
                },
            )
    # in binary 3.0000000000000004, 2.9999999999999996 and 3.4999999999999996 contracts
    for (spot_value, hedge), rounding in itertools.product(
        ((3, 0.1), (1, 0.3), (1, 0.35)), ("nearest", "down", "up")
    ):
        yield (
            f"{spot_value} · {hedge} in tenths {rounding}",
            "size_hedge",
            {"spot_value": spot_value, "hedge": hedge, "entry": 40, "face": 0.1, "rounding": rounding},
        )
    for hedge in (-0.5, 1.25, 2):
        yield (
            f"outside on purpose, h {hedge}",
            "size_hedge",
            {
                "spot_value": 10000,
                "hedge": hedge,
                "entry": 2500,
                "leverage": 5,
                "allow_outside": True,
            },
        )


def profits() -> Iterator[Row]:
    """Both kinds of contract, both sides, near and far prices."""
    for entry, factor in itertools.product((0.5, 750, 50000), (0.001, 0.5, 0.8, 0.999999, 1, 1.25, 2, 1000)):
        given = {"notional": 15000, "entry": entry, "price": round(entry * factor, 9)}
        for function, side in itertools.product(("inverse_pnl", "linear_pnl"), ("short", "long")):
            yield f"{side} from {entry} to {given['price']}", function, {**given, "side": side}


def positions() -> Iterator[Row]:
    """Coin with a short, then its drift; hedges within and outside 0 to 1."""
    for entry, hedge in itertools.product((0.5, 750, 50000), (0, 0.1, 0.5, 0.9, 1)):
        notional = float(Fraction(str(hedge)) * Fraction(str(entry)) * 4)
        for factor in (0.01, 0.5, 0.9, 1, 1.1, 2, 30):
            given = {"coins": 4, "notional": notional, "entry": entry, "price": round(entry * factor, 9)}
            yield f"4 coin at {entry}, h {hedge}, price times {factor}", "measure_position", given
            yield f"back to {hedge} at {entry} times {factor}", "measure_drift", {**given, "target": hedge}
    for face, rounding in itertools.product((1, 10, 100, 30000), ("nearest", "down", "up")):
        for price in (6000, 13337.5):
            given = {"coins": 4, "notional": 20000, "entry": 10000, "price": price, "target": 0.5}
            yield (
                f"at {price} in contracts of {face} {rounding}",
                "measure_drift",
                {**given, "face": face, "rounding": rounding},
            )
    for notional in (-20000, 60000):
        given = {"coins": 4, "notional": notional, "entry": 10000, "price": 12000}
        yield f"notional {notional}", "measure_position", given
        yield (
            f"notional {notional} to h 1.2",
            "measure_drift",
            {**given, "target": 1.2, "allow_outside": True},
        )


def fills_and_trades() -> Iterator[Row]:
    """Fills near and far; trades that add to a short, reduce it and close it, with and without a fee."""
    yield "one fill", "average_entry", {"notionals": [123.45], "prices": [0.37]}
    yield "three fills", "average_entry", {"notionals": [1, 1000, 5e6], "prices": [20000, 61234.5, 70000]}
    for trade, fee, price in itertools.product((-20000, -7000, 0, 5000), (0, 0.0005), (8000, 10000, 12500)):
        yield (
            f"trade of {trade} at {price}, fee {fee}",
            "apply_trade",
            {"coins": 4, "notional": 20000, "entry": 10000, "price": price, "trade": trade, "fee": fee},
        )
    yield (
        "a first sale",
        "apply_trade",
        {"coins": 1, "notional": 0, "entry": 1, "price": 60000, "trade": 30000, "fee": 0.00055},
    )


def incomes() -> Iterator[Row]:
    """Funding of several intervals and signs; bases of both signs, near and far; carries to their expiry."""
    for rate, hours in itertools.product((-0.0075, -0.0001, 0, 0.0001, 0.00375), (1, 4, 8, 24, 7)):
        for side in ("short", "long"):
            yield (
                f"{rate} every {hours} h, {side}",
                "measure_funding",
                {
                    "notional": 12500,
                    "price": 2500,
                    "rate": rate,
                    "interval_hours": hours,
                    "side": side,
                },
            )
    for forward, days in itertools.product(
        (45000, 49999.99, 50000, 50000.01, 52500), (1, 30, 90, 365, 1000.5)
    ):
        yield (
            f"50000 to {forward} in {days} days",
            "measure_basis",
            {
                "spot": 50000,
                "forward": forward,
                "days": days,
            },
        )
        yield (
            f"{forward} less 50000 as a premium over {days} days",
            "forward_price",
            {"spot": 50000, "premium": (forward - 50000) / 25000, "days": days},
        )
    for forward, hedge, face in itertools.product((49000, 50000, 52500.5), (0, 0.5, 1), (1, 100)):
        yield (
            f"3 coin, 50000 to {forward}, h {hedge}, contracts of {face}",
            "size_carry",
            {"coins": 3, "spot": 50000, "forward": forward, "hedge": hedge, "face": face, "rounding": "down"},
        )
    for rate, fee in itertools.product((-0.05, 0, 0.05, 0.1095), (0, 0.0005)):
        yield f"{rate} a year, fee {fee}", "break_even_days", {"annual_rate": rate, "fee": fee}
    for notional, price in itertools.product((0, 100000, 153000), (1, 25000, 51000, 250000)):
        yield (
            f"{notional} sold at 51000, settled at {price}",
            "carry_payoff",
            {
                "coins": 3,
                "notional": notional,
                "forward": 51000,
                "price": price,
            },
        )


def liquidations() -> Iterator[Row]:
    """Both margins, both conventions, both sides; what never happens; what is left."""
    kinds = tuple(itertools.product(("short", "long"), ("entry", "mark")))
    for leverage, maintenance in itertools.product((1, 1.6, 2, 4, 5, 10, 25, 100), (0, 0.004, 0.005, 0.0099)):
        for entry, (side, on) in itertools.product((0.5, 50000), kinds):
            yield (
                f"{side} at {entry}, {leverage}x, m {maintenance} of {on}",
                "find_liquidation",
                {
                    "notional": entry * 2,
                    "margin": 2 / leverage,
                    "entry": entry,
                    "maintenance": maintenance,
                    "side": side,
                    "maintenance_on": on,
                },
            )
    for margin, (side, on) in itertools.product((0.05, 0.5, 1.5, 1.98, 2, 2.01, 5), kinds):
        wallet = {"notional": 100000, "margin": margin, "entry": 50000, "side": side, "maintenance_on": on}
        for name, rules in RULES.items():
            yield f"wallet of {margin}, {side}, {name} of {on}", "find_liquidation", {**wallet, **rules}
    for side, on in kinds:
        large = {"notional": 15000000, "margin": 60, "entry": 50000, "side": side, "maintenance_on": on}
        for name in ("tiers", "whole tiers", "by size"):
            yield f"300 coin, {side}, {name} of {on}", "find_liquidation", {**large, **RULES[name]}
    for held, margin in ((1, 0.1), (1, 1), (2.5, 0), (0.3, 0.1)):
        yield (
            f"{margin} of {held} lost",
            "measure_aftermath",
            {"held": held, "margin": margin, "price": 55248.62},
        )


def warnings() -> Iterator[Row]:
    """Alerts before a liquidation and the chance of reaching it, near and far, calm and wild."""
    for price, side in itertools.product((55248.62, 0.37), ("short", "long")):
        yield f"alerts before {price}, {side}", "alert_prices", {"price": price, "side": side}
    yield "one alert", "alert_prices", {"price": 70711, "shares": [0.25]}
    for barrier, volatility, days in itertools.product(
        (2501, 2762.43, 3105.59, 5000, 900), (0.05, 0.6, 2), (2, 30, 365)
    ):
        if abs(math.log(barrier / 2500)) < 8 * volatility * math.sqrt(days / 365):  # 1e-15 and above
            yield (
                f"2500 to {barrier} at {volatility} in {days} days",
                "chance_of_reaching",
                {"price": 2500, "barrier": barrier, "volatility": volatility, "days": days},
            )


def whole_positions() -> Iterator[Row]:
    """Open, close to liquidation, past it, never, over-hedged, without a short; funding due; ladders."""
    positions = {
        "textbook": {"coins": 4, "margin": 4, "notional": 5000, "entry": 2500, "price": 2500},
        "close": {"coins": 2, "margin": 0.09376, "notional": 60000, "entry": 63993.31, "price": 68448.27},
        "passed": {"coins": 2, "margin": 0.09376, "notional": 60000, "entry": 63993.31, "price": 72000},
        "all lost": {"coins": 1, "margin": 1, "notional": 90000, "entry": 60000, "price": 200000},
        "over-hedged": {"coins": 2, "margin": 2, "notional": 150000, "entry": 60000, "price": 50000},
        "no short": {"coins": 2, "margin": 0, "notional": 0, "entry": 60000, "price": 50000},
    }
    for name, held in positions.items():
        for terms, rules in (*RULES.items(), ("funding", PAYING)):
            for on in ("entry", "mark"):
                given = {**held, **rules, "maintenance_on": on}
                yield f"{name}, {terms} of {on}", "measure_hedge", given
                if terms in ("rate", "funding"):
                    moves = [-0.5, -0.2, 0, 0.03, 0.1, 1]
                    yield f"{name}, {terms} of {on}", "project_hedge", {**given, "moves": moves}
    for name in ("textbook", "close", "passed"):
        held = {key: value for key, value in positions[name].items() if key != "coins"}
        added = [-3.5, -3, -2.5, 0] if name == "textbook" else [0, 0.05, 0.1, 0.2, 0.4, 0.6, 1]
        for terms in (RULES["rate"], PAYING):
            yield (
                f"{name}, {'funding due' if terms is PAYING else 'no funding'}",
                "top_up_ladder",
                {
                    **held,
                    **terms,
                    "maintenance_on": "mark",
                    "additions": added,
                    "volatility": 0.45,
                    "days": 30,
                },
            )


RULES: dict[str, Given] = {
    "nothing": {},
    "rate": {"maintenance": 0.005},
    "rate and fee": {"maintenance": 0.02, "fee": 0.00055},
    "amount": {"maintenance": 0.025, "amount": 0.03},
    "by size": {"maintenance": 0.01, "slope": 0.00005},
    "tiers": {"tiers": [[1, 0.004, 0], [50, 0.01, 0.006], [None, 0.05, 2.006]]},
    "whole tiers": {"tiers": [[1.5, 0.004], [2.5, 0.01], [1000, 0.05]], "fee": 0.0005},
}
"""Rules of venues by a name: rates, fees, amounts taken off, rates that rise with size, tier tables."""
PAYING: Given = {"maintenance": 0.005, "rate": -0.0001, "interval_hours": 8, "horizon_days": 30}


def ratios() -> Iterator[Row]:
    """Returns with and against each other, large and small, the fewest that will do."""
    opposed = [-value for value in RETURNS]
    large = [value * 8 for value in RETURNS]
    series = {"beside": RETURNS, "against": opposed, "large": [round(value, 6) for value in large]}
    for name, asset in series.items():
        yield f"{name}", "hedge_beta", {"asset_returns": asset, "instrument_returns": OTHERS, "value": 25000}
    yield (
        "three pairs",
        "hedge_beta",
        {
            "asset_returns": [0.01, 0.02, -0.01],
            "instrument_returns": [0.02, 0.01, -0.03],
            "value": 1,
        },
    )
    yield "closes by date", "pair_closes", {"asset": CLOSES, "instrument": [*reversed(CLOSES[1:]), LATER]}
    for beta, leverage, held in itertools.product((-0.4, 0.7, 1.8), (1, 2, 10), (False, True)):
        if held or leverage > 1 or beta < 0:
            yield (
                f"beta {beta} at {leverage}x, margin {'held' if held else 'bought'}",
                "size_beta_hedge",
                {"value": 10000, "beta": beta, "leverage": leverage, "margin_held": held},
            )
    for beta, r_squared in ((1.4, 0.6), (-0.4, 0.05), (1, 1)):
        yield (
            f"beta {beta}, R² {r_squared}",
            "residual_risk",
            {"value": 10000, "beta": beta, "r_squared": r_squared, "volatility": 0.45, "days": 30},
        )
    yield "closes", "simple_returns", {"closes": [100, 110, 99, 99, 0.001, 5000]}
    yield "two closes", "simple_returns", {"closes": [64000.5, 63999.5]}


ALLOWED: dict[str, Given] = {
    "size_hedge": {"spot_value": 10000, "hedge": 0.5, "entry": 2500, "leverage": 3, "face": 1},
    "inverse_pnl": {"notional": 15000, "entry": 750, "price": 800},
    "linear_pnl": {"notional": 15000, "entry": 750, "price": 800},
    "measure_position": {"coins": 1, "notional": 50000, "entry": 100000, "price": 200000},
    "measure_drift": {"coins": 1, "notional": 50000, "entry": 100000, "price": 200000, "target": 0.5},
    "measure_funding": {"notional": 10000, "price": 2500, "rate": 0.0001, "interval_hours": 8},
    "measure_basis": {"spot": 50000, "forward": 51000, "days": 90},
    "size_carry": {"coins": 2, "spot": 50000, "forward": 51000, "hedge": 0.5, "face": 10},
    "forward_price": {"spot": 50000, "premium": 0.05, "days": 90},
    "break_even_days": {"annual_rate": 0.05, "fee": 0.0005},
    "carry_payoff": {"coins": 2, "notional": 102000, "forward": 51000, "price": 40000},
    "find_liquidation": {
        "notional": 100000, "margin": 1, "entry": 50000, "maintenance": 0.005, "fee": 0.0005, "amount": 0,
        "slope": 0,
    },
    "alert_prices": {"price": 70711, "shares": [0.1, 0.05]},
    "chance_of_reaching": {"price": 2500, "barrier": 2600, "volatility": 0.6, "days": 30},
    "measure_hedge": {
        "coins": 2, "margin": 0.1, "notional": 60000, "entry": 60000, "price": 61000, "rate": 0,
    },
    "project_hedge": {
        "coins": 2, "margin": 0.1, "notional": 60000, "entry": 60000, "price": 61000, "moves": [-0.2, 0.1],
    },
    "top_up_ladder": {
        "margin": 0.1, "notional": 60000, "entry": 60000, "price": 61000, "additions": [0, 0.1],
        "volatility": 0.6, "days": 30,
    },
    "measure_aftermath": {"held": 1, "margin": 0.1, "price": 55000},
    "simple_returns": {"closes": [1, 2, 3]},
    "average_entry": {"notionals": [30000, 40000], "prices": [61000, 61500]},
    "apply_trade": {
        "coins": 4, "notional": 20000, "entry": 10000, "price": 9000, "trade": -500, "fee": 0.0005,
    },
    "pair_closes": {"asset": CLOSES, "instrument": CLOSES},
    "size_beta_hedge": {"value": 10000, "beta": 1.4, "leverage": 10},
    "residual_risk": {"value": 10000, "beta": 1.4, "r_squared": 0.6, "volatility": 0.45, "days": 30},
    "hedge_beta": {"asset_returns": RETURNS, "instrument_returns": OTHERS, "value": 10000},
    "build_scenarios": {"spot_value": 10000, "entry": 2500, "hedges": [0, 0.5], "moves": [-0.2, 0.1]},
}  # fmt: skip
"""Inputs that every function takes; one at a time is spoilt below."""
NO_NUMBERS = ("NaN", "Infinity", "-Infinity", "ten")
ALWAYS_POSITIVE = (
    "spot_value",
    "entry",
    "price",
    "coins",
    "held",
    "spot",
    "forward",
    "days",
    "face",
    "value",
    "barrier",
    "volatility",
)
SPOILT: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(ALWAYS_POSITIVE, (0, -1, 1e-10, 1e16)),
    "notional": (1e16,),
    "margin": (-0.1, 1e16),
    "amount": (-0.1, 1e16),
    "slope": (-0.1, 1e16),
    "fee": (-0.1, 1),
    "hedge": (-0.01, 1.01, -1e16),
    "target": (-0.01, 1.01),
    "leverage": (0, 0.99, -5, 1e16),
    "maintenance": (-0.001, 1),
    "rate": (-1, 1, 7),
    "premium": (1e16, -5),
    "annual_rate": (1e16,),
    "beta": (1e16,),
    "r_squared": (0, 1.1),
    "trade": (-20001, 1e16),
    "interval_hours": (0, -8, 8761),
    "closes": ([], [1], [1, 0], [1, -2, 3], [1, "NaN"], [1, 1e16], 7),
    "asset": ([], [["2026-02-23", 0]], [["2026-02-23", 1], ["2026-02-23", 2]], [[1, 2]], [["2026-02-23"]], 7),
    "instrument": (CLOSES[:3], [["2026-02-23", "NaN"]]),
    "asset_returns": (
        [],
        [0.1, 0.2],
        [0.1, 0.2, "NaN"],
        [0.2] * 10,
        [1.3, -2.1, 0.4],
        [100, 102, 101, 100, 102, 101, 100, 102, 101, 100],
        [-1.5] * 3,
    ),
    "instrument_returns": ([], [0.1, 0.2], [0.1, 0.2, 0.3], [0.07] * 10),
    "hedges": ([], [0, 1.5], [-0.1], ["NaN"]),
    "moves": ([], [-1], [-1.5], [0.1, "Infinity"], [1e16]),
    "shares": ([], [1], [-0.1]),
    "additions": ([], ["NaN"], [1e16]),
    "notionals": ([], [0], [1, -1]),
    "prices": ([1], [0, 1], [1, 2, 3]),
}
LISTS = (
    "closes", "asset", "instrument", "asset_returns", "instrument_returns", "hedges", "moves", "shares",
    "additions", "notionals", "prices",
)  # fmt: skip
BAD_TIERS = (
    [], 7, [[1]], [7], [[0, 0.01]], [[1, 1]], [[1, 0.01, -1]], [[2, 0.01], [1, 0.02]],
    [[None, 0.01], [5, 0.02]], [[1, 0.01]],
)  # fmt: skip


def refused() -> Iterator[Row]:
    """Each input of each function spoilt in each way, alone; the field is the last word of the id."""
    for function, given in ALLOWED.items():
        for field in given:
            for value in (*SPOILT[field], *(() if field in LISTS else NO_NUMBERS)):
                yield f"{value} as {field}", function, {**given, field: value}
    for function in ("inverse_pnl", "linear_pnl", "measure_funding", "carry_payoff", "find_liquidation"):
        yield "-1 as notional", function, {**ALLOWED[function], "notional": -1}
    liquidation = ALLOWED["find_liquidation"]
    yield "0 as notional", "find_liquidation", {**liquidation, "notional": 0}
    yield (
        "the maintenance itself as margin",
        "find_liquidation",
        {**liquidation, "margin": 0.011, "fee": 0.0005},
    )
    yield "last as maintenance_on", "find_liquidation", {**liquidation, "maintenance_on": "last"}
    yield "both as side", "find_liquidation", {**liquidation, "side": "both"}
    for place, tiers in enumerate(BAD_TIERS):
        yield f"list {place} as tiers", "find_liquidation", {**liquidation, "tiers": tiers}
    whole = ALLOWED["measure_hedge"]
    yield "more than is held as margin", "measure_hedge", {**whole, "margin": 2.1}
    yield "all of the margin for funding at this rate", "measure_hedge", {
        **whole, "rate": -0.01, "horizon_days": 30,
    }  # fmt: skip
    yield "0 as interval_hours", "measure_hedge", {**whole, "interval_hours": 0}
    yield "-1 as horizon_days", "measure_hedge", {**whole, "horizon_days": -1}
    yield "too much taken out of the margin", "top_up_ladder", {
        **ALLOWED["top_up_ladder"], "additions": [-0.1],
    }  # fmt: skip
    yield "margin bought at 1x leverage", "size_beta_hedge", {"value": 1, "beta": 1, "leverage": 1}
    yield (
        "150 % at 1x with 4 coin held: leverage",
        "size_hedge",
        {"spot_value": 10000, "hedge": 1.5, "entry": 2500, "leverage": 1, "allow_outside": True},
    )
    yield "a fee of all the coin at this price", "apply_trade", {
        "coins": 0.1, "notional": 0, "entry": 1, "price": 1, "trade": 1, "fee": 0.5,
    }  # fmt: skip
    yield (
        "0.9 an hour as rate",
        "measure_funding",
        {
            "notional": 1,
            "price": 1,
            "rate": 0.9,
            "interval_hours": 1,
        },
    )
    yield "an instant as days", "measure_basis", {"spot": 1, "forward": 2, "days": 0.0001}
    yield (
        "too many contracts for face",
        "size_hedge",
        {
            "spot_value": 1e14,
            "hedge": 1,
            "entry": 1,
            "face": 0.001,
        },
    )
    yield "away as rounding", "size_hedge", {**ALLOWED["size_hedge"], "rounding": "away"}
    yield (
        "a loss beyond the coin at price",
        "measure_drift",
        {
            "coins": 1,
            "notional": 200000,
            "entry": 100000,
            "price": 300000,
            "target": 0.5,
        },
    )


def case(row: Row) -> dict[str, Any]:
    """One vector with its result."""
    title, function, given = row
    inputs = {name: _exact(value) for name, value in given.items()}
    expected = getattr(hedge_exact, function)(**inputs)
    return {"id": title, "function": function, "given": given, "expected": _written(expected)}


def build() -> dict[str, Any]:
    """All vectors, as the file holds them."""
    groups = (
        worked,
        sizes,
        profits,
        positions,
        fills_and_trades,
        incomes,
        liquidations,
        warnings,
        whole_positions,
        ratios,
    )
    cases = [case(row) for group in groups for row in group() if not _impossible(row)]
    cases += [
        {"id": title, "function": function, "given": given, "error": title.split()[-1]}
        for title, function, given in refused()
    ]
    for each in cases:
        each["id"] = f"{each['function']}: {each['id']}"
    return {"version": "1.0", "tolerance": TOLERANCE, "cases": cases}


def text() -> str:
    """Return the file's text: a line a case."""
    built = build()
    lines = ",\n".join("  " + json.dumps(each, allow_nan=False) for each in built.pop("cases"))
    head = json.dumps(built)[1:-1]
    return f'{{{head}, "cases": [\n{lines}\n]}}\n'


def _impossible(row: Row) -> bool:
    """Whether the margin does not cover maintenance and fee at the entry, which is refused."""
    _, function, given = row
    if function not in {"find_liquidation", "measure_hedge", "top_up_ladder"} or not given["notional"]:
        return False
    rules = {"maintenance": 0, "fee": 0, "amount": 0, "slope": 0, "tiers": None, **given}
    size = _exact(given["notional"]) / _exact(given["entry"])
    table = rules["tiers"] or [[None, rules["maintenance"], rules["amount"]]]
    fitting = [row for row in table if row[0] is None or size <= _exact(row[0])]
    if not fitting:
        return True
    rate, amount = _exact(fitting[0][1]), _exact((*fitting[0], 0)[2])
    asked = (rate + _exact(rules["fee"]) + _exact(rules["slope"]) * size) * size - amount
    return bool(_exact(given["margin"]) <= asked)


def _exact(value: Any) -> Any:
    """Numbers as the decimals that are written; words and flags stay."""
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return value if value is None or isinstance(value, str | bool) else Fraction(repr(value))


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, Fraction | Decimal):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return value


if __name__ == "__main__":
    VECTORS.write_text(text(), "utf-8")
