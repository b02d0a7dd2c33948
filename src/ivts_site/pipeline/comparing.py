"""What further sources say about the closes of a run, and which closes that sets aside."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pandas as pd

from ivts_site import formatting as f
from ivts_site.config import CheckChoice, Config
from ivts_site.errors import DataError, IvtsError, SourceError
from ivts_site.model import Witness
from ivts_site.pipeline.asking import CONTRADICTED, IMPLAUSIBLE, Answer, Asker
from ivts_site.sources import (
    HttpClient,
    contradicted_moves,
    disagreements,
    implausible_ratios,
    implied_closes,
)
from ivts_site.store import Entry, ProvisionalMark, Reason

log = logging.getLogger(__name__)
Others = Mapping[str, Sequence[Witness]]
Outcomes = dict[tuple[str, str], IvtsError | None]


@dataclass(frozen=True, slots=True)
class Checker:
    """Asks the sources under `check_against`, each once and without retries.

    Attributes
    ----------
    asker : Asker
        Settings and calendar.
    client : HttpClient
        The door to the network.
    outcomes : dict
        By series key and adapter name why a source gave no closes, which is no more than a line in the log;
        None where it gave some.
    """

    asker: Asker
    client: HttpClient
    outcomes: Outcomes = field(default_factory=dict)

    def witnesses(self, answer: Answer, stored: pd.DataFrame) -> tuple[Witness, ...]:
        """Return what other sources say about an answer; the one whose answer it is does not count."""
        found = (self._witness(answer, choice, stored) for choice in _choices(self.asker.config, answer))
        return tuple(each for each in found if each is not None)

    def _witness(self, answer: Answer, choice: CheckChoice, stored: pd.DataFrame) -> Witness | None:
        key, name = answer.key, choice.adapter
        try:
            closes = self.asker.ask_published(self.client, key, choice)["close"]
        except (SourceError, DataError) as error:
            log.info("%s: not compared with %s: %s", key, name, error)
            self.outcomes[key, name] = error
            return None
        self.outcomes[key, name] = None
        if choice.compare == "closes":
            return Witness(source=name, closes=closes, tolerance=self.asker.config.series[key].tolerance)
        own = united(answer, stored)
        implied = implied_closes(own, closes)
        tolerance = own.shift()[implied.index] * self.asker.config.checks.move_tolerance
        return Witness(source=name, closes=implied, tolerance=tolerance, exact=False)


def _choices(config: Config, answer: Answer) -> Sequence[CheckChoice]:
    series = config.series[answer.key]
    used = [(each.adapter, each.symbol) for each in series.sources if each.adapter == answer.source]
    return [each for each in series.check_against if used and (each.adapter, each.symbol) not in used]


def united(answer: Answer, stored: pd.DataFrame) -> pd.Series:
    """Return the stored closes with those of an answer in place of them."""
    return (
        answer.response.cleaned.closes["close"].combine_first(stored["close"])
        if answer.response
        else stored["close"]
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Holds offered closes against other sources and against each other.

    Attributes
    ----------
    config : Config
        Limits.
    stored : mapping
        Closes before the run, by series key.
    others : Others
        Closes of the sources that are only compared with.
    """

    config: Config
    stored: Mapping[str, pd.DataFrame]
    others: Others

    def set_aside_moves(self, answer: Answer) -> Answer:
        """Return an answer without new closes whose large move another source contradicts."""
        limit = self.config.checks.max_move.get(answer.key)
        others = self.others.get(answer.key, ())
        if limit is None or not others or answer.response is None:
            return answer
        found = contradicted_moves(
            self._united(answer), others, max_move=limit, sessions=self.config.checks.sessions
        )
        return answer.without(found.intersection(self._fresh(answer)), CONTRADICTED)

    def set_aside_ratios(self, front: Answer, back: Answer) -> tuple[Answer, Answer]:
        """Return both answers without new closes that make an impossible ratio which nobody confirms."""
        found = implausible_ratios(
            self._united(front),
            self._united(back),
            within=self.config.checks.ratio_range,
            confirmed=[self._confirmed(front), self._confirmed(back)],
        )
        one, two = (
            answer.without(found.intersection(self._fresh(answer)), IMPLAUSIBLE) for answer in (front, back)
        )
        return one, two

    def _united(self, answer: Answer) -> pd.Series:
        return united(answer, self.stored[answer.key])

    def _fresh(self, answer: Answer) -> pd.DatetimeIndex:
        """Sessions whose offered close is not the stored one; what is stored is beyond a judge."""
        if answer.response is None:
            return pd.DatetimeIndex([])
        offered = answer.response.cleaned.closes["close"]
        stored = self.stored[answer.key]["close"].reindex(offered.index)
        return pd.DatetimeIndex(offered.index[(offered != stored).to_numpy()])

    def _confirmed(self, answer: Answer) -> pd.DatetimeIndex:
        own = self._united(answer)
        found = pd.DatetimeIndex([])
        for each in self.others.get(answer.key, ()):
            both = own.index.intersection(each.closes.index)
            apart = disagreements(own, each.closes, tolerance=each.tolerance, sessions=len(both))
            found = found.union(pd.DatetimeIndex(both.difference(apart.index)))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Where stored closes of a series and other sources differ after a run.

    Attributes
    ----------
    entries : tuple of mapping
        Every disagreement, as recorded in `disagreements.jsonl`.
    known : DatetimeIndex
        Sessions for which at least one other source has a close.
    """

    entries: tuple[Entry, ...]
    known: pd.DatetimeIndex

    def on(self, day: dt.date) -> list[Entry]:
        """Return the disagreements on one session."""
        return [entry for entry in self.entries if entry["session"] == day.isoformat()]


def compare(
    key: str, closes: pd.DataFrame, witnesses: Sequence[Witness], config: Config, now: dt.datetime
) -> Comparison:
    """Compare the final closes of a series with other sources.

    Parameters
    ----------
    key : str
        Series key.
    closes : DataFrame
        Stored closes that are not early; columns `close`, `source`.
    witnesses : sequence of Witness
        What other sources say.
    config : Config
        How many sessions are compared.
    now : datetime
        Instant of the run.
    """
    entries: list[Entry] = []
    known = pd.DatetimeIndex([])
    for each in witnesses:
        known = known.union(pd.DatetimeIndex(closes.index.intersection(each.closes.index)))
        apart = disagreements(
            closes["close"], each.closes, tolerance=each.tolerance, sessions=config.checks.sessions
        )
        sources = closes["source"].reindex(apart.index)
        for day, own, theirs, source in zip(apart.index, apart["own"], apart["other"], sources, strict=True):
            entries.append(
                {
                    "series": key,
                    "session": f"{day:%Y-%m-%d}",
                    "source": str(source),
                    "close": float(own),
                    "other_source": each.source,
                    "other_close": float(theirs),
                    "seen_at": f.instant_iso(now),
                }
            )
    return Comparison(entries=tuple(entries), known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Decides which closes of a series stay provisional because sources disagree.

    Attributes
    ----------
    marks : mapping
        Disagreement marks before the run; those of sessions revised in this run are not among them.
    comparison : Comparison
        What other sources say now.
    history : sequence of mapping
        Disagreements recorded before the run.
    repeated : DatetimeIndex
        Sessions whose stored close their source gave again in this run.
    zone : ZoneInfo
        Zone of the exchange, in which a later day is a later day.
    now : datetime
        Instant of the run.
    """

    marks: Mapping[dt.date, ProvisionalMark]
    comparison: Comparison
    history: Sequence[Entry]
    repeated: pd.DatetimeIndex
    zone: ZoneInfo
    now: dt.datetime

    def updated(self, candidates: Collection[dt.date]) -> dict[dt.date, ProvisionalMark]:
        """Return the marks after the run: held ones that still stand, and those of new doubts.

        Parameters
        ----------
        candidates : collection of date
            Sessions that a disagreement makes provisional, such as the newest.
        """
        kept = {day: mark for day, mark in self.marks.items() if self._stands(day, mark)}
        doubtful = [day for day in candidates if day not in self.marks and self._is_new(day)]
        return kept | {day: ProvisionalMark(reason=Reason.DISAGREEMENT, seen_at=self.now) for day in doubtful}

    def _stands(self, day: dt.date, mark: ProvisionalMark) -> bool:
        agreed = pd.Timestamp(day) in self.comparison.known and not self.comparison.on(day)
        repeated = pd.Timestamp(day) in self.repeated and self._is_later(mark.seen_at)
        return not agreed and not repeated

    def _is_new(self, day: dt.date) -> bool:
        """Tell whether a close is in doubt, and was not yet, with the same values, on an earlier day."""
        fields = ("session", "source", "close", "other_source", "other_close")
        waited = {
            tuple(entry[field] for field in fields)
            for entry in self.history
            if self._is_later(dt.datetime.fromisoformat(entry["seen_at"]))
        }
        return any(tuple(entry[field] for field in fields) not in waited for entry in self.comparison.on(day))

    def _is_later(self, seen_at: dt.datetime) -> bool:
        return self.now.astimezone(self.zone).date() > seen_at.astimezone(self.zone).date()
