"""The hedge lab in use: two taps to a panel, cases by link and by typing, what it asks, axe, paper."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from tests.browser.test_audit import OPEN_ALL, findings
from tests.sampled import sample
from tests.unit.test_view_hedge import CLOSES, OTHERS, anything
from tests.view_states import content

from ivts_site.analytics import hedge
from ivts_site.errors import HedgeInputError
from ivts_site.words.lab import choose, fill_tokens, holds, starts_of, work_out

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

LAB = content().lab
STARTS = starts_of(LAB)
CASES = {case.id: case for case in LAB.cases}
PANELS = {panel.id: panel for panel in LAB.panels}
PHONE = {"width": 360, "height": 740}
SETTLED = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
STRIP = f"""async () => {{
  {SETTLED}
  return [...document.querySelectorAll('.lab-strip dd')].map((each) => each.textContent);
}}"""
MESSAGE = f"""async (name) => {{
  {SETTLED}
  const told = document.getElementById(`error-${{name}}`).innerText;
  return [told, document.getElementById(`in-${{name}}`).getAttribute('aria-invalid') === 'true'];
}}"""
GO = f"""async (hash) => {{
  const changed = new Promise((done) => addEventListener('hashchange', done, {{ once: true }}));
  location.hash = hash;
  await changed;
  {SETTLED}
}}"""


@pytest.fixture
def lab(visitor: Callable[..., Visit]) -> Visit:
    """The open lab, as on a first visit."""
    return visitor().open("/hedge/")


def settle(visit: Visit) -> None:
    """Wait until the script has shown what was put in."""
    visit.page.evaluate(f"async () => {{ {SETTLED} }}")


def address(at: str = "scen", **inputs: str) -> str:
    """The address of a position."""
    return "/hedge/#" + urlencode(inputs | {"at": at})


def go(visit: Visit, at: str = "scen", **inputs: str) -> None:
    """Go from one position to another."""
    visit.page.evaluate(GO, address(at, **inputs).partition("#")[2])


def put(visit: Visit, **inputs: str) -> None:
    """Type into fields one after the other; choices are clicked."""
    for name, text in inputs.items():
        field = visit.page.locator(f'[data-input="{name}"]')
        if field.first.get_attribute("type") == "radio":
            visit.page.locator(f'[data-input="{name}"][value="{text}"]').check(force=True)
        elif name == "preset":
            field.select_option(text)
        else:
            field.fill(text)
            field.blur()
    settle(visit)


def strip(visit: Visit) -> list[str]:
    """The figures that stay in view."""
    return list(visit.page.evaluate(STRIP))


def headline(visit: Visit) -> str:
    """What the page says first."""
    settle(visit)
    return str(visit.page.locator("h1").inner_text())


def message(visit: Visit, name: str) -> str:
    """What is said below a field; empty where nothing is wrong."""
    told, is_invalid = visit.page.evaluate(MESSAGE, name)
    assert (told != "") == is_invalid
    return str(told)


# ---------------------------------------------------------------- the build's words, the script's words


def test_every_text_is_the_build_s(lab: Visit) -> None:
    """All texts and tables of all panels in each worked case, as Python's words give them."""
    for inputs in [*(case.inputs for case in LAB.cases if not case.asks), {"closes": CLOSES, "btc": OTHERS}]:
        go(lab, **inputs)
        worked = work_out(STARTS | inputs, LAB)
        said = lab.page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('[data-say]')]"
            ".map((each) => [each.dataset.say, each.textContent]))"
        )
        for i, panel in enumerate(LAB.panels):
            for key in ("answer", "finding", "lead", "second", "note"):
                if options := getattr(panel, key):
                    assert said[f"panels.{i}.{key}"] == choose(options, worked.numbers), (panel.id, key)
            for j, table in enumerate(panel.tables):
                shown = lab.page.locator(f'[data-rows="panels.{i}.tables.{j}"]')
                assert bool(shown.get_attribute("hidden") is None) == holds(table.when, worked.numbers)
                cells = shown.locator("tbody tr").evaluate_all(
                    "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
                )
                rows = worked.rows.get(table.name, [])
                assert cells == [[fill_tokens(c.cell, row) for c in table.columns] for row in rows]
        assert said["hero"] == choose(LAB.hero, worked.numbers)
        assert said["deck"] == choose(LAB.deck, worked.numbers)
    assert lab.complaints == []


def test_the_strip_is_python_s_for_random_positions(lab: Visit, whole: bool) -> None:
    """Positions by address: value, exposed share and liquidation, or dashes where refused."""
    chance, n_positions = random.Random(19), 200 if whole else 15
    compared = 0
    for _ in range(n_positions):
        given = anything(chance)
        changed = {name: value for name, value in given.items() if value != STARTS[name]}
        go(lab, **changed)
        try:
            numbers = work_out(given, LAB).numbers
        except HedgeInputError:
            assert strip(lab) == ["–"] * 3
            continue
        assert strip(lab) == [choose(figure.shows, numbers) for figure in LAB.strip], changed
        compared += 1
    assert compared >= 0.95 * n_positions
    assert lab.complaints == []


def test_the_build_s_words_stand_before_the_script_and_stay(lab: Visit) -> None:
    """What the page opens with is what the script makes of it: hardly anything moves."""
    lab.page.wait_for_timeout(300)
    assert lab.shift <= 0.02
    assert headline(lab) == choose(LAB.hero, work_out(STARTS, LAB).numbers)


# ---------------------------------------------------------------- panels


def test_every_panel_is_two_taps_away_on_a_phone(visitor: Callable[..., Visit]) -> None:
    """From "Panels" in the strip by its row; the list answers each question; the page stays short."""
    visit = visitor(viewport=PHONE, has_touch=True).open("/hedge/")
    for panel in LAB.panels:
        visit.page.locator(".lab-strip .list").tap()
        row = visit.page.locator(f'#menu [data-to="{panel.id}"]')
        assert choose(panel.answer, work_out(STARTS, LAB).numbers) in row.inner_text()
        row.tap()
        settle(visit)
        assert visit.page.locator(".pn:visible").count() == 1
        assert visit.page.locator(f"#{panel.id}").is_visible()
        assert visit.page.evaluate("document.activeElement.id") == f"h-{panel.id}"
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
        end = visit.page.evaluate("document.querySelector('.lab-page').getBoundingClientRect().height")
        assert end < 2000, panel.id
    visit.page.locator(".lab-strip .list").tap()
    visit.page.locator('#menu [data-to="pos"]').tap()
    assert visit.page.locator("#in-hold").is_visible()
    visit.page.locator(".done .btn").tap()
    assert visit.page.locator("#scen").is_visible()


def test_tabs_work_on_a_desktop(lab: Visit) -> None:
    """One panel at a time, the position beside it; the tab says which, the address too."""
    for panel in LAB.panels:
        tab = lab.page.locator(f'.lab-tabs [data-to="{panel.id}"]')
        tab.click()
        assert tab.get_attribute("aria-current") == "true"
        assert lab.page.locator(".lab-tabs [aria-current]").count() == 1
        assert lab.page.locator(".pn:visible").count() == 1
        assert lab.page.locator("#in-hold").is_visible()
        assert f"at={panel.id}" in lab.page.evaluate("location.hash")
    lab.page.go_back()
    expect(lab.page.locator(f"#{LAB.panels[-2].id}")).to_be_visible()


@pytest.mark.parametrize("width", sample((320, 360, 768, 1280, 1920), 5))
def test_nothing_scrolls_sideways(visitor: Callable[..., Visit], width: int) -> None:
    """Every panel in every state, long numbers included."""
    visit = visitor(viewport={"width": width, "height": 800}).open("/hedge/")
    long = {"hold": "123456", "notional": "6000000000", "entry": "98765.43", "price": "98765"}
    for inputs in ({}, CASES["case-close"].inputs, CASES["case-gone"].inputs, long):
        go(visit, **inputs)
        for panel in (*PANELS, "menu", "pos"):
            visit.page.evaluate('(at) => document.querySelector(`[data-to="${at}"]`).click()', panel)
            settle(visit)
            wide = visit.page.evaluate(
                "() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("
                "'.lab-page *')].map((each) => each.getBoundingClientRect().right - 1))"
            )
            assert wide <= width, (inputs, panel)


# ---------------------------------------------------------------- scenarios, by link and by typing


def test_a_case_opens_by_its_link(lab: Visit) -> None:
    """One click puts the inputs in and shows the panel that answers."""
    for case in LAB.cases:
        if not case.asks:
            lab.page.locator(f'[data-case="{case.id}"]').click()
            assert headline(lab) == choose(LAB.hero, work_out(STARTS | case.inputs, LAB).numbers)
            assert lab.page.locator(f"#{case.panel}").is_visible()


def test_the_article_s_scenarios_by_typing(lab: Visit) -> None:
    """10,000 of ether down a fifth, half and fully hedged; a hedge at ten times leverage."""
    put(lab, hold="4", notional="5,000", entry="2,500", price="2,500")
    assert headline(lab) == "If ether falls 20%, you lose $1,000 instead of $2,000"
    put(lab, notional="10,000")
    assert headline(lab) == "If ether falls 20%, you lose nothing instead of $2,000"
    put(lab, asset="btc", hold="1", notional="50,000", entry="50,000", price="50,000", mode="isolated")
    put(lab, on="entry", fee="0")
    assert strip(lab)[2] == "▲\u00a010.5%\u00a0up"  # 50,000 / 0.905 = 55,248.62
    lab.page.locator('.lab-tabs [data-to="liq"]').click()
    expect(lab.page.locator("#liq h2")).to_have_text("About a 56% chance of being closed within 30 days")


def test_the_keyboard_alone_works_a_case(lab: Visit) -> None:
    """From a field by Tab through the position; arrows choose and slide; Enter opens a panel."""
    page = lab.page

    def tab_to(selector: str) -> None:
        for _ in range(80):
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is out of reach")

    page.locator("#in-hold").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    tab_to("#in-price")
    page.keyboard.press("Control+A")
    page.keyboard.type("2000")
    tab_to('[data-input="mode"]')
    page.keyboard.press("ArrowLeft")
    tab_to('.lab-tabs [data-to="drift"]')
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "h-drift"
    # 2 coin at 2,000, 5,000 sold at 2,500: worth 5,000, nothing exposed
    assert strip(lab)[:2] == ["$5,000", "0%"]
    assert "mode=isolated" in page.evaluate("location.hash")
    tab_to("[data-apply]")
    page.keyboard.press("Enter")
    settle(lab)
    expect(page.locator("#in-notional")).to_have_value("2,500")
    tab_to('.nx [data-to="liq"]')
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


# ---------------------------------------------------------------- acting on a position


def test_the_trade_is_applied_and_gone_on_from(lab: Visit) -> None:
    """After it the exposed share is the target's within a contract, the fee is paid, and back undoes it."""
    go(lab, "drift", **CASES["case-close"].inputs)
    assert lab.page.locator("[data-apply]").inner_text() == "Apply: sell $6,359 more"
    lab.page.locator("[data-apply]").click()
    assert strip(lab)[1] == "50%"
    traded = hedge.apply_trade(
        coins=2, notional=60000, entry=63993.31362054278, price=68448.27, trade=6359, fee=0.0005
    )
    assert lab.page.locator("#in-notional").input_value() == "66,359"
    typed = float(lab.page.locator("#in-entry").input_value().replace(",", ""))
    assert typed == pytest.approx(traded.entry, rel=1e-8)
    assert float(lab.page.locator("#in-hold").input_value()) == pytest.approx(traded.coins, rel=1e-8)
    assert not lab.page.locator("[data-apply]").is_visible()  # nothing more to trade
    lab.page.go_back()
    expect(lab.page.locator("#in-notional")).to_have_value("60,000")


def test_a_new_hedge_starts_from_what_is_left(lab: Visit) -> None:
    """After liquidation the button opens one on the coin left, at the price now."""
    go(lab, "drift", **CASES["case-gone"].inputs)
    lab.page.locator("[data-apply]").click()
    assert strip(lab)[1] == "50%"
    assert lab.page.locator("#in-entry").input_value() == "72,000"
    assert lab.page.locator("#in-hold").input_value().startswith("1.9062")


def test_fills_set_notional_and_entry(lab: Visit) -> None:
    """30,000 at 61,000 and 40,000 at 61,500: 61,284.71; the fields above are read-only then."""
    lab.page.locator("summary", has_text="Fills").click()
    put(lab, fills="61000, 30000\n61500, 40000")
    expect(lab.page.locator("#in-entry")).to_have_value("61,284.71")
    expect(lab.page.locator("#in-notional")).to_have_value("70,000")
    assert lab.page.locator("#in-entry").get_attribute("readonly") is not None
    put(lab, fills="61000, x")
    assert "must be a" in message(lab, "fills")
    put(lab, fills="")
    assert lab.page.locator("#in-entry").get_attribute("readonly") is None


def test_a_preset_sets_its_convention_and_says_where_from(lab: Visit) -> None:
    """Bybit isolated: entry value, half a percent, faces of one; a day and a source beside it."""
    put(lab, preset="bybit")
    assert lab.page.locator('[data-input="on"][value="entry"]').is_checked()
    assert lab.page.locator("#in-maintenance").input_value() == "0.5"
    note = lab.page.locator("[data-preset]")
    assert note.inner_text().startswith("Read 28 November 2026 · source")
    assert note.locator("a").get_attribute("href").startswith("https://help.bybit.com/")
    put(lab, preset="deribit")
    assert lab.page.locator("#in-slope").input_value() == "0.005"
    put(lab, preset="mark")
    assert lab.page.locator("#in-slope").input_value() == "0"


def test_margin_and_leverage_follow_each_other(lab: Visit) -> None:
    """Isolated: the margin is shown from the leverage, until it is typed; a mode of its own clears it."""
    put(lab, mode="isolated", leverage="5")
    assert lab.page.locator("#in-margin").get_attribute("placeholder") == "0.4"  # 5,000 / (2,500 · 5)
    put(lab, margin="1")
    assert strip(lab)[2] == "▲\u00a098.9%\u00a0up"  # 5,000 · (1 − 0.005 − 0.0005) / (2 − 1) = 4,972.5
    put(lab, leverage="5")
    assert lab.page.locator("#in-margin").input_value() == ""
    put(lab, mode="cross")
    assert not lab.page.locator("#in-leverage").is_visible()
    assert strip(lab)[2] == "never"


def test_csv_and_link(visitor: Callable[..., Visit]) -> None:
    """The table with full numbers, the futures' own result in it; the link opens the same position."""
    visit = visitor(permissions=["clipboard-read", "clipboard-write"])
    visit.open(address(**CASES["case-close"].inputs))
    settle(visit)
    with visit.page.expect_download() as saved:
        visit.page.locator("[data-csv]").click()
    assert saved.value.suggested_filename == "hedge-btc.csv"
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text("utf-8"))))
    assert list(rows[0]) == ["move", "price", "value", "change", "futures", "no_hedge", "liquidated"]
    fall = next(row for row in rows if row["move"] == "-0.2")
    worked = work_out(STARTS | CASES["case-close"].inputs, LAB)
    expected = next(row for row in worked.rows["scenarios"] if row["moves"] == -0.2)
    assert float(fall["futures"]) == pytest.approx(float(expected["futures"]), rel=1e-8)
    assert [row["liquidated"] for row in rows].count("true") == 5
    visit.page.locator("[data-copy]").click()
    expect(visit.page.locator("[data-copied]")).to_have_text("Link copied")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    other = visitor().open(link.removeprefix(visit.origin))
    assert strip(other) == strip(visit)


def test_the_address_carries_the_state_there_and_back(visitor: Callable[..., Visit]) -> None:
    """What differs from the start is in it; back undoes one change at a time."""
    visit = visitor().open("/hedge/")
    put(visit, hold="2.5", target="80")
    assert "hold=2.5" in visit.page.evaluate("location.hash")
    assert "entry" not in visit.page.evaluate("location.hash")
    visit.page.go_back()
    expect(visit.page.locator("#in-target")).to_have_value("50")
    visit.page.go_back()
    expect(visit.page.locator("#in-hold")).to_have_value("4")


def test_strange_addresses_do_no_harm(visitor: Callable[..., Visit]) -> None:
    """Broken escapes, markup, unknown choices: text in a field at worst; a panel's name opens it."""
    visit = visitor()
    for hash_ in ("#hold=%", "#=&&==", "#hold=<b>x</b>", "#mode=sheep&at=nowhere", "#liq"):
        visit.page.goto("about:blank")
        settle(visit.open(f"/hedge/{hash_}"))
        assert visit.complaints == [], hash_
        assert visit.page.locator("main b b").count() == 0, hash_
        assert visit.page.locator('[data-input="mode"][value="cross"]').is_checked(), hash_
        assert visit.page.locator("#liq" if hash_ == "#liq" else "#scen").is_visible(), hash_


# ---------------------------------------------------------------- what cannot be taken as it is


def test_a_number_of_two_readings_is_asked_about(lab: Visit) -> None:
    """0,500 is a half or five hundred; nothing is computed until one is chosen; a rate of 1 % likewise."""
    lab.page.locator('[data-case="case-read"]').click()
    assert headline(lab) == "Two entries need a second look"
    assert strip(lab) == ["–"] * 3
    assert message(lab, "hold").startswith("▲ Is this 0.5 or 500? Use a point for decimals.")
    assert "1% every 8 hours would be 1,095% a year. Did you mean 0.01%?" in message(lab, "rate")
    lab.page.locator("#error-hold button", has_text=re.compile("^0.5$")).click()
    assert headline(lab) == "One entry needs a second look"
    lab.page.locator("#error-rate button", has_text="Keep 1%").click()
    assert message(lab, "rate") == ""
    assert strip(lab)[0] != "–"
    assert lab.page.locator("#in-hold").input_value() == "0.5"
    assert lab.page.locator("#in-rate").input_value() == "1"


def test_numbers_are_read_as_people_write_them(lab: Visit) -> None:
    """Thousands may be separated; what is not plain is echoed."""
    plain, echoed = "1,000 contracts", "read as 10,000"
    for text, hint in {"10,000": plain, "10 000": echoed, "1e4": echoed, "+10000": plain}.items():
        put(lab, notional="5,000")
        assert strip(lab)[1] != "0%"
        put(lab, notional=text)
        assert lab.page.locator("#hint-notional").inner_text().startswith(hint), text
        assert strip(lab)[1] == "0%", text


BAD = [
    ("hold", "0", "must be above 0"),
    ("hold", "lots", "must be a number"),
    ("margin", "5", "must not be more coin than is held"),
    ("margin", "0.001", "must be more than maintenance and closing fee"),
    ("notional", "-1", "must be 0 or above"),
    ("entry", "-5", "must be above 0"),
    ("entry", "2,50", "Is this 2.5 or 250?"),
    ("price", "Infinity", "must be a number"),
    ("face", "0", "must be above 0"),
    ("maintenance", "100", "must be 0 or above, and below 100%"),
    ("fee", "-1", "must be 0 or above, and below 100%"),
    ("amount", "-1", "must be 0 or above"),
    ("slope", "x", "must be a number"),
    ("tiers", "0, 1", "must have sizes above 0"),
    ("vol", "0", "must be above 0"),
    ("ahead", "-1", "must be"),
    ("rate", "100", "would be 109,500% a year"),
    ("hours", "0", "must be above 0"),
    ("target", "101", "must lie between 0 and 100%"),
    ("premium", "x", "must be a number"),
    ("days", "0", "must be above 0"),
    ("forward", "-1", "must be above 0"),
    ("value", "0", "must be above 0"),
    ("beta", "x", "must be a number"),
    ("r2", "2", "must be above 0 and at most 1"),
    ("times", "0", "must be 1 or above"),
    ("bvol", "0", "must be above 0"),
]


def test_bad_input_is_told_and_never_mended(lab: Visit, whole: bool) -> None:
    """A message beside the field, dashes or a blocked panel, the text as typed; then all is well again.

    What is refused with which words is held against the library's in `unit/test_hedge_js.py`.
    """
    before = strip(lab)
    for details in lab.page.locator(".pos details summary").all():
        details.click()
    for name, text, said in BAD if whole else BAD[::3]:
        own = next((p.id for p in LAB.panels if name in (*p.inputs, *p.more)), None)
        if own:
            lab.page.locator(f'.lab-tabs [data-to="{own}"]').click()
        put(lab, **{name: text})
        assert said in message(lab, name), (name, text)
        assert lab.page.locator(f"#in-{name}").input_value() == text
        if own:
            assert not lab.page.locator(f'[data-found="{own}"]').is_visible()
            assert lab.page.locator(f'.menu [data-to="{own}"] em').text_content() == "–"
            assert strip(lab) == before
        assert not re.search(r"NaN|Infinity|undefined|∞", lab.page.locator("main").inner_text())
        put(lab, **{name: STARTS[name]})
        assert message(lab, name) == "", (name, text)
        assert strip(lab) == before, (name, text)
    assert lab.complaints == []


def test_every_typed_field_has_a_bad_input_above() -> None:
    """No field is left out but fills and closes, which have tests of their own."""
    typed = {
        f.name for f in LAB.inputs if not f.choices and not f.slider and f.name not in {"preset", "leverage"}
    }
    assert {name for name, *_ in BAD} == typed - {"fills", "closes", "btc"}


@pytest.mark.parametrize("wild", sample(["1e15", "1e-9", "0"], 3))
def test_no_result_is_ever_none(lab: Visit, wild: str) -> None:
    """The same wild number in every field in turn, and in all at once: no NaN, no infinity, no fault."""
    for entry in LAB.inputs:
        if entry.choices or entry.slider or entry.lines or entry.name == "preset":
            continue
        lab.page.locator(f"#in-{entry.name}").evaluate(
            """(field, text) => {
              field.value = text;
              field.dispatchEvent(new Event('input', { bubbles: true }));
            }""",
            wild,
        )
        settle(lab)
        shapes = lab.page.locator(".stage *, .bar rect").evaluate_all(
            "(all) => all.map((shape) => [...shape.attributes].map(({ value }) => value).join(' ')).join(' ')"
        )
        texts = lab.page.locator("main").inner_text()
        assert not re.search(r"NaN|Infinity|undefined", shapes + texts), entry.name
    assert lab.complaints == []


def test_beta_from_pasted_closes(lab: Visit) -> None:
    """Days are paired by date; the pairs are counted; percentages in place of closes are told."""
    lab.page.locator('.lab-tabs [data-to="coin"]').click()
    lab.page.locator("#coin summary").click()
    put(lab, closes=CLOSES, btc=OTHERS)
    said = lab.page.locator("#hint-btc").inner_text()
    assert said.endswith("from 4 pairs of returns; 1 day in one list only")
    put(lab, closes="2026-02-23, 1\n2026-02-24, 2")
    assert "shares 2 dates with the other" in message(lab, "btc")
    put(lab, closes="23.2.2026, 1")
    assert "must have a date such as 2026-02-27" in message(lab, "closes")
    put(lab, closes="")
    assert message(lab, "closes") == ""


# ---------------------------------------------------------------- charts


def test_the_chart_marks_liquidation(lab: Visit) -> None:
    """Red from liquidation on, with its price; gone with a position that has none."""
    assert lab.page.locator(".s-value .closed").count() == 0
    expect(lab.page.locator(".s-value .you")).to_have_count(1)
    go(lab, **CASES["case-close"].inputs)
    expect(lab.page.locator(".s-value")).to_contain_text("▲ closed at 70,675")
    assert lab.page.locator(".s-value .gone").count() == 1
    lab.page.locator('.lab-tabs [data-to="liq"]').click()
    settle(lab)
    for words in ("entry", "10%", "now", "▲ 70,675"):
        expect(lab.page.locator(".s-ruler")).to_contain_text(words)


def test_the_slider_moves_the_row(lab: Visit) -> None:
    """Its own name, its value in words, and the row of the table that it chooses."""
    slider = lab.page.get_by_label("What if ether moves")
    slider.press("Home")
    settle(lab)
    assert slider.get_attribute("aria-valuetext") == "-50 percent"
    expect(lab.page.locator(".t-scenarios .rowon th")).to_have_text("−50%")
    slider.press("ArrowRight")
    expect(lab.page.locator(".t-scenarios .rowon th")).to_have_text("−49%")


# ---------------------------------------------------------------- voice, paper, no script, audits


def test_a_change_is_said_once_it_rests(lab: Visit) -> None:
    """The finding of the panel, or what is wrong, in one sentence."""
    spoken = lab.page.locator("[data-spoken]")
    lab.page.locator("#in-notional").fill("2,500")
    settle(lab)
    expect(spoken).to_have_text(lab.page.locator("#h-scen").inner_text())
    lab.page.locator("#in-price").fill("x")
    expect(spoken).to_contain_text("must be a number")


def test_without_script_the_page_is_whole(visitor: Callable[..., Visit]) -> None:
    """Every panel of the first case behind its link, the other cases and the formulas; no dead control."""
    visit = visitor(java_script_enabled=False).open("/hedge/")
    assert not visit.page.locator(".pos").is_visible()
    assert visit.page.locator("main :is(input, select, textarea, button):visible").count() == 0
    assert visit.page.locator("#scen table").first.is_visible()
    for panel in LAB.panels[1:]:
        visit.page.locator(f'.lab-tabs [href="#{panel.id}"]').click()
        assert visit.page.locator(f"#{panel.id} h2").is_visible()
        assert visit.page.locator(".pn:visible").count() == 1
    assert "70,675" in visit.page.locator("#case-close").inner_text()
    visit.page.locator("#formulas summary").click()
    assert "V = P · (W − N/E) + N" in visit.page.locator("#formulas").inner_text()


def test_paper_shows_numbers_without_controls(lab: Visit) -> None:
    """Headline, figures, table and chart print; fields, tabs and buttons do not."""
    lab.page.emulate_media(media="print")
    assert lab.page.locator("h1").is_visible()
    assert lab.page.locator(".t-scenarios").is_visible()
    assert lab.page.locator(".s-value").is_visible()
    for control in (".pos", ".lab-tabs", ".list", ".acts", ".nx"):
        assert not any(each.is_visible() for each in lab.page.locator(control).all()), control


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        (360, "dark"),
        (1440, "light"),
        *(pytest.param(*each, marks=pytest.mark.whole) for each in ((360, "light"), (1440, "dark"))),
    ],
)
def test_axe_finds_nothing_in_any_state(
    visitor: Callable[..., Visit], theme: str, width: int, whole: bool
) -> None:
    """Textbook, close, liquidated, asked; each panel, everything opened.

    The page is looked at once, then what differs; a sample has each panel at one width.
    """
    visit = visitor(viewport={"width": width, "height": 900}, color_scheme=theme).open("/hedge/")
    visit.page.evaluate(OPEN_ALL)
    assert findings(visit.page) == []
    states = (
        ({}, PANELS),
        (CASES["case-close"].inputs, ("scen", "liq")),
        (CASES["case-gone"].inputs, ("liq",)),
    )
    pairs = [
        (inputs, panel)
        for inputs, panels in (*states, (CASES["case-read"].inputs, ("pos", "menu")))
        for panel in panels
    ]
    for turn, (inputs, panel) in enumerate(pairs):
        if whole or turn % 2 == (width > PHONE["width"]):
            go(visit, panel, **inputs)
            visit.page.evaluate(OPEN_ALL)
            parts = f".lab-hero, .lab-strip, .lab-tabs, [data-spoken], #pos, #{panel}"
            assert findings(visit.page, within=parts) == [], (inputs, panel)


def test_nothing_is_blocked(lab: Visit) -> None:
    """Through every panel, case and fold: no violation of the policy, no complaint, no other origin."""
    for link in (*lab.page.locator("[data-case]").all(), *lab.page.locator(".lab-tabs a").all()):
        link.click()
    for details in lab.page.locator("main details > summary:visible").all():
        details.click()
    settle(lab)
    assert lab.violations == []
    assert lab.complaints == []
    assert {url for url in lab.requests if not url.startswith(lab.origin)} == set()
    assert len({url for url in lab.requests if "favicon" not in url}) <= 7  # page, two styles, three scripts
