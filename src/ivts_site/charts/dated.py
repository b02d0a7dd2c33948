"""Charts over time: the ranges that buttons offer, each with fitted axes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.charts.axes import date_axis
from ivts_site.charts.theme import NARROW_PX


class Span(Protocol):
    """A window: its name, first and last session."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def first_session(self) -> str | None: ...  # noqa: D102
    @property
    def last_session(self) -> str | None: ...  # noqa: D102


class Ranged(Protocol):
    """What is measured over windows: those offered, and the default one."""

    @property
    def windows(self) -> Sequence[Span]: ...  # noqa: D102
    @property
    def window(self) -> Span: ...  # noqa: D102


Fit = Callable[[npt.NDArray[np.bool_]], Mapping[str, Mapping[str, Any]]]
"""Given the mask of the sessions shown, the fitted value axes: long axis name → range, tickvals, ticktext."""


def range_meta(
    measured: Ranged,
    index: pd.DatetimeIndex,
    fit: Fit,
    *,
    default: str | None = None,
    until: dt.date | None = None,
) -> dict[str, Any]:
    """Return what a script needs to switch ranges, and the picture its first range.

    `until` lengthens every date axis to a day after the last session; the ranges stay those of the windows.

    Returns
    -------
    dict
        ``ranges``: name → first and last session; ``default_range``; ``axes``: name → the flat update of the
        layout that fits all axes to the range; ``narrow``: the ticks of the first range that a narrow chart
        labels, ``narrow_axes``: the same for every range; ``narrow_px``: the width below which they hold.
    """
    windows = {window.name: window for window in measured.windows} | {measured.window.name: measured.window}
    chosen = default if default in windows else measured.window.name
    fitted = {name: _axes(window, index, fit, until) for name, window in windows.items()}
    narrow = {
        name: {"xaxis.tickvals": a["narrow"]["tickvals"], "xaxis.ticktext": a["narrow"]["ticktext"]}
        for name, a in ((n, f["xaxis"]) for n, f in fitted.items())
    }
    return {
        "ranges": {name: [w.first_session, w.last_session] for name, w in windows.items()},
        "default_range": chosen,
        "axes": {name: flat(axes) for name, axes in fitted.items()},
        "narrow": narrow[chosen],
        "narrow_axes": narrow,
        "narrow_px": NARROW_PX,
    }


def flat(axes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return axis settings as one update: ``{"xaxis.range": …}``."""
    return {
        f"{axis}.{key}": value
        for axis, settings in axes.items()
        for key, value in settings.items()
        if key != "narrow"
    }


def apply(layout: dict[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layout with a flat update written into its axes."""
    changed = dict(layout)
    for path, value in update.items():
        axis, _, key = path.partition(".")
        changed[axis] = {**changed.get(axis, {}), key: value}
    return changed


def _axes(window: Span, index: pd.DatetimeIndex, fit: Fit, until: dt.date | None) -> dict[str, Any]:
    first, last = (pd.Timestamp(str(end)) for end in (window.first_session, window.last_session))
    shown = np.asarray((index >= first) & (index <= last))
    return {"xaxis": date_axis(first, last if until is None else pd.Timestamp(until)), **fit(shown)}
