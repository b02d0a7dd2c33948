"""A figure as plain JSON values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.arrays import Floats


def sent_figure(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure without the ratio's values, which the page's script divides out of the closes it holds.

    A fifth of the main chart's bytes; the other traces are sent whole.
    """
    traces = [
        {key: value for key, value in trace.items() if key != "y" or "front" not in trace.get("meta", {})}
        for trace in figure["data"]
    ]
    return {**figure, "data": traces}


def figure_json(figure: Mapping[str, Any]) -> bytes:
    """Write a figure as the page's script reads it."""
    return json.dumps(
        sent_figure(figure), allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def plain(value: Any) -> Any:
    """Return a value with arrays as lists: dates as ISO text, NaN and missing dates as None."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def rounded(values: Any, places: int) -> Floats:
    """Return values rounded for drawing; a rounded zero has no sign."""
    exact: Floats = np.asarray(values, dtype=np.float64)
    return exact.round(places) + 0.0


def _plain_array(values: npt.NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "M":
        texts = np.datetime_as_string(values).tolist()
        return [None if text == "NaT" else text for text in texts] if np.isnat(values).any() else texts
    items: list[Any] = values.tolist()
    if values.dtype.kind == "f" and np.isnan(values).any():
        return [None if item != item else item for item in items]  # noqa: PLR0124 (NaN alone differs from itself)
    return items
