"""What kept files depend on besides their data: program, templates, settings, libraries."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("jinja2", "markdown-it-py", "markupsafe", "numpy", "pandas", "pillow", "plotly")
_SIZE = 16


def fingerprint(*parts: object) -> str:
    """Hash values by their `repr`, bytes as they are; 32 hexadecimal digits.

    The values must tell everything about themselves in their `repr`, as dataclasses and containers of plain
    values do.
    """
    digest = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        body = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(len(body).to_bytes(8, "big") + body)
    return digest.hexdigest()


def program_fingerprint(root: Path) -> str:
    """Hash the program's own source, the templates and the versions of the libraries that make pages.

    Parameters
    ----------
    root : Path
        Folder with ``templates/``; the editorial files are left out, as their texts enter with the pages.
    """
    source = Path(__file__).resolve().parents[1]
    files = [*sorted(source.rglob("*.py")), *_templates(root / "templates")]
    versions = [f"{name} {version(name)}" for name in _LIBRARIES]
    return fingerprint(platform.python_version(), versions, *(path.read_bytes() for path in files))


def _templates(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".svg"})
