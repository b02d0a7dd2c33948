"""The hedge lab as worded and rendered: worked cases by hand, the browser's words, the frame, markup."""

from __future__ import annotations

import dataclasses
import gzip
import json
import random
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rcssmin
import rjsmin
from tests import research_page as made
from tests.markup import Node, Page, parse
from tests.panels import analyse_ratios
from tests.view_states import ASSETS, TEMPLATES, content, core_of, state

from ivts_site.content import Content, substitute_facts
from ivts_site.content.lab import TOKEN, Lab, Option
from ivts_site.errors import HedgeInputError
from ivts_site.model import Asset
from ivts_site.pipeline.hedge import hedge_lab, lay_out_lab
from ivts_site.publish.assets import PAGE_SCRIPTS
from ivts_site.published.overlay import Overlay
from ivts_site.render import Page as RenderPage
from ivts_site.render import build_renderer
from ivts_site.words.hedge import overlay_words
from ivts_site.words.lab import (
    Sheet,
    choose,
    fill_tokens,
    holds,
    look_up,
    starts_of,
    work_out,
    write_number,
)
from ivts_site.words.research import research_stats

ROOT = Path(__file__).parents[2]
KB = 1000
LabContext = dict[str, Any]
"""What the template reads, and the site that it reads beside it."""
EVIL = "</title></script><script>alert(1)</script><x-evil onclick=alert(1)>\"'& onmouseover='alert(1)"
NAMES = {
    "id",
    "name",
    "panel",
    "start",
    "low",
    "high",
    "step",
    "inputs",
    "more",
    "when",
    "on",
    "read",
    "maintenance",
    "slope",
    "face",
    "zeros",
    "flags",
}
"""Keys of the texts that are no words."""
LAB = content().lab
STARTS = starts_of(LAB)
PANELS = {panel.id: panel for panel in LAB.panels}
CLOSE = next(case for case in LAB.cases if case.id == "case-close").inputs
GONE = next(case for case in LAB.cases if case.id == "case-gone").inputs


def worked(**inputs: str) -> Sheet:
    """The start with some inputs changed."""
    return work_out(STARTS | inputs, LAB)


def headline(**inputs: str) -> str:
    """What the page says first."""
    return choose(LAB.hero, worked(**inputs).numbers)


def finding(panel: str, **inputs: str) -> str:
    """The heading of a panel."""
    return choose(PANELS[panel].finding, worked(**inputs).numbers)


def figures(**inputs: str) -> list[str]:
    """The figures that stay in view."""
    numbers = worked(**inputs).numbers
    return [choose(figure.shows, numbers).replace("\u00a0", " ") for figure in LAB.strip]


def sheet(name: str, **inputs: str) -> list[list[str]]:
    """A table as it is shown."""
    found = worked(**inputs)
    table = next(t for panel in LAB.panels for t in panel.tables if t.name == name)
    return [
        [fill_tokens(column.cell, row).replace("\u00a0", " ") for column in table.columns]
        for row in found.rows[name]
    ]


def lab_of(name: str, overlay: Overlay | None = None, words: Content | None = None) -> LabContext:
    """The page of a snapshot."""
    core = dataclasses.replace(
        core_of(state(name), words=words),
        research=made.research(overlay=overlay),
        analysis=analyse_ratios([0.9, 1.1, 0.95]),
    )
    return {"site": core.site} | lay_out_lab(core, hedge_lab(core))


def html_of(view: LabContext) -> str:
    """The page as HTML."""
    own = dict(view)
    site = own.pop("site")
    assets = ASSETS | {name: Asset(path=f"assets/{name}", integrity="") for name in ("lab.css", "lab.js")}
    page = RenderPage(path="hedge/", template="hedge.html", make=lambda: own)
    return build_renderer(TEMPLATES, assets, site)(page).decode()


@pytest.fixture(scope="module")
def page() -> Node:
    """The page as a tree."""
    return parse(html_of(lab_of("contango-long")))


def section(page: Node, id_: str) -> Node:
    """A section by its id."""
    return next(part for part in page.all("section") if part.attributes.get("id") == id_)


# ---------------------------------------------------------------- the article's scenarios, by hand


def test_half_a_hedge_down_a_fifth() -> None:
    """4 coin · −500 = −2,000; short 5,000 · (1/2,000 − 1/2,500) = 0.5 coin = 1,000: −1,000 in all."""
    assert headline() == "If ether falls 20%, you lose $1,000 instead of $2,000"
    assert figures() == ["$10,000", "50%", "never"]
    row = next(line for line in sheet("scenarios") if line[0] == "−20%")
    assert row == ["−20%", "2,000", "$9,000", "−$1,000", "+$1,000", "−$2,000"]


def test_a_full_hedge_loses_nothing() -> None:
    """10,000 sold: the fall is offset in full, and so is the rise; the hedge does not drift."""
    full = {"notional": "10000", "target": "100"}
    assert headline(**full) == "If ether falls 20%, you lose nothing instead of $2,000"
    assert figures(**full) == ["$10,000", "0%", "never"]
    assert finding("scen", **full) == "A doubling would bring you nothing instead of $10,000"
    assert finding("drift", **full) == "After a 20% fall you are still 0% exposed"


def test_a_hedge_that_drifted() -> None:
    """1 coin, 50,000 sold at 100,000, now 200,000: of 150,000, 100,000 are exposed; half asks for 25,000."""
    drifted = {
        "asset": "btc",
        "hold": "1",
        "notional": "50000",
        "entry": "100000",
        "price": "200000",
        "face": "1",
    }
    assert figures(**drifted)[:2] == ["$150,000", "67%"]
    assert finding("drift", **drifted) == "You are 67% exposed, not 50%; sell $25,000 more to hedge 50%"


def test_ten_times_leverage() -> None:
    """50,000 / (1 − 0.1 + 0.005) = 55,248.62, 10.5 % from an entry that is the price now; without fee."""
    thin = {
        "asset": "btc", "hold": "1", "notional": "50000", "entry": "50000", "price": "50000",
        "mode": "isolated",
        "leverage": "10", "on": "entry", "fee": "0",
    }  # fmt: skip
    assert figures(**thin)[2] == "▲ 10.5% up"
    assert fill_tokens("[now.liquidation:px], [now.coins_left:coin]", worked(**thin).numbers) == "55,249, 0.9"
    assert finding("liq", **thin) == "About a 56% chance of being closed within 30 days"


def test_close_to_the_edge() -> None:
    """Two fills average 63,993; at 10× the short closes 3.3 % up, and 0.2 more coin would make that 2 %."""
    assert headline(**CLOSE) == "Your hedge closes if bitcoin rises 3.3%"
    numbers = worked(**CLOSE).numbers
    # 60,000 · 0.9995 / (0.9376 · (0.9 + 0.005)) = 70,675
    assert (
        fill_tokens("[position.entry:px] [now.liquidation:px] [position.margin:coin]", numbers)
        == "63,993 70,675 0.0938"
    )
    assert choose(PANELS["liq"].second, numbers) == "0.2 BTC more margin cuts the chance to 2%"
    assert [row[0] for row in sheet("topups", **CLOSE)][:3] == ["nothing", "0.05 BTC", "0.1 BTC"]


def test_after_liquidation_every_headline_says_what_is_left() -> None:
    """2 − 0.0938 coin at 72,000 = 137,249, all exposed; nothing speaks of the short's result any more."""
    assert headline(**GONE) == "Your hedge is gone: 1.9062 bitcoin left, unhedged"
    assert figures(**GONE) == ["$137,249", "100%", "▲ passed"]
    found = [finding(panel, **GONE) for panel in ("scen", "drift", "liq", "fund", "lin")]
    assert found[0] == "A 20% fall from here costs $27,450; nothing offsets it"
    assert found[1] == "You are 100% exposed; selling $68,624 hedges 50% again"
    assert found[2] == "It closed at 70,675, 10.4% above your average entry"
    assert found[3] == "Nothing is paid any more; a new hedge of 50% would be paid $21 a day"
    assert sheet("lost", **GONE)[2] == ["Coin left, unhedged", "1.9062", "$137,249"]


def test_the_distance_shown_is_from_the_price_now() -> None:
    """Entry 50,000, price 90,000, 2.2×, 0.5 % of the entry value: 90,834 is 0.9 % away."""
    far = {
        "asset": "btc", "hold": "1", "notional": "50000", "entry": "50000", "price": "90000",
        "mode": "isolated",
        "leverage": "2.2", "on": "entry", "fee": "0",
    }  # fmt: skip
    assert figures(**far)[2] == "▲ 0.9% up"


def test_another_coin() -> None:
    """10,000 of beta 1.8, margin bought: none at 1×; 20,000 at 10×, for a beta value of 18,000."""
    altcoin = {"value": "10000", "beta": "1.8"}
    assert finding("coin", **altcoin, times="1") == (
        "At 1× no hedge is possible with margin that you have to buy"
    )
    assert finding("coin", **altcoin, times="10") == (
        "To neutralize $10,000 of a coin with beta 1.8, sell $20,000 of bitcoin futures"
    )
    assert (
        fill_tokens("[sized.exposure:usd] [sized.margin:usd]", worked(**altcoin).numbers) == "$18,000 $2,000"
    )


def test_the_basis_is_against_the_price_now() -> None:
    """Entered at 50,000, now 60,000, future 61,000 in 90 days: 6.8 % a year, not 89 %."""
    opened = {
        "asset": "btc",
        "hold": "1",
        "entry": "50000",
        "price": "60000",
        "notional": "25000",
        "forward": "61000",
    }
    assert finding("basis", **opened).startswith("A future 90 days out, at 6.8% a year, locks in")
    assert sheet("basis", **opened)[2] == ["Above spot now", "+1.67%", "–"]


def test_margin_that_is_not_held_is_refused_at_every_leverage() -> None:
    """150 % of 4 coin at 1× asks for 6 coin; cross, more than is held."""
    over = {"notional": "15000", "mode": "isolated", "leverage": "1"}
    with pytest.raises(HedgeInputError, match="margin: must not be more coin than is held"):
        worked(**over)
    with pytest.raises(HedgeInputError, match="margin: must not be more coin than is held"):
        worked(margin="5")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"rate": "-0.01"}, "At −0.01% every 8 hours your short costs $1.50 a day"),
        ({"rate": "0"}, "At a rate of zero nothing is paid"),
        ({"contract": "dated"}, "A dated future has no funding; a perpetual would be paid $1.50 a day"),
        ({"notional": "0"}, "Nothing is sold, so nothing is paid"),
    ],
)
def test_funding_is_told_for_what_it_is(inputs: dict[str, str], said: str) -> None:
    """0.01 % of 5,000 three times a day is 1.50, paid or received."""
    assert finding("fund", **inputs) == said


def test_never_is_said_with_its_reason() -> None:
    """2 coin cover 5,000 at 2,500; a short that pays has its funding set aside first."""
    paying = worked(rate="-0.01", margin="2.5").numbers
    assert finding("liq") == "No price closes this hedge while 2 ETH stay as margin"
    assert "0.018 of it set aside for 30 days of funding" in choose(PANELS["liq"].lead, paying)
    assert figures(rate="-0.01", margin="2")[2].startswith("▲")  # then it is not never any more


def test_no_trade_below_one_contract() -> None:
    """A contract of 30,000 is larger than the trade; the panel says so."""
    drifted = {"hold": "1", "notional": "50000", "entry": "100000", "price": "200000", "face": "30000"}
    assert "less than one contract would restore 50%" in finding("drift", **drifted)
    assert finding("drift", **drifted, rounding="up").endswith("sell $30,000 more to hedge 50%")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "usd", "$0"),
        (1234.5, "usd", "$1,235"),
        (-1234.0, "usd", "−$1,234"),
        (1.5, "usd", "$1.50"),
        (18.0, "usd", "$18"),
        (18.0, "usd2", "$18.00"),
        (12_345_678.0, "usd", "$12.35m"),
        (6e9, "usd", "$6bn"),
        (1e15, "usd", "$1.000e15"),
        (63993.31, "px", "63,993"),
        (2530.82, "px2", "2,530.82"),
        (2500.0, "px2", "2,500"),
        (0.00001234, "px", "0.00001234"),
        (0.09376, "coin", "0.0938"),
        (2.0, "coin", "2"),
        (0.00001234, "coin", "0.00001234"),
        (0.0001, "pct2", "0.01%"),
        (0.1095, "pct2", "10.95%"),
        (-0.2, "pct", "−20%"),
        (0.05, "pct1", "5%"),
        (0.033, "pct1", "3.3%"),
        (12345.0, "n", "12,345"),
        (1.4, "num", "1.4"),
        (10.0, "x", "10×"),
        (2.5, "x", "2.5×"),
    ],
)
def test_numbers_are_written_in_their_units(value: float, unit: str, text: str) -> None:
    """Whole dollars from twenty on, cents below; coin to four decimals; more where little would be left."""
    assert write_number(value, LAB.units[unit]) == text


def test_signs() -> None:
    """A plus on request, none on what rounds to zero, before the dollar."""
    assert write_number(5.0, LAB.units["usd"], "+") == "+$5"
    assert write_number(-5.0, LAB.units["usd"], "|") == "$5"
    assert [write_number(each, LAB.units["pct"], "+") for each in (0.0, 0.001, -0.001)] == ["0%"] * 3


def test_texts_are_chosen_by_what_holds() -> None:
    """Every condition named must hold, none with a mark before it may; the first text that fits counts."""
    word = (Option(when="n<5", text="below"), Option(text="is [n:usd]"))
    numbers = {"units": LAB.units, "a": True, "b": False, "n": 5.0, "word": word, "in": {"side": "long"}}
    met = ("", "a", "a !b", "!c", "n=5", "n>=5 n<=5", "!n<5", "in.side=long")
    assert [holds(when, numbers) for when in met] == [True] * len(met)
    unmet = ("b", "a b", "n<5", "n>5", "c<1", "c>=0", "in.side=short", "in.none")
    assert [holds(when, numbers) for when in unmet] == [False] * len(unmet)
    assert fill_tokens("[n:usd] [word] [none:usd] [in.side]", numbers) == "$5 is $5 – long"


def _texts(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in _texts(part, name)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part, key)]
    return [value] if isinstance(value, str) and key not in {"formula", "start"} else []


def told_names() -> set[str]:
    """Names of all numbers and flags that the lab's texts and conditions speak of."""
    tree = LAB.model_dump(mode="json")
    texts = (text for key in tree if key != "reads" for text in _texts(tree[key]))
    whens = [*re.findall(r'"when": "([^"]*)"', json.dumps(tree, default=str)), *LAB.flags.values()]
    conditions = {re.split("[<>=]", each.lstrip("!"))[0] for when in whens for each in when.split()}
    return conditions | {name for text in texts for name, *_ in TOKEN.findall(text)}


def test_every_token_and_flag_is_one_that_the_page_works_out() -> None:
    """Over positions of all kinds together: no text names what nobody works out."""
    states = [{}, CLOSE, GONE, {"notional": "0"}, {"closes": CLOSES, "btc": OTHERS}]
    found = [worked(**inputs) for inputs in states]
    known = [each.numbers for each in found] + [
        row for each in found for rows in each.rows.values() for row in rows
    ]
    missing = {name for name in told_names() if all(look_up(name, numbers) is None for numbers in known)}
    assert missing - {"forward", "tiers"} == set()  # fields that may be empty


def test_messages_of_the_calculators_are_theirs() -> None:
    """Each message put into the page's units is said by both implementations, word for word."""
    python = (ROOT / "src/ivts_site/analytics/hedge.py").read_text("utf-8")
    script = (ROOT / "static/js/hedge.js").read_text("utf-8")
    for message in LAB.messages:
        assert f'"{message}"' in python, message
        assert f"'{message}'" in script, message


# ---------------------------------------------------------------- the browser's words are the build's

PROGRAM = """
const fs = require('fs');
const still = () => {};
global.window = global;
global.location = { protocol: 'http:', hash: '' };
global.document = {
  documentElement: { dataset: {}, classList: { add: still } },
  querySelector: () => null,
  querySelectorAll: () => [],
  addEventListener: still,
};
for (const file of FILES) (0, eval)(fs.readFileSync(file, 'utf8'));
const { texts, cases } = JSON.parse(fs.readFileSync(0, 'utf8'));
ivtsLabText.setUnits(texts.units);
console.log(JSON.stringify(cases.map((given) => {
  const { numbers, rows, wrong } = ivtsLabWork.workOut(given, texts);
  const strip = wrong.pos ? [] : texts.strip.map(({ shows }) => ivtsLabText.choose(shows, numbers));
  const told = Object.entries(wrong).map(([panel, error]) => [panel, error.field, error.message]);
  return { numbers, rows, strip, wrong: told };
})));
"""


def in_the_script(cases: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What the page's scripts work out of some inputs, in one node process."""
    names = ("common", "hedge", "lab-text", "lab-work")
    files = json.dumps([str(ROOT / f"static/js/{name}.js") for name in names])
    own = {"names", "words", "strip", "units", "flags", "steps"}
    texts = LAB.model_dump(mode="json", include=own, exclude_defaults=True)
    texts["inputs"] = {entry.name: entry.model_dump(exclude_defaults=True) for entry in LAB.inputs}
    asked = json.dumps({"texts": texts, "cases": cases})
    program = ["node", "-e", PROGRAM.replace("FILES", files)]
    node = subprocess.run(program, input=asked, capture_output=True, text=True, timeout=60, check=False)
    assert node.returncode == 0, node.stderr
    return list(json.loads(node.stdout))


def anything(chance: random.Random) -> dict[str, str]:
    """Inputs of a position, within what people hold."""
    return STARTS | {
        "asset": chance.choice(["btc", "eth", "other"]),
        "hold": f"{chance.uniform(0.01, 20):.4f}",
        "notional": f"{chance.uniform(0, 60000):.0f}",
        "entry": f"{chance.uniform(500, 90000):.2f}",
        "price": f"{chance.uniform(500, 90000):.2f}",
        "mode": chance.choice(["isolated", "cross"]),
        "leverage": f"{chance.uniform(1, 30):.1f}",
        "on": chance.choice(["entry", "mark"]),
        "maintenance": f"{chance.uniform(0, 2):.2f}",
        "fee": f"{chance.uniform(0, 0.1):.3f}",
        "rate": f"{chance.uniform(-0.05, 0.05):.3f}",
        "contract": chance.choice(["perpetual", "dated"]),
        "target": str(chance.randrange(0, 101)),
        "move": str(chance.randrange(-50, 101)),
        "rounding": chance.choice(["down", "up", "nearest"]),
        "premium": f"{chance.uniform(-5, 20):.1f}",
        "times": str(chance.randrange(1, 20)),
        "beta": f"{chance.uniform(-1, 2):.2f}",
        "tiers": chance.choice(["", "1, 0.4, 0\n50, 1, 0.006\n, 5, 2.006"]),
    }


def camel(name: str) -> str:
    """A name as the script writes it."""
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), name)


def apart(found: Any, expected: Any, place: str = "") -> list[str]:
    """Where two results differ: words at all, numbers by more than 1e-12; each that the script has."""
    if dataclasses.is_dataclass(expected) and not isinstance(expected, type):
        expected = dataclasses.asdict(expected)
    if isinstance(expected, dict):
        named = {camel(name): each for name, each in expected.items()}
        there = named.keys() & found
        return [d for name in there for d in apart(found[name], named[name], f"{place}.{name}")]
    if isinstance(expected, list | tuple):
        pairs = enumerate(zip(found, expected, strict=True))
        return [d for i, (a, b) in pairs for d in apart(a, b, f"{place}[{i}]")]
    if found is None or isinstance(expected, str | bool | None) or isinstance(found, str | bool):
        return [] if found == expected else [f"{place}: {found!r} is not {expected!r}"]
    close = abs(found - expected) <= 1e-12 * max(abs(found), abs(expected), 1e-9)
    return [] if close else [f"{place}: {found!r} is not {expected!r}"]


CLOSES = "2026-02-23, 100\n2026-02-24, 103\n2026-02-25, 101\n2026-02-26, 104\n2026-02-27, 103"
OTHERS = "2026-02-23, 50\n2026-02-24, 50.8\n2026-02-25, 50.2\n2026-02-26, 51.3\n2026-02-27, 51\n2026-03-02, 9"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_every_figure_is_the_build_s_for_random_inputs() -> None:
    """Strip, numbers, words, flags and rows of 200 positions and all worked cases; refusals alike."""
    chance = random.Random(20261128)
    cases = [STARTS | case.inputs for case in LAB.cases if not case.asks]
    cases += [STARTS | {"closes": CLOSES, "btc": OTHERS}, *(anything(chance) for _ in range(200))]
    compared, told = 0, told_names()
    for given, found in zip(cases, in_the_script(cases), strict=True):
        refusals = [each[1:] for each in found["wrong"]]
        try:
            reference = work_out(given, LAB)
        except HedgeInputError as error:
            missing = [] if [error.field, error.message] in refusals else [error]
            assert missing == [], given
            continue
        assert found["wrong"] == [], given
        numbers = {n: v for n, v in reference.numbers.items() if n not in {"units", *LAB.words}}
        rows = {name: [row.maps[0] for row in rows] for name, rows in reference.rows.items()}
        assert apart(found["numbers"], numbers) == [], given
        assert apart(found["rows"], rows) == [], given
        assert found["rows"].keys() == {camel(name) for name in rows}
        known = {re.sub(r"\.\d+$", "", name) for name in told if look_up(name, numbers) is not None}
        assert {name for name in known if look_up(camel(name), found["numbers"]) is None} == set(), given
        assert found["strip"] == [choose(figure.shows, reference.numbers) for figure in LAB.strip]
        compared += 1
    assert compared >= 190


def test_beta_from_dated_closes() -> None:
    """Days are paired by date, the ninth close is left over; the slope is numpy's."""
    import numpy as np

    found = worked(closes=CLOSES, btc=OTHERS).numbers
    y, x = (np.diff(v) / np.array(v[:-1]) for v in ([100, 103, 101, 104, 103], [50, 50.8, 50.2, 51.3, 51]))
    slope, _ = np.polyfit(x, y, 1)
    assert found["beta"] == pytest.approx(slope)
    assert (found["measured"]["n"], found["measured"]["n_unpaired"]) == (4, 1)


# ---------------------------------------------------------------- the frame


def test_no_row_is_selected_for_today(page: Node) -> None:
    """Four rows with mood, range and reason; how often each would have been picked; the macro views."""
    frame = section(page, "frame")
    assert [node.attributes["id"] for node in frame.all("div", "fr") if "id" in node.attributes] == [
        condition.id for condition in content().hedge.conditions
    ]
    assert not re.search(
        r"aria-current|today</", html_of(lab_of("contango-long")).split('id="frame"')[1][:4000]
    )
    said = frame.text()
    # 0.9 and 0.95 are days 1 of contango, 1.1 one of backwardation
    assert (
        "Over 3 sessions, a rule based on the VIX curve would have picked post-crash recovery 67% of the "
        "time, bearish signals 33%"
    ) in said
    for words in ("fearful, heavy selling", "60% to 100%", "Interest rates", "Regulation", "Liquidity"):
        assert words in said
    places = {span.attributes.get("data-stat") for span in frame.all("span")}
    assert {
        "hedge.n_sessions",
        "hedge.conditions.0.share_selected",
        "hedge.conditions.0.hedge_high",
    } <= places


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((-0.2, 0.3), "did not beat a constant hedge of its size beyond chance"),
        ((0.1, 0.3), "beat a constant hedge of its size by more than chance explains"),
        ((-0.3, -0.1), "did worse than a constant hedge of its size"),
        (None, "had too few cases to tell"),
    ],
)
def test_the_overlay_is_told_in_one_honest_sentence(interval: Any, said: str) -> None:
    """Whatever the measured interval says; the tables stand on the research page alone."""
    usual = made.research().overlay
    assert usual is not None
    cost = usual.strategies[0].results[len(usual.strategies[0].results) // 2].cost
    difference = dataclasses.replace(
        usual.differences[0], other="constant", cost=cost, sharpe_interval=interval
    )
    overlay = dataclasses.replace(usual, differences=(difference,))
    stats = research_stats(made.research(overlay=overlay)).at("overlay")
    assert said in overlay_words(stats)
    shown = section(parse(html_of(lab_of("contango-long", overlay))), "frame")
    assert said in shown.text()
    assert shown.all("a")[0].attributes["href"].endswith("research/#overlay")
    assert len(shown.all("table")) == 1  # the macro views


def test_without_an_overlay_the_page_says_so(page: Node) -> None:
    """No number, no link."""
    assert "No rule has been tested on the stored closes." in section(page, "frame").text()


# ---------------------------------------------------------------- markup


@pytest.mark.parametrize("name", ["contango-long", "backwardation-first-day", "one-session", "sample"])
def test_the_page_is_well_formed(name: str) -> None:
    """Tags nest, ids are unique, what is pointed at exists, headings rise by one."""
    page = Page(html_of(lab_of(name, made.research().overlay)))
    assert page.faults == []
    assert [i for i, n in page.ids().items() if n > 1] == []
    assert set(page.references()) - set(page.ids()) == set()
    levels = page.heading_levels()
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_field_has_a_label_and_a_place_for_its_message(page: Node) -> None:
    """Once each; choices are a group with a legend, what is typed has a label and its message."""
    whole = Page(html_of(lab_of("contango-long")))
    labeled = {attributes.get("for") for tag, attributes in whole.tags if tag == "label"}
    kinds = {"input", "textarea", "select"}
    fields = [a for tag, a in whole.tags if tag in kinds and "data-input" in a]
    assert {a["data-input"] for a in fields} == {entry.name for entry in LAB.inputs}
    for a in fields:
        if a.get("type") == "radio":
            continue
        assert f"in-{a['data-input']}" in labeled
        if a.get("type") == "text":
            assert f"error-{a['data-input']}" in a["aria-describedby"].split()
    assert len(page.all("legend")) == sum(bool(entry.choices) for entry in LAB.inputs)


def test_the_page_opens_with_the_first_case_in_words(page: Node) -> None:
    """Headline, figures and all panels stand without a script; the other cases are told below."""
    assert page.all("h1")[0].text() == headline()
    strip = page.all("div", "lab-strip")[0]
    assert [figure.text() for figure in strip.all("dd")] == figures()
    for panel in LAB.panels:
        assert section(page, panel.id).all("h2")[0].text() == finding(panel.id)
    cases = page.all("section", "cases")[0].text()
    assert "Your hedge closes if bitcoin rises 3.3%" in cases
    assert "Your hedge is gone: 1.9062 bitcoin left, unhedged" in cases


def test_presets_say_what_was_read_and_when() -> None:
    """A venue's name comes with a day and a source; nothing is recommended."""
    for preset in LAB.presets:
        assert bool(preset.read) == bool(preset.source) == ("(" in preset.label)
        assert preset.on in {"entry", "mark"}
    assert "No venue is recommended" in LAB.preset_note
    assert not re.search(r"\b(best|cheapest|prefer|we recommend)\b", json.dumps(LAB.model_dump(mode="json")))


def test_texts_open_no_markup() -> None:
    """Hostile words in every text of the lab and of the frame come out as text."""
    tree = content().model_dump()
    hedge = _poisoned(tree["hedge"])
    for row, usual in zip(hedge["conditions"], tree["hedge"]["conditions"], strict=True):
        row["when"] = usual["when"]
    words = Content.model_validate(tree | {"lab": _poisoned(tree["lab"]), "hedge": hedge})
    usual = Page(html_of(lab_of("contango-long", made.research().overlay)))
    html = html_of(lab_of("contango-long", made.research().overlay, words))
    page = Page(html)
    assert page.faults == []
    assert page.all("x-evil") == []
    assert [a for _, attributes in page.tags for a in attributes if a.startswith("on")] == []
    assert len(page.all("script")) == len(usual.all("script"))
    assert html.count("&lt;x-evil") > 100


def _poisoned(tree: Any, key: str = "") -> Any:
    if isinstance(tree, dict):
        return {k: v if k in NAMES else _poisoned(v, k) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [_poisoned(part, key) for part in tree]
    return tree + EVIL if isinstance(tree, str) else tree


def test_a_name_that_is_no_input_is_refused() -> None:
    """A case, a group or a panel that names an unknown input, or a case an unknown panel, stops the build."""
    tree = LAB.model_dump()
    tree["cases"][0]["inputs"]["color"] = "red"
    tree["cases"][1]["panel"] = "garden"
    with pytest.raises(ValueError, match=r"'garden' is no panel|'color' is no input"):
        Lab.model_validate(tree)


def test_texts_quote_facts_of_the_day_without_harm() -> None:
    """Filling facts leaves every token as it was: brackets are not braces."""
    assert substitute_facts(LAB, {}) == LAB


# ---------------------------------------------------------------- sizes


def packed(text: str | bytes) -> int:
    """Bytes as a host sends them."""
    return len(gzip.compress(text.encode() if isinstance(text, str) else text, compresslevel=6, mtime=0))


def test_sizes_keep_their_budgets() -> None:
    """Page 40 kB, own style sheet 4 kB, its script 20 kB, compressed."""
    page = html_of(lab_of("contango-long", made.research().overlay))
    style = rcssmin.cssmin((ROOT / "static/css/lab.css").read_text("utf-8"))
    script = "\n".join((ROOT / f"static/js/{name}.js").read_text("utf-8") for name in PAGE_SCRIPTS["lab"])
    assert packed(page) <= 40 * KB
    assert packed(str(style)) <= 4 * KB
    assert packed(str(rjsmin.jsmin(script))) <= 20 * KB


def test_the_lab_s_page_has_no_formula_of_its_own() -> None:
    """Powers, logarithms and roots are hedge.js's; here they place ticks, digits and steps alone."""
    for name, allowed in (
        ("lab", []),
        ("lab-questions", []),
        ("lab-text", ["Math.log10"]),
        ("lab-draw", [" ** ", "Math.log10"]),
    ):
        script = (ROOT / f"static/js/{name}.js").read_text("utf-8")
        assert sorted(re.findall(r"Math\.(?:log\w*|exp\w*|pow|sqrt)| \*\* ", script)) == allowed, name
