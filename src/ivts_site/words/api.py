"""The published files in words: what their schemas say of each key, and the badge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from markupsafe import Markup, escape

from ivts_site import formatting as f
from ivts_site.model import Column, Table
from ivts_site.published.index import Index, summary
from ivts_site.published.snapshot import Snapshot
from ivts_site.words.site import SAMPLE_PREFIX

Schema = Mapping[str, Any]

_CODE = re.compile(r"`([^`]+)`")
_NAMES = {"integer": "whole number", "string": "text", "boolean": "true or false"}


def badge_message(snapshot: Snapshot) -> str:
    """Word the right half of the badge; the date is in it, as a badge may be shown long after it was made."""
    mark = f"{SAMPLE_PREFIX} " if snapshot.sample else ""
    return f"{mark}{snapshot.regime.name} {f.ratio(snapshot.ivts)}, {f.date_short(snapshot.as_of)}"


def described(index: Index) -> Iterator[tuple[str, str]]:
    """Yield path and schema of everything that a schema describes; of a file in several forms the JSON."""
    yield "index.json", "index.schema.json"
    for each in (*index.stamped, *index.files, *index.folders):
        if each.schema and each.path.endswith(".json"):
            yield each.path, each.schema


def code_words(text: str) -> Markup:
    """Return the text of a docstring as markup: what stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split())))))  # noqa: S704 - escaped


def schema_parts(schema: Schema) -> dict[str, Schema]:
    """Return the types of a file by name: the file's own first, then those within as they are met."""
    within: Mapping[str, Schema] = schema.get("$defs", {})
    return {schema["title"]: schema} | {name: within[name] for name in _met(schema, within)}


def count_keys(parts: Mapping[str, Schema]) -> str:
    """Return how many keys the types of a file have."""
    return f.plural(sum(len(part["properties"]) for part in parts.values()), "key")


def meaning(part: Schema, schema: Schema) -> str:
    """Return what a key means: its own words or, where it has none, those of the type that it refers to."""
    if "description" in part or "$ref" not in part:
        return str(part.get("description", ""))
    return summary(schema["$defs"][_referred(part)])


def column_meaning(column: Column, table: Table, schemas: Mapping[str, Schema]) -> str:
    """Return what a column of a CSV file holds: what it says itself, and what the key of its record says."""
    key, names = column.key or column.name, [record.__name__ for record in table.records]
    for name, schema in product(names, schemas.values()):
        part = ({schema["title"]: schema} | schema.get("$defs", {})).get(name)
        if part and key in part["properties"]:
            return f"{column.about} {meaning(part['properties'][key], schema)}".strip()
    return column.about


def type_words(part: Schema, file: str) -> Markup:
    """Word the type of a key in a file: "number or null", "list of Episode", "number by name"."""
    if "const" in part:
        return Markup("<code>{}</code>").format(part["const"])
    if "enum" in part:
        return Markup(" or ").join(Markup("<code>{}</code>").format(each) for each in part["enum"])
    if "$ref" in part:
        name = _referred(part)
        return Markup('<a href="#type-{}-{}">{}</a>').format(file, name.lower(), name)
    if "anyOf" in part:
        return Markup(" or ").join(type_words(each, file) for each in part["anyOf"])
    return _container(part, file)


def _container(part: Schema, file: str) -> Markup:
    kind = part.get("type", "any value")
    if kind == "array":
        items = part["prefixItems"] if "prefixItems" in part else [part["items"]]
        return Markup("list of ") + Markup(", ").join(type_words(each, file) for each in items)
    if kind == "object":
        values = part.get("additionalProperties")
        return Markup("{} by name").format(type_words(values if isinstance(values, Mapping) else {}, file))
    return escape(_NAMES.get(kind, kind))


def _met(schema: Schema, within: Mapping[str, Schema]) -> Iterator[str]:
    for part in schema["properties"].values():
        for name in _references(part):
            yield name
            yield from _met(within[name], within)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield _referred(part)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _references(item)


def _referred(part: Schema) -> str:
    return str(part["$ref"]).rpartition("/")[2]
