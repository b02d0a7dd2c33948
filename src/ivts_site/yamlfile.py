"""Strict YAML files and readable validation problems, for the settings and the editorial files alike."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # libyaml's parser, ten times faster, where the package was built with it
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# the whole of a value may be larger than memory: YAML's aliases repeat without end
_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = 200


class YamlFileError(ValueError):
    """A file that cannot be read as one YAML mapping; the message says why, without the path."""


class StrictLoader(_SafeLoader):
    """Safe YAML in which a key written twice is an error instead of a silent override."""


def _mapping_without_duplicates(loader: StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: list[Any] = []  # a list, since a key may be unhashable; the parent class words that error
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} is written twice", key_node.start_mark
            )
        seen.append(key)
    return loader.construct_mapping(node, deep=True)


def _date_as_text(loader: StrictLoader, node: yaml.ScalarNode) -> str:
    """Leave a date to the model, which reports an impossible one together with its key."""
    return str(loader.construct_scalar(node))


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates)
StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _date_as_text)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a file that must hold one mapping; plain data only, no key twice.

    A YamlFileError tells that it is missing, not UTF-8, not YAML, tagged with Python objects, or not a
    mapping.
    """
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise YamlFileError(str(error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise YamlFileError("is not UTF-8 text") from error
    except RecursionError as error:
        raise YamlFileError("is nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2025-13-01
        raise YamlFileError(" ".join(str(error).replace('in "<unicode string>", ', "at ").split())) from error
    if not isinstance(tree, dict):
        raise YamlFileError("is empty or not a mapping")
    check_text(tree)
    return tree


def check_text(tree: object) -> None:
    """Refuse values that no UTF-8 file can hold, such as the half of a character that an escape may write."""
    if isinstance(tree, str):
        try:
            tree.encode()
        except UnicodeEncodeError as error:
            raise YamlFileError(f"{tree[:80]!r} contains half of a surrogate pair") from error
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            check_text(key)
            check_text(value)
    elif isinstance(tree, list):
        for value in tree:
            check_text(value)


def list_problems(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Word every problem of a failed validation, a line each: key path, what is wrong, nearest valid name."""
    items = error.errors()
    return [_problem(item, model) for item in items if not _is_echo(item, items)]


def _is_echo(item: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> bool:
    """Tell a list called too short because its items are wrong: one fault, told once."""
    inside = (other for other in items if len(other["loc"]) > len(item["loc"]))
    return item["type"] == "too_short" and any(o["loc"][: len(item["loc"])] == item["loc"] for o in inside)


def _problem(item: Mapping[str, Any], model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"{where}: unknown key{_nearest(item['loc'], model)}"
    if item["type"] == "missing":
        return f"{where}: required but missing"
    got = "" if item["type"] == "value_error" else f" (got {_shown.repr(item['input'])})"
    message = f"{item['msg'].removeprefix('Value error, ')}{got}"[:300]
    return f"{where}: {message}" if where else message


def _nearest(loc: Sequence[str | int], model: type[BaseModel]) -> str:
    names = _names_at(loc[:-1], model)
    close = difflib.get_close_matches(str(loc[-1]), names, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; valid here: {', '.join(names)}"


def _names_at(loc: Sequence[str | int], model: type[BaseModel]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        model = _model_in(field.annotation) or model if field else model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a))), None)
