"""The whole history as it is published, session by session and by calendar year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import iso_days
from ivts_site.analytics.term_structure import find_highest, find_lowest
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.history import History, HistoryCloses, Year
from ivts_site.published.numbers import day, numbers
from ivts_site.published.serialize import rounded


def build_history(analysis: Analysis, *, sample: bool, raw_closes: bool) -> History:
    """List every session with a defined ratio in columns of equal length, oldest first.

    Numbers are rounded as all published ones, so that the last items are those of the snapshot. Closes are in
    it only where `raw_closes` says that they may be published.
    """
    table = analysis.table
    inside, since = table["backwardation"].tolist(), iso_days(table["regime.since"])
    return History(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(analysis.panel.as_of),
        n_sessions=len(table),
        session=tuple(iso_days(table.index)),
        ivts=_numbers(table["ivts"]),
        regime=tuple([REGIMES[each] for each in inside]),
        regime_day=tuple(table["regime.day"].tolist()),
        rolling_rates={str(n): _numbers(rates) for n, rates in analysis.rolling_rates.items()},
        episode=tuple([first if each else None for first, each in zip(since, inside, strict=True)]),
        suspect=tuple(table["suspect"].tolist()),
        closes=_closes(table) if raw_closes else None,
    )


def _closes(table: pd.DataFrame) -> HistoryCloses:
    return HistoryCloses(**{name: _numbers(table[f"closes.{name}"]) for name in ("vix", "vix3m", "spy")})


def _numbers(values: pd.Series) -> tuple[Any, ...]:
    return tuple(numbers(values.tolist()))


def measure_years(signal: pd.DataFrame, episodes: pd.DataFrame) -> tuple[Year, ...]:
    """Measure every calendar year that has a session with a defined ratio, oldest first."""
    years = pd.DatetimeIndex(signal.index).year
    begun = pd.DatetimeIndex(episodes["first_session"]).year
    return rounded(
        tuple(_year(int(year), signal[years == year], int((begun == year).sum())) for year in years.unique())
    )


def _year(year: int, signal: pd.DataFrame, n_episodes: int) -> Year:
    ivts, n_backwardation = signal["ivts"].to_numpy(), int(signal["backwardation"].sum())
    low, high = find_lowest(ivts), find_highest(ivts)
    return Year(
        year=year,
        first_session=day(signal.index[0]),
        last_session=day(signal.index[-1]),
        n_sessions=len(signal),
        n_backwardation=n_backwardation,
        backwardation_rate=n_backwardation / len(signal),
        n_episodes=n_episodes,
        ivts_min=float(ivts[low]),
        min_session=day(signal.index[low]),
        ivts_max=float(ivts[high]),
        max_session=day(signal.index[high]),
        ivts_median=float(np.median(ivts)),
    )
