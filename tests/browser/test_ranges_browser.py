"""Statistics of the range on screen, counted in the browser, against Python on the same published series."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ivts_site import formatting as fmt
from ivts_site.published.numbers import number

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

N_RANGES = 200
DESCRIBE = """async (ranges) => {
  const [, address] = /all (\\S+)/.exec(document.querySelector('#chart-signal').dataset.pictures);
  const text = await (await fetch(address)).text();
  const { readings } = JSON.parse(/<metadata>(.*)<\\/metadata>/.exec(text)[1]);
  const main = ivts.unpackReadings(readings);
  return ranges.map((days) => ivts.describeRange(main, days));
}"""


@pytest.fixture(scope="module")
def figure(sample_site: Path) -> dict[str, Any]:
    """The main chart's published figure."""
    return dict(json.loads((sample_site / "charts/signal.json").read_text("utf-8")))


def described(figure: dict[str, Any], regimes: dict[str, str], first: str, last: str) -> dict[str, str]:
    """Return what the page must say of a range, from closes and regimes as published."""
    main = figure["data"][0]
    rows = zip(main["x"], main["meta"]["front"], main["meta"]["back"], strict=True)
    inside = [(day, f / b) for day, f, b in rows if first <= day <= last and None not in (f, b)]
    shown, values = [day for day, _ in inside], np.array([value for _, value in inside])
    k = sum(regimes[day] == "backwardation" for day in shown)
    return {
        "k": fmt.count(k),
        "n": fmt.count(len(shown)),
        "rate": rate(k, len(shown)),
        "from": fmt.date_long(shown[0]),
        "to": f" to {fmt.date_long(shown[-1])}" if len(shown) > 1 else "",
        **spread(values.min(), values.max(), float(np.median(values)), len(shown)),
    }


def rate(k: int, n: int) -> str:
    """Return the share beside the counts; of a handful the counts alone."""
    return f" ({fmt.percent(k / n)})" if n >= 5 else ""


def spread(low: float, high: float, median: float, n: int) -> dict[str, str]:
    """Return how the page words lowest, highest and median ratio: what repeats another is not said."""
    lowest, highest, middle = (fmt.ratio(number(value)) for value in (low, high, median))
    return {
        "low": lowest,
        "high": f" to {highest}" if highest != lowest else "",
        "median": f", median {middle}" if n > 1 else "",
    }


def test_random_ranges_are_described_as_python_does(
    live: Visit, figure: dict[str, Any], regimes: dict[str, str]
) -> None:
    """Two hundred ranges, from one session to all: counts, rate, dates, lowest, highest and median ratio."""
    chance, days = random.Random(200), sorted(regimes)
    ranges = [sorted(chance.choices(days, k=2)) for _ in range(N_RANGES - 2)]
    ranges += [[days[7], days[7]], [days[0], days[-1]]]
    found = live.page.evaluate(DESCRIBE, ranges)
    assert found == [described(figure, regimes, *days) for days in ranges]


def test_a_range_without_sessions_is_undefined(live: Visit) -> None:
    """A weekend: nothing is counted, nothing is divided."""
    (found,) = live.page.evaluate(DESCRIBE, [["2020-01-04", "2020-01-05"]])
    assert found == {
        "k": "0",
        "n": "0",
        "rate": "",
        "from": "4 January 2020",
        "to": " to 5 January 2020",
        "low": "n/a",
        "high": "",
        "median": "",
    }


def test_every_window_is_described_as_the_snapshot_does(live: Visit, snapshot: dict[str, Any]) -> None:
    """Counts, rate, lowest, highest and median ratio; one of them as the button puts it on the page."""
    windows = snapshot["windows"]
    found = live.page.evaluate(DESCRIBE, [[w["first_session"], w["last_session"]] for w in windows])
    for window, words in zip(windows, found, strict=True):
        assert words["n"] == fmt.count(window["n_sessions"])
        assert words["rate"] == rate(window["n_backwardation"], window["n_sessions"])
        wanted = (window["ivts_min"], window["ivts_max"], window["ivts_percentiles"]["p50"])
        assert words.items() >= spread(*wanted, window["n_sessions"]).items()
    live.choose(windows[0]["name"])
    expect(live.statistic("n")).to_have_text(found[0]["n"])
    assert {name: live.statistic(name).text_content() for name in found[0]} == found[0]


NUMBERS = [
    0.0,
    1e-9,
    0.5,
    1.005,
    2.675,
    -0.04,
    -0.05,
    0.0625,
    12.25,
    1234.5,
    999999.995,
    0.88835,
    1e21 / 3e18,
]


def test_numbers_are_written_as_python_writes_them(live: Visit) -> None:
    """Halves away from zero by the digits shown, true minus, thousands, narrow space before percent."""
    script = """(numbers) => numbers.map((v) => [
      ivts.fixed(v, 0), ivts.fixed(v, 2), ivts.fixed(v, 4), ivts.percent(v), ivts.percentChange(v),
    ])"""
    chance = random.Random(7)
    numbers = NUMBERS + [round(chance.uniform(-3, 3), chance.randrange(7)) for _ in range(300)]
    assert live.page.evaluate(script, numbers) == [
        [fmt.fixed(v, 0), fmt.fixed(v, 2), fmt.fixed(v, 4), fmt.percent(v), fmt.percent_change(v)]
        for v in numbers
    ]


def test_days_without_a_picture_are_dated_by_mondays_or_by_the_first(live: Visit) -> None:
    """From Tuesday 3 February 2026, with the axis' half day of room: to Monday the 16th, and to Thursday."""
    script = """async (days) => {
      await ivts.script('live');
      return ivts.dateTicks(...days.map(Date.parse)).map(([, text]) => text);
    }"""
    start = "2026-02-02T12:00Z"
    assert live.page.evaluate(script, [start, "2026-02-16T12:00Z"]) == ["9 Feb 2026", "16 Feb"]
    assert live.page.evaluate(script, [start, "2026-02-05T12:00Z"]) == ["3 Feb 2026"]
    assert live.page.evaluate(script, ["2025-10-31T12:00Z", "2026-01-15T12:00Z"]) == [
        "Nov 2025",
        "Dec",
        "2026",
    ]
