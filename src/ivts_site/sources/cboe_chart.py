"""Cboe quote charts: daily bars as JSON, funds by ticker, indices with a leading underscore."""

from __future__ import annotations

from typing import Any

from ivts_site.sources.adapter import ABSENT, UnexpectedAnswer, json_adapter, listed_bars, text_of
from ivts_site.sources.parsed import RawRow


def _read(answer: Any, symbol: str) -> list[RawRow]:
    bars = listed_bars(answer, "data", "date", "close")
    found = str(answer.get("symbol", ""))
    if _bare(found) != _bare(symbol):
        raise UnexpectedAnswer(f"asked for {symbol}, the answer is about", found)
    return [RawRow(str(bar.get("date", "")).strip(), _price(bar.get("close")), str(bar)) for bar in bars]


def _bare(symbol: str) -> str:
    """Return a symbol without the mark of an index, which the vendor writes in more than one way."""
    return symbol.lstrip("_^").upper()


def _price(value: object) -> str:
    """Return a price, number or text; zero means that there is none."""
    text = text_of(value)
    return ABSENT if text.strip("+-0.") == "" and text[-1] in "0." else text


ADAPTER = json_adapter(
    "cboe_chart", "cboe", "/api/global/delayed_quotes/charts/historical/{symbol}.json", _read
)
