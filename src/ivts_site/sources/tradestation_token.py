"""TradeStation access tokens: got with a refresh token, held for one run; nothing here prints a secret."""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Mapping
from typing import Any

from ivts_site.config import Vendor
from ivts_site.errors import ConfigError, SourceFormatError, SourceUnavailable
from ivts_site.sources.address import safe_url
from ivts_site.sources.http import HttpClient
from ivts_site.sources.retry import CredentialsRefused
from ivts_site.sources.secret import Secret, Token, read_secret
from ivts_site.sources.token_file import FILE_VARIABLE, read_token_file, write_token_file

log = logging.getLogger(__name__)

NAME = "tradestation"
ID_VARIABLE = "TRADESTATION_CLIENT_ID"
SECRET_VARIABLE = "TRADESTATION_CLIENT_SECRET"  # noqa: S105 (the name of a variable)
REFRESH_VARIABLE = "TRADESTATION_REFRESH_TOKEN"
# a token about to expire may do so on its way
MARGIN_SECONDS = 30
GRANT_TYPE = Secret("refresh_token")
PRINTABLE = re.compile(r"[\x21-\x7e]+")


def current_token(client: HttpClient, vendor: Vendor) -> Token:
    """Return the access token held by `client`, or a new one where it has none that still holds.

    Raises
    ------
    SourceUnavailable
        Where credentials are missing or refused, or the token endpoint cannot be reached.
    SourceFormatError
        Where the token endpoint answers with something else.
    """
    token = client.tokens.get(_address(vendor))
    if token is not None and time.monotonic() < token.until:
        return token
    return new_token(client, vendor)


def new_token(client: HttpClient, vendor: Vendor) -> Token:
    """Return a new access token and hold it in `client`; errors are those of `current_token`.

    The refresh tokens tried are, in order: the one received in this run, the one in the token file, the one
    in the environment. One that the vendor sends in exchange is held and written to that file.
    """
    url = _address(vendor)
    held = client.tokens.get(url)
    candidates = _refresh_tokens(held, url)
    application = _application(url, with_refresh_token=bool(candidates))
    for refresh in candidates:
        token = _exchange(client, url, application, refresh)
        if token is not None:
            client.tokens[url] = token
            _keep_rotated(refresh, token)
            return token
    raise refused(url, "the vendor refuses the credentials")


def refused(url: str, reason: str) -> SourceUnavailable:
    """Return the error that names the variables to look at, and nothing of what they hold."""
    names = f"{ID_VARIABLE}, {SECRET_VARIABLE} and {REFRESH_VARIABLE}"
    return SourceUnavailable(NAME, safe_url(url), f"{reason}; check {names}")


def known_secrets(token: Token) -> tuple[Secret | None, ...]:
    """Return everything that must not show: the tokens and what the environment holds."""
    variables = (ID_VARIABLE, SECRET_VARIABLE, REFRESH_VARIABLE)
    return (token.access, token.refresh, *(read_secret(name) for name in variables))


def _address(vendor: Vendor) -> str:
    if vendor.token_url is None:
        raise ConfigError("configuration", [f"sources.{NAME}.token_url: required but missing"])
    return vendor.token_url


def _refresh_tokens(held: Token | None, url: str) -> list[Secret]:
    try:
        filed = read_token_file()
    except (OSError, ValueError):
        raise SourceUnavailable(NAME, safe_url(url), f"the file of {FILE_VARIABLE} cannot be read") from None
    found = (held.refresh if held else None, filed, read_secret(REFRESH_VARIABLE))
    return list(dict.fromkeys(secret for secret in found if secret is not None))


def _application(url: str, *, with_refresh_token: bool) -> dict[str, Secret]:
    found = {"client_id": read_secret(ID_VARIABLE), "client_secret": read_secret(SECRET_VARIABLE)}
    missing = [f"{NAME}_{field}".upper() for field, secret in found.items() if secret is None]
    missing += [] if with_refresh_token else [REFRESH_VARIABLE]
    if missing:
        raise SourceUnavailable(NAME, safe_url(url), f"not set in the environment: {', '.join(missing)}")
    return {field: secret for field, secret in found.items() if secret is not None}


def _exchange(
    client: HttpClient, url: str, application: Mapping[str, Secret], refresh: Secret
) -> Token | None:
    """Ask for an access token; None where the vendor refuses the credentials."""
    form = {"grant_type": GRANT_TYPE, **application, "refresh_token": refresh}
    started = time.monotonic()
    try:
        reply = client.post(NAME, url, form)
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
    if token.refresh == old:
        return
    try:
        written = write_token_file(token.refresh)
    except OSError as error:
        log.warning(
            "%s: the new refresh token could not be written to the file of %s (%s); it is held for this run",
            NAME,
            FILE_VARIABLE,
            error.strerror,
        )
        return
    if not written:
        log.warning(
            "%s: the vendor replaced the refresh token; set %s to keep the new one for the next run",
            NAME,
            FILE_VARIABLE,
        )
