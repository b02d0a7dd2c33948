"""Worded pages to HTML: the only Jinja environment of the program."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping
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

from ivts_site.errors import RenderError
from ivts_site.model import Asset
from ivts_site.view import SiteView

_PAGES = (("index.html", "page"), ("methodology/index.html", "methodology"), ("404.html", "notfound"))
_LISTED = ("", "methodology/")
_COMPILED = ".cache/templates"


def render_site(site: SiteView, templates: Path, assets: Mapping[str, Asset]) -> dict[str, bytes]:
    """Render every page, and what crawlers read.

    Parameters
    ----------
    site : SiteView
        What the pages say.
    templates : Path
        Folder of the templates; ``methodology/index.html`` is made from ``methodology.html``.
    assets : mapping
        Logical name (``site.css``, ``site.js``, ``theme.js``, ``plotly.js``, ``favicon.svg``) to `Asset`.

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
    } | {
        _file(page.path): _render(environment, page.template, view=page.view, assets=assets)
        for page in site.further
    }
    if site.sample:
        files["robots.txt"] = "User-agent: *\nDisallow: /\n"
    else:
        files["robots.txt"] = f"User-agent: *\nAllow: /\n\nSitemap: {site.base_url}sitemap.xml\n"
        files["sitemap.xml"] = _sitemap(site)
    return {path: text.encode() for path, text in files.items()}


def build_renderer(templates: Path, assets: Mapping[str, Asset]) -> Callable[[str, object], bytes]:
    """Return a function that renders a template, by its name, with a view; it raises `RenderError`."""
    environment = build_environment(templates)
    return lambda name, view: _render(environment, name, view=view, assets=assets).encode()


def build_environment(templates: Path) -> Environment:
    """Return the environment: strict about what is undefined, escaping everything that is not `Markup`.

    Compiled templates are kept beside the folder of templates, in `.cache/templates`: to compile them takes a
    fifth of a build. They are found by their source, so that a changed template is compiled anew.
    """
    return Environment(
        bytecode_cache=_compiled(templates.resolve().parent / _COMPILED),
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


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


def _file(path: str) -> str:
    """Return the file of a further page; a path that ends with a name, such as `feed.xml`, is one already."""
    return f"{path}index.html" if path.endswith("/") else path


def _render(environment: Environment, name: str, **context: object) -> str:
    try:
        return environment.get_template(name).render(context) + "\n"
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


def _sitemap(site: SiteView) -> str:
    paths = (*_LISTED, *(page.path for page in site.further if page.listed))
    urls = "".join(
        f"  <url><loc>{escape(site.base_url + path)}</loc><lastmod>{changed}</lastmod></url>\n"
        for path, changed in (*((path, site.as_of) for path in paths), *site.past)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
