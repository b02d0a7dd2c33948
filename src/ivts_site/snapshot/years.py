"""The calendar years of the ratio, rounded as everything that is published."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ivts_site.snapshot.numbers import day, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A calendar year, see `analytics.years.measure_years`."""

    year: int
    first_session: str
    last_session: str
    n_sessions: int
    n_backwardation: int
    backwardation_rate: float
    n_episodes: int
    ivts_min: float
    min_session: str
    ivts_max: float
    max_session: str
    ivts_median: float


def list_years(years: pd.DataFrame) -> tuple[Year, ...]:
    """Turn the table of years into values, oldest first."""
    return tuple(
        Year(
            year=row["year"],
            first_session=day(row["first_session"]),
            last_session=day(row["last_session"]),
            n_sessions=row["n_sessions"],
            n_backwardation=row["n_backwardation"],
            backwardation_rate=number(row["backwardation_rate"]),
            n_episodes=row["n_episodes"],
            ivts_min=number(row["ivts_min"]),
            min_session=day(row["min_session"]),
            ivts_max=number(row["ivts_max"]),
            max_session=day(row["max_session"]),
            ivts_median=number(row["ivts_median"]),
        )
        for row in years.reset_index().to_dict("records")
    )
