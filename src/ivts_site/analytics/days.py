"""From the point-in-time table to one published record a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis
from ivts_site.model import RatioRules
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.day import Day, DayChanges, DayCloses, DayEpisode, DayRegime, DayWindow
from ivts_site.published.numbers import number, number_or_none

RETURN_PLACES = 3
"""Decimal places of the changes of the series where raw closes are not published: exact ones would allow to
compute every close from the last."""

Row = Mapping[str, Any]
"""A row of the point-in-time table in plain values: no number is NaN, no session is None."""


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
    columns: dict[str, Sequence[Any]] = {str(name): _plain(part[name]) for name in part.columns}
    columns |= {
        "session": iso_days(part.index),
        "n_sessions": [place + 1 for place in places],
        "gaps": _gaps_before(part, analysis.gaps),
    }
    values = zip(*columns.values(), strict=True)
    return [
        _day(dict(zip(columns, each, strict=True)), analysis, sample=sample, raw_closes=raw_closes)
        for each in values
    ]


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


def _day(row: Row, analysis: Analysis, *, sample: bool, raw_closes: bool) -> Day:
    return Day(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        session=row["session"],
        n_sessions=row["n_sessions"],
        ivts=number(row["ivts"]),
        regime=_regime(row, analysis.rules),
        changes=_changes(row, raw_closes=raw_closes),
        window=_window(row, analysis.statistics.default_window),
        rolling_rates={
            str(n): number_or_none(row[f"rate_{n}"]) for n in analysis.statistics.rolling_sessions
        },
        episode=_episode(row) if row["last_episode"] else None,
        suspect=row["suspect"],
        closes=_closes(row) if raw_closes else None,
    )


def _regime(row: Row, rules: RatioRules) -> DayRegime:
    return DayRegime(
        name="backwardation" if row["backwardation"] else "contango",
        day=row["regime_day"],
        since=row["since"],
        borderline=row["borderline"],
        band=row["band"],
        slope=number_or_none(row["slope"]),
        slope_sessions=rules.slope_sessions,
        threshold=number(rules.threshold),
        distance_return=number(row["distance_return"]),
    )


def _changes(row: Row, *, raw_closes: bool) -> DayChanges:
    front, back, benchmark = (
        value if value is None or raw_closes else round(value, RETURN_PLACES) + 0.0
        for value in (number_or_none(row[f"{name}_return"]) for name in ("front", "back", "benchmark"))
    )
    return DayChanges(
        previous_session=row["previous"],
        gaps=row["gaps"],
        ivts=number_or_none(row["ivts_change"]),
        vix_return=front,
        vix3m_return=back,
        spy_return=benchmark,
    )


def _window(row: Row, name: str) -> DayWindow:
    return DayWindow(
        name=name,
        first_session=row["window_first"],
        n_sessions=row["window_n"],
        n_backwardation=row["window_n_backwardation"],
        backwardation_rate=number(row["window_rate"]),
        p50=number(row["p50"]),
        p95=number(row["p95"]),
        p99=number(row["p99"]),
        ivts_rank=number(row["rank_ivts"]),
        vix_rank=number(row["rank_front"]),
        vix3m_rank=number(row["rank_back"]),
        complete=row["window_complete"],
    )


def _episode(row: Row) -> DayEpisode:
    return DayEpisode(
        first_session=row["last_episode"],
        last_session=row["last_backwardation"],
        ongoing=row["backwardation"],
        max_ivts=number_or_none(row["episode_max"]),
    )


def _closes(row: Row) -> DayCloses:
    return DayCloses(
        vix=number(row["front"]),
        vix3m=number(row["back"]),
        spy=number_or_none(row["benchmark"]),
        vix_change=number_or_none(row["front_change"]),
        vix3m_change=number_or_none(row["back_change"]),
        spy_change=number_or_none(row["benchmark_change"]),
        distance=number(row["distance"]),
    )
