"""Checks of published files that links and shapes say nothing of: whole pages, the index, the feeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from ivts_site.published.index import NAME, SCHEMA_SUFFIX
from ivts_site.words.site import DAILY, FLIPS

FEEDS = tuple(f"{name}.{kind}" for name in (DAILY, FLIPS) for kind in ("xml", "json"))
_ATOM = "{http://www.w3.org/2005/Atom}"


def page_problem(body: bytes) -> str:
    """Tell why a page cannot be read to its end; empty where it can."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "is no text"
    return "" if text.rstrip().endswith("</html>") else "is empty or cut off"


def index_problems(folder: Path) -> Iterator[str]:
    """Tell what the index in a folder says wrongly of the files beside it; nothing where it is missing."""
    try:
        index = json.loads((folder / NAME).read_bytes())
        listed = {entry["path"]: entry for entry in index["files"]}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return  # told by the check of its shape
    found = {path.name: path for path in folder.iterdir() if path.is_file()}
    for name in sorted(listed.keys() | found.keys()):
        if name == NAME or name.endswith(SCHEMA_SUFFIX):
            continue
        if name not in found or name not in listed:
            yield f"{NAME} and the folder differ on {name}"
        elif hashlib.sha256(found[name].read_bytes()).hexdigest() != listed[name]["sha256"]:
            yield f"{name} is not the file that {NAME} lists"


def feed_problems(path: Path) -> Iterator[str]:
    """Tell what is wrong with a feed: missing, not well-formed, or entries with one identifier."""
    try:
        ids = _atom_ids(path) if path.suffix == ".xml" else _json_ids(path)
    except OSError:
        yield f"{path.name} is missing"
    except (
        ValueError,
        LookupError,
        TypeError,
        SyntaxError,
        RecursionError,
    ):  # ElementTree's own error is a SyntaxError
        yield f"{path.name} is no feed"
    else:
        if None in ids or len(ids) != len(set(ids)):
            yield f"{path.name} has entries without an identifier of their own"


def _atom_ids(path: Path) -> list[str | None]:
    # imported here: a build has no use for it
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    root = ET.fromstring(path.read_bytes())  # noqa: S314 - files of this program
    if root.tag != f"{_ATOM}feed":
        raise ValueError(root.tag)
    return [entry.findtext(f"{_ATOM}id") for entry in root.iter(f"{_ATOM}entry")]


def _json_ids(path: Path) -> list[str | None]:
    ids = [item["id"] for item in json.loads(path.read_bytes())["items"]]
    if not all(isinstance(each, str) for each in ids):
        raise TypeError("an identifier that is no text")
    return ids
