"""The page beside pages that draw their charts when they open: same data, same browser, same run.

    make bench-page            (or: .venv/bin/python -m benchmarks.bench_page --rounds 5)

Peers hold the series of the same five figures inline and draw them at once: with the full Plotly bundle (as
`fig.write_html` does), with the small one, and with uPlot, a library made for speed. They hold one sentence
where the page holds all its words, which is in their favour. Chromium is slowed to a middling phone
(processor 4 times, 1.6 Mbit/s, 150 ms); medians are printed, and ratios to the page.

- sent: compressed bytes before anybody touches a chart; with the chart: once one is interactive
- FCP, LCP, TBT: first and largest paint, blocking time (parts of long tasks beyond 50 ms), at rest
- seen: a chart can be read; wanted at once: interactive, for a visitor who reaches for it as the page arrives
- after a while: from reaching for it to interactive, once the page is at rest
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

from benchmarks.sites import FLAGS, build_sample, find_browser, find_npm_file, served

CHARTS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")
PHONE = {"width": 390, "height": 844}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
PROCESSOR = 4
REST_MS = 1500

WATCH = """
window.seen = { tbt: 0, lcp: 0 };
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch('longtask', ({ duration }) => { seen.tbt += Math.max(0, duration - 50); });
watch('largest-contentful-paint', ({ startTime }) => { seen.lcp = startTime; });
watch('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') seen.fcp = startTime; });
window.reach = () => {
  const start = performance.now();
  const plot = document.querySelector('#chart-signal .plot');
  const ready = () => { seen.interactive = performance.now(); seen.answer = seen.interactive - start; };
  new MutationObserver(() => { if (plot.classList.contains('is-live')) ready(); })
    .observe(plot, { attributeFilter: ['class'] });
  plot.focus({ preventScroll: true });
};
if (location.hash === '#reach') document.addEventListener('DOMContentLoaded', () => setTimeout(reach));
"""

PLOTLY = """
figures.forEach(({ data, layout }, i) => {
  for (const trace of data) trace.x ??= data[0].x;
  Plotly.newPlot(`chart-${i}`, data, layout, { responsive: true, displayModeBar: false });
});
window.drawn = performance.now();
"""

UPLOT = """
const colours = ['#17212b', '#57636e', '#b3261e'];
const line = ({ name }, n) => ({ label: name, stroke: colours[n % 3], scale: String(n) });
figures.forEach(({ data }, i) => {
  const box = document.getElementById(`chart-${i}`);
  const isDate = typeof data[0].x[0] === 'string';
  const x = data[0].x.map((value) => (isDate ? Date.parse(value) / 1000 : value));
  const lines = data.filter(({ y }) => y.length === x.length);
  new uPlot({
    width: box.clientWidth, height: 300, scales: { x: { time: isDate } },
    series: [{}, ...lines.map(line)],
    axes: [{}, { scale: '0' }],
  }, [x, ...lines.map(({ y }) => y)], box);
});
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
    ours = build_sample(folder)
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
        self.bytes = 0
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

    def rest(self) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(REST_MS)

    def seen(self) -> dict[str, float]:
        return dict(self.page.evaluate("({ ...seen, drawn: window.drawn })"))


def measure_ours(browser: Browser, origin: str) -> dict[str, float]:
    """One visit that waits before it reaches for a chart, one that does not."""
    calm = Visit(browser, origin + "/")
    before, sent = calm.seen(), calm.bytes
    calm.page.evaluate("reach()")
    calm.page.wait_for_selector("#chart-signal .is-live", timeout=60_000)
    calm.rest()
    answer, total = calm.seen()["answer"], calm.bytes
    calm.context.close()
    hasty = Visit(browser, origin + "/#reach")
    hasty.page.wait_for_selector("#chart-signal .is-live", timeout=60_000)
    interactive = hasty.seen()["interactive"]
    hasty.context.close()
    return {
        **figures_of(before),
        "sent kB": sent / 1000,
        "with the chart kB": total / 1000,
        "seen ms": before["fcp"],
        "wanted at once ms": interactive,
        "after a while ms": answer,
    }


def measure_peer(browser: Browser, origin: str) -> dict[str, float]:
    """One visit: what is seen is interactive."""
    visit = Visit(browser, origin + "/")
    seen, sent = visit.seen(), visit.bytes / 1000
    visit.context.close()
    drawn = seen["drawn"]
    return {
        **figures_of(seen),
        "sent kB": sent,
        "with the chart kB": sent,
        "seen ms": drawn,
        "wanted at once ms": drawn,
        "after a while ms": 0.0,
    }


def figures_of(seen: dict[str, float]) -> dict[str, float]:
    return {"FCP ms": seen["fcp"], "LCP ms": seen["lcp"], "TBT ms": seen["tbt"]}


def print_table(results: dict[str, dict[str, float]]) -> None:
    columns = (
        "sent kB",
        "with the chart kB",
        "FCP ms",
        "LCP ms",
        "TBT ms",
        "seen ms",
        "wanted at once ms",
        "after a while ms",
    )
    ours = results["this page"]
    print(f"{'':21s}" + "".join(f"{column:>19s}" for column in columns))
    for name, row in results.items():
        print(f"{name:21s}" + "".join(f"{row[column]:19,.0f}" for column in columns))
    print("ratio to this page")
    for name, row in list(results.items())[1:]:
        ratios = (f"{row[c] / ours[c]:18.1f}x" if ours[c] >= 1 and row[c] else f"{'-':>19s}" for c in columns)
        print(f"{name:21s}" + "".join(ratios))


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
                    measure = measure_ours if name == "this page" else measure_peer
                    rows[name].append(measure(browser, origin))
        browser.close()
    print_table(
        {
            name: {column: statistics.median(row[column] for row in found) for column in found[0]}
            for name, found in rows.items()
        }
    )


if __name__ == "__main__":
    main()
