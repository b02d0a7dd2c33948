"""Asking the sources of a series in order until one gives acceptable data."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from ivts_site.config import Config, Series, SourceChoice
from ivts_site.errors import DataError, IvtsError, SourceError
from ivts_site.sessions import Sessions
from ivts_site.sources import (
    ADAPTERS,
    Adapter,
    Cleaned,
    HttpClient,
    Reply,
    Request,
    Rules,
    Token,
    clean_closes,
    decode_body,
    modified_at,
    safe_url,
)
from ivts_site.store import Reason, SeriesProvenance, describes

# Rules that need more than one source or series; they are counted with the others.
CONTRADICTED = "contradicted"
IMPLAUSIBLE = "implausible_ratio"
# A body with such rows may give more closes later, or beside other answers, so it is always asked for again.
REVIVABLE = ("unpublished", "future", CONTRADICTED, IMPLAUSIBLE)


@dataclass(frozen=True, slots=True)
class AcceptedResponse:
    """An acceptable answer with a body: the reply, and the closes in it."""

    reply: Reply
    cleaned: Cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sources of a series said.

    Attributes
    ----------
    key : str
        Series key.
    source : str
        Adapter whose answer is used; empty where none was acceptable.
    response : AcceptedResponse or None
        Its answer; None where nothing changed since the last fetch, or nothing was acceptable.
    problems : tuple of IvtsError
        Why sources asked before were not used, in order.
    """

    key: str
    source: str = ""
    response: AcceptedResponse | None = None
    problems: tuple[IvtsError, ...] = ()

    def rejected(self, error: DataError) -> Answer:
        """Return the answer as one that was refused after all."""
        return Answer(key=self.key, problems=(*self.problems, error))

    def without(self, sessions: pd.DatetimeIndex, rule: str) -> Answer:
        """Return the answer without the closes of some sessions, set aside under `rule`."""
        if self.response is None or sessions.empty:
            return self
        return replace(
            self, response=replace(self.response, cleaned=self.response.cleaned.without(sessions, rule))
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks for series at one instant.

    Attributes
    ----------
    config, sessions, now
        Settings, calendar and instant.
    tokens : dict of str to Token
        Access tokens of the run, by the address that gave them; all its clients share them.
    replies : dict of Request to Reply or SourceError
        What was asked without condition in the run: one file can be back history, check and stand-in.
    ends : dict of pair of str to date
        By series key and adapter name the last session of its answer.
    """

    config: Config
    sessions: Sessions
    now: dt.datetime
    tokens: dict[str, Token] = field(default_factory=dict)
    replies: dict[tuple[str, str], Reply | SourceError] = field(default_factory=dict)
    ends: dict[tuple[str, str], dt.date] = field(default_factory=dict)

    def ask(
        self,
        client: HttpClient,
        key: str,
        stored: pd.DataFrame,
        entry: SeriesProvenance | None,
        *,
        refused: Sequence[IvtsError] = (),
    ) -> Answer:
        """Ask the sources of a series in order.

        Parameters
        ----------
        client : HttpClient
            The door to the network.
        key : str
            Series key.
        stored : DataFrame
            Its stored closes.
        entry : SeriesProvenance or None
            Their origin; makes the request conditional where it still describes what is stored.
        refused : sequence of IvtsError
            Why the first sources were refused already, one each; those after them are asked.

        Returns
        -------
        Answer
            Of the first source with acceptable data, or without source where none had any.
        """
        problems = list(refused)
        held = entry if entry and describes(entry, stored) and self.exhausts(key, entry) else None
        for choice in self.config.series[key].sources[len(refused) :]:
            try:
                answer = self._ask_one(client, key, choice, held)
            except (SourceError, DataError) as error:
                problems.append(error)
            else:
                return replace(answer, problems=tuple(problems))
        return Answer(key=key, problems=tuple(problems))

    def ask_published(self, client: HttpClient, key: str, choice: SourceChoice) -> pd.DataFrame:
        """Ask a source that a series is compared with, or that its back history comes from.

        Returns
        -------
        DataFrame
            Its closes that are no longer early; columns `close`, `source`.

        Raises
        ------
        SourceError, DataError
            Where it gave none.
        """
        cleaned = self._accept(self._request(client, choice, None), key, choice).cleaned
        return cleaned.closes.drop(pd.DatetimeIndex(list(cleaned.early)))

    def exhausts(self, key: str, entry: SeriesProvenance) -> bool:
        """Tell whether the body behind an entry can give no further closes under these settings."""
        return exhausted(entry) and entry.settings == self.settings(key)

    def settings(self, key: str) -> str:
        """Return a digest of all settings that decide which rows of a body are closes of a series."""
        calendar = self.config.calendar
        told = (self._rules(self.config.series[key]), calendar.name, sorted(calendar.extra_closures))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def _ask_one(
        self, client: HttpClient, key: str, choice: SourceChoice, held: SeriesProvenance | None
    ) -> Answer:
        reply = self._request(client, choice, held)
        if reply.not_modified:
            return Answer(key=key, source=choice.adapter)
        return Answer(key=key, source=choice.adapter, response=self._accept(reply, key, choice))

    def _request(self, client: HttpClient, choice: SourceChoice, held: SeriesProvenance | None) -> Reply:
        adapter = ADAPTERS[choice.adapter]
        vendor = self.config.sources[adapter.vendor]
        url = vendor.base_url.rstrip("/") + adapter.path(choice.symbol)
        same = held is not None and held.source == adapter.name and held.url == safe_url(url)
        request = Request(
            source=adapter.name,
            url=url,
            vendor=vendor,
            etag=held.etag if held and same else "",
            last_modified=held.last_modified if held and same else "",
        )
        if request.etag or request.last_modified:
            return adapter.ask(client, request)
        return self._remembered(client, adapter, request)

    def _remembered(self, client: HttpClient, adapter: Adapter, request: Request) -> Reply:
        """Ask for a file once in a run, and repeat the answer or the error."""
        file = (adapter.name, request.url)
        if file not in self.replies:
            try:
                self.replies[file] = adapter.ask(client, request)
            except SourceError as error:
                self.replies[file] = error
        reply = self.replies[file]
        if isinstance(reply, SourceError):
            raise reply
        return reply

    def _accept(self, reply: Reply, key: str, choice: SourceChoice) -> AcceptedResponse:
        adapter = ADAPTERS[choice.adapter]
        parsed = adapter.parse(decode_body(adapter.name, reply), choice.symbol)
        rules = self._rules(self.config.series[key])
        modified = modified_at(reply.last_modified)
        cleaned = clean_closes(parsed, self.sessions, self.now, rules, modified=modified)
        self.ends[key, choice.adapter] = cleaned.closes.index[-1].date()
        return AcceptedResponse(reply, cleaned)

    def _rules(self, series: Series) -> Rules:
        return Rules(
            range=series.range,
            publication_lag_minutes=series.publication_lag_minutes,
            completion_lag_minutes=series.completion_lag_minutes,
            max_bad_row_share=self.config.store.max_bad_row_share,
            max_missing_share=self.config.store.max_missing_share,
            timezone=self.config.calendar.timezone,
        )


def exhausted(entry: SeriesProvenance) -> bool:
    """Tell whether the body behind an entry has no row that may be taken later, and no change that waits."""
    early = any(mark.reason is Reason.EARLY for mark in entry.provisional.values())
    return not early and not entry.held and not any(entry.dropped.get(kind) for kind in REVIVABLE)
