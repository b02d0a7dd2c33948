"""The strip of the whole history and the readout of the main chart: mouse and keys, without Plotly."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ivts_site import formatting as fmt

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

CELLS = ("day", "ratios", "run", "regime", "front", "back", "benchmark")


def readout(visit: Visit) -> dict[str, str]:
    """Return the words of the line above the chart, by cell."""
    texts = visit.page.evaluate(
        "(names) => names.map((name) => document.querySelector(`[data-read='${name}']`).innerText)", CELLS
    )
    return dict(zip(CELLS, texts, strict=True))


@pytest.fixture(scope="module")
def closes(sample_site: Path) -> dict[str, tuple[float | None, ...]]:
    """Session to front, back and benchmark, as Plotly's figure holds them."""
    figure = json.loads((sample_site / "charts/signal.json").read_text("utf-8"))
    main, benchmark = figure["data"][:2]
    columns = zip(main["meta"]["front"], main["meta"]["back"], benchmark["y"], strict=True)
    return dict(zip(main["x"], columns, strict=True))


def test_every_session_of_a_range_is_read_as_it_was(
    live: Visit, closes: dict[str, tuple[float, ...]], regimes: dict[str, str]
) -> None:
    """A hundred places over ten years: closes, ratio and regime are those of Plotly's figure."""
    live.choose("10y")
    live.page.wait_for_timeout(100)
    plot = live.plot("signal")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    days = {fmt.date_weekday(day): day for day in closes}
    chance, seen = random.Random(5), set()
    for _ in range(100):
        live.page.mouse.move(box["x"] + 41 + chance.random() * (box["width"] - 90), box["y"] + 120)
        found = readout(live)
        day = days[found["day"]]
        front, back, benchmark = closes[day]
        assert [found["front"], found["back"], found["benchmark"]] == [
            fmt.level(value) for value in (front, back, benchmark)
        ]
        assert found["ratios"].split()[0] == fmt.ratio(round(front / back, 6))
        assert found["regime"] == regimes[day]
        seen.add(day)
    assert len(seen) > 80
    live.page.mouse.move(1, 1)
    assert days[readout(live)["day"]] == max(closes)


def test_keys_read_session_by_session_and_say_it_once(live: Visit, snapshot: dict[str, Any]) -> None:
    """Left reads the latest session, another left the one before, Home the first; Escape forgets."""
    plot = live.plot("signal")
    plot.focus()
    sessions = sorted(json.loads(live.page.locator("[data-readings]").text_content())["gaps"])
    assert min(sessions) >= 1
    live.page.keyboard.press("ArrowLeft")
    assert readout(live)["day"] == fmt.date_weekday(snapshot["as_of"])
    live.page.keyboard.press("ArrowLeft")
    assert readout(live)["day"] == fmt.date_weekday(snapshot["changes"]["previous_session"])
    expect(plot.locator("[aria-live]")).to_contain_text(readout(live)["front"])
    live.page.keyboard.press("Home")
    assert readout(live)["day"] == fmt.date_weekday(snapshot["window"]["first_session"])
    live.page.keyboard.press("Escape")
    assert readout(live)["day"] == fmt.date_weekday(snapshot["as_of"])
    expect(plot.locator("[aria-live]")).to_have_text("")


def test_the_pointer_of_an_explored_chart_is_read(live: Visit, closes: dict[str, tuple[float, ...]]) -> None:
    """Explored, the line above follows the mouse as over the picture, with the closes of Plotly's figure."""
    box = live.wake("signal").bounding_box()
    assert box is not None
    latest = readout(live)["day"]
    live.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 120, steps=3)
    expect(live.page.locator('[data-read="day"]')).not_to_have_text(latest)
    found, before = readout(live), {}
    while found != before:  # the mouse came in three steps: the last one counts
        live.page.wait_for_timeout(200)
        found, before = readout(live), found
    days = {fmt.date_weekday(day): day for day in closes}
    assert [found["front"], found["back"], found["benchmark"]] == [
        fmt.level(value) for value in closes[days[found["day"]]]
    ]
    assert live.complaints == []


def test_an_event_and_a_year_are_a_tap_away(live: Visit, regimes: dict[str, str]) -> None:
    """Title, words, brush and address follow; the sessions are counted as the published series has them."""
    for link in (".strip-event", '.strip-year[data-range="2020"]'):
        place = live.page.locator(link).first
        name, first, last = (place.get_attribute(f"data-{key}") for key in ("range", "first", "last"))
        place.click()
        shown = [regime for day, regime in regimes.items() if str(first) <= day <= str(last)]
        expect(live.statistic("n")).to_have_text(str(len(shown)))
        expect(live.statistic("k")).to_have_text(str(shown.count("backwardation")))
        assert live.page.evaluate("location.hash") == f"#range={name}"
        assert place.get_attribute("aria-current") == "true"
        told = live.page.locator("[data-brush]").get_attribute("aria-valuetext")
        assert told == f"{fmt.date_long(first)} to {fmt.date_long(last)}"


def test_a_drag_chooses_days(live: Visit, regimes: dict[str, str]) -> None:
    """From the middle to three quarters: those days are drawn, counted and named; Escape goes back."""
    strip = live.page.locator("[data-strip]")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    across = box["y"] + 0.7 * box["height"]
    live.page.mouse.move(box["x"] + 0.5 * box["width"], across)
    live.page.mouse.down()
    live.page.mouse.move(box["x"] + 0.6 * box["width"], across, steps=3)
    live.page.mouse.move(box["x"] + 0.75 * box["width"], across, steps=3)
    live.page.mouse.up()
    match = re.fullmatch(r"#range=(.{10})\.\.(.{10})", live.page.evaluate("location.hash"))
    assert match
    shown = [regime for day, regime in regimes.items() if match[1] <= day <= match[2]]
    expect(live.statistic("n")).to_have_text(f"{len(shown):,}")
    expect(live.page.locator("#t-signal")).to_contain_text(" to ")
    assert 0.2 < len(shown) / len(regimes) < 0.3
    live.page.locator("[data-brush]").focus()
    live.page.keyboard.press("Escape")
    expect(live.page.locator("#t-signal")).to_contain_text("in two years")


def test_the_brush_answers_to_keys(live: Visit) -> None:
    """Left moves by a quarter of the length, down halves it, End goes to the last session."""
    brush = live.page.locator("[data-brush]")
    brush.focus()

    def days() -> list[str]:
        return str(live.page.evaluate("location.hash")).removeprefix("#range=").split("..")

    def length() -> int:
        first, last = map(dt.date.fromisoformat, days())
        return (last - first).days

    shown = live.page.locator('button[data-range="2y"]')
    whole = [dt.date.fromisoformat(str(shown.get_attribute(f"data-{end}"))) for end in ("first", "last")]
    live.page.keyboard.press("ArrowLeft")
    moved = (whole[0] - dt.date.fromisoformat(days()[0])).days
    assert abs(length() - (whole[1] - whole[0]).days) <= 1
    assert abs(moved - length() / 4) <= 1
    before = length()
    live.page.keyboard.press("ArrowDown")
    assert abs(length() - before / 2) <= 1
    live.page.keyboard.press("End")
    last = live.page.locator("[data-strip]").get_attribute("data-last")
    assert days()[1] == last


def test_without_script_the_default_picture_and_its_words_stand(
    visitor: Callable[..., Visit], snapshot: dict[str, Any]
) -> None:
    """Picture, readout of the last session, the strip with links to pages; no control without effect."""
    visit = visitor(java_script_enabled=False).open()
    assert visit.plot("signal").locator("> .pic").is_visible()
    assert readout(visit)["ratios"] == fmt.ratio(snapshot["ivts"])
    assert visit.page.locator(".strip-event").first.is_visible()
    assert not visit.page.locator("[data-ranges]").is_visible()
    assert not visit.page.locator("[data-explore]").first.is_visible()
    assert not visit.page.locator(".strip-help").is_visible()
