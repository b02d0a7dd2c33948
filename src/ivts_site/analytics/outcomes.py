"""What came of an episode of backwardation: the front's peak, the benchmark afterwards, its rank."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis, Floats, Ints
from ivts_site.analytics.returns import forward_returns


def measure_outcomes(analysis: Analysis) -> pd.DataFrame:
    """Measure every episode of an analysis beyond what its table of episodes holds.

    Returns
    -------
    DataFrame
        Rows and index of `analysis.episodes`:

        - front_max, front_max_session: highest stored front close from the first to the last session of the
          episode; the earliest session on a tie;
        - after_start_H, after_end_H for each forward horizon H, in sessions of the panel:
          benchmark(t + H) / benchmark(t) − 1 from the first and from the last session of the episode. NaN
          where either close is not stored, and from the end of an episode that is not over;
        - rank_sessions, rank_max: 1 for the longest and for the one with the highest ratio; equals share
          the better rank.
    """
    episodes, closes = analysis.episodes, analysis.panel.closes
    first, last = (
        closes.index.searchsorted(pd.DatetimeIndex(episodes[name]))
        for name in ("first_session", "last_session")
    )
    tops = _tops(closes["front"].to_numpy(), first, last)
    columns: dict[str, object] = {
        "front_max": closes["front"].to_numpy()[tops],
        "front_max_session": closes.index[tops],
    }
    benchmark, over = closes["benchmark"].to_numpy(), ~episodes["ongoing"].to_numpy(dtype=bool)
    for horizon in analysis.statistics.forward_sessions:
        returns = forward_returns(benchmark, horizon)
        columns[f"after_start_{horizon}"] = returns[first]
        columns[f"after_end_{horizon}"] = np.where(over, returns[last], np.nan)
    columns["rank_sessions"] = _rank(episodes["n_sessions"].to_numpy(dtype=np.float64))
    columns["rank_max"] = _rank(episodes["max_ivts"].to_numpy(dtype=np.float64))
    return pd.DataFrame(columns, index=episodes.index)


def slice_episode(analysis: Analysis, row: int, around: int) -> pd.DataFrame:
    """Cut the sessions of an episode and its neighbourhood out of the panel.

    Parameters
    ----------
    analysis : Analysis
        Of any session.
    row : int
        The episode, a row of `analysis.episodes`.
    around : int
        Sessions of the panel before its first and after its last session, as far as there are any.

    Returns
    -------
    DataFrame
        By session: ivts, front, back, backwardation (False where there is no ratio), and benchmark: its close
        / the last stored one before the episode × 100, or / the first of the span where there is none. NaN
        where a close is not stored.
    """
    closes, episode = analysis.panel.closes, analysis.episodes.iloc[row]
    first, last = closes.index.searchsorted([episode["first_session"], episode["last_session"]])
    start = max(int(first) - around, 0)
    part = slice(start, last + 1 + around)
    benchmark = closes["benchmark"].to_numpy(dtype=np.float64)[part]
    before, whole = _stored(benchmark[: first - start]), _stored(benchmark)
    base = before[-1] if before.size else whole[0] if whole.size else np.nan
    signal = analysis.signal
    places = signal.index.get_indexer(closes.index[part])
    # arrays, as a build cuts a hundred times: aligning series takes ten times as long
    return pd.DataFrame(
        {
            "ivts": np.where(places < 0, np.nan, signal["ivts"].to_numpy()[places]),
            "front": closes["front"].to_numpy()[part],
            "back": closes["back"].to_numpy()[part],
            "benchmark": benchmark / base * 100,
            "backwardation": (places >= 0) & signal["backwardation"].to_numpy(dtype=bool)[places],
        },
        index=closes.index[part],
    )


def _stored(closes: Floats) -> Floats:
    return closes[~np.isnan(closes)]


def _tops(front: Floats, first: Ints, last: Ints) -> Ints:
    """Return the row of the highest stored close of each span; its ends always have one."""
    spans = zip(first.tolist(), last.tolist(), strict=True)
    return np.array([a + int(np.nanargmax(front[a : b + 1])) for a, b in spans], dtype=np.int64)


def _rank(values: Floats) -> Ints:
    """Rank from the largest, which is 1; equals share the better rank."""
    return np.searchsorted(np.sort(-values), -values).astype(np.int64) + 1
