"""The lab worked out at build time and put into its texts, as static/js/lab.js does by the same names.

Names of numbers end with their unit: `_usd`, `_coin`, `_pct` (a fraction, shown in per cent), `_n` (whole),
`_num`, `_x` (times). Others are words. The reference functions do the calculating.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from ivts_site import formatting as f
from ivts_site.analytics import hedge as h
from ivts_site.content.lab import TOKEN, Case, Input, Lab, Words

Numbers = dict[str, float | str]

ABSENT = "–"
_TINY, _LARGE = 1e-9, 1e12
_PLACES = {"usd": 2, "pct": 2, "x": 2, "coin": 4, "num": 4}
_LEAST, _KEPT = {"pct": 0.1}, {"pct": 2}
"""Below it a number is written with so many digits that count; 1 and four of them where nothing is said."""
_ENDS = {"usd": " USD", "coin": " coin", "pct": "%", "x": "×"}
_ENDS_BARE = {"pct": "%", "x": "×"}
_ZEROS = re.compile(r"\.0+(?=$|\D)")


def work_out(given: Mapping[str, str], words: Words) -> Numbers:
    """Work out everything the page shows for one set of inputs.

    Parameters
    ----------
    given : mapping of str to str
        Every input by its name, as a visitor would type it; `hold` in USD or coin, as `unit` says;
        `outside` is "1" where hedge factors may lie outside 0 to 1.
    words : Words
        What stands in the place of a number that does not exist.

    Returns
    -------
    dict of str to float or str
        Numbers and words by the names that texts use.

    Raises
    ------
    HedgeInputError
        For what the calculators refuse.
    """
    inputs = _inputs(given)
    outside = given.get("outside") == "1"
    size = _size(inputs, in_coin=given["unit"] == "coin", outside=outside)
    known = inputs | size
    return {
        **known,
        **_side_words(known, words),
        **_position(known),
        **_drift(known, words, outside=outside),
        **_funding(known, words),
        **_carry(known),
        **_liquidation(known, words),
        **_beta(given, known, words),
    }


def _inputs(given: Mapping[str, str]) -> dict[str, float]:
    units = {
        "hold": "num",
        "entry": "usd",
        "hedge": "pct",
        "price": "usd",
        "leverage": "x",
        "face": "usd",
        "rate": "pct",
        "hours": "num",
        "forward": "usd",
        "days": "num",
        "maintenance": "pct",
        "wallet": "pct",
    }
    return {f"{name}_{unit}": _typed(given[name], unit) for name, unit in units.items()}


def _typed(text: str, unit: str) -> float:
    return float(text) / 100 if unit == "pct" else float(text)


def _size(k: Mapping[str, float], *, in_coin: bool, outside: bool) -> dict[str, float]:
    spot = k["hold_num"] * k["entry_usd"] if in_coin else k["hold_num"]
    size = h.size_hedge(
        spot_value=spot,
        hedge=k["hedge_pct"],
        entry=k["entry_usd"],
        leverage=k["leverage_x"],
        face=k["face_usd"],
        allow_outside=outside,
    )
    return _floats(
        spot_usd=spot,
        coins_coin=size.coins,
        target_usd=size.target_notional,
        contracts_n=size.contracts,
        lots_n=abs(size.contracts),
        notional_usd=size.notional,
        size_usd=abs(size.notional),
        short_usd=-float(size.notional),
        reached_pct=size.hedge,
        margin_coin=size.margin,
        free_coin=size.free_coins,
        entrynet_usd=size.net_exposure,
    )


def _contract(k: Mapping[str, float]) -> dict[str, Any]:
    """Return the futures as an amount and a side: hedges below 0 are longs."""
    return {"notional": k["size_usd"], "side": "long" if k["notional_usd"] < 0 else "short"}


def _side_words(k: Mapping[str, float], words: Words) -> dict[str, str]:
    if k["notional_usd"] < 0:
        return {"side": words.long, "order": words.opens_long, "minus": "+", "plus": f.MINUS}
    return {"side": words.short, "order": words.opens_short, "minus": f.MINUS, "plus": "+"}


def _position(k: Mapping[str, float]) -> dict[str, float]:
    entry, price, notional = k["entry_usd"], k["price_usd"], k["notional_usd"]
    now = h.measure_position(coins=k["coins_coin"], notional=notional, entry=entry, price=price)
    move = price / entry - 1
    table = h.build_scenarios(
        spot_value=k["spot_usd"],
        entry=entry,
        hedges=[0.0, k["reached_pct"]],
        moves=[move],
        allow_outside=True,
    )
    return _floats(
        move_pct=move,
        alone_usd=table.spot[0],
        alone_change_usd=table.change[0, 0],
        change_usd=table.change[1, 0],
        pnl_usd=h.inverse_pnl(**_contract(k), entry=entry, price=price).usd,
        pnl_coin=now.pnl_coin,
        linear_usd=h.linear_pnl(**_contract(k), entry=entry, price=price).usd,
        equity_coin=now.equity,
        value_usd=now.value,
        net_usd=now.net_exposure,
        net_pct=now.net_share,
        naive_usd=now.entry_formula,
    )


def _drift(k: Mapping[str, float], words: Words, *, outside: bool) -> Numbers:
    drift = h.measure_drift(
        coins=k["coins_coin"],
        notional=k["notional_usd"],
        entry=k["entry_usd"],
        price=k["price_usd"],
        target=k["hedge_pct"],
        allow_outside=outside,
    )
    trade = float(drift.trade)
    long = k["notional_usd"] < 0
    sell, buy = (words.sell_long, words.buy_long) if long else (words.sell, words.buy)
    said = sell if trade > 0 else buy if trade < 0 else words.keep
    return _floats(trade_usd=abs(trade), now_pct=drift.hedge_now, after_usd=drift.exposure_after) | {
        "trade": said
    }


def _funding(k: Mapping[str, float], words: Words) -> Numbers:
    contract, rate = _contract(k), k["rate_pct"]
    funding = h.measure_funding(**contract, price=k["price_usd"], rate=rate, interval_hours=k["hours_num"])
    credited = float(funding.annual_simple) >= 0
    return _floats(
        credit_pct=0.0 - rate if contract["side"] == "long" else rate,
        interval_usd=funding.interval_usd,
        interval_coin=funding.interval_coin,
        daily_usd=funding.day_usd,
        yearly_usd=funding.year_usd,
        day_usd=abs(float(funding.day_usd)),
        year_usd=abs(float(funding.year_usd)),
        intervals_num=funding.intervals_per_year,
        annual_pct=funding.annual_simple,
        compounded_pct=funding.annual_compounded,
        simple_pct=abs(float(funding.annual_simple)),
        compound_pct=abs(float(funding.annual_compounded)),
    ) | {"pays_or_receives": words.receives if credited else words.pays}


def _carry(k: Mapping[str, float]) -> dict[str, float]:
    coins, entry, forward = k["coins_coin"], k["entry_usd"], k["forward_usd"]
    carry = h.size_carry(coins=coins, spot=entry, forward=forward, days=k["days_num"])
    paid = h.carry_payoff(coins=coins, notional=carry.notional, forward=forward, price=k["price_usd"])
    return _floats(
        basis_pct=carry.locked_return,
        csimple_pct=carry.simple,
        ccompound_pct=carry.compound,
        clog_pct=carry.log,
        sell_usd=carry.notional,
        locked_usd=carry.locked_profit,
        payoff_usd=paid.payoff,
        loose_coin=carry.unhedged_if_spot_sized,
    )


def _liquidation(k: Mapping[str, float], words: Words) -> Numbers:
    entry, rate = k["entry_usd"], k["maintenance_pct"]
    wallet = k["wallet_pct"] * k["coins_coin"]
    found: Numbers = {"closing": words.idle}
    if not k["notional_usd"]:
        return found | {
            f"{kind}_{on}_usd": words.none for kind in ("isolated", "cross") for on in ("entry", "mark")
        }
    contract = _contract(k)
    for on in ("entry", "mark"):
        isolated = h.liquidation_isolated(
            entry=entry,
            leverage=k["leverage_x"],
            maintenance=rate,
            side=contract["side"],
            maintenance_on=on,
        )
        cross = h.liquidation_cross(
            **contract, coins=wallet, entry=entry, maintenance=rate, maintenance_on=on
        )
        found |= _way(f"isolated_{on}", isolated, k["margin_coin"], k, words)
        found |= _way(f"cross_{on}", cross, wallet, k, words)
    closed = "isolated_entry_pct" in found
    told = words.closed_long if contract["side"] == "long" else words.closed
    return found | {"closing": told if closed else words.kept}


def _way(name: str, at: Any, margin: float, k: Mapping[str, float], words: Words) -> Numbers:
    ends = ("usd", "pct", "lost_usd", "left_coin", "left_usd")
    if not at.liquidates:
        return {f"{name}_usd": words.never}
    left = h.measure_aftermath(held=k["coins_coin"], margin=margin, price=at.price)
    values = (at.price, at.distance, left.margin_value, left.coins, left.value)
    return {f"{name}_{end}": float(value) for end, value in zip(ends, values, strict=True)}


def _beta(given: Mapping[str, str], k: Mapping[str, float], words: Words) -> Numbers:
    asset, instrument = (
        h.simple_returns(closes=[float(text) for text in given[name].split()])
        for name in ("asset", "instrument")
    )
    beta = h.hedge_beta(asset_returns=asset, instrument_returns=instrument, value=k["spot_usd"])
    return _floats(
        beta_num=beta.beta,
        se_num=beta.standard_error,
        r2_num=beta.r_squared,
        pairs_n=beta.n,
        bnotional_usd=beta.notional,
        bsize_usd=abs(beta.notional),
        residual_pct=beta.residual_deviation,
        residual_usd=beta.residual_risk,
    ) | {"border": words.opens_long if beta.notional < 0 else words.opens_short}


def _floats(**values: Any) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def starts_of(lab: Lab) -> dict[str, str]:
    """Return what every field holds at first, by name."""
    numbers = {entry.name: entry.start for entry in lab.inputs}
    return numbers | {entry.name: entry.start for entry in lab.series} | {"unit": "usd"}


def slider_at(entry: Input, entry_price: str) -> str:
    """Return where a slider stands at first: at the value, or at its distance from the entry in per cent."""
    if entry.slider is None or entry.slider.of == "value":
        return entry.start
    move = (float(entry.start) / float(entry_price) - 1) * 100
    return f"{move:.6g}"


def case_address(case: Case) -> str:
    """Return the link that puts a case into the lab."""
    return "#" + urlencode({**case.inputs, "at": case.panel})


def case_words(case: Case, inputs: Iterable[Input]) -> str:
    """Word what a case sets: "10,000 USD, hedge factor 50% and price now 2,000 USD"."""
    return f.listing(list(_given(case.inputs, inputs)))


def _given(inputs: Mapping[str, str], fields: Iterable[Input]) -> Iterable[str]:
    """Word the inputs of a case: "You hold 10,000 USD", "hedge factor 50%"."""
    held = {"usd": "USD", "coin": "coin"}[inputs["unit"]]
    yield f"{f.fixed(float(inputs['hold']), 0)} {held}"
    for field in fields:
        if field.name in inputs and field.name != "hold":
            yield f"{field.label.lower()} {_quantity(inputs[field.name], field.unit)}"


def _quantity(text: str, unit: str) -> str:
    whole, point, decimals = text.partition(".")
    number = f"{f.fixed(float(whole), 0)}{point}{decimals}"
    if unit == "×":
        return f"{number}×"
    return number if unit == "days" else f"{number}{unit}" if unit == "%" else f"{number} {unit}"


def fill_tokens(text: str, numbers: Mapping[str, float | str], *, bare: bool = False) -> str:
    """Put numbers into a text.

    Parameters
    ----------
    text : str
        With tokens: `[value_usd]`, or `[+change_usd]` for a number with its sign.
    numbers : mapping of str to float or str
        By name; a word may hold tokens itself.
    bare : bool
        As in a formula: no unit but the per cent sign.

    Returns
    -------
    str
        A name that is not there becomes a dash.
    """
    return TOKEN.sub(lambda token: _filled(token[0], token[1], numbers, bare=bare), text)


def _filled(token: str, name: str, numbers: Mapping[str, float | str], *, bare: bool) -> str:
    value = numbers.get(name)
    if value is None:
        return ABSENT
    if isinstance(value, str):
        return fill_tokens(value, numbers, bare=bare) or ABSENT
    return write_number(value, name.rpartition("_")[2], signed=token[1] == "+", bare=bare)


def write_number(value: float, unit: str, *, signed: bool = False, bare: bool = False) -> str:
    """Return a number in its unit: USD and per cent with two decimals, coin with four, small ones more."""
    if unit == "n":
        return f.count(round(value))
    digits = _ZEROS.sub("", _digits(value * 100 if unit == "pct" else value, unit))
    plus = "+" if signed and value > 0 and digits.strip("0.,") else ""
    return f"{plus}{digits}{_ENDS_BARE.get(unit, '') if bare else _ENDS.get(unit, '')}"


def _digits(value: float, unit: str) -> str:
    """Write a number with the decimals of its unit, or more where little would be left of it."""
    size, places = abs(value), _PLACES[unit]
    if size >= _LARGE or 0 < size < _TINY:
        return f"{value:.3e}".replace("e+", "e").replace("-", f.MINUS)
    if size == 0 or size >= _LEAST.get(unit, 1.0):
        return f.fixed(value, places)
    kept = _KEPT.get(unit, 4) - 1 - math.floor(math.log10(size))
    return re.sub(rf"(\.\d{{{places}}}\d*?)0+$", r"\1", f.fixed(value, max(places, kept)))
