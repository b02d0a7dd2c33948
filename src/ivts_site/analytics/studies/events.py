"""The benchmark around the beginnings and ends of episodes, beside its paths around all sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import Floats, Ints
from ivts_site.analytics.evidence import Anchor, find_anchors, flags_at
from ivts_site.analytics.inference import Effect, Kind, measure_effect
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.rules import StudyRules
from ivts_site.analytics.study_input import StudyInput, count_share
from ivts_site.published.numbers import day
from ivts_site.published.studies import Pair, Share

RANK = 20
QUARTILES = (25, 50, 75)

ANCHORS: tuple[Anchor, ...] = ("first", "reached", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReturn:
    """Returns of all episodes whose close so many sessions after the anchor is stored."""

    sessions: int
    """Sessions after the anchor."""
    n: int
    """Episodes, also those whose later closes are not stored yet."""
    median: float | None
    """Median return since the anchor, a fraction."""
    lower_quartile: float | None
    """25th percentile of the same."""
    upper_quartile: float | None
    """75th percentile of the same."""
    baseline_median: float | None
    """Median over all sessions."""
    n_baseline: int
    """Sessions behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """Paths of the benchmark around one kind of session, all relative to its close there.

    Anchors: `first` is the first session of the episode. `reached` is its `min_sessions`-th session: the
    first day on which a reader could know that it has lasted so long. `end` is the first session back at or
    below the threshold: the first close that tells that the episode is over; an ongoing one has none.
    """

    anchor: Anchor
    """Which session of the episode offsets are counted from."""
    min_sessions: int
    """Episodes of at least so many sessions."""
    knowable: bool
    """Whether a reader could tell on the anchor session that it belongs here; false for `first` with
    `min_sessions` above 1."""
    n_episodes: int
    """Episodes with such an anchor."""
    n_paths: int
    """Those whose closes are stored at every offset; the fan is made of them alone."""
    first_session: str | None
    """Anchor session of the first path."""
    last_session: str | None
    """Anchor session of the last path."""
    median: tuple[float, ...]
    """close(anchor + offset) / close(anchor) − 1 at each of `EventStudy.offsets`; empty without a path."""
    lower_quartile: tuple[float, ...]
    """25th percentile of the same returns."""
    upper_quartile: tuple[float, ...]
    """75th percentile of the same returns."""
    mean: tuple[float, ...]
    """Mean of the same returns."""
    n_worst: int
    """Episodes whose closes are stored for `worst_within` sessions after the anchor."""
    worst_median: float | None
    """Median over episodes of: lowest close within `worst_within` sessions after the anchor / close(anchor)
    − 1, above zero where no close fell below it."""
    worst_lower_quartile: float | None
    """25th percentile of the same."""
    worst_upper_quartile: float | None
    """75th percentile of the same."""
    worst: float | None
    """The lowest of all."""
    worst_session: str | None
    """Anchor of the lowest of all."""
    lower_after: Share
    """Episodes after whose anchor some close within `worst_within` sessions lay below the anchor's."""
    lower_interval: Pair | None
    """Calibrated interval of that share."""
    lower_p_value: float | None
    """Of its difference to the same share of all other sessions, where there is no effect."""
    after: tuple[EventReturn, ...]
    """Returns at each horizon, each with the episodes that have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """The benchmark around episodes, beside the same paths around all sessions."""

    offsets: tuple[int, ...]
    """Sessions from the anchor, −20 … 63."""
    worst_within: int
    """Sessions after the anchor in which the lowest close is looked for."""
    groups: tuple[EventGroup, ...]
    """Every anchor with every `min_sessions`; `reached` is left out where it would repeat `first`."""
    baseline_median: tuple[float, ...]
    """Around all sessions with a ratio whose path is stored."""
    baseline_lower_quartile: tuple[float, ...]
    """25th percentile around the same sessions."""
    baseline_upper_quartile: tuple[float, ...]
    """75th percentile around the same sessions."""
    baseline_worst_median: float | None
    """Median over all sessions of the lowest close within `worst_within` sessions / close − 1."""
    n_baseline: int
    """Sessions whose path is stored."""
    baseline_lower: Share
    """Sessions after which some close within `worst_within` sessions was lower: what any session does."""


@dataclass(frozen=True, kw_only=True)
class Events:
    """What the study publishes."""

    events: EventStudy
    """The benchmark around episodes."""


def measure(study: StudyInput) -> Events:
    """Measure the benchmark around episodes.

    Anchors are the first session of an episode; its `min_sessions`-th, on which a reader learns that it lasts
    so long; and the session after its last, the first back in the other regime, whose close tells that it is
    over. A path is close(anchor + offset) / close(anchor) − 1 over sessions of the panel, and counts where
    every close of it is stored: a fan whose members change along it would bend by that alone. The worst close
    is looked for after the anchor and counts where all closes up to `worst_within` are stored.
    """
    rules, offsets = study.rules, _offsets(study.rules)
    lowest = study.lowest(rules.event_worst)
    groups = [
        _group(study, anchor, n, lowest)
        for anchor in ANCHORS
        for n in sorted(rules.event_min_sessions)
        if anchor != "reached" or n > 1
    ]
    paths = _paths(study.close, study.place, offsets)
    paths = paths[~np.isnan(paths).any(axis=1)]
    lower, median, upper = _path_quartiles(paths)
    return Events(
        events=EventStudy(
            offsets=tuple(offsets.tolist()),
            worst_within=rules.event_worst,
            groups=tuple(groups),
            baseline_median=median,
            baseline_lower_quartile=lower,
            baseline_upper_quartile=upper,
            baseline_worst_median=_quartiles(lowest[~np.isnan(lowest)])[1],
            n_baseline=len(paths),
            baseline_lower=count_share(lowest < 0, ~np.isnan(lowest), study.sessions),
        )
    )


def _offsets(rules: StudyRules) -> Ints:
    return np.arange(-rules.event_before, rules.event_after + 1)


def _group(study: StudyInput, anchor: Anchor, min_sessions: int, lowest: Floats) -> EventGroup:
    anchors = find_anchors(study.backwardation, anchor, min_sessions)
    paths = _paths(study.close, study.place[anchors], _offsets(study.rules))
    complete = ~np.isnan(paths).any(axis=1)
    lower, median, upper = _path_quartiles(paths[complete])
    after, sessions, held = lowest[anchors], study.sessions[anchors], study.sessions[anchors[complete]]
    whole = ~np.isnan(after)
    worst = after[whole]
    worst_lower, worst_median, worst_upper = _quartiles(worst)
    effect = _never_lower(study, anchors, lowest)
    kept = effect.mean.interval
    return EventGroup(
        anchor=anchor,
        min_sessions=min_sessions,
        knowable=anchor != "first" or min_sessions == 1,
        n_episodes=len(anchors),
        n_paths=len(held),
        first_session=day(held[0]) if len(held) else None,
        last_session=day(held[-1]) if len(held) else None,
        median=median,
        lower_quartile=lower,
        upper_quartile=upper,
        mean=tuple(paths[complete].mean(axis=0).tolist()) if len(held) else (),
        n_worst=len(worst),
        worst_median=worst_median,
        worst_lower_quartile=worst_lower,
        worst_upper_quartile=worst_upper,
        worst=float(worst.min()) if len(worst) else None,
        worst_session=day(sessions[whole][int(worst.argmin())]) if len(worst) else None,
        lower_after=count_share(after < 0, whole, sessions),
        lower_interval=kept and (1 - kept[1], 1 - kept[0]),
        lower_p_value=effect.difference.p_value,
        after=tuple(_returns_after(study, study.place[anchors])),
    )


def _never_lower(study: StudyInput, anchors: Ints, lowest: Floats) -> Effect:
    """Share of anchors that no close of the following sessions undercut, and that less all others' share."""
    held = np.where(np.isnan(lowest), np.nan, lowest >= 0)
    kind = Kind(outcome="held", side="event", horizon=study.rules.event_worst)
    return measure_effect(held, flags_at(anchors, study), study.log_front, kind, study.rules)


def _returns_after(study: StudyInput, places: Ints) -> Iterator[EventReturn]:
    for horizon in study.analysis.statistics.forward_sessions:
        returns = forward_returns(study.close, horizon)
        own, every = (each[~np.isnan(each)] for each in (returns[places], returns[study.place]))
        lower, middle, upper = _quartiles(own)
        yield EventReturn(
            sessions=horizon,
            n=len(own),
            median=middle,
            lower_quartile=lower,
            upper_quartile=upper,
            baseline_median=_quartiles(every)[1],
            n_baseline=len(every),
        )


def _paths(close: Floats, places: Ints, offsets: Sequence[int] | Ints) -> Floats:
    """Closes around each place against the close there; NaN where one is not stored or outside the panel."""
    wanted = places[:, None] + np.asarray(offsets)
    inside = (wanted >= 0) & (wanted < len(close))
    around = np.where(inside, close[np.where(inside, wanted, 0)], np.nan)
    return np.asarray(around / close[places][:, None] - 1)


def _path_quartiles(paths: Floats) -> tuple[tuple[float, ...], ...]:
    """Quartiles over paths at each offset; empty without a path."""
    return tuple(map(tuple, np.percentile(paths, QUARTILES, axis=0).tolist())) if len(paths) else ((), (), ())


def _quartiles(values: Floats) -> tuple[float | None, ...]:
    return tuple(np.percentile(values, QUARTILES).tolist()) if len(values) else (None, None, None)
