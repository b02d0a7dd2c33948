"""An outcome in several groups of sessions, each against the rest, with block-bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import (
    block_length,
    count_windows,
    find_runs,
    naive_difference,
    naive_interval,
    percentile_interval,
    resample_sums,
)
from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.rules import Resampling
from ivts_site.analytics.study_input import session_at
from ivts_site.published.numbers import known
from ivts_site.published.studies import Pair, ReturnGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBand:
    """Ratios above `above` and at most `upto`; None for no limit."""

    id: str
    above: float | None
    upto: float | None


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
    draws = _resample_groups(values, [every, *masks], block or block_length(how, horizon), how)
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
        mean=known(mean(inside)),
        interval=interval,
        naive_interval=naive,
        width_ratio=_width_ratio(interval, naive),
        median=known(median(inside)),
        n_up=int((inside > 0).sum()),
        share_up=known(mean((inside > 0).astype(np.float64))),
        share_up_interval=_interval(quotient(drawn[:, 2], drawn[:, 0]), how) if enough else None,
        difference=known(mean(inside) - mean(others)),
        difference_interval=_interval(mean_draws - quotient(rest[:, 1], rest[:, 0]), how)
        if compared
        else None,
        difference_naive_interval=naive_difference(inside, others, how.level),
    )


def mean(values: Floats) -> float:
    """Mean, NaN of nothing."""
    return float(values.mean()) if len(values) else np.nan


def median(values: Floats) -> float:
    """Median, NaN of nothing."""
    return float(np.median(values)) if len(values) else np.nan


def _interval(draws: Floats, how: Resampling) -> Pair | None:
    return percentile_interval(draws, how.level)


def quotient(sums: Floats, counts: Floats) -> Floats:
    """Divide sums by counts or other sums; NaN where those are 0."""
    return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))


def _width_ratio(interval: Pair | None, naive: Pair | None) -> float | None:
    if interval is None or naive is None or naive[1] == naive[0]:
        return None
    return (interval[1] - interval[0]) / (naive[1] - naive[0])
