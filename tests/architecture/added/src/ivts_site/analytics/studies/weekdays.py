"""On which day of the week the ratio is highest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.study_input import StudyInput
from ivts_site.published.numbers import known

RANK = 65
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, kw_only=True)
class Weekday:
    """The ratio on one day of the week."""

    name: str
    """Monday to Friday."""
    n_sessions: int
    """Sessions of the history on that day."""
    median: float | None
    """Median ratio of those sessions; null without one."""


@dataclass(frozen=True, kw_only=True)
class ByWeekday:
    """What the study publishes."""

    weekdays: tuple[Weekday, ...]
    """The ratio by day of the week, Monday first."""


def measure(study: StudyInput) -> ByWeekday:
    """Take the median of the ratio on each day of the week."""
    of_day = [study.ivts[study.sessions.day_of_week == day] for day in range(len(NAMES))]
    return ByWeekday(
        weekdays=tuple(
            Weekday(name=name, n_sessions=len(found), median=known(np.median(found)) if len(found) else None)
            for name, found in zip(NAMES, of_day, strict=True)
        )
    )
