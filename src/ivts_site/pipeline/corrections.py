"""Closes that were changed after they were published, and the record as it had been until then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.history import build_history
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.results import Analysis, analyze
from ivts_site.analytics.term_structure import is_above
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.config import Config
from ivts_site.model import LogEntry
from ivts_site.published.episode import EpisodeList
from ivts_site.published.history import History

_COUNTED = {"revision", "upgrade", "withdrawn"}
"""Provisional closes were in no number, and a split changes no return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known from a record of closes, the present one or one before it."""

    analysis: Analysis
    history: History
    episodes: EpisodeList
    to_date: RecordToDate
    """What was known by each session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Record):
    """Closes that were changed at one instant, and the record with the closes they replaced.

    Of the record only the sessions before `day`, the day of the change, had been published.
    """

    seen_at: str
    day: str
    changes: tuple[LogEntry, ...]

    def lost_sessions(self, history: History) -> list[str]:
        """Return the sessions that had a ratio and have none in a later record."""
        return sorted(each for each in {*self.history.session} - {*history.session} if each < self.day)

    def lost_episodes(self, episodes: EpisodeList) -> list[str]:
        """Return the first sessions of the episodes that no longer begin where they did."""
        now, before = (
            {each.first_session for each in listed.episodes} for listed in (episodes, self.episodes)
        )
        return sorted(each for each in before - now if each < self.day)


def build_corrections(
    analysis: Analysis,
    revisions: Sequence[LogEntry],
    config: Config,
    *,
    since: str,
    to_date_of: Callable[[Analysis], RecordToDate],
) -> tuple[Correction, ...]:
    """Undo the changes of closes one after the other, the latest first.

    Left out are those that neither changed a regime nor touched a session from `since` on: nothing that has
    an address of its own, or stands in a feed, can have changed with them.
    """
    zone, closes, found = ZoneInfo(config.calendar.timezone), analysis.panel.closes, []
    for seen_at, changes in _batches(analysis, revisions):
        after, closes = closes, _closes_before(analysis, closes, changes)
        if not (any(each.session >= since for each in changes) or _changes_regime(analysis, closes, after)):
            continue
        before = replace_closes(analysis, closes)
        found.append(
            Correction(
                seen_at=seen_at,
                day=dt.datetime.fromisoformat(seen_at).astimezone(zone).date().isoformat(),
                changes=changes,
                analysis=before,
                history=build_history(before, sample=False, raw_closes=False),
                episodes=build_episode_list(before, sample=False),
                to_date=to_date_of(before),
            )
        )
    return tuple(found)


def replace_closes(analysis: Analysis, closes: pd.DataFrame) -> Analysis:
    """Return the analysis of other closes by the same rules; events are in no feed and have no page."""
    panel = replace(analysis.panel, closes=closes)
    return analyze(panel, rules=analysis.rules, statistics=analysis.statistics, events=())


def _batches(analysis: Analysis, revisions: Sequence[LogEntry]) -> Iterator[tuple[str, tuple[LogEntry, ...]]]:
    """Yield the changes that were seen together, the latest first."""
    panel = analysis.panel
    keys = {panel.front.key, panel.back.key, panel.benchmark.key}
    counted = [each for each in revisions if each.kind in _COUNTED and each.series in keys and each.seen_at]
    counted.sort(key=lambda each: each.seen_at, reverse=True)
    for seen_at, together in groupby(counted, lambda each: each.seen_at):
        yield seen_at, tuple(together)


def _closes_before(analysis: Analysis, closes: pd.DataFrame, changes: Sequence[LogEntry]) -> pd.DataFrame:
    panel = analysis.panel
    roles = {panel.front.key: "front", panel.back.key: "back", panel.benchmark.key: "benchmark"}
    days = pd.DatetimeIndex([each.session for each in changes]).as_unit("us")
    before = closes.reindex(closes.index.union(days[days <= panel.as_of]).rename(closes.index.name))
    for day, each in zip(days, changes, strict=True):
        if day <= panel.as_of:
            before.loc[day, roles[each.series]] = float(each.old)
    return before


def _changes_regime(analysis: Analysis, closes: pd.DataFrame, after: pd.DataFrame) -> bool:
    """Whether a session has another regime, a ratio where it had none, or none where it had one."""
    threshold = analysis.rules.threshold
    one, other = (_regimes(each, closes.index, threshold) for each in (closes, after))
    return not np.array_equal(one, other)


def _regimes(closes: pd.DataFrame, index: pd.Index, threshold: float) -> npt.NDArray[np.int64]:
    ratios = (closes["front"] / closes["back"]).reindex(index).to_numpy()
    return np.where(np.isnan(ratios), -1, is_above(ratios, threshold))
