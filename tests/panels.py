"""Panels made by hand, and the same numbers found the slow way, for the tests of the analytics."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis, analyze
from ivts_site.analytics.snapshot import build_snapshot
from ivts_site.config import Config, load_config
from ivts_site.config.settings import Band, Ratio, Research, Statistics
from ivts_site.model import Panel, Publication, Role, SeriesOrigin
from ivts_site.panel import build_panel
from ivts_site.published.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[1]
FRONT = Role(key="vix", label="VIX", horizon="30-day")
BACK = Role(key="vix3m", label="VIX3M", horizon="3-month")
BENCHMARK = Role(key="spy", label="SPY", horizon="S&P 500 fund")
ROLES = {"front": FRONT, "back": BACK, "benchmark": BENCHMARK}

BANDS = (
    Band(name="deep contango", upto=0.90),
    Band(name="contango", upto=0.95),
    Band(name="flat", upto=1.00),
    Band(name="borderline backwardation", upto=1.01),
    Band(name="stress", upto=1.10),
    Band(name="severe", upto=1.20),
    Band(name="panic", upto=None),
)
RULES = Ratio(threshold=1.0, borderline=(0.998, 1.002), slope_sessions=5, bands=BANDS)
RESEARCH = Research()
STATISTICS = Statistics(
    windows=("3m", "6m", "1y", "2y", "5y", "10y", "all"),
    default_window="2y",
    rolling_sessions=(30, 60, 90),
    forward_sessions=(5, 21, 63),
    recent_episodes=5,
    suspect_move=0.10,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class EventWindow:
    """A declared past event, as the editorial files have it."""

    id: str
    name: str
    first: dt.date
    last: dt.date


BUILT_AT = dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.UTC)
ORIGINS = {
    "vix": SeriesOrigin(source="cboe_csv", dropped={"not_a_session": 3, "duplicate": 1}),
    "vix3m": SeriesOrigin(source="fred_csv", dropped={"not_a_session": 2}),
    "spy": SeriesOrigin(source="cboe_chart", dropped={}),
}
EXPECTED = Publication(
    session=dt.date(2026, 3, 2),
    publication=dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC),
)

Column = Sequence[float | None]


@functools.cache
def config() -> Config:
    """Configuration of the repository."""
    return load_config(ROOT / "config.yaml")


def make_closes(
    front: Column, back: Column, benchmark: Column, start: str = "2020-01-06"
) -> dict[str, pd.Series]:
    """Closes by key on business days from `start` (a Monday); None is a close that is not stored."""
    days = pd.bdate_range(start, periods=len(front), unit="us").rename("session")
    columns = {"vix": front, "vix3m": back, "spy": benchmark}
    return {
        key: pd.Series(np.array(values, dtype=float), index=days, name="close").dropna()
        for key, values in columns.items()
    }


def make_panel(
    front: Column, back: Column, benchmark: Column | None = None, start: str = "2020-01-06"
) -> Panel:
    """Panel of `make_closes`; without a benchmark it closes at 100 every day."""
    closes = make_closes(front, back, benchmark or [100.0] * len(front), start)
    return build_panel(closes, **ROLES, as_of=None)


def analyse_ratios(
    ratios: Column, benchmark: Column | None = None, start: str = "2020-01-06", **changed: Any
) -> Analysis:
    """Analyze a back index of 20.00 with a front that gives these ratios (at most four decimals)."""
    front = [None if ratio is None else round(20 * ratio, 6) for ratio in ratios]
    back = [None if ratio is None else 20.0 for ratio in ratios]
    return analyse_panel(make_panel(front, back, benchmark, start), **changed)


def analyse_panel(panel: Panel, events: Sequence[EventWindow] = (), **changed: Any) -> Analysis:
    """Analyze with the usual rules; keywords replace those of the statistics."""
    statistics = STATISTICS.model_copy(update=changed)
    return analyze(panel, rules=RULES, statistics=statistics, events=events)


def publish_snapshot(analysis: Analysis, **changed: Any) -> Snapshot:
    """Snapshot of an analysis with the usual settings; keywords replace them."""
    usual = {
        "built_at": BUILT_AT,
        "sample": False,
        "origins": ORIGINS,
        "research": RESEARCH,
        "expected": EXPECTED,
    }
    return build_snapshot(analysis, **(usual | changed))


def slow_episodes(panel: Panel) -> list[dict[str, Any]]:
    """Episodes by one walk over the rows in plain Python, straight from the definitions."""
    rows = [(s, *(None if np.isnan(v) else v for v in values)) for s, *values in panel.closes.itertuples()]
    episodes: list[dict[str, Any]] = []
    current: dict[str, Any] | None = None
    for place, (session, front, back, _) in enumerate(rows):
        if front is None or back is None:
            continue
        if front <= back:
            current = None
            continue
        if current is None:
            before = rows[place - 1][3] if place else None
            current = {"first": place, "before": before, "n_sessions": 0, "max_ivts": 0.0}
            episodes.append(current)
        current["n_sessions"] += 1
        current["last"] = place
        if front / back > current["max_ivts"]:
            current |= {"max_ivts": front / back, "max_session": session}
    return [_outcome(episode, rows) for episode in episodes]


def _outcome(episode: dict[str, Any], rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    first, last, before = episode["first"], episode["last"], episode["before"]
    inside = [row[3] for row in rows[first : last + 1] if row[3] is not None]
    end, begin = rows[last][3], rows[first][3]
    return {
        "first_session": rows[first][0],
        "last_session": rows[last][0],
        "n_sessions": episode["n_sessions"],
        "max_ivts": episode["max_ivts"],
        "max_session": episode["max_session"],
        "spy_return": np.nan if before is None or end is None else end / before - 1,
        "spy_return_within": np.nan if begin is None or end is None else end / begin - 1,
        "spy_max_drawdown": np.nan if before is None or not inside else min(0, min(inside) / before - 1),
        "ongoing": last == len(rows) - 1,
    }


def slow_spells(regimes: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Day in the regime and number of the spell of each session, by one walk."""
    days: list[int] = []
    numbers: list[int] = []
    for place, regime in enumerate(regimes):
        same = place > 0 and regimes[place - 1] == regime
        days.append(days[-1] + 1 if same else 1)
        numbers.append(numbers[-1] + (not same) if place else 0)
    return days, numbers


def assert_same(left: Any, right: Any, path: str = "analysis") -> None:
    """Compare two analyses or parts of them exactly; NaN equals NaN."""
    assert type(left) is type(right), path
    if dataclasses.is_dataclass(left):
        for field in dataclasses.fields(left):
            assert_same(getattr(left, field.name), getattr(right, field.name), f"{path}.{field.name}")
    elif isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right, check_exact=True, check_freq=False)
    elif isinstance(left, pd.Index):
        pd.testing.assert_index_equal(left, right, check_freq=False)
    elif isinstance(left, tuple):
        assert len(left) == len(right), path
        for place, (one, other) in enumerate(zip(left, right, strict=True)):
            assert_same(one, other, f"{path}[{place}]")
    elif isinstance(left, np.ndarray):
        np.testing.assert_array_equal(left, right, path)
    else:
        both_nan = isinstance(left, float) and np.isnan(left) and np.isnan(right)
        assert left == right or both_nan, f"{path}: {left} is not {right}"
