"""FRED series: `observation_date,<ID>` (older files: `DATE,<ID>`); days without a value are empty or `.`."""

from __future__ import annotations

from urllib.parse import quote

from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells
from ivts_site.sources.table import read_table, require_columns

NAME = "fred_csv"


def path(symbol: str) -> str:
    """Return the path and query of a series."""
    return f"/graph/fredgraph.csv?id={quote(symbol, safe='')}"


def parse_fred_csv(text: str, symbol: str) -> ParsedCloses:
    """Read the values of a series; values are rounded to cents by the vendor.

    Parameters
    ----------
    text : str
        The file.
    symbol : str
        Series id, the name of the value column.

    Returns
    -------
    ParsedCloses
        Rows with an empty value or `.` are holidays and counted as missing.

    Raises
    ------
    SourceFormatError
        Where the header is unknown, the dates are of no single known format, or the file is cut off.
    """
    table = read_table(NAME, text)
    value = symbol.upper()
    date, close = require_columns(NAME, table, ("OBSERVATION_DATE", value), ("DATE", value))
    return parse_cells(
        Cells(
            source=NAME,
            dates=table.column(date),
            values=table.column(close),
            lines=table.lines,
            texts=table.texts,
            bad=table.bad,
            missing=("", "."),
        )
    )
