"""The index of the published files, made from the finished files themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.api import Index, IndexFile, IndexFolder

NAME = "index.json"
SCHEMA_SUFFIX = ".schema.json"
MEDIA_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
}
_FORMS = {".csv": " As a table.", ".parquet": " As a table, for queries that read a part of it."}


def build_index(
    files: Mapping[str, bytes], *, sample: bool, as_of: str, licence: str, documentation: str
) -> Index:
    """Describe finished files.

    Parameters
    ----------
    files : mapping
        Path below the folder of the index to content, JSON Schemas among them. A file is described by the
        schema of its name without suffix, one in a sub-folder by the schema of the folder's name.
    sample : bool
        Whether the closes are simulated.
    as_of : str
        Last session of the files.
    licence : str
        Plain text: what may be done with them.
    documentation : str
        Address of the page that describes them.

    Returns
    -------
    Index
        Without the schemas and without itself; a folder is one entry, whatever it holds.
    """
    schemas = read_schemas(files)
    listed = sorted(path for path in files if not path.endswith(SCHEMA_SUFFIX) and path != NAME)
    return Index(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=as_of,
        licence=licence,
        documentation=documentation,
        files=tuple(_file(path, files[path], schemas) for path in listed if "/" not in path),
        folders=tuple(_folders([path for path in listed if "/" in path], schemas)),
    )


def read_schemas(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas among the files by what they describe: name of a file, or of a folder."""
    return {
        path.removesuffix(SCHEMA_SUFFIX): json.loads(body)
        for path, body in files.items()
        if path.endswith(SCHEMA_SUFFIX)
    }


def _file(path: str, body: bytes, schemas: Mapping[str, Mapping[str, Any]]) -> IndexFile:
    name = PurePosixPath(path)
    return IndexFile(
        path=path,
        description=_description(schemas.get(name.stem)) + _FORMS.get(name.suffix, ""),
        media_type=MEDIA_TYPES[name.suffix],
        bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        schema=_schema(name.stem, schemas),
        schema_version=_version(name.stem, schemas),
    )


def _folders(paths: list[str], schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[IndexFolder]:
    """Sum up the files below each folder; they are in alphabetical order."""
    for folder, inside in groupby(paths, lambda path: path.partition("/")[0]):
        names = [PurePosixPath(path) for path in inside]
        yield IndexFolder(
            path=f"{folder}/{{name}}{names[0].suffix}",
            description=_description(schemas.get(folder)),
            n_files=len(names),
            first=names[0].stem,
            last=names[-1].stem,
            schema=_schema(folder, schemas),
            schema_version=_version(folder, schemas),
        )


def _description(schema: Mapping[str, Any] | None) -> str:
    """Return the first paragraph of the type's docstring, on one line."""
    return " ".join(schema["description"].partition("\n\n")[0].split()) if schema else ""


def _schema(stem: str, schemas: Mapping[str, Mapping[str, Any]]) -> str | None:
    return f"{stem}{SCHEMA_SUFFIX}" if stem in schemas else None


def _version(stem: str, schemas: Mapping[str, Mapping[str, Any]]) -> str | None:
    return schemas[stem]["properties"]["schema_version"]["const"] if stem in schemas else None
