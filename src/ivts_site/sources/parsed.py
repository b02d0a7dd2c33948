"""Text to closes: delimited tables, and the strict reading of dates and numbers that all adapters share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from ivts_site.errors import SourceFormatError

T = TypeVar("T")
ISO_DATE = r"\d{4}-\d{2}-\d{2}"
US_DATE = r"\d{2}/\d{2}/\d{4}"
NUMBER = r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read.

    Attributes
    ----------
    line : int
        1-based line in the file, or position in the list of rows of a JSON answer.
    text : str
        The row, shortened.
    reason : str
        What is wrong with it.
    """

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedCloses:
    """The closes of a vendor's answer, as found: unsorted, with duplicates and non-sessions.

    Attributes
    ----------
    source : str
        Adapter name.
    closes : DataFrame
        Columns `session` (`datetime64[us]`), `close` (float64, any value a number can have) and `line`
        (int64, counted as in `BadRow`).
    bad : tuple of BadRow
        Rows that could not be read.
    n_rows : int
        Rows in the answer: closes, bad ones and those without a value.
    n_missing : int
        Rows in which the vendor says that there is no value, such as holidays at FRED.
    """

    source: str
    closes: pd.DataFrame
    bad: tuple[BadRow, ...]
    n_rows: int
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawColumns:
    """Two columns of a vendor's answer, as text.

    Attributes
    ----------
    source : str
        Adapter name.
    dates, values : sequence of str
        Cells without surrounding blanks.
    lines, texts : sequence
        Line number and full text of each row, for the reports.
    missing : sequence of str
        Values by which the vendor says "no value".
    bad : sequence of BadRow
        Rows set aside before.
    """

    source: str
    dates: Sequence[str]
    values: Sequence[str]
    lines: Sequence[int]
    texts: Sequence[str]
    missing: Sequence[str] = ()
    bad: Sequence[BadRow] = ()


def parse_columns(columns: RawColumns) -> ParsedCloses:
    """Turn text into closes; a row that cannot be read is set aside with its reason.

    Returns
    -------
    ParsedCloses
        In the order of the answer.

    Raises
    ------
    SourceFormatError
        Where there is no row at all or the date formats are mixed or unknown.
    """
    if not columns.dates:
        raise SourceFormatError(columns.source, "0 rows of data in the answer")
    value = pd.Series(columns.values, dtype="str")
    session = _parse_dates(columns.source, pd.Series(columns.dates, dtype="str"))
    missing = value.isin(list(columns.missing)) & session.notna()
    numeric = value.str.fullmatch(NUMBER)
    good = (session.notna() & numeric & ~missing).to_numpy()
    reasons = np.select([session.isna(), missing, ~numeric], ["no date", "", "no number"], "")
    bad = [
        BadRow(line, text[:80], str(reason))
        for line, text, reason in zip(columns.lines, columns.texts, reasons, strict=True)
        if reason
    ]
    closes = pd.DataFrame(
        {
            "session": session[good],
            "close": value[good].to_numpy(dtype=object).astype("float64"),
            "line": np.array(columns.lines, dtype="int64")[good],
        }
    ).reset_index(drop=True)
    n_rows = len(columns.dates) + len(columns.bad)
    return ParsedCloses(columns.source, closes, (*columns.bad, *bad), n_rows, int(missing.sum()))


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


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file, read by name.

    Attributes
    ----------
    header : tuple of str
        Column names in upper case.
    rows : list of list of str
        Cells of the rows that have as many as the header.
    lines, texts : list
        Line number and text of each of these rows.
    bad : list of BadRow
        Rows with too few or too many cells.
    """

    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    texts: list[str]
    bad: list[BadRow]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column of `header`, without surrounding blanks and quotation marks."""
        at = self.header.index(name)
        return [_bare(row[at]) for row in self.rows]


def read_table(source: str, text: str) -> Table:
    """Read comma-separated text with a header line; blank lines are skipped.

    Parameters
    ----------
    source : str
        Adapter name, for the messages.
    text : str
        The body; any line ending, with or without a byte-order mark.

    Returns
    -------
    Table

    Raises
    ------
    SourceFormatError
        Where the body is empty, is a sentence (over a daily limit, unknown symbol), or ends in the middle of
        a row.
    """
    every = text.removeprefix("\ufeff").splitlines()
    numbered = [(n, line) for n, line in enumerate(every, start=1) if line.strip()]
    if not numbered:
        raise SourceFormatError(source, "the body is empty (0 rows)")
    if "," not in (first := numbered[0][1].strip()):
        raise SourceFormatError(source, "a sentence in the place of data", first)
    lines, texts = [n for n, _ in numbered[1:]], [t for _, t in numbered[1:]]
    header, *rows = (line.split(",") for _, line in numbered)
    if not text.endswith(("\n", "\r")):
        _check_last_row(source, header, rows, texts)
    whole = [len(row) == len(header) for row in rows]
    bad = [
        BadRow(n, t[:80], "wrong number of columns")
        for n, t, ok in zip(lines, texts, whole, strict=True)
        if not ok
    ]
    return Table(
        tuple(_bare(h).upper() for h in header),
        _kept(rows, whole),
        _kept(lines, whole),
        _kept(texts, whole),
        bad,
    )


def require_columns(source: str, table: Table, *accepted: Sequence[str]) -> tuple[str, ...]:
    """Return the first of the accepted sets of column names that the table has.

    Raises
    ------
    SourceFormatError
        With expected and found names, where it has none of them.
    """
    for names in accepted:
        if set(names) <= set(table.header):
            return tuple(names)
    expected = " or ".join(",".join(names) for names in accepted)
    raise SourceFormatError(source, f"unknown header; expected {expected}, found", ",".join(table.header))


def _check_last_row(source: str, header: list[str], rows: list[list[str]], texts: list[str]) -> None:
    """Take a last line without an end for whole only if it looks like one of the rows before."""
    if not rows:
        return
    last = rows[-1]
    seen = [_decimals(row) for row in rows[-6:-1]] or [_decimals(last)]
    if len(last) != len(header) or _decimals(last) not in seen:
        raise SourceFormatError(source, "the body ends in the middle of a row", texts[-1])


def _decimals(row: list[str]) -> list[int | None]:
    """Decimals of each cell, so that rows can be told apart; None where the cell is empty."""
    return [len(cell.partition(".")[2]) if cell else None for cell in map(_bare, row)]


def _bare(cell: str) -> str:
    return cell.strip().strip('"').strip()


def _kept(items: list[T], wanted: list[bool]) -> list[T]:
    return [item for item, ok in zip(items, wanted, strict=True) if ok]
