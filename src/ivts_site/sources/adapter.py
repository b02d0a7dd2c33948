"""How a vendor is asked and read; most adapters are one call of `csv_adapter` or `json_adapter`."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ivts_site.config import Series, Vendor
from ivts_site.errors import SourceFormatError
from ivts_site.sources.http import HttpClient, Reply, Request
from ivts_site.sources.parsed import ParsedCloses, RawRow, parse_rows, read_table, require_columns

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
ABSENT = "absent"
"""What a reader of JSON gives as the close of a bar that has none."""


Ask = Callable[[HttpClient, Request], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one kind of vendor file is asked for and read."""

    name: str
    """Name in the configuration and in the store's `source` column."""
    vendor: str
    """Key under `sources` in the configuration that holds the address."""
    template: str
    """Path and query, starting with a slash, with `{symbol}` in the place of the symbol."""
    parse: Callable[[str, str], ParsedCloses]
    """Text and symbol to `ParsedCloses`; pure; raises SourceFormatError."""
    ask: Ask = HttpClient.ask
    """Client and request to `Reply`; adds what the vendor wants to see, such as a key from the
    environment."""
    adjusted: bool = False
    """Whether its closes are adjusted for dividends."""
    needs_token_url: bool = False
    """Whether its vendor hands out access tokens, at `token_url`."""

    def path(self, symbol: str) -> str:
        """Return path and query of the file of a symbol, which cannot escape from its place."""
        return self.template.format(symbol=quote(symbol, safe=""))

    def problem(self, series: Series, vendor: Vendor) -> str:
        """Say why a series cannot be taken from this adapter, or return an empty string."""
        if self.adjusted and not series.adjusted:
            return f"{self.name} gives dividend-adjusted closes, this series is not declared `adjusted: true`"
        if series.adjusted and not self.adjusted:
            return f"{self.name} gives unadjusted closes, this series is declared `adjusted: true`"
        if self.needs_token_url and vendor.token_url is None:
            return f"{self.name} needs sources.{self.vendor}.token_url"
        return ""


def csv_adapter(  # noqa: PLR0913 (each is a fact about the vendor's file)
    name: str,
    vendor: str,
    template: str,
    *columns: tuple[str, str],
    missing: Sequence[str] = (),
    ask: Ask = HttpClient.ask,
    adjusted: bool = False,
) -> Adapter:
    """Return the adapter of a comma-separated file with a header line.

    `columns` are headers of the date and of the close, in upper case, `{symbol}` standing for the symbol: the
    first pair that the file has is read, in any case and order. `missing` are the values by which the vendor
    says that there is none; any other text that is no number makes a bad row. The other arguments are those
    of `Adapter`. An unknown header, dates of no single known format and a file that is cut off are a
    SourceFormatError.
    """

    def parse(text: str, symbol: str) -> ParsedCloses:
        table = read_table(name, text)
        accepted = [(date, close.format(symbol=symbol.upper())) for date, close in columns]
        rows = table.rows(*require_columns(name, table, *accepted))
        return parse_rows(name, rows, missing=missing, bad=table.bad)

    return Adapter(name=name, vendor=vendor, template=template, parse=parse, ask=ask, adjusted=adjusted)


class UnexpectedAnswer(Exception):
    """A reader's complaint about an answer; `found` quotes what is wrong, the whole answer where None."""

    def __init__(self, reason: str, found: str | None = None) -> None:
        self.reason = reason
        self.found = found
        super().__init__(reason)


def json_adapter(  # noqa: PLR0913 (each is a fact about the vendor's answer)
    name: str,
    vendor: str,
    template: str,
    read: Callable[[Any, str], Sequence[RawRow]],
    *,
    ask: Ask = HttpClient.ask,
    needs_token_url: bool = False,
) -> Adapter:
    """Return the adapter of a JSON answer.

    `read` makes rows of the decoded answer and the symbol, in the order of the answer, or raises
    `UnexpectedAnswer`. A close that is `ABSENT` counts as missing; the line of a row is its position, from 1.
    The other arguments are those of `Adapter`. An answer that is no JSON, or that `read` complains
    of, is a SourceFormatError.
    """

    def parse(text: str, symbol: str) -> ParsedCloses:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SourceFormatError(name, "the body is not valid JSON", text) from error
        try:
            rows = read(answer, symbol)
        except UnexpectedAnswer as error:
            found = text if error.found is None else error.found
            raise SourceFormatError(name, error.reason, found) from None
        numbered = [row._replace(line=n) for n, row in enumerate(rows, 1)]
        return parse_rows(name, numbered, missing=(ABSENT,))

    return Adapter(
        name=name, vendor=vendor, template=template, parse=parse, ask=ask, needs_token_url=needs_token_url
    )


def listed_bars(answer: Any, name: str, date: str, close: str) -> list[dict[str, Any]]:
    """Return the bars under a name of an answer, objects of which one at least has a date and a close."""
    bars = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(bars, list) or not all(isinstance(bar, dict) for bar in bars):
        raise UnexpectedAnswer(f"no list of bars under '{name}'")
    if bars and not any(date in bar and close in bar for bar in bars):
        raise UnexpectedAnswer(f"bars lack '{date}' or '{close}'; found", ",".join(map(str, bars[0])))
    return bars


def text_of(value: object) -> str:
    """Return a value of a JSON answer as text; `ABSENT` where it is null or blank."""
    return ABSENT if value is None else str(value).strip() or ABSENT


def day_in(zone: ZoneInfo, stamp: object, kind: type[int] | type[str]) -> str:
    """Return the date in a zone of an epoch second (int) or an ISO instant (str); empty where it is none."""
    try:
        if type(stamp) is not kind:
            return ""
        if isinstance(stamp, int):
            instant = dt.datetime.fromtimestamp(stamp, zone)
        elif INSTANT.fullmatch(text := str(stamp).strip()):
            instant = dt.datetime.fromisoformat(text).astimezone(zone)
        else:
            return ""
        return instant.date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
