"""A private file for a refresh token that the vendor replaces, outside the data folder and the site."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ivts_site.sources.secret import Secret

FILE_VARIABLE = "TRADESTATION_TOKEN_FILE"
# by name where they are empty yet, and by what they hold wherever they are
PUBLIC_FOLDERS = ("data", "site")
PUBLIC_MARKS = ("provenance.json", "index.html")


def read_token_file() -> Secret | None:
    """Return the token in the file of `TRADESTATION_TOKEN_FILE`; None where there is no such file.

    Raises
    ------
    OSError, UnicodeError
        Where it cannot be read.
    """
    path = _path()
    if path is None or not path.exists():
        return None
    value = path.read_text("utf-8").strip()
    return Secret(value) if value else None


def write_token_file(token: Secret) -> bool:
    """Replace the file whole, readable by its owner alone; False where `TRADESTATION_TOKEN_FILE` is not set.

    Raises
    ------
    OSError
        Where it cannot be written, or lies in the data folder or the site, which are published.
    """
    path = _path()
    if path is None:
        return False
    if any(_is_public(folder) for folder in path.parents):
        raise OSError(0, "it lies in the data folder or the site")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(token.reveal() + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def _is_public(folder: Path) -> bool:
    named = folder.name in PUBLIC_FOLDERS and folder.parent == Path.cwd()
    return named or any((folder / mark).exists() for mark in PUBLIC_MARKS)


def _path() -> Path | None:
    name = os.environ.get(FILE_VARIABLE, "").strip()
    return Path(name).resolve() if name else None
