"""`ivts-site hedge`: the calculators of the hedge lab on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ivts_site.errors import HedgeInputError, UsageError

Option = Callable[[Any], Any]

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON at full precision.")
_ALLOW_OUTSIDE = click.option(
    "--allow-outside", is_flag=True, help="Allow hedge factors below 0 and above 1: adding to, or net short."
)
_SIDE = click.option(
    "--side", type=click.Choice(["short", "long"]), default="short", show_default=True, help="The position."
)


def _number(name: str, unit: str, text: str, **more: Any) -> Option:
    """Make an option that takes a number in a unit; required unless it has a default."""
    if "default" in more:
        return click.option(name, type=float, metavar=unit, help=text, show_default=True, **more)
    return click.option(name, type=float, metavar=unit, help=text, **{"required": True, **more})


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
@_number("--spot-value", "USD", "Value of the coin held, at the entry price.")
@_number("--hedge", "SHARE", "Share of it to hedge, 0 to 1.")
@_number("--entry", "USD", "Price at which the short is sold, per coin.")
@_number("--leverage", "TIMES", "Leverage of the short, at least 1.", default=1.0)
@_number("--face", "USD", "Face of a contract.", default=1.0)
@click.option(
    "--rounding",
    type=click.Choice(["nearest", "down", "up"]),
    default="nearest",
    show_default=True,
    help="To whole contracts.",
)
@_number(
    "--price",
    "USD",
    "Price now, per coin: adds the drift and the trade that restores the hedge.",
    required=False,
)
@_ALLOW_OUTSIDE
@_AS_JSON
def size(price: float | None, allow_outside: bool, as_json: bool, **given: Any) -> None:
    """Size a short: notional, contracts, coin margin, net exposure; its drift where a price is given."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415 (numpy, which `--help` does without)

    with _by_option(target="hedge"):
        sized = lab.size_hedge(**given, allow_outside=allow_outside)
        results: dict[str, Any] = {"size": sized}
        if price is not None:
            held = {"coins": sized.coins, "notional": sized.notional, "entry": given["entry"], "price": price}
            results["position"] = lab.measure_position(**held)
            results["drift"] = lab.measure_drift(**held, target=given["hedge"], allow_outside=True)
    _print({**given, "price": price, "allow_outside": allow_outside}, results, as_json=as_json)


@hedge.command(
    short_help="Value after moves of the price.",
    epilog=_example("scenario --spot-value 10000 --entry 2500 --hedge 0.5 --hedge 1 --move -0.2"),
)
@_number("--spot-value", "USD", "Value of the coin held, at the entry price.")
@_number("--entry", "USD", "Price at which the short is sold, per coin.")
@_number(
    "--hedge",
    "SHARE",
    "Hedge factor, 0 to 1; may be repeated.  [default: 0, 0.5, 1]",
    multiple=True,
    required=False,
)
@_number(
    "--move",
    "SHARE",
    "Move of the price from the entry, above -1; may be repeated.  [default: -0.5 to 1 in tenths]",
    multiple=True,
    required=False,
)
@_ALLOW_OUTSIDE
@_AS_JSON
def scenario(hedge: tuple[float, ...], move: tuple[float, ...], as_json: bool, **given: Any) -> None:
    """Value of coin and short after moves of the price, under one hedge factor or several."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415
    from ivts_site.cli.hedge_tables import scenario_lines  # noqa: PLC0415

    given |= {"hedges": hedge or lab.HEDGES, "moves": move or lab.MOVES}
    with _by_option(hedges="hedge", moves="move"):
        table = lab.build_scenarios(**given)
    if as_json:
        _print(given, {"scenarios": table}, as_json=True)
    else:
        click.echo(scenario_lines(table))


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
    short_help="Basis a year; cash-and-carry.",
    epilog=_example("basis --spot 50000 --forward 51000 --days 90 --coins 2"),
)
@_number("--spot", "USD", "Spot price, per coin.")
@_number("--forward", "USD", "Price of the dated future, per coin.")
@_number("--days", "DAYS", "Calendar days to its expiry.")
@_number("--coins", "COIN", "Coin held: adds the carry that sells its forward value.", required=False)
@_number("--price", "USD", "Settlement price at the expiry: adds what the carry pays.", required=False)
@_AS_JSON
def basis(coins: float | None, price: float | None, as_json: bool, **given: Any) -> None:
    """Basis of a dated future as a rate a year in three conventions; a cash-and-carry with it."""
    from ivts_site.analytics import hedge as lab  # noqa: PLC0415

    if price is not None and coins is None:
        raise UsageError("--price: needs --coins, the coin held until the expiry")
    with _by_option():
        results: dict[str, Any] = {"basis": lab.measure_basis(**given)}
        if coins is not None:
            carry = lab.size_carry(**given, coins=coins)
            results["carry"] = carry
            if price is not None:
                results["payoff"] = lab.carry_payoff(
                    coins=coins, notional=carry.notional, forward=given["forward"], price=price
                )
    _print({**given, "coins": coins, "price": price}, results, as_json=as_json)


@hedge.command(
    short_help="Liquidation price; what is left.",
    epilog=_example("liquidation --entry 50000 --leverage 10 --maintenance 0.005"),
)
@_number("--entry", "USD", "Price at which the position was opened, per coin.")
@_number("--leverage", "TIMES", "Leverage of an isolated position, at least 1.", required=False)
@_number("--maintenance", "SHARE", "Maintenance margin as a share of the position, below 1 / leverage.")
@click.option(
    "--maintenance-on",
    type=click.Choice(["entry", "mark"]),
    help="Value that it is a share of.  [default: entry; mark with --cross]",
)
@click.option("--cross", is_flag=True, help="All coin held is the margin; asks for --notional and --coins.")
@_number("--notional", "USD", "Notional of the position; with --coins adds what is left.", required=False)
@_number("--coins", "COIN", "All coin held, the margin included.", required=False)
@_SIDE
@_AS_JSON
def liquidation(cross: bool, as_json: bool, **given: Any) -> None:
    """Liquidation price of an inverse position, an estimate, and what its holder is left with."""
    from ivts_site.cli.hedge_liquidation import measure, sentence  # noqa: PLC0415

    with _by_option(held="coins", margin="--notional (its margin)"):
        results = measure(cross=cross, **given)
    _print({**given, "cross": cross}, results, as_json=as_json)
    if not as_json:
        click.echo(f"\n{sentence(results, side=given['side'])}")


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
    from ivts_site.pipeline.closes_csv import join_closes, load_closes  # noqa: PLC0415

    first, second = load_closes(asset), load_closes(instrument)
    days, of_asset, of_instrument = join_closes(first, second)
    if len(days) < 4:
        raise UsageError(f"{asset} and {instrument}: share {len(days)} dates; at least 4 are needed")
    with _by_option(asset_returns=f"returns of {asset}", instrument_returns=f"returns of {instrument}"):
        found = lab.hedge_beta(
            asset_returns=lab.simple_returns(closes=of_asset),
            instrument_returns=lab.simple_returns(closes=of_instrument),
            value=value,
        )
    given = {
        "asset": str(asset),
        "instrument": str(instrument),
        "value": value,
        "first_date": days[0].isoformat(),
        "last_date": days[-1].isoformat(),
        "n_dates": len(days),
        "n_unshared": len(first.keys() ^ second.keys()),
    }
    _print(given, {"beta": found}, as_json=as_json)
    if not as_json:
        click.echo(
            f"\n{len(days)} shared dates, {days[0]} to {days[-1]}; {given['n_unshared']} in one file only"
        )


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
    from ivts_site.cli import hedge_tables  # noqa: PLC0415

    click.echo(hedge_tables.as_json(given, results) if as_json else hedge_tables.as_lines(results))
