"""Downloading the closes of a series: its sources in order, until one gives acceptable data."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field

import pandas as pd

from ivts_site.config import Config, SourceChoice
from ivts_site.errors import DataError, IvtsError, SourceError
from ivts_site.sessions import Sessions
from ivts_site.sources import (
    ADAPTERS,
    Adapter,
    CleanedCloses,
    HttpClient,
    Reply,
    Request,
    clean_closes,
    decode_body,
    modified_at,
    safe_url,
)
from ivts_site.store import SeriesProvenance

log = logging.getLogger(__name__)
# Rules that need more than one source or series; they are counted with the others.
CONTRADICTED = "contradicted"
IMPLAUSIBLE = "implausible_ratio"
AFTER_EXPIRY = "after_expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sources of a series said."""

    source: str = ""
    """Adapter whose answer is used; empty where none was acceptable."""
    reply: Reply | None = None
    """Its answer; None where nothing changed since the last fetch, or nothing was acceptable."""
    cleaned: CleanedCloses | None = None
    """The closes in it."""
    problems: tuple[IvtsError, ...] = ()
    """Why sources asked before were not used, in order."""


Outcome = dt.date | IvtsError | None
"""The last session of an answer, None where nothing had changed, or why there was none."""


@dataclass(frozen=True, slots=True)
class Downloader:
    """Downloads series at one instant, under one configuration."""

    config: Config
    sessions: Sessions
    now: dt.datetime
    replies: dict[tuple[str, str], Reply | SourceError] = field(default_factory=dict)
    """What was asked without condition in the run: one file can be back history, check and stand-in."""
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """How each source that was asked fared, by series key and adapter name."""

    def answer(
        self, client: HttpClient, key: str, choice: SourceChoice, known: SeriesProvenance | None
    ) -> Answer:
        """Ask a source of a series for what it has beside the file that is known."""
        reply = self._reply(client, choice, known)
        if reply.not_modified:
            self.outcomes[key, choice.adapter] = None
            return Answer(source=choice.adapter)
        return Answer(source=choice.adapter, reply=reply, cleaned=self._clean(reply, key, choice))

    def published_closes(
        self, client: HttpClient, key: str, choice: SourceChoice, what: str, *, patient: bool
    ) -> pd.DataFrame | None:
        """Return the closes, no longer early, of a source that only confirms or completes a series.

        That it gave none is `what`, and no more than a line in the log.
        """
        try:
            cleaned = self._clean(self._reply(client, choice, None, patient=patient), key, choice)
        except (SourceError, DataError) as error:
            log.log(logging.WARNING if patient else logging.INFO, "%s: %s: %s", key, what, error)
            self.outcomes[key, choice.adapter] = error
            return None
        return cleaned.closes.drop(pd.DatetimeIndex(list(cleaned.early)))

    def _reply(
        self,
        client: HttpClient,
        choice: SourceChoice,
        known: SeriesProvenance | None,
        *,
        patient: bool = True,
    ) -> Reply:
        """Send a request, conditional on the known file where that came from the same address."""
        adapter = ADAPTERS[choice.adapter]
        vendor = self.config.sources[adapter.vendor]
        url = vendor.base_url.rstrip("/") + adapter.path(choice.symbol)
        same = known is not None and (known.source, known.url) == (adapter.name, safe_url(url))
        request = Request(
            source=adapter.name,
            url=url,
            allowed_hosts=vendor.allowed_hosts,
            token_url=vendor.token_url or "",
            patient=patient,
            etag=known.etag if known and same else "",
            last_modified=known.last_modified if known and same else "",
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

    def _clean(self, reply: Reply, key: str, choice: SourceChoice) -> CleanedCloses:
        adapter = ADAPTERS[choice.adapter]
        parsed = adapter.parse(decode_body(adapter.name, reply), choice.symbol)
        modified = modified_at(reply.last_modified)
        cleaned = clean_closes(parsed, self.sessions, self.now, self.config, key, modified=modified)
        self.outcomes[key, choice.adapter] = cleaned.closes.index[-1].date()
        return cleaned
