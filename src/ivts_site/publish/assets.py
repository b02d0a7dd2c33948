"""Static files under hashed names: own stylesheets and scripts bundled and minified, Plotly as packaged."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rcssmin

from ivts_site.errors import RenderError
from ivts_site.model import Asset

STYLESHEETS = ("tokens", "base", "page", "chart", "print")
SCRIPTS = ("common", "page", "freshness")
LATE_SCRIPTS = ("scales", "range", "charts", "explorer", "export")
"""One bundle, fetched by the page only when a visitor reaches for what they do."""
PAGE_STYLESHEETS: tuple[str, ...] = ("api", "lab", "research", "archive", "futures", "embed")
PAGE_SCRIPTS = {
    "lab": ("hedge", "lab-text", "lab-work", "lab-questions", "lab-draw", "lab", "later"),
    "later": ("later",),
    "episodes": ("address", "episodes"),
    "compare": ("scales", "compare"),
    "calendar": ("calendar",),
    "futures": ("futures",),
    "front": ("address", "readings", "pictures", "readout", "strip"),
    "embed": ("common", "readings", "scales", "range", "embed"),
}
"""Of further pages only, which name them in their templates' block `assets`; scripts with their parts."""
# the full bundle puts a style sheet for maps, which no chart here is, into the page: its policy forbids that
_MAP_STYLES = re.compile(
    r"(\w+)\.textContent='\.maplibregl-map\{(?:[^'\\]|\\.)*',document\.head\.appendChild\(\1\)"
)
ICONS = ("favicon.ico", "apple-touch-icon.png")
"""Asked for at the site's root by browsers and phones that read no markup."""
BASIC_PLOTLY = Path("node_modules/plotly.js-basic-dist-min/plotly-basic.min.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetBundle:
    """Static files of a site."""

    files: Mapping[str, bytes]
    """Path below the site's root to content."""
    named: Mapping[str, Asset]
    """Logical name (``site.css``, ``site.js``, ``live.js``, ``theme.js``, ``plotly.js``, ``favicon.svg``, and
    those of further pages, under their files' names) to `Asset`."""
    plotly_is_basic: bool
    """Whether Plotly is the small basic bundle; the full one works, at four times the bytes."""


def collect_assets(root: Path) -> AssetBundle:
    """Bundle and hash the static files of a project's folder; the same bytes give the same names.

    It holds `static/` and, where npm has run, `node_modules/`. A missing file is a RenderError.
    """
    static = root / "static"
    basic = root / BASIC_PLOTLY
    contents = {
        "site.css": _stylesheet(static / "css", STYLESHEETS),
        "site.js": _script(static / "js", SCRIPTS),
        "live.js": _script(static / "js", LATE_SCRIPTS),
        "theme.js": _script(static / "js", ("theme",)),
        **{f"{name}.css": _stylesheet(static / "css", (name,)) for name in PAGE_STYLESHEETS},
        **{f"{name}.js": _script(static / "js", parts) for name, parts in PAGE_SCRIPTS.items()},
        "favicon.svg": _read(static / "favicon.svg"),
        "plotly.js": _read(basic) if basic.is_file() else _full_plotly(),
    }
    named = {name: hashed_asset(name, body) for name, body in contents.items()}
    files = {named[name].path: body for name, body in contents.items()}
    files |= {name: _read(static / name) for name in ICONS}
    return AssetBundle(files=files, named=named, plotly_is_basic=basic.is_file())


def _stylesheet(folder: Path, names: tuple[str, ...]) -> bytes:
    return bytes(rcssmin.cssmin(_joined(folder, names, ".css")), "utf-8")


def _script(folder: Path, names: tuple[str, ...]) -> bytes:
    return bytes(_minified(_joined(folder, names, ".js")), "utf-8")


def _minified(script: str) -> str:
    """Return a script with short names; where that minifier has no wheel, without comments and spaces."""
    try:
        from minify import string  # noqa: PLC0415 (not there on every platform)
    except ImportError:
        import rjsmin  # noqa: PLC0415

        return str(rjsmin.jsmin(script))
    return str(string("text/javascript", script))


def _joined(folder: Path, names: tuple[str, ...], suffix: str) -> str:
    return "\n".join(_read(folder / (name + suffix)).decode() for name in names)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RenderError(f"{path}: {error.strerror}; restore it from the repository") from error


def _full_plotly() -> bytes:
    # imported here: it is the fallback where npm has not run, and costs nothing where it has
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    return bytes(_MAP_STYLES.sub("0", get_plotlyjs()), "utf-8")


def hashed_asset(name: str, body: bytes) -> Asset:
    """Return under which name a file is published for good, and its digest; the same bytes have the same."""
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    integrity = base64.b64encode(hashlib.sha384(body).digest()).decode("ascii")
    return Asset(path=f"assets/{stem}.{digest}.{suffix}", integrity=f"sha384-{integrity}")
