"""Declared past events, measured on the stored closes."""

from __future__ import annotations

import pandas as pd

from ivts_site.analytics.arrays import Flags
from ivts_site.analytics.returns import max_drawdown
from ivts_site.analytics.rules import EventWindow
from ivts_site.analytics.spells import count_days, number_spells
from ivts_site.published.numbers import day, day_or_none
from ivts_site.published.snapshot import Event


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
