"""The curve of the futures beside the ratio of the indices: how they agree, and which gives an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ivts_site.analytics.evidence import Evidence, count_alarms
from ivts_site.analytics.inference import measure_shifted
from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.futures import FuturesAgreement, FuturesLead
from ivts_site.published.studies import Alarms, Pair

RANK = 55


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesAlarm:
    """One of the two as an alarm for the other, on sessions on which the other is not inverted."""

    sign: Literal["futures", "index"]
    """Which of them gives the alarm while it is inverted."""
    runs: FuturesLead
    """What followed, run by run."""
    n_eves: int
    """Sessions after which the other inverted."""
    n_rest: int
    """All other sessions."""
    on_eves: float | None
    """Share of the eves on which the sign was inverted."""
    elsewhere: float | None
    """Share of the other sessions on which it was."""
    difference: float | None
    """`on_eves` − `elsewhere`."""
    interval: Pair | None
    """Of the difference, from turning the sign around against the eves; null with too few cases."""
    p_value: float | None
    """Chance of a difference as far from zero where the one has nothing to say of the other."""
    same_front: float | None
    """The difference that the front index alone makes."""
    alarms: Alarms
    """The sign counted session by session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesBesideIndex:
    """The futures curve and the ratio of the indices, over the sessions on which both are known."""

    agreement: FuturesAgreement
    """How often they are on the same side."""
    alarms: tuple[FuturesAlarm, ...]
    """The futures as an alarm for the ratio, then the other way round."""


@dataclass(frozen=True, kw_only=True)
class FuturesStudy:
    """What the study publishes."""

    futures: FuturesBesideIndex | None
    """VIX futures beside the ratio; null where no session has both."""


def measure(study: StudyInput) -> FuturesStudy:
    """Compare where both are known; what is counted run by run is that of `futures.json`."""
    found = study.futures
    if found is None or found.futures.agreement is None:
        return FuturesStudy(futures=None)
    evidence = Evidence(study)
    front = pd.Series(evidence.rival, index=study.sessions).reindex(found.agreeing.index).to_numpy()
    pairs = (("inverted", "backwardation"), ("backwardation", "inverted"))
    alarms = (
        _alarm(study, found.agreeing, names, front, runs)
        for names, runs in zip(pairs, found.futures.leads, strict=True)
    )
    return FuturesStudy(futures=FuturesBesideIndex(agreement=found.futures.agreement, alarms=tuple(alarms)))


def _alarm(
    study: StudyInput, both: pd.DataFrame, names: tuple[str, str], front: np.ndarray, runs: FuturesLead
) -> FuturesAlarm:
    one, other = (both[name].to_numpy(dtype=bool) for name in names)
    sign = np.where(other, np.nan, one)
    eve = np.append(other[1:] & ~other[:-1], False)
    effect = measure_shifted(sign, eve, front, study.rules)
    return FuturesAlarm(
        sign=runs.first,
        runs=runs,
        n_eves=effect.n,
        n_rest=effect.n_rest,
        on_eves=effect.mean.value,
        elsewhere=effect.rest,
        difference=effect.difference.value,
        interval=effect.difference.interval,
        p_value=effect.difference.p_value,
        same_front=effect.rival,
        alarms=count_alarms(sign, eve),
    )
