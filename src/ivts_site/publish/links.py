"""Links and anchors of a finished site: each must lead somewhere inside it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKING = ("href", "src", "data-src", "data-plotly")


class _Page(HTMLParser):
    """Anchors and link targets of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        given = {name: value for name, value in attrs if value is not None}
        if "id" in given:
            self.ids.add(given["id"])
        if "canonical" not in given.get("rel", ""):
            self.targets += [given[name] for name in LINKING if name in given]


def broken_links(site: Path) -> list[str]:
    """List links of a site's pages that lead nowhere.

    Parameters
    ----------
    site : Path
        Folder of a finished site.

    Returns
    -------
    list of str
        `page: target` lines, sorted; links to other hosts are not followed. The 404 page is left out: it is
        shown at any depth and links by full address.
    """
    pages = {path: _Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    found = (
        f"{path.relative_to(site).as_posix()}: {target}"
        for path, page in pages.items()
        if path.name != "404.html"
        for target in _broken(path, page, pages, site)
    )
    return list(found)


def _broken(path: Path, page: _Page, pages: dict[Path, _Page], site: Path) -> Iterator[str]:
    for target in dict.fromkeys(page.targets):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        file = _file(path, unquote(parts.path), site)
        if not file.is_file() or (parts.fragment and not _has_anchor(pages.get(file), parts.fragment)):
            yield target


def _file(page: Path, path: str, site: Path) -> Path:
    if not path:
        return page
    file = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    return file / "index.html" if file.is_dir() else file


def _has_anchor(page: _Page | None, fragment: str) -> bool:
    # `#view=…` is state that the script reads, not an anchor
    return page is not None and (fragment in page.ids or "=" in fragment)
