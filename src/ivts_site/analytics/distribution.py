"""Windows of the ratio: rates, percentiles, ranks, histogram, and rolling rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Flags, Floats, Histogram, WindowStatistics
from ivts_site.analytics.term_structure import is_above


def window_start(as_of: pd.Timestamp, name: str) -> pd.Timestamp | None:
    """Last day *outside* the window that ends on `as_of`.

    Parameters
    ----------
    as_of : Timestamp
        Last day of the window.
    name : str
        Months (`6m`), years (`2y`) or `all`.

    Returns
    -------
    Timestamp or None
        The same day so many calendar months or years earlier, or the last day of that month where it has no
        such day (2024-02-29 − 1 year = 2023-02-28); None for `all`.
    """
    length = window_length(name)
    return None if length is None else as_of - length


def window_length(name: str) -> pd.DateOffset | None:
    """Return the calendar length of a window, see `window_start`; None for `all`."""
    if name == "all":
        return None
    return pd.DateOffset(months=int(name[:-1]) * (12 if name.endswith("y") else 1))


def percentile_rank(values: Floats, current: float) -> float:
    """Share of values at or below the current one, in [0, 1]; the current one is among them.

    Ratios that differ from it by rounding alone count as equal.
    """
    return float(np.mean(~is_above(values, current)))


def measure_window(name: str, closes: pd.DataFrame, signal: pd.DataFrame) -> WindowStatistics:
    """Statistics of one window ending on the last session.

    Parameters
    ----------
    name : str
        See `window_start`.
    closes : DataFrame
        Columns front and back by session of the panel; NaN where not stored.
    signal : DataFrame
        Columns ivts and backwardation by session with a defined ratio; ends on the last session of `closes`.

    Returns
    -------
    WindowStatistics
        Percentiles interpolate linearly between order statistics.
    """
    as_of = signal.index[-1]
    start = window_start(as_of, name)
    inside = signal if start is None else signal.iloc[signal.index.searchsorted(start, side="right") :]
    ivts, n_backwardation = inside["ivts"].to_numpy(), int(inside["backwardation"].sum())
    stored = closes.iloc[closes.index.searchsorted(inside.index[0]) :]
    front, back = stored["front"].dropna(), stored["back"].dropna()
    p50, p95, p99 = np.percentile(ivts, [50, 95, 99]).tolist()
    return WindowStatistics(
        name=name,
        first_session=inside.index[0],
        last_session=as_of,
        n_sessions=len(inside),
        n_backwardation=n_backwardation,
        backwardation_rate=n_backwardation / len(inside),
        front_min=float(front.min()),
        front_max=float(front.max()),
        front_max_session=front.index[int(np.argmax(front.to_numpy()))],
        back_max=float(back.max()),
        back_max_session=back.index[int(np.argmax(back.to_numpy()))],
        ivts_min=float(ivts.min()),
        ivts_max=float(ivts.max()),
        p50=p50,
        p95=p95,
        p99=p99,
        rank_ivts=percentile_rank(ivts, ivts[-1]),
        rank_front=percentile_rank(front.to_numpy(), front.iloc[-1]),
        rank_back=percentile_rank(back.to_numpy(), back.iloc[-1]),
        complete=start is None or signal.index[0] <= start + pd.Timedelta(days=1),
    )


def build_histogram(ivts: Floats) -> Histogram:
    """Count ratios in steps of 0.01.

    Parameters
    ----------
    ivts : array
        Ratios, at least one.

    Returns
    -------
    Histogram
        Edges are multiples of 0.01 from below the smallest ratio to the largest, and at least to 1.00. A bin
        holds its upper edge and not its lower one, so that 1.0 is counted on the contango side.
    """
    step = np.ceil(np.round(ivts * 100, 9)).astype(np.int64)
    low, high = min(step.min() - 1, 100), max(step.max(), 100)
    counts = np.bincount(step - low - 1, minlength=high - low)
    return Histogram(edges=np.arange(low, high + 1) / 100, counts=counts.astype(np.int64))


def rolling_rates(signal: pd.DataFrame, lengths: Sequence[int]) -> pd.DataFrame:
    """Share of the last n sessions with a defined ratio that were in backwardation.

    Parameters
    ----------
    signal : DataFrame
        Column backwardation by session with a defined ratio.
    lengths : sequence of int
        Each n, in sessions.

    Returns
    -------
    DataFrame
        Index of `signal`, a column per n; NaN until n sessions exist.
    """
    flags = signal["backwardation"].to_numpy()
    return pd.DataFrame({n: _rolling_mean(flags, n) for n in lengths}, index=signal.index)


def _rolling_mean(flags: Flags, n: int) -> Floats:
    total = np.concatenate([[0], np.cumsum(flags)])
    rate = np.full(len(flags), np.nan)
    rate[n - 1 :] = (total[n:] - total[:-n]) / n
    return rate
