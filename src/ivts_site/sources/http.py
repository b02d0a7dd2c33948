"""The only door to the network, bounded in time, size, tries and redirects; GET, and POST of what is sent."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from queue import SimpleQueue
from types import TracebackType
from typing import TypeVar

import requests
import stamina
import urllib3

from ivts_site.config import Http
from ivts_site.errors import SourceFormatError
from ivts_site.sources.address import follow_address, refusal
from ivts_site.sources.ask import Ask
from ivts_site.sources.reply import Reply
from ivts_site.sources.retry import CredentialsRefused, TryAgain, requested_wait
from ivts_site.sources.secret import ANONYMOUS, Credential, Secret, Token

log = logging.getLogger(__name__)
T = TypeVar("T")
CHUNK = 65_536
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# wrong application, wrong or used-up refresh token
REFUSED_FORMS = frozenset({400, 403})


class HttpClient:
    """Asks vendors within the bounds of the configuration; close it, or use it as a context manager.

    Parameters
    ----------
    bounds : Http
        Time-outs, tries, waits, redirects and size.
    tokens : dict of str to Token, optional
        Held by another client of the same run: a refresh token that was exchanged cannot be used again.

    Attributes
    ----------
    tokens : dict of str to Token
        Access tokens by the address that gave them; never stored.
    """

    def __init__(self, bounds: Http, tokens: dict[str, Token] | None = None) -> None:
        self._bounds = bounds
        self._unreached: set[str] = set()
        self.tokens: dict[str, Token] = {} if tokens is None else tokens
        self._session = requests.Session()
        self._session.headers["User-Agent"] = bounds.user_agent
        # A callable here keeps requests from sending passwords it finds in ~/.netrc.
        self._session.auth = _no_credentials

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def get(  # noqa: PLR0913 (options with defaults, by keyword alone)
        self,
        source: str,
        url: str,
        *,
        allowed_hosts: Collection[str] = (),
        etag: str = "",
        last_modified: str = "",
        credential: Credential = ANONYMOUS,
    ) -> Reply:
        """Ask for a file.

        Connection errors, short bodies, 429 and 5xx are tried again, with growing, jittered waits or the
        wait the vendor asks for; a wait beyond the cap or the deadline ends the tries at once. A host that
        could not be reached in all its tries gets a single one for each further file.

        Parameters
        ----------
        source : str
            Adapter name, for the messages.
        url : str
            Address; https, or http on loopback.
        allowed_hosts : collection of str
            Hosts that redirects may lead to.
        etag, last_modified : str
            Validators of the answer already held, if any.
        credential : Credential
            Sent to the host of `url` alone.

        Returns
        -------
        Reply

        Raises
        ------
        SourceUnavailable
            Where the vendor cannot be reached, refuses, or takes longer than the deadline; a refusal of the
            credentials (401) is a CredentialsRefused.
        SourceFormatError
            Where the body is larger than allowed or cannot be decompressed.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        validators = {k: v for k, v in asked.items() if v}
        return self._ask(Ask(source, url, validators, allowed_hosts, self._until(), credential))

    def post(self, source: str, url: str, form: Mapping[str, Secret]) -> Reply:
        """Send a form, for an access token; as `get`, but no redirect is followed, and 400 and 403 refuse.

        Parameters
        ----------
        source : str
            Adapter name, for the messages.
        url : str
            Address; https, or http on loopback.
        form : mapping of str to Secret
            Fields of the form.

        Returns
        -------
        Reply
        """
        return self._ask(Ask(source, url, {}, (), self._until(), form=form))

    def send(self, source: str, url: Secret, message: bytes) -> None:
        """Post a JSON message to an address that is itself a secret; errors are those of `post`.

        Parameters
        ----------
        source : str
            Name of the receiver, for the messages.
        url : Secret
            Address; https, or http on loopback. Only its host is ever shown.
        message : bytes
            JSON.
        """
        headers = {"Content-Type": "application/json"}
        self._ask(Ask(source, url.reveal(), headers, (), self._until(), message=message))

    def _until(self) -> float:
        return time.monotonic() + self._bounds.deadline_seconds

    def _ask(self, ask: Ask) -> Reply:
        try:
            return self._with_retries(ask)
        except TryAgain as error:
            if error.unreached:
                self._unreached.add(ask.host)
            raise ask.unavailable(error.reason) from None

    def _with_retries(self, ask: Ask) -> Reply:
        bounds = self._bounds

        def wait(error: Exception) -> bool | float:
            left = ask.until - time.monotonic()
            return requested_wait(error, cap=bounds.max_retry_after_seconds, left=left)

        caller = stamina.RetryingCaller(
            attempts=1 if ask.host in self._unreached else bounds.attempts,
            timeout=None,
            wait_initial=bounds.backoff_seconds,
            wait_max=bounds.max_retry_after_seconds,
            wait_jitter=bounds.backoff_seconds,
        )
        return caller.on(wait)(_bounded, lambda: self._follow(ask), ask)

    def _follow(self, ask: Ask) -> Reply:
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

    def _open(self, ask: Ask, url: str) -> requests.Response:
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

    def _receive(self, ask: Ask, response: requests.Response) -> Reply:
        status = response.status_code
        unchanged = status == 304 and bool(ask.headers) and ask.content is None
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

    def _read(self, ask: Ask, response: requests.Response) -> bytes:
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


def _is_unreached(error: requests.RequestException) -> bool:
    """Tell a host without a connection (unknown name, refused) from a connection that was dropped."""
    wrapped = error.args[0] if error.args else None
    return isinstance(getattr(wrapped, "reason", None), urllib3.exceptions.NewConnectionError)


def _bounded(work: Callable[[], T], ask: Ask) -> T:
    """Run `work` until the deadline; name look-ups and dripping headers know no time-out of their own."""
    results: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except BaseException as error:  # handed to the caller
            results.put((None, error))

    thread = threading.Thread(target=run, daemon=True, name=f"asking {ask.source}")
    thread.start()
    thread.join(max(ask.until - time.monotonic(), 0.001))
    if results.empty():
        raise ask.unavailable("no complete answer within http.deadline_seconds")
    value, error = results.get()
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    log.info("%s; asking again in %.1f s", details.caused_by, details.wait_for)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


# At debug level urllib3 logs whole addresses, with any key in them.
logging.getLogger("urllib3").setLevel(logging.INFO)
# Instead of the library's own line, which names neither source nor reason.
stamina.instrumentation.set_on_retry_hooks([_log_retry])
