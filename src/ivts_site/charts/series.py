"""The analyzed series as charts draw them: sessions with and without a ratio, in one frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import iso_days, plain_columns
from ivts_site.charts import words
from ivts_site.charts.export import plain, rounded
from ivts_site.model import Column
from ivts_site.published.numbers import exact_numbers

Dates = npt.NDArray[np.datetime64]

_RING = np.array([0.0, 1.0, 1.0, 0.0, 0.0, np.nan])


def build_series(analysis: Analysis) -> pd.DataFrame:
    """Return what charts draw, from the first session with a ratio to the as-of session.

    Columns ``ivts`` (4 decimals), ``front``, ``back`` and ``benchmark`` (2 decimals), NaN where undefined.
    """
    index = pd.DatetimeIndex(analysis.signal.index.union(analysis.gaps))
    closes = analysis.panel.closes.reindex(index)
    columns = {"ivts": rounded(analysis.signal["ivts"].reindex(index), 4)}
    columns |= {name: rounded(closes[name], 2) for name in ("front", "back", "benchmark")}
    return pd.DataFrame(columns, index=index)


def days(sessions: Any) -> Dates:
    """Return sessions as calendar days."""
    return np.asarray(sessions, dtype="datetime64[D]")


def shaded_runs(inside: pd.Series) -> tuple[Dates, Floats]:
    """Return the runs of sessions for which something holds as closed rings from 0 to 1.

    They are half a day wider on both sides; a missing date and a NaN stand between two.
    """
    half, on = np.timedelta64(12, "h"), inside.astype(bool)
    start = days(inside.index[on & ~on.shift(fill_value=False)]).astype("datetime64[h]") - half
    end = days(inside.index[on & ~on.shift(-1, fill_value=False)]).astype("datetime64[h]") + half
    rest = np.full(len(start), np.datetime64("NaT", "h"))
    x = np.column_stack([start, start, end, end, start, rest]).ravel()
    return x[:-1], np.tile(_RING, len(start))[:-1]


def episode_closes(analysis: Analysis, series: pd.DataFrame) -> tuple[Dates, Floats]:
    """Return the benchmark closes of each episode from the session before it, with a break after each."""
    index, episodes = pd.DatetimeIndex(series.index), analysis.episodes
    starts = np.maximum(index.get_indexer(pd.DatetimeIndex(episodes["first_session"])) - 1, 0)
    ends = index.get_indexer(pd.DatetimeIndex(episodes["last_session"])) + 1
    parts = [np.r_[a:b, -1] for a, b in zip(starts, ends, strict=True)]
    at = np.concatenate(parts)[:-1] if parts else np.empty(0, dtype=np.int64)
    x, y = days(index)[at], series["benchmark"].to_numpy()[at]
    x[at < 0], y[at < 0] = np.datetime64("NaT", "D"), np.nan
    return x, y


def session_column(sessions: Any) -> Column:
    """Return sessions as the first column of a table."""
    return Column(name="session", values=iso_days(sessions), label="Session", words=fmt.date_short)


def session_columns(table: pd.DataFrame, **said: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the sessions of a table, and those of its columns of which it is said how they are shown."""
    values = plain_columns(table, exact_numbers)
    return (
        session_column(table.index),
        *(Column(name=name, values=values[name], **more) for name, more in said.items()),
    )


def latest(n: int, most: int = 20) -> range:
    """Return the positions of the last rows of n, newest first."""
    return range(n - 1, max(n - most, 0) - 1, -1)


def bounds(values: Floats, *also: float) -> tuple[float, float]:
    """Return the smallest and largest of the defined values and some more; (0, 1) where there is none."""
    pool = np.r_[values[~np.isnan(values)], also]
    return (float(pool.min()), float(pool.max())) if len(pool) else (0.0, 1.0)


def close_columns(analysis: Analysis) -> tuple[Column, Column, Column]:
    """Return the closes of front, back and benchmark; files hold them only where the configuration allows."""
    closes, panel = analysis.panel.closes.reindex(analysis.signal.index), analysis.panel
    front, back, benchmark = (
        Column(
            name=role.key, values=plain(closes[column].to_numpy()), label=words.name(role), words=fmt.level
        )
        for column, role in (("front", panel.front), ("back", panel.back), ("benchmark", panel.benchmark))
    )
    return front, back, benchmark
