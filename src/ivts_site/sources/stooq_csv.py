"""Stooq daily files: `Date,Open,High,Low,Close,Volume`; closes are adjusted for dividends."""

from __future__ import annotations

from urllib.parse import quote

from ivts_site.errors import SourceFormatError
from ivts_site.sources.http import HttpClient
from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells
from ivts_site.sources.reply import Reply
from ivts_site.sources.request import Request, scrubbed
from ivts_site.sources.secret import Credential, read_secret
from ivts_site.sources.table import read_table, require_columns

NAME = "stooq_csv"
KEY_VARIABLE = "STOOQ_APIKEY"
KEY_NAME = "apikey"


def path(symbol: str) -> str:
    """Return the path and query of the daily file of a symbol, without key."""
    return f"/q/d/l/?s={quote(symbol, safe='')}&i=d"


def ask(client: HttpClient, request: Request) -> Reply:
    """Ask for the file, with the key from `STOOQ_APIKEY` where that is set.

    Without a key the vendor may answer with a sentence or a web page; both are refused.
    """
    key = read_secret(KEY_VARIABLE)
    credential = Credential(query={KEY_NAME: key} if key else {})
    return scrubbed(request.send(client, credential), key)


def parse_stooq_csv(text: str, symbol: str) -> ParsedCloses:  # noqa: ARG001 (the file does not name it)
    """Read the closes of a daily file, by column name in any case and order.

    Closes are adjusted for splits and dividends: the whole history changes with each dividend, and a total
    return can be had from them, but no price as it was paid.

    Parameters
    ----------
    text : str
        The file; lines end with CR LF.
    symbol : str
        The symbol asked for; the file does not repeat it.

    Returns
    -------
    ParsedCloses
        An empty value or a word in the place of a number makes a bad row.

    Raises
    ------
    SourceFormatError
        Where the vendor sent a sentence in the place of the file (over its daily limit, unknown symbol, key
        wanted), the header is unknown, the dates are of no single known format, or the file is cut off.
    """
    first = text.lstrip("\ufeff").strip().partition("\n")[0].strip()
    if first and "," not in first:
        raise SourceFormatError(NAME, "a sentence in the place of data", first)
    table = read_table(NAME, text)
    date, close = require_columns(NAME, table, ("DATE", "CLOSE"))
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
