"""The shape of the test vectors that every implementation of the hedge calculators has to meet."""

from __future__ import annotations

from typing import Any

_NAME = {"type": "string", "pattern": "^[a-z][a-z_]*$"}
_VALUE = {"type": ["number", "string", "boolean", "null", "array"]}

VECTORS_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "HedgeVectors",
    "description": (
        "Inputs of the hedge calculators and what must come out, in exact arithmetic. Numbers must be "
        "met to `tolerance`, relative; a zero to `tolerance`."
    ),
    "type": "object",
    "required": ["version", "tolerance", "cases"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "tolerance": {"type": "number", "exclusiveMinimum": 0},
        "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Case"}},
    },
    "$defs": {
        "Case": {
            "type": "object",
            "required": ["id", "function", "given"],
            "oneOf": [{"required": ["expected"]}, {"required": ["error"]}],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "description": "Unique; says what the case is about."},
                "function": {
                    **_NAME,
                    "description": "In snake case; the browser's name is the same in camel case.",
                },
                "given": {
                    "type": "object",
                    "description": (
                        "Inputs by name. The texts NaN, Infinity and -Infinity stand for those numbers, "
                        "which JSON cannot write."
                    ),
                    "propertyNames": _NAME,
                    "additionalProperties": _VALUE,
                },
                "expected": {
                    "description": "Results by name, null where there is none; or a list of numbers.",
                    "oneOf": [
                        {
                            "type": "object",
                            "minProperties": 1,
                            "propertyNames": _NAME,
                            "additionalProperties": _VALUE,
                        },
                        {"type": "array", "items": {"type": "number"}},
                    ],
                },
                "error": {**_NAME, "description": "Name of the input that must be refused."},
            },
        }
    },
}
