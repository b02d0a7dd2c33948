"""The sample site on loopback, opened in headless Chromium, with everything it does written down."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.places import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

if importlib.util.find_spec("pytest_playwright"):
    from playwright.sync_api import Error as PlaywrightError
else:

    @pytest.fixture
    def browser() -> None:
        """Stand in for the plugin's fixture."""
        pytest.skip("pytest-playwright is not installed: pip install -e '.[test,browser]'")


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
MEDIA = {"media": "null", "color_scheme": "light", "reduced_motion": "reduce", "forced_colors": "none"}

# collected in the page itself: every violation of the policy and every layout shift, after input or not
WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { shift += entry.value; }))
  .observe({ type: 'layout-shift', buffered: true });
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium: nothing is downloaded."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    return {**browser_type_launch_args, "executable_path": found, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def origin(sample_site: Path) -> Iterator[str]:
    """Address of the served sample site, without a slash at its end."""
    with served(sample_site) as address:
        yield address


@pytest.fixture(scope="session")
def snapshot(sample_site: Path) -> dict[str, Any]:
    """The published numbers."""
    return dict(json.loads((sample_site / "api/v1/snapshot.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def regimes(sample_site: Path) -> dict[str, str]:
    """Session to regime, as the main chart's download has it."""
    with (sample_site / "charts/signal.csv").open(encoding="utf-8", newline="") as file:
        return {row["session"]: row["regime"] for row in csv.DictReader(file)}


@dataclass
class Visit:
    """A page with what it asked for and what it complained about."""

    page: Page
    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    spent: bool = False
    """Whether a test has changed the page for good, so that no other may use it."""

    def open(self, path: str = "/") -> Visit:
        """Go to a path of the site."""
        self.page.goto(self.origin + path)
        return self

    def asked(self, part: str) -> list[str]:
        """Return the requests whose address holds a text."""
        return [url for url in self.requests if part in url]

    @property
    def violations(self) -> list[str]:
        """Violations of the content security policy since the page was opened."""
        return list(self.page.evaluate("violations"))

    @property
    def shift(self) -> float:
        """Sum of all layout shifts since the page was opened."""
        return float(self.page.evaluate("shift"))

    def plot(self, chart: str) -> Locator:
        """Return the box of a chart; in a tab, the tab must be selected."""
        return self.page.locator(f"#chart-{chart} [data-plot]")

    def select(self, chart: str) -> Locator:
        """Show the tab of a chart, if it has one, and return its box."""
        tab = self.page.locator(f"#tab-{chart}")
        if tab.count():
            tab.click()
        return self.plot(chart)

    def wake(self, chart: str) -> Locator:
        """Make a chart interactive by its button, if it is not yet, and return its box, focused."""
        plot = self.select(chart)
        button = self.page.locator(f"#chart-{chart} [data-explore]")
        if button.text_content() == "Explore":
            button.click()
        self.wait_live(chart)
        plot.focus()
        return plot

    def choose(self, name: str) -> None:
        """Press the button of a range, and wait until the main chart has its picture and its words."""
        self.page.locator(f'[data-ranges] [data-range="{name}"]').click()
        self.wait_ranged()

    def wait_ranged(self) -> None:
        """Wait until the main chart has the picture of its range and its words."""
        self.page.wait_for_selector('#chart-signal:not([aria-busy="true"]) [data-range-stat]:not(.is-stale)')

    def wait_live(self, chart: str) -> None:
        """Wait until Plotly has drawn a chart."""
        self.page.wait_for_selector(f"#chart-{chart} .plot.is-live")

    def layout(self, chart: str, path: str) -> Any:
        """Return a value of what Plotly has drawn, such as ``xaxis.range``."""
        script = "(plot, path) => path.split('.').reduce((part, key) => part[key], plot._fullLayout)"
        return self.page.locator(f"#chart-{chart} .plot-live").evaluate(script, path)

    def statistic(self, name: str) -> Locator:
        """Return a part of the line below the main chart: k, n, rate, from or to."""
        return self.page.locator(f"[data-range-stat] [data-{name}]")


@pytest.fixture(scope="session")
def idle(browser: Browser) -> Iterator[dict[str, list[Visit]]]:
    """Empty pages that no test uses, by what their contexts are made with: one more costs most of a test."""
    visits: dict[str, list[Visit]] = {}
    yield visits
    for visit in (each for group in visits.values() for each in group):
        visit.page.context.close()


@pytest.fixture
def visitor(browser: Browser, idle: dict[str, list[Visit]], origin: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens an empty page, with the settings given, in a context no other page is in.

    What the page stored is forgotten afterwards; with `fresh` the context is, for tests that stop its clock.
    """
    taken: list[tuple[str, Visit]] = []

    def arrive(*, fresh: bool = False, **settings: Any) -> Visit:
        wanted = {"viewport": DESKTOP, "permissions": []} | MEDIA | settings
        size, permissions = wanted.pop("viewport"), wanted.pop("permissions")
        shown = {name: wanted.pop(name) for name in MEDIA}
        key = "" if fresh else repr(sorted(wanted.items()))
        if idle.get(key):
            visit = idle[key].pop()
            visit.origin = origin
        else:
            visit = empty_page(browser.new_context(**wanted), origin)
        taken.append((key, visit))
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(**shown)
        if permissions:
            visit.page.context.grant_permissions(permissions)
        return visit

    yield arrive
    for key, visit in taken:
        if key and emptied(visit):
            idle.setdefault(key, []).append(visit)
        else:
            visit.page.context.close()


def emptied(visit: Visit) -> bool:
    """Make a visit one to an empty page with nothing stored; tell whether that worked."""
    page, context = visit.page, visit.page.context
    try:
        for each in context.pages:
            each.evaluate("() => { try { localStorage.clear(); } catch { /* a page without an address */ } }")
            if each is not page:
                each.close()
        context.clear_cookies()
        context.clear_permissions()
        if visit.spent:
            page.close()
            vars(visit).update(vars(empty_page(context, visit.origin)))
            return True
        page.unroute_all()
        page.mouse.move(0, 0)
        page.goto("about:blank")
    except PlaywrightError:
        return False
    visit.requests.clear()
    visit.complaints.clear()
    return True


@pytest.fixture(scope="session")
def open_page(browser: Browser, origin: str) -> Iterator[Visit]:
    """An open front page on a desktop that many tests share; they ask for `live`."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    yield empty_page(context, origin).open()
    context.close()


@pytest.fixture
def live(open_page: Visit) -> Visit:
    """The shared front page as if just opened, but that charts once explored keep what Plotly has drawn.

    For tests of what a page does, not of what it asks for or how it starts. No complaint may be left behind.
    """
    open_page.page.mouse.move(1, 1)
    open_page.page.evaluate(AS_OPENED)
    open_page.wait_ranged()
    open_page.complaints.clear()
    return open_page


AS_OPENED = """() => {
  history.pushState(null, '', location.pathname);
  dispatchEvent(new PopStateEvent('popstate'));
  for (const plot of document.querySelectorAll('[data-plot]')) {
    const live = plot.classList.contains('is-live');
    if (live) plot.closest('[data-chart]').querySelector('[data-explore]').click(); // back to the picture
    plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  }
  document.activeElement.blur();
  scrollTo(0, 0);
}"""


def empty_page(context: BrowserContext, origin: str) -> Visit:
    """Return an empty page of a context that writes down what it does."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script(WATCH)
    visit = Visit(page=page, origin=origin)
    page.on("request", lambda request: _note_request(visit, request))
    page.on("console", lambda message: _note_message(visit, message))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit


@pytest.fixture
def visit(visitor: Callable[..., Visit]) -> Visit:
    """Return an open front page on a desktop."""
    return visitor().open()


def _note_request(visit: Visit, request: Request) -> None:
    visit.requests.append(request.url)


def _note_message(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        visit.complaints.append(message.text)
