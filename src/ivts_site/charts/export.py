"""A figure as plain JSON values and a series as CSV text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

ARRAYS = ("x", "y")


def plain_figure(figure: go.Figure) -> dict[str, Any]:
    """Return the figure as plain lists, numbers and texts: undefined values are None, no template.

    Traces without `x` share that of the first trace, which the flag ``meta.shared_x`` says.
    """
    layout = figure.layout.to_plotly_json()
    layout.pop("template", None)
    return {
        "data": [_plain_trace(trace) for trace in figure.data],
        "layout": layout,
        "meta": {"shared_x": True},
    }


def _plain_trace(trace: Any) -> dict[str, Any]:
    plain = {key: trace[key] for key in ARRAYS if trace[key] is not None}
    rest = {key: value for key, value in trace.to_plotly_json().items() if key not in ARRAYS}
    return rest | {key: plain_list(value) for key, value in plain.items()}


def plain_list(values: Any) -> list[Any]:
    """Return values as a list in which NaN is None and whole numbers have no decimals."""
    return [_plain_value(value) for value in np.asarray(values, dtype=object).tolist()]


def rounded(values: Any, places: int) -> npt.NDArray[np.float64]:
    """Return values rounded for drawing; a rounded zero has no sign."""
    return np.round(np.asarray(values, dtype=np.float64), places) + 0.0


def csv_text(columns: Mapping[str, Sequence[str]]) -> str:
    """Return columns of equal length as CSV with a header line; the cells must need no quoting."""
    lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    return "\n".join(lines) + "\n"


def csv_numbers(values: Any, places: int) -> list[str]:
    """Return numbers as CSV cells, without trailing zeros; undefined values are empty cells."""
    return ["" if math.isnan(value) else repr(value) for value in rounded(values, places).tolist()]


def csv_flags(values: Any) -> list[str]:
    """Return booleans as the cells `true` and `false`."""
    return ["true" if value else "false" for value in values]


def _plain_value(value: Any) -> Any:
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    return value
