"""The page beside pages that draw their charts when they open: same data, same browser, same run.

    make bench-page            (or: .venv/bin/python -m benchmarks.bench_page --rounds 5)

Peers hold the series of the same five figures inline and draw them at once: with the full Plotly bundle (as
`fig.write_html` does), with the small one, and with uPlot, a library made for speed. They hold one sentence
where the page holds all its words, which is in their favor. Chromium is slowed to a middling phone
(processor 4 times, 1.6 Mbit/s, 150 ms); medians are printed, and ratios to the page.

- sent, requests: compressed bytes and files before anybody touches a chart
- FCP, LCP, TBT: first and largest paint, blocking time (parts of long tasks beyond 50 ms), at rest
- seen: a chart can be read
- first range, range: from a tap on Max, then on 5Y, to that range in view, once the page is at rest
- opened to range: from opening the page to Max in view, for a visitor who taps as soon as there is a button
- readout: from a touch on the chart to the values of that session, once they are shown at all
- busy, explored: from a press on Explore to its answer, and to the interactive chart

Exit code 1 where this page misses a bound, or is not ahead of uPlot in what a visitor waits for: to see a
chart, and to see another range after opening the page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from plotly.offline import get_plotlyjs

from benchmarks.sites import FLAGS, command, find_browser, find_npm_file, served

CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")
PHONE = {"width": 390, "height": 844}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
PROCESSOR = 4
REST_MS = 1500
BOUNDS = {
    "sent kB": 50,
    "requests": 6,
    "first range ms": 300,
    "range ms": 300,
    "readout ms": 100,
    "busy ms": 100,
}
"""What this page may need at most."""
AHEAD = ("seen ms", "opened to range ms")
"""What a visitor waits for, in which this page must be ahead of uPlot."""

WATCH = """
window.seen = { tbt: 0, lcp: 0 };
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch('longtask', ({ duration }) => { seen.tbt += Math.max(0, duration - 50); });
watch('largest-contentful-paint', ({ startTime }) => { seen.lcp = startTime; });
watch('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') seen.fcp = startTime; });
const painted = () => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(() => done(performance.now())));
});
const until = (holds) => new Promise((done) => {
  const look = () => (holds() ? done() : requestAnimationFrame(look));
  look();
});
const picture = () => document.querySelector('#chart-signal .pic');
const button = (name) => document.querySelector(`button[data-range="${name}"]`);
// ours changes the picture, uPlot its scales at once
window.tap = async (name) => {
  const [start, before] = [performance.now(), picture()];
  button(name).click();
  if (before) await until(() => picture() !== before);
  return (await painted()) - start;
};
window.touch = async (share) => {
  const plot = document.querySelector('#chart-signal .plot, .u-over');
  const line = document.querySelector('[data-readout], .u-legend');
  const { left, top, width } = plot.getBoundingClientRect();
  const at = { clientX: left + width * share, clientY: top + 60, bubbles: true, pointerType: 'touch' };
  const [start, before] = [performance.now(), line.textContent];
  plot.dispatchEvent(new PointerEvent('pointermove', at));
  plot.dispatchEvent(new MouseEvent('mousemove', at));
  await until(() => line.textContent !== before);
  return (await painted()) - start;
};
window.explore = async () => {
  const explore = document.querySelector('#chart-signal [data-explore]');
  const start = performance.now();
  explore.click();
  await until(() => explore.ariaBusy === 'true');
  const busy = (await painted()) - start;
  await until(() => document.querySelector('#chart-signal .is-live'));
  return [busy, (await painted()) - start];
};
const hurry = async () => {
  await tap('all');
  seen.hurried = performance.now();
};
if (location.search === '?hurry') document.addEventListener('DOMContentLoaded', () => setTimeout(hurry));
"""

PLOTLY = """
figures.forEach(({ data, layout }, i) => {
  for (const trace of data) trace.x ??= data[0].x;
  Plotly.newPlot(`chart-${i}`, data, layout, { responsive: true, displayModeBar: false });
});
window.drawn = performance.now();
"""

UPLOT = """
const charts = [];
const colors = ['#17212b', '#57636e', '#b3261e'];
const line = ({ name }, n) => ({ label: name, stroke: colors[n % 3], scale: String(n) });
figures.forEach(({ data }, i) => {
  const box = document.getElementById(`chart-${i}`);
  const isDate = typeof data[0].x[0] === 'string';
  const x = data[0].x.map((value) => (isDate ? Date.parse(value) / 1000 : value));
  const lines = data.filter(({ y }) => y && y.length === x.length);
  const chart = new uPlot({
    width: box.clientWidth, height: 300, scales: { x: { time: isDate } },
    series: [{}, ...lines.map(line)],
    axes: [{}, { scale: '0' }],
  }, [x, ...lines.map(({ y }) => y)], box);
  if (isDate) charts.push(chart);
});
for (const [name, days] of Object.entries(figures[0].layout.meta.ranges)) {
  const [min, max] = days.map((day) => Date.parse(day) / 1000);
  const button = document.createElement('button');
  button.dataset.range = button.textContent = name;
  button.addEventListener('click', () => charts.forEach((chart) => chart.setScale('x', { min, max })));
  document.querySelector('h1').after(button);
}
window.drawn = performance.now();
"""


def whole_figure(path: Path) -> dict[str, Any]:
    """Return a figure of our page with the ratio's values, which our script divides out of the closes."""
    figure: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for trace in figure["data"]:
        if "front" in trace["meta"]:
            pairs = zip(trace["meta"]["front"], trace["meta"]["back"], strict=True)
            trace["y"] = [None if None in pair else round(pair[0] / pair[1], 4) for pair in pairs]
    return figure


def plain_page(folder: Path, ours: Path, library: str, files: dict[str, str], draw: str) -> None:
    """Write a page that draws the figures of our page with a library, at once."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    heads = [
        f'<script src="{name}"></script>' if name.endswith("js") else f'<link rel="stylesheet" href="{name}">'
        for name in files
    ]
    figures = [whole_figure(ours / f"charts/{chart}.json") for chart in CHARTS]
    parts = {
        "@LIBRARY@": library,
        "@HEAD@": "\n".join(heads),
        "@BOXES@": "\n".join(f'<div class="chart" id="chart-{i}"></div>' for i in range(len(CHARTS))),
        "@FIGURES@": json.dumps(figures, separators=(",", ":")).replace("</", "<\\/"),
        "@DRAW@": draw,
    }
    page = Path(__file__).with_suffix(".html").read_text("utf-8")
    for mark, text in parts.items():
        page = page.replace(mark, text)
    (folder / "index.html").write_text(page, "utf-8")


def make_pages(folder: Path) -> dict[str, Path]:
    """Build the page and its peers; name to folder."""
    command("sample", "--out", folder / "sample-data")
    archive = ("--set", "archive.days=false", "--set", "archive.episodes=false")
    ours = folder / "sample"
    command("build", "--data-dir", folder / "sample-data", "--out", ours, *archive)
    shutil.rmtree(folder / "sample-data")
    basic = find_npm_file("plotly.js-basic-dist-min/plotly-basic.min.js").read_text("utf-8")
    uplot = {
        name: find_npm_file(f"uplot/dist/{name}").read_text("utf-8")
        for name in ("uPlot.min.css", "uPlot.iife.min.js")
    }
    plain_page(folder / "full", ours, "Plotly", {"plotly.min.js": get_plotlyjs()}, PLOTLY)
    plain_page(folder / "basic", ours, "Plotly basic", {"plotly-basic.min.js": basic}, PLOTLY)
    plain_page(folder / "uplot", ours, "uPlot", uplot, UPLOT)
    return {
        "this page": ours,
        "Plotly full, eager": folder / "full",
        "Plotly basic, eager": folder / "basic",
        "uPlot, eager": folder / "uplot",
    }


class Visit:
    """A fresh visit by a slowed browser that counts what is sent."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.bytes = self.requests = 0
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
        wire.on("Network.loadingFinished", self._count)
        self.page.add_init_script(WATCH)
        self.page.goto(url, wait_until="load", timeout=120_000)
        self.rest()

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += 1

    def rest(self) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(REST_MS)

    def seen(self) -> dict[str, float]:
        return dict(self.page.evaluate("({ ...seen, drawn: window.drawn })"))


def measure(browser: Browser, origin: str, *, ours: bool) -> dict[str, float]:
    """One visit that waits before it touches anything, one that taps as soon as it can."""
    calm = Visit(browser, origin + "/")
    seen, sent, requests = calm.seen(), calm.bytes / 1000, calm.requests
    found = {
        "sent kB": sent,
        "requests": float(requests),
        "FCP ms": seen["fcp"],
        "LCP ms": seen["lcp"],
        "TBT ms": seen["tbt"],
        "seen ms": seen["fcp"] if ours else seen["drawn"],
    }
    if calm.page.locator("button[data-range]").count():
        for name, range_ in (("first range ms", "all"), ("range ms", "5y")):
            found[name] = calm.page.evaluate("(name) => tap(name)", range_)
            calm.rest()
        found["readout ms"] = max(calm.page.evaluate("(at) => touch(at)", at) for at in (0.3, 0.5, 0.7))
    if ours:
        found["busy ms"], found["explored ms"] = calm.page.evaluate("explore()")
    calm.context.close()
    if "range ms" in found:
        hasty = Visit(browser, origin + "/?hurry")
        hasty.page.wait_for_function("() => seen.hurried", timeout=60_000)
        found["opened to range ms"] = hasty.seen()["hurried"]
        hasty.context.close()
    return found


def faults(results: dict[str, dict[str, float]]) -> list[str]:
    """Return the bounds that this page misses."""
    ours, peer = results["this page"], results["uPlot, eager"]
    over = [f"{name}: {ours[name]:,.0f} > {most:,.0f}" for name, most in BOUNDS.items() if ours[name] > most]
    slower = [name for name in AHEAD if ours[name] >= peer[name]]
    return over + [f"{name}: {ours[name]:,.0f}, uPlot {peer[name]:,.0f}" for name in slower]


def print_table(results: dict[str, dict[str, float]]) -> None:
    columns = tuple(results["this page"])
    ours = results["this page"]
    print(f"{'':21s}" + "".join(f"{column:>19s}" for column in columns))
    for name, row in results.items():
        print(f"{name:21s}" + "".join(_cell(row.get(column)) for column in columns))
    print("ratio to this page")
    for name, row in list(results.items())[1:]:
        ratios = (
            f"{row[c] / ours[c]:18.1f}x" if ours[c] >= 1 and row.get(c) else f"{'-':>19s}" for c in columns
        )
        print(f"{name:21s}" + "".join(ratios))


def _cell(value: float | None) -> str:
    return f"{'-':>19s}" if value is None else f"{value:19,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = make_pages(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
        for _ in range(rounds):  # in turn, so that a drift of the machine's speed meets all alike
            for name, site in pages.items():
                with served(site) as origin:
                    rows[name].append(measure(browser, origin, ours=name == "this page"))
        browser.close()
    results = {
        name: {column: statistics.median(row[column] for row in found) for column in found[0]}
        for name, found in rows.items()
    }
    print_table(results)
    if missed := faults(results):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
