"""Survival of spells: a falling staircase with its interval, today's day marked; lengths on a log scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ivts_site import formatting as fmt
from ivts_site.analytics.studies.survival import SurvivalPoint
from ivts_site.charts import theme
from ivts_site.charts.studies.frame import PERCENT, Caption, area, draw, head_right

Floats = npt.NDArray[np.float64]
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_FIRST = 0.9
"""Left end of the axis: the first day, with a little room."""


def draw_steps(points: Sequence[SurvivalPoint], caption: Caption, *, today: int | None, role: str) -> str:
    """Return the picture of the share of runs that last longer than each length, 1 before the first.

    `today` is today's day in the regime, marked by an upright line; no interval is drawn where there is none.
    """
    lengths = [point.sessions for point in points]
    last = max(lengths[-1], today or 1) * 1.05
    x, y = _staircase(lengths, [point.survival for point in points], last)
    traces = [theme.line(y, x=x, role=role, width=2.0)]
    banded = _band(lengths, [point.interval for point in points], last)
    if banded is not None:
        traces.insert(0, area(*banded, role=role))
    ticks = [tick for tick in _TICKS if tick <= last]
    return draw(
        traces,
        caption,
        x=theme.x_axis(
            type="log",
            range=[float(np.log10(_FIRST)), float(np.log10(last))],
            tickvals=ticks,
            ticktext=[fmt.count(tick) for tick in ticks],
        ),
        y=theme.y_axis(
            range=[0, 1.04],
            tickvals=[0, 0.25, 0.5, 0.75, 1],
            ticktext=[f"{part}{PERCENT}" for part in (0, 25, 50, 75, 100)],
        ),
        shapes=_today(today),
        notes=[
            theme.head_note("still going after"),
            head_right("sessions, log scale"),
            *_today_note(today, last),
        ],
        sample_at=(1.0, 0.62),
    )


def _staircase(lengths: Sequence[int], shares: Sequence[float], last: float) -> tuple[Floats, Floats]:
    """Return the corners: level until a length is reached, then down to the share that outlasts it."""
    x = np.r_[_FIRST, np.repeat(np.asarray(lengths, dtype=float), 2), last]
    y = np.r_[1.0, 1.0, np.repeat(np.asarray(shares, dtype=float), 2)]
    return x, y


def _band(
    lengths: Sequence[int], intervals: Sequence[tuple[float, float] | None], last: float
) -> tuple[Floats, Floats, Floats] | None:
    known = [(n, pair) for n, pair in zip(lengths, intervals, strict=True) if pair is not None]
    if not known:
        return None
    starts = [n for n, _ in known]
    # the last share reaches to the next length at which a spell ended, where its interval is gone
    end = next((float(n) for n in lengths if n > starts[-1]), last)
    x = np.r_[np.repeat(np.asarray(starts, dtype=float), 2)[1:], end]
    low, high = (np.repeat([pair[side] for _, pair in known], 2) for side in (0, 1))
    return x, low, high


def _today(today: int | None) -> list[dict[str, object]]:
    if today is None:
        return []
    return [theme.rule_line(role="ink", along="y", at=today, axis="x", width=2)]


def _today_note(today: int | None, last: float) -> list[dict[str, object]]:
    if today is None:
        return []
    left = np.log10(today) > np.log10(last) / 2
    side = {"xanchor": "right", "xshift": -5} if left else {"xanchor": "left", "xshift": 5}
    words = f"today, day {fmt.count(today)}"
    return [theme.note(words, role="ink", strong=True, xref="x", x=today, y=1, yanchor="top", **side)]
