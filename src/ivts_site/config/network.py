"""Vendors, and the bounds of what is asked of them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ivts_site.config.base import Address, Seconds, Section


class Vendor(Section):
    """Address of a vendor and the hosts its redirects may lead to."""

    base_url: Address
    """Scheme and host, without the path that the adapter adds."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts a redirect may lead to, over https; loopback is always allowed from loopback."""
    token_url: Address | None = None
    """Where access tokens are got, for a vendor that asks for them; on one of `allowed_hosts` or loopback."""

    @model_validator(mode="after")
    def _token_host_allowed(self) -> Vendor:
        host = urlsplit(self.token_url or "").hostname
        if host and host not in (*self.allowed_hosts, "localhost", "127.0.0.1", "::1"):
            raise ValueError(f"token_url: {host} is not among allowed_hosts; credentials would be sent there")
        return self


class Http(Section):
    """Bounds of every request."""

    user_agent: str
    """Sent with every request; say who runs the site and how to reach them."""
    connect_timeout_seconds: Seconds = 5
    """Until the connection stands."""
    read_timeout_seconds: Seconds = 15
    """Between two pieces of the answer."""
    deadline_seconds: Seconds = 60
    """One request with its retries."""
    attempts: Annotated[int, Field(ge=1, le=100, strict=True)] = 3
    """Tries of one request."""
    backoff_seconds: Seconds = 1.0
    """First wait between tries; doubled each time, with jitter."""
    max_retry_after_seconds: Seconds = 30
    """Longest wait a vendor may ask for before the next source is tried."""
    max_redirects: Annotated[int, Field(ge=0, le=100)] = 3
    """Redirects followed in one request."""
    max_bytes: Annotated[int, Field(ge=1, le=10**9, strict=True)] = 20_000_000
    """Largest body accepted, decompressed."""
