"""The decision frame of the hedge lab, the file `hedge.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ivts_site.published import Document, RegimeName
from ivts_site.published.overlay import Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeTest:
    """Readings on which a condition is selected; null and an empty list ask nothing."""

    regime: RegimeName | None
    """`contango` or `backwardation`; null asks nothing."""
    first_day: int | None
    """Earliest day in the regime, included."""
    last_day: int | None
    """Latest day in the regime, included."""
    bands: tuple[str, ...]
    """Bands of the ratio, any of which will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeCondition:
    """A row of the decision frame."""

    id: str
    """Name of the row for programs."""
    name: str
    """Name of the row on the page."""
    mood: str
    """Sentiment that goes with it, in words."""
    hedge_low: float
    """Lowest hedge factor of the range: share of the spot exposure carried short, decimal fraction."""
    hedge_high: float
    """Highest hedge factor of the range."""
    reason: str
    """Why the range is what it is, in words."""
    evidence: str
    """What stands behind the range."""
    when: HedgeTest
    """Readings on which the row is selected."""
    reading: str
    """`when` in words."""
    n_selected: int
    """Sessions on which the row would have been selected, of `n_sessions`."""
    share_selected: float
    """`n_selected` / `n_sessions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeView:
    """A macro view and which way it is said to move hedges."""

    title: str
    """What it is about."""
    text: str
    """Which way it moves them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSelection:
    """The row that the as-of session selects: the first whose test its reading passes."""

    condition: str
    """Id of the row."""
    regime: RegimeName
    """Regime on the as-of session."""
    regime_day: int
    """1-based position of the session in its spell."""
    band: str
    """Name of the ratio's band on the as-of session."""
    rule: str
    """How rows are selected, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeLab(Document):
    """The hedge ranges, the row for the session, the measured overlay, and the schema of the test vectors."""

    as_of: str
    """The session that selects the row."""
    conditions: tuple[HedgeCondition, ...]
    """In the order in which they are tried; the last fits every reading."""
    selected: HedgeSelection
    """The row that the as-of session selects; the page marks none."""
    n_sessions: int
    """Sessions of the record that the rule was tried on."""
    views: tuple[HedgeView, ...]
    """Macro views that are said to move hedges, a convention too."""
    overlay: Overlay | None
    """Measured overlay, the same as in `research.json`; null where none was measured."""
    overlay_missing: str | None
    """Why `overlay` is null; null where it is not."""
    vectors_schema: dict[str, Any]
    """JSON Schema of the test vectors that both implementations of the calculators meet."""


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
                    "description": "Results by name, null where there is none; or numbers alone.",
                    "oneOf": [
                        {
                            "type": "object",
                            "minProperties": 1,
                            "propertyNames": _NAME,
                            "additionalProperties": _VALUE,
                        },
                        {"type": "array", "items": {"type": "number"}},
                        {"type": ["number", "null"]},
                    ],
                },
                "error": {**_NAME, "description": "Name of the input that must be refused."},
            },
        }
    },
}
