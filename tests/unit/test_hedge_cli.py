"""`ivts-site hedge`: the worked values, tables and JSON, files of closes, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from tests.command import ivts
from tests.docs.reference import DOCS

from ivts_site.cli import cli
from ivts_site.cli.hedge import hedge

COMMANDS = sorted(hedge.commands)
ASSET = [100.0, 102.0, 101.0, 104.0, 103.0]
INSTRUMENT = [50.0, 50.5, 50.2, 51.4, 51.1]
DAYS = ["2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"]


def run(line: str) -> dict[str, Any]:
    """Run a command with `--json` and parse what it prints."""
    result = ivts("hedge", *shlex.split(line), "--json")
    assert (result.code, result.err) == (0, "")
    printed: dict[str, Any] = json.loads(result.out, parse_constant=pytest.fail)
    return printed


def lines(command: str) -> str:
    """Run a command and return its text, blanks folded."""
    result = ivts("hedge", *shlex.split(command))
    assert (result.code, result.err) == (0, "")
    return re.sub(r"[ \t]+", " ", result.out)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files of closes: one with a heading and further columns, one bare; each has a date of its own."""
    asset, instrument = tmp_path / "asset.csv", tmp_path / "instrument.csv"
    rows = [f"{day},1,{close}" for day, close in zip(DAYS, ASSET, strict=True)]
    asset.write_text("\n".join(["\ufeffDate,Open, Close", "2026-02-20,1,7", *reversed(rows), ""]), "utf-8")
    rows = [f"{day},{close}" for day, close in zip(DAYS, INSTRUMENT, strict=True)]
    instrument.write_text("\r\n".join(["2026-03-02,9", *rows, "", ""]), "utf-8")
    return asset, instrument


# ------------------------------------------------------------------ worked values


def test_the_drift_example() -> None:
    """One coin, half hedged at 100,000, price doubled: 100,000 exposed, not 150,000; sell 25,000 more."""
    command = "size --spot-value 100000 --hedge 0.5 --entry 100000 --price 200000"
    found = run(command)
    assert found["size"]["contracts"] == 50000
    assert found["position"]["net_exposure"] == 100_000
    assert found["position"]["entry_formula"] == 150_000
    assert found["drift"]["trade"] == 25_000
    text = lines(command)
    assert "net exposure 100,000.00 USD" in text
    assert "sell (+) or buy (−) +25,000.00 USD" in text


def test_the_textbook_falls() -> None:
    """10,000 of coin falls by 20 %: nothing is lost fully hedged, 1,000 half hedged, 2,000 unhedged."""
    table = run("scenario --spot-value 10000 --entry 2500 --move -0.2")["scenarios"]
    assert table["hedges"] == [0, 0.5, 1]
    assert table["change"] == [[-2000], [-1000], [0]]
    shown = lines("scenario --spot-value 10000 --entry 2500 --hedge 0.5 --hedge 1 --move -0.2")
    assert "−20% 2,000.00 8,000.00 9,000.00 −1,000.00 10,000.00 0.00" in shown


def test_scenarios_without_moves_are_the_usual_table() -> None:
    """−50 % to +100 % in tenths."""
    found = run("scenario --spot-value 1 --entry 1")["scenarios"]
    assert found["moves"] == [-0.5, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    assert len(lines("scenario --spot-value 1 --entry 1").splitlines()) == 17


def test_the_funding_year() -> None:
    """0.01 % every 8 hours is 10.95 % a year; a long is charged what a short is credited."""
    found = run("funding --notional 10000 --price 2500 --rate 0.0001")["funding"]
    assert found["annual_simple"] == pytest.approx(0.1095, rel=1e-12)
    assert found["day_usd"] == pytest.approx(3)
    assert "a year, simple 10.95%" in lines("funding --notional 10000 --price 2500 --rate 0.0001")
    charged = run("funding --notional 10000 --price 2500 --rate 0.0001 --side long")["funding"]
    assert charged["year_coin"] == -found["year_coin"] == pytest.approx(-0.438)


def test_the_carry() -> None:
    """2 % in 90 days is 2 % · 365/90 = 8.11 % a year; two coin sold forward pay 102,000 at any price."""
    found = run("basis --spot 50000 --forward 51000 --days 90 --coins 2 --price 30000")
    assert found["basis"]["simple"] == pytest.approx(0.02 * 365 / 90)
    assert found["carry"]["notional"] == 102_000
    assert found["payoff"]["payoff"] == pytest.approx(102_000)
    assert set(run("basis --spot 50000 --forward 51000 --days 90")) == {"given", "basis"}


def test_a_premium_stands_in_for_the_forward() -> None:
    """5 % a year over 90 days: 50,000 · (1 + 0.05 · 90/365) = 50,616.44; fees are back in 7.3 days."""
    line = "basis --spot 50000 --premium 0.05 --days 90 --coins 2 --hedge 0.5 --face 10 --fee 0.0005"
    found = run(line)
    assert found["given"]["forward"] == pytest.approx(50_616.438, abs=1e-3)
    assert found["basis"]["simple"] == pytest.approx(0.05)
    assert found["carry"]["contracts"] == 5062  # half of 2 · 50,616.44, in tens
    assert found["fees"]["break_even_days"] == pytest.approx(2 * 0.0005 * 365 / 0.05)
    assert "days to earn fees back 7.3000" in lines(line)


def test_an_open_hedge_is_measured_against_spot_now() -> None:
    """61,000 against 60,000 now in 90 days: 1.67 %, 6.8 % a year; never 89 %, against an entry of 50,000."""
    found = run("basis --spot 60000 --forward 61000 --days 90")["basis"]
    assert (round(found["basis"], 4), round(found["simple"], 3)) == (0.0167, 0.068)


def test_fills_make_one_position() -> None:
    """30,000 at 61,000 and 40,000 at 61,500 average 61,284.7; half hedged again, in whole contracts."""
    line = "position --fill 61000:30000 --fill 61500:40000 --coins 2 --price 62000 --hedge 0.5 --face 100"
    found = run(line)
    assert round(found["fills"]["entry"], 1) == 61284.7
    assert found["given"]["fills"] == [[61000, 30000], [61500, 40000]]
    # worth 62,000 · (2 − 1.14221) + 70,000 = 123,183; half is 61,591.5: 84 contracts of 100 are bought back
    assert found["drift"]["trade"] == -8400
    assert found["traded"]["notional"] == 61_600
    assert "average entry 61,284.71 USD" in lines(line)
    assert "traded" not in run("position --fill 61000:30000 --coins 2 --price 62000")


def test_the_liquidation_and_what_is_left() -> None:
    """50,000 at 10x with 0.5 %: 50,000 / 0.905; of one coin the 0.05 of margin are lost."""
    found = run("liquidation --entry 50000 --leverage 10 --maintenance 0.005 --notional 25000 --coins 1")
    assert found["liquidation"]["price"] == pytest.approx(50000 / 0.905)
    assert found["left"]["coins"] == pytest.approx(0.95)
    assert found["left"]["long_unhedged"] is True
    text = lines("liquidation --entry 50000 --leverage 10 --maintenance 0.005 --notional 25000 --coins 1")
    assert "liquidation price 55,248.62 USD" in text
    assert "Left long, unhedged: 0.95000000 coin, 52,486.19 USD" in text
    alone = lines("liquidation --entry 50000 --leverage 10 --maintenance 0.005")
    assert "An estimate" in alone
    assert "Left" not in alone


def test_a_covered_short_is_never_liquidated() -> None:
    """Cross with two coin for 100,000 at 50,000: null, and said; with one coin 100,000 · 0.995 / (2 − 1)."""
    command = "liquidation --entry 50000 --cross --notional 100000 --coins {} --maintenance 0.005"
    found = run(command.format(2))
    assert found["liquidation"] == {"liquidates": False, "price": None, "distance": None}
    assert "left" not in found
    assert "Never liquidated" in lines(command.format(2))
    part = run(command.format(1))
    assert part["liquidation"]["price"] == pytest.approx(99_500)
    assert part["left"]["coins"] == 0
    assert "Nothing is left." in lines(command.format(1))


@pytest.mark.parametrize(
    ("line", "price"),
    [
        # 15,000,000 · 0.875 / (300 − 100 − 11.605)
        (
            "--entry 50000 --cross --notional 15000000 --coins 100 --maintenance 0.125 "
            "--maintenance-amount 11.605",
            "69,667.45",
        ),
        # 10,000 · 1.00075 / (1.25 + 0.5 − 0.00625), and 1.0006
        (
            "--entry 8000 --cross --notional 10000 --coins 0.5 --maintenance 0.005 --maintenance-on entry "
            "--side long --fee 0.00075",
            "5,739.07",
        ),
        (
            "--entry 8000 --cross --notional 10000 --coins 0.5 --maintenance 0.005 --maintenance-on entry "
            "--side long --fee 0.0006",
            "5,738.21",
        ),
        ("--entry 50000 --leverage 10 --maintenance 0.005 --maintenance-on mark", "55,277.78"),
        ("--entry 50000 --leverage 1 --maintenance 0.005", "10,000,000.00"),
    ],
)
def test_fees_and_amounts_of_venues(line: str, price: str) -> None:
    """Each worked out by hand in the comment above it."""
    assert f"liquidation price {price} USD" in lines(f"liquidation {line}")


def test_tiers_from_a_file(tmp_path: Path) -> None:
    """A heading, three tiers, the last open; the size in coin picks, and falls as the price rises."""
    file = tmp_path / "tiers.csv"
    file.write_text("size,rate,amount\n50,0.01,0\n250,0.02,0.5\n,0.1,20.5\n", "utf-8")
    line = f"liquidation --entry 50000 --cross --notional 15000000 --coins 110 --tiers {file}"
    # 300 coin at the entry; at 15,000,000 · 0.98 / (300 − 110 − 0.5) = 77,572 they are 193 and one tier lower
    assert run(line)["liquidation"]["price"] == pytest.approx(77_572.56, abs=0.01)
    file.write_text("50,0.01\n40,0.02\n", "utf-8")
    refused = ivts("hedge", *line.split())
    assert (refused.code, f"{file}, tiers: must have sizes that rise" in refused.err) == (2, True)
    file.write_text("size,rate\n50,x\n", "utf-8")
    assert f"{file}, line 2: is not a size, a rate and an amount: 50,x" in ivts("hedge", *line.split()).err
    assert "No such file" in ivts("hedge", *line.replace("tiers.csv", "none.csv").split()).err


def test_the_distance_from_now_and_the_alerts() -> None:
    """55,248.62 is 6.2 % above 52,000; 2 % before it is 55,248.62 / 1.02 = 54,165."""
    line = "liquidation --entry 50000 --leverage 10 --maintenance 0.005 --price 52000"
    found = run(line)
    assert found["now"]["distance_now"] == pytest.approx(0.062473, abs=1e-6)
    assert found["alerts"]["alert_2"] == pytest.approx(54_165.31, abs=0.01)
    assert "from the price now +6.25" in lines(line)


def test_beta_of_two_files(files: tuple[Path, Path]) -> None:
    """Dates that only one file has count for nothing; beta as of numpy's least squares."""
    import numpy as np

    asset, instrument = files
    found = run(f"beta {asset} {instrument} --value 25000")
    y, x = (np.diff(v) / np.array(v[:-1]) for v in (ASSET, INSTRUMENT))
    slope, _ = np.polyfit(x, y, 1)
    assert found["beta"]["beta"] == pytest.approx(slope, rel=1e-9)
    assert found["beta"]["notional"] == pytest.approx(slope * 25000, rel=1e-9)
    assert found["beta"]["n"] == 4
    assert (found["given"]["n_dates"], found["given"]["n_unshared"]) == (5, 2)
    text = lines(f"beta {asset} {instrument} --value 25000")
    assert "5 shared dates, 2026-02-23 to 2026-02-27; 2 in one file only" in text
    itself = run(f"beta {asset} {asset} --value 1")["beta"]
    assert (itself["beta"], itself["r_squared"]) == (pytest.approx(1), pytest.approx(1))


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("size --spot-value 0 --hedge 0.5 --entry 1", "--spot-value: must be above 0"),
        ("size --spot-value 1 --hedge 1.5 --entry 1", "--hedge: must be between 0 and 1"),
        ("size --spot-value 1 --hedge -0.5 --entry 1", "--hedge: must be between 0 and 1"),
        ("size --spot-value 1 --hedge 0.5 --entry nan", "--entry: must be a finite number"),
        ("size --spot-value 1 --hedge 0.5 --entry 1 --leverage 0.5", "--leverage: must be 1 or above"),
        ("size --spot-value 1 --hedge 0.5 --entry 1 --price -1", "--price: must be above 0"),
        (
            "size --spot-value 9 --hedge 2 --entry 1 --leverage 2 --price 9 --allow-outside",
            "--price: must leave coin",
        ),
        ("scenario --spot-value 1 --entry 1 --move -1", "--move: must be above -1"),
        ("scenario --spot-value 1 --entry 1 --hedge 2", "--hedge: must be between 0 and 1"),
        ("funding --notional -1 --price 1 --rate 0", "--notional: must be 0 or above"),
        ("funding --notional 1 --price 1 --rate 2", "--rate: must be between -1 and 1"),
        ("funding --notional 1 --price 1 --rate 0 --interval-hours 0", "--interval-hours: must be above 0"),
        ("basis --spot 1 --forward inf --days 1", "--forward: must be a finite number"),
        ("basis --spot 1 --forward 1 --days 0", "--days: must be above 0"),
        ("basis --spot 1 --forward 1 --days 1 --price 1", "--price: needs --coins"),
        ("basis --spot 1 --days 1", "--forward, --premium: give one of them"),
        ("basis --spot 1 --forward 1 --premium 0.1 --days 1", "--forward, --premium: give one of them"),
        ("basis --spot 1 --premium -9 --days 300", "--premium: must leave the future a price above 0"),
        ("position --fill 1 --coins 1 --price 1", "--fill: '1' is not PRICE:NOTIONAL"),
        ("position --fill 0:1 --coins 1 --price 1", "--fill: must be above 0"),
        ("position --fill 1:1 --coins 1 --price 1 --hedge 2", "--hedge: must be between 0 and 1"),
        ("size --spot-value 10000 --hedge 1.5 --entry 2500 --allow-outside", "--leverage: must be higher"),
        (
            "liquidation --entry 1 --leverage 10 --maintenance 0.1",
            "--leverage: must be more than maintenance and closing fee at the entry",
        ),
        ("liquidation --entry 1 --leverage 10", "--maintenance, --tiers: give one of them"),
        (
            "liquidation --entry 1 --leverage 10 --maintenance 0.01 --maintenance-amount 1",
            "--notional: is needed where the maintenance depends on the size",
        ),
        (
            "liquidation --entry 1 --leverage 10 --maintenance 0.01 --price 0",
            "--price: must be above 0",
        ),
        ("liquidation --entry 1 --leverage 0 --maintenance 0.1", "--leverage: must be 1 or above"),
        ("liquidation --entry 1 --maintenance 0.1", "--leverage: is needed"),
        (
            "liquidation --entry 1 --maintenance 0.1 --cross --coins 1",
            "--cross: needs --notional and --coins",
        ),
        (
            "liquidation --entry 1 --leverage 2 --maintenance 0.1 --notional 9 --coins 1",
            "--leverage: must not be more coin than is held",
        ),
        ("size --spot-value ten --hedge 0.5 --entry 1", "'--spot-value': 'ten' is not a valid float"),
        ("size --spot-value 1 --hedge 0.5", "Missing option '--entry'"),
        ("liquidation --entry 1 --leverage 2 --maintenance 0 --side both", "'--side': 'both' is not one of"),
    ],
)
def test_bad_input_ends_with_2_and_its_name(line: str, says: str) -> None:
    """Nothing is printed but the message."""
    result = ivts("hedge", *shlex.split(line))
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_what_lies_outside_can_be_allowed() -> None:
    """A hedge of 150 % leaves the holder short by half; one below zero adds to the exposure."""
    short = run("size --spot-value 1000 --hedge 1.5 --entry 10 --leverage 2 --allow-outside --price 11")
    assert short["size"]["net_exposure"] == -500
    assert short["drift"]["trade"] != 0
    long = "size --spot-value 1000 --hedge -0.5 --entry 10 --allow-outside"
    assert run(long)["size"]["contracts"] == -500
    assert re.search(r"contracts to buy +500$", ivts("hedge", *long.split()).out, re.MULTILINE)


def test_zeros_of_coin_are_written_out() -> None:
    """A wallet that is lost whole leaves 0 coin: eight zeros, no power of ten."""
    line = "liquidation --entry 50000 --cross --maintenance 0.01 --notional 100000 --coins 1.5"
    out = ivts("hedge", *line.split()).out
    # 100,000 · 0.99 / (2 − 1.5) = 198,000
    assert re.search(r"liquidation price +198,000\.00 USD", out)
    assert re.search(r"coin left +0\.00000000 coin", out)
    assert "Nothing is left." in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no closes"),
        ("date,close\n", "holds no closes"),
        ("day,price\n2026-02-23,1\n", "line 1: has no columns named `date` and `close`"),
        ("2026-02-23,1\n2026-02-24\n", "line 2: has no date and close"),
        ("date,close\n2026-02-23,1\n24.2.2026,2\n", "line 3: '24.2.2026' is not a date"),
        ("2026-02-23,1\n\n2026-02-24,zero\n", "line 3: close 'zero' is not a number above 0"),
        ("2026-02-23,1\n2026-02-24,nan\n", "line 2: close 'nan' is not a number above 0"),
        ("2026-02-23,0\n", "line 1: close '0' is not a number above 0"),
        ("2026-02-23,1\n2026-02-23,2\n", "line 2: 2026-02-23 appears twice"),
        (
            "2026-02-23,1\n2026-02-24,2\n2026-02-25,3\n",
            "shares 3 dates with the other; at least 4 are needed",
        ),
        ("".join(f"{day},5\n" for day in DAYS), "asset.csv: must vary"),
    ],
)
def test_files_that_are_not_closes(files: tuple[Path, Path], text: str, says: str) -> None:
    """The message names file and line."""
    asset, instrument = files
    asset.write_text(text, "utf-8")
    result = ivts("hedge", "beta", asset, instrument, "--value", 1)
    assert (result.code, result.out) == (2, "")
    assert str(asset) in result.err
    assert says in result.err


def test_files_that_cannot_be_read(files: tuple[Path, Path], tmp_path: Path) -> None:
    """A missing file and one that is no text say so."""
    asset, instrument = files
    missing = ivts("hedge", "beta", asset, tmp_path / "none.csv", "--value", 1)
    assert (missing.code, "none.csv: No such file" in missing.err) == (2, True)
    asset.write_bytes(b"2026-02-23,\xff\xfe")
    binary = ivts("hedge", "beta", asset, instrument, "--value", 1)
    assert (binary.code, "asset.csv: is no UTF-8 text" in binary.err) == (2, True)


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_complete(name: str) -> None:
    """Every option says what it is, every number in which unit, and the example runs."""
    command = hedge.commands[name]
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert all(option.help for option in options)
    assert all(option.metavar for option in options if option.type is click.FLOAT)
    example = re.search(r"ivts-site hedge (.*)", str(command.epilog))
    assert example is not None
    assert example[1].split()[0] == name
    if name != "beta":  # its files are the reader's
        assert ivts("hedge", *shlex.split(example[1])).code == 0


def test_the_seven_commands() -> None:
    """All that was promised, listed by `ivts-site --help`."""
    assert COMMANDS == ["basis", "beta", "funding", "liquidation", "position", "scenario", "size"]
    assert cli.commands["hedge"] is hedge
    assert "hedge" in ivts("--help").out


def test_the_readme_s_lines_give_what_they_say() -> None:
    """Each example of the reference runs, and its comment's number is in what it prints."""
    block = re.search(r"```sh\n(ivts-site hedge .*?)```", (DOCS / "commands.md").read_text("utf-8"), re.S)
    assert block is not None
    for line in block[1].splitlines():
        command, _, comment = line.partition("#")
        arguments = shlex.split(command)[1:]
        if arguments[1] != "beta":
            number = re.search(r"[\d,.]*\d", comment)
            assert number is not None
            assert number[0] in ivts(*arguments).out
