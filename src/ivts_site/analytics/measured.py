"""Numbers that texts quote: measured on the whole stored history, and on declared past events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, median
from ivts_site.analytics.returns import compare_forward_returns, max_drawdown
from ivts_site.analytics.rules import EventWindow
from ivts_site.analytics.spells import count_days, flips_per_year, number_spells
from ivts_site.analytics.term_structure import find_highest, find_lowest
from ivts_site.published.numbers import day, day_or_none, known
from ivts_site.published.snapshot import Event, FrontHistory, HistoryFigures

FRONT_LEVEL = 25.0
"""The front level whose crossings `n_front_above_25` counts."""


def measure_history(
    closes: pd.DataFrame, signal: pd.DataFrame, spells: pd.DataFrame, horizons: Sequence[int]
) -> HistoryFigures:
    """Measure the whole stored history.

    `front` takes all stored front closes. Correlations (Pearson) are of simple changes between adjacent
    sessions of the panel; None for fewer than three pairs or where nothing varies. `n_two_day_flips` counts
    the spells, of either regime, that ended after at most two sessions; the ongoing one is not among them.
    """
    ivts = signal["ivts"]
    front = closes["front"].reindex(signal.index).to_numpy()[signal["backwardation"].to_numpy()]
    same_day, next_day = _correlations(closes, signal)
    low, high = find_lowest(ivts.to_numpy()), find_highest(ivts.to_numpy())
    return HistoryFigures(
        front=measure_front(closes["front"].dropna()),
        ivts_min=float(ivts.iloc[low]),
        ivts_min_session=day(ivts.index[low]),
        ivts_max=float(ivts.iloc[high]),
        ivts_max_session=day(ivts.index[high]),
        correlation_same_day=known(same_day),
        correlation_next_day=known(next_day),
        median_front_backwardation=median(front),
        n_front_above_25=int((front > FRONT_LEVEL).sum()),
        n_two_day_flips=int((~spells["ongoing"] & (spells["n_sessions"] <= 2)).sum()),
        n_spells=len(spells),
        flips_per_year=known(flips_per_year(len(spells) - 1, ivts.index)),
        forward_returns=compare_forward_returns(closes["benchmark"], signal, horizons),
    )


def measure_front(front: pd.Series) -> FrontHistory:
    """Describe all stored closes of the front index; percentiles interpolate, the earliest of equals wins."""
    values = front.to_numpy()
    shares = {"p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95}
    return FrontHistory(
        first_session=day(front.index[0]),
        n=len(values),
        min=float(values.min()),
        max=float(values.max()),
        max_session=day(front.index[int(values.argmax())]),
        **dict(zip(shares, np.percentile(values, list(shares.values())).tolist(), strict=True)),
    )


def correlate(x: Floats, y: Floats) -> float:
    """Correlate (Pearson) the pairs without NaN; NaN for fewer than three, or where one side is constant."""
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def _correlations(closes: pd.DataFrame, signal: pd.DataFrame) -> tuple[float, float]:
    ratio, front = signal["ivts"].reindex(closes.index).to_numpy(), closes["front"].to_numpy()
    ratio_change, front_change = ratio[1:] / ratio[:-1] - 1, front[1:] / front[:-1] - 1
    return correlate(ratio_change, front_change), correlate(ratio_change[:-1], front_change[1:])


def measure_event(event: EventWindow, closes: pd.DataFrame, signal: pd.DataFrame) -> Event:
    """Measure an event on the closes of its window, both days included.

    Front peak (earliest on a tie) and the benchmark's deepest fall from a running high within the window are
    None where that series is not stored from the window's first session; the front before is None where the
    window has no front close. The ratio's counts take what is stored; None where nothing is, and
    `ratio_complete` is False where its first session is missing. Runs of backwardation are cut at the
    window's ends. A window not yet over is measured to the last row.
    """
    first, last = pd.Timestamp(event.first), pd.Timestamp(event.last)
    begins = _first_session(pd.DatetimeIndex(closes.index), first)
    front, benchmark = closes["front"].dropna(), closes["benchmark"].dropna()
    flags = signal["backwardation"].loc[first:last].to_numpy()
    before, inside = front.loc[front.index < first], front.loc[first:last]
    peak, peak_session = _peak(inside if _reaches(front, begins) else inside.iloc[:0])
    fallen = benchmark.loc[first:last]
    drawdown, high, low = max_drawdown(fallen if _reaches(benchmark, begins) else fallen.iloc[:0])
    return Event(
        id=event.id,
        name=event.name,
        first=day(first),
        last=day(last),
        vix_before=float(before.iloc[-1]) if len(before) and len(inside) else None,
        vix_peak=peak,
        vix_peak_session=day_or_none(peak_session),
        spy_drawdown=drawdown,
        spy_peak_session=day_or_none(high),
        spy_trough_session=day_or_none(low),
        n_sessions=len(flags) or None,
        n_backwardation=int(flags.sum()) if len(flags) else None,
        longest_run=longest_run(flags) if len(flags) else None,
        ratio_complete=len(flags) > 0 and _reaches(signal, begins),
    )


def longest_run(flags: Flags) -> int:
    """Length of the longest run of True, 0 where there is none."""
    return int((count_days(number_spells(flags)) * flags).max()) if len(flags) else 0


def _first_session(sessions: pd.DatetimeIndex, first: pd.Timestamp) -> pd.Timestamp:
    """First stored session of the window, or its first day where the store begins later or ends before."""
    place = int(sessions.searchsorted(first))
    return sessions[place] if 0 < place < len(sessions) else first


def _reaches(series: pd.Series | pd.DataFrame, begins: pd.Timestamp) -> bool:
    return len(series) > 0 and bool(series.index[0] <= begins)


def _peak(front: pd.Series) -> tuple[float | None, pd.Timestamp | None]:
    if front.empty:
        return None, None
    place = int(front.to_numpy().argmax())
    return float(front.iloc[place]), front.index[place]
