"""Text to closes: delimited tables, and the strict reading of dates and numbers that all adapters share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ivts_site.errors import SourceFormatError

ISO_DATE = r"\d{4}-\d{2}-\d{2}"
US_DATE = r"\d{2}/\d{2}/\d{4}"
NUMBER = r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read."""

    line: int
    """1-based line in the file, or position in the list of rows of a JSON answer."""
    text: str
    """The row, shortened."""
    reason: str
    """What is wrong with it."""


@dataclass(frozen=True, slots=True)
class ParsedCloses:
    """The closes of a vendor's answer, as found: unsorted, with duplicates and non-sessions."""

    source: str
    """Adapter name."""
    closes: pd.DataFrame
    """Columns `session` (`datetime64[us]`), `close` (float64, any value a number can have) and `line`
    (int64, counted as in `BadRow`)."""
    bad: tuple[BadRow, ...]
    """Rows that could not be read."""
    n_rows: int
    """Rows in the answer: closes, bad ones and those without a value."""
    n_missing: int
    """Rows in which the vendor says that there is no value, such as holidays at FRED."""


class RawRow(NamedTuple):
    """A row of an answer: its date and its close as text, and all of it, which reports quote."""

    date: str
    close: str
    text: str
    line: int = 0
    """As in `BadRow`; a reader of JSON leaves the counting to its adapter."""


def parse_rows(
    source: str, rows: Sequence[RawRow], *, missing: Sequence[str] = (), bad: Sequence[BadRow] = ()
) -> ParsedCloses:
    """Turn text into closes; a row that cannot be read is set aside with its reason.

    `missing` are the values by which a vendor says that there is none, `bad` rows set aside before. Without a
    row, or where the date formats are mixed or unknown, the whole answer is a SourceFormatError.
    """
    if not rows:
        raise SourceFormatError(source, "0 rows of data in the answer")
    value = pd.Series([row.close for row in rows], dtype="str")
    session = _parse_dates(source, pd.Series([row.date for row in rows], dtype="str"))
    absent = value.isin(list(missing)) & session.notna()
    numeric = value.str.fullmatch(NUMBER)
    good = (session.notna() & numeric & ~absent).to_numpy()
    reasons = np.select([session.isna(), absent, ~numeric], ["no date", "", "no number"], "")
    unread = [
        BadRow(row.line, row.text[:80], str(reason))
        for row, reason in zip(rows, reasons, strict=True)
        if reason
    ]
    closes = pd.DataFrame(
        {
            "session": session[good],
            "close": value[good].to_numpy(dtype=object).astype("float64"),
            "line": np.array([row.line for row in rows], dtype="int64")[good],
        }
    ).reset_index(drop=True)
    return ParsedCloses(source, closes, (*bad, *unread), len(rows) + len(bad), int(absent.sum()))


def _parse_dates(source: str, text: pd.Series) -> pd.Series:
    iso, american = text.str.fullmatch(ISO_DATE), text.str.fullmatch(US_DATE)
    if iso.any() and american.any():
        first = str(text[american if iso.iloc[0] else iso].iloc[0])
        raise SourceFormatError(source, "two date formats in one file", first)
    if not iso.any() and not american.any():
        raise SourceFormatError(source, "dates are neither MM/DD/YYYY nor YYYY-MM-DD", str(text.iloc[0]))
    day_first = american & (text.str.slice(0, 2) > "12")
    if day_first.any():
        raise SourceFormatError(source, "dates look like DD/MM/YYYY", str(text[day_first].iloc[0]))
    layout, matching = ("%Y-%m-%d", iso) if iso.any() else ("%m/%d/%Y", american)
    return pd.to_datetime(text.where(matching), format=layout, errors="coerce").dt.as_unit("us")


class Line(NamedTuple):
    """A line of a delimited file: its number, its text, and its cells."""

    number: int
    text: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A delimited file, read by name."""

    header: tuple[str, ...]
    """Column names in upper case."""
    lines: list[Line]
    """Those with as many cells as the header."""
    bad: list[BadRow]
    """Those with too few or too many."""

    def column(self, name: str) -> list[str]:
        """Return the cells of a column of `header`, without surrounding blanks and quotation marks."""
        at = self.header.index(name)
        return [_bare(line.cells[at]) for line in self.lines]

    def rows(self, date: str, close: str) -> list[RawRow]:
        """Return the rows of two columns of `header`."""
        cells = zip(self.column(date), self.column(close), self.lines, strict=True)
        return [RawRow(day, value, line.text, line.number) for day, value, line in cells]


def read_table(source: str, text: str) -> RawTable:
    """Read comma-separated text with a header line, whatever its line ends; blank lines are skipped.

    A body that is empty, a sentence (over a daily limit, unknown symbol) or cut off is a SourceFormatError.
    """
    every = text.removeprefix("\ufeff").splitlines()
    numbered = [Line(n, line, line.split(",")) for n, line in enumerate(every, 1) if line.strip()]
    if not numbered:
        raise SourceFormatError(source, "the body is empty (0 rows)")
    header, *lines = numbered
    if len(header.cells) == 1:
        raise SourceFormatError(source, "text instead of data", header.text.strip())
    if not text.endswith(("\n", "\r")):
        _check_last_row(source, header, lines)
    whole = [line for line in lines if len(line.cells) == len(header.cells)]
    bad = [
        BadRow(line.number, line.text[:80], "wrong number of columns")
        for line in lines
        if len(line.cells) != len(header.cells)
    ]
    return RawTable(tuple(_bare(cell).upper() for cell in header.cells), whole, bad)


def require_columns(source: str, table: RawTable, *accepted: Sequence[str]) -> tuple[str, ...]:
    """Return the first of the accepted sets of column names that the table has."""
    for names in accepted:
        if set(names) <= set(table.header):
            return tuple(names)
    expected = " or ".join(",".join(names) for names in accepted)
    raise SourceFormatError(source, f"unknown header; expected {expected}, found", ",".join(table.header))


def _check_last_row(source: str, header: Line, lines: list[Line]) -> None:
    """Take a last line without an end for whole only if it looks like one of the rows before."""
    if not lines:
        return
    last = lines[-1]
    seen = [_decimals(line.cells) for line in lines[-6:-1]] or [_decimals(last.cells)]
    if len(last.cells) != len(header.cells) or _decimals(last.cells) not in seen:
        raise SourceFormatError(source, "the body ends in the middle of a row", last.text)


def _decimals(row: list[str]) -> list[int | None]:
    """Decimals of each cell, so that rows can be told apart; None where the cell is empty."""
    return [len(cell.partition(".")[2]) if cell else None for cell in map(_bare, row)]


def _bare(cell: str) -> str:
    return cell.strip().strip('"').strip()
