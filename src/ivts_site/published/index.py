"""The index of the published files, made from the finished files themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from ivts_site.published import SCHEMA_VERSION, Document

NAME = "index.json"
SCHEMA_SUFFIX = ".schema.json"
MEDIA_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
}
STAMPED = ("snapshot.json", "status.json")
"""Files that hold the instant of the build."""
_FORMS = {".csv": " As a table.", ".parquet": " As a table, for queries that read a part of it."}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """A published file, or a folder of files of one kind."""

    path: str
    """Below the folder of `index.json`; of a folder, `{name}` stands for the name of each file in it."""
    description: str
    """What it holds."""
    schema: str | None
    """JSON Schema of the file, or of the JSON file that holds the same; null where there is none."""
    schema_version: str | None
    """Version of that schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile(IndexEntry):
    """A published file that stays the same until there is news."""

    media_type: str
    """Its media type."""
    bytes: int
    """Size, before any compression by the host."""
    sha256: str
    """Of these bytes, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFolder(IndexEntry):
    """Files of one kind, one for each name."""

    n_files: int
    """How many there are."""
    first: str
    """Name of the first file, in alphabetical order."""
    last: str
    """Name of the last file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Document):
    """What is published in the folder, with sizes and hashes, and under which terms."""

    as_of: str
    """Last session of all files."""
    licence: str
    """What may be done with the files, in words."""
    documentation: str
    """Address of the page that describes the files."""
    files: tuple[IndexFile, ...]
    """In alphabetical order; the JSON Schemas, this file and the stamped ones are not among them."""
    stamped: tuple[IndexEntry, ...]
    """Files that hold the instant of the build; only news changes any other, this one too."""
    folders: tuple[IndexFolder, ...]
    """In alphabetical order."""


def build_index(
    files: Mapping[str, bytes], *, sample: bool, as_of: str, licence: str, documentation: str
) -> Index:
    """Describe finished files, by path below the folder of the index, JSON Schemas among them.

    A file is described by the schema of its name without suffix, one in a sub-folder by the schema of the
    folder's name. The schemas and the index itself are not listed; a folder is one entry, whatever it holds.
    """
    schemas = read_schemas(files)
    listed = sorted(path for path in files if not path.endswith(SCHEMA_SUFFIX) and path != NAME)
    return Index(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=as_of,
        licence=licence,
        documentation=documentation,
        files=tuple(
            _file(path, files[path], schemas) for path in listed if "/" not in path and path not in STAMPED
        ),
        stamped=tuple(IndexEntry(**_entry(path, schemas)) for path in STAMPED if path in files),
        folders=tuple(_folders([path for path in listed if "/" in path], schemas)),
    )


def read_schemas(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas among the files by what they describe: name of a file, or of a folder."""
    return {
        path.removesuffix(SCHEMA_SUFFIX): json.loads(body)
        for path, body in files.items()
        if path.endswith(SCHEMA_SUFFIX)
    }


def _entry(path: str, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Describe a file, or a folder, by the schema of its name."""
    named = PurePosixPath(path.partition("/")[0])
    schema = schemas.get(named.stem)
    if schema is None:
        return {"path": path, "description": "", "schema": None, "schema_version": None}
    # plain columns carry no version, and have that of all
    version = schema["properties"].get("schema_version", {"examples": [SCHEMA_VERSION]})
    return {
        "path": path,
        "description": summary(schema) + _FORMS.get(named.suffix, ""),
        "schema": f"{named.stem}{SCHEMA_SUFFIX}",
        "schema_version": version["examples"][0],
    }


def _file(path: str, body: bytes, schemas: Mapping[str, Mapping[str, Any]]) -> IndexFile:
    return IndexFile(
        **_entry(path, schemas),
        media_type=MEDIA_TYPES[PurePosixPath(path).suffix],
        bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _folders(paths: list[str], schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[IndexFolder]:
    """Sum up the files below each folder; they are in alphabetical order."""
    for folder, inside in groupby(paths, lambda path: path.partition("/")[0]):
        names = [PurePosixPath(path) for path in inside]
        yield IndexFolder(
            **_entry(f"{folder}/{{name}}{names[0].suffix}", schemas),
            n_files=len(names),
            first=names[0].stem,
            last=names[-1].stem,
        )


def summary(schema: Mapping[str, Any]) -> str:
    """Return the first paragraph of what a schema says of its type, on one line."""
    return " ".join(schema.get("description", "").partition("\n\n")[0].split())
