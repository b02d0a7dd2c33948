"""`ivts-site hedge`: the calculators of the hedge lab, which the command that runs imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ivts_site.cli import hedge_tables
from ivts_site.errors import HedgeInputError, UsageError

Option = Callable[[Any], Any]


def _number(name: str, unit: str, text: str, **more: Any) -> Option:
    """Make an option that takes a number in a unit; required unless it has a default."""
    usual = {"show_default": True} if "default" in more else {"required": True}
    return click.option(name, type=float, metavar=unit, help=text, **usual | more)


def _choice(name: str, choices: list[str], text: str) -> Option:
    """Make an option that takes one of some words, the first unless another is given."""
    return click.option(name, type=click.Choice(choices), default=choices[0], show_default=True, help=text)


def _numbers(name: str, unit: str, text: str) -> Option:
    """Make an option that takes a number and may be repeated."""
    return _number(name, unit, f"{text}; may be repeated.", multiple=True, required=False)


_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON at full precision.")
_ALLOW_OUTSIDE = click.option(
    "--allow-outside", is_flag=True, help="Allow hedge factors below 0 and above 1: adding to, or net short."
)
_SIDE = _choice("--side", ["short", "long"], "The position.")
_SPOT_VALUE = _number("--spot-value", "USD", "Value of the coin held, at the entry price.")
_ENTRY = _number("--entry", "USD", "Price at which the short is sold, per coin.")
_FACE = _number("--face", "USD", "Face of a contract.", default=1.0)
_ROUNDING = _choice("--rounding", ["nearest", "down", "up"], "To whole contracts.")


def _example(line: str) -> str:
    codes = "Exit codes: 0 done, 2 an input is wrong; the message names it."
    return f"\b\nExample:\n  ivts-site hedge {line}\n\n{codes}"


@click.group()
def hedge() -> None:
    """Calculate a hedge of a coin holding with inverse futures: sizes, scenarios, costs, risks.

    Prices are USD per coin; shares and rates are decimal fractions, 0.5 for a half. Nothing is fetched.
    """


@hedge.command(
    short_help="Notional, contracts, margin, drift.",
    epilog=_example("size --spot-value 100000 --hedge 0.5 --entry 100000 --price 200000"),
)
@_SPOT_VALUE
@_number("--hedge", "SHARE", "Share of it to hedge, 0 to 1.")
@_ENTRY
@_number("--leverage", "TIMES", "Leverage of the short, at least 1.", default=1.0)
@_FACE
@_ROUNDING
@_number("--price", "USD", "Price now: adds the drift and the trade that restores the hedge.", required=False)
@_ALLOW_OUTSIDE
@_AS_JSON
def size(price: float | None, allow_outside: bool, as_json: bool, **given: Any) -> None:
    """Size a short: notional, contracts, coin margin, net exposure; its drift where a price is given."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    with _by_option(target="hedge"):
        sized = lab.size_hedge(**given, allow_outside=allow_outside)
        results: dict[str, Any] = {"size": sized}
        if price is not None:
            now = {"coins": sized.coins, "notional": sized.notional, "entry": given["entry"], "price": price}
            asked = {"target": given["hedge"], "face": given["face"], "rounding": given["rounding"]}
            results["position"] = lab.measure_position(**now)
            results["drift"] = lab.measure_drift(**now, **asked, allow_outside=True)
    _print({**given, "price": price, "allow_outside": allow_outside}, results, as_json=as_json)


@hedge.command(
    short_help="Value after moves of the price.",
    epilog=_example("scenario --spot-value 10000 --entry 2500 --hedge 0.5 --hedge 1 --move -0.2"),
)
@_SPOT_VALUE
@_ENTRY
@_numbers("--hedge", "SHARE", "Hedge factor, 0 to 1, by default 0, 0.5 and 1")
@_numbers("--move", "SHARE", "Move of the price from the entry, above -1, by default -0.5 to 1 in tenths")
@_ALLOW_OUTSIDE
@_AS_JSON
def scenario(hedge: tuple[float, ...], move: tuple[float, ...], as_json: bool, **given: Any) -> None:
    """Value of coin and short after moves of the price, under one hedge factor or several."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    given |= {"hedges": hedge or lab.HEDGES, "moves": move or lab.MOVES}
    with _by_option(hedges="hedge", moves="move"):
        table = lab.build_scenarios(**given)
    if as_json:
        _print(given, {"scenarios": table}, as_json=True)
    else:
        click.echo(hedge_tables.scenario_lines(table))


@hedge.command(
    short_help="Funding a day and a year.",
    epilog=_example("funding --notional 10000 --price 2500 --rate 0.0001"),
)
@_number("--notional", "USD", "Notional of the perpetual.")
@_number("--price", "USD", "Price now, per coin.")
@_number("--rate", "SHARE", "Funding rate an interval; positive: longs pay shorts.")
@_number("--interval-hours", "HOURS", "From one payment to the next.", default=8.0)
@_SIDE
@_AS_JSON
def funding(as_json: bool, **given: Any) -> None:
    """Funding credited (+) or charged (−): an interval, a day, a year, simple and compounded."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    with _by_option():
        results = {"funding": lab.measure_funding(**given)}
    _print(given, results, as_json=as_json)


@hedge.command(
    short_help="Several fills as one position.",
    epilog=_example("position --fill 61000:30000 --fill 61500:40000 --coins 2 --price 62000 --hedge 0.5"),
)
@click.option(
    "--fill",
    "fills",
    metavar="PRICE:NOTIONAL",
    multiple=True,
    required=True,
    help="A fill of the short, USD per coin and USD; may be repeated.",
)
@_number("--coins", "COIN", "Coin held, the margin included.")
@_number("--price", "USD", "Price now, per coin.")
@_number("--hedge", "SHARE", "Hedge to restore, 0 to 1: adds the trade and what it leads to.", required=False)
@_FACE
@_ROUNDING
@_number("--fee", "RATE", "Taker fee of that trade, as a share of its notional.", default=0.0)
@_AS_JSON
def position(
    fills: tuple[str, ...], coins: float, price: float, hedge: float | None, as_json: bool, **given: Any
) -> None:
    """Average entry of several fills, what coin and short are worth now, and the trade back to a hedge."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    pairs = [_fill(text) for text in fills]
    with _by_option(notionals="fill", prices="fill", notional="fill", entry="fill", target="hedge"):
        filled = lab.average_entry(prices=[p for p, _ in pairs], notionals=[n for _, n in pairs])
        now: dict[str, Any] = {
            "coins": coins,
            "notional": filled.notional,
            "entry": filled.entry,
            "price": price,
        }
        results: dict[str, Any] = {"fills": filled, "position": lab.measure_position(**now)}
        if hedge is not None:
            drift = lab.measure_drift(**now, target=hedge, face=given["face"], rounding=given["rounding"])
            traded = lab.apply_trade(**now, trade=drift.trade, fee=given["fee"])
            results |= {"drift": drift, "traded": traded}
    asked = {"fills": pairs, "coins": coins, "price": price, "hedge": hedge, **given}
    _print(asked, results, as_json=as_json)


def _fill(text: str) -> tuple[float, float]:
    price, _, notional = text.partition(":")
    try:
        return float(price), float(notional)
    except ValueError as error:
        raise UsageError(f"--fill: {text!r} is not PRICE:NOTIONAL; write it as 61000:30000") from error


@hedge.command(
    short_help="Basis a year; cash-and-carry.",
    epilog=_example("basis --spot 50000 --premium 0.05 --days 90 --coins 2 --hedge 0.5 --fee 0.0005"),
)
@_number("--spot", "USD", "Spot price now, per coin: not the entry of an open hedge.")
@_number("--forward", "USD", "Price of the dated future, per coin.", required=False)
@_number("--premium", "RATE", "In place of --forward: its premium a year, simple.", required=False)
@_number("--days", "DAYS", "Calendar days to its expiry.")
@_number("--fee", "RATE", "Taker fee: adds the days after which both trades are paid for.", required=False)
@_number("--coins", "COIN", "Coin held: adds the carry that sells its forward value.", required=False)
@_number("--hedge", "SHARE", "Share of the coin to hedge, 0 to 1.", default=1.0)
@_FACE
@_ROUNDING
@_number("--price", "USD", "Settlement price at the expiry: adds what the carry pays.", required=False)
@_AS_JSON
def basis(as_json: bool, **given: Any) -> None:
    """Basis of a dated future as a rate a year in three conventions; a cash-and-carry with it."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    coins, price, spot, days = (given[name] for name in ("coins", "price", "spot", "days"))
    if price is not None and coins is None:
        raise UsageError("--price: needs --coins, the coin held until the expiry")
    if (given["forward"] is None) == (given["premium"] is None):
        raise UsageError("--forward, --premium: give one of them, the future's price or its premium a year")
    results: dict[str, Any] = {}
    with _by_option(annual_rate="forward"):
        forward = given["forward"]
        if forward is None:
            forward = lab.forward_price(spot=spot, premium=given["premium"], days=days)
        results["basis"] = lab.measure_basis(spot=spot, forward=forward, days=days)
        if given["fee"] is not None:
            paid = lab.break_even_days(annual_rate=results["basis"].simple, fee=given["fee"])
            results["fees"] = {"break_even_days": paid}
        if coins is not None:
            size = {name: given[name] for name in ("hedge", "face", "rounding")}
            carry = results["carry"] = lab.size_carry(coins=coins, spot=spot, forward=forward, **size)
            if price is not None:
                results["payoff"] = lab.carry_payoff(
                    coins=coins, notional=carry.notional, forward=forward, price=price
                )
    _print({**given, "forward": forward}, results, as_json=as_json)


@hedge.command(
    short_help="Liquidation price; what is left.",
    epilog=_example("liquidation --entry 50000 --leverage 10 --maintenance 0.005 --price 52000"),
)
@_number("--entry", "USD", "Price at which the position was opened, per coin.")
@_number("--leverage", "TIMES", "Leverage of an isolated position, at least 1.", required=False)
@_number("--maintenance", "SHARE", "Maintenance margin, a share of the position; or --tiers.", required=False)
@click.option(
    "--maintenance-on",
    type=click.Choice(["entry", "mark"]),
    help="Value that it is a share of.  [default: entry; mark with --cross]",
)
@_number("--maintenance-amount", "COIN", "Coin that the venue takes off it.", default=0.0)
@_number("--maintenance-slope", "SHARE", "Rate added for each coin of size.", default=0.0)
@click.option(
    "--tiers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV of tiers: largest size in coin (none in the last line), rate, coin taken off.",
)
@_number("--fee", "RATE", "Taker fee of the closing trade.", default=0.0)
@click.option("--cross", is_flag=True, help="All coin held is the margin; asks for --notional and --coins.")
@_number("--notional", "USD", "Notional of the position; with --coins adds what is left.", required=False)
@_number("--coins", "COIN", "The wallet: all coin held, the margin included.", required=False)
@_number("--price", "USD", "Price now: adds the distance from it and prices for alerts.", required=False)
@_SIDE
@_AS_JSON
def liquidation(as_json: bool, tiers: Path | None, **given: Any) -> None:
    """Liquidation price of an inverse position, an estimate, and what its holder is left with."""
    _check_liquidation(tiers=tiers, **given)
    results = _liquidation(None if tiers is None else _load_tiers(tiers), tiers, **given)
    _print({**given, "tiers": None if tiers is None else str(tiers)}, results, as_json=as_json)
    if not as_json:
        click.echo(f"\n{_outcome_words(results, side=given['side'])}")


def _check_liquidation(**given: Any) -> None:
    """Refuse options that need others, or that stand for the same."""
    absent = {name for name, value in given.items() if value is None}
    by_size = given["tiers"] or given["maintenance_slope"] or given["maintenance_amount"]
    if given["cross"] and absent & {"notional", "coins"}:
        raise UsageError("--cross: needs --notional and --coins, the position and the wallet")
    if not given["cross"] and "leverage" in absent:
        raise UsageError("--leverage: is needed, unless --cross is given")
    if len(absent & {"maintenance", "tiers"}) != 1:
        raise UsageError("--maintenance, --tiers: give one of them, a rate or a file of tiers")
    if by_size and "notional" in absent:
        raise UsageError("--notional: is needed where the maintenance depends on the size")


def _liquidation(tiers: list[list[float | None]] | None, file: Path | None, **given: Any) -> dict[str, Any]:
    """Return `liquidation`; `left` where notional and coin are known; `now` and `alerts` with a price."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    cross, notional, coins, entry = (given[name] for name in ("cross", "notional", "coins", "entry"))
    names = {"amount": "maintenance-amount", "slope": "maintenance-slope", "tiers": f"{file}, tiers"}
    with _by_option(margin="coins" if cross else "leverage", held="coins", **names):
        size = entry if notional is None else notional  # of one coin: without a size any gives the same price
        if cross:
            margin = coins
        else:
            lab.check_inputs(notional=size, entry=entry, leverage=given["leverage"])
            margin = size / (entry * given["leverage"])
        found = lab.find_liquidation(
            notional=size, margin=margin, entry=entry, side=given["side"], fee=given["fee"], tiers=tiers,
            maintenance=given["maintenance"] or 0.0, amount=given["maintenance_amount"],
            slope=given["maintenance_slope"],
            maintenance_on=given["maintenance_on"] or ("mark" if cross else "entry"),
        )  # fmt: skip
        results: dict[str, Any] = {"liquidation": found}
        if found.price is None:
            return results
        if notional is not None and coins is not None:
            results["left"] = lab.measure_aftermath(held=coins, margin=margin, price=found.price)
        if given["price"] is not None:
            lab.check_inputs(price=given["price"])
            alerts = lab.alert_prices(price=found.price, side=given["side"])
            results["now"] = {"distance_now": found.price / given["price"] - 1}
            results["alerts"] = dict(zip(("alert_10", "alert_5", "alert_2"), alerts, strict=True))
    return results


def _load_tiers(path: Path) -> list[list[float | None]]:
    """Read a CSV of tiers; a first line that is no numbers is a heading."""
    from ivts_site.pipeline.closes_csv import read_lines  # noqa: PLC0415 (few commands read files)

    tiers = []
    for at, (place, row) in enumerate(read_lines(path)):
        try:
            tiers.append([float(cell) if cell else None for cell in row])
        except ValueError as error:
            if at:
                fault = f"{place}: is not a size, a rate and an amount: {','.join(row)}"
                raise UsageError(fault) from error
    return tiers


def _outcome_words(results: Mapping[str, Any], *, side: str) -> str:
    """Say what happens: never, or what the holder is left with."""
    if not results["liquidation"].liquidates:
        return f"Never liquidated: the coin margin covers the whole {side}."
    estimate = "An estimate: the mark price and partial liquidations differ by venue."
    if "left" not in results:
        return estimate
    left = results["left"]
    if not left.long_unhedged:
        return f"Nothing is left. {estimate}"
    coins, value = hedge_tables.coin(left.coins), hedge_tables.usd(left.value)
    return f"Left long, unhedged: {coins} coin, {value} USD at that price. {estimate}"


@hedge.command(
    short_help="Hedge by beta, from two CSV files.", epilog=_example("beta sol.csv btc.csv --value 25000")
)
@click.argument("asset", type=click.Path(path_type=Path))
@click.argument("instrument", type=click.Path(path_type=Path))
@_number("--value", "USD", "Value of the asset held.")
@_AS_JSON
def beta(asset: Path, instrument: Path, value: float, as_json: bool) -> None:
    """Beta of an asset on what hedges it, from two CSV files of closes, and the notional that follows.

    Each file has a date (2026-02-27) and a close a line, or a heading with the columns `date` and `close`;
    returns are taken between consecutive dates that both files have.
    """
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415
    from ivts_site.pipeline.closes_csv import load_closes  # noqa: PLC0415 (few commands read files)

    first, second = load_closes(asset), load_closes(instrument)
    names = {"asset_returns": f"returns of {asset}", "instrument_returns": f"returns of {instrument}"}
    with _by_option(instrument=f"{asset} and {instrument}", **names):
        pairs = lab.pair_closes(asset=_dated(first), instrument=_dated(second))
        found = lab.hedge_beta(
            asset_returns=lab.simple_returns(closes=pairs.asset),
            instrument_returns=lab.simple_returns(closes=pairs.instrument),
            value=value,
        )
    given = {
        "asset": str(asset), "instrument": str(instrument), "value": value, "first_date": pairs.dates[0],
        "last_date": pairs.dates[-1], "n_dates": len(pairs.dates), "n_unshared": pairs.n_unpaired,
    }  # fmt: skip
    _print(given, {"beta": found}, as_json=as_json)
    if not as_json:
        span = f"{pairs.dates[0]} to {pairs.dates[-1]}"
        click.echo(f"\n{len(pairs.dates)} shared dates, {span}; {pairs.n_unpaired} in one file only")


def _dated(closes: Mapping[Any, float]) -> list[tuple[str, float]]:
    return [(day.isoformat(), close) for day, close in closes.items()]


@contextmanager
def _by_option(**names: str) -> Iterator[None]:
    """Name the option in place of the calculator's input; `names` holds those that are called otherwise."""
    try:
        yield
    except HedgeInputError as error:
        name = names.get(error.field, error.field)
        option = name if " " in name else f"--{name.replace('_', '-')}"
        raise UsageError(f"{option}: {error.message}") from error


def _print(given: Mapping[str, Any], results: Mapping[str, Any], *, as_json: bool) -> None:
    click.echo(hedge_tables.as_json(given, results) if as_json else hedge_tables.as_lines(results))
