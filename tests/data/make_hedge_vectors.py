"""Make `hedge_vectors.json`: inputs of the hedge calculators and what they must give, or which they refuse.

    .venv/bin/python -m tests.data.make_hedge_vectors

What must come out is derived by `hedge_exact`, apart from both implementations; inputs are the decimal
numbers as they are written.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.data import hedge_exact

VECTORS = Path(__file__).with_name("hedge_vectors.json")
TOLERANCE = 1e-9

Given = dict[str, Any]
Row = tuple[str, str, Given]

MOVES = [step / 10 for step in range(-5, 11)]
RETURNS = [0.013, -0.021, 0.004, 0.031, -0.008, 0.017, -0.026, 0.009, 0.0, -0.011]
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
    yield (
        "50,000 at 10x, 0.5 %: 55,248.62",
        "liquidation_isolated",
        {
            "entry": 50000,
            "leverage": 10,
            "maintenance": 0.005,
        },
    )
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
    yield "carry of two coin", "size_carry", {"coins": 2, "spot": 50000, "forward": 51000, "days": 90}
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
    for notional in (-20000, 60000):
        given = {"coins": 4, "notional": notional, "entry": 10000, "price": 12000}
        yield f"notional {notional}", "measure_position", given
        yield (
            f"notional {notional} to h 1.2",
            "measure_drift",
            {**given, "target": 1.2, "allow_outside": True},
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
            f"3 coin, 50000 to {forward} in {days} days",
            "size_carry",
            {
                "coins": 3,
                "spot": 50000,
                "forward": forward,
                "days": days,
            },
        )
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
    for leverage, maintenance in itertools.product((1, 1.5, 2, 3, 5, 10, 25, 100), (0, 0.004, 0.005, 0.0099)):
        for entry, (side, on) in itertools.product((0.5, 50000), kinds):
            yield (
                f"{side} at {entry}, {leverage}x, m {maintenance} of {on}",
                "liquidation_isolated",
                {
                    "entry": entry,
                    "leverage": leverage,
                    "maintenance": maintenance,
                    "side": side,
                    "maintenance_on": on,
                },
            )
    for coins, maintenance in itertools.product((0.05, 0.5, 1.5, 1.98, 2, 2.01, 5), (0, 0.005, 0.02)):
        for side, on in kinds:
            yield (
                f"wallet of {coins}, {side}, m {maintenance} of {on}",
                "liquidation_cross",
                {
                    "notional": 100000,
                    "coins": coins,
                    "entry": 50000,
                    "maintenance": maintenance,
                    "side": side,
                    "maintenance_on": on,
                },
            )
    for held, margin in ((1, 0.1), (1, 1), (2.5, 0), (0.3, 0.1)):
        yield (
            f"{margin} of {held} lost",
            "measure_aftermath",
            {"held": held, "margin": margin, "price": 55248.62},
        )


def ratios() -> Iterator[Row]:
    """Returns with and against each other, large and small, the fewest that will do."""
    opposed = [-value for value in RETURNS]
    large = [value * 1000 for value in RETURNS]
    series = {"beside": RETURNS, "against": opposed, "large": [round(value, 6) for value in large]}
    for name, asset in series.items():
        yield f"{name}", "hedge_beta", {"asset_returns": asset, "instrument_returns": OTHERS, "value": 25000}
        yield f"{name}", "minimum_variance", {"spot_returns": asset, "futures_returns": OTHERS}
    yield (
        "three pairs",
        "hedge_beta",
        {
            "asset_returns": [0.01, 0.02, -0.01],
            "instrument_returns": [0.02, 0.01, -0.03],
            "value": 1,
        },
    )
    yield "two pairs", "minimum_variance", {"spot_returns": [0.01, 0.02], "futures_returns": [0.02, 0.05]}
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
    "size_carry": {"coins": 2, "spot": 50000, "forward": 51000, "days": 90},
    "carry_payoff": {"coins": 2, "notional": 102000, "forward": 51000, "price": 40000},
    "liquidation_isolated": {"entry": 50000, "leverage": 10, "maintenance": 0.005},
    "liquidation_cross": {"notional": 100000, "coins": 1, "entry": 50000, "maintenance": 0.005},
    "measure_aftermath": {"held": 1, "margin": 0.1, "price": 55000},
    "simple_returns": {"closes": [1, 2, 3]},
    "minimum_variance": {"spot_returns": RETURNS, "futures_returns": OTHERS},
    "hedge_beta": {"asset_returns": RETURNS, "instrument_returns": OTHERS, "value": 10000},
    "build_scenarios": {"spot_value": 10000, "entry": 2500, "hedges": [0, 0.5], "moves": [-0.2, 0.1]},
}
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
)
SPOILT: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(ALWAYS_POSITIVE, (0, -1, 1e-10, 1e16)),
    "notional": (1e16,),
    "margin": (-0.1, 1.1, 1e16),
    "hedge": (-0.01, 1.01, -1e16),
    "target": (-0.01, 1.01),
    "leverage": (0, 0.99, -5, 1e16),
    "maintenance": (-0.001, 1, 0.6),
    "rate": (-1, 1, 7),
    "interval_hours": (0, -8, 8761),
    "closes": ([], [1], [1, 0], [1, -2, 3], [1, "NaN"], [1, 1e16]),
    "spot_returns": ([], [0.1], [0.1, "NaN"], [0.1] * 10, [0.1, "Infinity"], [1e16, 1]),
    "futures_returns": ([], [0.1], [0.1, 0.2], [0.3] * 10),
    "asset_returns": ([], [0.1, 0.2], [0.1, 0.2, "NaN"], [0.2] * 10),
    "instrument_returns": ([], [0.1, 0.2], [0.1, 0.2, 0.3], [0.7] * 10),
    "hedges": ([], [0, 1.5], [-0.1], ["NaN"]),
    "moves": ([], [-1], [-1.5], [0.1, "Infinity"], [1e16]),
}
LISTS = (
    "closes",
    "spot_returns",
    "futures_returns",
    "asset_returns",
    "instrument_returns",
    "hedges",
    "moves",
)


def refused() -> Iterator[Row]:
    """Each input of each function spoilt in each way, alone; the field is the last word of the id."""
    for function, given in ALLOWED.items():
        for field in given:
            for value in (*SPOILT[field], *(() if field in LISTS else NO_NUMBERS)):
                yield f"{value} as {field}", function, {**given, field: value}
    for function in ("inverse_pnl", "linear_pnl", "measure_funding", "carry_payoff", "liquidation_cross"):
        yield "-1 as notional", function, {**ALLOWED[function], "notional": -1}
    yield "0 as notional", "liquidation_cross", {**ALLOWED["liquidation_cross"], "notional": 0}
    for function in ("liquidation_isolated", "liquidation_cross"):
        yield (
            "the margin itself as maintenance",
            function,
            {
                **ALLOWED[function],
                "maintenance": 0.1 if function == "liquidation_isolated" else 0.5,
            },
        )
        yield "last as maintenance_on", function, {**ALLOWED[function], "maintenance_on": "last"}
        yield "both as side", function, {**ALLOWED[function], "side": "both"}
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
    groups = (worked, sizes, profits, positions, incomes, liquidations, ratios)
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
    """Whether the maintenance is not below the margin, which is refused."""
    _, function, given = row
    if function == "liquidation_isolated":
        return bool(_exact(given["maintenance"]) * _exact(given["leverage"]) >= 1)
    if function == "liquidation_cross":
        wallet = _exact(given["coins"]) * _exact(given["entry"])
        return bool(_exact(given["maintenance"]) * _exact(given["notional"]) >= wallet)
    return False


def _exact(value: Any) -> Any:
    """Numbers as the decimals that are written; words and flags stay."""
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return value if isinstance(value, str | bool) else Fraction(repr(value))


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
