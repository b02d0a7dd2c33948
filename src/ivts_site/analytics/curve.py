"""The whole term structure, and indices that are no point of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

import numpy as np
import pandas as pd

from ivts_site.analytics.distribution import window_start
from ivts_site.analytics.ground import Ground, Share, count_share
from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.term_structure import is_above
from ivts_site.analytics.thresholds import flips_per_year

WINDOW = "2y"
WEEK, MONTH = 5, 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A series that the curve may hold; `days` is None for an index that is no tenor."""

    key: str
    label: str
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenor:
    """One point of the curve; NaN where the series has no close on that session."""

    key: str
    label: str
    days: int
    today: float
    week_ago: float
    month_ago: float
    low: float
    median: float
    high: float
    rank: float
    n_ranked: int
    n_window: int
    first_session: pd.Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRatio:
    """A ratio of neighbouring tenors, and how often it says the same as the main one."""

    key: str
    label: str
    main: bool
    today: float
    above: Share
    n_flips: int
    flips_per_year: float
    agree: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherIndex:
    """An index that is no point of the curve."""

    key: str
    label: str
    today: float
    week_ago: float
    month_ago: float
    rank: Share
    rank_all: Share
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The curve on the as-of session and before."""

    as_of: pd.Timestamp
    week_ago: pd.Timestamp | None
    month_ago: pd.Timestamp | None
    window_first: pd.Timestamp
    tenors: tuple[Tenor, ...]
    rising: bool | None
    ratios: tuple[CurveRatio, ...]
    indices: tuple[FurtherIndex, ...]


def measure_curve(
    ground: Ground,
    series: Mapping[str, pd.Series],
    points: Sequence[Point],
    main: tuple[str, str],
    threshold: float,
) -> Curve:
    """Measure the curve of the stored series.

    Parameters
    ----------
    ground : Ground
        Sessions and the main ratio.
    series : mapping of str to Series
        Closes by key, none after the as-of session; a point without series, or with an empty one, drops out.
    points : sequence of Point
        Tenors and further indices.
    main : tuple of str
        Keys of front and back.
    threshold : float
        Above it a ratio says backwardation.

    Returns
    -------
    Curve
        A week and a month ago are 5 and 21 sessions with a ratio earlier. Two-year ranges and ranks take
        what is stored on the sessions with a ratio in that window.
    """
    stored = {
        point: series[point.key].reindex(ground.sessions)
        for point in points
        if point.key in series and len(series[point.key])
    }
    tenors = sorted((p for p in stored if p.days is not None), key=lambda p: p.days or 0)
    window = _window(ground.sessions)
    curve = tuple(_tenor(point, stored[point], series[point.key], window) for point in tenors)
    return Curve(
        as_of=ground.sessions[-1],
        week_ago=_session_ago(ground.sessions, WEEK),
        month_ago=_session_ago(ground.sessions, MONTH),
        window_first=ground.sessions[window][0],
        tenors=curve,
        rising=_rising([tenor.today for tenor in curve]),
        ratios=_ratios(ground, {point: stored[point].to_numpy() for point in tenors}, main, threshold),
        indices=tuple(_index(p, stored[p], series[p.key], window) for p in stored if p.days is None),
    )


def _window(sessions: pd.DatetimeIndex) -> Flags:
    return np.asarray(sessions > (window_start(sessions[-1], WINDOW) or sessions[0]))


def _tenor(point: Point, closes: pd.Series, stored: pd.Series, window: Flags) -> Tenor:
    values = closes.to_numpy()
    inside = _known(values[window])
    low, median, high = _range(inside)
    n_ranked = int((inside <= values[-1]).sum())  # at least today's own; none where it is not known
    return Tenor(
        key=point.key,
        label=point.label,
        days=point.days or 0,
        today=float(values[-1]),
        week_ago=_ago(values, WEEK),
        month_ago=_ago(values, MONTH),
        low=low,
        median=median,
        high=high,
        rank=n_ranked / len(inside) if n_ranked else np.nan,
        n_ranked=n_ranked,
        n_window=len(inside),
        first_session=stored.index[0],
    )


def _index(point: Point, closes: pd.Series, stored: pd.Series, window: Flags) -> FurtherIndex:
    values = closes.to_numpy()
    now = float(values[-1])
    low, median, high = _range(_known(values[window]))
    sessions = pd.DatetimeIndex(closes.index)
    everything, labels = stored.to_numpy(), pd.DatetimeIndex(stored.index)
    comparable = not np.isnan(now)
    return FurtherIndex(
        key=point.key,
        label=point.label,
        today=now,
        week_ago=_ago(values, WEEK),
        month_ago=_ago(values, MONTH),
        rank=count_share(values <= now, ~np.isnan(values) & window & comparable, sessions),
        rank_all=count_share(everything <= now, np.full(len(everything), comparable), labels),
        low=low,
        median=median,
        high=high,
    )


def _ratios(
    ground: Ground, tenors: Mapping[Point, Floats], main: tuple[str, str], threshold: float
) -> tuple[CurveRatio, ...]:
    """Ratios of neighbours, all counted where all are defined, so that their rates can be compared."""
    labels = {point.key: point.label for point in tenors}
    closes = {point.key: values for point, values in tenors.items()}
    pairs = [*pairwise(closes), main]
    if len(pairs) <= 2:
        return ()
    quotients = {(short, long): closes[short] / closes[long] for short, long in pairs}
    counted = ~np.isnan(np.array(list(quotients.values()))).any(axis=0)
    return tuple(
        CurveRatio(
            key=f"{short}/{long}",
            label=f"{labels[short]}/{labels[long]}",
            main=(short, long) == main,
            today=float(values[-1]),
            **_flips(ground, values, counted, threshold),
        )
        for (short, long), values in quotients.items()
    )


class _Flips(TypedDict):
    above: Share
    n_flips: int
    flips_per_year: float
    agree: Share


def _flips(ground: Ground, values: Floats, counted: Flags, threshold: float) -> _Flips:
    above = is_above(np.where(counted, values, 0.0), threshold)
    state, days = above[counted], ground.sessions[counted]
    n_flips = int((state[1:] != state[:-1]).sum())
    return {
        "above": count_share(above, counted, ground.sessions),
        "n_flips": n_flips,
        "flips_per_year": flips_per_year(n_flips, days[0], days[-1]) if len(days) else np.nan,
        "agree": count_share(above == ground.backwardation, counted, ground.sessions),
    }


def _rising(today: Sequence[float]) -> bool | None:
    if any(map(np.isnan, today)):
        return None
    return all(short < long for short, long in pairwise(today))


def _range(values: Floats) -> tuple[float, float, float]:
    if not len(values):
        return np.nan, np.nan, np.nan
    return float(values.min()), float(np.median(values)), float(values.max())


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _ago(values: Floats, n: int) -> float:
    return float(values[-1 - n]) if len(values) > n else np.nan


def _session_ago(sessions: pd.DatetimeIndex, n: int) -> pd.Timestamp | None:
    return sessions[-1 - n] if len(sessions) > n else None
