"""Yahoo's chart API: daily bars as JSON, indices with a leading caret.

The vendor refuses many programs (429, 403), most of all those whose user agent is no browser's. Requests
carry the configured, honest one all the same: where it is refused, the next source of the series is asked.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import numpy as np

from ivts_site.errors import SourceFormatError
from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells

NAME = "yahoo_chart"
ABSENT = "absent"
DECIMALS = 4
LARGEST = float(np.finfo(np.float32).max)
# `range=max` answers with months whatever the interval; bounds without a clock keep the address the same.
WHOLE_HISTORY = "period1=0&period2=9999999999&interval=1d"
# the last value of an index may be stamped some seconds before the end of its session
CLOSING_SECONDS = 60


def path(symbol: str) -> str:
    """Return the path and query of all daily bars of a symbol."""
    return f"/v8/finance/chart/{quote(symbol, safe='')}?{WHOLE_HISTORY}"


def parse_yahoo_chart(text: str, symbol: str) -> ParsedCloses:
    """Read the closes of a chart.

    Taken is `quote.close`, which is adjusted for splits and not for dividends. Values are single-precision
    numbers written in double precision (17.760000228881836); each becomes the shortest number with the same
    single-precision value, in at most four decimals (17.76). A bar belongs to the date of its time stamp in
    `meta.exchangeTimezoneName`.

    Parameters
    ----------
    text : str
        The answer.
    symbol : str
        The symbol asked for; an answer about another one is refused.

    Returns
    -------
    ParsedCloses
        A null close is counted as missing, and so is the last bar while its session is in progress by the
        vendor's own times. The line of a bad row is its position in the list of time stamps, from 1.

    Raises
    ------
    SourceFormatError
        Where the vendor reports an error, the answer is no such JSON, speaks of another symbol, has other
        bars than daily ones or lists of different lengths.
    """
    meta, stamps, closes = _bars(text, symbol)
    zone = _zone(meta)
    dates = [_date(stamp, zone) for stamp in stamps]
    values = [_price(close) for close in closes]
    if dates and _in_progress(meta, zone, dates[-1]):
        values[-1] = ABSENT
    return parse_cells(
        Cells(
            source=NAME,
            dates=dates,
            values=values,
            lines=range(1, len(stamps) + 1),
            texts=[f"{stamp} {close}" for stamp, close in zip(stamps, closes, strict=True)],
            missing=(ABSENT,),
        )
    )


def _bars(text: str, symbol: str) -> tuple[dict[str, Any], list[Any], list[Any]]:
    result = _result(text)
    meta = result.get("meta")
    if not isinstance(meta, dict):
        raise SourceFormatError(NAME, "no 'meta' in the answer", text)
    found = str(meta.get("symbol", ""))
    if found.upper() != symbol.upper():
        raise SourceFormatError(NAME, f"asked for {symbol}, the answer is about", found)
    if (step := meta.get("dataGranularity", "1d")) != "1d":
        raise SourceFormatError(NAME, "asked for daily bars, the answer has", str(step))
    stamps = result.get("timestamp", [])
    closes = _closes(result) if stamps else []
    if not isinstance(stamps, list) or not isinstance(closes, list) or len(stamps) != len(closes):
        raise SourceFormatError(NAME, "'timestamp' and 'close' are no lists of the same length", text)
    return meta, stamps, closes


def _result(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(NAME, "the body is not valid JSON", text) from error
    chart = answer.get("chart") if isinstance(answer, dict) else None
    if not isinstance(chart, dict):
        raise SourceFormatError(NAME, "no 'chart' in the answer", text)
    if (fault := chart.get("error")) is not None:
        said = fault.get("description") or fault.get("code") if isinstance(fault, dict) else fault
        raise SourceFormatError(NAME, "the vendor reports an error", str(said))
    results = chart.get("result")
    if not isinstance(results, list) or not results or not isinstance(results[0], dict):
        raise SourceFormatError(NAME, "no 'result' in the answer", text)
    return results[0]


def _closes(result: dict[str, Any]) -> object:
    try:
        return result["indicators"]["quote"][0]["close"]
    except (KeyError, IndexError, TypeError):
        raise SourceFormatError(NAME, "no 'close' under 'indicators.quote'") from None


def _zone(meta: dict[str, Any]) -> ZoneInfo:
    name = meta.get("exchangeTimezoneName")
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise SourceFormatError(NAME, "unknown 'exchangeTimezoneName'", str(name)) from None


def _date(stamp: object, zone: ZoneInfo) -> str:
    """Date of an epoch stamp in the zone; empty where it is none."""
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return ""
    try:
        return dt.datetime.fromtimestamp(stamp, zone).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _price(value: object) -> str:
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
        return last == _date(begin, zone) and traded < end - CLOSING_SECONDS
    except (KeyError, TypeError):
        return False
