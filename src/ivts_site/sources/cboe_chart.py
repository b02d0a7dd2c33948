"""Cboe quote charts: daily bars as JSON, funds by ticker, indices with a leading underscore."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ivts_site.errors import SourceFormatError
from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells

NAME = "cboe_chart"
ABSENT = "absent"


def path(symbol: str) -> str:
    """Return the path of the chart of a symbol."""
    return f"/api/global/delayed_quotes/charts/historical/{quote(symbol, safe='')}.json"


def parse_cboe_chart(text: str, symbol: str) -> ParsedCloses:
    """Read the closes of a chart; numbers may be strings.

    Parameters
    ----------
    text : str
        The answer.
    symbol : str
        The symbol asked for; an answer about another one is refused.

    Returns
    -------
    ParsedCloses
        A zero, null or missing price is the vendor's "no value" and counted as missing.
        The line of a bad row is its position in `data`, from 1.

    Raises
    ------
    SourceFormatError
        Where the answer is no such JSON, speaks of another symbol, or no row has a date and a close.
    """
    rows = _rows(text, symbol)
    return parse_cells(
        Cells(
            source=NAME,
            dates=[str(row.get("date", "")).strip() for row in rows],
            values=[_price(row.get("close")) for row in rows],
            lines=range(1, len(rows) + 1),
            texts=[str(row) for row in rows],
            missing=(ABSENT,),
        )
    )


def _rows(text: str, symbol: str) -> list[dict[str, Any]]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(NAME, "the body is not valid JSON", text) from error
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceFormatError(NAME, "no list of bars under 'data'", text)
    found = str(answer.get("symbol", ""))
    if _bare(found) != _bare(symbol):
        raise SourceFormatError(NAME, f"asked for {symbol}, the answer is about", found)
    if rows and not any("date" in row and "close" in row for row in rows):
        raise SourceFormatError(NAME, "bars lack 'date' or 'close'; found", ",".join(map(str, rows[0])))
    return rows


def _bare(symbol: str) -> str:
    return symbol.lstrip("_^").upper()


def _price(value: object) -> str:
    text = "" if value is None else str(value).strip()
    return ABSENT if not text or (text.strip("+-0.") == "" and text[-1] in "0.") else text
