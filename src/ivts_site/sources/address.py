"""Addresses: which may be asked, where a redirect may lead, and how they are shown without secrets."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

SECRET_NAME = re.compile(r"key|token|secret|passw|auth|sig", re.IGNORECASE)


NOWHERE = urlsplit("")


def split_address(url: str) -> SplitResult:
    """Split an address; one that cannot be read, such as `http://[::1`, has no parts."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else NOWHERE  # asking for the port raises where it is no number
    except ValueError:
        return NOWHERE


def follow_address(url: str, location: str) -> str:
    """Return where a redirect leads; one that cannot be read leads to no host, and is refused as such."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def safe_url(url: str) -> str:
    """Return an address fit for logs and files: no user or password, secret-looking values masked."""
    parts = split_address(url)
    query = [(k, "***" if SECRET_NAME.search(k) else v) for k, v in parse_qsl(parts.query, True)]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, safe="*"), ""))


def refusal(url: str, asked: str, allowed_hosts: Collection[str]) -> str:
    """Say why `url` must not be asked, or return an empty string.

    Plain http is for loopback alone. A redirect stays on the host first asked or goes to an allowed one;
    to loopback it may lead only from loopback.
    """
    target, origin = split_address(url), split_address(asked)
    if not target.hostname:
        return "an address without a host"
    if target.username is not None and url != asked:
        return "a redirect with a user name in it"
    if is_loopback(target):
        return "" if is_loopback(origin) else "a redirect to this machine"
    if target.scheme != "https":
        return f"{target.scheme or 'no scheme'} in the place of https"
    if target.hostname != origin.hostname and target.hostname not in allowed_hosts:
        return f"a redirect to {target.hostname}, which is not among allowed_hosts"
    return ""


def is_loopback(parts: SplitResult) -> bool:
    """Tell whether the address leads to this machine over http or https."""
    if parts.scheme not in ("http", "https"):
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
