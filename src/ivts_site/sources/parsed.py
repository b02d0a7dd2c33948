"""What a parser returns, and the strict reading of dates and numbers that all parsers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.errors import SourceFormatError

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
class Cells:
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


def parse_cells(cells: Cells) -> ParsedCloses:
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
    if not cells.dates:
        raise SourceFormatError(cells.source, "0 rows of data in the answer")
    value = pd.Series(cells.values, dtype="str")
    session = _parse_dates(cells.source, pd.Series(cells.dates, dtype="str"))
    missing = value.isin(list(cells.missing)) & session.notna()
    numeric = value.str.fullmatch(NUMBER)
    good = (session.notna() & numeric & ~missing).to_numpy()
    reasons = np.select([session.isna(), missing, ~numeric], ["no date", "", "no number"], "")
    bad = [
        BadRow(line, text[:80], str(reason))
        for line, text, reason in zip(cells.lines, cells.texts, reasons, strict=True)
        if reason
    ]
    closes = pd.DataFrame(
        {
            "session": session[good],
            "close": value[good].to_numpy(dtype=object).astype("float64"),
            "line": np.array(cells.lines, dtype="int64")[good],
        }
    ).reset_index(drop=True)
    n_rows = len(cells.dates) + len(cells.bad)
    return ParsedCloses(cells.source, closes, (*cells.bad, *bad), n_rows, int(missing.sum()))


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
