"""The only door to the network, bounded in time, size, tries and redirects; GET, and POST of what is sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar

import requests
import stamina
import urllib3

from ivts_site.config import Http
from ivts_site.errors import SourceFormatError, SourceUnavailable
from ivts_site.sources.address import follow_address, refusal, safe_url, split_address
from ivts_site.sources.secret import ANONYMOUS, Credential, Secret, Token, scrub

log = logging.getLogger(__name__)
T = TypeVar("T")
CHUNK = 65_536
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# wrong application, wrong or used-up refresh token
REFUSED_FORMS = frozenset({400, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One file of one vendor, or a form or a message to be posted; what is posted follows no redirect."""

    source: str
    """Adapter name."""
    url: str = field(repr=False)
    """Address, without secrets but for that of a message."""
    allowed_hosts: Collection[str] = ()
    """Hosts that a redirect may lead to."""
    token_url: str = ""
    """Where the vendor hands out access tokens, if it does."""
    etag: str = ""
    last_modified: str = ""
    """Validators of the answer already held, if any."""
    patient: bool = True
    """Whether to try again; a source that is only compared with must not hold anything up."""
    credential: Credential = ANONYMOUS
    """Sent to the host of `url` alone."""
    form: Mapping[str, Secret] | None = None
    message: bytes | None = None
    """What is posted: a form for an access token, or JSON to an address that is itself a secret."""
    until: float = math.inf
    """Instant of `time.monotonic` at which the client gives up; it sets it itself."""

    @property
    def host(self) -> str:
        """Host and port asked."""
        return split_address(self.url).netloc

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside the credential."""
        kind = "" if self.message is None else "application/json"
        sent = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified, "Content-Type": kind}
        return {name: value for name, value in sent.items() if value}

    @property
    def content(self) -> Mapping[str, str] | bytes | None:
        """What is posted; None where something is asked for."""
        return {k: v.reveal() for k, v in self.form.items()} if self.form is not None else self.message

    @property
    def shown(self) -> str:
        """The address for messages; that of a message tells its host alone, as its path is a secret."""
        if self.message is None:
            return safe_url(self.url)
        return f"{split_address(self.url).hostname}, address hidden"

    def unavailable(self, reason: str) -> SourceUnavailable:
        """Return the error of a receiver that did not answer as it should."""
        return SourceUnavailable(self.source, self.shown, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A vendor's answer."""

    url: str
    """Address asked, without secrets."""
    body: bytes
    """Decompressed body; empty where `not_modified`."""
    content_type: str
    """Media type in lower case, without parameters; may be empty."""
    etag: str
    last_modified: str
    """Validators for the next conditional request; may be empty."""
    sha256: str
    """Hex digest of `body`."""
    not_modified: bool
    """The vendor confirmed that nothing changed since the validators sent."""

    def without_secrets(self, *secrets: Secret | None) -> Reply:
        """Return the answer with secrets masked that the vendor repeats in it, and its digest to match."""
        body = scrub(self.body, *secrets)
        if body == self.body:
            return self
        return replace(self, body=body, sha256=hashlib.sha256(body).hexdigest())


class TryAgain(Exception):
    """A failure that may pass: broken connection, 429 or 5xx."""

    def __init__(
        self, source: str, reason: str, headers: Mapping[str, str] | None = None, *, unreached: bool = False
    ) -> None:
        self.reason = reason
        self.unreached = unreached
        self.retry_after = _retry_after(headers or {})
        super().__init__(f"{source}: {reason}")


class CredentialsRefused(SourceUnavailable):
    """The vendor does not know who asks (401): credentials are missing, wrong or have expired."""


class HttpClient:
    """Asks vendors within the bounds of the configuration, as a context manager: one for a whole run.

    `tokens` are access tokens by the address that gave them, never stored; a refresh token that was exchanged
    cannot be used again.
    """

    def __init__(self, bounds: Http) -> None:
        self._bounds = bounds
        self._unreached: set[str] = set()
        self.tokens: dict[str, Token] = {}
        self._session = requests.Session()
        self._session.headers["User-Agent"] = bounds.user_agent
        # A callable here keeps requests from sending passwords it finds in ~/.netrc.
        self._session.auth = _no_credentials

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def ask(self, request: Request) -> Reply:
        """Send a request, again where that may help.

        Connection errors, short bodies, 429 and 5xx are tried again, with growing, jittered waits or the wait
        the vendor asks for; a wait beyond the cap or the deadline ends the tries at once. A host that could
        not be reached in all its tries gets a single one for each further file.

        SourceUnavailable where the vendor cannot be reached, refuses, or takes longer than the deadline; a
        refusal of the credentials (401, and 400 and 403 of a form) is a CredentialsRefused. SourceFormatError
        where the body is larger than allowed or cannot be decompressed.
        """
        ask = replace(request, until=time.monotonic() + self._bounds.deadline_seconds)
        try:
            return self._with_retries(ask)
        except TryAgain as error:
            if error.unreached and request.patient:
                self._unreached.add(ask.host)
            raise ask.unavailable(error.reason) from None

    def _with_retries(self, ask: Request) -> Reply:
        bounds = self._bounds

        def wait(error: Exception) -> bool | float:
            left = ask.until - time.monotonic()
            return requested_wait(error, cap=bounds.max_retry_after_seconds, left=left)

        caller = stamina.RetryingCaller(
            attempts=bounds.attempts if ask.patient and ask.host not in self._unreached else 1,
            timeout=None,
            wait_initial=bounds.backoff_seconds,
            wait_max=bounds.max_retry_after_seconds,
            wait_jitter=bounds.backoff_seconds,
        )
        return caller.on(wait)(_bounded, lambda: self._follow(ask), ask)

    def _follow(self, ask: Request) -> Reply:
        url = ask.url
        for _ in range(self._bounds.max_redirects + 1):
            if reason := refusal(url, ask.url, ask.allowed_hosts):
                raise ask.unavailable(f"refused: {reason}")
            with self._open(ask, url) as response:
                if response.status_code not in REDIRECTS:
                    return self._receive(ask, response)
                if ask.content is not None:
                    raise ask.unavailable("refused: a redirect of what was posted")
                url = follow_address(url, response.headers.get("Location", ""))
        raise ask.unavailable(f"more than {self._bounds.max_redirects} redirects")

    def _open(self, ask: Request, url: str) -> requests.Response:
        left = max(ask.until - time.monotonic(), 0.001)
        bounds = self._bounds
        timeout = (min(bounds.connect_timeout_seconds, left), min(bounds.read_timeout_seconds, left))
        try:
            return self._session.request(
                "GET" if ask.content is None else "POST",
                ask.credential.address_for(url, ask.url),
                headers={**ask.headers, **ask.credential.headers_for(url, ask.url)},
                data=ask.content,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            raise ask.unavailable("no trusted TLS connection") from None
        except requests.Timeout as error:
            unreached = isinstance(error, requests.ConnectTimeout)
            raise TryAgain(ask.source, "no answer in time", unreached=unreached) from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            unreached = _is_unreached(error)
            reason = "no connection" if unreached else "the connection was dropped"
            raise TryAgain(ask.source, reason, unreached=unreached) from None
        except (requests.RequestException, ValueError):
            raise ask.unavailable("not an address that can be asked") from None
        except OSError as error:  # certificates that REQUESTS_CA_BUNDLE names and that are not there
            raise ask.unavailable(f"cannot be asked: {error}") from None

    def _receive(self, ask: Request, response: requests.Response) -> Reply:
        status = response.status_code
        unchanged = status == 304 and bool(ask.etag or ask.last_modified)
        if status == 429 or status >= 500:
            raise TryAgain(ask.source, f"HTTP {status}", response.headers)
        if status == 401 or (ask.form is not None and status in REFUSED_FORMS):
            raise CredentialsRefused(ask.source, ask.shown, f"HTTP {status}")
        if status != 200 and not unchanged and not (ask.message is not None and 200 < status < 300):
            raise ask.unavailable(f"HTTP {status}")
        body = b"" if unchanged else self._read(ask, response)
        return Reply(
            url=ask.shown,
            body=body,
            content_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
            sha256=hashlib.sha256(body).hexdigest(),
            not_modified=unchanged,
        )

    def _read(self, ask: Request, response: requests.Response) -> bytes:
        body, limit = bytearray(), self._bounds.max_bytes
        try:
            # read1 returns what has arrived; read would wait for a full chunk and outlast the deadline.
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                body += chunk
                if len(body) > limit:
                    raise SourceFormatError(ask.source, f"the body is larger than {limit} bytes")
                if time.monotonic() > ask.until:
                    raise ask.unavailable("the answer took longer than http.deadline_seconds")
        except urllib3.exceptions.DecodeError:
            raise SourceFormatError(ask.source, "the body cannot be decompressed") from None
        except urllib3.exceptions.HTTPError:
            raise TryAgain(ask.source, "the connection broke before the body was complete") from None
        return bytes(body)


def decode_body(source: str, reply: Reply) -> str:
    """Return the text of an answer."""
    start = reply.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if reply.content_type in ("text/html", "application/xhtml+xml") or start.startswith(b"<"):
        raise SourceFormatError(source, "a web page instead of data", start.decode("ascii", "replace"))
    try:
        return reply.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceFormatError(source, f"the body is not UTF-8 text (byte {error.start})") from None


def modified_at(last_modified: str) -> dt.datetime | None:
    """Return the instant of a `Last-Modified` header; None where it is missing or not such a date."""
    try:
        instant = parsedate_to_datetime(last_modified)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=dt.UTC)


def requested_wait(error: Exception, *, cap: float, left: float) -> bool | float:
    """Decide whether to try again: False to stop, True for the usual backoff, or the seconds asked for."""
    if not isinstance(error, TryAgain) or left <= 0:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= min(cap, left) else False


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by `Retry-After`; a date is measured against the vendor's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else math.inf
    try:
        until = parsedate_to_datetime(text)
        sent = parsedate_to_datetime(headers.get("Date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _is_unreached(error: requests.RequestException) -> bool:
    """Tell a host without a connection (unknown name, refused) from a connection that was dropped."""
    wrapped = error.args[0] if error.args else None
    return isinstance(getattr(wrapped, "reason", None), urllib3.exceptions.NewConnectionError)


def _bounded(work: Callable[[], T], ask: Request) -> T:
    """Run `work` until the deadline; name look-ups and dripping headers know no time-out of their own."""
    found: Future[T] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # handed to the caller
            found.set_exception(error)

    thread = threading.Thread(target=run, daemon=True, name=f"asking {ask.source}")
    thread.start()
    thread.join(max(ask.until - time.monotonic(), 0.001))
    if not found.done():
        raise ask.unavailable("no complete answer within http.deadline_seconds")
    return found.result()


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    log.info("%s; asking again in %.1f s", details.caused_by, details.wait_for)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


# At debug level urllib3 logs whole addresses, with any key in them.
logging.getLogger("urllib3").setLevel(logging.INFO)
# Instead of the library's own line, which names neither source nor reason.
stamina.instrumentation.set_on_retry_hooks([_log_retry])
