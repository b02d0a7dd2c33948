"""Results of the hedge calculators as lines of text or as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ivts_site import formatting as f

Results = Mapping[str, Any]
"""Results by the name of their block: frozen results of calculators, or numbers by key."""

coin = partial(f.fixed, places=8)
_percent = partial(f.percent, places=2)
_decimal = partial(f.fixed, places=4)


def _count(contracts: float) -> str:
    return f.count(round(contracts))


def usd(value: float) -> str:
    """Cents; of less than a dollar all that is written of a coin."""
    return f.fixed(value, 2 if abs(value) >= 1 or value == 0 else 8)


_WORDS: Mapping[str, tuple[str, Callable[[Any], str], str]] = {
    "coins": ("coin held", coin, "coin"),
    "target_notional": ("notional for that hedge", usd, "USD"),
    "contracts": ("contracts to sell", _count, ""),
    "notional": ("notional", usd, "USD"),
    "hedge": ("hedge factor at entry", _percent, ""),
    "margin": ("coin margin", coin, "coin"),
    "free_coins": ("coin outside the margin", coin, "coin"),
    "net_exposure": ("net exposure", usd, "USD"),
    "net_share": ("net exposure / spot", _percent, ""),
    "pnl_coin": ("profit of the futures", coin, "coin"),
    "equity": ("coin equity", coin, "coin"),
    "value": ("value", usd, "USD"),
    "entry_formula": ("spot − notional, at entry alone", usd, "USD"),
    "hedge_now": ("notional / value", _percent, ""),
    "share_now": ("net exposure / value", _percent, ""),
    "trade": ("sell (+) or buy (−)", partial(f.signed, places=2), "USD"),
    "exposure_after": ("net exposure after it", usd, "USD"),
    "interval_usd": ("credit an interval", usd, "USD"),
    "day_usd": ("a day", usd, "USD"),
    "year_usd": ("a year", usd, "USD"),
    "interval_coin": ("credit an interval", coin, "coin"),
    "day_coin": ("a day", coin, "coin"),
    "year_coin": ("a year", coin, "coin"),
    "intervals_per_year": ("intervals a year", usd, ""),
    "annual_simple": ("a year, simple", _percent, ""),
    "annual_compounded": ("a year, if added to notional", _percent, ""),
    "coins_sold": ("coin sold", coin, "coin"),
    "entry": ("average entry", usd, "USD"),
    "realized": ("realized by it", coin, "coin"),
    "fee_coin": ("fee", coin, "coin"),
    "premium": ("forward − spot", usd, "USD"),
    "basis": ("basis", _percent, ""),
    "simple": ("a year, simple", _percent, ""),
    "compound": ("a year, if earned again", _percent, ""),
    "log": ("a year, log", _percent, ""),
    "spot_value": ("spot value", usd, "USD"),
    "locked_profit": ("locked profit", usd, "USD"),
    "locked_return": ("locked return", _percent, ""),
    "unhedged_coins": ("coin left unhedged", coin, "coin"),
    "break_even_days": ("days to earn fees back", _decimal, ""),
    "payoff": ("payoff at expiry", usd, "USD"),
    "price": ("liquidation price", usd, "USD"),
    "distance": ("from the entry", partial(f.percent_change, places=2), ""),
    "distance_now": ("from the price now", partial(f.percent_change, places=2), ""),
    "alert_10": ("10% before it", usd, "USD"),
    "alert_5": ("5% before it", usd, "USD"),
    "alert_2": ("2% before it", usd, "USD"),
    "margin_value": ("margin lost", usd, "USD"),
    "beta": ("beta", _decimal, ""),
    "alpha": ("alpha a period", partial(f.percent, places=4), ""),
    "standard_error": ("standard error of beta", _decimal, ""),
    "r_squared": ("R²", _decimal, ""),
    "residual_deviation": ("residual deviation a period", partial(f.percent, places=4), ""),
    "n": ("returns", f.count, ""),
    "residual_risk": ("residual risk a period", usd, "USD"),
}
"""Label, number to text, unit, by key of a result; keys that are not here stand in the JSON alone."""

_OF_BLOCK: Mapping[tuple[str, str], str] = {
    ("left", "coins"): "coin left",
    ("left", "value"): "worth then",
    ("traded", "entry"): "average entry after it",
    ("traded", "notional"): "notional after it",
    ("traded", "coins"): "coin after it",
}
"""Label by block and key, where the block gives the key another meaning."""


def as_json(given: Mapping[str, Any], results: Results) -> str:
    """Write inputs and results as JSON at full precision; what does not exist is null."""
    blocks = {name: _numbers(result) for name, result in results.items()}
    return json.dumps(_bare({"given": given, **blocks}), indent=2, ensure_ascii=False, allow_nan=False)


def as_lines(results: Results) -> str:
    """Write results as blocks of aligned lines: label, number, unit."""
    return "\n\n".join(_block(name, result) for name, result in results.items())


def as_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of right-aligned columns."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in (heading, *rows)
    )


def scenario_lines(table: Any) -> str:
    """Write scenarios: a row a move, the total and its change under each hedge factor."""
    heading = ["move", "price", "spot"]
    heading += [words for share in table.hedges for words in (f"hedged {f.percent(share, 0)}", "change")]
    rows = [
        [
            f.percent_change(move, 0),
            usd(price),
            usd(spot),
            *(
                text
                for total, change in zip(table.total, table.change, strict=True)
                for text in (usd(total[at]), f.signed(change[at], 2))
            ),
        ]
        for at, (move, price, spot) in enumerate(zip(table.moves, table.prices, table.spot, strict=True))
    ]
    return as_table(heading, rows)


def _numbers(result: Any) -> Mapping[str, Any]:
    return result if isinstance(result, Mapping) else dataclasses.asdict(result)


def _block(name: str, result: Any) -> str:
    worded = [_words(name, key, value) for key, value in _numbers(result).items() if key in _WORDS]
    labels, numbers = (max(len(row[i]) for row in worded) for i in (0, 1))
    lines = [f"  {label:<{labels}}  {number:>{numbers}} {unit}".rstrip() for label, number, unit in worded]
    return "\n".join([name, *lines])


def _words(block: str, key: str, value: Any) -> tuple[str, str, str]:
    label, write, unit = _WORDS[key]
    label = _OF_BLOCK.get((block, key), label)
    if key == "contracts" and value < 0:
        label, value = "contracts to buy", -value
    return (label, "none", "") if value is None else (label, write(value), unit)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value  # zero has no sign
