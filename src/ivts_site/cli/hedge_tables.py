"""Results of the hedge calculators as lines of text or as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ivts_site import formatting as f

Results = Mapping[str, Any]
"""Results by the name of their block; each a frozen result of a calculator."""

_coin = partial(f.fixed, places=8)
_share = partial(f.percent, places=2)


def _usd(value: float) -> str:
    """Cents; of less than a dollar all that is written of a coin."""
    return f.fixed(value, 2 if abs(value) >= 1 or value == 0 else 8)


_plain = partial(f.fixed, places=4)

_WORDS: Mapping[str, tuple[str, Callable[[Any], str], str]] = {
    "coins": ("coin held", _coin, "coin"),
    "target_notional": ("notional for that hedge", _usd, "USD"),
    "contracts": ("contracts to sell", f.count, ""),
    "notional": ("notional", _usd, "USD"),
    "hedge": ("hedge factor at entry", _share, ""),
    "margin": ("coin margin", _coin, "coin"),
    "free_coins": ("coin outside the margin", _coin, "coin"),
    "net_exposure": ("net exposure", _usd, "USD"),
    "net_share": ("net exposure / spot", _share, ""),
    "pnl_coin": ("profit of the futures", _coin, "coin"),
    "equity": ("coin equity", _coin, "coin"),
    "value": ("value", _usd, "USD"),
    "entry_formula": ("spot − notional, at entry alone", _usd, "USD"),
    "hedge_now": ("notional / value", _share, ""),
    "share_now": ("net exposure / value", _share, ""),
    "trade": ("sell (+) or buy (−)", partial(f.signed, places=2), "USD"),
    "exposure_after": ("net exposure after it", _usd, "USD"),
    "interval_usd": ("credit an interval", _usd, "USD"),
    "day_usd": ("a day", _usd, "USD"),
    "year_usd": ("a year", _usd, "USD"),
    "interval_coin": ("credit an interval", _coin, "coin"),
    "day_coin": ("a day", _coin, "coin"),
    "year_coin": ("a year", _coin, "coin"),
    "intervals_per_year": ("intervals a year", _usd, ""),
    "annual_simple": ("a year, simple", _share, ""),
    "annual_compounded": ("a year, compounded", _share, ""),
    "premium": ("forward − spot", _usd, "USD"),
    "basis": ("basis", _share, ""),
    "simple": ("a year, simple", _share, ""),
    "compound": ("a year, compound", _share, ""),
    "log": ("a year, log", _share, ""),
    "spot_value": ("spot value", _usd, "USD"),
    "locked_profit": ("locked profit", _usd, "USD"),
    "locked_return": ("locked return", _share, ""),
    "unhedged_if_spot_sized": ("left open if spot-sized", _coin, "coin"),
    "payoff": ("payoff at expiry", _usd, "USD"),
    "price": ("liquidation price", _usd, "USD"),
    "distance": ("from the entry", partial(f.percent_change, places=2), ""),
    "margin_value": ("margin lost", _usd, "USD"),
    "beta": ("beta", _plain, ""),
    "alpha": ("alpha a period", partial(f.percent, places=4), ""),
    "standard_error": ("standard error of beta", _plain, ""),
    "r_squared": ("R²", _plain, ""),
    "residual_deviation": ("residual deviation a period", partial(f.percent, places=4), ""),
    "n": ("returns", f.count, ""),
    "residual_risk": ("residual risk a period", _usd, "USD"),
}
"""Label, number to text, unit, by key of a result; keys that are not here stand in the JSON alone."""

_OF_BLOCK: Mapping[tuple[str, str], str] = {("left", "coins"): "coin left", ("left", "value"): "worth then"}
"""Label by block and key, where the block gives the key another meaning."""


def as_json(given: Mapping[str, Any], results: Results) -> str:
    """Write inputs and results as JSON at full precision; what does not exist is null."""
    blocks = {name: dataclasses.asdict(result) for name, result in results.items()}
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
    heading += [words for share in table.hedges for words in (f"h {f.percent(share, 0)}", "change")]
    rows = [
        [
            f.percent_change(move, 0),
            _usd(price),
            _usd(spot),
            *(
                text
                for i in range(len(table.hedges))
                for text in (_usd(table.total[i, at]), _change(table, i, at))
            ),
        ]
        for at, (move, price, spot) in enumerate(zip(table.moves, table.prices, table.spot, strict=True))
    ]
    return as_table(heading, rows)


def _change(table: Any, row: int, column: int) -> str:
    return f.signed(table.change[row, column], 2)


def _block(name: str, result: Any) -> str:
    worded = [
        _words(name, field.name, getattr(result, field.name))
        for field in dataclasses.fields(result)
        if field.name in _WORDS
    ]
    labels, numbers = (max(len(row[i]) for row in worded) for i in (0, 1))
    lines = [f"  {label:<{labels}}  {number:>{numbers}} {unit}".rstrip() for label, number, unit in worded]
    return "\n".join([name, *lines])


def _words(block: str, key: str, value: Any) -> tuple[str, str, str]:
    label, write, unit = _WORDS[key]
    label = _OF_BLOCK.get((block, key), label)
    if key == "contracts" and value < 0:
        label, value = "contracts to buy", -value
    return (label, "none", "") if math.isnan(value) else (label, write(value), unit)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value]
    if hasattr(value, "tolist"):
        return _bare(value.tolist())
    if isinstance(value, float):
        return None if math.isnan(value) else value + 0.0  # zero has no sign
    return value
