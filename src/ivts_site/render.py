"""Worded pages to HTML: the only Jinja environment of the program."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.errors import RenderError
from ivts_site.model import Asset
from ivts_site.published.stats import FORMS, decode, stat_attribute
from ivts_site.words.archive import episode_span
from ivts_site.words.lab import choose, fill_tokens, holds
from ivts_site.words.linked import linked_data
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Site, origin

FILTERS: Mapping[str, Callable[..., object]] = {
    **FORMS,
    "episode_span": episode_span,
    "chain": lambda *lists: [item for part in lists for item in part],
    "brief": f.brief,
    "day_in": f.day_in,
    "filled": fill_tokens,
    "chosen": choose,
    "holds": holds,
    "linked_data": linked_data,
    "origin": origin,
    "prose": build_prose,
    "stat_attribute": stat_attribute,
}
"""What templates write values with: forms of values, lists end to end, tokens of the lab, Markdown."""

_COMPILED = ".cache/templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the site, made when it is needed."""

    path: str
    """Below the site's root, with a slash at its end: `research/`; or a file, such as `feed.xml`. Empty for
    the tracker page."""
    template: str
    """Name of its template."""
    make: Callable[[], Mapping[str, object]]
    """Makes what the template reads."""
    key: str = ""
    """Hash of everything that the page depends on, where it is kept; empty where it is made at every
    build."""
    changed: str = ""
    """Day on which it changed last; empty for the site's last session."""
    listed: bool = True
    """Whether the sitemap names it."""
    start: str = ""
    """Where its links to other pages start, for a page that is served at any depth; empty for its own
    place."""

    @property
    def file(self) -> str:
        """The file it is published in, below the site's root."""
        return self.path if self.path and not self.path.endswith("/") else f"{self.path}index.html"

    @property
    def root(self) -> str:
        """What leads from the page to the site's root, before paths below it."""
        return self.start or "../" * self.path.count("/")


def render_site(
    site: Site, render: Callable[[Page], bytes], pages: Sequence[Page], past: Sequence[Page] = ()
) -> dict[str, bytes]:
    """Render pages, and what crawlers read: bytes by path below the site's root.

    The pages of the `past` are kept and come into the sitemap alone. Simulated pages are closed to crawlers.
    """
    files = {page.file: render(page) for page in pages}
    if site.sample:
        return files | {"robots.txt": b"User-agent: *\nDisallow: /\n"}
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {site.config.site.base_url}sitemap.xml\n"
    return files | {"robots.txt": robots.encode(), "sitemap.xml": _sitemap(site, (*pages, *past)).encode()}


def build_renderer(templates: Path, assets: Mapping[str, Asset], site: Site) -> Callable[[Page], bytes]:
    """Return a function that makes and renders a page; a `RenderError` names the template and its line.

    `assets` go by logical name, such as `site.css`. Kept pages see nothing of the site that changes from
    evening to evening.
    """
    environment, kept = build_environment(templates), site.kept()

    def render(page: Page) -> bytes:
        place = {"assets": assets, "path": page.path, "root": page.root}
        own = {"site": kept if page.key else site, **place, **page.make()}
        return _render(environment, page.template, own).encode()

    return render


def build_environment(templates: Path) -> Environment:
    """Return the environment: strict about what is undefined, escaping everything that is not `Markup`.

    Compiled templates are kept beside the folder of templates, in `.cache/templates`: to compile them takes a
    fifth of a build. They are found by their source, so that a changed template is compiled anew.
    """
    environment = Environment(
        bytecode_cache=_compiled(templates.resolve().parent / _COMPILED),
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    return environment


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder; where it takes none, a build is slower and no worse."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled(folder: Path) -> _Compiled:
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return _Compiled(str(folder))


def _render(environment: Environment, name: str, context: Mapping[str, object]) -> str:
    try:
        return str(decode(Markup(environment.get_template(name).render(context)))) + "\n"  # noqa: S704 - a page
    except TemplateSyntaxError as error:
        raise RenderError(f"templates/{error.name}, line {error.lineno}: {error.message}") from error
    except UnicodeDecodeError as error:
        raise RenderError(f"templates/, for {name}: a template is not UTF-8 text") from error
    except TemplateError as error:
        raise RenderError(f"{_place(error, name)}: {error.message or type(error).__name__}") from error


def _place(error: TemplateError, name: str) -> str:
    """Return the template and line an error came from; Jinja puts both into the traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith((".html", ".xml"))
    ]
    if not frames:
        return f"templates/{name}"
    last = frames[-1]
    return f"templates/{last.filename.rpartition('templates/')[2]}, line {last.lineno}"


def _sitemap(site: Site, pages: Sequence[Page]) -> str:
    base, as_of = site.config.site.base_url, site.tonight.snapshot.as_of if site.tonight else ""
    urls = "".join(
        f"  <url><loc>{escape(base + page.path)}</loc><lastmod>{page.changed or as_of}</lastmod></url>\n"
        for page in pages
        if page.listed
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
