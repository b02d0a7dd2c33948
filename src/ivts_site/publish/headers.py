"""The `_headers` file: what hosts that read one send with every file of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ivts_site.errors import RenderError

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_OPEN = {"Access-Control-Allow-Origin": "*"}
_NEWS = _OPEN | {"Cache-Control": "public, max-age=600"}
_KINDS = {".xml": "application/atom+xml", ".ics": "text/calendar"}
_ASSETS = {"Cache-Control": "public, max-age=31536000, immutable"}
EMBED = "embed"
"""Folder of the pages that other sites may frame."""


def build_headers(page: str, paths: Iterable[str]) -> bytes:
    """Return the content of `_headers`: the pages' own policy as a header, and what a header alone can say.

    The policy of `page` is repeated with `frame-ancestors`, which browsers ignore in markup: for each folder
    by itself, as hosts add up what several patterns say, and two policies hold together. Files for machines
    may be read by scripts of other sites.
    """
    found = _POLICY.search(page)
    if found is None:
        raise RenderError("templates/base.html: holds no Content-Security-Policy; restore its meta element")
    everywhere = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    listed = list(paths)
    folders = sorted({path.partition("/")[0] for path in listed if path.endswith("/index.html")})
    rules = {"/*": everywhere}
    for folder in ("", *folders):
        framed = "*" if folder == EMBED else "'none'"
        policy = {"Content-Security-Policy": f"{found[1]}; frame-ancestors {framed}"}
        rules[f"/{folder}/*" if folder else "/"] = policy
    rules |= {f"/{name}": _NEWS | _kind(name) for name in sorted(listed) if _is_news(name)}
    rules |= {"/api/v1/*": _NEWS, "/charts/*": _NEWS, "/assets/*": _ASSETS}
    lines = (
        line
        for path, headers in rules.items()
        for line in (path, *(f"  {name}: {value}" for name, value in headers.items()))
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _is_news(name: str) -> bool:
    """Whether a file for machines lies at the root, or a table elsewhere: a feed, the calendar, the badge."""
    if name.startswith(("api/", "charts/")):
        return False
    return name.endswith(".csv") or ("/" not in name and name.endswith((".json", ".xml", ".ics", ".svg")))


def _kind(name: str) -> dict[str, str]:
    kind = _KINDS.get(f".{name.rpartition('.')[2]}")
    return {"Content-Type": f"{kind}; charset=utf-8"} if kind and name != "sitemap.xml" else {}
