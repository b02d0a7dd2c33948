"""What a key means by its name, wherever it stands: the form and the limits of its values, and their unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivts_site.published import SCHEMA_VERSION

Schema = dict[str, Any]

_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_INSTANT = r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Names of keys, as a pattern for `Type.key`, with what holds for all their values of one type."""

    names: str
    kind: str
    limits: Mapping[str, Any]
    unit: str = ""


def _text(names: str, **limits: Any) -> Meaning:
    return Meaning(names=names, kind="string", limits=limits)


def _number(names: str, unit: str, **limits: Any) -> Meaning:
    return Meaning(names=names, kind="number", limits=limits, unit=unit)


def _count(names: str, **limits: Any) -> Meaning:
    return Meaning(names=names, kind="integer", limits=limits)


MEANINGS = (
    _text(r".*\.schema_version", pattern=r"^1\.", examples=[SCHEMA_VERSION]),
    _text(
        r".*\.(.*_)?sessions?(_since)?|.*\.(as_of|since|data_through|week_ago|month_ago|window_first|gaps)"
        r"|Event\.(first|last)|History\.episode",
        format="date",
        pattern=_DATE,
        examples=["2026-02-27"],
    ),
    _text(
        r".*\.(.*_at|publication|deadline|stale_from)",
        format="date-time",
        pattern=_INSTANT,
        examples=["2026-02-27T23:30:00Z"],
    ),
    _text(r".*\.sha256", pattern="^[0-9a-f]{64}$"),
    _text(r"Index\.documentation", format="uri"),
    _number(r"(Day)?Changes\.ivts|.*\.slope", "ratio points", examples=[-0.0123]),
    _number(r"(Day)?Changes\.vix(3m)?|DayCloses\.vix(3m)?_change|.*\.distance", "index points"),
    _number(r"(Day)?Changes\.spy|DayCloses\.spy_change", "dollars"),
    _number(
        r"PercentileRanks\..*|.*\.(.*_)?rates?(_.*)?|.*\.(.*_)?rank|.*\.share_.*|Share\.value"
        r"|Method\.level|SurvivalPoint\.(survival|interval)|Remaining\.interval|Placebo\.better"
        r"|Persistence\.(probability|interval|stands)|PersistenceScore\..*|ReliabilityBin\..*|ModelScore\.brier",
        "decimal fraction",
        minimum=0,
        maximum=1,
        examples=[0.0757],
    ),
    _number(
        r"(Snapshot|Day|History|Provisional)\.ivts|.*\.(max_ivts|ivts_(min|max|median)|threshold)"
        r"|(Percentiles|DayWindow)\.p\d+|ThresholdPair\.(entry|exit)",
        "",
        exclusiveMinimum=0,
        examples=[0.9211],
    ),
    _number(
        r"(Closes|DayCloses|HistoryCloses|Provisional)\.vix(3m)?|.*\.(vix(3m)?_(min|max|before|peak))"
        r"|FrontHistory\.(min|max|median|p\d+)|HistoryFigures\.median_front_backwardation|Distance\.vix_.*"
        r"|(Tenor|FurtherIndex)\.(today|week_ago|month_ago|low|median|high)|Volatility\.(front|realised)",
        "index points",
        exclusiveMinimum=0,
        examples=[19.86],
    ),
    _number(
        r"(Closes|DayCloses|HistoryCloses|Provisional)\.spy", "dollars", exclusiveMinimum=0, examples=[685.99]
    ),
    _number(r"Suspect\.close|HeldRevision\.(old|new)", "", exclusiveMinimum=0),
    _number(
        r"(?!Difference).*\.(.*_)?drawdown", "decimal fraction", minimum=-1, maximum=0, examples=[-0.0312]
    ),
    _number(r".*\.(.*_)?return(_within)?|.*\.spy_after_(start|end)", "decimal fraction", minimum=-1),
    _number(r"HistoryFigures\.correlation_.*", "", minimum=-1, maximum=1),
    _number(r"Performance\.(volatility|cost)|.*\.flips_per_year", "", minimum=0),
    _number(r"HedgeCondition\.hedge_(low|high)", "decimal fraction", minimum=0),
    _number(
        r"ForwardReturn\.mean_.*|(EventGroup|EventStudy)\..*|Difference\.annual.*|Performance\.cost_per_year"
        r"|(ReturnGroup|ThresholdResult)\.(mean|median|interval|naive_interval|difference.*)",
        "decimal fraction",
    ),
    _number(r"Premium\.(mean|median|mean_realised|interval)|Volatility\.premium", "volatility points"),
    _number(r".*\.(mean|median)_sessions", "sessions", minimum=0),
    _number(r"Growth\..*", "", minimum=0),
    _count(r"EventStudy\.offsets"),
    _count(r".*\.(regime_)?day|.*\.(rank_.*|horizon|block|draws|slope_sessions|days)", minimum=1),
    _count(r".*", minimum=0),
)
"""The first that fits a key counts. Words have one meaning each, in every file."""


def describe_key(title: str, key: str, schema: Schema) -> Schema:
    """Return the schema of a key with the form and limits of its name, and the unit in its description."""
    limited, units = _limited(f"{title}.{key}", schema)
    words = str(limited.get("description", ""))
    missing = [unit for unit in units if unit and words and unit not in words.replace("\n", " ").lower()]
    if missing:
        limited["description"] = f"{words} Unit: {missing[0]}."
    return limited


def _limited(name: str, schema: Schema) -> tuple[Schema, list[str]]:
    found, units = dict(schema), []
    for within in ("anyOf", "prefixItems"):
        if within in found:
            pairs = [_limited(name, each) for each in found[within]]
            found[within] = [each for each, _ in pairs]
            units += [unit for _, inner in pairs for unit in inner]
    for within in ("items", "additionalProperties"):
        if isinstance(found.get(within), dict):
            found[within], inner = _limited(name, found[within])
            units += inner
    meaning = None if "enum" in found else _meaning(name, found.get("type"))
    if meaning:
        found, units = {**found, **meaning.limits}, [*units, meaning.unit]
    return found, units


def _meaning(name: str, kind: object) -> Meaning | None:
    fits = (each for each in MEANINGS if each.kind == kind and re.fullmatch(each.names, name))
    return next(fits, None)
