"""The lab worked out at build time and put into its texts, as `static/js/lab-work.js` does by the same names.

Names of numbers end with their unit: `_usd`, `_px` (a price), `_coin`, `_pct` (a fraction, shown in per
cent), each with the decimals that follow it (`_usd2`, `_pct1`), `_n` (whole), `_num`, `_x` (times). Other
names are words, or flags that texts are chosen by. The reference functions do the calculating.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ivts_site import formatting as f
from ivts_site.analytics import hedge as h
from ivts_site.content.lab import TOKEN, Lab, Option
from ivts_site.errors import HedgeInputError

Value = float | str | bool
Numbers = dict[str, Value]
Rows = dict[str, list[Numbers]]

ABSENT = "–"
MOVES = (-0.5, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.5, 1.0)
"""Moves of the scenario table."""
FEWER_MOVES = (-0.5, -0.2, 0.0, 0.2, 0.5, 1.0)
RATES = (0.0003, 0.0, -0.0001, -0.0003)
TIMES = (1.0, 2.0, 5.0, 10.0)
NEW_TIMES = (2.0, 3.0, 5.0, 10.0)
LEFT = (1.25, 1.0, 0.75, 0.5, 0.25)
"""Margins of the table of withdrawals, as shares of what the short can lose."""
STEPS = (0, 1, 2, 4, 8, 12)
"""Steps of coin in the table of additions."""
NEAR = 0.1
"""A liquidation this close to the price now is the headline."""
_HUGE, _MILLIONS = 1e12, 1e7
_UNIT = re.compile(r"_(usd|px|coin|pct|num|n|x)(\d?)$")
_ZEROS = re.compile(r"\.0+$|(\.\d*?[1-9])0+$")
_VENUE = ("maintenance", "fee", "amount", "slope", "tiers", "maintenance_on")


def work_out(given: Mapping[str, str], lab: Lab) -> Sheet:
    """Work out everything the page shows for one set of inputs, each as a visitor would type it, by name."""
    sheet = Sheet(given, lab.words, {**lab.names[given["asset"]].model_dump()})
    for part in (_whole, _scenarios, _drift, _ladder, _funding, _basis, _other, _linear):
        part(sheet)
    return sheet


class Sheet:
    """One set of inputs, and what the page shows for it: numbers, words, flags and the rows of its tables.

    `hedge` are the arguments of `measure_hedge`.
    """

    def __init__(self, given: Mapping[str, str], words: Mapping[str, str], numbers: Numbers) -> None:
        self.given, self.words, self.numbers = given, words, numbers
        self.rows: Rows = {}
        self.hedge = self._read_position()

    def typed(self, name: str, scale: float = 1.0) -> float:
        """Return a number that was typed; `scale` is 100 where it is in percent."""
        return float(self.given[name].replace(",", "")) / scale

    def found(self, name: str) -> float:
        """Return a number that was worked out before."""
        return float(self.numbers[name])

    def of(self, *names: str) -> dict[str, Any]:
        """Return some of the arguments that describe the hedge."""
        return {name: self.hedge[name] for name in names}

    def _read_position(self) -> dict[str, Any]:
        """Return the position as the calculators take it, and note what is typed."""
        given, notional, entry = self.given, self.typed("notional"), self.typed("entry")
        if fills := _lines(given["fills"]):
            prices, sold = ([float(row[place]) for row in fills] for place in (0, 1))
            filled = h.average_entry(notionals=sold, prices=prices)
            notional, entry = filled.notional, filled.entry
        h.check_inputs(face=self.typed("face"))
        coins, leverage, isolated = self.typed("hold"), self.typed("leverage"), given["mode"] == "isolated"
        if isolated:
            h.check_inputs(leverage=leverage)
        margin = notional / (entry * leverage) if isolated else coins
        if given["margin"]:
            margin = float(given["margin"])
        perpetual = given["contract"] == "perpetual"
        tiers = [
            [float(row[0]) if row[0] else None, float(row[1]) / 100, *map(float, row[2:])]
            for row in _lines(given["tiers"])
        ]
        self.numbers |= {
            "isolated": isolated, "cross": not isolated, "perpetual": perpetual, "dated": not perpetual,
            "lev_x": notional / (entry * margin) if given["margin"] and isolated and margin else leverage,
            "face_usd": self.typed("face"), "target_pct": self.typed("target", 100),
            "ahead_days": _days(self.typed("ahead")), "vol_pct": self.typed("vol", 100),
            "fee_pct2": self.typed("fee", 100), "maint_pct2": self.typed("maintenance", 100),
            "on": given["on"], "tiered": bool(tiers), "rounding": given["rounding"],
        }  # fmt: skip
        return {
            "coins": coins, "margin": margin, "notional": notional, "entry": entry,
            "price": self.typed("price"), "maintenance": self.typed("maintenance", 100),
            "fee": self.typed("fee", 100), "amount": self.typed("amount"), "slope": self.typed("slope", 100),
            "tiers": tiers or None, "maintenance_on": given["on"],
            "rate": self.typed("rate", 100) if perpetual else 0.0,
            "interval_hours": self.typed("hours"), "horizon_days": self.typed("ahead"),
        }  # fmt: skip


def _lines(text: str) -> list[list[str]]:
    rows = (re.split(r"[,;\t]\s*", line.strip()) for line in text.split("\n"))
    return [[cell.strip() for cell in row] for row in rows if any(row)]


def _whole(w: Sheet) -> None:
    """Value, exposure and liquidation at the price now: the strip, and what headlines are chosen by."""
    k, words, now = w.numbers, w.words, h.measure_hedge(**w.hedge)
    coins, notional, entry, price = w.of("coins", "notional", "entry", "price").values()
    short, rate = notional > 0, w.typed("rate", 100)
    annual = h.measure_funding(notional=1, price=price, rate=rate, interval_hours=w.typed("hours"))
    k |= {
        "coins_coin": coins, "unit_name": k["name"], "held_usd": coins * price,
        "margin_coin": w.hedge["margin"], "notional_usd": notional, "entry_px": entry, "price_px": price,
        "contracts_n": notional / w.found("face_usd"), "move_pct1": price / entry - 1,
        "value_usd": now.value, "share_pct": now.exposed_share, "hedge_pct": 1 - now.exposed_share,
        "open_pct": 1 - w.found("target_pct"), "left_coin": now.coins_left, "due_coin": now.funding_due,
        "most_coin": notional / entry, "short": short, "liquidated": now.liquidated,
        "never": short and not now.liquidates, "spent": now.liquidated and now.coins_left == 0,
        "paying": rate < 0 and bool(k["perpetual"]), "unpaid": rate == 0,
        "rate_pct2": rate, "hours_num": w.typed("hours"), "near": False, "within": False,
        "annual_pct2": abs(annual.annual_simple),
        "mode_word": words["isolated" if k["isolated"] else "cross"],
        "margin_hint": words["isolated_hint" if k["isolated"] else "cross_hint"],
        "entry_hint": words["fills_hint" if _lines(w.given["fills"]) else "entry_hint"],
        "price_hint": words["at_entry" if price == entry else "from_entry"],
        "rate_hint": words["paying_hint" if annual.annual_simple < 0 else "paid_hint"],
    }  # fmt: skip
    if now.liquidation is not None and now.distance is not None and now.from_entry is not None:
        k |= {
            "liq_px": now.liquidation, "away_pct1": now.distance, "fromentry_pct1": now.from_entry,
            "leftthen_usd": now.left_value or 0.0, "near": now.distance <= NEAR, "within": now.distance < 1,
        }  # fmt: skip
    if k["tiered"]:
        k["maint_pct2"] = 0.0


def _scenarios(w: Sheet) -> None:
    """The table of moves, with the chosen one and liquidation in it, and the fall by a fifth."""
    k, words, chosen = w.numbers, w.words, w.typed("move", 100)
    coins, price, entry = w.of("coins", "price", "entry").values()
    marked = k.get("away_pct1") if k["short"] and not k["liquidated"] else None
    wanted = {*MOVES, chosen} | ({marked} if isinstance(marked, float) and marked < 1 else set())
    out = h.project_hedge(**w.hedge, moves=sorted(map(float, wanted)))
    table: list[Numbers] = [
        {
            "move": _move_word(move, words, liquidation=move == marked), "price_px": out.prices[i],
            "value_usd": out.values[i], "futures_usd": out.futures[i],
            "never_usd": coins * out.prices[i], "on": move == chosen, "bk": move == marked,
            **({"change_usd": out.changes[i], "alone_usd": out.unhedged[i]} if move else {}),
        }
        for i, move in enumerate(out.moves)
    ]  # fmt: skip
    w.rows["scenarios"] = w.rows["left"] = table
    fall, double = (out.moves.index(move) for move in (-0.2, 1.0))
    lost = out.changes[fall]
    full = abs(lost) < coins * price / 1000
    k |= {
        "move_pct": chosen, "fall_usd": abs(lost), "fall_sign": write_number(lost, "usd", signed=True),
        "fall_alone_usd": -out.unhedged[fall], "double_usd": abs(out.changes[double]),
        "double_alone_usd": out.unhedged[double], "full": full, "gains": lost > 0 and not full,
        "futures_head": words["futures" if price == entry else "futures_to_date"],
    }  # fmt: skip


def _drift(w: Sheet) -> None:
    """Exposure and restoring trade at each move; the position after the trade; a new hedge after the end."""
    k, words = w.numbers, w.words
    out = h.project_hedge(**w.hedge, moves=FEWER_MOVES)
    trades = [_restoring(w, *at) for at in zip(out.prices, out.liquidated, strict=True)]
    w.rows["drift"] = [
        {
            "move": _move_word(move, words), "price_px": out.prices[i], "share_pct": out.exposed_shares[i],
            "on": move == 0, **_trade_words(trades[i], words),
        }
        for i, move in enumerate(out.moves)
    ]  # fmt: skip
    trade, fall = trades[FEWER_MOVES.index(0.0)], FEWER_MOVES.index(-0.2)
    then = _trade_words(trades[fall], words)
    k |= _trade_words(trade, words, more=not k["liquidated"]) | {
        "trade_n": abs(trade) / w.found("face_usd"), "moved": trade != 0, "steady": trades[fall] == 0,
        "adrift": trade == 0 and abs(w.found("share_pct") - w.found("open_pct")) >= 0.005,
        "share20_pct": out.exposed_shares[fall], "reaches": False, "unfunded": False,
        "trade20": fill_tokens(str(then["trade"]), then),
    }  # fmt: skip
    if k["liquidated"]:
        w.rows["again"] = [_new_hedge(w, trade, times) for times in NEW_TIMES]
    elif trade:
        after = _after(w, trade)
        k["newentry_px"] = after["entry"]
        try:
            closes = h.measure_hedge(**after).liquidation
        except HedgeInputError:
            k["unfunded"] = True
        else:
            k |= {} if closes is None else {"newliq_px": closes, "reaches": True}


def _restoring(w: Sheet, price: float, gone: bool) -> float:
    """The trade in whole contracts at a price; of the coin left where the short is gone."""
    position = w.of("coins", "notional", "entry")
    if gone:
        position = {"coins": w.found("left_coin"), "notional": 0.0, "entry": price}
    if not position["coins"]:
        return 0.0
    target, face = w.found("target_pct"), w.found("face_usd")
    rounding: Any = w.given["rounding"]
    return h.measure_drift(**position, price=price, target=target, face=face, rounding=rounding).trade


def _after(w: Sheet, trade: float) -> dict[str, Any]:
    """The position after a trade at the price now; isolated margin as the leverage asks for."""
    traded = h.apply_trade(**w.of("coins", "notional", "entry", "price", "fee"), trade=trade)
    margin = w.hedge["margin"] + traded.coins - w.hedge["coins"]
    if w.numbers["isolated"]:
        margin = min(traded.coins, traded.notional / (traded.entry * w.found("lev_x")))
    moved = {"coins": traded.coins, "notional": traded.notional, "entry": traded.entry, "margin": margin}
    return w.hedge | moved


def _new_hedge(w: Sheet, trade: float, times: float) -> Numbers:
    """Margin and liquidation of a new hedge at the price now with some leverage."""
    price = w.hedge["price"]
    margin = trade / (price * times)
    row: Numbers = {"times_x": times, "tied_coin": margin}
    if trade:
        closes = h.find_liquidation(notional=trade, margin=margin, entry=price, **w.of(*_VENUE)).price
        row |= {} if closes is None else {"liq_px": closes, "away_pct": closes / price - 1}
    return row


def _ladder(w: Sheet) -> None:
    """Liquidation with coin added or taken out, its chance and alerts before it; what the end has left."""
    k, rows, words = w.numbers, w.rows, w.words
    coins, price, margin = w.of("coins", "price", "margin").values()
    rows |= {"topups": [], "drawn": [], "lost": []}
    k["helps"] = False
    if k["liquidated"]:
        kinds = (("before", coins), ("lost", margin), ("kept", w.found("left_coin")))
        rows["lost"] = [
            {"what": words[name], "amount_coin": coin, "worth_usd": coin * price, "bk": name == "lost"}
            for name, coin in kinds
        ]
        return
    if not k["short"]:
        return
    asked = {name: value for name, value in w.hedge.items() if name != "coins"}
    asked |= {"volatility": w.typed("vol", 100), "days": w.typed("ahead")}
    most, step = w.found("most_coin"), _round_step(w.found("most_coin") / 20)
    if k["never"]:
        less = [most * share - margin for share in LEFT if most * share < margin]
        added = [0.0, *(each for each in less if _is_enough(asked, each))]
    else:
        added = [step * times for times in STEPS if times == 0 or margin + step * times <= coins]
    steps = h.top_up_ladder(**asked, additions=added)
    chances = [chance_word(each, words) for each in steps.chances]
    rows["drawn" if k["never"] else "topups"] = [
        {
            "left_coin": steps.margins[i], "added_coin": each, "ticker": k["ticker"], "on": each == 0,
            "added": words["nothing" if each == 0 else "added"],
            **({"liq_px": words["never"]} if closes is None or away is None
               else {"liq_px": closes, "away_pct": away, "away_pct1": away, "chance": chances[i]}),
        }
        for i, (each, closes, away) in enumerate(zip(added, steps.prices, steps.distances, strict=True))
    ]  # fmt: skip
    if k["never"]:
        return
    article = "chance_an" if chances[0].startswith(("8", "11%", "18%")) else "chance"
    k["chance_words"] = words[article].replace("[chance]", chances[0])
    k["alert10_px"], k["alert5_px"], k["alert2_px"] = h.alert_prices(price=w.found("liq_px"))
    if helps := next((i for i, chance in enumerate(steps.chances) if chance <= 0.05), 0):
        k |= {"helps": True, "help_coin": added[helps], "help_chance": chances[helps]}


def _is_enough(asked: Mapping[str, Any], added: float) -> bool:
    """Whether maintenance, fee and the funding due can be met once so much is added to the margin."""
    try:
        h.top_up_ladder(**asked, additions=[added])
    except HedgeInputError:
        return False
    return True


def _funding(w: Sheet) -> None:
    """Funding of the short, or of a new one where there is none, at some rates."""
    rate, value, price, notional = w.found("rate_pct2"), w.found("value_usd"), w.hedge["price"], _sold(w)
    rates = [rate, *(other for other in RATES if other != rate)]
    paid = [
        h.measure_funding(notional=notional, price=price, rate=each, interval_hours=w.found("hours_num"))
        for each in rates
    ]
    w.rows["funding"] = [
        {
            "rate_pct2": each, "day_usd2": found.day_usd, "year_usd": found.year_usd,
            "annual_pct2": found.annual_simple, "equity_pct1": found.year_usd / value if value else 0.0,
            "on": each == rate,
        }
        for each, found in zip(rates, paid, strict=True)
    ]  # fmt: skip
    w.numbers["day_usd"] = w.numbers["day_usd2"] = abs(paid[0].day_usd)


def _sold(w: Sheet) -> float:
    """USD sold; after liquidation those of a new hedge to the target."""
    return _restoring(w, w.hedge["price"], gone=True) if w.numbers["liquidated"] else w.hedge["notional"]


def _basis(w: Sheet) -> None:
    """A dated future against the price now, beside the perpetual."""
    k, given, words = w.numbers, w.given, w.words
    spot, fee, days, target = w.hedge["price"], w.hedge["fee"], w.typed("days"), w.found("target_pct")
    if given["forward"]:
        forward = w.typed("forward")
    else:
        forward = h.forward_price(spot=spot, premium=w.typed("premium", 100), days=days)
    basis = h.measure_basis(spot=spot, forward=forward, days=days)
    funding = h.measure_funding(
        notional=1, price=spot, rate=w.found("rate_pct2"), interval_hours=w.found("hours_num")
    )
    even, again = (
        h.break_even_days(annual_rate=rate, fee=fee) for rate in (basis.simple, funding.annual_simple)
    )
    k |= {
        "premium_pct1": basis.simple, "premium_pct2": basis.simple, "forward_px2": forward,
        "days_n": days, "expiry_days": _days(days),
        "forward_hint": words["premium_hint" if given["forward"] else "forward_hint"],
        "locked_usd": 0.0, "earned": False, "dated_even": even or 0.0,
        "dated_rate": basis.simple, "perpetual_rate": funding.annual_simple,
        **({} if even is None else {"even_days": _days(even)}),
    }  # fmt: skip
    dated_sold = perpetual_sold = 0.0
    if coins := w.found("value_usd") / spot:
        size: dict[str, Any] = {
            "coins": coins, "spot": spot, "hedge": target, "face": w.found("face_usd"),
            "rounding": given["rounding"],
        }  # fmt: skip
        carry = h.size_carry(**size, forward=forward)
        dated_sold, perpetual_sold = carry.notional, h.size_carry(**size, forward=spot).notional
        k |= {"locked_usd": carry.locked_profit, "earned": even is not None}

    def rate(value: float) -> str:
        return write_number(value, "pct", 2, signed=True)

    shown = [
        ("price", write_number(forward, "px", 2), write_number(spot, "px", 2)),
        ("sold", write_number(dated_sold, "usd"), write_number(perpetual_sold, "usd")),
        ("above", rate(basis.basis), ABSENT),
        ("year", rate(basis.simple), rate(funding.annual_simple)),
        ("even", *(ABSENT if each is None else _days(each) for each in (even, again))),
        ("known", words["yes_known"], words["no_known"]),
    ]
    w.rows["basis"] = [
        {"what": words[name], "dated": dated, "perpetual": perpetual, "target_pct": target}
        for name, dated, perpetual in shown
    ]


def _other(w: Sheet) -> None:
    """Another coin hedged with bitcoin futures, its margin bought or held."""
    k, words, times, is_held = w.numbers, w.words, w.typed("times"), w.given["bought"] == "held"
    value, beta, r2, volatility = w.typed("value"), w.typed("beta"), w.typed("r2"), w.typed("bvol", 100)
    k["beta_hint"] = words["no_pairs"]
    if w.given["closes"] and w.given["btc"]:
        beta, r2 = _measured_beta(w)
    negative, impossible = beta < 0, times == 1 and not is_held and beta > 0
    sized = h.size_beta_hedge(value=value, beta=beta, leverage=times, margin_held=is_held or impossible)
    moves, sold = abs(sized.exposure), 0.0 if impossible else abs(sized.notional)
    widest = max(value, moves, sold)
    k |= {
        "other_usd": value, "beta_num": beta, "r2_num": r2, "bvol_pct": volatility,
        "times_x": times, "moves_usd": moves, "negative": negative, "impossible": impossible,
        "bought": not is_held, "bought_word": words["held" if is_held else "bought"],
        "order": words["buy_order" if negative else "sell_order"],
        "residual_usd": h.residual_risk(value=value, beta=beta, r_squared=r2, volatility=volatility, days=30),
        "bar_other": value / widest, "bar_moves": moves / widest, "bar_sell": sold / widest,
        "bar_bmargin": 0.0 if impossible else sized.margin / widest,
        **({} if impossible else {"sell_usd": sold, "bmargin_usd": sized.margin}),
    }  # fmt: skip
    w.rows["coin"] = []
    for each in sorted({*TIMES, times}):
        row: Numbers = {"times_x": each, "held_usd": moves, "on": each == times}
        if each == 1 and beta > 0:
            row["bought"] = words["impossible"]
        else:
            bought = h.size_beta_hedge(value=value, beta=beta, leverage=each)
            row |= {"bought": write_number(abs(bought.notional), "usd"), "bmargin_usd": bought.bought}
        w.rows["coin"].append(row)


def _measured_beta(w: Sheet) -> tuple[float, float]:
    asset, instrument = (
        [(row[0], float(row[1])) for row in _lines(w.given[name])] for name in ("closes", "btc")
    )
    pairs = h.pair_closes(asset=asset, instrument=instrument)
    found = h.hedge_beta(
        asset_returns=h.simple_returns(closes=pairs.asset),
        instrument_returns=h.simple_returns(closes=pairs.instrument),
        value=1,
    )
    w.numbers |= {
        "se_num": found.standard_error, "pairs_n": found.n, "unpaired_n": pairs.n_unpaired,
        "beta_hint": w.words["pairs"],
    }  # fmt: skip
    return found.beta, found.r_squared


def _linear(w: Sheet) -> None:
    """The same short with dollar margin, at each move."""
    k, notional, price = w.numbers, _sold(w), w.hedge["price"]
    entry = price if k["liquidated"] else w.hedge["entry"]
    k |= {"lnotional_usd": notional, "lmost_coin": notional / entry, "lentry_px": entry}
    w.rows["linear"] = []
    for move in FEWER_MOVES:
        at = {"notional": notional, "entry": entry, "price": price * (1 + move)}
        inverse, linear = h.inverse_pnl(**at), h.linear_pnl(**at)
        w.rows["linear"].append({
            "move": _move_word(move, w.words), "result_usd": linear.usd, "taken_coin": inverse.coin,
            "on": move == 1, **({"post_usd": linear.to_post} if linear.to_post else {}),
        })  # fmt: skip
        k |= {"post_usd": linear.to_post, "takes_coin": max(0.0, -inverse.coin)}  # the last: a doubling


# ---------------------------------------------------------------- numbers and words


def _round_step(size: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def _move_word(move: float, words: Mapping[str, str], *, liquidation: bool = False) -> str:
    percent = write_number(move, "pct", 1, signed=True)
    if liquidation:
        return words["liquidation"].replace("[+away_pct1]", percent)
    return percent if move else words["now"]


def _trade_words(trade: float, words: Mapping[str, str], *, more: bool = False) -> Numbers:
    kind = "none" if not trade else "buy" if trade < 0 else "sell_more" if more else "sell"
    return {"trade": words[kind], "trade_usd": abs(trade)}


def _days(days: float) -> str:
    whole = f.fixed(days, 0)
    return f"{whole} day" if whole == "1" else f"{whole} days"


def chance_word(chance: float, words: Mapping[str, str]) -> str:
    """Write a chance in whole percent, its ends in words."""
    if chance < 0.01:
        return words["under"]
    return words["over"] if chance > 0.99 else write_number(chance, "pct")


def starts_of(lab: Lab) -> dict[str, str]:
    """Return what every field holds at first, by name."""
    return {entry.name: entry.start for entry in lab.inputs}


def choose(options: Iterable[Option], numbers: Mapping[str, Value]) -> str:
    """Return the first text whose conditions hold, with its numbers; empty where there is none."""
    chosen = next((option.text for option in options if holds(option.when, numbers)), "")
    return fill_tokens(chosen, numbers)


def holds(when: str, numbers: Mapping[str, Value]) -> bool:
    """Whether every flag named holds, and none that has a `!` before it."""
    return all(bool(numbers.get(flag.lstrip("!"))) != flag.startswith("!") for flag in when.split())


def fill_tokens(text: str, numbers: Mapping[str, Value]) -> str:
    """Put numbers into a text: `[value_usd]`, `[+change_usd]` with its sign; what is not there is a dash."""
    return TOKEN.sub(lambda token: _filled_token(token[0], token[1], numbers), text)


def _filled_token(token: str, name: str, numbers: Mapping[str, Value]) -> str:
    value = numbers.get(name)
    if value is None:
        return ABSENT
    if isinstance(value, str):
        return fill_tokens(value, numbers)
    unit = _UNIT.search(name)
    if unit is None:
        return str(value)
    return write_number(float(value), unit[1], int(unit[2] or 0), signed=token[1] == "+")


def write_number(value: float, unit: str, places: int = 0, *, signed: bool = False) -> str:
    """Write a number in its unit: −$1,000, 63,993, 0.0938, +3.3%, 10×; small ones with digits that count."""
    size = abs(value)
    if size >= _HUGE:
        digits = f"{size:.3e}".replace("e+", "e")
    elif unit == "pct":
        digits = f.fixed(size * 100, places)
        digits = _trimmed(digits) if places == 1 else digits
    elif unit == "usd" and size >= _MILLIONS and not places:
        large, word = (1e9, "bn") if size >= 1e9 else (1e6, "m")
        digits = _trimmed(f.fixed(size / large, 2)) + word
    elif unit == "usd":
        digits = (
            f.fixed(size, 2 if places else 0) if places or size >= 20 else _trimmed_zeros(f.fixed(size, 2))
        )
    elif unit == "px":
        digits = _price(size, places)
    elif unit == "coin":
        digits = _trimmed(f.fixed(size, 4 if size >= 0.001 or not size else _significant(size)))
    else:
        digits = _trimmed(f.fixed(size, 0 if unit == "n" else 2))
    sign = "" if not digits.strip("0.,") else f.MINUS if value < 0 else "+" if signed else ""
    return (
        f"{sign}{'$' if unit == 'usd' else ''}{digits}{'%' if unit == 'pct' else '×' if unit == 'x' else ''}"
    )


def _price(size: float, places: int) -> str:
    if not places and size >= 1000:
        return f.fixed(size, 0)
    if size >= 1:
        return _trimmed_zeros(f.fixed(size, 2))
    return _trimmed(f.fixed(size, _significant(size))) if size else "0"


def _significant(size: float) -> int:
    return 3 - math.floor(math.log10(size))


def _trimmed(digits: str) -> str:
    return _ZEROS.sub(r"\1", digits) if "." in digits else digits


def _trimmed_zeros(digits: str) -> str:
    return digits.removesuffix(".00")
