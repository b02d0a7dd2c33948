"""The benchmark around the beginnings and ends of episodes, beside its paths around all sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.ground import Ground, Share, count_share
from ivts_site.analytics.results import Flags, Floats, Ints

QUARTILES = (25, 50, 75)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """Paths around one kind of session, see `measure_events`; tuples by offset, empty without a path."""

    anchor: str
    min_sessions: int
    knowable: bool
    n_episodes: int
    n_paths: int
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None
    median: Floats
    lower_quartile: Floats
    upper_quartile: Floats
    mean: Floats
    n_worst: int
    worst_median: float
    worst_lower_quartile: float
    worst_upper_quartile: float
    worst: float
    worst_session: pd.Timestamp | None
    lower_after: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """All groups, and the same paths around all sessions with a ratio."""

    offsets: tuple[int, ...]
    worst_within: int
    groups: tuple[EventGroup, ...]
    baseline_median: Floats
    baseline_lower_quartile: Floats
    baseline_upper_quartile: Floats
    baseline_worst_median: float
    n_baseline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """Sessions before and after the anchor, those watched for the worst close, and least episode lengths."""

    before: int
    after: int
    worst_within: int
    min_sessions: tuple[int, ...]


def measure_events(ground: Ground, rules: EventRules) -> EventStudy:
    """Measure the benchmark around episodes.

    Parameters
    ----------
    ground : Ground
        Regimes and benchmark.
    rules : EventRules
        Offsets and groups.

    Returns
    -------
    EventStudy
        Anchors are the first session of an episode; its `min_sessions`-th, on which a reader learns that it
        lasts so long; and the session after its last, the first back in the other regime, whose close tells
        that it is over. A path is close(anchor + offset) / close(anchor) − 1 over sessions of the panel, and
        counts where every close of it is stored: a fan whose members change along it would bend by that
        alone. The worst close is looked for after the anchor and counts where all closes up to
        `worst_within` are stored.
    """
    first, last = find_runs(ground.backwardation)
    offsets = _offsets(rules)
    groups = [
        _group(ground, rules, anchor, n, _anchors(anchor, n, first, last, len(ground.sessions)))
        for anchor in ("first", "reached", "end")
        for n in rules.min_sessions
        if anchor != "reached" or n > 1
    ]
    paths = _paths(ground.close, ground.place, offsets)
    paths = paths[~np.isnan(paths).any(axis=1)]
    lower, median, upper = _quartiles(paths)
    return EventStudy(
        offsets=tuple(offsets.tolist()),
        worst_within=rules.worst_within,
        groups=tuple(groups),
        baseline_median=median,
        baseline_lower_quartile=lower,
        baseline_upper_quartile=upper,
        baseline_worst_median=_worst_quartiles(_worst(ground, ground.place, rules.worst_within)[0])[1],
        n_baseline=len(paths),
    )


def _offsets(rules: EventRules) -> Ints:
    return np.arange(-rules.before, rules.after + 1)


def _anchors(anchor: str, n: int, first: Ints, last: Ints, n_sessions: int) -> Ints:
    """Positions among the sessions with a ratio."""
    long = last - first + 1 >= n
    if anchor == "first":
        return first[long]
    if anchor == "reached":
        return first[long] + n - 1
    over = long & (last + 1 < n_sessions)
    return last[over] + 1


def _group(ground: Ground, rules: EventRules, anchor: str, min_sessions: int, anchors: Ints) -> EventGroup:
    paths = _paths(ground.close, ground.place[anchors], _offsets(rules))
    complete = ~np.isnan(paths).any(axis=1)
    lower, median, upper = _quartiles(paths[complete])
    worst, whole = _worst(ground, ground.place[anchors], rules.worst_within)
    sessions, held = ground.sessions[anchors], ground.sessions[anchors[complete]]
    worst_lower, worst_median, worst_upper = _worst_quartiles(worst)
    return EventGroup(
        anchor=anchor,
        min_sessions=min_sessions,
        knowable=anchor != "first" or min_sessions == 1,
        n_episodes=len(anchors),
        n_paths=len(held),
        first_session=held[0] if len(held) else None,
        last_session=held[-1] if len(held) else None,
        median=median,
        lower_quartile=lower,
        upper_quartile=upper,
        mean=paths[complete].mean(axis=0) if len(held) else np.empty(0),
        n_worst=len(worst),
        worst_median=worst_median,
        worst_lower_quartile=worst_lower,
        worst_upper_quartile=worst_upper,
        worst=float(worst.min()) if len(worst) else np.nan,
        worst_session=sessions[whole][int(worst.argmin())] if len(worst) else None,
        lower_after=count_share(_spread(worst < 0, whole), whole, sessions),
    )


def _paths(close: Floats, places: Ints, offsets: Sequence[int] | Ints) -> Floats:
    """Closes around each place against the close there; NaN where one is not stored or outside the panel."""
    wanted = places[:, None] + np.asarray(offsets)
    inside = (wanted >= 0) & (wanted < len(close))
    around = np.where(inside, close[np.where(inside, wanted, 0)], np.nan)
    return np.asarray(around / close[places][:, None] - 1)


def _worst(ground: Ground, places: Ints, within: int) -> tuple[Floats, Flags]:
    """Lowest path value in the sessions after each place that has them all, and which places those are."""
    paths = _paths(ground.close, places, np.arange(1, within + 1))
    whole = np.asarray(~np.isnan(paths).any(axis=1))
    return paths[whole].min(axis=1), whole


def _quartiles(paths: Floats) -> tuple[Floats, Floats, Floats]:
    if not len(paths):
        return np.empty(0), np.empty(0), np.empty(0)
    lower, median, upper = np.percentile(paths, QUARTILES, axis=0)
    return lower, median, upper


def _worst_quartiles(worst: Floats) -> tuple[float, float, float]:
    if not len(worst):
        return np.nan, np.nan, np.nan
    lower, median, upper = np.percentile(worst, QUARTILES).tolist()
    return lower, median, upper


def _spread(values: Flags, where: Flags) -> Flags:
    spread = np.zeros(len(where), dtype=bool)
    spread[where] = values
    return spread
