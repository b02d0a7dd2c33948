"""Values that flow between the layers: frozen, typed, without behaviour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Regime(StrEnum):
    """State of the term structure."""

    BACKWARDATION = "backwardation"
    CONTANGO = "contango"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A series in the part it plays on the page.

    Attributes
    ----------
    key : str
        Key in the configuration and the store, such as ``vix3m``.
    label : str
        Name on the page, such as ``VIX3M``.
    horizon : str
        A few words on what it measures, such as ``3-month``.
    """

    key: str
    label: str
    horizon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Closes aligned on sessions, none dated after the as-of session.

    Attributes
    ----------
    closes : DataFrame
        Index ``session`` (datetime64, tz-naive, rising, unique: the union of the sessions stored for the
        three series up to `as_of`); float columns ``front``, ``back``, ``benchmark``; NaN where not stored.
    as_of : Timestamp
        The last session the page speaks about; both front and back are stored there.
    front, back, benchmark : Role
        What the columns are.
    """

    closes: pd.DataFrame
    as_of: pd.Timestamp
    front: Role
    back: Role
    benchmark: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of the ratio, upper edge included; the last has none."""

    name: str
    upto: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioRules:
    """Lines drawn through the ratio.

    Attributes
    ----------
    threshold : float
        Backwardation above it, contango at or below it.
    borderline : tuple of float
        Lowest and highest ratio called borderline, both included.
    slope_sessions : int
        Sessions over which the side a borderline ratio comes from is judged.
    bands : tuple of Band
        From low to high.
    """

    threshold: float
    borderline: tuple[float, float]
    slope_sessions: int
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsRules:
    """Windows and horizons of the statistics, see the configuration's section of the same name."""

    windows: tuple[str, ...]
    default_window: str
    rolling_sessions: tuple[int, ...]
    forward_sessions: tuple[int, ...]
    recent_episodes: int
    suspect_move: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWindow:
    """A declared past event: id, name and the calendar days it spans, both included."""

    id: str
    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesOrigin:
    """Where a stored series came from (the adapter's name) and how many rows were dropped, by reason."""

    source: str
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPublication:
    """The session after `after`, and the instant (UTC) by which its closes should be published."""

    after: dt.date
    session: dt.date
    publication: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """The data behind a chart as worded cells, for readers and screen readers."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: a Plotly figure, the same figure as a picture, and the same in words.

    Attributes
    ----------
    id : str
        Stable name, used in file names and anchors.
    title : str
        Heading.
    description : str
        What is drawn, for readers who do not see it.
    summary : str
        What it shows today: one to three sentences with numbers.
    figure : mapping
        JSON-ready Plotly figure (``data``, ``layout``, ``meta``); floats rounded.
    svg : str
        Inline SVG of the figure at its first range; safe markup.
    table : ChartTable
        The figures behind it.
    csv : str
        Downloadable series; holds no raw closes unless the configuration allows them.
    """

    id: str
    title: str
    description: str
    summary: str
    figure: Mapping[str, Any]
    svg: str
    table: ChartTable
    csv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A published static file: its hashed path below the site's root and its subresource-integrity value."""

    path: str
    integrity: str
