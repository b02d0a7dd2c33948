"""Axis ranges and ticks: round steps, calendar steps, and which labels stay on a narrow screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Floats

STEPS = (1.0, 2.0, 5.0, 10.0)
NARROW_TICKS = 5


def to_units(values: Any, kind: str) -> Floats:
    """Return values of an axis of a kind (``date``, ``log`` or any other) as floats.

    Dates become milliseconds since 1970, values of a logarithmic axis their powers of ten; null and what a
    logarithm does not have become NaN.
    """
    if kind == "date":
        stamps = np.asarray(values, dtype="datetime64[ms]")
        numbers = stamps.astype(np.int64).astype(np.float64)
        numbers[np.isnat(stamps)] = np.nan
        return numbers
    numbers = np.asarray(values, dtype=np.float64)
    return np.log10(np.where(numbers > 0, numbers, np.nan)) if kind == "log" else numbers


def ends(axis: Mapping[str, Any], kind: str = "") -> tuple[float, float]:
    """Return both ends of an axis in the units of `to_units`; a logarithmic range has powers already."""
    kind = kind or str(axis.get("type"))
    low, high = to_units(axis["range"], "date" if kind == "date" else "").tolist()
    return low, high


def share(values: Any, axis: Mapping[str, Any], kind: str = "") -> Floats:
    """Return where values lie on an axis: 0 at its low end, 1 at its high end."""
    kind = kind or str(axis.get("type"))
    low, high = ends(axis, kind)
    return np.asarray((to_units(values, kind) - low) / (high - low))


def round_step(span: float, at_most: int) -> float:
    """Return the smallest round step (1, 2, 5 × 10ᵏ) that divides a span into at most so many parts."""
    least = span / at_most
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def round_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Return the multiples of a round step within [low, high]; at least one."""
    step = _tick_step(low, high, at_most)
    return [round(k * step, 10) for k in _multiples(low, high, step)]


def _tick_step(low: float, high: float, at_most: int) -> float:
    """Return the round step, or a finer one where that leaves no tick, or one with room for more."""
    step, finer = (round_step(high - low, most) for most in (at_most, 2 * at_most))
    few, many = (len(_multiples(low, high, each)) for each in (step, finer))
    return finer if not few or (few == 1 and many <= at_most + 1) else step


def _multiples(low: float, high: float, step: float) -> range:
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def value_axis(  # noqa: PLR0913 (the range, and four ways to label it)
    low: float, high: float, *, places: int = 0, unit: str = "", at_most: int = 6, pad: float = 0.04
) -> dict[str, Any]:
    """Return range, tick values and texts of an axis for values from `low` to `high`.

    The range is widened by `pad` of the span on both sides; equal bounds get a span of a tenth of their size.
    Texts have `places` decimals, or more where the step needs them.
    """
    if high <= low:
        half = abs(high) * 0.05 or 0.5
        low, high = low - half, high + half
    start, end = _sig(low - pad * (high - low)), _sig(high + pad * (high - low))
    ticks = round_ticks(start, end, at_most)
    needed = max(places, -math.floor(math.log10(_tick_step(start, end, at_most)) + 1e-9))
    return {
        "range": [start, end],
        "tickvals": ticks,
        "ticktext": [f"{fmt.fixed(tick, needed)}{unit}" for tick in ticks],
    }


def log_axis(low: float, high: float) -> dict[str, Any]:
    """Return range, tick values and texts of a logarithmic axis for values from `low` to `high`."""
    low, high = (low, high) if low > 0 else (1.0, 10.0)
    pad = 0.05 * max(np.log10(high / low), 0.02)
    edges = [round(float(np.log10(low) - pad), 4), round(float(np.log10(high) + pad), 4)]
    all_ticks = [m * 10.0**k for k in range(-1, 7) for m in (1, 2, 3, 5, 7)]
    ticks = [tick for tick in all_ticks if edges[0] <= np.log10(tick) <= edges[1]]
    return {"range": edges, "tickvals": ticks, "ticktext": [fmt.fixed(t, 0) for t in ticks]}


def date_axis(first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """Return range and ticks of a calendar axis; the range leaves a small margin on both sides.

    `narrow` holds the ticks that are labeled where the chart is narrow.
    """
    days = max((last - first).days, 1)
    pad = pd.Timedelta(hours=max(12, round(days * 24 * 0.006)))
    start, end = first - pad, last + pad
    ticks = _calendar_ticks(start, end, days) or [first]  # days between two Mondays name the first
    keep = _narrow(ticks)
    return {
        "range": [_stamp(start), _stamp(end)],
        "tickvals": [_stamp(t) for t in ticks],
        "ticktext": _date_texts(ticks),
        "narrow": {"tickvals": [_stamp(t) for t in keep], "ticktext": _date_texts(keep)},
    }


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return the positions moved so that neighbors keep a gap and all lie in [low, high].

    Where the room is too small for the gap, they are spaced evenly.
    """
    order = np.argsort(np.asarray(positions, dtype=float), kind="stable")
    room = (high - low) / max(len(positions) - 1, 1)
    step = min(gap, room)
    placed = np.asarray(positions, dtype=float)[order]
    for i in range(len(placed)):
        placed[i] = max(placed[i], low + i * step, placed[i - 1] + step if i else low)
    for i in reversed(range(len(placed))):
        ceiling = high - (len(placed) - 1 - i) * step
        placed[i] = min(placed[i], ceiling, placed[i + 1] - step if i + 1 < len(placed) else high)
    result = np.empty_like(placed)
    result[order] = placed
    return [float(value) for value in result]


def _calendar_ticks(start: pd.Timestamp, end: pd.Timestamp, days: int) -> list[pd.Timestamp]:
    if days <= 45:
        return [tick for tick in pd.date_range(start.normalize(), end, freq="W-MON") if start <= tick]
    months = 1 if days <= 250 else 2 if days <= 400 else 3 if days <= 3 * 366 else 12
    years = range(start.year, end.year + 1)
    every = [pd.Timestamp(year, month, 1) for year in years for month in range(1, 13, months)]
    if days <= 150:
        firsts = [first for first in every if start.normalize() <= first <= end]
        middles = [first + pd.Timedelta(days=14) for first in firsts]
        every = sorted({*firsts, *middles, *(first - pd.Timedelta(days=15) for first in firsts[:1])})
    elif days > 12 * 366:
        every = [first for first in every if first.year % 2 == 0]
    return [tick for tick in every if start <= tick <= end]


def _narrow(ticks: list[pd.Timestamp]) -> list[pd.Timestamp]:
    """Thin the ticks evenly, so that a January stays where there is one."""
    stride = math.ceil(len(ticks) / NARROW_TICKS) or 1
    january = next((i for i, tick in enumerate(ticks) if tick.month == 1 and tick.day == 1), 0)
    return [tick for i, tick in enumerate(ticks) if (i - january) % stride == 0]


def _date_texts(ticks: list[pd.Timestamp]) -> list[str]:
    """Return month names, years at a turn of the year; the first label always names its year."""
    texts = [_date_text(tick) for tick in ticks]
    if texts and texts[0] != str(ticks[0].year):
        texts[0] = f"{texts[0]} {ticks[0].year}"
    return texts


def _date_text(tick: pd.Timestamp) -> str:
    if tick.month == 1 and tick.day == 1:
        return str(tick.year)
    return fmt.month(tick)[:3] if tick.day == 1 else fmt.date_day(tick)


def _stamp(moment: pd.Timestamp) -> str:
    return moment.strftime("%Y-%m-%d" if moment == moment.normalize() else "%Y-%m-%dT%H:%M")


def _sig(value: float) -> float:
    return float(f"{value:.5g}")
