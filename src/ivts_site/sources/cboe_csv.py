"""Cboe index history files: `DATE,OPEN,HIGH,LOW,CLOSE` or `DATE,<SYMBOL>`."""

from __future__ import annotations

from urllib.parse import quote

from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells
from ivts_site.sources.table import read_table, require_columns

NAME = "cboe_csv"


def path(symbol: str) -> str:
    """Return the path of the history file of an index."""
    return f"/api/global/us_indices/daily_prices/{quote(symbol, safe='')}_History.csv"


def parse_cboe_csv(text: str, symbol: str) -> ParsedCloses:
    """Read the closes of an index history file, by column name in any case and order.

    Parameters
    ----------
    text : str
        The file.
    symbol : str
        The index asked for; the name of the value column in the two-column layout.

    Returns
    -------
    ParsedCloses
        An empty value or a word in the place of a number makes a bad row.

    Raises
    ------
    SourceFormatError
        Where the header is unknown, the dates are of no single known format, or the file is cut off.
    """
    table = read_table(NAME, text)
    date, close = require_columns(NAME, table, ("DATE", "CLOSE"), ("DATE", symbol.upper()))
    return parse_cells(
        Cells(
            source=NAME,
            dates=table.column(date),
            values=table.column(close),
            lines=table.lines,
            texts=table.texts,
            bad=table.bad,
        )
    )
