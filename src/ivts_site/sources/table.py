"""Delimited text: rows by column name, with line numbers and a check that the file is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ivts_site.errors import SourceFormatError
from ivts_site.sources.parsed import BadRow

T = TypeVar("T")


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
        Where the body is empty or ends in the middle of a row.
    """
    every = text.removeprefix("\ufeff").splitlines()
    numbered = [(n, line) for n, line in enumerate(every, start=1) if line.strip()]
    if not numbered:
        raise SourceFormatError(source, "the body is empty (0 rows)")
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


def _decimals(row: list[str]) -> list[int]:
    return [len(_bare(cell).partition(".")[2]) for cell in row]


def _bare(cell: str) -> str:
    return cell.strip().strip('"').strip()


def _kept(items: list[T], wanted: list[bool]) -> list[T]:
    return [item for item, ok in zip(items, wanted, strict=True) if ok]
