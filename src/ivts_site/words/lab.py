"""The lab worked out at build time and put into its texts, as `static/js/lab-work.js` does by the same names.

Names of numbers end with their unit: `_usd`, `_px` (a price), `_coin`, `_pct` (a fraction, shown in per
cent), each with the decimals that follow it (`_usd2`, `_pct1`), `_n` (whole), `_num`, `_x` (times). Other
names are words, or flags that texts are chosen by. The reference functions do the calculating.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ivts_site import formatting as f
from ivts_site.analytics import hedge as h
from ivts_site.content.lab import TOKEN, Lab, Option
from ivts_site.errors import HedgeInputError

Value = float | str | bool
Numbers = dict[str, Value]
Rows = dict[str, list[Numbers]]
Held = dict[str, Any]

ABSENT = "–"
MOVES = (-0.5, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.5, 1.0)
"""Moves of the scenario table."""
FEWER_MOVES = (-0.5, -0.2, 0.0, 0.2, 0.5, 1.0)
RATES = (0.0003, 0.0, -0.0001, -0.0003)
TIMES = (1.0, 2.0, 5.0, 10.0)
NEW_TIMES = (2.0, 3.0, 5.0, 10.0)
LEFT = (1.25, 1.0, 0.75, 0.5, 0.25)
"""Margins of the table of withdrawals, as shares of what the short can lose."""
NEAR = 0.1
"""A liquidation this close to the price now is the headline."""
_HUGE, _MILLIONS = 1e12, 1e7
_UNIT = re.compile(r"_(usd|px|coin|pct|num|n|x)(\d?)$")
_ZEROS = re.compile(r"\.0+$|(\.\d*?[1-9])0+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the page shows for one set of inputs: numbers, words and flags, and the rows of its tables."""

    numbers: Numbers
    rows: Rows


def work_out(given: Mapping[str, str], lab: Lab) -> Worked:
    """Work out everything the page shows for one set of inputs, each as a visitor would type it, by name."""
    numbers: Numbers = {**lab.names[given["asset"]].model_dump()}
    sheet = Sheet(given=given, words=lab.words, numbers=numbers, rows={}, held=_held(given, numbers))
    for group in (_whole, _scenarios, _drift, _ladder, _funding, _basis, _other, _linear):
        group(sheet)
    return Worked(numbers=numbers, rows=sheet.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the groups of results read, and write their numbers and rows into."""

    given: Mapping[str, str]
    words: Mapping[str, str]
    numbers: Numbers
    rows: Rows
    held: Held


def _number(given: Mapping[str, str], name: str, scale: float = 1.0) -> float:
    return float(given[name].replace(",", "")) / scale


def _lines(text: str) -> list[list[str]]:
    rows = (re.split(r"[,;\t]\s*", line.strip()) for line in text.split("\n"))
    return [[cell.strip() for cell in row] for row in rows if any(row)]


def _held(given: Mapping[str, str], k: Numbers) -> Held:
    """Return the position as the calculators take it, and note what is typed."""
    notional, entry = _number(given, "notional"), _number(given, "entry")
    fills = _lines(given["fills"])
    if fills:
        filled = h.average_entry(
            notionals=[float(row[1]) for row in fills], prices=[float(row[0]) for row in fills]
        )
        notional, entry = filled.notional, filled.entry
    h.check_inputs(face=_number(given, "face"))
    if given["mode"] == "isolated":
        h.check_inputs(leverage=_number(given, "leverage"))
    coins, leverage, isolated = (
        _number(given, "hold"),
        _number(given, "leverage"),
        given["mode"] == "isolated",
    )
    margin = (
        float(given["margin"]) if given["margin"] else notional / (entry * leverage) if isolated else coins
    )
    perpetual = given["contract"] == "perpetual"
    tiers = [
        [float(row[0]) if row[0] else None, float(row[1]) / 100, *map(float, row[2:])]
        for row in _lines(given["tiers"])
    ]
    k |= {
        "isolated": isolated, "cross": not isolated, "perpetual": perpetual, "dated": not perpetual,
        "lev_x": notional / (entry * margin) if given["margin"] and isolated and margin else leverage,
        "face_usd": _number(given, "face"), "target_pct": _number(given, "target", 100),
        "ahead_days": _days(_number(given, "ahead")), "vol_pct": _number(given, "vol", 100),
        "fee_pct2": _number(given, "fee", 100), "maint_pct2": _number(given, "maintenance", 100),
        "on": given["on"], "tiered": bool(tiers), "rounding": given["rounding"],
    }  # fmt: skip
    terms = {
        "maintenance": _number(given, "maintenance", 100), "fee": _number(given, "fee", 100),
        "amount": _number(given, "amount"), "slope": _number(given, "slope", 100), "tiers": tiers or None,
        "maintenance_on": given["on"], "rate": _number(given, "rate", 100) if perpetual else 0.0,
        "interval_hours": _number(given, "hours"), "horizon_days": _number(given, "ahead"),
    }  # fmt: skip
    return {
        "coins": coins, "margin": margin, "notional": notional, "entry": entry,
        "price": _number(given, "price"), "terms": terms, "filled": bool(fills),
    }  # fmt: skip


def _place(held: Held) -> Held:
    terms: Held = held["terms"]
    return {name: held[name] for name in ("coins", "margin", "notional", "entry", "price")} | terms


def _whole(w: Sheet) -> None:
    """Value, exposure and liquidation at the price now: the strip, and what headlines are chosen by."""
    held, k, given, words = w.held, w.numbers, w.given, w.words
    now = h.measure_hedge(**_place(held))
    price, entry, short = held["price"], held["entry"], held["notional"] > 0
    k |= {
        "coins_coin": held["coins"], "unit_name": k["name"], "held_usd": held["coins"] * price,
        "margin_coin": held["margin"], "notional_usd": held["notional"], "entry_px": entry, "price_px": price,
        "contracts_n": held["notional"] / _float(k, "face_usd"), "move_pct1": price / entry - 1,
        "value_usd": now.value, "share_pct": now.exposed_share, "hedge_pct": 1 - now.exposed_share,
        "open_pct": 1 - _float(k, "target_pct"), "left_coin": now.coins_left, "due_coin": now.funding_due,
        "most_coin": held["notional"] / entry, "short": short, "liquidated": now.liquidated,
        "never": short and not now.liquidates, "spent": now.liquidated and now.coins_left == 0,
        "paying": _number(given, "rate") < 0 and given["contract"] == "perpetual",
        "unpaid": _number(given, "rate") == 0,
        "rate_pct2": _number(given, "rate", 100), "hours_num": _number(given, "hours"),
        "mode_word": words["isolated" if k["isolated"] else "cross"],
        "near": False, "within": False,
    }  # fmt: skip
    if now.liquidation is not None and now.distance is not None and now.from_entry is not None:
        k |= {
            "liq_px": now.liquidation, "away_pct1": now.distance, "fromentry_pct1": now.from_entry,
            "leftthen_usd": now.left_value or 0.0, "near": now.distance <= NEAR, "within": now.distance < 1,
        }  # fmt: skip
    annual = h.measure_funding(
        notional=1, price=price, rate=_float(k, "rate_pct2"), interval_hours=_float(k, "hours_num")
    ).annual_simple
    k |= {
        "annual_pct2": abs(annual),
        "margin_hint": words["isolated_hint" if k["isolated"] else "cross_hint"],
        "entry_hint": words["fills_hint" if held["filled"] else "entry_hint"],
        "price_hint": words["at_entry" if price == entry else "from_entry"],
        "rate_hint": words["paying_hint" if annual < 0 else "paid_hint"],
    }  # fmt: skip
    if k["tiered"]:
        k["maint_pct2"] = 0.0


def _scenarios(w: Sheet) -> None:
    """The table of moves, with the chosen one and liquidation in it, and the fall by a fifth."""
    held, k, words = w.held, w.numbers, w.words
    chosen = _number(w.given, "move", 100)
    marked = k.get("away_pct1") if k["short"] and not k["liquidated"] else None
    wanted = {*MOVES, chosen} | ({marked} if isinstance(marked, float) and marked < 1 else set())
    out = h.project_hedge(**_place(held), moves=sorted(map(float, wanted)))
    table: list[Numbers] = []
    for i, move in enumerate(out.moves):
        at_liquidation = move == marked
        row: Numbers = {
            "move": _move_word(move, words, liquidation=at_liquidation), "price_px": out.prices[i],
            "value_usd": out.values[i], "futures_usd": out.futures[i],
            "never_usd": held["coins"] * out.prices[i], "on": move == chosen, "bk": at_liquidation,
        }  # fmt: skip
        if move:
            row |= {"change_usd": out.changes[i], "alone_usd": out.unhedged[i]}
        table.append(row)
    w.rows["scenarios"] = w.rows["left"] = table
    fall, double = (out.moves.index(move) for move in (-0.2, 1.0))
    lost = out.changes[fall]
    k |= {
        "move_pct": chosen, "fall_usd": abs(lost), "fall_sign": write_number(lost, "usd", signed=True),
        "fall_alone_usd": -out.unhedged[fall], "double_usd": abs(out.changes[double]),
        "double_alone_usd": out.unhedged[double], "full": abs(lost) < held["coins"] * held["price"] / 1000,
        "gains": lost > 0,
        "futures_head": words["futures" if held["price"] == held["entry"] else "futures_to_date"],
    }  # fmt: skip
    k["gains"] = bool(k["gains"]) and not k["full"]


def _drift(w: Sheet) -> None:
    """Exposure and restoring trade at each move; the position after the trade; a new hedge after the end."""
    held, k, words = w.held, w.numbers, w.words
    out = h.project_hedge(**_place(held), moves=FEWER_MOVES)
    table: list[Numbers] = []
    trades = []
    for i, move in enumerate(out.moves):
        row: Numbers = {"move": _move_word(move, words), "price_px": out.prices[i],
                        "share_pct": out.exposed_shares[i], "on": move == 0}  # fmt: skip
        trade = _restoring(held, k, out.prices[i], gone=out.liquidated[i])
        trades.append(trade)
        row |= _trade_words(trade, words)
        table.append(row)
    w.rows["drift"] = table
    trade, fall = trades[FEWER_MOVES.index(0.0)], FEWER_MOVES.index(-0.2)
    k |= _trade_words(trade, words, more=not k["liquidated"]) | {
        "trade_n": abs(trade) / _float(k, "face_usd"), "moved": trade != 0, "steady": trades[fall] == 0,
        "adrift": trade == 0 and abs(_float(k, "share_pct") - _float(k, "open_pct")) >= 0.005,
        "share20_pct": out.exposed_shares[fall], "reaches": False, "unfunded": False,
        "trade20": _filled(_trade_words(trades[fall], words)),
    }  # fmt: skip
    if k["liquidated"]:
        _new_hedge(held, w.rows, trade)
    elif trade:
        after = _after(held, k, trade)
        k["newentry_px"] = after["entry"]
        try:
            closes = h.measure_hedge(**_place(after)).liquidation
        except HedgeInputError:
            k["unfunded"] = True
        else:
            k |= {} if closes is None else {"newliq_px": closes, "reaches": True}


def _restoring(held: Held, k: Numbers, price: float, *, gone: bool) -> float:
    """The trade in whole contracts at a price; of the coin left where the short is gone."""
    left = {"coins": _float(k, "left_coin"), "notional": 0.0, "entry": price}
    own = {name: held[name] for name in ("coins", "notional", "entry")}
    if gone and not left["coins"]:
        return 0.0
    return h.measure_drift(
        **(left if gone else own),
        price=price,
        target=_float(k, "target_pct"),
        face=_float(k, "face_usd"),
        rounding=str(k["rounding"]),  # type: ignore[arg-type]
    ).trade


def _after(held: Held, k: Numbers, trade: float) -> Held:
    """The position after a trade at the price now; isolated margin as the leverage asks for."""
    traded = h.apply_trade(
        **{name: held[name] for name in ("coins", "notional", "entry", "price")},
        trade=trade,
        fee=held["terms"]["fee"],
    )
    margin = held["margin"] + traded.coins - held["coins"]
    if k["isolated"]:
        margin = min(traded.coins, traded.notional / (traded.entry * _float(k, "lev_x")))
    return held | {
        "coins": traded.coins, "notional": traded.notional, "entry": traded.entry, "margin": margin,
    }  # fmt: skip


def _new_hedge(held: Held, rows: Rows, trade: float) -> None:
    """Margin and liquidation of a new hedge at the price now, by leverage."""
    table: list[Numbers] = []
    for times in NEW_TIMES:
        margin = trade / (held["price"] * times)
        row: Numbers = {"times_x": times, "tied_coin": margin}
        if trade:
            rules = {name: value for name, value in held["terms"].items() if name not in _FUNDING}
            closes = h.find_liquidation(notional=trade, margin=margin, entry=held["price"], **rules).price
            if closes is not None:
                row |= {"liq_px": closes, "away_pct": closes / held["price"] - 1}
        table.append(row)
    rows["again"] = table


_FUNDING = ("rate", "interval_hours", "horizon_days")


def _ladder(w: Sheet) -> None:
    """Liquidation with coin added or taken out, its chance and alerts before it; what the end has left."""
    held, k, rows, words = w.held, w.numbers, w.rows, w.words
    price, margin = held["price"], held["margin"]
    rows["topups"], rows["drawn"], rows["lost"] = [], [], []
    k["helps"] = False
    if k["liquidated"]:
        kinds = (("before", held["coins"]), ("lost", margin), ("kept", _float(k, "left_coin")))
        rows["lost"] = [
            {"what": words[name], "amount_coin": coin, "worth_usd": coin * price, "bk": name == "lost"}
            for name, coin in kinds
        ]
        return
    if not k["short"]:
        return
    asked = {
        **{name: held[name] for name in ("margin", "notional", "entry", "price")}, **held["terms"],
        "volatility": _number(w.given, "vol", 100), "days": _number(w.given, "ahead"),
    }  # fmt: skip
    most = _float(k, "most_coin")
    if k["never"]:
        less = (most * share - margin for share in LEFT if most * share < margin)
        added = [0.0, *(each for each in less if _is_enough(asked, each))]
    else:
        step = _round_step(most / 20)
        added = [
            step * times
            for times in (0, 1, 2, 4, 8, 12)
            if times == 0 or margin + step * times <= held["coins"]
        ]
    steps = h.top_up_ladder(**asked, additions=added)
    table: list[Numbers] = []
    for i, each in enumerate(added):
        row: Numbers = {
            "left_coin": steps.margins[i],
            "added_coin": each,
            "ticker": k["ticker"],
            "on": each == 0,
        }
        row["added"] = words["nothing" if each == 0 else "added"]
        closes, away = steps.prices[i], steps.distances[i]
        row["liq_px"] = words["never"] if closes is None else closes
        if away is not None:
            row |= {"away_pct": away, "away_pct1": away, "chance": chance_word(steps.chances[i], words)}
        table.append(row)
    rows["drawn" if k["never"] else "topups"] = table
    if k["never"]:
        return
    k["chance_words"] = _chance_phrase(steps.chances[0], words)
    alerts = h.alert_prices(price=_float(k, "liq_px"))
    k |= {f"alert{name}_px": alert for name, alert in zip(("10", "5", "2"), alerts, strict=True)}
    helps = next((i for i, chance in enumerate(steps.chances) if chance <= 0.05), 0)
    if helps:
        k |= {
            "helps": True,
            "help_coin": added[helps],
            "help_chance": chance_word(steps.chances[helps], words),
        }


def _is_enough(asked: Held, added: float) -> bool:
    """Whether maintenance, fee and the funding due can be met once so much is added to the margin."""
    try:
        h.top_up_ladder(**asked, additions=[added])
    except HedgeInputError:
        return False
    return True


def _chance_phrase(chance: float, words: Mapping[str, str]) -> str:
    said = chance_word(chance, words)
    article = "chance_an" if said.startswith(("8", "11%", "18%")) else "chance"
    return words[article].replace("[chance]", said)


def _funding(w: Sheet) -> None:
    """Funding of the short, or of a new one where there is none, at some rates."""
    held, k, rows = w.held, w.numbers, w.rows
    value, rate, hours = _float(k, "value_usd"), _float(k, "rate_pct2"), _float(k, "hours_num")
    notional = _current_notional(held, k)
    rows["funding"] = []
    for each in (rate, *(other for other in RATES if other != rate)):
        paid = h.measure_funding(notional=notional, price=held["price"], rate=each, interval_hours=hours)
        rows["funding"].append({
            "rate_pct2": each, "day_usd2": paid.day_usd, "year_usd": paid.year_usd,
            "annual_pct2": paid.annual_simple, "equity_pct1": paid.year_usd / value if value else 0.0,
            "on": each == rate,
        })  # fmt: skip
    a_day = abs(float(rows["funding"][0]["day_usd2"]))
    k |= {"day_usd": a_day, "day_usd2": a_day}


def _current_notional(held: Held, k: Numbers) -> float:
    """USD sold; after liquidation those of a new hedge to the target."""
    if k["liquidated"]:
        return _restoring(held, k, held["price"], gone=True)
    return float(held["notional"])


def _basis(w: Sheet) -> None:
    """A dated future against the price now, beside the perpetual."""
    held, k, given, rows, words = w.held, w.numbers, w.given, w.rows, w.words
    spot, days, fee = held["price"], _number(given, "days"), held["terms"]["fee"]
    target, face, rounding = _float(k, "target_pct"), _float(k, "face_usd"), str(k["rounding"])
    forward = (
        float(given["forward"].replace(",", ""))
        if given["forward"]
        else h.forward_price(spot=spot, premium=_number(given, "premium", 100), days=days)
    )
    basis = h.measure_basis(spot=spot, forward=forward, days=days)
    k |= {
        "premium_pct1": basis.simple, "premium_pct2": basis.simple, "forward_px2": forward,
        "days_n": days, "expiry_days": _days(days),
        "forward_hint": words["premium_hint" if given["forward"] else "forward_hint"],
    }  # fmt: skip
    funding = h.measure_funding(
        notional=1, price=spot, rate=_float(k, "rate_pct2"), interval_hours=_float(k, "hours_num")
    )
    coins = _float(k, "value_usd") / spot
    k |= {"locked_usd": 0.0, "earned": False}
    even = h.break_even_days(annual_rate=basis.simple, fee=fee)
    again = h.break_even_days(annual_rate=funding.annual_simple, fee=fee)
    k |= {"dated_even": even or 0.0, "dated_rate": basis.simple, "perpetual_rate": funding.annual_simple}
    dated_sold = perpetual_sold = 0.0
    if coins:
        size: Held = {"coins": coins, "spot": spot, "hedge": target, "face": face, "rounding": rounding}
        carry = h.size_carry(**size, forward=forward)
        dated_sold, perpetual_sold = carry.notional, h.size_carry(**size, forward=spot).notional
        k |= {"locked_usd": carry.locked_profit, "earned": even is not None}
    if even is not None:
        k["even_days"] = _days(even)
    shown: list[tuple[str, str, str]] = [
        ("price", write_number(forward, "px", 2), write_number(spot, "px", 2)),
        ("sold", write_number(dated_sold, "usd"), write_number(perpetual_sold, "usd")),
        ("above", write_number(basis.basis, "pct", 2, signed=True), ABSENT),
        (
            "year",
            write_number(basis.simple, "pct", 2, signed=True),
            write_number(funding.annual_simple, "pct", 2, signed=True),
        ),
        ("even", ABSENT if even is None else _days(even), ABSENT if again is None else _days(again)),
        ("known", words["yes_known"], words["no_known"]),
    ]
    rows["basis"] = [
        {"what": words[name], "dated": dated, "perpetual": perpetual, "target_pct": target}
        for name, dated, perpetual in shown
    ]


def _other(w: Sheet) -> None:
    """Another coin hedged with bitcoin futures, its margin bought or held."""
    k, given, rows, words = w.numbers, w.given, w.rows, w.words
    value, beta, r2 = _number(given, "value"), _number(given, "beta"), _number(given, "r2")
    times, is_held = _number(given, "times"), given["bought"] == "held"
    k["beta_hint"] = words["no_pairs"]
    if given["closes"] and given["btc"]:
        beta, r2 = _measured_beta(given, k, words)
    negative = beta < 0
    impossible = times == 1 and not is_held and beta > 0
    order = words["buy_order" if negative else "sell_order"]
    asked: Held = {"value": value, "beta": beta}
    hedge = h.size_beta_hedge(**asked, leverage=times, margin_held=is_held or impossible)
    k |= {
        "other_usd": value, "beta_num": beta, "r2_num": r2, "bvol_pct": _number(given, "bvol", 100),
        "times_x": times, "moves_usd": abs(hedge.exposure), "negative": negative, "impossible": impossible,
        "bought": not is_held, "bought_word": words["held" if is_held else "bought"], "order": order,
        "residual_usd": h.residual_risk(
            **asked, r_squared=r2, volatility=_number(given, "bvol", 100), days=30
        ),
    }  # fmt: skip
    widest = max(value, abs(hedge.exposure), 0.0 if impossible else abs(hedge.notional))
    k |= {"bar_other": value / widest, "bar_moves": abs(hedge.exposure) / widest}
    k |= {
        "bar_sell": 0.0 if impossible else abs(hedge.notional) / widest,
        "bar_bmargin": 0.0 if impossible else hedge.margin / widest,
    }
    if not impossible:
        k |= {"sell_usd": abs(hedge.notional), "bmargin_usd": hedge.margin}
    rows["coin"] = []
    for each in sorted({*TIMES, times}):
        row: Numbers = {"times_x": each, "held_usd": abs(hedge.exposure), "on": each == times}
        if each == 1 and beta > 0:
            row["bought"] = words["impossible"]
        else:
            bought = h.size_beta_hedge(**asked, leverage=each)
            row |= {"bought": write_number(abs(bought.notional), "usd"), "bmargin_usd": bought.bought}
        rows["coin"].append(row)


def _measured_beta(given: Mapping[str, str], k: Numbers, words: Mapping[str, str]) -> tuple[float, float]:
    asset, instrument = (
        [(row[0], float(row[1])) for row in _lines(given[name])] for name in ("closes", "btc")
    )
    pairs = h.pair_closes(asset=asset, instrument=instrument)
    found = h.hedge_beta(
        asset_returns=h.simple_returns(closes=pairs.asset),
        instrument_returns=h.simple_returns(closes=pairs.instrument),
        value=1,
    )
    k |= {"se_num": found.standard_error, "pairs_n": found.n, "unpaired_n": pairs.n_unpaired,
          "beta_hint": words["pairs"]}  # fmt: skip
    return found.beta, found.r_squared


def _linear(w: Sheet) -> None:
    """The same short with dollar margin, at each move."""
    held, k, rows, words = w.held, w.numbers, w.rows, w.words
    notional = _current_notional(held, k)
    entry = held["price"] if k["liquidated"] else held["entry"]
    rows["linear"] = []
    k |= {"lnotional_usd": notional, "lmost_coin": notional / entry, "lentry_px": entry}
    for move in FEWER_MOVES:
        at = {"notional": notional, "entry": entry, "price": held["price"] * (1 + move)}
        inverse, linear = h.inverse_pnl(**at), h.linear_pnl(**at)
        row: Numbers = {"move": _move_word(move, words), "result_usd": linear.usd, "taken_coin": inverse.coin,
                        "on": move == 1}  # fmt: skip
        if linear.to_post:
            row["post_usd"] = linear.to_post
        rows["linear"].append(row)
        k |= {"post_usd": linear.to_post, "takes_coin": max(0.0, -inverse.coin)}  # the last: a doubling


# ---------------------------------------------------------------- numbers and words


def _float(k: Numbers, name: str) -> float:
    return float(k[name])


def _round_step(size: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def _move_word(move: float, words: Mapping[str, str], *, liquidation: bool = False) -> str:
    said = write_number(move, "pct", 1, signed=True)
    return (
        words["liquidation"].replace("[+away_pct1]", said) if liquidation else said if move else words["now"]
    )


def _trade_words(trade: float, words: Mapping[str, str], *, more: bool = False) -> Numbers:
    said = (
        words["none"] if not trade else words["buy"] if trade < 0 else words["sell_more" if more else "sell"]
    )
    return {"trade": said, "trade_usd": abs(trade)}


def _filled(numbers: Numbers) -> str:
    return fill_tokens(str(numbers["trade"]), numbers)


def _days(days: float) -> str:
    whole = f.fixed(days, 0)
    return f"{whole} day" if whole == "1" else f"{whole} days"


def chance_word(chance: float, words: Mapping[str, str]) -> str:
    """Write a chance in whole per cent, its ends in words."""
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
