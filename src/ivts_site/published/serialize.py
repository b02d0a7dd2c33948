"""Published types to JSON text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ivts_site.published.numbers import number

T = TypeVar("T")


def to_json(published: Any) -> str:
    """Write a published value as JSON: keys in declared order, indented by two, ended by a newline.

    Floats have at most six places, negative zero is zero, NaN is null; an infinite one is a `ValueError`.
    """
    return json.dumps(_plain(published), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_lines(published: Any) -> str:
    """Write a published dataclass, or columns by name, as JSON, one line a key: an indent would blow them up.

    Floats are rounded already; one that is NaN or infinite is a `ValueError`.
    """
    values = published if isinstance(published, Mapping) else _fields(published)
    lines = (
        f"{json.dumps(name)}: "
        + json.dumps(value, default=_fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for name, value in values.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def rounded(record: T) -> T:
    """Round every float of a record to the published places, so that pages and JSON tell the same numbers."""
    if isinstance(record, float):
        return number(record)  # type: ignore[return-value]
    if isinstance(record, tuple):
        return tuple(map(rounded, record))  # type: ignore[return-value]
    if isinstance(record, dict):
        return {key: rounded(value) for key, value in record.items()}  # type: ignore[return-value]
    if is_dataclass(record) and not isinstance(record, type):
        return replace(
            record, **{field.name: rounded(getattr(record, field.name)) for field in fields(record)}
        )
    return record


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else number(value)
    return value
