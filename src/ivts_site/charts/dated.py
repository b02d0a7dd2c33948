"""Charts over time: the ranges that they offer, each with fitted axes and a picture of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags
from ivts_site.analytics.results import Analysis
from ivts_site.charts.axes import date_axis
from ivts_site.charts.svg import COLUMNS
from ivts_site.charts.theme import NARROW_PX, Figure, base_layout
from ivts_site.published.futures import Futures

Axes = Mapping[str, Mapping[str, Any]]
Fit = Callable[[Flags], Axes]
"""Given the mask of the sessions shown, the fitted value axes: long axis name → range, tickvals, ticktext."""

LONG_DAYS = 4 * 366
"""Days from which lines are thinned to `FEW_COLUMNS`, and prices stand on a logarithmic scale."""
FEW_COLUMNS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range that charts can show: its name, and its first and last day."""

    name: str
    first: str
    last: str

    @property
    def days(self) -> int:
        """Calendar days from the first to the last."""
        return (dt.date.fromisoformat(self.last) - dt.date.fromisoformat(self.first)).days

    @property
    def is_long(self) -> bool:
        """Whether the span is drawn coarser, and prices on a logarithmic scale."""
        return self.days > LONG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A chart over one range, with axes fitted to it and what is read off it session by session.

    The chart's own annotations, title, summary and figure hold where the view has none.
    """

    span: Span
    axes: Axes = field(default_factory=dict)
    notes: Sequence[Mapping[str, Any]] | None = None
    title: str = ""
    summary: str = ""
    readings: Mapping[str, Any] = field(default_factory=dict)
    figure: Figure | None = None

    @property
    def columns(self) -> int:
        """Pixel columns for which lines are thinned."""
        return FEW_COLUMNS if self.span.is_long else COLUMNS


def window_spans(measured: Analysis | Futures) -> dict[str, Span]:
    """Return the measured windows by name."""
    return {
        window.name: Span(name=window.name, first=window.first_session, last=window.last_session)
        for window in measured.windows
    }


def window_views(
    measured: Analysis | Futures,
    index: pd.Index,
    fit: Fit,
    notes: Callable[[Axes], Sequence[Mapping[str, Any]]] | None = None,
) -> tuple[View, ...]:
    """Return a chart's views over all windows, with their notes, where these hang on the axes."""
    axes = {span: fit_axes(span, index, fit) for span in window_spans(measured).values()}
    return tuple(
        View(span=span, axes=each, notes=notes(each) if notes else None) for span, each in axes.items()
    )


def year_spans(sessions: pd.Index) -> tuple[Span, ...]:
    """Return the calendar years with sessions, oldest first, each from its first session to its last."""
    sessions = pd.DatetimeIndex(sessions)
    years = pd.Series(sessions, index=sessions).groupby(sessions.year).agg(["first", "last"])
    return tuple(
        Span(name=str(year), first=f"{row['first']:%Y-%m-%d}", last=f"{row['last']:%Y-%m-%d}")
        for year, row in years.iterrows()
    )


def fit_axes(span: Span, index: pd.Index, fit: Fit, *, until: dt.date | None = None) -> Axes:
    """Return all axes fitted to a span; that of the dates reaches `until`, a day after the last session."""
    first, last = pd.Timestamp(span.first), pd.Timestamp(span.last)
    shown = np.asarray((index >= first) & (index <= last))
    end = pd.Timestamp(until) if until is not None and last == index[-1] else last
    return {"xaxis": date_axis(first, end), **fit(shown)}


def open_figure(traces: list[Any], views: Sequence[View], default: str, **layout: Any) -> Figure:
    """Return a figure over time, opened at its default range, with what a script needs to switch ranges.

    `layout` is what `theme.base_layout` does not say: the axes by their long names, shapes, annotations.
    """
    opened = next(view for view in views if view.span.name == default)
    layout = base_layout() | {"meta": _range_meta(views, default)} | layout
    for axis, settings in opened.axes.items():
        layout[axis] |= {key: value for key, value in settings.items() if key != "narrow"}
    if opened.notes is not None:
        layout["annotations"] = [note for note in opened.notes if "only" not in note]
    return Figure(traces=traces, layout=layout)


def _range_meta(views: Sequence[View], default: str) -> dict[str, Any]:
    """Return what a script needs to switch ranges.

    First and last session of each, and a flat update that fits all axes to it; below a width, fewer ticks
    are labeled.
    """
    return {
        "ranges": {view.span.name: [view.span.first, view.span.last] for view in views},
        "default_range": default,
        "axes": {view.span.name: _flat(view.axes) for view in views},
        "narrow_axes": {view.span.name: _flat({"xaxis": view.axes["xaxis"]["narrow"]}) for view in views},
        "narrow_px": NARROW_PX,
    }


def _flat(axes: Axes) -> dict[str, Any]:
    """Return axis settings as one update: ``{"xaxis.range": …}``."""
    return {
        f"{axis}.{key}": value
        for axis, settings in axes.items()
        for key, value in settings.items()
        if key != "narrow"
    }
