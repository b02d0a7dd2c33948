"""A benchmark return in several groups of sessions, each against the rest and the front index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats, median, share
from ivts_site.analytics.bootstrap import count_windows, find_runs, naive_difference, naive_interval
from ivts_site.analytics.inference import Kind, Outcome, Side, measure_effect
from ivts_site.analytics.study_input import StudyInput, span_of
from ivts_site.published.studies import Pair, ReturnGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBand:
    """Ratios above `above` and at most `upto`; None for no limit."""

    id: str
    above: float | None
    upto: float | None

    @property
    def side(self) -> Side:
        """How the band is entered: from one side, or from both."""
        return "low" if self.above is None else "high" if self.upto is None else "mid"


def measure_group(study: StudyInput, horizon: int, name: ReturnBand, member: Flags) -> ReturnGroup:
    """Measure returns in a group of sessions; one that is not known counts neither in it nor in the rest.

    A group of all sessions has no rest to be compared with, and no rival.
    """
    returns, how = study.returns(horizon), study.rules
    counted = ~np.isnan(returns)
    mask = member & counted
    inside, others = returns[mask], returns[counted & ~member]
    up = np.where(counted, (returns > 0).astype(np.float64), np.nan)
    outcomes: dict[Outcome, Floats] = {"return": returns, "share": up}
    side = "all" if member.all() else name.side
    gain, rises = (
        measure_effect(each, member, study.log_front, Kind(outcome=outcome, side=side, horizon=horizon), how)
        for outcome, each in outcomes.items()
    )
    naive = naive_interval(inside, how.level)
    return ReturnGroup(
        id=name.id,
        above=name.above,
        upto=name.upto,
        n_sessions=len(inside),
        n_episodes=len(find_runs(mask)[0]),
        n_windows=count_windows(mask, horizon),
        n_clusters=gain.clusters.n,
        **span_of(study.sessions, mask),
        mean=gain.mean.value,
        interval=gain.mean.interval,
        naive_interval=naive,
        width_ratio=_width_ratio(gain.mean.interval, naive),
        median=median(inside),
        n_up=int((inside > 0).sum()),
        share_up=share(inside > 0),
        share_up_interval=rises.mean.interval,
        difference=gain.apart,
        difference_interval=gain.difference.interval,
        difference_naive_interval=naive_difference(inside, others, how.level),
        p_value=gain.difference.p_value,
        same_front=gain.same_front,
        adds=gain.adds.value,
        adds_interval=gain.adds.interval,
    )


def _width_ratio(interval: Pair | None, naive: Pair | None) -> float | None:
    if interval is None or naive is None or naive[1] == naive[0]:
        return None
    return (interval[1] - interval[0]) / (naive[1] - naive[0])
