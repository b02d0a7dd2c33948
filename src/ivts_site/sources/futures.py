"""VIX futures: which monthly contracts there are, when each expires, and the vendor's file of each.

A contract's file has one row a session. Files of the archive (contracts to 2013) write dates as `3/26/2004`
or `03/26/2004`, may begin with a line of terms, and quote prices before 26 March 2007 ten times as high,
within one file, and end some rows with a comma. A settlement of 0 means that there is none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from ivts_site.config import SourceChoice
from ivts_site.errors import SourceUnavailable
from ivts_site.sessions import Sessions
from ivts_site.sources.adapter import ABSENT
from ivts_site.sources.parsed import ParsedCloses, parse_rows, read_table, require_columns

FIRST = (2004, 5)
"""Year and month of the first contract."""
ARCHIVED_THROUGH = 2013
"""The archive's files of that year are whole; those of the newer place can be cut off."""
NEVER_LISTED = frozenset({(2004, 12), (2005, 4), (2005, 7), (2005, 9)})
EXCEPTIONS = {(2004, 7): dt.date(2004, 7, 14), (2004, 10): dt.date(2004, 10, 13)}
"""Contracts that expired a week before the rule says."""
TENTHS_FROM = pd.Timestamp(2007, 3, 26)
"""From this session on prices are those of the index; before, ten times as high."""
NOT_SETTLED = "no settlement yet"
CODES = "FGHJKMNQUVXZ"
"""The letters of January to December."""


def expiry(year: int, month: int, sessions: Sessions) -> dt.date:
    """Return the day on which the contract of a month expires.

    It is the Wednesday 30 days before the third Friday of the next month. Where that Friday or the Wednesday
    is a holiday, it is the session before that Wednesday.
    """
    if (year, month) in EXCEPTIONS:
        return EXCEPTIONS[year, month]
    first = dt.date(year + month // 12, month % 12 + 1, 1)
    friday = first + dt.timedelta(days=(4 - first.weekday()) % 7 + 14)
    wednesday = friday - dt.timedelta(days=30)
    if sessions.is_session(friday) and sessions.is_session(wednesday):
        return wednesday
    return sessions.sessions_in(wednesday - dt.timedelta(days=7), wednesday - dt.timedelta(days=1))[-1].date()


def expiries(sessions: Sessions) -> list[dt.date]:
    """Return the expiries in the months of the calendar, in order, where it has the Friday behind each."""
    first = sessions.first
    year, month = max(FIRST, (first.year + first.month // 12, first.month % 12 + 1))
    found = []
    while dt.date(year, month, 1) + dt.timedelta(days=52) < sessions.last:
        if (year, month) not in NEVER_LISTED:
            found.append(expiry(year, month, sessions))
        year, month = year + month // 12, month % 12 + 1
    return found


def contract_file(day: dt.date) -> SourceChoice:
    """Return where the contract that expires on a day comes from."""
    if day.year <= ARCHIVED_THROUGH:
        return SourceChoice(adapter="cboe_futures_archive", symbol=f"{CODES[day.month - 1]}{day:%y}")
    return SourceChoice(adapter="cboe_futures", symbol=day.isoformat())


def read_contract(source: str) -> Callable[[str, str], ParsedCloses]:
    """Return how an adapter reads a contract's file; one without any settlement says as much as none."""

    def parse(text: str, symbol: str) -> ParsedCloses:
        table = read_table(source, _tidied(text))
        columns = require_columns(source, table, ("TRADE DATE", "SETTLE"))
        rows = [row._replace(date=_padded(row.date), close=_price(row.close)) for row in table.rows(*columns)]
        parsed = parse_rows(source, rows, missing=(ABSENT,), bad=table.bad)
        if parsed.n_missing == parsed.n_rows:
            raise SourceUnavailable(source, symbol, NOT_SETTLED)
        closes = parsed.closes.copy()
        closes.loc[closes["session"] < TENTHS_FROM, "close"] /= 10
        return replace(parsed, closes=closes)

    return parse


def open_interest(source: str, text: str) -> dict[int, int]:
    """Return the open interest by line of a contract's file, where the vendor gives one."""
    table = read_table(source, _tidied(text))
    cells = table.column("OPEN INTEREST") if "OPEN INTEREST" in table.header else ()
    known = zip(table.lines, cells, strict=False)
    return {line.number: int(n) for line, n in known if n.isdigit() and int(n)}


def _tidied(text: str) -> str:
    """Blank the line of terms before the header, and take the comma off lines that have one too many."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines[:3]) if line.lstrip("\ufeff").startswith("Trade Date")), 0)
    most = lines[start].count(",") if lines else 0
    rows = [line.removesuffix(",") if line.count(",") > most else line for line in lines[start:]]
    return "\n" * start + "\n".join(rows) + ("\n" if text.endswith(("\n", "\r")) else "")


def _padded(day: str) -> str:
    """Write `3/26/2004` as `03/26/2004`; anything else stays as it is."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", day)
    return f"{int(found[1]):02}/{int(found[2]):02}/{found[3]}" if found else day


def _price(value: str) -> str:
    return ABSENT if re.fullmatch(r"0*\.?0*", value) else value
