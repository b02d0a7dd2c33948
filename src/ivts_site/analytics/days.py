"""From the point-in-time table to one published record a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.day import Day, DayChanges, DayCloses, DayEpisode, DayRegime, DayWindow
from ivts_site.published.numbers import number, numbers

RETURN_PLACES = 3
"""Decimal places of the changes of the series where raw closes are not published: exact ones would allow to
compute every close from the last."""

Row = dict[str, Any]
"""A row of the point-in-time table in plain values: dates are text; what is NaN or NaT there is None."""
T = TypeVar("T")


def list_days(
    analysis: Analysis, table: pd.DataFrame, *, sample: bool, raw_closes: bool, rows: slice = slice(None)
) -> list[Day]:
    """Publish sessions as they stood in the evening, oldest first.

    Parameters
    ----------
    analysis : Analysis
        Of the latest session.
    table : DataFrame
        From `build_point_in_time` for it.
    sample : bool
        Whether the closes are simulated.
    raw_closes : bool
        Whether closes are published.
    rows : slice
        Which rows of the table; all by default.

    Returns
    -------
    list of Day
        Numbers are rounded to six places, as the file has them, so that page and file speak of the same ones.
    """
    part, places = table.iloc[rows], range(len(table))[rows]
    found = zip(places, _gaps_before(part, analysis.gaps), list_rows(part, numbers), strict=True)
    return [
        _day(
            row | {"n_sessions": place + 1, "changes.gaps": gaps},
            analysis,
            sample=sample,
            raw_closes=raw_closes,
        )
        for place, gaps, row in found
    ]


def list_rows(table: pd.DataFrame, convert: Callable[[list[float]], list[float | None]]) -> Iterator[Row]:
    """Yield the rows of a point-in-time table; `convert` makes the floats of a column plain, NaN None."""
    columns: dict[str, Sequence[Any]] = {
        str(name): convert(column.tolist()) if column.dtype.kind == "f" else _plain(column)
        for name, column in table.items()
    }
    columns["session"] = iso_days(table.index)
    columns["regime.name"] = [REGIMES[each] for each in columns["backwardation"]]
    return (dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True))


def read_part(shape: Callable[..., T], part: str, row: Row, **others: Any) -> T:
    """Fill a record with the columns that are named after it; what has no such column is given."""
    return shape(**{name: row[column] for name, column in _columns(shape, part) if column in row}, **others)


def iso_days(sessions: pd.Index | pd.Series) -> list[str]:
    """Return sessions as ISO dates; one that is undefined is "NaT"."""
    texts: list[str] = np.datetime_as_string(sessions.to_numpy(), unit="D").tolist()
    return texts


def _plain(column: pd.Series) -> list[Any]:
    if column.dtype.kind != "M":
        return column.tolist()
    return [None if text == "NaT" else text for text in iso_days(column)]


def _gaps_before(table: pd.DataFrame, gaps: pd.DatetimeIndex) -> list[tuple[str, ...]]:
    """Return the sessions without a ratio just before each row."""
    counts, ends = table["n_gaps"].tolist(), gaps.searchsorted(table.index).tolist()
    return [
        tuple(iso_days(gaps[end - count : end])) if count else ()
        for count, end in zip(counts, ends, strict=True)
    ]


@cache
def _columns(shape: Any, part: str) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, f"{part}.{field.name}") for field in fields(shape))


def _day(row: Row, analysis: Analysis, *, sample: bool, raw_closes: bool) -> Day:
    rules, statistics = analysis.rules, analysis.statistics
    return Day(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        session=row["session"],
        n_sessions=row["n_sessions"],
        ivts=row["ivts"],
        regime=read_part(
            DayRegime, "regime", row, slope_sessions=rules.slope_sessions, threshold=number(rules.threshold)
        ),
        changes=read_part(DayChanges, "changes", row if raw_closes else row | _coarse(row)),
        window=read_part(DayWindow, "window", row, name=statistics.default_window),
        rolling_rates={str(n): row[f"rolling_rates.{n}"] for n in statistics.rolling_sessions},
        episode=read_part(DayEpisode, "episode", row, ongoing=row["backwardation"])
        if row["episode.first_session"]
        else None,
        suspect=row["suspect"],
        closes=read_part(DayCloses, "closes", row) if raw_closes else None,
    )


def _coarse(row: Row) -> Row:
    """Round the changes of the series, see `RETURN_PLACES`."""
    moves = {name: row[name] for name in (f"changes.{series}_return" for series in ("vix", "vix3m", "spy"))}
    return {name: None if move is None else round(move, RETURN_PLACES) + 0.0 for name, move in moves.items()}
