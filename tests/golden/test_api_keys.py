"""Within v1 keys are only added: every key that was ever published is still there, of the same type.

`api-v1.txt` beside this test lists them; `make docs` adds the new ones. A line that would have to go is
a change that readers do not expect under this address: once a version is out, it belongs into another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ivts_site.pipeline.schema import PUBLISHED, SUFFIX, json_schema, schema_files

KEPT = Path(__file__).parent / "api-v1.txt"
FORM_KEYS = {"pattern", "format", "examples", "minimum", "maximum", "exclusiveMinimum"}
"""What a schema tells of the values beside their type; a reader is free to look at it."""
TYPE_KEYS = ("type", "items", "anyOf", "enum", "const", "additionalProperties", "prefixItems")


def keys_of(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """One line a key: where it is, and the type of its value."""
    yield from _below(name, schema, schema.get("$defs", {}))


def _below(path: str, part: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[str]:
    for key, described in part["properties"].items():
        kind = {each: described[each] for each in TYPE_KEYS if each in described}
        yield f"{path}.{key} {json.dumps(_plain(kind), sort_keys=True)}"
        for inner in _inner(described):
            yield from _below(f"{path}.{key}", defs[inner], defs)


def _plain(kind: Any) -> Any:
    """Replace references by the word object: the keys within are lines of their own."""
    if isinstance(kind, Mapping):
        plain = {name: _plain(each) for name, each in kind.items() if name not in FORM_KEYS}
        return "object" if "$ref" in kind else plain
    return [_plain(each) for each in kind] if isinstance(kind, list) else kind


def _inner(described: Any) -> list[str]:
    if isinstance(described, Mapping):
        own = [str(described["$ref"]).rpartition("/")[2]] if "$ref" in described else []
        return own + [name for each in described.values() for name in _inner(each)]
    return [name for each in described for name in _inner(each)] if isinstance(described, list) else []


def current() -> list[str]:
    schemas = {name.removesuffix(SUFFIX): json.loads(text) for name, text in schema_files().items()}
    return sorted(line for name, schema in schemas.items() for line in keys_of(name, schema))


def write_keys() -> None:
    """Add the new keys to the list; those that were lost stay, and the test tells of them."""
    kept = KEPT.read_text("utf-8").splitlines()
    KEPT.write_text("\n".join(sorted({*kept, *current()})) + "\n", "utf-8")


def test_no_key_is_lost() -> None:
    """A key that was published stays, with its type; new ones are in the list."""
    now, kept = current(), KEPT.read_text("utf-8").splitlines()
    assert sorted(set(kept) - set(now)) == []
    assert kept == now, "new keys: write them down with make docs"


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: schema["properties"].pop("ivts"),
        lambda schema: schema["properties"]["ivts"].update(type="string"),
        lambda schema: schema["$defs"]["Closes"]["properties"].pop("spy"),
        lambda schema: schema["properties"]["provisional"].update(anyOf=[{"type": "null"}]),
    ],
)
def test_the_list_would_tell(change: Any) -> None:
    """A lost key, another type, a lost key further down, a lost object."""
    schema = json_schema(PUBLISHED["snapshot"])
    before = set(keys_of("snapshot", schema))
    change(schema)
    assert before - set(keys_of("snapshot", schema))
