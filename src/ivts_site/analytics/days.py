"""The whole point-in-time table, windows and episodes added, and one published record a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ivts_site.analytics.distribution import slide_window
from ivts_site.analytics.point_in_time import list_rows
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import PlainRow, iso_days, read_part
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.day import Day, DayChanges, DayCloses, DayEpisode, DayRegime, DayWindow
from ivts_site.published.numbers import number, numbers

RETURN_PLACES = 3
"""Decimal places of the changes of the series where raw closes are not published: exact ones would allow to
compute every close from the last."""


def build_point_in_time(analysis: Analysis) -> pd.DataFrame:
    """Tell for every session with a defined ratio what the page said that evening.

    A row equals the analysis of the panel cut at its session, to the bit, in the default window where one is
    meant. Columns are those of `tabulate`, and

    - rolling_rates.N for each rolling length N: NaN until N sessions exist;
    - window.NAME for each name of `slide_window`;
    - episode.first_session: first session of the episode it belongs to or follows, NaT before the first;
    - episode.last_session: the latest session in backwardation so far, NaT before the first;
    - episode.max_ivts: highest ratio of the episode it belongs to, up to the session; NaN in contango.
    """
    window = slide_window(analysis.statistics.default_window, analysis.panel.closes, analysis.signal)
    return analysis.table.assign(
        **{f"rolling_rates.{n}": rates for n, rates in analysis.rolling_rates.items()},
        **{f"window.{name}": values for name, values in window.items()},
        **_episodes(analysis.signal, analysis.table["regime.since"]),
    )


def list_days(
    analysis: Analysis, table: pd.DataFrame, *, sample: bool, raw_closes: bool, rows: slice = slice(None)
) -> list[Day]:
    """Publish sessions of a point-in-time table as they stood in the evening, oldest first.

    Numbers are rounded to six places, as the file has them, so that page and file speak of the same ones.
    """
    part = table.iloc[rows]
    placed: dict[str, Sequence[Any]] = {
        "n_sessions": [place + 1 for place in range(len(table))[rows]],
        "changes.gaps": _gaps_before(part, analysis.gaps),
    }
    return [
        _day(row, analysis, sample=sample, raw_closes=raw_closes) for row in list_rows(part, numbers, placed)
    ]


def _gaps_before(table: pd.DataFrame, gaps: pd.DatetimeIndex) -> list[tuple[str, ...]]:
    """Return the sessions without a ratio just before each row."""
    counts, ends = table["n_gaps"].tolist(), gaps.searchsorted(table.index).tolist()
    return [
        tuple(iso_days(gaps[end - count : end])) if count else ()
        for count, end in zip(counts, ends, strict=True)
    ]


def _day(row: PlainRow, analysis: Analysis, *, sample: bool, raw_closes: bool) -> Day:
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
        withdrawn=None,
    )


def _coarse(row: PlainRow) -> PlainRow:
    """Round the changes of the series, see `RETURN_PLACES`."""
    moves = {name: row[name] for name in (f"changes.{series}_return" for series in ("vix", "vix3m", "spy"))}
    return {name: None if move is None else round(move, RETURN_PLACES) + 0.0 for name, move in moves.items()}


def _episodes(signal: pd.DataFrame, since: pd.Series) -> dict[str, pd.Series]:
    inside = signal["backwardation"]
    return {
        "episode.first_session": since.where(inside).ffill(),
        "episode.last_session": pd.Series(signal.index, index=signal.index).where(inside).ffill(),
        "episode.max_ivts": signal["ivts"].groupby(signal["spell"]).cummax().where(inside),
    }
