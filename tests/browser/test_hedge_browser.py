"""The hedge lab in use: cases by link and by typing, keyboard, bad input, the address, charts, paper, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from tests.browser.test_audit import COLOURS_ALONE, OPEN_ALL, findings
from tests.view_states import content

from ivts_site.analytics import hedge
from ivts_site.words.lab import fill_tokens, work_out, write_number

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

LAB = content().lab
STARTS = {entry.name: entry.start for entry in (*LAB.inputs, *LAB.series)} | {"unit": "usd"}
CASES = {case.id: case for case in LAB.cases}
PATTERNS = """() => [...document.querySelectorAll('[data-lab] [data-shows], [data-lab] [data-worked]')]
  .map((e) => [e.dataset.shows ?? e.dataset.worked, 'worked' in e.dataset, e.textContent])"""
SPOKEN = "document.querySelector('[data-spoken]').textContent"
PAUSE = 1200


def shown(visit: Visit, pattern: str) -> str:
    """Return the words in the place of a pattern; the first place if there are several."""
    settle(visit)
    return visit.page.locator(f'[data-shows="{pattern}"]').first.inner_text()


def settle(visit: Visit) -> None:
    """Wait until the script has drawn what was put in."""
    visit.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def put(visit: Visit, **inputs: str) -> None:
    """Type into fields, one after the other; `unit` and kinds are chosen."""
    for name, text in inputs.items():
        if name in {"unit", "assetKind", "instrumentKind"}:
            visit.page.locator(f'[data-kind="{name}"]').select_option(text)
        else:
            visit.page.locator(f"#in-{name}").fill(text)
    visit.page.locator(f"#in-{name}" if name in STARTS and name != "unit" else "#in-hold").blur()
    settle(visit)


def typed(visit: Visit) -> dict[str, str]:
    """Return what the number fields hold."""
    fields = visit.page.locator("input[data-input]")
    return dict(fields.evaluate_all("(all) => all.map((field) => [field.dataset.input, field.value])"))


def message(visit: Visit, name: str) -> str:
    """Return what is said below a field; empty where nothing is wrong."""
    settle(visit)
    place = visit.page.locator(f"#error-{name}")
    invalid = visit.page.locator(f"#in-{name}").get_attribute("aria-invalid") == "true"
    assert place.is_visible() == invalid
    return place.inner_text() if invalid else ""


# ---------------------------------------------------------------- the textbook, twice

CHANGE = "[+change_usd] since the entry"
TEXTBOOK = {
    # 10,000 of a coin falls by a fifth: the loss of 2,000 is offset in full, or net −1,000
    "case-full": {"[net_usd]": "0 USD", "[value_usd]": "10,000 USD", CHANGE: "0 USD"},
    "case-half": {"[net_usd]": "4,000 USD", "[value_usd]": "9,000 USD", CHANGE: "−1,000 USD"},
    # one coin, half hedged at 100,000, the price doubles: 0.75 coin · 200,000 − 50,000
    "case-drift": {
        "[net_usd]": "100,000 USD",
        "[naive_usd]": "150,000 USD",
        "[trade]": "sell 25,000 USD more",
    },
    # 50,000 / (1 − 1/10 + 0.005)
    "case-liquidation": {
        "[isolated_entry_usd]": "55,248.62 USD",
        "[isolated_entry_left_coin]": "0.9000 coin",
    },
    # 0.01% · 1,095, and of 10,000
    "case-funding": {"[+annual_pct]": "+10.95%", "[+yearly_usd]": "+1,095 USD"},
    # 100,000 · (1/9,000 − 1/10,000)
    "case-dollar": {"[+pnl_coin]": "+1.1111 coin", "[value_usd]": "100,000 USD"},
    # 10 · 61,500 whatever the price
    "case-carry": {
        "[payoff_usd]": "615,000 USD",
        "[sell_usd]": "615,000 USD",
        "[+csimple_pct]": "+10.14%",
    },
}


def holds(visit: Visit, results: dict[str, str]) -> None:
    for pattern, text in results.items():
        assert shown(visit, pattern).startswith(text), pattern


def test_cases_open_by_their_links(lab: Visit) -> None:
    """One click puts the inputs in, shows the panel that answers, and marks the case, whatever was there."""
    for case, results in TEXTBOOK.items():
        link = lab.page.locator(f'.presets a:text-is("{CASES[case].title}")')
        link.click()
        holds(lab, results)
        assert link.get_attribute("aria-current") == "true", case
        assert lab.page.locator(".presets [aria-current]").count() == 1, case
        assert lab.page.evaluate("document.activeElement.id") == f"h-{CASES[case].panel}"
        box = lab.page.locator(f"#{CASES[case].panel}").bounding_box()
        assert box is not None, case
        assert -1 <= box["y"] < 900, case


def test_cases_are_reproduced_by_typing(lab: Visit) -> None:
    """The same inputs typed field by field give the same results, in the place of quite other ones."""
    for case, results in TEXTBOOK.items():
        lab.open(
            "/hedge/#hold=77&unit=coin&entry=123&hedge=7&price=99&leverage=3"
            "&rate=0.3&hours=1&days=9&forward=130"
        )
        settle(lab)
        assert typed(lab)["hold"] == "77", case
        put(lab, **{"unit": CASES[case].inputs["unit"]} | CASES[case].inputs)
        holds(lab, results)


def test_a_case_opens_by_its_address(visitor: Callable[..., Visit]) -> None:
    """The address of a case, opened cold."""
    visit = visitor().open("/hedge/#" + urlencode(CASES["case-drift"].inputs))
    holds(visit, TEXTBOOK["case-drift"])


# ---------------------------------------------------------------- the same words as the build

STATES = [
    *(case.inputs for case in LAB.cases),
    {
        "hold": "0.037",
        "unit": "coin",
        "entry": "64321.5",
        "hedge": "37.5",
        "price": "71234.25",
        "leverage": "3",
    },
    {
        "hold": "123456",
        "entry": "0.00001234",
        "hedge": "85",
        "price": "0.0000098",
        "leverage": "7",
        "wallet": "40",
    },
    {"hedge": "-50", "outside": "1", "leverage": "5", "rate": "0.02"},
    {"hedge": "150", "outside": "1", "price": "2600", "wallet": "70"},
    {"hedge": "0", "rate": "-0.0375", "hours": "4", "forward": "2400", "days": "7"},
    {"hold": "1000", "face": "300", "hedge": "66", "price": "7777", "leverage": "25", "maintenance": "3.9"},
    {
        "hold": "1e6",
        "entry": "1e-4",
        "price": "3e-4",
        "forward": "1.1e-4",
        "hedge": "100",
        "leverage": "1.5",
        "wallet": "90",
    },
]


def test_every_word_is_the_build_s(lab: Visit) -> None:
    """Every result and every formula with its numbers, as the reference and Python's words give it.

    Addresses follow each other on one page: nothing of the last is left in the next.
    """
    for inputs in STATES:
        lab.open("/hedge/#" + urlencode(inputs))
        settle(lab)
        numbers = work_out(STARTS | inputs, LAB.words)
        found = lab.page.evaluate(PATTERNS)
        assert len(found) > 100
        different = [
            (pattern, text, wanted)
            for pattern, bare, text in found
            if text != (wanted := fill_tokens(pattern, numbers, bare=bare))
        ]
        assert different == [], inputs
    assert lab.complaints == []


def test_the_build_s_words_stand_before_the_script_and_stay(lab: Visit, sample_site: object) -> None:
    """What the page opens with is what the script makes of it: nothing moves."""
    lab.page.wait_for_timeout(300)
    assert lab.shift <= 0.02
    numbers = work_out(STARTS | LAB.cases[0].inputs, LAB.words)
    assert all(text == fill_tokens(p, numbers, bare=bare) for p, bare, text in lab.page.evaluate(PATTERNS))


# ---------------------------------------------------------------- fields and sliders


def test_sliders_and_fields_keep_step(lab: Visit) -> None:
    """A slider writes its field, a field moves its slider, and what lies beyond the slider stays as typed."""
    slider = lab.page.locator('[data-slide="hedge"]')
    slider.press("ArrowRight")
    assert typed(lab)["hedge"] == "51"
    put(lab, hedge="80")
    assert slider.input_value() == "80"
    assert slider.get_attribute("aria-valuetext") == "80%"
    put(lab, leverage="90")
    assert lab.page.locator('[data-slide="leverage"]').input_value() == "25"
    assert typed(lab)["leverage"] == "90"
    assert shown(lab, "[isolated_entry_usd]") != "never"


def test_the_price_slider_moves_from_the_entry(lab: Visit) -> None:
    """Home is half the entry, End twice of it; the number field takes any other."""
    slider = lab.page.locator('[data-slide="price"]')
    slider.press("Home")
    assert typed(lab)["price"] == "1250"
    slider.press("End")
    assert typed(lab)["price"] == "5000"
    assert shown(lab, "[+move_pct] from the entry") == "+100% from the entry"
    put(lab, price="25000")
    assert shown(lab, "[+move_pct] from the entry") == "+900% from the entry"


def test_prices_follow_the_entry_until_they_are_typed(lab: Visit) -> None:
    """A fifth below 2,500 becomes a fifth below 100,000; a typed price stays, whatever the entry."""
    put(lab, entry="100000")
    assert (typed(lab)["price"], typed(lab)["forward"]) == ("80000", "102400")
    put(lab, price="90000")
    put(lab, entry="50000")
    assert (typed(lab)["price"], typed(lab)["forward"]) == ("90000", "51200")


def test_a_holding_changes_its_unit_not_its_size(lab: Visit) -> None:
    """10,000 USD at 2,500 are 4 coin, and back."""
    put(lab, unit="coin")
    assert typed(lab)["hold"] == "4"
    put(lab, unit="usd")
    assert typed(lab)["hold"] == "10000"


def test_numbers_are_read_as_people_write_them(lab: Visit) -> None:
    """Thousands may be separated."""
    for text in ("10,000", "10 000", " 1e4 ", "10000.", "+10000"):
        put(lab, hold="2")
        assert shown(lab, "[target_usd]") == "1 USD"
        put(lab, hold=text)
        assert shown(lab, "[target_usd]") == "5,000 USD", text


def test_hedges_outside_are_for_those_who_ask(lab: Visit) -> None:
    """150 per cent is refused until the switch is on; then half the coin's value is net short."""
    put(lab, hedge="150")
    expect(lab.page.locator("[data-blocked=position]")).to_contain_text("No result: Hedge factor must")
    expect(lab.page.locator("#says-position")).to_be_hidden()
    assert message(lab, "hedge").startswith(f"Hedge factor must lie between 0 and 100{' '}%")
    lab.page.get_by_label("Allow hedge factors outside").check()
    assert message(lab, "hedge") == ""
    expect(lab.page.locator("#says-position")).to_be_visible()
    assert shown(lab, "[net_usd]") == "−4,000 USD"  # (1 − 1.5) · 4 coin · 2,000
    assert "outside=1" in lab.page.evaluate("location.hash")
    put(lab, hedge="-50", leverage="10")
    assert shown(lab, "[net_usd]") == "12,000 USD"  # (1 + 0.5) · 8,000
    lab_text = lab.page.locator("#position, #sizing, #drift .says, #funding .says, #liquidation .says")
    assert [text for text in lab_text.all_inner_texts() if "short" in text] == []
    # 2,500 / (1 + 1/10 − 0.005) = 2,283.11, above the price of 2,000
    expect(lab.page.locator("[data-liquidated]")).to_contain_text(
        "isolated long would have been closed already, at 2,283.11"
    )
    expect(lab.page.locator(".k-left")).to_be_visible()


def test_a_liquidated_price_is_called_so(lab: Visit) -> None:
    """Beyond the liquidation price a warning says that the short would be gone; below it there is none."""
    warning = lab.page.locator("[data-liquidated]")
    put(lab, leverage="10", price="2700")
    assert not warning.is_visible()
    put(lab, price="2800")
    expect(warning).to_contain_text("closed already, at 2,762.43 USD")  # 2,500 / 0.905


# ---------------------------------------------------------------- pasted series


def test_beta_from_pasted_returns(lab: Visit) -> None:
    """By hand: x = −2 … 2 per cent, y = 2x + e with e = 0.1 · (1, −2, 1, 0, 0) per cent."""
    x = [-0.02, -0.01, 0.0, 0.01, 0.02]
    y = [-0.039, -0.022, 0.001, 0.02, 0.04]
    put(lab, asset="\n".join(map(str, y)), instrument="; ".join(map(str, x)))
    put(lab, assetKind="returns", instrumentKind="returns")
    # Σx² = 0.001, Σxy = 0.00078 + 0.00022 + 0 + 0.0002 + 0.0008 = 0.002
    assert shown(lab, "[beta_num]") == "2"
    # residuals 0.001, −0.002, 0.001, 0, 0: Σ = 6e−6, s = √(6e−6 / 3) = 0.001414, SE = s / √0.001 = 0.04472
    assert shown(lab, "[se_num]") == "0.04472"
    assert shown(lab, "[residual_usd]") == "14.14 USD"
    assert shown(lab, "[r2_num]") == "0.9985"  # 1 − 6e−6 / (0.004 + 6e−6)


BAD_SERIES = [
    ("", "1 2 3 4", "asset", "needs at least 2 values"),
    ("1 2 3", "1 2 3", "asset", "needs at least 3 values"),
    ("1 2 x 4", "1 2 3 4", "asset", "must be a number"),
    ("1 2 3 4 5", "1 2 3 4", "instrument", "must have as many values as the other series"),
    ("1 2 3 4", "5 5 5 5", "instrument", "must vary"),
    ("1 2 3 4", "1 -2 3 4", "instrument", "must be above 0"),
]


def test_bad_series_are_told_beside_their_field(lab: Visit) -> None:
    """Empty, short, no number, of another length, constant, no closes: a message, and dashes for results."""
    for asset, instrument, field, said in BAD_SERIES:
        put(lab, asset=asset, instrument=instrument)
        assert said in message(lab, field)
        assert shown(lab, "[beta_num]") == "–", said
        assert said in lab.page.locator('[data-blocked="beta"]').inner_text()
        assert shown(lab, "[net_usd]") == "4,000 USD", said


# ---------------------------------------------------------------- bad input

BAD = [
    ("hold", "0", "must be above 0", "[net_usd]"),
    ("hold", "lots", "must be a number", "[beta_num]"),
    ("hold", "1e16", "must lie between 1e-9 and 1e15", "[contracts_n]"),
    ("entry", "-5", "must be above 0", "[net_usd]"),
    ("entry", "2,50", "must be a number", "[sell_usd]"),
    ("hedge", "101", "must lie between 0 and 100%", "[notional_usd]"),
    ("hedge", "-1", "must lie between 0 and 100%", "[trade]"),
    ("price", "0", "must be above 0", "[value_usd]"),
    ("price", "Infinity", "must be a number", "[+yearly_usd]"),
    ("price", "1e400", "must be a number", "[payoff_usd]"),
    ("leverage", "0.5", "must be 1 or above", "[margin_coin]"),
    ("leverage", "", "must be a number", "[isolated_entry_usd]"),
    ("face", "0", "must be above 0", "[contracts_n]"),
    ("face", "1e-9", "", "[contracts_n]"),
    ("rate", "100", "must lie between −100 and 100%", "[+annual_pct]"),
    ("rate", "NaN", "must be a number", "[+interval_usd]"),
    ("rate", "99", "compounds over a year to more than", "[+compounded_pct]"),
    ("hours", "0", "must be above 0", "[+daily_usd]"),
    ("hours", "9000", "at most 8760", "[+daily_usd]"),
    ("forward", "-1", "must be above 0", "[+basis_pct]"),
    ("days", "0", "must be above 0", "[+csimple_pct]"),
    ("days", "0.00001", "compounds over a year to more than", "[+ccompound_pct]"),
    ("maintenance", "-0.1", "must be 0 or above", "[isolated_entry_usd]"),
    ("maintenance", "100", "must be", "[cross_mark_usd]"),
    ("wallet", "0", "must be above 0", "[cross_mark_usd]"),
    ("wallet", "101", "asks for more margin than the coin that is held", "[cross_mark_usd]"),
    ("wallet", "0.1", "must hold more than the maintenance margin", "[cross_entry_usd]"),
]


def test_bad_input_is_told_and_never_mended(lab: Visit) -> None:
    """A message beside the field, a dash in each dependent result, the text as typed; then all is well."""
    for name, text, said, result in BAD:
        before = shown(lab, result)
        put(lab, **{name: text})
        if said:
            label = next(entry.label for entry in LAB.inputs if entry.name == name)
            told = message(lab, name)
            assert told.startswith(label)
            assert said in told, (name, text)
            assert shown(lab, result) == "–"
            panel = lab.page.locator(f'.panel:has([data-shows="{result}"]) [data-blocked]').last
            assert said in panel.inner_text()
        else:
            assert "–" not in shown(lab, result)
        assert typed(lab)[name] == text
        assert not re.search(r"NaN|Infinity|undefined|∞", lab.page.locator("main").inner_text())
        put(lab, **{name: STARTS[name]})
        assert message(lab, name) == "", (name, text)
        assert shown(lab, result) == before, (name, text)
    assert lab.complaints == []


def test_every_field_has_a_bad_input_above() -> None:
    """No field is left out."""
    assert {name for name, *_ in BAD} == {entry.name for entry in LAB.inputs}


def test_each_wrong_field_has_its_own_message(lab: Visit) -> None:
    """Three fields wrong at once, the holding among them: three messages, each beside its field."""
    put(lab, hold="-1", price="x", rate="200", maintenance="100")
    assert message(lab, "hold").endswith("must be above 0.")
    assert "must be a number" in message(lab, "price")
    assert "between −100 and 100%" in message(lab, "rate")
    assert "below 100%" in message(lab, "maintenance")
    assert [message(lab, name) for name in ("entry", "hedge", "leverage", "wallet", "days")] == [""] * 5
    put(lab, wallet="150", asset="1 x 3", instrument="")
    assert "more margin than the coin" in message(lab, "wallet")
    assert "must be a number" in message(lab, "asset")
    assert "needs at least 2 values" in message(lab, "instrument")
    put(lab, asset="1 2 3 4 5", instrument="1 2 3 4")
    assert (message(lab, "asset"), "as many values" in message(lab, "instrument")) == ("", True)
    assert message(lab, "hold").endswith("must be above 0.")


WILD = ("999999999999999", "0.0000001", "1e300", "-1", "x", "")


@pytest.mark.parametrize(
    "wild", ["1e15", "1e-9", "0", *(pytest.param(wild, marks=pytest.mark.whole) for wild in WILD)]
)
def test_no_result_is_ever_none(lab: Visit, wild: str) -> None:
    """The same wild number in every field in turn, and in all at once: no NaN, no infinity, no fault."""
    for name in (entry.name for entry in LAB.inputs):
        lab.page.locator(f"#in-{name}").fill(wild)
        settle(lab)
        shapes = lab.page.locator(".stage path, .stage circle, .track rect").evaluate_all(
            "(all) => all.map((shape) => [...shape.attributes].map(({ value }) => value).join(' ')).join(' ')"
        )
        assert not re.search(r"NaN|Infinity|undefined", shapes + lab.page.locator("main").inner_text()), name
    assert lab.complaints == []


# ---------------------------------------------------------------- the address


def test_the_address_carries_the_state_there_and_back(visitor: Callable[..., Visit]) -> None:
    """What differs from the start is in the address; opened elsewhere it gives the same page."""
    visit = visitor().open("/hedge/")
    put(visit, unit="coin", hold="2.5", entry="40000", hedge="150", price="51000", rate="-0.02", days="30")
    put(visit, asset="1\n2\n4\n7", instrument="3 4 6 9")
    hash_ = visit.page.evaluate("location.hash")
    assert hash_.startswith("#hold=2.5&")
    assert "leverage" not in hash_
    other = visitor().open(f"/hedge/{hash_}")
    settle(other)
    assert other.page.evaluate(PATTERNS) == visit.page.evaluate(PATTERNS)
    assert typed(other) == typed(visit)
    assert "must lie between" in message(other, "hedge")  # also what is wrong


def test_back_undoes_one_change_at_a_time(lab: Visit) -> None:
    """Each committed change is a step of the history; nothing is left of the lab but the page itself."""
    put(lab, hedge="80")
    put(lab, leverage="4")
    lab.page.locator('.presets a:text-is("A year of funding")').click()
    expect(lab.page.locator("#in-hedge")).to_have_value("100")
    lab.page.go_back()
    expect(lab.page.locator("#in-leverage")).to_have_value("4")
    assert typed(lab)["hedge"] == "80"
    lab.page.go_back()
    expect(lab.page.locator("#in-leverage")).to_have_value("1")
    lab.page.go_back()
    expect(lab.page.locator("#in-hedge")).to_have_value("50")
    assert lab.page.evaluate("location.hash") == ""
    lab.page.go_forward()
    expect(lab.page.locator("#in-hedge")).to_have_value("80")


def test_strange_addresses_do_no_harm(lab: Visit) -> None:
    """Broken escapes, markup, unknown choices: text in a field at worst."""
    for hash_ in ("#hedge=%", "#=&&==", "#hold=<b>x</b>", "#unit=sheep&at=nowhere", "#hedge-frame"):
        lab.open("/404.html").open(f"/hedge/{hash_}")
        settle(lab)
        assert lab.complaints == [], hash_
        assert lab.page.locator("main b b, .inputs b").count() == 0, hash_
        assert lab.page.locator('[data-kind="unit"]').input_value() == "usd", hash_


def test_long_series_stay_out_of_the_address(lab: Visit) -> None:
    """Two thousand closes would break the link; the page says that it leaves them out."""
    pasted = "\n".join(str(100 + i % 7) for i in range(2000))
    lab.page.locator("#in-asset").evaluate(  # typing so many lines takes the driver half a minute
        """(field, text) => {
          field.value = text;
          field.dispatchEvent(new Event('change', { bubbles: true }));
        }""",
        pasted,
    )
    assert "asset" not in lab.page.evaluate("location.hash")
    expect(lab.page.locator("[data-state]")).to_contain_text("too long for the address")


def test_links_within_the_page_keep_the_state(lab: Visit) -> None:
    """Jumping to a panel and taking a range of the frame leave all other inputs as they are."""
    put(lab, price="3000", leverage="2")
    lab.page.locator('[data-jump="carry"]').click()
    expect(lab.page.locator("#h-carry")).to_be_focused()
    assert (typed(lab)["price"], typed(lab)["leverage"]) == ("3000", "2")
    lab.page.locator("[data-hedge]").first.click()
    expect(lab.page.locator("#h-position")).to_be_focused()
    assert typed(lab)["price"] == "3000"
    assert typed(lab)["hedge"] == lab.page.locator("[data-hedge]").first.get_attribute("data-hedge")


# ---------------------------------------------------------------- charts


def test_the_table_of_the_chart_holds_the_scenarios(lab: Visit) -> None:
    """Sixteen moves, each with the price and the lines, from the reference's own table."""
    lab.page.locator('[data-picture="value"] summary').click()
    rows = lab.page.locator('[data-picture="value"] tbody tr').evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    table = hedge.build_scenarios(spot_value=10_000, entry=2_500, hedges=(0.5, 0.0, 1.0))
    assert len(rows) == len(hedge.MOVES) == 16
    for i, row in enumerate(rows):
        assert row[0] == f"{table.prices[i]:,.2f} USD"
        assert row[1] == write_number(hedge.MOVES[i], "pct", signed=True)
        assert row[2:5] == [f"{total:,.2f} USD" for total in table.total[:, i]]


def test_the_line_after_a_liquidation_is_drawn_and_named(lab: Visit) -> None:
    """Without one there is neither the line nor its key; at ten times leverage both, and the upright line."""
    key = lab.page.locator(".k-left")
    assert not key.is_visible()
    put(lab, leverage="10")
    assert key.is_visible()
    assert lab.page.locator('[data-picture="value"] .stage .l-left').count() == 1
    expect(lab.page.locator('[data-picture="value"] .stage')).to_contain_text("liquidation 2,762.43")


def test_bars_add_up(lab: Visit) -> None:
    """Coin and result reach as far as the notional and the net exposure together."""
    put(lab, price="2000", hedge="50")
    bars = lab.page.locator("[data-bar]").evaluate_all(
        "(all) => all.map((bar) => [Number(bar.getAttribute('x')), Number(bar.getAttribute('width'))])"
    )
    # 8,000, then 1,000 more, 5,000 back from 9,000, 4,000: of 9,000 in all
    expected = [(0, 800 / 9), (800 / 9, 100 / 9), (400 / 9, 500 / 9), (0, 400 / 9)]
    assert bars == [pytest.approx(pair, abs=0.02) for pair in expected]


# ---------------------------------------------------------------- keyboard, voice, paper, no script


def test_the_keyboard_alone_works_a_case(lab: Visit) -> None:
    """From the top: skip link, first preset, then fields by Tab; typed values and slider keys do the rest."""
    page = lab.page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is out of reach")

    def write(text: str) -> None:
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(".presets a")
    tab_to("#in-hold")
    write("1")
    tab_to('[data-kind="unit"]')
    page.keyboard.type("c")
    tab_to("#in-entry")
    write("100000")
    tab_to('[data-slide="price"]')
    page.keyboard.press("End")
    assert shown(lab, "[naive_usd]")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "in-price"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "in-hedge"
    write("50")
    tab_to("#in-face")
    assert (
        typed(lab)["hold"] == "0.0004"
    )  # the unit was changed with 1 USD in the field: the holding, not the digits
    page.locator("#in-hold").focus()
    write("1")
    page.keyboard.press("Enter")
    holds(lab, TEXTBOOK["case-drift"])
    rings = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert rings == "solid"


def test_a_change_is_said_once_it_rests(lab: Visit) -> None:
    """Nothing while the slider runs; then the outcome of the panel, or what is wrong, in one sentence."""
    page = lab.page
    page.evaluate("""() => {
      window.said = [];
      const place = document.querySelector('[data-spoken]');
      const all = { childList: true, characterData: true, subtree: true };
      new MutationObserver(() => said.push(place.textContent)).observe(place, all);
    }""")
    # in one go, so that a slow machine is no rest
    said = page.locator('[data-slide="hedge"]').evaluate("""slider => {
      for (let step = 0; step < 10; step += 1) {
        slider.stepUp();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      }
      return [...said];
    }""")
    assert said == []
    page.wait_for_timeout(PAUSE)
    assert page.evaluate("said") == [page.locator("#says-position").inner_text()]
    page.locator("#in-rate").fill("0.02")
    page.wait_for_timeout(PAUSE)
    assert page.evaluate(SPOKEN) == page.locator("#says-funding").inner_text()
    page.locator("#in-rate").fill("x")
    page.wait_for_timeout(PAUSE)
    assert page.evaluate(SPOKEN) == "Funding rate must be a number, with a point before decimals."


def test_without_script_the_cases_can_be_read(visitor: Callable[..., Visit]) -> None:
    """No dead controls: a note and the worked cases, with results."""
    visit = visitor(java_script_enabled=False).open("/hedge/")
    assert not visit.page.locator("[data-lab]").is_visible()
    assert not visit.page.locator(".presets").is_visible()
    assert visit.page.locator("noscript .note").is_visible()
    row = visit.page.locator("#case-liquidation")
    assert row.is_visible()
    assert "55,248.62 USD" in row.inner_text()
    assert visit.page.locator("#hedge-frame table").first.is_visible()


def test_paper_shows_numbers_and_charts_without_controls(lab: Visit) -> None:
    """Inputs print as values; sliders, presets and the strip do not."""
    lab.page.emulate_media(media="print")
    assert lab.page.locator("#in-hedge").is_visible()
    assert lab.page.locator('[data-picture="value"] .stage').is_visible()
    for control in ('[type="range"]', ".presets", ".strip", ".jump", ".switch"):
        assert not any(element.is_visible() for element in lab.page.locator(control).all()), control


def test_what_never_happens_has_no_numbers_on_a_phone(visitor: Callable[..., Visit]) -> None:
    """A row that says never is no card of dashes; with leverage the isolated rows have all their numbers."""
    visit = visitor(viewport={"width": 360, "height": 740}).open("/hedge/")
    rows = visit.page.locator(".ways tbody tr")

    def cells() -> list[int]:
        settle(visit)
        return [row.locator("td:visible").count() for row in rows.all()]

    assert cells() == [1, 1, 1, 1]
    assert [row.locator("td:visible").inner_text() for row in rows.all()] == ["never"] * 4
    put(visit, leverage="10")
    assert cells() == [5, 5, 1, 1]
    put(visit, leverage="1")
    assert cells() == [1, 1, 1, 1]
    visit.page.set_viewport_size({"width": 800, "height": 740})
    assert cells() == [5, 5, 5, 5]


def test_formulas_of_liquidation_keep_their_line(lab: Visit) -> None:
    """Long numbers beside a formula leave it whole; nothing but the table scrolls sideways."""
    lab.open("/hedge/#unit=coin&hold=123456&entry=98765.43&price=98765&hedge=100&leverage=10&wallet=60")
    for width in (320, 1280):
        lab.page.set_viewport_size({"width": width, "height": 740})
        settle(lab)
        heights = lab.page.locator(".ways code").evaluate_all("(all) => all.map((code) => code.offsetHeight)")
        assert len(heights) == 4, width
        assert len(set(heights)) == 1, width
        assert lab.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("path", "tables"), [("/hedge/#hedge-frame", 2), ("/research/", 3)])
def test_the_overlay_is_read_without_scrolling_sideways(lab: Visit, path: str, tables: int) -> None:
    """On a phone each rule is a card of its numbers."""
    lab.open(path)
    for width in (320, 360, 639):
        lab.page.set_viewport_size({"width": width, "height": 740})
        wide = lab.page.locator(".scroll:has(> :is(.rules, .gaps))").evaluate_all(
            "(boxes) => boxes.map((box) => box.scrollWidth - box.clientWidth)"
        )
        assert wide == [0] * tables, width


def test_the_outcome_stays_in_view_on_a_phone(visitor: Callable[..., Visit]) -> None:
    """While sliders move, the strip at the bottom shows what comes of it; it hides no field in focus."""
    visit = visitor(viewport={"width": 360, "height": 740}).open("/hedge/")
    strip = visit.page.locator(".strip")
    visit.page.locator('[data-slide="hedge"]').press("End")
    settle(visit)
    assert strip.inner_text() == "10,000 USD in all, 0 USD exposed"
    for field in visit.page.locator("[data-input], [data-slide]").all():
        field.focus()
        focused, edge = field.bounding_box(), strip.bounding_box()
        assert focused is not None
        assert edge is not None
        assert (
            focused["y"] + min(focused["height"], 100) <= edge["y"] + 1
            or focused["y"] >= edge["y"] + edge["height"]
        )


# ---------------------------------------------------------------- audits


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_in_use(visitor: Callable[..., Visit], width: int) -> None:
    """Tables open, a field wrong, a price beyond the liquidation: as accessible as before, in both themes."""
    visit = visitor(viewport={"width": width, "height": 900}, color_scheme="light", bypass_csp=True)
    visit.open("/hedge/#leverage=10&price=2800&rate=x&wallet=0")
    visit.page.evaluate(OPEN_ALL)
    settle(visit)
    assert message(visit, "rate")
    assert findings(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    settle(visit)
    assert findings(visit.page, COLOURS_ALONE) == [], "dark"


def test_nothing_is_blocked_and_nothing_moves(lab: Visit) -> None:
    """Through every field, slider and link: no violation of the policy, no complaint, no other origin."""
    for slider in lab.page.locator("[data-slide]").all():
        slider.press("ArrowRight")
    for link in lab.page.locator("[data-case]").all():
        link.click()
    for details in lab.page.locator("main details > summary").all():
        details.click()
    settle(lab)
    assert lab.violations == []
    assert lab.complaints == []
    assert {url for url in lab.requests if not url.startswith(lab.origin)} == set()
    assert len({url for url in lab.requests if "favicon" not in url}) <= 7  # page, two styles, four scripts
