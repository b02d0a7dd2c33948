"""All years below each other: a row a year, a mark a session, colored by the band of the ratio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis

DAYS = 366
SHADES = (0.6, 0.4, 0.2)
"""Opacity of the bands up to the threshold, from the lowest; further ones have the last."""
LIGHTEST = 0.45
"""Opacity of the first band above the threshold; that of the last is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A year of the calendar.

    `marks` are color role, opacity and path of each band's marks, in a frame of 366 by 1; `days` the days of
    the year that are sessions, each less the one before it, parted by spaces.
    """

    year: int
    marks: tuple[tuple[str, str, str], ...]
    days: str


def build_calendar(analysis: Analysis) -> tuple[CalendarRow, ...]:
    """Return the rows, newest year first; a mark reaches to the next session of its year."""
    index = pd.DatetimeIndex(analysis.signal.index)
    edges = [band.upto for band in analysis.rules.bands if band.upto is not None]
    band = np.searchsorted(edges, analysis.signal["ivts"].to_numpy(), side="left")
    days = index.day_of_year.to_numpy()
    rows = []
    for year in sorted(set(index.year), reverse=True):
        at = np.flatnonzero(index.year == year)
        marks = tuple(_marks(analysis, days[at].tolist(), band[at].tolist()))
        steps = np.diff(days[at], prepend=0)
        rows.append(CalendarRow(year=int(year), marks=marks, days=" ".join(map(str, steps.tolist()))))
    return tuple(rows)


def _marks(analysis: Analysis, days: list[int], bands: list[int]) -> Iterator[tuple[str, str, str]]:
    ends = [*days[1:], days[-1] + 1]
    paths: dict[int, list[str]] = {}
    for band, group in groupby(range(len(days)), key=lambda i: bands[i]):
        run = list(group)
        left, right = days[run[0]] - 1, ends[run[-1]] - 1
        paths.setdefault(band, []).append(f"M{left} 0H{right}V1H{left}z")
    for band in sorted(paths):
        role, opacity = shade(analysis, band)
        yield role, f"{opacity:g}", "".join(paths[band])


def shade(analysis: Analysis, band: int) -> tuple[str, float]:
    """Return the color role and the opacity of a band, by its place from the lowest."""
    edges = [b.upto for b in analysis.rules.bands]
    below = sum(edge is not None and edge <= analysis.rules.threshold for edge in edges)
    if band < below:
        return "contango", SHADES[min(band, len(SHADES) - 1)]
    rest = len(edges) - below
    return "backwardation", round(LIGHTEST + (1 - LIGHTEST) * (band - below) / max(rest - 1, 1), 2)
