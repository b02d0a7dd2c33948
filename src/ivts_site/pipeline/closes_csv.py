"""Closes from a file of somebody's own: a CSV with a date and a close a line."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from ivts_site.errors import UsageError

Closes = Mapping[dt.date, float]


def load_closes(path: Path) -> Closes:
    """Read a CSV of closes above 0 by date; a `UsageError` tells line and fault.

    Either its first line names columns, `date` and `close` among them in any case and order, or the first two
    columns are these. Empty lines are skipped.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no UTF-8 text"
        raise UsageError(f"{path}: {reason}") from error
    return parse_closes(text, str(path))


def parse_closes(text: str, where: str) -> Closes:
    """Parse the text of such a file; `where` names it in errors."""
    closes: dict[dt.date, float] = {}
    for line, date, close in _cells(text, where):
        place = f"{where}, line {line}"
        day = _day(date, place)
        if day in closes:
            raise UsageError(f"{place}: {day} appears twice")
        closes[day] = _close(close, place)
    if not closes:
        raise UsageError(f"{where}: holds no closes; write one date and close a line, as 2026-02-27,19.86")
    return closes


def _cells(text: str, where: str) -> Iterator[tuple[int, str, str]]:
    """Number, date and close of each line below the heading."""
    rows = csv.reader(text.splitlines())
    columns: tuple[int, int] | None = None
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(row, f"{where}, line {rows.line_num}")
            if columns is not None and not _is_day(row[columns[0]]):
                continue
        if len(row) <= max(columns):
            raise UsageError(f"{where}, line {rows.line_num}: has no date and close: {','.join(row)[:60]!r}")
        yield rows.line_num, row[columns[0]].strip(), row[columns[1]].strip()


def _columns(heading: list[str], place: str) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in heading]
    if "date" in names and "close" in names:
        return names.index("date"), names.index("close")
    if _is_day(heading[0]):
        return 0, 1
    raise UsageError(f"{place}: has no columns named `date` and `close`, and does not begin with a date")


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _day(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{place}: {text!r} is not a date; write it as 2026-02-27") from error


def _close(text: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{place}: close {text!r} is not a number above 0")
    return value
