"""The ratio by calendar year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics.term_structure import find_highest, find_lowest
from ivts_site.published.history import Year
from ivts_site.published.numbers import day
from ivts_site.published.serialize import rounded


def measure_years(signal: pd.DataFrame, episodes: pd.DataFrame) -> tuple[Year, ...]:
    """Measure every calendar year that has a session with a defined ratio.

    Parameters
    ----------
    signal : DataFrame
        Columns ivts and backwardation, by session with a defined ratio.
    episodes : DataFrame
        Column first_session.

    Returns
    -------
    tuple of Year
        Oldest first; numbers are rounded to six places, as everything that is published.
    """
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
