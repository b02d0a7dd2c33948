"""Links and anchors of a finished site: each must lead somewhere inside it."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping, Set
from functools import lru_cache
from urllib.parse import unquote, urlsplit

# A full parser takes as long as rendering; the pages are this program's own, with every value quoted.
_ID = re.compile(rb'\sid="([^"]*)"')
# each begins with letters, which `re` looks for much faster than for a choice; `data-src` is a link as well
_LINKS = tuple(re.compile(name + rb'="([^"]*)"') for name in (b"href", b"src", b"data-plotly", b"data-live"))
_PLAIN = re.compile(r"[\w./-]+")


def broken_links(files: Mapping[str, bytes]) -> list[str]:
    """List links of a site's pages that lead nowhere, as `page: target`; other hosts are not asked.

    The 404 page is left out: it is shown at any depth and links by the site's full path.
    """
    return SiteLinks(files).broken()


class SiteLinks:
    """The links of a site of which some pages come later, one at a time.

    `files` are those given at first, by path below the site's root; links may lead to
    those that are `pending`, but not to anchors within them.
    """

    def __init__(self, files: Mapping[str, bytes], pending: Collection[str] = ()) -> None:
        self._pages = {name: body for name, body in sorted(files.items()) if name.endswith(".html")}
        self._anchors = {
            name: {html.unescape(each.decode()) for each in _ID.findall(body)}
            for name, body in self._pages.items()
        }
        self._first = frozenset(files)
        self._paths = {*files, *pending}
        # neighbors share nearly all of their targets
        self._leads_from = lru_cache(maxsize=4096)(self._leads_somewhere)

    @property
    def places(self) -> Set[str]:
        """The files given at first, and their anchors as `page#anchor`."""
        anchors = {f"{name}#{anchor}" for name, found in self._anchors.items() for anchor in found}
        return self._first | anchors

    def cover(self, files: Iterable[str], places: Set[str]) -> bool:
        """Whether all that links could lead to in another site is there: its later files and its `places`.

        False without any places: nothing was known of the links then.
        """
        return bool(places) and places <= self.places and self._paths.issuperset(files)

    def broken(self) -> list[str]:
        """List the broken links of the pages given at first, see `broken_links`."""
        pages = (each for each in self._pages.items() if each[0] != "404.html")
        return [fault for name, body in pages for fault in self.broken_in(name, body)]

    def broken_in(self, name: str, body: bytes) -> list[str]:
        """List the broken links of a file, if it is a page; a later one's own anchors are not looked at."""
        if not name.endswith(".html"):
            return []
        folder = posixpath.dirname(name)
        above = posixpath.dirname(folder)

        def leads(target: bytes) -> bool:
            if target.startswith(b"#"):
                fragment = html.unescape(target[1:].decode())
                return not fragment or name not in self._pages or self._has_anchor(name, fragment)
            # what is written from the folder above is the same target for all pages beside this one
            if target.startswith(b"../") and folder:
                return self._leads_from(above, target[3:])
            return self._leads_from(folder, target)

        targets = dict.fromkeys(target for link in _LINKS for target in link.findall(body))
        return [f"{name}: {target.decode()}" for target in targets if not leads(target)]

    def _leads_somewhere(self, folder: str, target: bytes) -> bool:
        text = target.decode()
        if _PLAIN.fullmatch(text) and self._is_there(folder, text):
            return True
        parts = urlsplit(html.unescape(text))
        if parts.scheme or parts.netloc:
            return True
        path = posixpath.normpath(posixpath.join("/", folder, unquote(parts.path))).lstrip("/")
        file = path if path in self._paths else posixpath.join(path, "index.html")
        return file in self._paths and (not parts.fragment or self._has_anchor(file, parts.fragment))

    def _is_there(self, folder: str, target: str) -> bool:
        """Most links are as plain as this; what is not found so is looked at closely."""
        while target.startswith("../") and folder:
            target, folder = target[3:], posixpath.dirname(folder)
        path = f"{folder}/{target}" if folder else target
        return (f"{path}index.html" if path.endswith("/") else path) in self._paths

    def _has_anchor(self, name: str, fragment: str) -> bool:
        # `#view=…` is state that the script reads, not an anchor
        return name in self._anchors and (unquote(fragment) in self._anchors[name] or "=" in fragment)
