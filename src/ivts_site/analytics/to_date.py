"""What was known on the evening of a session: the record up to it, and nothing later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints
from ivts_site.analytics.distribution import window_starts
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.term_structure import distances
from ivts_site.model import Panel

Days = npt.NDArray[np.datetime64]

USUAL_SESSIONS = 504
"""A usual day's move of the ratio is the median of so many latest ones."""
_RECENT = 100


@dataclass(frozen=True, kw_only=True)
class RunsToDate:
    """The runs of a curve, of the ratio or of the futures, up to a session with which every array ends."""

    sessions: Days
    """Sessions on which the curve is known."""
    inverted: Flags
    run: Ints
    """Session of the run, from 1."""

    def longer_run(self) -> int | None:
        """Place of the last session of the latest earlier run as long as this; None where there is none."""
        before = len(self.run) - int(self.run[-1])
        earlier = (self.run[:before] >= self.run[-1]) & (self.inverted[:before] == self.inverted[-1])
        found = np.flatnonzero(earlier)
        return int(found[-1]) if len(found) else None


@dataclass(frozen=True, kw_only=True)
class ToDate(RunsToDate):
    """The record up to a session; every array ends with it."""

    panel: Panel
    ivts: Floats
    curve: Floats
    """A row of closes from the shortest horizon to the longest, NaN where not stored."""
    front_sessions: Days
    front: Floats
    """Every stored close of the front, which reaches further back than the ratio."""
    front_moves: Floats
    front_returns: Floats
    """Its changes in points, and as fractions, from the second close on."""
    changes: Mapping[str, float]
    """Simple returns since the session before: `vix`, `vix3m`, `spy`; NaN where a close is missing."""
    back: float
    distance_return: float
    """Change of the front close that meets the threshold, with the back unchanged."""
    usual_distance: float
    """The same with the back moving along as it usually has; NaN where that is not known."""
    threshold: float
    suspect: str
    """Name of a series whose close of the session is suspect; empty where none is."""
    window: str
    """Name of the default window."""
    n_window: int
    """Its readings."""
    complete: bool
    """Whether the record fills it."""

    @cached_property
    def usual_move(self) -> float:
        """Median of the absolute daily changes of the ratio; NaN before the second session."""
        moves = np.abs(np.diff(self.ivts[-USUAL_SESSIONS - 1 :]))
        return float(np.median(moves)) if len(moves) else float("nan")

    @cached_property
    def ivts_change(self) -> float:
        """Change of the ratio since the session before; NaN on the first."""
        return float(self.ivts[-1] - self.ivts[-2]) if len(self.ivts) > 1 else float("nan")

    def share(self, *, below: bool) -> float:
        """Share of the window's other readings that lie below the session's, or above it."""
        others, now = self.ivts[-self.n_window : -1], self.ivts[-1]
        return float(np.mean(others < now if below else others > now))

    def full_inversions(self) -> int:
        """Sessions in a row, up to this one, on which each horizon closed below the one before it."""
        run = self.curve[-int(self.run[-1]) :]
        falls: Flags = np.all(np.diff(run, axis=1) < 0, axis=1)
        return int(np.argmin(falls[::-1])) if not falls.all() else len(run)


def last_beyond(values: Floats, *, high: bool) -> int | None:
    """Return the place of the latest earlier value at least as high (or as low) as the last, if any."""
    now, stop = values[-1], len(values) - 1
    for start in (max(stop - _RECENT, 0), 0):  # as a rule a recent one is found
        earlier = values[start:stop]
        found = np.flatnonzero(earlier >= now if high else earlier <= now)
        if len(found):
            return start + int(found[-1])
    return None


class RecordToDate:
    """The record up to each session with a ratio, cut when it is asked for.

    `curve` has closes from the shortest horizon to the longest; fewer than three series are no curve.
    """

    def __init__(self, analysis: Analysis, curve: Sequence[pd.Series] = ()) -> None:
        table, panel = analysis.table, analysis.panel
        front = panel.closes["front"].dropna()
        self._whole = {
            "sessions": table.index.to_numpy().astype("datetime64[D]"),
            "ivts": table["ivts"].to_numpy(),
            "inverted": table["backwardation"].to_numpy(),
            "run": table["regime.day"].to_numpy(),
            "curve": _align(curve, table.index),
        }
        self._front_sessions = front.index.to_numpy().astype("datetime64[D]")
        self._front = front.to_numpy()
        self._moves = np.diff(self._front)
        self._returns = self._moves / self._front[:-1]
        self._ends = front.index.searchsorted(table.index, side="right")
        self._changes = {name: table[f"changes.{name}_return"].to_numpy() for name in ("vix", "vix3m", "spy")}
        self._back = table["closes.vix3m"].to_numpy()
        self._distance = table["regime.distance_return"].to_numpy()
        reached = distances(panel.closes, analysis.rules.threshold)["vix_if_back_follows"]
        self._usual = reached.loc[table.index].to_numpy() / table["closes.vix"].to_numpy() - 1
        sessions = pd.DatetimeIndex(table.index)
        starts, self._complete = window_starts(sessions, sessions, analysis.statistics.default_window)
        self._readings = np.arange(1, len(table) + 1) - starts
        labels = {role.key: role.label for role in (panel.front, panel.back)}
        self._suspects = {suspect.session: labels[suspect.series] for suspect in analysis.suspects}
        self._fixed: dict[str, Any] = {
            "panel": panel,
            "threshold": analysis.rules.threshold,
            "window": analysis.statistics.default_window,
        }

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[ToDate]:
        return (self.at(place) for place in range(len(self)))

    def digests(self) -> list[str]:
        """Return a digest of the record up to each session: the same record has the same news."""
        digest, found, begin = hashlib.sha256(), [], 0
        columns = [self._whole[name] for name in ("sessions", "ivts", "curve")]
        for end, *row in zip(self._ends.tolist(), *columns, strict=True):
            digest.update(b"".join(value.tobytes() for value in (self._front[begin:end], *row)))
            found.append(digest.hexdigest())
            begin = end
        return found

    def at(self, place: int) -> ToDate:
        """Return the record up to the session at a place; -1 is the last."""
        place %= len(self)
        cut: dict[str, Any] = {name: values[: place + 1] for name, values in self._whole.items()}
        end = self._ends[place]
        return ToDate(
            **self._fixed,
            **cut,
            front_sessions=self._front_sessions[:end],
            front=self._front[:end],
            front_moves=self._moves[: end - 1],
            front_returns=self._returns[: end - 1],
            changes={name: float(values[place]) for name, values in self._changes.items()},
            back=float(self._back[place]),
            distance_return=float(self._distance[place]),
            usual_distance=float(self._usual[place]),
            suspect=self._suspects.get(str(cut["sessions"][-1]), ""),
            n_window=int(self._readings[place]),
            complete=bool(self._complete[place]),
        )


def _align(curve: Sequence[pd.Series], sessions: pd.Index) -> Floats:
    if len(curve) < 3:
        return np.full((len(sessions), 3), np.nan)
    return np.column_stack([closes.reindex(sessions).to_numpy() for closes in curve])
