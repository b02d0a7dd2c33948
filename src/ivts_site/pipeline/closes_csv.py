"""Closes from a file of somebody's own: a CSV with a date and a close a line."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ivts_site.errors import UsageError


def read_lines(path: Path) -> list[tuple[str, list[str]]]:
    """Return the place of each line of a CSV file that is not blank, to be named in errors, and its cells."""
    try:
        rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no UTF-8 text"
        raise UsageError(f"{path}: {reason}") from error
    cells = ((rows.line_num, [cell.strip() for cell in row]) for row in rows)
    return [(f"{path}, line {number}", row) for number, row in cells if any(row)]


def load_closes(path: Path) -> Mapping[dt.date, float]:
    """Read a CSV of closes above 0 by date; a `UsageError` tells line and fault.

    Either its first line names columns, `date` and `close` among them in any case and order, or the first two
    columns are these.
    """
    closes: dict[dt.date, float] = {}
    lines = read_lines(path)
    date, close = _columns(*lines[0]) if lines else (0, 1)
    for at, (place, row) in enumerate(lines):
        if at == 0 and _day(row[date]) is None:
            continue
        if len(row) <= max(date, close):
            raise UsageError(f"{place}: has no date and close: {','.join(row)[:60]!r}")
        if (day := _day(row[date])) is None:
            raise UsageError(f"{place}: {row[date]!r} is not a date; write it as 2026-02-27")
        if day in closes:
            raise UsageError(f"{place}: {day} appears twice")
        closes[day] = _close(row[close], place)
    if not closes:
        raise UsageError(f"{path}: holds no closes; write one date and close a line, as 2026-02-27,19.86")
    return closes


def _columns(place: str, heading: list[str]) -> tuple[int, int]:
    names = [cell.lower() for cell in heading]
    if "date" in names and "close" in names:
        return names.index("date"), names.index("close")
    if _day(heading[0]) is not None:
        return 0, 1
    raise UsageError(f"{place}: has no columns named `date` and `close`, and does not begin with a date")


def _day(text: str) -> dt.date | None:
    with suppress(ValueError):
        return dt.date.fromisoformat(text)
    return None


def _close(text: str, place: str) -> float:
    with suppress(ValueError):
        value = float(text)
        if math.isfinite(value) and value > 0:
            return value
    raise UsageError(f"{place}: close {text!r} is not a number above 0")
