"""The threshold explorer: the browser's figures against Python's, state in the address, plain form."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.thresholds import ThresholdOutcome, ThresholdRules, measure_thresholds

from ivts_site import formatting as fmt
from ivts_site.published.numbers import number

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

ENTRIES = (0.8, 0.9, 0.955, 1.0, 1.01, 1.1, 1.3)
DROPS = (0.0, 0.03, 0.1)
LEAST = (1, 2, 5, 12)

MEASURE = """async (settings) => {
  const series = await ivts.figure('../charts/signal.json');
  return settings.map((rules) => {
    const found = ivts.measure(series, rules);
    return [Object.values(found).map((v) => (Number.isFinite(v) ? v : null)), ivts.worded(found)];
  });
}"""


@pytest.fixture(scope="module")
def series(sample_site: Path) -> tuple[pd.Series, pd.Series]:
    """The ratio where it is defined and the benchmark's closes, from the published figure."""
    ratio, benchmark = json.loads((sample_site / "charts/signal.json").read_text("utf-8"))["data"][:2]
    index = pd.DatetimeIndex(ratio["x"])
    front, back = (np.array(ratio["meta"][name], dtype=float) for name in ("front", "back"))
    return pd.Series(front / back, index=index).dropna(), pd.Series(benchmark["y"], index=index, dtype=float)


def waken(visit: Visit) -> None:
    """Reach for the explorer and wait until it answers."""
    visit.page.locator('[data-slider="entry"]').focus()
    visit.page.wait_for_function("() => window.ivts.explorer")
    visit.page.wait_for_timeout(50)


def shown(visit: Visit) -> dict[str, str]:
    """Return the column of the visitor's own rules."""
    cells = visit.page.locator("[data-out]").all()
    return {cell.get_attribute("data-out"): cell.inner_text() for cell in cells}


def fields(visit: Visit) -> list[str]:
    """Return entry, exit and least length as the number fields have them."""
    return [visit.page.locator(f'[data-field="{name}"]').input_value() for name in ("entry", "exit", "min")]


def worded(found: ThresholdOutcome) -> dict[str, str]:
    """Return the figures as the page writes them."""
    published = {name: number(getattr(found, name)) for name in ThresholdOutcome.__slots__ if name != "n"}
    return {
        "n": fmt.count(found.n),
        "rate": fmt.percent(published["rate"]),
        "mean": fmt.fixed(published["mean_sessions"], 1),
        "median": fmt.fixed(published["median_sessions"], 1),
        "spy": fmt.percent_change(published["mean_spy_return"]),
        "flips": fmt.fixed(published["flips_per_year"], 1),
    }


def values(found: ThresholdOutcome) -> list[float]:
    """Return the figures in the browser's order."""
    return [getattr(found, name) for name in ThresholdOutcome.__slots__]


@pytest.fixture
def live(visitor: Callable[..., Visit]) -> Visit:
    """The page of all inversions, where the explorer stands."""
    return visitor().open("/episodes/")


def test_a_grid_of_settings_equals_python(live: Visit, series: tuple[pd.Series, pd.Series]) -> None:
    """Eighty-four settings: every figure, and every word made of it."""
    waken(live)
    grid = [(entry, round(entry - drop, 3), least) for entry, drop, least in product(ENTRIES, DROPS, LEAST)]
    found = live.page.evaluate(MEASURE, [{"entry": a, "exit": b, "min": n} for a, b, n in grid])
    assert len(found) == 84
    for (entry, exit_, least), (numbers, words) in zip(grid, found, strict=True):
        rules = ThresholdRules(entry=entry, exit=exit_, min_sessions=least)
        expected = measure_thresholds(*series, rules)
        defined = [math.nan if value is None else value for value in numbers]
        assert defined == pytest.approx(values(expected), rel=1e-12, nan_ok=True), rules
        assert words == worded(expected), rules
    assert len({json.dumps(words) for _, words in found}) > 60  # the settings differ in what they find


def test_the_definition_comes_out_as_published(live: Visit, snapshot: dict[str, Any]) -> None:
    """Untouched dials give the definition's own figures, in the script and in the table."""
    before = shown(live)
    waken(live)
    assert shown(live) == before
    definition = live.page.locator(".outcome td:nth-child(2)").all_inner_texts()
    assert list(before.values()) == definition
    assert before["n"] == str(snapshot["episodes"]["n"])
    assert before["rate"] == fmt.percent(snapshot["all_history"]["backwardation_rate"])


def test_dials_recompute_at_once_and_the_address_follows(
    live: Visit, series: tuple[pd.Series, pd.Series]
) -> None:
    """Two steps of a slider, a typed exit, a typed length; the back button undoes one by one."""
    waken(live)
    live.page.keyboard.press("ArrowRight")
    live.page.keyboard.press("ArrowRight")
    assert fields(live) == ["1.01", "1.00", "1"]
    live.page.locator('[data-field="exit"]').fill("0.95")
    live.page.locator('[data-field="min"]').fill("3")
    live.page.keyboard.press("Tab")
    assert live.page.evaluate("location.hash") == "#entry=1.01&exit=0.95&min=3"
    rules = ThresholdRules(entry=1.01, exit=0.95, min_sessions=3)
    expected = worded(measure_thresholds(*series, rules))
    assert shown(live) == expected
    status = live.page.locator("[data-explorer-status]").inner_text()
    assert status == f"{expected['n']} inversions, {expected['rate']} of sessions"
    live.page.go_back()
    expect(live.page.locator('[data-field="min"]')).to_have_value("1")
    assert fields(live) == ["1.01", "0.95", "1"]
    live.page.locator(".explorer [data-reset]").click()
    assert fields(live) == ["1.00", "1.00", "1"]
    assert live.page.evaluate("location.hash") == ""


def test_the_exit_never_lies_above_the_entry(live: Visit) -> None:
    """Whichever of the two moves takes the other with it; what is out of bounds or no number is not taken."""
    waken(live)
    live.page.locator('[data-field="entry"]').fill("0.9")
    assert fields(live)[1] == "0.90"
    live.page.locator('[data-field="exit"]').fill("1.1")
    assert fields(live)[0] == "1.10"
    live.page.locator('[data-field="entry"]').fill("7")
    live.page.locator('[data-field="min"]').fill("")
    live.page.keyboard.press("Tab")
    assert fields(live) == ["1.30", "1.10", "1"]


def test_a_shared_address_opens_with_its_rules(
    visitor: Callable[..., Visit], series: tuple[pd.Series, pd.Series]
) -> None:
    """Rules of the address are put in, the explorer is in view, and no chart is drawn for it."""
    visit = visitor().open("/episodes/#entry=1.01&exit=0.98&min=2")
    rules = ThresholdRules(entry=1.01, exit=0.98, min_sessions=2)
    expect(visit.page.locator('[data-out="n"]')).to_have_text(str(measure_thresholds(*series, rules).n))
    assert fields(visit) == ["1.01", "0.98", "2"]
    box = visit.page.locator("#explorer").bounding_box()
    assert 0 <= box["y"] < 900
    assert not visit.asked("plotly")


IMPOSSIBLE = ("entry=9", "exit=1.2", "entry=x&min=2", "min=1.5", "min=0", "entry=1e400", "entry=%")


def test_impossible_rules_in_the_address_are_ignored(visitor: Callable[..., Visit]) -> None:
    """Out of bounds, an exit above the entry, no number: the definition stays, and nothing is fetched."""
    visit = visitor().open(f"/episodes/#{IMPOSSIBLE[0]}")
    for hash_ in IMPOSSIBLE:
        visit.page.evaluate("(hash) => { location.hash = hash; }", hash_)
        visit.page.wait_for_timeout(20)
        assert fields(visit) == ["1.00", "1.00", "1"], hash_
    assert not visit.asked("explorer")
    assert visit.complaints == []


def test_without_series_the_table_stays_and_a_second_try_works(visitor: Callable[..., Visit]) -> None:
    """A failed fetch is said; the next touch asks again."""
    visit = visitor()
    visit.page.route("**/charts/signal.json", lambda route: route.abort())
    visit.open("/episodes/")
    visit.page.locator('[data-slider="entry"]').focus()
    expect(visit.page.locator("[data-explorer-status]")).to_contain_text("could not be loaded")
    visit.page.unroute("**/charts/signal.json")
    visit.page.keyboard.press("ArrowRight")
    expect(visit.page.locator('[data-field="entry"]')).to_have_value("1.005")
    expect(visit.page.locator("[data-explorer-status]")).not_to_contain_text("could not")


def test_without_script_the_definition_is_readable(visitor: Callable[..., Visit]) -> None:
    """The table holds the definition's figures alone, a note says why there is nothing to move."""
    visit = visitor(java_script_enabled=False).open("/episodes/")
    assert not visit.page.locator("[data-slider]").first.is_visible()
    assert not visit.page.locator(".yours").first.is_visible()
    assert visit.page.locator(".outcome td").first.is_visible()
    assert visit.page.locator("#explorer noscript p").is_visible()
