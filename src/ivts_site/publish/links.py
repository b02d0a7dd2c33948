"""Links and anchors of a finished site: each must lead somewhere inside it."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

# A full parser takes as long as rendering; the pages are this program's own, with every value quoted.
_ATTRIBUTE = re.compile(
    r'\s(id|href|src|data-src|data-plotly|data-charts|data-explorer|data-tools)="([^"]*)"'
)


def broken_links(files: Mapping[str, bytes]) -> list[str]:
    """List links of a site's pages that lead nowhere.

    Parameters
    ----------
    files : mapping
        Path below the site's root to content; only pages need theirs.

    Returns
    -------
    list of str
        `page: target` lines; links to other hosts are not followed. The 404 page is left out: it is shown at
        any depth and links by the site's full path.
    """
    pages = {name: _Page(body.decode()) for name, body in sorted(files.items()) if name.endswith(".html")}
    return [
        f"{name}: {target}"
        for name, page in pages.items()
        if name != "404.html"
        for target in page.broken(name, files, pages)
    ]


class _Page:
    """Anchors and link targets of one page."""

    def __init__(self, text: str) -> None:
        found = [(name, html.unescape(value)) for name, value in _ATTRIBUTE.findall(text)]
        self.ids = {value for name, value in found if name == "id"}
        self.targets = list(dict.fromkeys(value for name, value in found if name != "id"))

    def broken(self, name: str, files: Mapping[str, bytes], pages: Mapping[str, _Page]) -> Iterator[str]:
        for target in self.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = _file(name, unquote(parts.path), files)
            if file not in files or (parts.fragment and not _has_anchor(pages.get(file), parts.fragment)):
                yield target


def _file(page: str, path: str, files: Mapping[str, bytes]) -> str:
    if not path:
        return page
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), path)).lstrip("/")
    return joined if joined in files else posixpath.join(joined, "index.html")


def _has_anchor(page: _Page | None, fragment: str) -> bool:
    # `#view=…` is state that the script reads, not an anchor
    return page is not None and (fragment in page.ids or "=" in fragment)
