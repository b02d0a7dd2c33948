"""Benchmark returns after sessions of each band of the ratio, against all sessions and against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import (
    Pair,
    Resampling,
    count_windows,
    find_runs,
    naive_difference,
    naive_interval,
    percentile_interval,
    resample_sums,
)
from ivts_site.analytics.ground import Ground, session_at
from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.term_structure import is_above

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBand:
    """Ratios above `above` and at most `upto`; None for no limit."""

    id: str
    above: float | None
    upto: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnGroup:
    """Returns from the sessions of a group, see `measure_groups`; NaN and None where undefined."""

    id: str
    above: float | None
    upto: float | None
    n_sessions: int
    n_episodes: int
    n_windows: int
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None
    mean: float
    interval: Pair | None
    naive_interval: Pair | None
    width_ratio: float
    median: float
    n_up: int
    share_up: float
    share_up_interval: Pair | None
    difference: float
    difference_interval: Pair | None
    difference_naive_interval: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHorizon:
    """All groups at one horizon; `today` is the id of the band of the last ratio."""

    horizon: int
    block: int
    all: ReturnGroup
    bands: tuple[ReturnGroup, ...]
    today: str


def build_bands(edges: Sequence[float]) -> tuple[ReturnBand, ...]:
    """Give names to the bands between rising edges, each with its upper edge included.

    Parameters
    ----------
    edges : sequence of float
        Rising; 0.85, 0.95 and 1.0 make `upto-0.85`, `0.85-0.95`, `0.95-1` and `above-1`.
    """
    inner = [ReturnBand(id=f"{low:g}-{high:g}", above=low, upto=high) for low, high in pairwise(edges)]
    lowest = ReturnBand(id=f"upto-{edges[0]:g}", above=None, upto=edges[0])
    return (lowest, *inner, ReturnBand(id=f"above-{edges[-1]:g}", above=edges[-1], upto=None))


def in_band(ratios: Floats, band: ReturnBand) -> Flags:
    """Whether each ratio lies in the band; an edge belongs to the band below it."""
    above = np.ones(len(ratios), dtype=bool) if band.above is None else is_above(ratios, band.above)
    return above if band.upto is None else above & ~is_above(ratios, band.upto)


def measure_conditional(
    ground: Ground, bands: Sequence[ReturnBand], horizons: Sequence[int], how: Resampling
) -> tuple[ReturnHorizon, ...]:
    """Measure forward returns by band at each horizon.

    Parameters
    ----------
    ground : Ground
        Ratio and benchmark.
    bands : sequence of ReturnBand
        Together they hold every ratio once.
    horizons : sequence of int
        Sessions of the panel.
    how : Resampling
        Blocks are `how.block(horizon)` sessions.

    Returns
    -------
    tuple of ReturnHorizon
        A start counts where the closes of its session and of the horizon's last are stored; the last
        `horizon` sessions therefore do not.
    """
    members = [in_band(ground.ivts, band) for band in bands]
    return tuple(_measure_horizon(ground, bands, members, horizon, how) for horizon in horizons)


def _measure_horizon(
    ground: Ground, bands: Sequence[ReturnBand], members: Sequence[Flags], horizon: int, how: Resampling
) -> ReturnHorizon:
    returns = forward_returns(ground.close, horizon)[ground.place]
    everything = ReturnBand(id=ALL, above=None, upto=None)
    whole, *parts = measure_groups(
        returns,
        [np.ones(len(returns), dtype=bool), *members],
        horizon=horizon,
        how=how,
        names=[everything, *bands],
        sessions=ground.sessions,
    )
    return ReturnHorizon(
        horizon=horizon,
        block=how.block(horizon),
        all=whole,
        bands=tuple(parts),
        today=next(band.id for band, member in zip(bands, members, strict=True) if member[-1]),
    )


def measure_groups(  # noqa: PLR0913 (outcomes, groups, and how to judge them)
    outcomes: Floats,
    members: Sequence[Flags],
    *,
    horizon: int,
    how: Resampling,
    names: Sequence[ReturnBand],
    sessions: pd.DatetimeIndex,
    block: int | None = None,
) -> tuple[ReturnGroup, ...]:
    """Measure an outcome in several groups of sessions, all on the same resampled histories.

    Parameters
    ----------
    outcomes : array
        By session; NaN where not known.
    members : sequence of array of bool
        One a group; a group of all sessions has no rest to be compared with.
    horizon : int
        Sessions that an outcome reaches ahead.
    how : Resampling
        Draws, level, blocks and fewest cases.
    names : sequence of ReturnBand
        One a group.
    sessions : DatetimeIndex
        Labels of the outcomes.
    block : int, optional
        Sessions of a block, where what clusters lasts longer than the horizon.

    Returns
    -------
    tuple of ReturnGroup
        Trailing sessions without outcome are no part of the history that is resampled; others within it
        stay, in no group, so that neighbours keep their distance.
    """
    known = ~np.isnan(outcomes)
    end = int(np.flatnonzero(known)[-1]) + 1 if known.any() else 0
    values, masks = np.where(known, outcomes, 0.0)[:end], [(member & known)[:end] for member in members]
    every = known[:end]
    draws = _resample_groups(values, [every, *masks], block or how.block(horizon), how)
    return tuple(
        _group(
            name,
            values,
            mask=mask,
            every=every,
            draws=(draws[place + 1], draws[0]),
            horizon=horizon,
            how=how,
            sessions=sessions,
        )
        for place, (name, mask) in enumerate(zip(names, masks, strict=True))
    )


def _resample_groups(values: Floats, masks: Sequence[Flags], block: int, how: Resampling) -> list[Floats]:
    """By group an array (draws, 3): sums of members, of their values and of those above zero."""
    if not len(values):
        return [np.zeros((how.draws, 3)) for _ in masks]
    up = values > 0
    columns = np.column_stack(
        [column for mask in masks for column in (mask, np.where(mask, values, 0.0), mask & up)]
    )
    sums = resample_sums(columns.astype(np.float64), block, how)
    return [sums[:, 3 * place : 3 * place + 3] for place in range(len(masks))]


def _group(  # noqa: PLR0913 (a row of the table: what it is, its values and their draws)
    name: ReturnBand,
    values: Floats,
    *,
    mask: Flags,
    every: Flags,
    draws: tuple[Floats, Floats],
    horizon: int,
    how: Resampling,
    sessions: pd.DatetimeIndex,
) -> ReturnGroup:
    inside, others = values[mask], values[every & ~mask]
    drawn, rest = draws[0], draws[1] - draws[0]
    n_windows = count_windows(mask, horizon)
    enough = n_windows >= how.min_cases
    compared = enough and count_windows(every & ~mask, horizon) >= how.min_cases
    mean_draws = quotient(drawn[:, 1], drawn[:, 0])
    interval = percentile_interval(mean_draws, how.level) if enough else None
    naive = naive_interval(inside, how.level)
    return ReturnGroup(
        id=name.id,
        above=name.above,
        upto=name.upto,
        n_sessions=len(inside),
        n_episodes=len(find_runs(mask)[0]),
        n_windows=n_windows,
        first_session=session_at(sessions, mask),
        last_session=session_at(sessions, mask, last=True),
        mean=mean(inside),
        interval=interval,
        naive_interval=naive,
        width_ratio=_width_ratio(interval, naive),
        median=float(np.median(inside)) if len(inside) else np.nan,
        n_up=int((inside > 0).sum()),
        share_up=mean((inside > 0).astype(np.float64)),
        share_up_interval=_interval(quotient(drawn[:, 2], drawn[:, 0]), how) if enough else None,
        difference=mean(inside) - mean(others),
        difference_interval=_interval(mean_draws - quotient(rest[:, 1], rest[:, 0]), how)
        if compared
        else None,
        difference_naive_interval=naive_difference(inside, others, how.level),
    )


def mean(values: Floats) -> float:
    """Mean, NaN of nothing."""
    return float(values.mean()) if len(values) else np.nan


def _interval(draws: Floats, how: Resampling) -> Pair | None:
    return percentile_interval(draws, how.level)


def quotient(sums: Floats, counts: Floats) -> Floats:
    """Divide sums by counts or other sums; NaN where those are 0."""
    return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))


def _width_ratio(interval: Pair | None, naive: Pair | None) -> float:
    if interval is None or naive is None or naive[1] == naive[0]:
        return np.nan
    return (interval[1] - interval[0]) / (naive[1] - naive[0])
