"""The whole term structure, and indices that are no point of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, median
from ivts_site.analytics.distribution import window_start
from ivts_site.analytics.spells import flips_per_year
from ivts_site.analytics.study_input import Point, StudyInput, count_share
from ivts_site.analytics.term_structure import cohen_kappa, is_above
from ivts_site.published.numbers import day, known
from ivts_site.published.studies import Share

RANK = 50
WINDOW = "2y"
WEEK, MONTH = 5, 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenor:
    """One point of the curve; null closes where the series has none on that session."""

    key: str
    """Key of the series."""
    label: str
    """Name of the series."""
    days: int
    """Calendar days."""
    today: float | None
    """Close on the as-of session, index points."""
    week_ago: float | None
    """Close five sessions before the as-of session, index points."""
    month_ago: float | None
    """Close twenty-one sessions before it, index points."""
    low: float | None
    """Lowest close over the two-year window of the ratio's sessions, index points."""
    median: float | None
    """Median close over the same window, index points."""
    high: float | None
    """Highest close over the same window, index points."""
    rank: float | None
    """Share of the window's closes at or below today's: `n_ranked` / `n_window`."""
    n_ranked: int
    """Those closes, today's included; 0 where it has none."""
    n_window: int
    """Closes of the series in the window."""
    first_session: str
    """First stored close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRatio:
    """A ratio of two neighboring tenors, counted on the sessions on which all such ratios are defined."""

    key: str
    """Such as `vix9d/vix`."""
    label: str
    """Names of both, such as `VIX9D/VIX`."""
    main: bool
    """Whether it is the ratio of this site."""
    today: float | None
    """The ratio on the as-of session; null where a close is missing."""
    above: Share
    """Sessions above the threshold."""
    n_flips: int
    """Changes of side of the threshold between sessions that are counted."""
    flips_per_year: float | None
    """Those a year of 365.25 days."""
    agree: Share
    """Sessions on which it says the same as the main ratio; all of them for the main one."""
    kappa: float | None
    """Cohen's kappa of that: agreement beyond what both rates give by chance, 1 at most; null where both
    always
    say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherIndex:
    """An index that is no point of the curve."""

    key: str
    """Key of the series."""
    label: str
    """Name of the series."""
    today: float | None
    """Close on the as-of session, index points."""
    week_ago: float | None
    """Close five sessions earlier, index points."""
    month_ago: float | None
    """Close twenty-one sessions earlier, index points."""
    rank: Share
    """Closes of the two-year window at or below today's; null value where today's is missing."""
    rank_all: Share
    """The same over all stored closes."""
    low: float | None
    """Lowest close of the two-year window, index points."""
    median: float | None
    """Median close of that window, index points."""
    high: float | None
    """Highest close of that window, index points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The whole term structure, of the series that are stored."""

    as_of: str
    """The session of today's closes."""
    week_ago: str | None
    """The session five sessions earlier; null where the history is shorter."""
    month_ago: str | None
    """The session twenty-one sessions earlier; null where the history is shorter."""
    window_first: str
    """First session of the two-year window."""
    tenors: tuple[Tenor, ...]
    """By days, rising; at least the two of the ratio."""
    rising: bool | None
    """Whether each longer tenor is above the shorter one today; null where one of them is missing today."""
    ratios: tuple[CurveRatio, ...]
    """By the shorter tenor's days, the main ratio among them; empty where no further tenor is stored."""
    indices: tuple[FurtherIndex, ...]
    """Indices that are no points of the curve."""


@dataclass(frozen=True, kw_only=True)
class TermStructure:
    """What the study publishes."""

    curve: Curve
    """The whole term structure on the as-of session."""


def measure(study: StudyInput) -> TermStructure:
    """Measure the curve of the stored series; a point without closes drops out.

    A week and a month ago are 5 and 21 sessions with a ratio earlier. Two-year ranges and ranks take what is
    stored on the sessions with a ratio in that window.
    """
    sessions, series = study.sessions, study.series
    stored = {
        point: series[point.key].reindex(sessions)
        for point in study.points
        if point.key in series and len(series[point.key])
    }
    tenors = sorted((p for p in stored if p.days is not None), key=lambda p: p.days or 0)
    window = _window(sessions)
    curve = tuple(_tenor(point, stored[point], series[point.key], window) for point in tenors)
    return TermStructure(
        curve=Curve(
            as_of=day(sessions[-1]),
            week_ago=_session_ago(sessions, WEEK),
            month_ago=_session_ago(sessions, MONTH),
            window_first=day(sessions[window][0]),
            tenors=curve,
            rising=_rising([tenor.today for tenor in curve]),
            ratios=tuple(_ratios(study, {point: stored[point].to_numpy() for point in tenors})),
            indices=tuple(_index(p, stored[p], series[p.key], window) for p in stored if p.days is None),
        )
    )


def _window(sessions: pd.DatetimeIndex) -> Flags:
    return np.asarray(sessions > (window_start(sessions[-1], WINDOW) or sessions[0]))


def _tenor(point: Point, closes: pd.Series, stored: pd.Series, window: Flags) -> Tenor:
    values = closes.to_numpy()
    inside = _stored(values[window])
    n_ranked = int((inside <= values[-1]).sum())  # at least today's own; none where it is not known
    return Tenor(
        **_quoted(point, values, inside),
        days=point.days or 0,
        rank=n_ranked / len(inside) if n_ranked else None,
        n_ranked=n_ranked,
        n_window=len(inside),
        first_session=day(stored.index[0]),
    )


def _index(point: Point, closes: pd.Series, stored: pd.Series, window: Flags) -> FurtherIndex:
    values, sessions = closes.to_numpy(), pd.DatetimeIndex(closes.index)
    everything, labels = stored.to_numpy(), pd.DatetimeIndex(stored.index)
    now, comparable = values[-1], not np.isnan(values[-1])
    return FurtherIndex(
        **_quoted(point, values, _stored(values[window])),
        rank=count_share(values <= now, ~np.isnan(values) & window & comparable, sessions),
        rank_all=count_share(everything <= now, np.full(len(everything), comparable), labels),
    )


def _quoted(point: Point, values: Floats, inside: Floats) -> dict[str, Any]:
    """What is told of every series: its name, some closes, and the range of those inside the window."""
    return {
        "key": point.key,
        "label": point.label,
        "today": known(values[-1]),
        "week_ago": known(values[-1 - WEEK]) if len(values) > WEEK else None,
        "month_ago": known(values[-1 - MONTH]) if len(values) > MONTH else None,
        "low": float(inside.min()) if len(inside) else None,
        "median": median(inside),
        "high": float(inside.max()) if len(inside) else None,
    }


def _ratios(study: StudyInput, tenors: Mapping[Point, Floats]) -> Iterator[CurveRatio]:
    """Ratios of neighbors, all counted where all are defined, so that their rates can be compared."""
    labels = {point.key: point.label for point in tenors}
    closes = {point.key: values for point, values in tenors.items()}
    main = (study.analysis.panel.front.key, study.analysis.panel.back.key)
    pairs = [*pairwise(closes), main]
    if len(pairs) <= 2:
        return
    quotients = {(short, long): closes[short] / closes[long] for short, long in pairs}
    counted = ~np.isnan(np.array(list(quotients.values()))).any(axis=0)
    for (short, long), values in quotients.items():
        above = is_above(np.where(counted, values, 0.0), study.analysis.rules.threshold)
        state = above[counted]
        n_flips = int((state[1:] != state[:-1]).sum())
        yield CurveRatio(
            key=f"{short}/{long}",
            label=f"{labels[short]}/{labels[long]}",
            main=(short, long) == main,
            today=known(values[-1]),
            above=count_share(above, counted, study.sessions),
            n_flips=n_flips,
            flips_per_year=known(flips_per_year(n_flips, study.sessions[counted])),
            agree=count_share(above == study.backwardation, counted, study.sessions),
            kappa=cohen_kappa(state, study.backwardation[counted]),
        )


def _rising(today: Sequence[float | None]) -> bool | None:
    known_ones = [close for close in today if close is not None]
    if len(known_ones) < len(today):
        return None
    return all(short < long for short, long in pairwise(known_ones))


def _stored(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _session_ago(sessions: pd.DatetimeIndex, n: int) -> str | None:
    return day(sessions[-1 - n]) if len(sessions) > n else None
