"""How each source fared in a fetch, and which sources and optional series have stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ivts_site.config import Config
from ivts_site.errors import IvtsError
from ivts_site.formatting import count
from ivts_site.pipeline.download import Outcome
from ivts_site.sessions import Sessions
from ivts_site.store import LastRun, SourceRun, read_last_run, write_last_run


@contextmanager
def noted_run(
    config: Config,
    data_dir: Path,
    outcomes: Mapping[tuple[str, str], Outcome],
    now: dt.datetime,
) -> Iterator[None]:
    """Note how the sources fared when the block ends; it counts as checked where the block raises nothing."""
    before = read_last_run(data_dir)
    checked_at = before.checked_at
    try:
        yield
        checked_at = now
    finally:
        sources = _update_sources(config, before, outcomes, now)
        write_last_run(data_dir, LastRun(checked_at=checked_at, sources=sources))


def _update_sources(
    config: Config,
    before: LastRun,
    outcomes: Mapping[tuple[str, str], Outcome],
    now: dt.datetime,
) -> tuple[SourceRun, ...]:
    """Return what is known of every configured source; of one that was not asked what was known before."""
    known = {(each.series, each.source): each for each in before.sources}
    for (key, name), found in outcomes.items():
        old = known.get((key, name), SourceRun(series=key, source=name))
        known[key, name] = (
            replace(
                old,
                last_error=type(found).__name__,
                last_error_at=now,
                failing_since=old.failing_since or old.last_error_at or now,
            )
            if isinstance(found, IvtsError)
            else SourceRun(series=key, source=name, last_success=now, last_session=found or old.last_session)
        )
    configured = {
        (key, choice.adapter) for key, each in config.series.items() for choice in each.choices.values()
    }
    return tuple(known[pair] for pair in sorted(known.keys() & configured))


MAX_BEHIND = 10
"""Sessions that a source or an optional series may lack: a vendor is late by days, not by two weeks."""


def age_warnings(
    config: Config, run: LastRun, ends: Mapping[str, dt.date | None], sessions: Sessions, now: dt.datetime
) -> Iterator[str]:
    """Give a sentence for each optional series and each source that is more than ten sessions behind."""
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
    n = int((published > pd.Timestamp(last)).sum())
    return n if n > MAX_BEHIND else 0


def _source_warning(config: Config, run: SourceRun, sessions: Sessions, now: dt.datetime) -> Iterator[str]:
    answered = run.last_success
    if run.last_session and (n := too_far_behind(config, run.series, run.last_session, sessions, now)):
        yield f"{run.series}: {run.source} ends {run.last_session}, {count(n)} sessions behind; replace it"
    elif run.last_error and answered is None:
        since, tried = run.failing_since, run.last_error_at
        if since and tried and too_far_behind(config, run.series, since.date(), sessions, tried):
            yield (
                f"{run.series}: {run.source} has never answered ({run.last_error} since {since:%Y-%m-%d}); "
                "look at it, or replace it"
            )
    elif run.last_error and answered and too_far_behind(config, run.series, answered.date(), sessions, now):
        yield (
            f"{run.series}: {run.source} has not answered since {answered:%Y-%m-%d} ({run.last_error}); "
            "look at it, or replace it"
        )
