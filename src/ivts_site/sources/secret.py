"""Credentials: read from the environment alone, shown as `***`, sent to the host first asked alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

MASK = "***"
# a shorter text may be part of honest data
SCRUBBED_FROM = 8


class Secret:
    """A text that every way of printing shows as `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written to files")

    def reveal(self) -> str:
        """Return the text itself; call it only where it is sent or stored."""
        return self._value


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What proves to a vendor who asks; a redirect to another host does not carry it."""

    headers: Mapping[str, Secret] = field(default_factory=dict)
    """Added to the headers."""
    query: Mapping[str, Secret] = field(default_factory=dict)
    """Added to the address, and to no address that is shown or stored."""

    def headers_for(self, url: str, asked: str) -> dict[str, str]:
        """Return the headers for `url`: none where scheme, host or port differ from those of `asked`."""
        same = urlsplit(url)[:2] == urlsplit(asked)[:2]
        return {name: secret.reveal() for name, secret in self.headers.items()} if same else {}

    def address_for(self, url: str, asked: str) -> str:
        """Return `url` with the query added where it is the address first asked."""
        if url != asked or not self.query:
            return url
        added = urlencode({name: secret.reveal() for name, secret in self.query.items()})
        return f"{url}{'&' if urlsplit(url).query else '?'}{added}"


ANONYMOUS = Credential()


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and how long it holds."""

    access: Secret
    """Sent with requests."""
    refresh: Secret
    """Gives the next access token."""
    until: float
    """Instant of `time.monotonic` from which it is taken for expired."""


def read_secret(name: str) -> Secret | None:
    """Return an environment variable without surrounding blanks, or None where it is unset or empty."""
    value = os.environ.get(name, "").strip()
    return Secret(value) if value else None


def scrub(body: bytes, *secrets: Secret | None) -> bytes:
    """Return a body in which secrets that the vendor repeats are masked."""
    for secret in secrets:
        if secret is not None and len(secret.reveal()) >= SCRUBBED_FROM:
            body = body.replace(secret.reveal().encode(), MASK.encode())
    return body
