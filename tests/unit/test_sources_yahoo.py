"""Yahoo's charts: noise of single precision, nulls, a last bar in progress, errors."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared import Mirror, needs_shared
from tests.unit.test_sources_http import BOUNDS

from ivts_site.config import Http
from ivts_site.errors import SourceError, SourceFormatError
from ivts_site.sources import ADAPTERS, HttpClient, ParsedCloses, Request, decode_body

CHART = json.loads((Path(__file__).parents[1] / "fixtures/yahoo_chart.json").read_text())
YAHOO = ADAPTERS["yahoo_chart"]
parse_yahoo_chart = YAHOO.parse
# 2025-11-28, 14:30 UTC: 09:30 in New York, 08:30 in Chicago
OPENING = 1764340200


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """The chart with one change to its result."""
    chart = copy.deepcopy(CHART)
    change(chart["chart"]["result"][0])
    return json.dumps(chart)


def one_bar(close: object, stamp: object = OPENING, zone: str = "America/New_York") -> str:
    result = {
        "meta": {"symbol": "SPY", "exchangeTimezoneName": zone},
        "timestamp": [1764081000, stamp],
        "indicators": {"quote": [{"close": [650.5, close]}]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}})


def pairs(parsed: ParsedCloses) -> list[tuple[str, float]]:
    return [
        (f"{s:%Y-%m-%d}", c) for s, c in zip(parsed.closes["session"], parsed.closes["close"], strict=True)
    ]


def test_chart() -> None:
    """Cents come back out of single-precision noise; a null is a day without a value."""
    parsed = parse_yahoo_chart(json.dumps(CHART), "^VIX")
    assert pairs(parsed) == [("2025-11-25", 18.56), ("2025-11-26", 17.76), ("2025-11-28", 16.35)]
    assert (parsed.bad, parsed.n_rows, parsed.n_missing, parsed.source) == ((), 4, 1, "yahoo_chart")


@given(st.integers(min_value=1, max_value=9_999_999))
def test_noise_of_single_precision_is_removed(ten_thousandths: int) -> None:
    """Any price of seven digits with up to four decimals survives the way through single precision."""
    price = ten_thousandths / 10_000
    noisy = float(np.float32(price))
    assert pairs(parse_yahoo_chart(one_bar(noisy), "SPY"))[1][1] == price


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_huge_numbers_are_still_numbers(value: float) -> None:
    """Too large for single precision: read as it is; cleaning judges it."""
    assert pairs(parse_yahoo_chart(one_bar(value), "SPY"))[1][1] == value


@pytest.mark.parametrize("value", [0, 0.0, -14.2, 651])
def test_whole_numbers_and_impossible_ones_are_read(value: float) -> None:
    """Numbers without a fraction may come as integers; zero and less are for cleaning to judge."""
    assert pairs(parse_yahoo_chart(one_bar(value), "SPY"))[1][1] == pytest.approx(value, abs=0)


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), "n/a", [1], {}])
def test_an_unreadable_close_is_a_bad_row(value: object) -> None:
    """Anything else than a number is a bad row at its place in the list."""
    parsed = parse_yahoo_chart(one_bar(value), "SPY")
    assert [(row.line, row.reason) for row in parsed.bad] == [(2, "no number")]


@pytest.mark.parametrize("stamp", [None, True, 1.5, "2025-11-28", 10**30])
def test_an_unreadable_stamp_is_a_bad_row(stamp: object) -> None:
    """A bar without a time of its own cannot be dated."""
    parsed = parse_yahoo_chart(one_bar(651.5, stamp), "SPY")
    assert [(row.line, row.reason) for row in parsed.bad] == [(2, "no date")]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/New_York", "2025-11-28"), ("Asia/Tokyo", "2025-11-29"), ("Pacific/Kiritimati", "2025-11-29")],
)
def test_a_bar_is_dated_in_the_zone_of_its_exchange(zone: str, day: str) -> None:
    """16:00 UTC on the 28th is the 28th in New York and the 29th (01:00) in Tokyo."""
    assert pairs(parse_yahoo_chart(one_bar(651.5, OPENING + 5400, zone), "SPY"))[1][0] == day


@pytest.mark.parametrize(
    ("begin", "end", "traded", "taken"),
    [
        (0, 6.5, 6.5, True),  # last trade at the end of the session
        (0, 6.5, 6.495, True),  # 18 s before it: the last value of the day
        (0, 6.5, 3.0, False),  # noon
        (24, 30.5, 6.5, True),  # the period shown is the next day's already
        (0, None, 3.0, True),  # no times: cleaning knows when sessions end
    ],
)
def test_a_bar_in_progress_is_no_close(begin: float, end: float | None, traded: float, taken: bool) -> None:
    """Hours after the opening of the 28th decide whether its bar is a close."""

    def change(result: dict[str, Any]) -> None:
        meta = result["meta"]
        meta["regularMarketTime"] = OPENING + int(traded * 3600)
        meta["currentTradingPeriod"]["regular"] = {"start": OPENING + int(begin * 3600)}
        if end is not None:
            meta["currentTradingPeriod"]["regular"]["end"] = OPENING + int(end * 3600)

    parsed = parse_yahoo_chart(changed(change), "^VIX")
    assert ("2025-11-28" in dict(pairs(parsed))) is taken
    assert parsed.n_missing == (1 if taken else 2)
    assert parsed.bad == ()


def quote(result: dict[str, Any]) -> dict[str, Any]:
    bars: dict[str, Any] = result["indicators"]["quote"][0]
    return bars


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps(CHART)[:200], "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no 'chart'"),
        ("null", "no 'chart'"),
        ('{"chart": {"result": null, "error": null}}', "no 'result'"),
        ('{"chart": {"result": [], "error": null}}', "no 'result'"),
        ('{"finance": {"error": {"code": "Unauthorized"}}}', "no 'chart'"),
        (
            '{"chart": {"result": null, "error": {"code": "Not Found", "description": "No data found"}}}',
            "reports an error: 'No data found'",
        ),
        ('{"chart": {"result": null, "error": {"code": "Not Found"}}}', "reports an error: 'Not Found'"),
        ('{"chart": {"result": null, "error": "busy"}}', "reports an error: 'busy'"),
        (changed(lambda r: r.pop("meta")), "no 'meta'"),
        (changed(lambda r: r["meta"].update(symbol="^VIX3M")), r"asked for \^VIX, the answer is about"),
        (changed(lambda r: r["meta"].update(dataGranularity="1mo")), "asked for daily bars.*'1mo'"),
        (changed(lambda r: r["meta"].update(exchangeTimezoneName="Mars/Base")), "exchangeTimezoneName"),
        (changed(lambda r: r["meta"].update(exchangeTimezoneName="../../etc")), "exchangeTimezoneName"),
        (changed(lambda r: r["meta"].pop("exchangeTimezoneName")), "exchangeTimezoneName"),
        (changed(lambda r: r["timestamp"].pop()), "same length"),
        (changed(lambda r: r.update(timestamp=None)), "same length"),
        (changed(lambda r: quote(r).update(close=5)), "same length"),
        (changed(lambda r: quote(r).pop("close")), "no 'close'"),
        (changed(lambda r: r.update(indicators={"quote": []})), "no 'close'"),
        (changed(lambda r: (r.pop("timestamp"), r.update(indicators={"quote": [{}]}))), "0 rows"),
    ],
)
def test_refused_charts(text: str, message: str) -> None:
    """An error of the vendor, another shape, another symbol or other bars are refused with the reason."""
    with pytest.raises(SourceFormatError, match=message):
        parse_yahoo_chart(text, "^VIX")


def test_path() -> None:
    """The whole history by day at an address that does not change; a symbol cannot escape from it."""
    assert YAHOO.path("^VIX3M") == "/v8/finance/chart/%5EVIX3M?period1=0&period2=9999999999&interval=1d"
    assert YAHOO.path("../x?y").startswith("/v8/finance/chart/..%2Fx%3Fy?")


def recorded(symbol: str, *faults: str) -> ParsedCloses:
    with Mirror(faults=faults) as mirror, HttpClient(Http(**{**BOUNDS, "max_bytes": 5_000_000})) as client:
        base = f"{mirror.url}/query1.finance.yahoo.com"
        request = Request(source=YAHOO.name, url=base + YAHOO.path(symbol))
        return parse_yahoo_chart(decode_body(YAHOO.name, YAHOO.ask(client, request)), symbol)


@needs_shared
@pytest.mark.parametrize(("symbol", "rows"), [("^VIX", 9132), ("^VIX3M", 4136), ("SPY", 5574)])
def test_recorded_history(symbol: str, rows: int) -> None:
    """Every bar is read; closes have at most four decimals, and indices two but for a handful."""
    parsed = recorded(symbol)
    closes = parsed.closes["close"]
    assert (len(closes), parsed.bad, parsed.n_missing) == (rows, (), 0)
    assert (closes == closes.round(4)).all()
    assert (closes != closes.round(2)).mean() < 0.01 or symbol == "SPY"


@needs_shared
def test_recorded_defect_is_kept_as_served() -> None:
    """The close of 2026-02-06 is the wrong one that the vendor served: for cross-checks to find."""
    closes = recorded("^VIX").closes.set_index("session")["close"]
    assert closes["2026-02-06"] == 20.37


@needs_shared
@pytest.mark.parametrize(
    "fault", ["sentence", "html", "empty", "truncated", "badjson", "header", "403", "429"]
)
def test_recorded_faults(fault: str) -> None:
    """A spoilt answer is a source error, never closes."""
    with pytest.raises(SourceError):
        recorded("^VIX", f"yahoo={fault}")


@needs_shared
def test_recorded_unknown_symbol() -> None:
    """The vendor's own words reach the message."""
    with pytest.raises(SourceFormatError, match="No data found"):
        recorded("^NONE")
