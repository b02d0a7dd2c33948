"""The table of every session as it stood that evening, against analyses cut at that session."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import (
    ROLES,
    analyse_panel,
    analyse_ratios,
    publish_snapshot,
)
from tests.sampled import examples
from tests.shared import DATA, needs_shared

from ivts_site.analytics.days import build_point_in_time, list_rows
from ivts_site.analytics.distribution import slide
from ivts_site.errors import IvtsError
from ivts_site.panel import build_panel
from ivts_site.published.numbers import numbers
from ivts_site.sample import simulate_closes

CENTS = st.one_of(st.none(), st.integers(1997, 2003), st.integers(1500, 2600))
HISTORY = st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=1, max_size=40)


def panel_of(closes, as_of=None):
    """Panel, or None where the closes make none."""
    try:
        return build_panel(closes, **ROLES, as_of=as_of)
    except IvtsError:
        return None


def parts(part, record, *names):
    """Fields of a record, by the names of their columns."""
    return {f"{part}.{name}": getattr(record, name) for name in names}


def assert_row_is_that_evening(table, row, closes, **changed):
    """Compare a row with the snapshot of the closes up to its session, as published."""
    session = table.index[row]
    panel = panel_of({key: series[:session] for key, series in closes.items()})
    if panel is None or panel.as_of != session:  # the benchmark had not begun: there was no page
        return False
    (found,) = list_rows(table.iloc[[row]], numbers)
    s = publish_snapshot(analyse_panel(panel, **changed))
    window, last = s.window, s.episodes.recent[0] if s.episodes.recent else None
    pairs = {
        "session": s.as_of,
        "ivts": s.ivts,
        "backwardation": s.regime.name == "backwardation",
        "suspect": s.as_of in {each.session for each in s.quality.suspect},
        **parts("closes", s.closes, "vix", "vix3m", "spy"),
        **{f"closes.{name}_change": getattr(s.changes, name) for name in ("vix", "vix3m", "spy")},
        "closes.distance": s.regime.distance,
        **parts("regime", s.regime, "name", "day", "since", "band", "borderline", "slope", "distance_return"),
        **parts("changes", s.changes, "previous_session", "ivts", "vix_return", "vix3m_return", "spy_return"),
        **{f"rolling_rates.{n}": rate for n, rate in s.rolling_rates.items()},
        **parts("window", window, "first_session", "n_sessions", "n_backwardation", "backwardation_rate"),
        **parts("window", window, "complete"),
        **parts("window", window.ivts_percentiles, "p50", "p95", "p99"),
        **{
            f"window.{name}_rank": getattr(window.percentile_ranks, name) for name in ("ivts", "vix", "vix3m")
        },
        "episode.first_session": last.first_session if last else None,
        "episode.last_session": last.last_session if last else None,
        "episode.max_ivts": last.max_ivts if last and last.ongoing else None,
    }
    assert set(pairs) | {"n_gaps"} == set(found)
    assert {name: (found[name], each) for name, each in pairs.items() if found[name] != each} == {}, session
    return True


@examples(0.3)
@given(HISTORY, st.sampled_from(["2y", "3m", "all"]), st.data())
def test_a_row_is_the_snapshot_of_its_evening(rows, window, data):
    """Whatever the closes, missing ones and ties among them: row D is what the data up to D give."""
    days = pd.bdate_range("2019-10-07", periods=len(rows), unit="us").rename("session")
    closes = {
        key: pd.Series([np.nan if c is None else c / 100 for c in column], index=days, dtype=float).dropna()
        for key, column in zip(("vix", "vix3m", "spy"), zip(*rows, strict=True), strict=True)
    }
    panel = panel_of(closes)
    if panel is None:
        return
    changed = {"default_window": window, "rolling_sessions": (2, 5)}
    table = build_point_in_time(analyse_panel(panel, **changed))
    row = data.draw(st.integers(0, len(table) - 1))
    assert_row_is_that_evening(table, row, closes, **changed)


def test_random_evenings_of_a_simulated_history(whole):
    """Sixty evenings, or twenty, of twelve years; windows of two years full and not; holes in all series."""
    days = pd.bdate_range("2009-09-18", "2021-06-30", unit="us")
    frame = simulate_closes(days)
    rng = np.random.default_rng(7)
    closes = {key: frame[key].drop(days[rng.choice(len(days), 25, replace=False)]) for key in frame}
    table = build_point_in_time(analyse_panel(panel_of(closes)))
    n = 60 if whole else 20
    rows = [0, 1, 2, len(table) - 1, *rng.choice(len(table), n, replace=False).tolist()]
    assert sum(assert_row_is_that_evening(table, row, closes) for row in rows) >= n


@needs_shared
def test_random_evenings_of_the_recorded_history(whole):
    """Forty evenings, or fifteen, of the recorded closes, the suspect 6 May 2010 and the record included."""
    spy = json.loads(next(DATA.rglob("SPY.json")).read_text("utf-8"))["data"]
    days = pd.DatetimeIndex([row["date"] for row in spy]).as_unit("us")
    closes = {"spy": pd.Series([float(row["close"]) for row in spy], index=days)}
    for key, symbol in (("vix", "VIX"), ("vix3m", "VIX3M")):
        rows = pd.read_csv(next(DATA.rglob(f"{symbol}_History.csv")))
        index = pd.DatetimeIndex(pd.to_datetime(rows["DATE"], format="%m/%d/%Y")).as_unit("us")
        closes[key] = pd.Series(rows["CLOSE"].to_numpy(), index=index)
    table = build_point_in_time(analyse_panel(panel_of(closes)))
    assert (len(table), int(table["backwardation"].sum())) == (4136, 314)
    assert table.index[table["suspect"]].strftime("%Y-%m-%d").tolist() == ["2010-05-06", "2010-11-26"]
    named = [table.index.get_loc(pd.Timestamp(d)) for d in ("2010-05-06", "2020-03-16", "2020-04-23")]
    rows = [*named, *np.random.default_rng(3).choice(len(table), 40 if whole else 15, replace=False).tolist()]
    assert all(assert_row_is_that_evening(table, row, closes) for row in rows)


def test_a_history_followed_by_hand():
    """Ratios 0.90, 1.05, (missing), 1.02, 0.95 on Monday to Friday.

    Tuesday to Thursday is one episode of two sessions, as the gap does not break it; on Thursday its highest
    ratio so far is 1.05, and two of three readings lie at or below 1.02. On Friday 0.95 is the second lowest
    of four, and the median of 0.90, 0.95, 1.02, 1.05 is 0.985.
    """
    table = build_point_in_time(analyse_ratios([0.90, 1.05, None, 1.02, 0.95], rolling_sessions=(2,)))
    assert table.index.strftime("%a").tolist() == ["Mon", "Tue", "Thu", "Fri"]
    assert table["n_gaps"].tolist() == [0, 0, 1, 0]
    assert table["regime.day"].tolist() == [1, 1, 2, 1]
    assert table["episode.first_session"].dt.strftime("%a").tolist()[1:] == ["Tue", "Tue", "Tue"]
    assert table["episode.last_session"].dt.strftime("%a").tolist()[1:] == ["Tue", "Thu", "Thu"]
    assert table["episode.max_ivts"].tolist()[1:3] == [1.05, 1.05]
    assert table["window.ivts_rank"].tolist() == [1.0, 1.0, pytest.approx(2 / 3), 0.5]
    assert table["window.p50"].tolist() == pytest.approx([0.90, 0.975, 1.02, 0.985])
    assert table["rolling_rates.2"].tolist() == [pytest.approx(np.nan, nan_ok=True), 0.5, 1.0, 0.5]
    assert table["regime.band"].tolist() == ["deep contango", "stress", "stress", "contango"]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=30), st.integers(1, 9))
def test_sliding_statistics_are_numpys(tenths, width):
    """Each window sorted and interpolated by NumPy gives the same bits, ties included."""
    values = np.array(tenths) / 10
    stops = np.arange(1, len(values) + 1)
    starts = np.maximum(stops - width, 0)
    rank, percentiles = slide(values, starts, stops, (0.5, 0.95, 0.99))
    windows = [values[a:b] for a, b in zip(starts, stops, strict=True)]
    assert percentiles.T.tolist() == [np.percentile(w, [50, 95, 99]).tolist() for w in windows]
    assert rank.tolist() == [float(np.mean(w <= w[-1])) for w in windows]
    alone = slide(values, starts[-1:], stops[-1:], (0.5, 0.95, 0.99))
    assert [each.tolist() for each in alone] == [rank[-1:].tolist(), percentiles[:, -1:].tolist()]
