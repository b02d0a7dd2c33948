"""The data package: what the tables are, in the form of Frictionless Data, from the tables themselves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from ivts_site.model import Table
from ivts_site.published.index import MEDIA_TYPES
from ivts_site.published.tables import to_columns

PACKAGE = "datapackage.json"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS = ((bool, "boolean"), (int, "integer"), ((int, float), "number"))


def build_package(
    bodies: Mapping[str, bytes],
    tables: Mapping[str, Table],
    meanings: Mapping[str, Mapping[str, str]],
    *,
    head: Mapping[str, Any],
    sample: bool,
) -> dict[str, Any]:
    """Describe the files of `bodies`, those of `tables` column by column; all go by their path in the site.

    `meanings` has what each column of a table holds, `head` what holds for all files: name, title, license.
    """
    return {
        "profile": "data-package",
        **head,
        "resources": [
            _resource(path, body) | _described(path, tables, meanings, sample=sample)
            for path, body in bodies.items()
        ],
    }


def _resource(path: str, body: bytes) -> dict[str, Any]:
    kind = PurePosixPath(path).suffix.removeprefix(".")
    name = re.sub(r"[^a-z0-9]+", "-", path.removeprefix("api/v1/").lower())
    file = {"name": name, "path": path, "format": kind, "mediatype": MEDIA_TYPES[f".{kind}"]}
    return file | {"bytes": len(body), "hash": f"sha256:{hashlib.sha256(body).hexdigest()}"}


def _described(
    path: str, tables: Mapping[str, Table], meanings: Mapping[str, Mapping[str, str]], *, sample: bool
) -> dict[str, Any]:
    """Return the columns of a file; a Parquet file has those of the CSV file beside it."""
    same = path if path in tables else f"{path.rpartition('.')[0]}.csv"
    columns = to_columns(tables[same], sample=sample)
    fields = [_field(name, values, meanings[same]) for name, values in columns.items()]
    schema = {"schema": {"fields": fields, "missingValues": [""]}}
    if path != same:
        return {"type": "file"} | schema  # readers of tables want another library for it
    dialect = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True}
    return {"profile": "tabular-data-resource", "encoding": "utf-8", "dialect": dialect} | schema


def _field(name: str, values: Sequence[Any], meanings: Mapping[str, str]) -> dict[str, Any]:
    kind = _kind(values)
    about = meanings.get(name) or "Whether the closes are simulated."
    spelled = {"trueValues": ["true"], "falseValues": ["false"]} if kind == "boolean" else {}
    return {"name": name, "type": kind, "description": about} | spelled


def _kind(values: Sequence[Any]) -> str:
    """Return the narrowest type that all values of a column have; text where there is none."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {str} and all(value is None or _DATE.fullmatch(value) for value in values):
        return "date"
    words = (word for kind, word in _KINDS if kinds and all(issubclass(each, kind) for each in kinds))
    return next(words, "string")
