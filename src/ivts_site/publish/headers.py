"""The `_headers` file: what hosts that read one send with every file of the site."""

from __future__ import annotations

import re

from ivts_site.errors import RenderError

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_OPEN = {"Access-Control-Allow-Origin": "*"}
_ATOM = {"Content-Type": "application/atom+xml; charset=utf-8"}
_CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
_ASSETS = {"Cache-Control": "public, max-age=31536000, immutable"}


def build_headers(page: str) -> bytes:
    """Return the content of `_headers`: the page's own policy as a header, and what a header alone can say.

    Parameters
    ----------
    page : str
        HTML of a page; its policy is repeated, with `frame-ancestors`, which browsers ignore in a page.

    Raises
    ------
    RenderError
        Where the page has no policy.
    """
    found = _POLICY.search(page)
    if found is None:
        raise RenderError("templates/base.html: holds no Content-Security-Policy; restore its meta element")
    everywhere = {
        "Content-Security-Policy": f"{found[1]}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    rules = {
        "/*": everywhere,
        "/api/v1/*": _OPEN,  # scripts of other sites may read the data
        "/badge.json": _OPEN,
        "/feed.xml": _ATOM | _OPEN,
        "/flips.xml": _ATOM | _OPEN,
        "/calendar.ics": _CALENDAR | _OPEN,
        "/assets/*": _ASSETS,
    }
    return "".join(_rule(path, headers) for path, headers in rules.items()).encode()


def _rule(path: str, headers: dict[str, str]) -> str:
    return path + "\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())
