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

from ivts_site.errors import RenderError
from ivts_site.model import Asset
from ivts_site.published.stats import FORMS, decode
from ivts_site.view import SiteView
from ivts_site.view.prose import build_prose
from ivts_site.words.episode import episode_span
from ivts_site.words.lab import fill_tokens

FILTERS: Mapping[str, Callable[..., object]] = {
    **FORMS,
    "episode_span": episode_span,
    "chain": lambda *lists: [item for part in lists for item in part],
    "filled": fill_tokens,
    "prose": build_prose,
}
"""What templates write values with: forms of values, lists end to end, tokens of the lab, Markdown."""

_PAGES = (("index.html", "page"), ("methodology/index.html", "methodology"), ("404.html", "notfound"))
_LISTED = ("", "methodology/")
_COMPILED = ".cache/templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the site, made when it is needed.

    Attributes
    ----------
    path : str
        Below the site's root, with a slash at its end: `research/`; or a file, such as `feed.xml`.
    template : str
        Name of its template.
    make : callable
        Makes what the template reads.
    key : str
        Hash of everything that the page depends on, where it is kept; empty where it is made at every build.
    changed : str
        Day on which it changed last; empty for the site's last session.
    listed : bool
        Whether the sitemap names it.
    """

    path: str
    template: str
    make: Callable[[], Mapping[str, object]]
    key: str = ""
    changed: str = ""
    listed: bool = True

    @property
    def file(self) -> str:
        """The file it is published in, below the site's root."""
        return f"{self.path}index.html" if self.path.endswith("/") else self.path


def render_site(
    site: SiteView,
    templates: Path,
    assets: Mapping[str, Asset],
    *,
    further: Sequence[Page] = (),
    past: Sequence[Page] = (),
) -> dict[str, bytes]:
    """Render every page, and what crawlers read.

    Parameters
    ----------
    site : SiteView
        What the pages say.
    templates : Path
        Folder of the templates; ``methodology/index.html`` is made from ``methodology.html``.
    assets : mapping
        Logical name (``site.css``, ``site.js``, ``theme.js``, ``plotly.js``, ``favicon.svg``) to `Asset`.
    further : sequence of Page
        Pages beside the tracker's own three.
    past : sequence of Page
        Pages that are kept, for the sitemap alone; they are not made here.

    Returns
    -------
    dict of str to bytes
        Path below the site's root to content. Simulated pages are closed to crawlers.

    Raises
    ------
    RenderError
        For any fault in a template, with its name and line.
    """
    environment = build_environment(templates)
    files = {
        path: _render(environment, _template(path), view=getattr(site, name), assets=assets)
        for path, name in _PAGES
    } | {page.file: _render(environment, page.template, **page.make(), assets=assets) for page in further}
    if site.sample:
        files["robots.txt"] = "User-agent: *\nDisallow: /\n"
    else:
        files["robots.txt"] = f"User-agent: *\nAllow: /\n\nSitemap: {site.base_url}sitemap.xml\n"
        files["sitemap.xml"] = _sitemap(site, further, past)
    return {path: text.encode() for path, text in files.items()}


def build_renderer(templates: Path, assets: Mapping[str, Asset]) -> Callable[[Page], bytes]:
    """Return a function that makes and renders a page; it raises `RenderError`."""
    environment = build_environment(templates)
    return lambda page: _render(environment, page.template, **page.make(), assets=assets).encode()


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


def _template(path: str) -> str:
    return path.replace("/index.html", ".html")


def _render(environment: Environment, name: str, **context: object) -> str:
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


def _sitemap(site: SiteView, further: Sequence[Page], past: Sequence[Page]) -> str:
    own = ((path, site.as_of) for path in _LISTED)
    pages = ((page.path, page.changed or site.as_of) for page in (*further, *past) if page.listed)
    urls = "".join(
        f"  <url><loc>{escape(site.base_url + path)}</loc><lastmod>{changed}</lastmod></url>\n"
        for path, changed in (*own, *pages)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
