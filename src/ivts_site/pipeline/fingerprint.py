"""What kept files depend on besides their data: program, templates, settings, libraries."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("jinja2", "markdown-it-py", "markupsafe", "numpy", "pandas", "pillow", "plotly")
_SIZE = 16


def fingerprint(*parts: object) -> str:
    """Hash values by their `repr`, bytes, arrays and frames as they are; 32 hexadecimal digits.

    The values must tell everything about themselves in their `repr`, as dataclasses and containers of plain
    values do.
    """
    digest = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        body = _body(part)
        digest.update(len(body).to_bytes(8, "big") + body)
    return digest.hexdigest()


def _body(part: object) -> bytes:
    if isinstance(part, pd.DataFrame):
        return part.index.to_numpy().tobytes() + part.to_numpy(float).tobytes()
    if isinstance(part, np.ndarray):
        return part.tobytes()
    return part if isinstance(part, bytes) else repr(part).encode()


def program_fingerprint(*folders: str) -> str:
    """Hash the program's source, that of some of its packages or all of it, and its libraries' versions."""
    found = (path for folder in folders or ("",) for path in (PACKAGE / folder).rglob("*"))
    files = sorted(path for path in found if path.suffix in {".py", ".json"})
    versions = [f"{name} {version(name)}" for name in _LIBRARIES]
    return fingerprint(platform.python_version(), versions, *(path.read_bytes() for path in files))


def template_fingerprint(templates: Path) -> str:
    """Hash the templates; editorial files are left out, as their texts enter with the pages."""
    files = sorted(path for path in templates.rglob("*") if path.suffix in {".html", ".svg"})
    return fingerprint(*(path.read_bytes() for path in files))
