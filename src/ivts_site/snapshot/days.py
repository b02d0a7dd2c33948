"""From the point-in-time table to one published value a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ivts_site.model import RatioRules, Regime, StatisticsRules
from ivts_site.snapshot import types
from ivts_site.snapshot.numbers import number, number_or_none

RETURN_PLACES = 3
"""Decimal places of the changes of the series where raw closes are not published: exact ones would allow to
compute every close from the last."""


class Evening(NamedTuple):
    """A row of the point-in-time table in plain values: undefined is NaN, of sessions an empty text."""

    session: str
    number: int
    front: float
    back: float
    benchmark: float
    ivts: float
    backwardation: bool
    regime_day: int
    since: str
    band: str
    borderline: bool
    slope: float
    suspect: bool
    distance: float
    distance_return: float
    previous: str
    gaps: tuple[str, ...]
    ivts_change: float
    front_change: float
    back_change: float
    benchmark_change: float
    front_return: float
    back_return: float
    benchmark_return: float
    rates: tuple[float, ...]
    window_first: str
    window_n: int
    window_n_backwardation: int
    window_rate: float
    window_complete: bool
    rank_ivts: float
    rank_front: float
    rank_back: float
    p50: float
    p95: float
    p99: float
    episode: str
    episode_max: float
    last_episode: str
    last_backwardation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRules:
    """What all days share: whether simulated, whether closes are published, and the rules of the numbers."""

    sample: bool
    raw_closes: bool
    ratio: RatioRules
    statistics: StatisticsRules


def list_evenings(
    table: pd.DataFrame, gaps: pd.DatetimeIndex, lengths: Sequence[int], *, first: int = 0
) -> Iterator[Evening]:
    """Turn rows of the point-in-time table into plain values, oldest first.

    Parameters
    ----------
    table : DataFrame
        From `build_point_in_time`, or consecutive rows of it.
    gaps : DatetimeIndex
        Sessions without a ratio.
    lengths : sequence of int
        Of the rolling rates.
    first : int
        How many rows precede these.
    """
    columns: dict[str, Sequence[Any]] = {
        name: _plain(table[name]) for name in Evening._fields if name in table.columns
    }
    columns["session"] = _days(table.index)
    columns["number"] = range(first + 1, first + len(table) + 1)
    columns["gaps"] = _gaps_before(table, gaps)
    columns["rates"] = list(zip(*(table[f"rate_{n}"].tolist() for n in lengths), strict=True))
    return map(Evening._make, zip(*(columns[name] for name in Evening._fields), strict=True))


def build_day(evening: Evening, rules: DayRules) -> types.Day:
    """Publish one session; numbers are rounded as in the snapshot."""
    e = evening
    return types.Day(
        schema_version=types.SCHEMA_VERSION,
        sample=rules.sample,
        session=e.session,
        n_sessions=e.number,
        ivts=number(e.ivts),
        regime=_regime(e, rules.ratio),
        changes=_changes(e, rules),
        window=_window(e, rules.statistics.default_window),
        rolling_rates={
            str(n): number_or_none(rate)
            for n, rate in zip(rules.statistics.rolling_sessions, e.rates, strict=True)
        },
        episode=_episode(e),
        suspect=e.suspect,
        closes=_closes(e) if rules.raw_closes else None,
    )


def _plain(column: pd.Series) -> list[Any]:
    return _days(column) if column.dtype.kind == "M" else column.tolist()


def _days(sessions: Any) -> list[str]:
    texts: list[str] = np.datetime_as_string(np.asarray(sessions, dtype="datetime64[D]")).tolist()
    return ["" if text == "NaT" else text for text in texts]


def _gaps_before(table: pd.DataFrame, gaps: pd.DatetimeIndex) -> list[tuple[str, ...]]:
    before: list[tuple[str, ...]] = [()] * len(table)
    counts, ends = table["n_gaps"].tolist(), gaps.searchsorted(table.index).tolist()
    for place, (count, end) in enumerate(zip(counts, ends, strict=True)):
        if count:
            before[place] = tuple(_days(gaps[end - count : end]))
    return before


def _regime(e: Evening, rules: RatioRules) -> types.DayRegime:
    regime = Regime.BACKWARDATION if e.backwardation else Regime.CONTANGO
    return types.DayRegime(
        name=regime.value,
        day=e.regime_day,
        since=e.since,
        borderline=e.borderline,
        band=e.band,
        slope=number_or_none(e.slope),
        slope_sessions=rules.slope_sessions,
        threshold=number(rules.threshold),
        distance_return=number(e.distance_return),
    )


def _changes(e: Evening, rules: DayRules) -> types.DayChanges:
    front, back, benchmark = (
        value if value is None or rules.raw_closes else round(value, RETURN_PLACES) + 0.0
        for value in map(number_or_none, (e.front_return, e.back_return, e.benchmark_return))
    )
    return types.DayChanges(
        previous_session=e.previous or None,
        gaps=e.gaps,
        ivts=number_or_none(e.ivts_change),
        vix_return=front,
        vix3m_return=back,
        spy_return=benchmark,
    )


def _window(e: Evening, name: str) -> types.DayWindow:
    return types.DayWindow(
        name=name,
        first_session=e.window_first,
        n_sessions=e.window_n,
        n_backwardation=e.window_n_backwardation,
        backwardation_rate=number(e.window_rate),
        p50=number(e.p50),
        p95=number(e.p95),
        p99=number(e.p99),
        ivts_rank=number(e.rank_ivts),
        vix_rank=number(e.rank_front),
        vix3m_rank=number(e.rank_back),
        complete=e.window_complete,
    )


def _episode(e: Evening) -> types.DayEpisode | None:
    if not e.last_episode:
        return None
    return types.DayEpisode(
        first_session=e.last_episode,
        last_session=e.last_backwardation,
        ongoing=e.backwardation,
        max_ivts=number_or_none(e.episode_max),
    )


def _closes(e: Evening) -> types.DayCloses:
    return types.DayCloses(
        vix=number(e.front),
        vix3m=number(e.back),
        spy=number_or_none(e.benchmark),
        vix_change=number_or_none(e.front_change),
        vix3m_change=number_or_none(e.back_change),
        spy_change=number_or_none(e.benchmark_change),
        distance=number(e.distance),
    )
