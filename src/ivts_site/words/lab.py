"""The lab worked out at build time and put into its texts, as `static/js/lab-work.js` does by the same names.

What is typed stands under the names of the fields, what the reference functions give under their own names:
`now` of `measure_hedge`, `fall` and `double` of `project_hedge`, and so on. Texts, flags, units and the steps
of the tables are those of `lab.yaml`.
"""

from __future__ import annotations

import math
import operator
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ivts_site import formatting as f
from ivts_site.analytics import hedge as h
from ivts_site.content.lab import TOKEN, Input, Lab, Option, Size, Unit
from ivts_site.errors import HedgeInputError

Numbers = Mapping[str, Any]
"""Numbers, words and flags by name; `units` are in it too."""
Row = dict[str, Any]

ABSENT = "–"
_HUGE = 1e12
_CONDITION = re.compile(r"(!?)([a-z][a-z0-9_.]*)(?:(<=|>=|<|>|=)(\S+))?")
_COMPARE = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
_VENUE = ("maintenance", "fee", "amount", "slope", "tiers", "maintenance_on")


def work_out(given: Mapping[str, str], lab: Lab) -> Sheet:
    """Work out everything the page shows for one set of inputs, each as a visitor would type it, by name."""
    sheet = Sheet(given, lab)
    for part in (_whole, _scenarios, _drift, _ladder, _funding, _basis, _other, _linear):
        part(sheet, sheet.numbers)
    for flag, when in lab.flags.items():
        sheet.numbers[flag] = holds(when, sheet.numbers)
    return sheet


class Sheet:
    """One set of inputs, and what the page shows for it: numbers, words, flags and the rows of its tables.

    `hedge` are the arguments of `measure_hedge`.
    """

    def __init__(self, given: Mapping[str, str], lab: Lab) -> None:
        self.steps = {name: list(map(float, steps)) for name, steps in lab.steps.items()}
        typed = {field.name: _read(given[field.name], field) for field in lab.inputs}
        self.numbers: Row = {
            "units": lab.units,
            **lab.words,
            **lab.names[given["asset"]].model_dump(),
            **typed,
        }
        self.rows: dict[str, list[Numbers]] = {}
        self.hedge = self._read_position(self.numbers)

    def of(self, *names: str) -> Row:
        """Return some of the arguments that describe the hedge."""
        return {name: self.hedge[name] for name in names}

    def show(self, table: str, rows: Iterable[Row]) -> None:
        """Set the rows of a table; a text of a row may name numbers of the page too."""
        self.rows[table] = [ChainMap(row, self.numbers) for row in rows]

    def _read_position(self, k: Row) -> Row:
        """Return the position as the calculators take it."""
        coins, notional, entry, isolated = k["hold"], k["notional"], k["entry"], k["mode"] == "isolated"
        if fills := k["fills"]:
            prices, sold = ([float(row[place]) for row in fills] for place in (0, 1))
            filled = h.average_entry(notionals=sold, prices=prices)
            notional, entry = filled.notional, filled.entry
        h.check_inputs(face=k["face"])
        if isolated:
            h.check_inputs(leverage=k["leverage"])
        margin = notional / (entry * k["leverage"]) if isolated else coins
        k["lev"] = k["leverage"]
        if k["margin"] is not None:
            margin = k["margin"]
            k["lev"] = notional / (entry * margin) if isolated and margin else k["leverage"]
        tiers = [
            [float(row[0]) if row[0] else None, float(row[1]) / 100, *map(float, row[2:])]
            for row in k["tiers"] or ()
        ]
        k["position"] = {"coins": coins, "margin": margin, "notional": notional, "entry": entry}
        return {
            **k["position"],
            **{name: k[name] for name in ("price", "maintenance", "fee", "amount", "slope")},
            "tiers": tiers or None, "maintenance_on": k["on"], "interval_hours": k["hours"],
            "rate": k["rate"] if k["contract"] == "perpetual" else 0.0, "horizon_days": k["ahead"],
        }  # fmt: skip


def _read(text: str, field: Input) -> Any:
    """Return what is typed: a word that is chosen, lines of cells, or a number; None where nothing is."""
    if field.lines:
        rows = (re.split(r"[,;\t]\s*", line.strip()) for line in text.split("\n"))
        return [[cell.strip() for cell in row] for row in rows if any(row)] or None
    if field.choices or field.name == "preset":
        return text
    return float(text.replace(",", "")) / (100 if field.unit == "%" else 1) if text else None


def _spread(record: Any) -> list[Row]:
    """Turn a record of lists into a row for each place."""
    lists = asdict(record)
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _whole(w: Sheet, k: Row) -> None:
    """Value, exposure and liquidation at the price now: the figures that stay, and most headlines."""
    now = h.measure_hedge(**w.hedge)
    coins, notional, entry, price = w.of("coins", "notional", "entry", "price").values()
    paid = h.measure_funding(notional=1, price=price, rate=k["rate"], interval_hours=k["hours"])
    k |= {
        "now": now, "annual": paid.annual_simple, "held": coins * price, "contracts": notional / k["face"],
        "from_entry": price / entry - 1, "hedged": 1 - now.exposed_share, "open": 1 - k["target"],
        "most": notional / entry,
    }  # fmt: skip


def _scenarios(w: Sheet, k: Row) -> None:
    """The table of moves, with the chosen one and liquidation in it, and the fall by a fifth."""
    now, coins = k["now"], w.hedge["coins"]
    closes = now.distance if w.hedge["notional"] and not now.liquidated else None
    moves = {*w.steps["moves"], k["move"], *([closes] if closes is not None and closes < 1 else [])}
    rows = _spread(h.project_hedge(**w.hedge, moves=sorted(moves)))
    for row in rows:
        row |= {
            "never_sold": coins * row["prices"], "bold": row["moves"] == k["move"],
            "red": row["moves"] == closes,
        }  # fmt: skip
    w.show("scenarios", rows)
    w.show("left", rows)
    k["fall"], k["double"] = (next(row for row in rows if row["moves"] == move) for move in (-0.2, 1.0))
    k["full"] = abs(k["fall"]["changes"]) < coins * w.hedge["price"] / 1000


def _drift(w: Sheet, k: Row) -> None:
    """Exposure and restoring trade at each move; the position after the trade; a new hedge after the end."""
    rows = _spread(h.project_hedge(**w.hedge, moves=w.steps["few_moves"]))
    for row in rows:
        row |= {"trade": _restoring(w, row["prices"], row["liquidated"]), "bold": row["moves"] == 0}
    w.show("drift", rows)
    trade = k["trade"] = next(row["trade"] for row in rows if row["bold"])
    k |= {
        "trade_contracts": abs(trade) / k["face"], "gap": abs(k["now"].exposed_share - k["open"]),
        "then": next(row for row in rows if row["moves"] == -0.2), "unfunded": False,
    }  # fmt: skip
    if k["now"].liquidated:
        w.show("again", [_new_hedge(w, trade, times) for times in w.steps["new_times"]])
    elif trade:
        after = _after(w, trade)
        k["after"] = {"entry": after["entry"], "liquidation": None}
        try:
            k["after"]["liquidation"] = h.measure_hedge(**after).liquidation
        except HedgeInputError:
            k["unfunded"] = True


def _restoring(w: Sheet, price: float, gone: bool) -> float:
    """The trade in whole contracts at a price; of the coin left where the short is gone."""
    k, position = w.numbers, w.of("coins", "notional", "entry")
    if gone:
        position = {"coins": k["now"].coins_left, "notional": 0.0, "entry": price}
    if not position["coins"]:
        return 0.0
    return h.measure_drift(
        **position, price=price, target=k["target"], face=k["face"], rounding=k["rounding"]
    ).trade


def _after(w: Sheet, trade: float) -> Row:
    """The position after a trade at the price now; isolated margin as the leverage asks for."""
    traded = h.apply_trade(**w.of("coins", "notional", "entry", "price", "fee"), trade=trade)
    margin = w.hedge["margin"] + traded.coins - w.hedge["coins"]
    if w.numbers["mode"] == "isolated":
        margin = min(traded.coins, traded.notional / (traded.entry * w.numbers["lev"]))
    moved = {"coins": traded.coins, "notional": traded.notional, "entry": traded.entry, "margin": margin}
    return w.hedge | moved


def _new_hedge(w: Sheet, trade: float, times: float) -> Row:
    """Margin and liquidation of a new hedge at the price now with some leverage."""
    price = w.hedge["price"]
    row: Row = {"times": times, "tied": trade / (price * times)}
    if not trade:
        return row
    found = h.find_liquidation(notional=trade, margin=row["tied"], entry=price, **w.of(*_VENUE))
    return row | {"liquidation": found.price, "distance": found.distance}


def _ladder(w: Sheet, k: Row) -> None:
    """Liquidation with coin added or taken out, its chance and alerts before it; what the end has left."""
    now = k["now"]
    coins, price, margin = w.of("coins", "price", "margin").values()
    if now.liquidated:
        kinds = {"before": coins, "lost": margin, "kept": now.coins_left}
        w.show("lost", [
            {"kind": kind, "coins": coin, "worth": coin * price, "red": kind == "lost"}
            for kind, coin in kinds.items()
        ])  # fmt: skip
    if now.liquidated or not w.hedge["notional"]:
        return
    asked = {name: value for name, value in w.hedge.items() if name != "coins"}
    asked |= {"volatility": k["vol"], "days": k["ahead"]}
    added = _additions(w, asked)
    rows = _spread(h.top_up_ladder(**asked, additions=added))
    for row, coin in zip(rows, added, strict=True):
        row |= {"added": coin, "bold": coin == 0}
    w.show("topups" if now.liquidates else "drawn", rows)
    if now.liquidates:
        k |= {
            "as_is": rows[0], "alerts": h.alert_prices(price=now.liquidation),
            "helps": next((row for row in rows[1:] if row["chances"] <= 0.05 < rows[0]["chances"]), None),
        }  # fmt: skip


def _additions(w: Sheet, asked: Row) -> list[float]:
    """Coin to add to the margin; where no price closes the hedge, to take out of it."""
    most, margin = w.numbers["most"], w.hedge["margin"]
    if w.numbers["now"].liquidates:
        step = _round_step(most / 20)
        more = (step * times for times in w.steps["added"])
        return [coin for coin in more if coin == 0 or margin + coin <= w.hedge["coins"]]
    less = (most * share - margin for share in w.steps["left"] if most * share < margin)
    return [0.0, *(coin for coin in less if _is_enough(asked, coin))]


def _round_step(size: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def _is_enough(asked: Row, added: float) -> bool:
    """Whether maintenance, fee and the funding due can be met once so much is added to the margin."""
    try:
        h.top_up_ladder(**asked, additions=[added])
    except HedgeInputError:
        return False
    return True


def _sold(w: Sheet) -> float:
    """USD sold; after liquidation those of a new hedge to the target."""
    return _restoring(w, w.hedge["price"], gone=True) if w.numbers["now"].liquidated else w.hedge["notional"]


def _funding(w: Sheet, k: Row) -> None:
    """Funding of the short, or of a new one where there is none, at some rates."""
    notional, value, price, hours = _sold(w), k["now"].value, w.hedge["price"], k["hours"]
    rows: list[Row] = []
    for rate in (k["rate"], *(each for each in w.steps["rates"] if each != k["rate"])):
        paid = h.measure_funding(notional=notional, price=price, rate=rate, interval_hours=hours)
        share = paid.year_usd / value if value else 0.0
        rows.append({**asdict(paid), "rate": rate, "of_equity": share, "bold": not rows})
    w.show("funding", rows)
    k["paid"] = rows[0]


def _basis(w: Sheet, k: Row) -> None:
    """A dated future against the price now, beside the perpetual."""
    spot, fee, days, future = w.hedge["price"], w.hedge["fee"], k["days"], k["forward"]
    if future is None:
        future = h.forward_price(spot=spot, premium=k["premium"], days=days)
    basis = h.measure_basis(spot=spot, forward=future, days=days)
    even, again = (h.break_even_days(annual_rate=rate, fee=fee) for rate in (basis.simple, k["annual"]))
    k |= {"future": future, "basis": basis, "even": even, "locked": 0.0}
    sold = [0.0, 0.0]
    if coins := k["now"].value / spot:
        size = {
            "coins": coins,
            "spot": spot,
            "hedge": k["target"],
            "face": k["face"],
            "rounding": k["rounding"],
        }
        carries = [h.size_carry(**size, forward=forward) for forward in (future, spot)]
        k["locked"], sold = carries[0].locked_profit, [carry.notional for carry in carries]
    kinds = (
        ("price", future, spot), ("sold", *sold), ("above", basis.basis, None),
        ("year", basis.simple, k["annual"]), ("even", even, again), ("known", None, None),
    )  # fmt: skip
    w.show("basis", [dict(zip(("kind", "dated", "perpetual"), kind, strict=True)) for kind in kinds])


def _other(w: Sheet, k: Row) -> None:
    """Another coin hedged with bitcoin futures, its margin bought or held."""
    if k["closes"] and k["btc"]:
        k |= _measured_beta(k)
    value, beta, times, is_held = k["value"], k["beta"], k["times"], k["bought"] == "held"
    risk = {"value": value, "beta": beta, "r_squared": k["r2"], "volatility": k["bvol"]}
    possible = times != 1 or is_held or beta <= 0
    sized = asdict(
        h.size_beta_hedge(value=value, beta=beta, leverage=times, margin_held=is_held or not possible)
    )
    if not possible:
        sized = {"exposure": sized["exposure"], "notional": None, "margin": None}
    bars = {
        "other": value, "moves": abs(sized["exposure"]), "sell": abs(sized["notional"] or 0.0),
        "bmargin": sized["margin"] or 0.0,
    }  # fmt: skip
    widest = max(bars.values())
    k |= {
        "sized": sized, "residual": h.residual_risk(**risk, days=30),
        "bars": {name: each / widest for name, each in bars.items()},
    }  # fmt: skip
    w.show("coin", [
        {"times": each, "bold": each == times, "sale": _bought_sale(value, beta, each)}
        for each in sorted({*w.steps["times"], times})
    ])  # fmt: skip


def _bought_sale(value: float, beta: float, leverage: float) -> h.BetaHedge | None:
    """The short whose margin has to be bought; None where that is impossible."""
    impossible = leverage == 1 and beta > 0
    return None if impossible else h.size_beta_hedge(value=value, beta=beta, leverage=leverage)


def _measured_beta(k: Row) -> Row:
    """Beta and R² of pasted closes."""
    asset, instrument = ([(row[0], float(row[1])) for row in k[name]] for name in ("closes", "btc"))
    pairs = h.pair_closes(asset=asset, instrument=instrument)
    found = h.hedge_beta(
        asset_returns=h.simple_returns(closes=pairs.asset),
        instrument_returns=h.simple_returns(closes=pairs.instrument),
        value=1,
    )
    measured = {"standard_error": found.standard_error, "n": found.n, "n_unpaired": pairs.n_unpaired}
    return {"beta": found.beta, "r2": found.r_squared, "measured": measured}


def _linear(w: Sheet, k: Row) -> None:
    """The same hedge with dollar margin; its last row is a doubling."""
    notional, price = _sold(w), w.hedge["price"]
    entry = price if k["now"].liquidated else w.hedge["entry"]
    rows: list[Row] = []
    for move in w.steps["few_moves"]:
        at = {"notional": notional, "entry": entry, "price": price * (1 + move)}
        row = {"moves": move, **asdict(h.linear_pnl(**at)), "coin": h.inverse_pnl(**at).coin}
        rows.append(row | {"bold": move == 1})
    w.show("linear", rows)
    takes = max(0.0, -rows[-1]["coin"])
    k["linear"] = {**rows[-1], "notional": notional, "entry": entry, "most": notional / entry, "takes": takes}


# ---------------------------------------------------------------- texts


def starts_of(lab: Lab) -> dict[str, str]:
    """Return what every field holds at first, by name."""
    return {entry.name: entry.start for entry in lab.inputs}


def choose(options: Iterable[Option], numbers: Numbers) -> str:
    """Return the first text whose conditions hold, with its numbers; empty where there is none."""
    chosen = next((option.text for option in options if holds(option.when, numbers)), "")
    return fill_tokens(chosen, numbers)


def holds(when: str, numbers: Numbers) -> bool:
    """Whether every condition holds, and none that has a `!` before it: `short`, `!liquidated`, `beta<0`."""
    return all(
        _compared(look_up(name, numbers), comparison, other) != bool(negated)
        for negated, name, comparison, other in _CONDITION.findall(when)
    )


def _compared(value: Any, comparison: str, other: str) -> bool:
    if not comparison or value is None:
        return bool(value)
    return bool(_COMPARE[comparison](value, other if isinstance(value, str) else float(other)))


def look_up(path: str, numbers: Any) -> Any:
    """Return what a name stands for, `now.value` the value of `now`; None where there is nothing."""
    found = numbers
    for name in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(name)
        else:
            found = found[int(name)] if isinstance(found, tuple) else getattr(found, name, None)
    return found


def fill_tokens(text: str, numbers: Numbers) -> str:
    """Put numbers and words into a text; what is not there is a dash."""
    return TOKEN.sub(lambda token: _filled(look_up(token[1], numbers), token[2], token[3], numbers), text)


def _filled(value: Any, sign: str | None, unit: str | None, numbers: Numbers) -> str:
    if value is None:
        return ABSENT
    if unit:
        return write_number(value, numbers["units"][unit], sign or "")
    return value if isinstance(value, str) else choose(value, numbers)


def write_number(value: float, unit: Unit, sign: str = "") -> str:
    """Write a number in its unit: −$1,000, 0.0938, 10×; `+` signs gains too, `|` nothing."""
    size = abs(value)
    form = next(each for each in unit.sizes if size >= each.least)
    digits = f"{size:.3e}".replace("e+", "e") if size >= _HUGE else _write_size(size, form)
    before = "" if sign == "|" or not digits.strip("0.,") else f.MINUS if value < 0 else sign
    return f"{before}{unit.before}{digits}{form.after}"


def _write_size(size: float, form: Size) -> str:
    places = form.figures - 1 - math.floor(math.log10(size)) if form.figures and size else form.places
    digits = f.fixed(size * form.times, places)
    if form.zeros == "drop" and "." in digits:
        return digits.rstrip("0").rstrip(".")
    return digits.removesuffix(".00") if form.zeros == "cents" else digits
