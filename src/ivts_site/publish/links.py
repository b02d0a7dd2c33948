"""Links and anchors of a finished site: each must lead somewhere inside it."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from urllib.parse import unquote, urlsplit

# A full parser takes as long as rendering; the pages are this program's own, with every value quoted.
_ATTRIBUTE = re.compile(r'\s(id|href|src|data-src|data-plotly|data-live)="([^"]*)"')
# each begins with letters, which `re` looks for much faster than for a choice; `data-src` is a link as well
_LINKS = (re.compile(rb'href="([^"]*)"'), re.compile(rb'src="([^"]*)"'))
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
        self._pages = {
            name: _Page(body.decode()) for name, body in sorted(files.items()) if name.endswith(".html")
        }
        self._first = frozenset(files)
        self._paths = {*files, *pending}
        # neighbours share nearly all of their targets
        self._leads_from = lru_cache(maxsize=4096)(self._leads)

    @property
    def places(self) -> Set[str]:
        """The files given at first, and their anchors as `page#anchor`."""
        anchors = {f"{name}#{anchor}" for name, page in self._pages.items() for anchor in page.ids}
        return self._first | anchors

    def cover(self, files: Iterable[str], places: Set[str]) -> bool:
        """Whether all that links could lead to in another site is there: its later files and its `places`.

        False without any places: nothing was known of the links then.
        """
        return bool(places) and places <= self.places and self._paths.issuperset(files)

    def broken(self) -> list[str]:
        """List the broken links of the pages given at first, see `broken_links`."""
        return [
            f"{name}: {target}"
            for name, page in self._pages.items()
            if name != "404.html"
            for target in page.broken(name, self._paths, self._pages)
        ]

    def broken_in(self, name: str, body: bytes) -> list[str]:
        """List the broken links of a later file, if it is a page; its own anchors are not looked at."""
        if not name.endswith(".html"):
            return []
        folder = posixpath.dirname(name)
        above = posixpath.dirname(folder)
        # what is written from the folder above is the same target for all pages beside this one
        return [
            f"{name}: {target.decode()}"
            for target in dict.fromkeys(target for link in _LINKS for target in link.findall(body))
            if not target.startswith(b"#")
            and not (
                self._leads_from(above, target[3:])
                if target.startswith(b"../") and folder
                else self._leads_from(folder, target)
            )
        ]

    def _leads(self, folder: str, target: bytes) -> bool:
        text = target.decode()
        if _PLAIN.fullmatch(text) and self._is_there(folder, text):
            return True
        page = posixpath.join(folder, "index.html")
        return not list(_followed(page, html.unescape(text), self._paths, self._pages))

    def _is_there(self, folder: str, target: str) -> bool:
        """Most links are as plain as this; what is not found so is looked at closely."""
        while target.startswith("../") and folder:
            target, folder = target[3:], posixpath.dirname(folder)
        path = f"{folder}/{target}" if folder else target
        return (f"{path}index.html" if path.endswith("/") else path) in self._paths


class _Page:
    """Anchors and link targets of one page."""

    def __init__(self, text: str) -> None:
        found = [(name, html.unescape(value)) for name, value in _ATTRIBUTE.findall(text)]
        self.ids = {value for name, value in found if name == "id"}
        self.targets = list(dict.fromkeys(value for name, value in found if name != "id"))

    def broken(self, name: str, paths: Collection[str], pages: Mapping[str, _Page]) -> Iterator[str]:
        for target in self.targets:
            yield from _followed(name, target, paths, pages)


def _followed(name: str, target: str, paths: Collection[str], pages: Mapping[str, _Page]) -> Iterator[str]:
    """Yield the target where a link to it on a page of that name leads nowhere."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return
    file = _file(name, unquote(parts.path), paths)
    if file not in paths or (parts.fragment and not _has_anchor(pages.get(file), parts.fragment)):
        yield target


def _file(page: str, path: str, paths: Collection[str]) -> str:
    if not path:
        return page
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), path)).lstrip("/")
    return joined if joined in paths else posixpath.join(joined, "index.html")


def _has_anchor(page: _Page | None, fragment: str) -> bool:
    # `#view=…` is state that the script reads, not an anchor
    return page is not None and (fragment in page.ids or "=" in fragment)
