"""How far each source and each optional series is behind: what stops unseen is missed when it is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from ivts_site.config import Config
from ivts_site.formatting import count
from ivts_site.last_run import LastRun, SourceRun
from ivts_site.sessions import Sessions

MAX_BEHIND = 10
"""Sessions that a source or an optional series may lack: a vendor is late by days, not by two weeks."""


def age_warnings(
    config: Config, run: LastRun, ends: Mapping[str, dt.date | None], sessions: Sessions, now: dt.datetime
) -> Iterator[str]:
    """Give a sentence for each optional series and each source that is more than ten sessions behind.

    Parameters
    ----------
    config : Config
        Declared series; the ratio's own are judged by their freshness.
    run : LastRun
        What is known of the sources.
    ends : mapping of str to date or None
        Last stored session by series key.
    sessions : Sessions
        Calendar up to `now`.
    now : datetime
        Aware instant.
    """
    ratio = config.ratio
    for key, last in ends.items():
        if key in (ratio.front, ratio.back, ratio.benchmark) or last is None:
            continue
        if n := too_far_behind(config, key, last, sessions, now):
            yield f"{key}: stored closes end {last}, {count(n)} sessions behind; look for another source"
    for each in run.sources:
        if each.series in config.series:
            yield from _source_warning(config, each, sessions, now)


def too_far_behind(config: Config, key: str, last: dt.date, sessions: Sessions, now: dt.datetime) -> int:
    """Return how many sessions published by now come after `last`; 0 where they are ten or fewer."""
    published = sessions.published_sessions(now, config.series[key].publication_lag_minutes)
    n = int((published.date > last).sum())
    return n if n > MAX_BEHIND else 0


def _source_warning(config: Config, run: SourceRun, sessions: Sessions, now: dt.datetime) -> Iterator[str]:
    answered = run.last_success
    if run.last_session and (n := too_far_behind(config, run.series, run.last_session, sessions, now)):
        yield f"{run.series}: {run.source} ends {run.last_session}, {count(n)} sessions behind; replace it"
    elif run.last_error and answered is None:
        yield f"{run.series}: {run.source} has never answered ({run.last_error}); look at it, or replace it"
    elif run.last_error and answered and too_far_behind(config, run.series, answered.date(), sessions, now):
        yield (
            f"{run.series}: {run.source} has not answered since {answered:%Y-%m-%d} ({run.last_error}); "
            "look at it, or replace it"
        )
