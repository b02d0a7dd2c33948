"""Charts in the browser: pictures first, Plotly on demand in the same place, statistics of the range."""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.places import double_click
from tests.markup import parse

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

PLACE = """(plot) => {
  const { x, y, width, height } = plot.getBoundingClientRect();
  return [x + scrollX, y + scrollY, width, height];
}"""
CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")


def share(part: int, whole: int) -> str:
    """Return a share with halves rounded away from zero, by whole numbers alone."""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def worded_date(session: str) -> str:
    """Return an ISO date as the page writes it."""
    day = dt.date.fromisoformat(session)
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def count(regimes: dict[str, str], first: str, last: str) -> tuple[int, int]:
    """Return how many sessions from first to last were in backwardation, and how many there are."""
    shown = [regime for session, regime in regimes.items() if first <= session <= last]
    return shown.count("backwardation"), len(shown)


def expect_counts(visit: Visit, part: int, whole: int) -> None:
    """Wait until the line below the main chart says so many of so many sessions."""
    expect(visit.statistic("n")).to_have_text(f"{whole:,}")
    expect(visit.statistic("k")).to_have_text(f"{part:,}")
    expect(visit.statistic("rate")).to_have_text(f"({share(part, whole)})")


def press(visit: Visit, chart: str, key: str) -> str:
    """Press a key on a chart and return the text that its live region then reads."""
    reader = visit.plot(chart).locator("[aria-live]")
    before = reader.inner_text()
    visit.plot(chart).press(key)
    expect(reader).not_to_have_text(before)
    return reader.inner_text()


def swipe_up(visit: Visit, chart: str) -> float:
    """Drag a finger up over a chart and return by how many pixels the page has scrolled."""
    touch = visit.page.context.new_cdp_session(visit.page)
    box = visit.plot(chart).bounding_box()
    x, y = box["x"] + 150, box["y"] + 130
    before = visit.page.evaluate("scrollY")
    for step in range(8):
        point = {"type": "touchMove" if step else "touchStart", "touchPoints": [{"x": x, "y": y - 12 * step}]}
        touch.send("Input.dispatchTouchEvent", point)
        visit.page.wait_for_timeout(16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.page.wait_for_timeout(200)
    return float(visit.page.evaluate("scrollY") - before)


def test_nothing_but_explore_fetches_the_library(visitor: Callable[..., Visit]) -> None:
    """Five pictures are shown; they answer pointing, focus, keys, taps, tabs and ranges."""
    visit = visitor(has_touch=True).open()
    visit.page.mouse.move(1, 1)
    visit.page.wait_for_load_state("networkidle")
    assert not visit.asked("/charts/")
    assert visit.page.locator("[data-plot] > .pic").count() == len(CHARTS)
    plot = visit.plot("signal")
    plot.hover()
    plot.focus()
    plot.press("ArrowLeft")
    plot.tap()
    visit.select("distribution").hover()
    visit.choose("5y")
    visit.page.wait_for_timeout(300)
    assert not visit.asked("plotly")
    assert not visit.asked("charts/")


def test_explore_says_that_it_is_busy_and_fetches_once(visit: Visit) -> None:
    """The button answers at once, with the library held back; a second press leads back to the picture."""
    held: list[Any] = []
    visit.page.route("**/plotly*", lambda route: held.append(route))  # noqa: PLW0108 (the driver marks it)
    button = visit.page.locator("#chart-signal [data-explore]")
    width = button.bounding_box()["width"]
    button.click()
    assert button.text_content() == "Loading…"
    assert button.get_attribute("aria-busy") == "true"
    assert button.bounding_box()["width"] == width
    visit.page.wait_for_timeout(300)
    held[0].continue_()
    visit.wait_live("signal")
    assert button.text_content() == "Close"
    button.click()
    style = "(svg) => getComputedStyle(svg).visibility"
    assert visit.plot("signal").locator("> .pic").evaluate(style) == "visible"
    button.click()
    visit.wait_live("signal")
    assert len(visit.asked("plotly")) == 1
    assert len(visit.asked("charts/signal.json")) == 1


def test_a_finger_scrolls_past_a_chart(visitor: Callable[..., Visit]) -> None:
    """Scrolling over a chart with a finger fetches nothing, and scrolls on once the chart is interactive."""
    visit = visitor(viewport={"width": 390, "height": 740}, has_touch=True, is_mobile=True).open()
    plot = visit.plot("signal")
    plot.scroll_into_view_if_needed()
    assert swipe_up(visit, "signal") > 20
    assert not visit.asked("plotly")
    visit.wake("signal")
    plot.scroll_into_view_if_needed()
    assert swipe_up(visit, "signal") > 20


def test_all_charts_draw_in_place_under_the_strict_policy(visit: Visit) -> None:
    """Five charts: all traces drawn in the place of the picture, styled, nothing moved, nothing blocked."""
    for chart in CHARTS:
        plot = visit.select(chart)
        plot.scroll_into_view_if_needed()
        box, shift = plot.evaluate(PLACE), visit.shift
        visit.wake(chart)
        assert plot.evaluate(PLACE) == box
        assert visit.shift - shift <= 0.02
        figure = visit.page.evaluate(
            "async (url) => (await (await fetch(url)).json()).data.length", f"charts/{chart}.json"
        )
        assert plot.locator(".plot-live").evaluate("(plot) => plot._fullData.length") == figure
        assert plot.locator(".plot-live .scatterlayer .trace, .plot-live .barlayer .trace").count() == figure
        # the policy lets Plotly insert an empty style element only; without it this would be "static"
        styles = plot.locator(".main-svg").first.evaluate("(svg) => getComputedStyle(svg).position")
        assert styles == "absolute"
        assert plot.locator("> .pic").evaluate("(svg) => getComputedStyle(svg).visibility") == "hidden"
        expect_same_area(visit, chart)
    assert len(visit.asked("plotly")) == 1
    assert visit.violations == []
    assert visit.complaints == []
    assert {url for url in visit.requests if not url.startswith(visit.origin)} == set()


def expect_same_area(visit: Visit, chart: str) -> None:
    """Find plot area and axis lines where the picture has them, to half a pixel."""
    plot = visit.plot(chart)
    picture, box = plot.locator("> .pic").bounding_box(), plot.bounding_box()
    size = visit.layout(chart, "_size")
    drawn = {"x": box["x"] + size["l"], "y": box["y"] + size["t"], "width": size["w"], "height": size["h"]}
    assert drawn == pytest.approx(picture, abs=0.5)


def test_on_a_phone_plotly_has_the_plot_area_of_the_picture(visitor: Callable[..., Visit]) -> None:
    """Narrow pictures are drawings of their own."""
    visit = visitor(viewport={"width": 360, "height": 900}).open()
    for chart in CHARTS:
        visit.wake(chart)
        expect_same_area(visit, chart)


def test_statistics_of_every_window_equal_the_snapshot(live: Visit, snapshot: dict[str, Any]) -> None:
    """Counted in the browser from what comes with each picture: k, n, rate and dates of every window."""
    for window in snapshot["windows"]:
        live.choose(window["name"])
        expect_counts(live, window["n_backwardation"], window["n_sessions"])
        expect(live.statistic("from")).to_have_text(worded_date(window["first_session"]))
        expect(live.statistic("to")).to_have_text(f"to {worded_date(window['last_session'])}")


def test_the_script_words_the_default_range_as_the_page_does(live: Visit, sample_site: Path) -> None:
    """Drawing the default range rewrites the line to the same characters that the page was served with."""
    line = live.page.locator("[data-range-stat]")
    served = parse((sample_site / "index.html").read_text("utf-8"))
    before = served.all("p", "range-stat")[0].text()
    live.choose("3m")
    expect(line).not_to_have_text(before)
    live.choose("2y")
    expect(line).to_have_text(before)


def test_range_buttons_move_both_axes(live: Visit) -> None:
    """A longer range widens the dates, and the value axes fit what is in view."""
    live.wake("signal")
    seen = []
    for name in ("3m", "all"):
        live.choose(name)
        live.page.wait_for_timeout(100)
        seen.append([live.layout("signal", f"{axis}.range") for axis in ("xaxis", "yaxis")])
    (short, *short_values), (long, *long_values) = seen
    assert long[0] < short[0]
    for narrow, wide in zip(short_values, long_values, strict=True):
        assert wide[0] <= narrow[0] < narrow[1] <= wide[1]
        assert wide != narrow


def test_free_ranges_are_counted_as_python_counts_them(live: Visit, regimes: dict[str, str]) -> None:
    """Random ranges in the address: k, n and rate equal a count over the downloadable series."""
    chance = random.Random(20)
    for _ in range(5):
        first, last = sorted(chance.sample(sorted(regimes), 2))
        live.page.evaluate("(hash) => { location.hash = hash; }", f"range={first}..{last}")
        expect_counts(live, *count(regimes, first, last))


def test_dragging_zooms_counts_and_a_double_click_resets(live: Visit, regimes: dict[str, str]) -> None:
    """A dragged range names its own sessions, is kept in the address, and a double click takes it back."""
    plot = live.wake("signal")
    default = live.page.locator("[data-range-stat]").inner_text()
    axes = [live.layout("signal", f"{axis}.range") for axis in ("xaxis", "yaxis", "yaxis2")]
    box = plot.bounding_box()
    across = box["y"] + 150
    live.page.mouse.move(box["x"] + 300, across)
    live.page.mouse.down()
    live.page.mouse.move(box["x"] + 600, across, steps=4)
    live.page.mouse.up()
    live.page.wait_for_function("() => location.hash.includes('..')")
    first, last = live.page.evaluate("location.hash").removeprefix("#range=").split("..")
    k, n = count(regimes, first, last)
    assert 0 < n < 500
    expect_counts(live, k, n)
    expect(live.page.locator('[data-range][aria-pressed="true"]')).to_have_count(0)
    double_click(plot, box["width"] / 2, lambda: live.page.evaluate("location.hash") == "")
    expect(live.page.locator("[data-range-stat]")).to_have_text(default)
    assert [live.layout("signal", f"{axis}.range") for axis in ("xaxis", "yaxis", "yaxis2")] == axes


def test_a_blocked_library_leaves_the_pictures_and_is_tried_once_more(visitor: Callable[..., Visit]) -> None:
    """Every picture stays, one message appears, ranges work on; the next press draws the range."""
    visit = visitor()
    visit.page.route("**/plotly*", lambda route: route.abort())
    visit.open()
    for chart in ("signal", "term-structure"):
        visit.page.locator(f"#chart-{chart} [data-explore]").click()
    expect(visit.page.locator(".chart-message")).to_contain_text("once more")
    explore = visit.page.locator("#chart-signal [data-explore]")
    for chart in ("signal", "term-structure"):
        expect(visit.page.locator(f"#chart-{chart} [data-explore]")).to_have_text("Explore")
        assert visit.plot(chart).locator("> .pic").is_visible()
    assert visit.page.locator(".chart-message").count() == 1
    visit.choose("1y")
    expect(visit.page.locator("#t-signal")).to_contain_text("in one year")
    visit.page.unroute("**/plotly*")
    explore.click()
    visit.wait_live("signal")
    assert visit.page.locator(".chart-message").count() == 0
    expect(visit.page.locator('[data-range="1y"]')).to_have_attribute("aria-pressed", "true")
    assert visit.layout("signal", "xaxis.range")[0].startswith("2024-12-3")


def _break_off(route: Any) -> None:
    """Answer with the picture alone: the file ends where its readings begin."""
    response = route.fetch()
    picture, mark, _ = response.text().partition("<metadata>")
    route.fulfill(response=response, body=picture + mark)


def test_a_range_that_cannot_be_had_leaves_the_one_shown(visitor: Callable[..., Visit]) -> None:
    """Blocked or broken off: picture, words, button and address stay those before; the next try succeeds."""
    visit = visitor().open()
    title, line = visit.page.locator("#t-signal"), visit.page.locator("[data-range-stat]")
    pressed = visit.page.locator('[data-range][aria-pressed="true"]')
    for name, words, fail in (
        ("5y", "in five years", lambda route: route.abort()),
        ("10y", "in ten years", _break_off),
    ):
        before = title.inner_text(), line.inner_text(), visit.page.evaluate("location.hash")
        shown = pressed.get_attribute("data-range")
        visit.page.route(f"**/signal-{name}.*", fail)
        visit.page.locator(f'[data-range="{name}"]').click()
        expect(visit.page.locator(".chart-message")).to_contain_text("That range could not be loaded")
        expect(pressed).to_have_attribute("data-range", shown)
        assert (title.inner_text(), line.inner_text(), visit.page.evaluate("location.hash")) == before
        visit.page.unroute(f"**/signal-{name}.*")
        visit.choose(name)
        expect(title).to_contain_text(words)
        assert visit.page.locator(".chart-message").count() == 0


LEAVE_HALFWAY = """async () => {
  const button = (name) => document.querySelector(`[data-ranges] [data-range="${name}"]`);
  const title = document.querySelector('#t-signal');
  const before = title.textContent;
  button('5y').click();
  for (let i = 0; i < 1000 && title.textContent === before; i += 1) await null;
  const put = title.textContent;
  button('2y').click();
  return put;
}"""


def test_a_range_left_before_it_is_shown_is_dropped(visit: Visit) -> None:
    """Back to the default before the picture has come, and between the picture and its words."""
    held: list[Any] = []
    visit.page.route("**/signal-5y.*", lambda route: held.append(route))  # noqa: PLW0108 (the driver marks it)
    title, line = visit.page.locator("#t-signal"), visit.page.locator("[data-range-stat]")
    before = title.inner_text(), line.inner_text()
    visit.page.locator('[data-ranges] [data-range="5y"]').click()
    visit.choose("2y")
    with visit.page.expect_response("**/signal-5y.*"):
        held[0].continue_()
    visit.page.wait_for_timeout(300)
    assert (title.inner_text(), line.inner_text()) == before
    assert "in five years" in visit.page.evaluate(LEAVE_HALFWAY)
    visit.wait_ranged()
    visit.page.wait_for_timeout(300)
    assert (title.inner_text(), line.inner_text()) == before
    expect(visit.page.locator('[data-ranges] [aria-pressed="true"]')).to_have_attribute("data-range", "2y")


def test_a_missing_figure_leaves_its_picture(visitor: Callable[..., Visit]) -> None:
    """A figure that cannot be had costs that chart alone."""
    visit = visitor()
    visit.page.route("**/charts/distribution.json", lambda route: route.fulfill(status=404, body=""))
    visit.open()
    visit.select("distribution")
    visit.page.locator("#chart-distribution [data-explore]").click()
    visit.page.wait_for_selector("#chart-distribution .chart-message")
    assert visit.plot("distribution").locator("> .pic").is_visible()
    visit.wake("signal")
    assert visit.page.locator("[data-range]").first.is_enabled()


def test_the_keyboard_reads_bars(live: Visit) -> None:
    """The bars of the distribution are read from the highest ratio down."""
    live.wake("distribution")
    assert "session" in press(live, "distribution", "ArrowLeft")
    assert "session" in press(live, "distribution", "ArrowLeft")


def test_colors_follow_the_theme(visitor: Callable[..., Visit]) -> None:
    """The drawn line has the theme's ink: when drawn, when the system changes, when the button is pressed.

    Size and theme changed while another tab showed: shown again, a chart has both.
    """
    visit = visitor().open()
    plot = visit.wake("signal")
    hidden = visit.wake("rolling-rate")
    visit.select("distribution")
    light = ink(visit)
    assert line_color(plot) == light
    visit.page.emulate_media(color_scheme="dark")
    dark = ink(visit)
    assert dark != light
    wait_for_line(plot, dark)
    visit.page.set_viewport_size({"width": 700, "height": 800})
    visit.select("rolling-rate")
    visit.page.wait_for_function(
        "([plot, width]) => plot._fullLayout.width === width",
        arg=[hidden.locator(".plot-live").element_handle(), hidden.evaluate("(plot) => plot.clientWidth")],
    )
    assert line_color(hidden) == dark
    visit.page.locator("[data-theme-button]").click()
    wait_for_line(plot, light)


def ink(visit: Visit) -> str:
    """Return the color of lines in the theme shown."""
    script = "getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
    return str(visit.page.evaluate(script))


def line_color(plot: Any) -> str:
    """Return the color in which Plotly has drawn a chart's first line."""
    return str(plot.locator(".plot-live").evaluate("(plot) => plot._fullData[0].line.color"))


def wait_for_line(plot: Any, color: str) -> None:
    """Wait until Plotly has drawn a chart's first line in a color."""
    plot.page.wait_for_function(
        "([plot, color]) => plot._fullData[0].line.color === color",
        arg=[plot.locator(".plot-live").element_handle(), color],
    )
