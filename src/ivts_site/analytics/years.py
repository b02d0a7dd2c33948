"""The ratio by calendar year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics.term_structure import find_highest, find_lowest


def measure_years(signal: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Measure every calendar year that has a session with a defined ratio.

    Parameters
    ----------
    signal : DataFrame
        Columns ivts and backwardation, by session with a defined ratio.
    episodes : DataFrame
        Column first_session.

    Returns
    -------
    DataFrame
        Index `year`, rising: first_session, last_session, n_sessions, n_backwardation, backwardation_rate,
        n_episodes (that began in the year), ivts_min, min_session, ivts_max, max_session (the earliest on a
        tie) and ivts_median.
    """
    years = pd.DatetimeIndex(signal.index).year
    begun = pd.DatetimeIndex(episodes["first_session"]).year
    rows = {int(year): _year(signal[years == year], int((begun == year).sum())) for year in years.unique()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("year")


def _year(signal: pd.DataFrame, n_episodes: int) -> dict[str, object]:
    ivts, n_backwardation = signal["ivts"].to_numpy(), int(signal["backwardation"].sum())
    low, high = find_lowest(ivts), find_highest(ivts)
    return {
        "first_session": signal.index[0],
        "last_session": signal.index[-1],
        "n_sessions": len(signal),
        "n_backwardation": n_backwardation,
        "backwardation_rate": n_backwardation / len(signal),
        "n_episodes": n_episodes,
        "ivts_min": float(ivts[low]),
        "min_session": signal.index[low],
        "ivts_max": float(ivts[high]),
        "max_session": signal.index[high],
        "ivts_median": float(np.median(ivts)),
    }
