"""Which JSON files are published, the type that writes each, and the JSON Schemas generated from the types.

`python -m ivts_site.pipeline.schema FOLDER` writes them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter

from ivts_site.analytics.studies import RESEARCH
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.day import Day
from ivts_site.published.episode import EpisodeList
from ivts_site.published.futures import Futures
from ivts_site.published.hedge import HedgeLab
from ivts_site.published.history import History
from ivts_site.published.index import Index
from ivts_site.published.serialize import to_json
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Status
from ivts_site.published.vocabulary import describe_key

PUBLISHED: Mapping[str, type] = {
    "snapshot": Snapshot,
    "episodes": EpisodeList,
    "status": Status,
    "history": History,
    "day": Day,
    "hedge": HedgeLab,
    "research": RESEARCH,
    "futures": Futures,
    "index": Index,
}
"""File name without suffix, or folder of files of one kind, to type: a new file is a type and a line here."""

OPTIONAL = frozenset({"futures"})
"""Names of files that a site need not have."""

FOLDERS = frozenset({"day"})
"""Names that are folders, of one file for each session."""

COLUMNS = "history-columns"
"""Name of the history in plain columns, which a program makes a table of."""
COLUMNS_ARE = "The same history by column: each CSV column as a list, oldest session first."

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"


def json_schema(published: type, *, strict: bool = False) -> dict[str, Any]:
    """Describe a published type in JSON Schema, draft 2020-12; docstrings are the descriptions.

    All keys are required, and readers must expect more of them: a later 1.x may add some. A strict schema,
    for tests alone, knows just the keys of this version.
    """
    with _documented(published):
        schema = TypeAdapter(published).json_schema()
        _inherit(schema, published)
    for part in (schema, *schema.get("$defs", {}).values()):
        part["properties"] = {
            key: describe_key(part["title"], key, described) for key, described in part["properties"].items()
        }
        if strict:
            part["additionalProperties"] = False
    if strict:
        schema["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    return {"$schema": DIALECT, **schema}


def columns_schema(*, strict: bool = False) -> dict[str, Any]:
    """Describe the history in plain columns: what its keys mean, under the names of its CSV file."""
    history = json_schema(History)
    keys, closes = history["properties"], history["$defs"]["HistoryCloses"]["properties"]
    columns = {key: described for key, described in keys.items() if described.get("type") == "array"}
    simulated = {"type": "array", "items": {"const": True}}
    mark = {"description": "Only there where the closes are simulated.", "title": "Sample", **simulated}
    rates = keys["rolling_rates"]
    return {
        "$schema": DIALECT,
        "description": COLUMNS_ARE,
        "properties": columns | closes | {"sample": mark},
        "patternProperties": {
            "^rate_[1-9][0-9]*$": {"description": rates["description"], **rates["additionalProperties"]}
        },
        "required": list(columns),
        "title": "HistoryColumns",
        "type": "object",
    } | ({"additionalProperties": False} if strict else {})


def schema_files() -> dict[str, str]:
    """Contents of the schema files by name."""
    schemas = {name: json_schema(shape) for name, shape in PUBLISHED.items()} | {COLUMNS: columns_schema()}
    return {f"{name}{SUFFIX}": to_json(schema) for name, schema in schemas.items()}


def schema_at(address: str, text: str) -> str:
    """Return a schema with the address that it is published at as its `$id`."""
    first = f'"$schema": {json.dumps(DIALECT)},\n'
    if first not in text:
        raise ValueError(f"the schema for {address} is not laid out as this program writes it")
    return text.replace(first, f'{first}  "$id": {json.dumps(address)},\n', 1)


def main(folder: Path) -> None:
    """Write the schema files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")


@contextmanager
def _documented(root: type) -> Iterator[None]:
    """Let the generator read docstrings; set only meanwhile, as a build has no use for it."""
    published = _reachable(root)
    for each in published:
        setattr(each, "__pydantic_config__", ConfigDict(use_attribute_docstrings=True))  # noqa: B010
    try:
        yield
    finally:
        for each in published:
            delattr(each, "__pydantic_config__")


def _inherit(schema: dict[str, Any], root: type) -> None:
    """Describe inherited keys: the generator reads the docstrings of a class, not those of its bases."""
    parts = {root.__name__: schema, **schema.get("$defs", {})}
    for each in _reachable(root):
        for base in _bases(each) if each.__name__ in parts else ():
            for key, described in TypeAdapter(base).json_schema()["properties"].items():
                if "description" in described:
                    parts[each.__name__]["properties"][key].setdefault(
                        "description", described["description"]
                    )
    for part in parts.values():
        part["properties"] = {key: dict(sorted(found.items())) for key, found in part["properties"].items()}


def _bases(shape: Any) -> list[Any]:
    return [base for base in shape.__mro__[1:] if is_dataclass(base)]


def _reachable(shape: Any) -> set[Any]:
    """Dataclasses that a type is made of, itself among them."""
    inner = {found for argument in get_args(shape) for found in _reachable(argument)}
    if not is_dataclass(shape):
        return inner
    return inner.union({shape}, *map(_reachable, (*_bases(shape), *get_type_hints(shape).values())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
