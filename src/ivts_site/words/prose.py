"""Markdown of the editorial files to safe HTML: CommonMark with raw HTML switched off."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ivts_site.published.stats import decode


@lru_cache(maxsize=1024)  # many pages have the same note at their foot
def build_prose(text: str | None, root: str = "") -> Markup:
    """Render a text in CommonMark; raw HTML in it comes out as text, and so do links with unsafe schemes.

    `root` is put before links that stay on the site, which are written from the site's root.
    """
    if not text:
        return Markup("")
    parser = _parser()
    tokens = parser.parse(text)
    for link in _links(tokens):
        link.attrSet("href", _address(str(link.attrGet("href")), root))
    rendered = parser.renderer.render(tokens, parser.options, {}).strip()
    return decode(Markup(rendered))  # noqa: S704 - html is off


def _address(href: str, root: str) -> str:
    stays = "://" not in href and not href.startswith(("#", "/", "mailto:"))
    return f"{root}{href}" if stays else href


def _links(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        if token.type == "link_open":
            yield token
        yield from _links(token.children or ())


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
