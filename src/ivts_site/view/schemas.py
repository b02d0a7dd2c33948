"""JSON Schemas as tables for readers: keys, types and meanings, all from the schemas themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup, escape

from ivts_site import formatting as f
from ivts_site.view.api_types import FileView, TypeView
from ivts_site.view.parts import Cell, Column, RowView, TableView

Schema = Mapping[str, Any]

_CODE = re.compile(r"`([^`]+)`")
_NAMES = {"integer": "whole number", "string": "text", "boolean": "true or false"}


def document_schema(name: str, path: str, schema: Schema) -> FileView:
    """Lay out the keys of a published file.

    Parameters
    ----------
    name : str
        Its name without suffix, or that of its folder.
    path : str
        Where it is: `snapshot.json`, `day/{name}.json`.
    schema : mapping
        Its JSON Schema, as `pipeline.schema` generates it.

    Returns
    -------
    FileView
        The keys of the file itself first, then those of each type within, in the order in which they are met.
    """
    within: Mapping[str, Schema] = schema.get("$defs", {})
    order = list(dict.fromkeys(_met(schema, within)))
    parts = {schema["title"]: schema} | {each: within[each] for each in order}
    types = tuple(_type(name, title, part, within) for title, part in parts.items())
    keys = sum(len(part["properties"]) for part in parts.values())
    return FileView(
        id=f"keys-{name}",
        title=path,
        about=code_words(schema.get("description", "").partition("\n\n")[0]),
        count=f.plural(keys, "key"),
        types=types,
    )


def code_words(text: str) -> Markup:
    """Return the text of a docstring as markup: what stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split())))))  # noqa: S704 - escaped


def _met(schema: Schema, within: Mapping[str, Schema]) -> Iterator[str]:
    for part in schema["properties"].values():
        for name in _references(part):
            yield name
            yield from _met(within[name], within)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield str(part["$ref"]).rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _references(item)


def _type(file: str, title: str, schema: Schema, within: Mapping[str, Schema]) -> TypeView:
    rows = tuple(
        RowView(
            cells=(
                Cell(text=Markup("<code>{}</code>").format(key)),
                Cell(text=_words(file, part)),
                Cell(text=code_words(_meaning(part, within))),
            )
        )
        for key, part in schema["properties"].items()
    )
    return TypeView(
        id=f"type-{file}-{title.lower()}",
        name=title,
        about=code_words(schema.get("description", "")),
        table=TableView(
            caption=f"Keys of {title} in {file}.json",
            columns=(Column(label="Key"), Column(label="Type"), Column(label="Meaning")),
            rows=rows,
        ),
    )


def _meaning(part: Schema, within: Mapping[str, Schema]) -> str:
    """Return what a key means: its own words or, where it has none, those of the type that it refers to."""
    if "description" in part or "$ref" not in part:
        return str(part.get("description", ""))
    return str(within[str(part["$ref"]).rpartition("/")[2]].get("description", "")).partition("\n\n")[0]


def _words(file: str, part: Schema) -> Markup:
    """Word a type: "number or null", "list of Episode", "number by name"."""
    if "const" in part:
        return Markup("<code>{}</code>").format(part["const"])
    if "enum" in part:
        return Markup(" or ").join(Markup("<code>{}</code>").format(each) for each in part["enum"])
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2]
        return Markup('<a href="#type-{}-{}">{}</a>').format(file, name.lower(), name)
    if "anyOf" in part:
        return Markup(" or ").join(_words(file, each) for each in part["anyOf"])
    return _container(file, part)


def _container(file: str, part: Schema) -> Markup:
    kind = part.get("type", "any value")
    if kind == "array" and "prefixItems" in part:
        return Markup("list of ") + Markup(", ").join(_words(file, each) for each in part["prefixItems"])
    if kind == "array":
        return Markup("list of {}").format(_words(file, part["items"]))
    if kind == "object":
        values = part.get("additionalProperties")
        return Markup("{} by name").format(_words(file, values if isinstance(values, Mapping) else {}))
    return Markup(escape(_NAMES.get(kind, kind)))  # noqa: S704 - escaped
