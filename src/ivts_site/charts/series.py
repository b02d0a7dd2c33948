"""The analysed series as charts draw them: sessions with and without a ratio, in one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics import Analysis
from ivts_site.charts.export import rounded

HALF_DAY = pd.Timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Rounded series over the sessions of the ratio's history, NaN where undefined.

    Attributes
    ----------
    frame : DataFrame
        Index ``session`` (defined sessions and gaps); float columns ``ivts`` (4 decimals), ``front``, ``back``
        and ``benchmark`` (2 decimals).
    dates : array of str
        The sessions as ISO dates.
    """

    frame: pd.DataFrame
    dates: npt.NDArray[np.object_]


def build_series(analysis: Analysis) -> Series:
    """Return the series to draw, from the first session with a ratio to the as-of session."""
    index = analysis.signal.index.union(analysis.gaps)
    closes = analysis.panel.closes.reindex(index)
    frame = pd.DataFrame(
        {
            "ivts": rounded(analysis.signal["ivts"].reindex(index), 4),
            "front": rounded(closes["front"], 2),
            "back": rounded(closes["back"], 2),
            "benchmark": rounded(closes["benchmark"], 2),
        },
        index=index,
    )
    return Series(frame=frame, dates=iso(index))


def iso(sessions: pd.DatetimeIndex | pd.Series[pd.Timestamp]) -> npt.NDArray[np.object_]:
    """Return sessions as an array of ISO dates."""
    return np.datetime_as_string(np.asarray(sessions, dtype="datetime64[D]"), unit="D").astype(object)


def episode_rings(analysis: Analysis) -> tuple[list[str | None], list[float | None]]:
    """Return the backwardation episodes as closed rings from 0 to 1, half a day wider on both sides."""
    x: list[str | None] = []
    y: list[float | None] = []
    episodes = analysis.episodes
    for first, last in zip(episodes["first_session"], episodes["last_session"], strict=True):
        start, end = _half(first - HALF_DAY), _half(last + HALF_DAY)
        x += [start, start, end, end, start, None]
        y += [0, 1, 1, 0, 0, None]
    return x[:-1], y[:-1]


def tail(analysis: Analysis, n: int) -> pd.DataFrame:
    """Return the last n sessions with a ratio, newest first, with their closes."""
    last = analysis.signal.iloc[-n:][::-1]
    return last.join(analysis.panel.closes)


def _half(moment: pd.Timestamp) -> str:
    return moment.strftime("%Y-%m-%dT%H")
