"""Aligning closes and refusing what makes no panel."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from tests.panels import BACK, BENCHMARK, FRONT, ROLES, make_closes

from ivts_site.errors import PanelError, UsageError
from ivts_site.panel import build_panel, check_panel

# Monday 2020-01-06 to Monday 2020-01-13. The front has no close on Wednesday, the back none on Monday 13.
CLOSES = make_closes(
    front=[12.0, 13.0, None, 14.0, 15.0, 16.0],
    back=[15.0, 15.5, 15.2, 15.1, 15.3, None],
    benchmark=[None, 100.0, 101.0, 102.0, None, 103.0],
)


def _faults(**changed):
    with pytest.raises(PanelError) as caught:
        check_panel(CLOSES | changed, (FRONT, BACK, BENCHMARK))
    return caught.value.problems


def test_panel_is_the_union_of_sessions_up_to_the_last_common_one():
    """Rows after the last session with both closes are cut; missing closes stay missing."""
    panel = build_panel(CLOSES, **ROLES, as_of=None)
    assert [f"{day:%a %d}" for day in panel.closes.index] == [
        "Mon 06",
        "Tue 07",
        "Wed 08",
        "Thu 09",
        "Fri 10",
    ]
    assert panel.as_of == pd.Timestamp("2020-01-10")
    np.testing.assert_array_equal(panel.closes["front"], [12.0, 13.0, np.nan, 14.0, 15.0])
    np.testing.assert_array_equal(panel.closes["benchmark"], [np.nan, 100.0, 101.0, 102.0, np.nan])
    assert list(panel.closes.columns) == ["front", "back", "benchmark"]
    assert panel.closes.index.name == "session"
    assert panel.closes.index.dtype == "datetime64[us]"
    assert (panel.front, panel.back, panel.benchmark) == (FRONT, BACK, BENCHMARK)


def test_as_of_cuts_later_rows():
    """Nothing dated after the as-of session is in the panel."""
    panel = build_panel(CLOSES, **ROLES, as_of=dt.date(2020, 1, 9))
    assert panel.as_of == panel.closes.index[-1] == pd.Timestamp("2020-01-09")


def test_other_index_units_and_integer_closes_are_taken():
    """A vendor's nanosecond index or whole-number closes change nothing."""
    closes = {key: s.set_axis(s.index.as_unit("ns")) for key, s in CLOSES.items()}
    closes["spy"] = closes["spy"].astype(int)
    left, right = (build_panel(c, **ROLES, as_of=None).closes for c in (closes, CLOSES))
    pd.testing.assert_frame_equal(left, right, check_freq=False)


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        (
            dt.date(2020, 1, 11),
            "as-of 2020-01-11 is after the last session with VIX/VIX3M, 2020-01-10 "
            "(stored from 2020-01-06 to 2020-01-10)",
        ),
        (
            dt.date(2020, 1, 5),
            "as-of 2020-01-05 is before the first session with VIX/VIX3M, 2020-01-06 "
            "(stored from 2020-01-06 to 2020-01-10)",
        ),
        (
            dt.date(1, 1, 1),
            "as-of 0001-01-01 is before the first session with VIX/VIX3M, 2020-01-06 "
            "(stored from 2020-01-06 to 2020-01-10)",
        ),
        (
            dt.date(2020, 1, 8),
            "as-of 2020-01-08 has no VIX/VIX3M, a close is missing; the nearest with VIX/VIX3M are "
            "2020-01-07 and 2020-01-09 (stored from 2020-01-06 to 2020-01-10)",
        ),
    ],
)
def test_as_of_without_a_ratio_is_refused(as_of, sentence):
    """The message names the nearest valid sessions and the stored range, whatever the benchmark has."""
    with pytest.raises(UsageError) as caught:
        build_panel(CLOSES, **ROLES, as_of=as_of)
    assert str(caught.value) == sentence


def test_as_of_that_is_no_session_is_refused():
    """A day between two sessions of which nothing is stored."""
    closes = {key: series.drop(pd.Timestamp("2020-01-08"), errors="ignore") for key, series in CLOSES.items()}
    with pytest.raises(
        UsageError, match=r"2020-01-08 is not a stored session; the nearest .* 2020-01-07 and"
    ):
        build_panel(closes, **ROLES, as_of=dt.date(2020, 1, 8))


def test_every_fault_is_listed_at_once():
    """Broken series give one error with a line for each fault."""
    front, back = CLOSES["vix"].copy(), CLOSES["vix3m"].iloc[::-1].copy()
    front.iloc[1], front.iloc[2] = np.inf, -1.0
    back.iloc[0] = 0.0
    assert _faults(vix=front, vix3m=back, spy=CLOSES["spy"].astype(str)) == (
        "vix: 2 closes are not finite numbers above zero, first inf at 2020-01-07",
        "vix3m: sessions are not in rising order",
        "vix3m: 1 closes are not finite numbers above zero, first 0.0 at 2020-01-10",
        "spy: closes are str, not numbers",
    )


def test_a_missing_series_is_a_fault():
    """A role whose key is not stored at all."""
    with pytest.raises(PanelError, match="vix3m: no closes are stored"):
        check_panel({"vix": CLOSES["vix"], "spy": CLOSES["spy"]}, (FRONT, BACK, BENCHMARK))


def test_missing_closes_are_a_fault():
    """NaN must not reach the panel as if it had been stored."""
    front = CLOSES["vix"].copy()
    front.iloc[0] = np.nan
    assert _faults(vix=front) == ("vix: 1 closes are not finite numbers above zero, first nan at 2020-01-06",)


def test_index_faults():
    """Sessions twice, with a time of day, with a zone, or no dates at all."""
    front = CLOSES["vix"]
    assert _faults(vix=pd.concat([front, front.iloc[-1:]])) == (
        "vix: 1 sessions are stored twice, first 2020-01-13",
    )
    assert _faults(vix=front.set_axis(front.index + pd.Timedelta(hours=16))) == (
        "vix: sessions carry a time of day",
    )
    no_dates = ("vix: the index does not hold dates without a time zone",)
    assert _faults(vix=front.tz_localize("UTC")) == no_dates
    assert _faults(vix=front.reset_index(drop=True)) == no_dates


def test_text_closes_are_a_fault():
    """Closes that are not numbers are named by their type."""
    assert _faults(vix=CLOSES["vix"].astype(str)) == ("vix: closes are str, not numbers",)


def test_no_common_session_is_a_fault():
    """Front and back never stored together."""
    assert _faults(vix=CLOSES["vix"].iloc[-1:]) == ("vix and vix3m have no session in common",)


@pytest.mark.parametrize(
    "spy", [None, CLOSES["spy"].iloc[:0], CLOSES["spy"].iloc[-1:]], ids=["unknown", "empty", "late"]
)
def test_the_ratio_needs_no_benchmark(spy):
    """With no close of the benchmark, or its first after the as-of session, the column is empty."""
    closes = {"vix": CLOSES["vix"], "vix3m": CLOSES["vix3m"]} | ({} if spy is None else {"spy": spy})
    panel = build_panel(closes, **ROLES, as_of=None)
    assert panel.as_of == pd.Timestamp("2020-01-10")
    assert panel.closes["benchmark"].isna().all()
    assert panel.closes["benchmark"].dtype == "float64"
    whole = build_panel(CLOSES, **ROLES, as_of=None)
    pd.testing.assert_frame_equal(
        panel.closes[["front", "back"]], whole.closes[["front", "back"]], check_freq=False
    )
