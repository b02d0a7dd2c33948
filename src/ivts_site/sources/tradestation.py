"""TradeStation bar charts: daily bars as JSON, for holders of an account; nothing here prints a secret.

Credentials come from the environment alone: `TRADESTATION_CLIENT_ID`, `TRADESTATION_CLIENT_SECRET` and
`TRADESTATION_REFRESH_TOKEN`; `TRADESTATION_TOKEN_FILE` may name a private file for a refresh token that the
vendor replaces, outside the data folder and the site. An access token is held for one run.
"""

from __future__ import annotations

import json
import logging
import math
import os
import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ivts_site.errors import SourceFormatError, SourceUnavailable
from ivts_site.sources.adapter import (
    ABSENT,
    UnexpectedAnswer,
    day_in,
    json_adapter,
    listed_bars,
    text_of,
)
from ivts_site.sources.address import safe_url
from ivts_site.sources.http import CredentialsRefused, HttpClient, Reply, Request
from ivts_site.sources.parsed import RawRow
from ivts_site.sources.secret import Credential, Secret, Token, read_secret

log = logging.getLogger(__name__)

NAME = "tradestation"
ID_VARIABLE = "TRADESTATION_CLIENT_ID"
SECRET_VARIABLE = "TRADESTATION_CLIENT_SECRET"  # noqa: S105 (the name of a variable)
REFRESH_VARIABLE = "TRADESTATION_REFRESH_TOKEN"
FILE_VARIABLE = "TRADESTATION_TOKEN_FILE"
# by name where they are empty yet, and by what they hold wherever they are
PUBLIC_FOLDERS = ("data", "site")
PUBLIC_MARKS = ("provenance.json", "index.html")
# a token about to expire may do so on its way
MARGIN_SECONDS = 30
GRANT_TYPE = Secret("refresh_token")
PRINTABLE = re.compile(r"[\x21-\x7e]+")
# more than any daily history has, and below the 57,600 bars that the vendor gives in one answer
BARS_BACK = 25_000
NEW_YORK = ZoneInfo("America/New_York")


def _ask(client: HttpClient, request: Request) -> Reply:
    """Ask for the bars with an access token, a new one where there is none or it is refused."""
    token = _current_token(client, request)
    try:
        reply = _with_token(client, request, token)
    except CredentialsRefused:
        token = _new_token(client, request)
        try:
            reply = _with_token(client, request, token)
        except CredentialsRefused:
            raise _refused(request.url, "a new access token is refused too (HTTP 401)") from None
    return reply.without_secrets(token.access, *_known_secrets(token))


def _with_token(client: HttpClient, request: Request, token: Token) -> Reply:
    bearer = Secret(f"Bearer {token.access.reveal()}")
    return client.ask(replace(request, credential=Credential(headers={"Authorization": bearer})))


def _read(answer: Any, _: str) -> list[RawRow]:
    """Read a bar chart, in which numbers are text; the answer does not name its symbol.

    A bar belongs to the date of its `TimeStamp` in New York. One that the vendor calls open has no close yet.
    """
    if isinstance(answer, dict) and "Error" in answer:
        said = f"{answer['Error']} {answer.get('Message') or ''}".strip()
        raise UnexpectedAnswer("the vendor reports an error", said)
    return [
        RawRow(
            day_in(NEW_YORK, bar.get("TimeStamp"), str),
            ABSENT if bar.get("BarStatus") == "Open" else text_of(bar.get("Close")),
            f"{bar.get('TimeStamp')} {bar.get('Close')}",
        )
        for bar in listed_bars(answer, "Bars", "TimeStamp", "Close")
    ]


def _current_token(client: HttpClient, request: Request) -> Token:
    """Return the access token held by `client`, or a new one where it has none that still holds."""
    token = client.tokens.get(request.token_url)
    if token is not None and time.monotonic() < token.until:
        return token
    return _new_token(client, request)


def _new_token(client: HttpClient, request: Request) -> Token:
    """Return a new access token and hold it in `client`.

    The refresh tokens tried are, in order: the one received in this run, the one in the token file, the one
    in the environment. One that the vendor sends in exchange is held and written to that file.
    """
    url = request.token_url
    candidates = _refresh_tokens(client.tokens.get(url), url)
    application = _application(url, with_refresh_token=bool(candidates))
    for refresh in candidates:
        token = _exchange(client, request, application, refresh)
        if token is not None:
            client.tokens[url] = token
            _keep_rotated(refresh, token)
            return token
    raise _refused(url, "the vendor refuses the credentials")


def _refused(url: str, reason: str) -> SourceUnavailable:
    """Return the error that names the variables to look at, and nothing of what they hold."""
    names = f"{ID_VARIABLE}, {SECRET_VARIABLE} and {REFRESH_VARIABLE}"
    return SourceUnavailable(NAME, safe_url(url), f"{reason}; check {names}")


def _known_secrets(token: Token) -> tuple[Secret | None, ...]:
    """Return everything that must not show: the tokens and what the environment holds."""
    variables = (ID_VARIABLE, SECRET_VARIABLE, REFRESH_VARIABLE)
    return (token.access, token.refresh, *(read_secret(name) for name in variables))


def _refresh_tokens(current: Token | None, url: str) -> list[Secret]:
    try:
        filed = _read_token_file()
    except (OSError, ValueError):
        raise SourceUnavailable(NAME, safe_url(url), f"the file of {FILE_VARIABLE} cannot be read") from None
    found = (current.refresh if current else None, filed, read_secret(REFRESH_VARIABLE))
    return list(dict.fromkeys(secret for secret in found if secret is not None))


def _application(url: str, *, with_refresh_token: bool) -> dict[str, Secret]:
    found = {"client_id": read_secret(ID_VARIABLE), "client_secret": read_secret(SECRET_VARIABLE)}
    missing = [f"{NAME}_{field}".upper() for field, secret in found.items() if secret is None]
    missing += [] if with_refresh_token else [REFRESH_VARIABLE]
    if missing:
        raise SourceUnavailable(NAME, safe_url(url), f"not set in the environment: {', '.join(missing)}")
    return {field: secret for field, secret in found.items() if secret is not None}


def _exchange(
    client: HttpClient, request: Request, application: Mapping[str, Secret], refresh: Secret
) -> Token | None:
    """Ask for an access token, as patiently as for the file; None where the credentials are refused."""
    form = {"grant_type": GRANT_TYPE, **application, "refresh_token": refresh}
    started = time.monotonic()
    try:
        reply = client.ask(Request(source=NAME, url=request.token_url, form=form, patient=request.patient))
    except CredentialsRefused:
        return None
    return _read_token(reply.body, refresh, started)


def _read_token(body: bytes, refresh: Secret, started: float) -> Token:
    """Read the answer of the token endpoint; messages quote nothing of it."""
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise SourceFormatError(NAME, "the token endpoint did not answer with JSON") from None
    fields: dict[str, Any] = answer if isinstance(answer, dict) else {}
    access, lasts = fields.get("access_token"), fields.get("expires_in", 0)
    if not isinstance(access, str) or not PRINTABLE.fullmatch(access):
        raise SourceFormatError(NAME, "no usable 'access_token' in the answer of the token endpoint")
    if not isinstance(lasts, int | float) or not math.isfinite(lasts):
        raise SourceFormatError(NAME, "no usable 'expires_in' in the answer of the token endpoint")
    rotated = fields.get("refresh_token")
    following = Secret(rotated) if isinstance(rotated, str) and PRINTABLE.fullmatch(rotated) else refresh
    return Token(Secret(access), following, started + lasts - MARGIN_SECONDS)


def _keep_rotated(old: Secret, token: Token) -> None:
    path = _token_path()
    if token.refresh == old:
        return
    if path is None:
        log.warning(
            "%s: the vendor replaced the refresh token; set %s to keep the new one for the next run",
            NAME,
            FILE_VARIABLE,
        )
        return
    try:
        _write_token_file(path, token.refresh)
    except OSError as error:
        log.warning(
            "%s: the new refresh token could not be written to the file of %s (%s); it is held for this run",
            NAME,
            FILE_VARIABLE,
            error.strerror,
        )


def _read_token_file() -> Secret | None:
    """Return the token in the file of `TRADESTATION_TOKEN_FILE`; None where there is no such file."""
    path = _token_path()
    if path is None or not path.exists():
        return None
    value = path.read_text("utf-8").strip()
    return Secret(value) if value else None


def _write_token_file(path: Path, token: Secret) -> None:
    """Replace the file whole, readable by its owner alone.

    OSError also where it lies in the data folder or the site, which are published.
    """
    if any(_is_public(folder) for folder in path.parents):
        raise OSError(0, "it lies in the data folder or the site")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(token.reveal() + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_public(folder: Path) -> bool:
    named = folder.name in PUBLIC_FOLDERS and folder.parent == Path.cwd()
    return named or any((folder / mark).exists() for mark in PUBLIC_MARKS)


def _token_path() -> Path | None:
    name = os.environ.get(FILE_VARIABLE, "").strip()
    return Path(name).resolve() if name else None


ADAPTER = json_adapter(
    NAME,
    "tradestation",
    f"/v3/marketdata/barcharts/{{symbol}}?interval=1&unit=Daily&barsback={BARS_BACK}",
    _read,
    ask=_ask,
    needs_token_url=True,
)
