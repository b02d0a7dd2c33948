"""Yahoo's chart API: daily bars as JSON, indices with a leading caret.

The vendor refuses many programs (429, 403), most of all those whose user agent is no browser's. Requests
carry the configured, honest one all the same: where it is refused, the next source of the series is asked.

Closes are adjusted for splits and not for dividends. A bar belongs to the date of its time stamp in
`meta.exchangeTimezoneName`; the last one has no close yet while its session is in progress by the vendor's
own times.
"""

from __future__ import annotations

import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ivts_site.sources.adapter import ABSENT, UnexpectedAnswer, day_in, json_adapter
from ivts_site.sources.parsed import RawRow

DECIMALS = 4
LARGEST = float(np.finfo(np.float32).max)
# the last value of an index may be stamped some seconds before the end of its session
CLOSING_SECONDS = 60


def _read(answer: Any, symbol: str) -> list[RawRow]:
    meta, stamps, closes = _columns(answer, symbol)
    zone = _zone(meta)
    bars = [
        RawRow(day_in(zone, stamp, int), _price(close), f"{stamp} {close}")
        for stamp, close in zip(stamps, closes, strict=True)
    ]
    if bars and _in_progress(meta, zone, bars[-1].date):
        bars[-1] = bars[-1]._replace(close=ABSENT)
    return bars


def _columns(answer: Any, symbol: str) -> tuple[dict[str, Any], list[Any], list[Any]]:
    result = _result(answer)
    meta = result.get("meta")
    if not isinstance(meta, dict):
        raise UnexpectedAnswer("no 'meta' in the answer")
    found = str(meta.get("symbol", ""))
    if found.upper() != symbol.upper():
        raise UnexpectedAnswer(f"asked for {symbol}, the answer is about", found)
    if (step := meta.get("dataGranularity", "1d")) != "1d":
        raise UnexpectedAnswer("asked for daily bars, the answer has", str(step))
    stamps = result.get("timestamp", [])
    closes = _closes(result) if stamps else []
    if not isinstance(stamps, list) or not isinstance(closes, list) or len(stamps) != len(closes):
        raise UnexpectedAnswer("'timestamp' and 'close' are no lists of the same length")
    return meta, stamps, closes


def _result(answer: Any) -> dict[str, Any]:
    chart = answer.get("chart") if isinstance(answer, dict) else None
    if not isinstance(chart, dict):
        raise UnexpectedAnswer("no 'chart' in the answer")
    if (fault := chart.get("error")) is not None:
        said = fault.get("description") or fault.get("code") if isinstance(fault, dict) else fault
        raise UnexpectedAnswer("the vendor reports an error", str(said))
    results = chart.get("result")
    if not isinstance(results, list) or not results or not isinstance(results[0], dict):
        raise UnexpectedAnswer("no 'result' in the answer")
    return results[0]


def _closes(result: dict[str, Any]) -> object:
    try:
        return result["indicators"]["quote"][0]["close"]
    except (KeyError, IndexError, TypeError):
        raise UnexpectedAnswer("no 'close' under 'indicators.quote'", "") from None


def _zone(meta: dict[str, Any]) -> ZoneInfo:
    name = meta.get("exchangeTimezoneName")
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise UnexpectedAnswer("unknown 'exchangeTimezoneName'", str(name)) from None


def _price(value: object) -> str:
    """Return a price without the noise of single precision.

    Values are single-precision numbers written in double precision (17.760000228881836); each becomes the
    shortest number with the same single-precision value, in at most four decimals (17.76).
    """
    if value is None:
        return ABSENT
    if not isinstance(value, float) or not math.isfinite(value) or abs(value) > LARGEST:
        return str(value)
    return repr(round(float(str(np.float32(value))), DECIMALS))


def _in_progress(meta: dict[str, Any], zone: ZoneInfo, last: str) -> bool:
    """Tell whether the last bar is of the current session and that was not over at the last trade."""
    try:
        traded = meta["regularMarketTime"]
        begin, end = (meta["currentTradingPeriod"]["regular"][edge] for edge in ("start", "end"))
        return last == day_in(zone, begin, int) and traded < end - CLOSING_SECONDS
    except (KeyError, TypeError):
        return False


# `range=max` answers with months whatever the interval; bounds without a clock keep the address the same.
ADAPTER = json_adapter(
    "yahoo_chart",
    "yahoo",
    "/v8/finance/chart/{symbol}?period1=0&period2=9999999999&interval=1d",
    _read,
)
