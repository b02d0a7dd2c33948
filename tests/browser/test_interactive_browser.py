"""Charts in the hand: reading, free zoom, things to take along, second tries, sub-paths, pages from disk."""

from __future__ import annotations

import functools
import http.server
import io
import re
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from ivts_site import formatting as fmt

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

BARS = """(plot) => plot._fullData.filter((trace) => trace.type === 'bar')
  .flatMap(({ x, y }) => x.map((at, i) => [at, y[i]]))"""
PNG = b"\x89PNG\r\n\x1a\n"


# the axes of values follow that of days: all are as they will be once none has moved for a while
SETTLED = """(plot) => new Promise((done) => {
  let [last, same] = ['', 0];
  const look = () => {
    const { xaxis, yaxis, yaxis2 } = plot._fullLayout;
    const now = JSON.stringify([xaxis, yaxis, yaxis2].map((axis) => axis?.range));
    same = now === last ? same + 1 : 0;
    last = now;
    if (same > 12) done(); else requestAnimationFrame(look);
  };
  look();
})"""


def drag(visit: Visit, chart: str, start: float, end: float) -> None:
    """Zoom into a part of a chart, given in shares of its width."""
    plot = visit.plot(chart)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    before = visit.layout(chart, "xaxis.range")
    visit.page.mouse.move(box["x"] + start * box["width"], box["y"] + 100)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + end * box["width"], box["y"] + 100, steps=4)
    visit.page.mouse.up()
    live = plot.locator(".plot-live").element_handle()
    visit.page.wait_for_function(
        "([plot, before]) => plot._fullLayout.xaxis.range[0] !== before[0]", arg=[live, before]
    )
    plot.locator(".plot-live").evaluate(SETTLED)


def tick_texts(visit: Visit, chart: str, kind: str) -> list[str]:
    """Return the labels that Plotly has written along an axis."""
    return list(visit.plot(chart).locator(f".plot-live .{kind} text").all_text_contents())


def tool(visit: Visit, chart: str, name: str) -> Any:
    """Return a tool button of a chart."""
    return visit.page.locator(f'#chart-{chart} [data-tool="{name}"]')


def download(visit: Visit, chart: str, name: str) -> tuple[str, bytes]:
    """Press a tool button and return the name and the bytes of what it saves."""
    with visit.page.expect_download() as waited:
        tool(visit, chart, name).click()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def read_at(visit: Visit, chart: str, key: str) -> str:
    """Press a key on a chart and return what its live region then reads."""
    reader = visit.plot(chart).locator("[aria-live]")
    before = reader.inner_text()
    visit.plot(chart).press(key)
    expect(reader).not_to_have_text(before)
    return str(reader.inner_text())


# ---------------------------------------------------------------- reading


def test_a_session_is_read_whole(live: Visit, snapshot: dict[str, Any]) -> None:
    """Date, ratio, regime with its session number, front, back and benchmark, as keys read them aloud."""
    live.plot("signal").focus()
    text = read_at(live, "signal", "ArrowLeft")
    closes, regime = snapshot["closes"], snapshot["regime"]
    for part in (
        fmt.date_weekday(snapshot["as_of"]),
        f"ratio {fmt.ratio(snapshot['ivts'])}",
        f"run {regime['day']}, {regime['name']}",
        f"VIX {fmt.level(closes['vix'])}",
        f"VIX3M {fmt.level(closes['vix3m'])}",
        f"SPY {fmt.level(closes['spy'])}",
    ):
        assert part in text


def test_a_finger_that_moves_sideways_reads(visitor: Callable[..., Visit]) -> None:
    """Dragging a finger along the picture reads session by session; the page stays."""
    visit = visitor(viewport={"width": 390, "height": 740}, has_touch=True, is_mobile=True).open()
    plot = visit.plot("signal")
    plot.scroll_into_view_if_needed()
    touch, box = visit.page.context.new_cdp_session(visit.page), plot.bounding_box()
    scrolled, seen = visit.page.evaluate("scrollY"), []
    for step in range(6):
        point = {"x": box["x"] + 90 + 30 * step, "y": box["y"] + 120}
        kind = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        visit.page.wait_for_timeout(80)
        seen.append(visit.page.locator("[data-readout]").text_content())
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert len(set(seen[2:])) == 4
    assert visit.page.evaluate("scrollY") == scrolled


def test_hover_writes_per_cent_as_the_text_does(live: Visit) -> None:
    """The latest rates in the label are those of the summary, with the narrow space before the sign."""
    live.wake("rolling-rate")
    text = read_at(live, "rolling-rate", "ArrowLeft")
    rates = re.findall("[0-9.]+%", live.page.locator("#sum-rolling-rate").inner_text())
    assert re.findall("[0-9.]+%", text) == rates
    assert len(rates) == 3


def test_a_finger_reads_bars(visitor: Callable[..., Visit]) -> None:
    """Moving sideways over bars shows the bar nearest to the finger, each in its turn."""
    visit = visitor(viewport={"width": 390, "height": 740}, has_touch=True, is_mobile=True).open()
    touch = visit.page.context.new_cdp_session(visit.page)
    for chart, below in (("distribution", 0.8), ("spy-backwardation", 0.85)):
        plot = visit.wake(chart)
        plot.scroll_into_view_if_needed()
        box, seen = plot.bounding_box(), []
        for step in range(5):
            point = {"x": box["x"] + 80 + 45 * step, "y": box["y"] + below * box["height"]}
            kind = "touchMove" if step else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            visit.page.wait_for_timeout(80)
            seen.append(plot.locator(".hoverlayer").text_content())
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert all("session" in text for text in seen[1:]), (chart, seen)
        assert len(set(seen[1:])) >= 3, chart


# ---------------------------------------------------------------- free zoom


def test_a_zoom_in_a_tab_is_kept_in_the_address(visitor: Callable[..., Visit]) -> None:
    """All charts follow it, the back button undoes it, and a shared address shows it at once."""
    visit = visitor().open()
    visit.wake("rolling-rate")
    drag(visit, "rolling-rate", 0.3, 0.6)
    visit.page.wait_for_function("() => location.hash.includes('..')")
    hash_ = visit.page.evaluate("location.hash")
    match = re.fullmatch(r"#range=(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)&view=rolling-rate", hash_)
    assert match
    shown = visit.layout("rolling-rate", "xaxis.range")
    assert shown[0][:10] <= match[1] < match[2] <= shown[1][:10]
    visit.page.go_back()
    visit.page.wait_for_function("() => location.hash === '#view=rolling-rate'")
    expect(visit.plot("rolling-rate").locator(".annotation").filter(has_text="last")).to_have_count(3)
    expect(visit.page.locator("[data-ranges] [aria-pressed=true]")).to_have_count(1)
    shared = visitor().open(f"/{hash_}")
    expect(shared.page.locator("#t-signal")).to_contain_text(fmt.date_long(match[1]))
    expect(shared.page.locator("#sum-rolling-rate")).to_contain_text("Shown: ")
    assert not shared.asked("plotly")
    shared.wake("rolling-rate")
    assert shared.layout("rolling-rate", "xaxis.range") == shown


def test_free_zoom_writes_per_cent_as_the_figure_does(live: Visit) -> None:
    """Ticks of the rolling rate keep the narrow space before the sign; the axis starts at nothing."""
    live.wake("rolling-rate")
    drag(live, "rolling-rate", 0.2, 0.5)
    texts = tick_texts(live, "rolling-rate", "ytick")
    assert len(texts) > 2
    assert all(re.fullmatch("[0-9.]+%", text) for text in texts)
    assert live.layout("rolling-rate", "yaxis.range")[0] == 0


@pytest.mark.parametrize(
    ("chart", "names"), [("rolling-rate", r"^last \d+$"), ("term-structure", "^VIX(3M)?$")]
)
def test_end_labels_never_touch(live: Visit, chart: str, names: str) -> None:
    """Over all history the ends of the lines nearly meet; their names keep a line's height apart."""
    live.wake(chart)
    live.choose("all")
    labels = live.plot(chart).locator(".plot-live .annotation").filter(has_text=re.compile(names))
    expect(labels).to_have_count({"rolling-rate": 3, "term-structure": 2}[chart])
    tops = sorted(label.bounding_box()["y"] for label in labels.all())
    assert all(low - high >= 14 for high, low in pairwise(tops))


def test_end_labels_go_where_the_last_session_is_out_of_view(live: Visit) -> None:
    """They would name the wrong place of their lines."""
    live.wake("rolling-rate")
    drag(live, "rolling-rate", 0.3, 0.6)
    labels = live.plot("rolling-rate").locator(".plot-live .annotation")
    expect(labels.filter(has_text=re.compile("^rate$"))).to_have_count(1)
    expect(labels.filter(has_text=re.compile("^last"))).to_have_count(0)


def test_free_zoom_fits_the_bars_to_what_is_in_view(live: Visit) -> None:
    """Returns of the episodes in view fill their axis, from the line at zero, in percent as before."""
    live.wake("spy-backwardation")
    live.choose("all")
    before = live.layout("spy-backwardation", "yaxis2.range")
    drag(live, "spy-backwardation", 0.07, 0.14)
    low, high = live.layout("spy-backwardation", "yaxis2.range")
    first, last = live.layout("spy-backwardation", "xaxis.range")
    bars = live.plot("spy-backwardation").locator(".plot-live").evaluate(BARS)
    inside = [y for x, y in bars if first <= x <= last]
    assert inside
    assert low <= min(*inside, 0) <= max(*inside, 0) <= high
    assert high - low == pytest.approx((max(*inside, 0) - min(*inside, 0)) * 1.08)
    assert [low, high] != before
    texts = tick_texts(live, "spy-backwardation", "y2tick")
    vals = [float(text.replace("\u2212", "-")) for text in texts]
    assert texts == [fmt.fixed(value, len(texts[0].partition(".")[2])) for value in vals]
    steps = {round(b - a, 9) for a, b in pairwise(sorted(vals))}
    assert len(vals) > 2
    assert len(steps) == 1


# ---------------------------------------------------------------- things to take along


def test_csv_holds_the_sessions_shown(live: Visit, sample_site: Path, snapshot: dict[str, Any]) -> None:
    """The rows of the range on screen under a name that says so; derived columns, no raw closes."""
    live.choose("3m")
    window = next(w for w in snapshot["windows"] if w["name"] == "3m")
    name, body = download(live, "signal", "csv")
    assert name == f"ivts-signal-{window['first_session']}-{window['last_session']}.csv"
    head, *rows = body.decode().splitlines()
    assert head == "session,ivts,regime,regime_day,sample"
    published = (sample_site / "charts/signal.csv").read_text("utf-8").splitlines()
    assert rows == published[-window["n_sessions"] :]


def test_csv_of_a_chart_without_dates_is_whole(live: Visit, sample_site: Path) -> None:
    """The distribution has no range on screen."""
    live.select("distribution")
    name, body = download(live, "distribution", "csv")
    assert (name, body) == ("ivts-distribution.csv", (sample_site / "charts/distribution.csv").read_bytes())


def picture_of(body: bytes) -> Any:
    """Return a PNG's gray values."""
    return np.asarray(Image.open(io.BytesIO(body)).convert("L")).astype(int)


def test_png_needs_no_plotly_and_is_the_same_with_it(visit: Visit) -> None:
    """Twice the size on screen and a line for the title, drawn without a violation from what is shown."""
    box = visit.plot("signal").bounding_box()
    name, pictured = download(visit, "signal", "png")
    assert not visit.asked("plotly")
    assert re.fullmatch(r"ivts-signal-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.png", name)
    visit.wake("signal")
    name, drawn = download(visit, "signal", "png")
    assert re.fullmatch(r"ivts-signal-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.png", name)
    before, after = picture_of(pictured), picture_of(drawn)
    assert before.shape == after.shape == (2 * (round(box["height"]) + 30), 2 * round(box["width"]))
    assert len(np.unique(before)) > 50
    assert (np.abs(before - after) > 96).mean() < 0.012  # the tolerance of test_pixels
    visit.choose("3m")
    expect(visit.statistic("from")).not_to_contain_text("2024")
    _, zoomed = download(visit, "signal", "png")
    assert (np.abs(picture_of(zoomed) - after) > 96).mean() > 0.02
    assert visit.violations == []
    assert visit.complaints == []


def test_the_link_leads_back_to_the_view(visitor: Callable[..., Visit]) -> None:
    """Range and tab are in the copied address; opened, it shows that tab over that range."""
    visit = visitor(permissions=["clipboard-read", "clipboard-write"]).open("/#range=1y")
    tool(visit, "term-structure", "link").click()
    expect(visit.page.locator("#chart-term-structure [role=status]")).to_have_text("Link copied")
    address = visit.page.evaluate("navigator.clipboard.readText()")
    assert address == f"{visit.origin}/#range=1y&view=term-structure"
    assert not visit.asked("term-structure.json")
    visit.page.goto("about:blank")
    visit.page.goto(address)
    expect(visit.page.locator("#view-term-structure")).to_be_visible()
    expect(visit.page.locator('[data-ranges] [aria-pressed="true"]')).to_have_attribute("data-range", "1y")


def test_a_link_that_cannot_be_copied_is_offered_selected(visitor: Callable[..., Visit]) -> None:
    """Without the clipboard the address stands in a field, selected."""
    visit = visitor()
    visit.spent = True
    visit.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    visit.open()
    tool(visit, "signal", "link").click()
    field = visit.page.locator("#chart-signal .link-field")
    expect(field).to_have_value(f"{visit.origin}/")
    assert field.evaluate("(f) => f === document.activeElement && f.selectionEnd === f.value.length")
    assert visit.complaints == []


def test_tools_are_buttons_for_the_keyboard(live: Visit) -> None:
    """Tab reaches each tool after the button that explores."""
    live.page.locator("#chart-signal [data-explore]").focus()
    names = []
    for _ in range(3):
        live.page.keyboard.press("Tab")
        names.append(live.page.evaluate("document.activeElement.dataset.tool"))
    assert names == ["csv", "link", "png"]


# ---------------------------------------------------------------- elsewhere


def test_a_changed_script_is_refused(visitor: Callable[..., Visit]) -> None:
    """What does not have the digest that the page names is not run: the pictures stay."""
    visit = visitor(fresh=True)  # the browser would give the changed script to the next test, too

    def change(route: Any) -> None:
        route.fulfill(content_type="text/javascript", body="window.changed = 1")

    for name in ("live", "plotly"):
        visit.page.route(f"**/assets/{name}.*.js", change)
        visit.open().page.locator("#chart-signal [data-explore]").click()
        expect(visit.page.locator(".chart-message")).to_contain_text("could not be loaded")
        assert visit.page.evaluate("window.changed") is None
        assert any("integrity" in each and f"/{name}." in each for each in visit.complaints), name
        visit.page.unroute(f"**/assets/{name}.*.js")


@pytest.fixture(scope="module")
def below(sample_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the sample site below a path of its host, without a slash at its end."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "project").symlink_to(sample_site, target_is_directory=True)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/project"
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


def test_below_a_path_everything_works(visitor: Callable[..., Visit], below: str) -> None:
    """Project pages: scripts, figures, explorer and downloads are found, and the next page, too."""
    visit = visitor()
    visit.origin = below
    visit.open("/#entry=1.01")  # an old shared address of the explorer leads to where it stands now
    visit.page.wait_for_url("**/project/episodes/#entry=1.01")
    expect(visit.page.locator('[data-field="entry"]')).to_have_value("1.01")
    visit.open("/#range=5y")
    expect(visit.page.locator("#t-signal")).to_contain_text("in five years")
    assert download(visit, "signal", "csv")[0].endswith(".csv")
    visit.page.get_by_role("link", name="Methodology").first.click()
    visit.page.wait_for_url("**/project/methodology/")
    assert {url for url in visit.requests if not url.startswith((below, "blob:"))} == set()
    assert visit.complaints == []


def test_from_disk_the_page_works_and_says_what_cannot(
    visitor: Callable[..., Visit], sample_site: Path
) -> None:
    """Pictures, styles, theme and tabs work; the first chart reached for says once why it stays a picture."""
    visit = visitor(color_scheme="light")
    visit.origin = (sample_site / "index.html").as_uri()
    visit.open("")
    assert visit.page.locator("html").evaluate("(html) => getComputedStyle(html).getPropertyValue('--ink')")
    visit.page.locator("#tab-distribution").click()
    assert visit.page.locator("#view-distribution").is_visible()
    visit.page.locator("[data-theme-button]").click()
    assert visit.page.locator("html").get_attribute("data-theme") == "light"
    for chart in ("distribution", "signal"):
        visit.page.locator(f"#chart-{chart} [data-explore]").click()
    expect(visit.page.locator(".chart-message")).to_contain_text("opened from disk")
    assert visit.page.locator(".chart-message").count() == 1
    assert visit.plot("signal").locator("> .pic").is_visible()
    visit.page.locator('[data-range="5y"]').click()
    expect(visit.page.locator('[data-range][aria-pressed="true"]')).to_have_attribute("data-range", "2y")
    assert download(visit, "signal", "png")[1].startswith(PNG)
    visit.page.goto((sample_site / "episodes/index.html").as_uri())
    visit.page.locator('[data-slider="entry"]').focus()
    expect(visit.page.locator("[data-explorer-status]")).to_contain_text("opened from disk")
    assert [
        c
        for c in visit.complaints
        if not c.startswith(("the pictures stay.", "the picture stays.", "the table stays"))
    ] == []
