"""The hedge lab as worded and rendered: worked cases by hand, the frame, the measured overlay, its markup."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rcssmin
import rjsmin
from tests import research_page as made
from tests.markup import Node, Page, parse, rows
from tests.unit.test_view_research import html_of as research_page
from tests.view_states import ASSETS, TEMPLATES, content, core_of, state

from ivts_site.analytics.hedge import MOVES
from ivts_site.content import Content, substitute_facts
from ivts_site.content.lab import TOKEN, Lab
from ivts_site.model import Asset
from ivts_site.pipeline.hedge import hedge_lab, lay_out_lab
from ivts_site.published.overlay import (
    Bench,
    Difference,
    Growth,
    Overlay,
    Performance,
    Strategy,
)
from ivts_site.published.snapshot import Snapshot
from ivts_site.render import Page as RenderPage
from ivts_site.render import build_renderer
from ivts_site.words.hedge import today_words
from ivts_site.words.lab import ABSENT, fill_tokens, starts_of, work_out, write_number

ROOT = Path(__file__).parents[2]
KB = 1000
LabContext = dict[str, Any]
"""What the template reads, and the site that it reads beside it."""
PP = "\u00a0pp"
EVIL = "</title></script><script>alert(1)</script><x-evil onclick=alert(1)>\"'& onmouseover='alert(1)"
NAMES = {"id", "name", "panel", "start", "low", "high", "step", "of", "inputs"}
"""Keys of the texts that are no words."""
LAB = content().lab
STARTS = starts_of(LAB)


def worked(**inputs: str) -> dict[str, float | str]:
    """Numbers of the start with some inputs changed."""
    return work_out(STARTS | inputs, LAB.words)


def lab_of(snapshot: Snapshot, overlay: Overlay | None = None, words: Content | None = None) -> LabContext:
    """The page of a snapshot."""
    core = dataclasses.replace(core_of(snapshot, words=words), research=made.research(overlay=overlay))
    return {"site": core.site} | lay_out_lab(core, hedge_lab(core))


def html_of(view: LabContext) -> str:
    """The page as HTML."""
    own = dict(view)
    site = own.pop("site")
    assets = ASSETS | {
        name: Asset(path=f"assets/{name}", integrity="") for name in ("lab.css", "lab.js", "hedge.js")
    }
    page = RenderPage(path="hedge/", template="hedge.html", make=lambda: own)
    return build_renderer(TEMPLATES, assets, site)(page).decode()


@pytest.fixture(scope="module")
def view() -> LabContext:
    """The page on a long day of contango."""
    return lab_of(state("contango-long"))


@pytest.fixture(scope="module")
def page(view: LabContext) -> Node:
    """The same as a tree."""
    return parse(html_of(view))


def frame_of(name: str, measured: Overlay | None = None) -> Node:
    """The section of the decision frame."""
    page = parse(html_of(lab_of(state(name), measured)))
    return section(page, "hedge-frame")


def section(page: Node, id_: str) -> Node:
    """A section by its id."""
    return next(part for part in page.all("section") if part.attributes.get("id") == id_)


def field(page: Node, name: str) -> Node:
    """The field of an input."""
    return next(node for node in page.all("input") if node.attributes.get("data-input") == name)


def performance(cost: float, **changed: float) -> Performance:
    usual = {
        "annual_return": 0.1,
        "volatility": 0.2,
        "sharpe": 0.5,
        "max_drawdown": -0.3,
        "cost_per_year": 0.0,
    }
    return Performance(cost=cost, **(usual | changed))


def difference(cost: float, pair: tuple[float, float] | None) -> Difference:
    return Difference(
        other="unhedged",
        cost=cost,
        annual_mean=-0.024,
        annual_mean_interval=(-0.054, 0.0101),
        volatility=-0.036,
        volatility_interval=None,
        sharpe=-0.02,
        sharpe_interval=pair,
        max_drawdown=0.0426,
        max_drawdown_interval=(-0.0637, 0.2466),
    )


def overlay(pair: tuple[float, float] | None = (-0.29, 0.26)) -> Overlay:
    """An overlay with numbers made up so that each can be told from the others."""
    costs = (0.0, 5.0, 20.0)
    return Overlay(
        hedge_contango=0.0,
        hedge_backwardation=1.0,
        n_sessions=4134,
        n_hedged=314,
        n_episodes=99,
        first_session="2009-09-22",
        last_session="2026-02-27",
        block=42,
        strategies=(
            Strategy(
                name="unhedged",
                mean_hedge=0.0,
                turnover=0.0,
                n_trades=0,
                results=tuple(performance(cost, annual_return=0.12, volatility=0.172) for cost in costs),
            ),
            Strategy(
                name="regime",
                mean_hedge=0.076,
                turnover=12.07,
                n_trades=198,
                results=tuple(
                    performance(cost, annual_return=0.1 - cost / 1000, cost_per_year=cost / 1000)
                    for cost in costs
                ),
            ),
        ),
        differences=tuple(difference(cost, pair) for cost in costs),
        bench=(
            Bench(
                cost=5.0,
                draws=1000,
                measure="sharpe",
                value=0.7,
                low=0.5,
                median=0.6,
                high=0.8,
                better=0.239,
                n_better=239,
                n_compared=1000,
            ),
        ),
        growth=Growth(cost=5.0, sessions=(), unhedged=(), constant=(), regime=()),
    )


# ---------------------------------------------------------------- worked cases


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        # 4 coin · (2,000 − 2,500) = −2,000; short 5,000 · (1/2,000 − 1/2,500) = 0.5 coin = 1,000
        ("case-half", "−2,000 USD on the coin, +1,000 USD on the short: −1,000 USD in all."),
        ("case-full", "−2,000 USD on the coin, +2,000 USD on the short: 0 USD in all."),
        # 100,000 · (1/9,000 − 1/10,000) = 1.1111 coin; (10 + 1.1111) · 9,000 = 100,000
        ("case-dollar", "The short makes 1.1111 coin; coin and short are still worth 100,000 USD."),
        # 1 + 50,000 · (1/200,000 − 1/100,000) = 0.75 coin; 0.75 · 200,000 − 50,000 = 100,000
        (
            "case-drift",
            "Net exposure is 100,000 USD; spot less notional would say 150,000 USD. "
            "To be half hedged again: sell 25,000 USD more.",
        ),
        # 50,000 / (1 − 0.1 + 0.005) = 55,248.62; the margin is 50,000 / (50,000 · 10) = 0.1 coin
        (
            "case-liquidation",
            "The short is closed at 55,248.62 USD, +10.50% from the entry; 0.9000 coin is left, unhedged.",
        ),
        # 0.0001 · 1,095 = 0.1095; 1.0001^1095 − 1 = e^(1095 · ln 1.0001) − 1 = 0.1157
        (
            "case-funding",
            "The short receives 1,095 USD on 10,000 USD, 10.95% a year; 11.57% compounded.",
        ),
        # 10 · 61,500; 10 · 1,500; 0.025 · 365 / 90 = 0.10139
        (
            "case-carry",
            "Sell 615,000 USD, lock in 15,000 USD: 10.14% a year. "
            "At 48,000 USD on the last day coin and short pay 615,000 USD.",
        ),
    ],
)
def test_worked_cases_come_out_as_by_hand(page: Node, case: str, outcome: str) -> None:
    """Every textbook case, as the page shows it without any script."""
    lines = section(page, "lab-cases").all("tr")[1:]
    found = {line.attributes["id"]: line.all("td")[1].text() for line in lines}
    assert found[case] == " ".join(outcome.split())
    assert len(found) == 7


def test_a_case_says_what_it_sets_and_opens_by_its_address(page: Node) -> None:
    """Inputs in words with units; the same inputs in the link."""
    case = next(line for line in page.all("tr") if line.attributes.get("id") == "case-liquidation")
    assert case.all("td")[0].text() == (
        "1 coin, entry price 50,000 USD, hedge factor 100%, price now 50,000 USD, leverage 10× "
        "and maintenance rate 0.5%"
    )
    assert case.all("a")[0].attributes["href"] == (
        "#hold=1&unit=coin&entry=50000&hedge=100&price=50000&leverage=10&maintenance=0.5&at=liquidation"
    )


def test_the_page_opens_with_the_first_case(page: Node) -> None:
    """Fields hold the first case's inputs, so that a shared empty address and the words agree."""
    first = {name: value for name, value in LAB.cases[0].inputs.items() if name != "unit"}
    assert LAB.cases[0].inputs["unit"] == "usd"
    assert {name: field(page, name).attributes["value"] for name in first} == first
    (cards,) = page.all("dl", "cards")
    assert [dd.text() for dd in cards.all("dd", "value")] == ["9,000 USD", "4,000 USD", "5,000 USD", "never"]
    (bars,) = page.all("dl", "steps")
    assert [dd.text() for dd in bars.all("dd", "sum")] == [
        "8,000 USD",
        "+1,000 USD",
        "−5,000 USD",
        "4,000 USD",
    ]


def test_a_slider_of_moves_stands_where_its_price_is(page: Node) -> None:
    """2,000 against 2,500 is −20, 2,560 is +2.4."""
    ranges = [node.attributes for node in page.all("input") if "data-slide" in node.attributes]
    sliders = {slider["data-slide"]: slider["value"] for slider in ranges}
    assert (sliders["price"], sliders["forward"], sliders["hedge"]) == ("-20", "2.4", "50")


@pytest.mark.parametrize(
    ("inputs", "closing"),
    [
        ({"leverage": "1"}, "With isolated margin at 1× the short is never closed: "),
        ({"hedge": "0"}, "There is no short, so there is nothing to liquidate."),
        # 2,500 / (1 − 1/5 + 0.005) = 3,105.59; margin 5,000 / (2,500 · 5) = 0.4 of 4 coin
        ({"leverage": "5"}, "With isolated margin at 5× the short is closed at 3,105.59 USD, "),
    ],
)
def test_a_liquidation_is_told_for_what_it_is(inputs: dict[str, str], closing: str) -> None:
    """Never, nothing to liquidate, or a price and what is left."""
    numbers = worked(**inputs)
    assert fill_tokens("[closing]", numbers).startswith(closing)


def test_a_negative_rate_is_paid() -> None:
    """At −0.02% on 5,000 three times a day the short pays 3 a day; amounts in the sentence have no sign."""
    numbers = worked(rate="-0.02")
    said = fill_tokens("[pays_or_receives] [day_usd], [+daily_usd]", numbers)
    assert said == "pays 3 USD, −3 USD"


LONG = {"hedge": "-50", "outside": "1", "leverage": "5", "rate": "0.02"}
"""4 coin at 2,500, now 2,000, and 5,000 of futures bought."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[order] [lots_n], [size_usd], a [side]", "buy 5,000, 5,000 USD, a long"),
        # 5,000 · (1/2,500 − 1/2,000) = −0.5 coin, at 2,000
        ("[+pnl_coin], [+pnl_usd], [+linear_usd]", "−0.5000 coin, −1,000 USD, −1,000 USD"),
        # worth 3.5 · 2,000 = 7,000; half of it is 3,500, which is 1,500 less
        ("[trade]", "sell 1,500 USD of the long"),
        # 0.02% of 5,000 three times a day, charged; 1,095 · 0.02% = 21.9%
        ("[pays_or_receives] [day_usd], [credit_pct], [+annual_pct]", "pays 3 USD, −0.02%, −21.90%"),
        # 2,500 / (1 + 1/5 − 0.005), its margin 5,000 / (2,500 · 5) = 0.4 of 4 coin
        ("[closing]", "With isolated margin at 5× the long is closed at 2,092.05 USD, −16.32% from the "
                      "entry. You are then left with 3.6000 coin and no futures."),
        # 5,000 · 1.005 / (2 + 4)
        ("[cross_mark_usd]", "837.50 USD"),
    ],
)  # fmt: skip
def test_below_zero_everything_is_said_of_a_long(text: str, said: str) -> None:
    """A hedge factor of −50%: no word calls the futures a short."""
    assert fill_tokens(text, worked(**LONG)) == said


def test_below_zero_no_pattern_speaks_of_a_short() -> None:
    """All sentences, cards and formulas that follow the inputs; signs of the formulas are those of a long."""
    numbers = worked(**LONG)
    texts = [panel.says for panel in LAB.panels if panel.id != "carry"]  # which is a short of its own
    texts += [text for card in LAB.cards for text in (card.label, card.shows, card.note)]
    texts += [LAB.words.liquidated, *(bar.label for bar in LAB.bars)]
    assert [said for text in texts if "short" in (said := fill_tokens(text, numbers))] == []
    assert [fill_tokens(way.formula, numbers) for way in LAB.ways] == [
        "E / (1 + 1/L − m)",
        "E · (1 + m) / (1 + 1/L)",
        "|N| / ((1 − m) · |N|/E + w · W)",
        "|N| · (1 + m) / (|N|/E + w · W)",
    ]
    assert fill_tokens(LAB.ways[0].formula, worked()) == "E / (1 − 1/L + m)"


def test_a_negative_beta_is_bought() -> None:
    """Two series against each other: the notional is below zero, the sentence says how much to buy."""
    numbers = worked(asset="100 90 99 89.1 98.01", instrument="100 110 99 108.9 98.01")
    assert numbers["beta_num"] == pytest.approx(-1)
    assert fill_tokens("[border] [bsize_usd]", numbers) == "buy 10,000 USD"


def test_a_trade_goes_both_ways() -> None:
    """Down a fifth half hedged: N / value = 5,000 / 9,000; half of 9,000 is 4,500, so 500 is bought back."""
    assert fill_tokens("[trade], [now_pct]", worked()) == "buy back 500 USD, 55.56%"
    assert fill_tokens("[trade]", worked(price="2500")) == "nothing to trade"


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "usd", "0 USD"),
        (1234.5, "usd", "1,234.50 USD"),
        (-1234.0, "usd", "−1,234 USD"),
        (0.25, "usd", "0.25 USD"),
        (0.00001234, "usd", "0.00001234 USD"),
        (1e15, "usd", "1e15 USD"),
        (1.2345e13, "usd", "1.234e13 USD"),  # halves to even in exponents, as the browser's digits run on
        (3.2e-12, "coin", "3.200e−12 coin"),
        (1.11111, "coin", "1.1111 coin"),
        (0.1, "coin", "0.1000 coin"),
        (0.0001, "pct", "0.01%"),
        (0.000005, "pct", "0.0005%"),
        (0.1095, "pct", "10.95%"),
        (-0.2, "pct", "−20%"),
        (12345.0, "n", "12,345"),
        (1.80023, "num", "1.8002"),
        (1095.0, "num", "1,095"),
        (10.0, "x", "10×"),
        (2.5, "x", "2.50×"),
    ],
)
def test_numbers_are_written_in_their_units(value: float, unit: str, text: str) -> None:
    """Two decimals for money, four for coin, more where little would be left, none where all are zero."""
    assert write_number(value, unit) == text


def test_signs_and_bare_numbers() -> None:
    """A sign on request, none on zero; formulas keep the per cent sign and drop other units."""
    assert write_number(5.0, "usd", signed=True) == "+5 USD"
    assert write_number(0.0, "usd", signed=True) == "0 USD"
    assert write_number(1e-13, "pct", signed=True) == "+1e−11%"
    assert [write_number(0.5, unit, bare=True) for unit in ("usd", "coin", "pct", "x")] == [
        "0.50",
        "0.5000",
        "50%",
        "0.50×",
    ]


def test_a_name_that_is_not_there_is_a_dash() -> None:
    """Tokens without a number, and words that hold tokens themselves."""
    numbers = {"a_usd": 1.0, "said": "pay [a_usd]", "empty": ""}
    assert fill_tokens("[b_usd] [said] [empty] [x]", numbers) == f"{ABSENT} pay 1 USD {ABSENT} {ABSENT}"


def _patterns(lab: Lab) -> list[str]:
    texts = json.dumps(lab.model_dump(), ensure_ascii=False)
    return sorted(set(TOKEN.findall(texts)))


def test_every_token_of_the_texts_is_a_number_of_the_page() -> None:
    """Where the short can be liquidated nothing is a dash: no text names what nobody works out."""
    known = worked(leverage="10", wallet="40", hedge="100")
    ends = ("pct", "lost_usd", "left_coin", "left_usd")
    assert {name for name in _patterns(LAB) if name not in known} == set()
    assert all(f"{way.name.replace('-', '_')}_{end}" in known for way in LAB.ways for end in ends)


def test_messages_of_the_calculators_are_theirs() -> None:
    """Each message put into the page's units is said by both implementations, word for word."""
    python = "".join(
        path.read_text("utf-8") for path in (ROOT / "src/ivts_site/analytics/hedge").glob("*.py")
    )
    script = (ROOT / "static/js/hedge.js").read_text("utf-8")
    for message in LAB.messages:
        said = message.removeprefix("wallet: ")
        assert f'"{said}"' in python, said
        assert f"'{said}'" in script, said


# ---------------------------------------------------------------- the frame


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("backwardation-ongoing", "Bearish signals"),
        ("contango-first-day", "Post-crash recovery"),
        ("contango-long", "Euphoric bull run"),
        ("exactly-one", "Range-bound"),
    ],
)
def test_the_row_of_the_day_comes_first(name: str, first: str) -> None:
    """The selected row leads and is marked; the others keep their order; every row says what it rests on."""
    frame = frame_of(name)
    lines = frame.all("table", "frame")[0].all("tr")[1:]
    found = [line.all("th")[0].text(without="small") for line in lines]
    assert found[0] == first
    assert [line.attributes.get("aria-current") for line in lines] == ["true", None, None, None]
    listed = [condition.name for condition in content().hedge.frame.conditions]
    assert found[1:] == [other for other in listed if other != first]
    assert {line.all("small")[-1].text() for line in lines} == {"convention, not evidence"}
    assert first.lower() in frame.all("p", "today-row")[0].text()
    tried = "bearish signals, post-crash recovery, euphoric bull run, range-bound"
    assert f"They are tried as follows: {tried}." in frame.text()


def test_ends_of_a_range_lead_into_the_lab() -> None:
    """0 to 10 per cent, as links that set the hedge factor."""
    ends = frame_of("exactly-one").all("span", "range")[0].all("a")
    assert [(end.text(), end.attributes["href"], end.attributes["data-hedge"]) for end in ends] == [
        ("0%", "#hedge=0", "0"),
        ("10%", "#hedge=10", "10"),
    ]


def test_without_an_overlay_the_page_says_so(page: Node) -> None:
    """No table, no number; the frame's own words."""
    frame = section(page, "hedge-frame")
    assert len(frame.all("table")) == 1
    assert " ".join(content().hedge.frame.no_overlay.split()) in frame.text()


def test_the_overlay_is_told_with_its_costs_intervals_and_sample() -> None:
    """Every rule at every cost, once where it trades nothing; differences, intervals, counts, dates."""
    frame = frame_of("contango-long", overlay())
    _, rules, differences = frame.all("table")
    assert [tuple(cell.text(without="small") for cell in cells) for cells in rows(rules)] == [
        ("No hedge", "any", "+12.0%", "17.2%", "0.50", "−30.0%", "0.0", "0.00%"),
        ("Hedge by regime", "0", "+10.0%", "20.0%", "0.50", "−30.0%", "12.1", "0.00%"),
        ("Hedge by regime", "5", "+9.5%", "20.0%", "0.50", "−30.0%", "12.1", "0.50%"),
        ("Hedge by regime", "20", "+8.0%", "20.0%", "0.50", "−30.0%", "12.1", "2.00%"),
    ]
    notes = [[small.text() for small in cells[0].all("small")] for cells in rows(rules)]
    assert notes[1:3] == [["mean hedge 7.6%"], []]  # said once
    cells = rows(differences)[1]
    assert [cell.text() for cell in cells] == [
        "No hedge",
        "5",
        "−2.4 pp −5.4 pp to +1.0 pp",
        "−3.6 pp no interval: fewer than 10 cases that do not overlap",
        "−0.02 −0.29 to +0.26",
        "+4.3 pp −6.4 pp to +24.7 pp",
    ]
    assert "95% interval" in differences.all("caption")[0].text()
    sample = " ".join(p.text() for p in frame.all("p", "small"))
    assert "SPY, 4,134 daily returns, 22 Sep 2009 to 27 Feb 2026" in sample
    assert "314 of them after a session in backwardation, in 99 episodes" in sample
    assert "239 of 1,000 trials (23.9%)" in sample
    # every number names its place in research.json
    places = {span.attributes.get("data-stat"): span.text() for span in frame.all("span")}
    assert places["research.overlay.n_hedged"] == "314"
    assert places["research.overlay.differences.1.sharpe_interval.0"] == "−0.29"
    assert places["research.overlay.strategies.1.results.2.annual_return"] == "+8.0%"


def test_both_pages_hold_the_same_tables_of_the_overlay() -> None:
    """The lab and the research page name rules, columns and numbers alike, mark by mark."""
    research = section(parse(research_page(made.research())), "overlay").all("table")
    lab = frame_of("contango-long", made.research().overlay).all("table")[1:]
    assert len(lab) == 2
    assert [table.text() for table in lab] == [table.text() for table in research[:2]]
    marks = [[span.attributes for span in table.all("span")] for table in lab]
    assert marks == [[span.attributes for span in table.all("span")] for table in research[:2]]
    assert all(marks)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((-0.29, 0.26), "; its interval, −0.29 to +0.26, holds zero."),
        ((0.01, 0.26), "; its interval, +0.01 to +0.26, lies above zero."),
        ((-0.29, -0.01), "; its interval, −0.29 to −0.01, lies below zero."),
        (None, ", too few cases for an interval."),
    ],
)
def test_the_outcome_is_told_whatever_it_is(pair: tuple[float, float] | None, said: str) -> None:
    """Return, volatility, fall beside those without a hedge, and where the interval lies."""
    outcome = frame_of("contango-long", overlay(pair)).all("p", "measure")[0].text()
    assert outcome == (
        "At 5 basis points a trade, hedging by regime earned 9.5% a year against 12.0% without a "
        "hedge, at a volatility of 20.0% against 17.2% and a deepest fall of −30.0% against −30.0%. "
        f"The Sharpe ratio differs by −0.02{said}"
    )


# ---------------------------------------------------------------- markup


@pytest.mark.parametrize("measured", [None, overlay()], ids=["no overlay", "overlay"])
@pytest.mark.parametrize("name", ["contango-long", "backwardation-first-day", "one-session", "sample"])
def test_the_page_is_well_formed(name: str, measured: Overlay | None) -> None:
    """Tags nest, ids are unique, what is pointed at exists, headings rise by one."""
    page = Page(html_of(lab_of(state(name), measured)))
    assert page.faults == []
    assert [i for i, n in page.ids().items() if n > 1] == []
    places = {reference for reference in page.references() if "=" not in reference}  # others are states
    assert places - set(page.ids()) == set()
    levels = page.heading_levels()
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_field_has_a_label_and_a_place_for_its_message(view: LabContext) -> None:
    """Labels, units, hints and messages are tied to their fields."""
    page = Page(html_of(view))
    labelled = {attributes.get("for") for tag, attributes in page.tags if tag == "label"}
    fields = [a for tag, a in page.tags if tag in {"input", "textarea"} and "data-input" in a]
    assert len(fields) == len(LAB.inputs) + len(LAB.series) == 14
    for field in fields:
        name = field["data-input"]
        assert f"in-{name}" in labelled
        assert f"error-{name}" in field["aria-describedby"].split()
        unit = next((entry.unit for entry in LAB.inputs if entry.name == name), "")
        assert (f"unit-{name}" in field["aria-describedby"].split()) == bool(unit)


def test_the_script_gets_its_words_and_moves(view: LabContext) -> None:
    """What stands in the attribute comes back as it was."""
    page = Page(html_of(view))
    settings = json.loads(next(a["data-lab"] for _, a in page.tags if "data-lab" in a))
    assert settings["moves"] == list(MOVES)
    assert settings["words"]["never"] == "never"
    assert settings["messages"] == LAB.messages


def test_texts_open_no_markup() -> None:
    """Hostile words in every text of the lab and of the frame come out as text."""
    tree = content().model_dump()
    hedge = _poisoned(tree["hedge"])
    for row, usual in zip(hedge["frame"]["conditions"], tree["hedge"]["frame"]["conditions"], strict=True):
        row["when"] = usual["when"]
    words = Content.model_validate(tree | {"lab": _poisoned(tree["lab"]), "hedge": hedge})
    usual = Page(html_of(lab_of(state("contango-long"), overlay())))
    html = html_of(lab_of(state("contango-long"), overlay(), words))
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
    """A case or a panel that names an unknown input, or a case an unknown panel, stops the build."""
    tree = LAB.model_dump()
    tree["cases"][0]["inputs"]["colour"] = "red"
    tree["cases"][1]["panel"] = "garden"
    with pytest.raises(ValueError, match=r"'garden' is no panel|'colour' is no input"):
        Lab.model_validate(tree)


def test_the_frame_follows_the_snapshot_alone() -> None:
    """Two builds of one snapshot are the same page; another day is another."""
    assert lab_of(state("contango-long")) == lab_of(state("contango-long"))
    later = dataclasses.replace(state("contango-long"), as_of="2025-11-14")
    assert today_words(lab_of(later)["lab"]).startswith("14 November 2025: ")


def test_texts_quote_facts_of_the_day_without_harm() -> None:
    """Filling facts leaves every token as it was: brackets are not braces."""
    assert _patterns(substitute_facts(LAB, {})) == _patterns(LAB)


# ---------------------------------------------------------------- sizes


def packed(text: str | bytes) -> int:
    """Bytes as a host sends them."""
    return len(gzip.compress(text.encode() if isinstance(text, str) else text, compresslevel=6, mtime=0))


def test_sizes_keep_their_budgets() -> None:
    """Page 40 kB, own style sheet 4 kB, both scripts 12 kB, compressed."""
    page = html_of(lab_of(state("contango-long"), overlay()))
    style = rcssmin.cssmin((ROOT / "static/css/lab.css").read_text("utf-8"))
    scripts = [rjsmin.jsmin((ROOT / f"static/js/{name}.js").read_text("utf-8")) for name in ("hedge", "lab")]
    assert packed(page) <= 40 * KB
    assert packed(str(style)) <= 4 * KB
    assert sum(packed(str(script)) for script in scripts) <= 12 * KB


def test_the_lab_s_script_has_no_formula_of_its_own() -> None:
    """Powers, logarithms and square roots are hedge.js's; here they place ticks and digits alone."""
    script = (ROOT / "static/js/lab.js").read_text("utf-8")
    assert sorted(re.findall(r"Math\.(?:log\w*|exp\w*|pow|sqrt)| \*\* ", script)) == [
        " ** ",
        "Math.log10",
        "Math.log10",
    ]
