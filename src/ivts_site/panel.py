"""Closes of three series aligned on sessions, cut at the as-of session; the one gate for input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ivts_site.errors import PanelError, UsageError
from ivts_site.model import Panel, Role
from ivts_site.published.numbers import day


def build_panel(
    closes: Mapping[str, pd.Series],
    *,
    front: Role,
    back: Role,
    benchmark: Role,
    as_of: dt.date | None,
) -> Panel:
    """Align the stored closes, by series key, on sessions and cut them at the as-of session.

    The panel's index is the union of the stored sessions; a series has NaN where it has no close: nothing is
    filled or interpolated. By default `as_of` is the latest session with a front and a back close; the ratio
    needs no benchmark. A PanelError tells every fault of the input, see `check_panel`; another `as_of` is a
    UsageError.
    """
    roles = (front, back, benchmark)
    check_panel(closes, roles)
    given = {**closes, benchmark.key: closes.get(benchmark.key, pd.Series(dtype="float64"))}
    frame = _align({column: given[role.key] for column, role in zip(_COLUMNS, roles, strict=True)})
    valid = pd.DatetimeIndex(frame.index[frame["front"].notna() & frame["back"].notna()])
    session = valid[-1] if as_of is None else _find_session(as_of, valid, frame, front, back)
    return Panel(closes=frame.loc[:session], as_of=session, front=front, back=back, benchmark=benchmark)


def check_panel(closes: Mapping[str, pd.Series], roles: Sequence[Role]) -> None:
    """Check that the closes of front, back and benchmark make a panel."""
    front, back, benchmark = roles
    needed = roles if len(closes.get(benchmark.key, ())) else (front, back)
    problems = [f"{role.key}: {fault}" for role in needed for fault in _series_faults(closes.get(role.key))]
    if not problems and closes[front.key].index.intersection(closes[back.key].index).empty:
        problems = [f"{front.key} and {back.key} have no session in common"]
    if problems:
        raise PanelError("stored closes", problems)


_COLUMNS = ("front", "back", "benchmark")


def _series_faults(series: pd.Series | None) -> Iterator[str]:
    if series is None or series.empty:
        yield "no closes are stored; fetch them first"
        return
    yield from _index_faults(series.index)
    if not pd.api.types.is_numeric_dtype(series.dtype):
        yield f"closes are {series.dtype}, not numbers"
        return
    values = series.to_numpy(dtype=float)
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        where, value = series.index[bad][0], values[bad][0]
        yield f"{bad.sum()} closes are not finite numbers above zero, first {value} at {day(where)}"


def _index_faults(index: pd.Index) -> Iterator[str]:
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or index.hasnans:
        yield "the index does not hold dates without a time zone"
        return
    if not index.is_unique:
        twice = index[index.duplicated()]
        yield f"{len(twice)} sessions are stored twice, first {day(twice[0])}"
    if not index.is_monotonic_increasing:
        yield "sessions are not in rising order"
    if not (index == index.normalize()).all():
        yield "sessions carry a time of day"


def _align(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    stored = {name: series.astype("float64") for name, series in columns.items() if len(series)}
    frame = pd.DataFrame(stored, columns=list(columns), dtype="float64")
    frame.index = pd.DatetimeIndex(frame.index.to_numpy(), name="session").as_unit("us")
    return frame


def _find_session(
    as_of: dt.date, valid: pd.DatetimeIndex, frame: pd.DataFrame, front: Role, back: Role
) -> pd.Timestamp:
    wanted = pd.Timestamp(as_of).as_unit("us")
    place = int(valid.searchsorted(wanted))
    if place < len(valid) and valid[place] == wanted:
        return wanted
    raise UsageError(_no_session(wanted, place, valid, frame, f"{front.label}/{back.label}"))


def _no_session(
    wanted: pd.Timestamp, place: int, valid: pd.DatetimeIndex, frame: pd.DataFrame, name: str
) -> str:
    span = f"stored from {day(valid[0])} to {day(valid[-1])}"
    if place == 0:
        return f"as-of {day(wanted)} is before the first session with {name}, {day(valid[0])} ({span})"
    if place == len(valid):
        return f"as-of {day(wanted)} is after the last session with {name}, {day(valid[-1])} ({span})"
    fault = f"has no {name}, a close is missing" if wanted in frame.index else "is not a stored session"
    near = f"{day(valid[place - 1])} and {day(valid[place])}"
    return f"as-of {day(wanted)} {fault}; the nearest with {name} are {near} ({span})"
