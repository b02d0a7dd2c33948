"""What is published: values, rounding, nulls, hashes, text."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from tests.panels import (
    ROLES,
    EventWindow,
    analyse_panel,
    analyse_ratios,
    make_closes,
    make_panel,
    publish_snapshot,
)

from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.provenance import describe_quality
from ivts_site.model import SeriesOrigin
from ivts_site.panel import build_panel
from ivts_site.published.numbers import number
from ivts_site.published.serialize import rounded, to_json
from ivts_site.published.snapshot import Percentiles

EVENT = EventWindow(id="week", name="A week", first=dt.date(2020, 1, 6), last=dt.date(2020, 1, 10))


def _published(analysis, **changed):
    return json.loads(to_json(publish_snapshot(analysis, **changed)))


@pytest.fixture
def analysis():
    """Seven sessions: two short episodes, a gap, the second episode still open."""
    panel = make_panel(
        [18.0, 21.0, 17.0, None, 24.0, 22.0, 21.56],
        [20.0, 20.0, 20.5, 21.0, 20.6, 20.7, 19.86],
        [100.0, 95.0, 99.0, 101.0, 90.0, 91.0, 92.92],
    )
    return analyse_panel(panel, events=[EVENT])


def test_keys_of_the_contract(analysis):
    """The fixed keys and their order."""
    published = _published(analysis)
    assert list(published) == [
        "schema_version",
        "sample",
        "as_of",
        "built_at",
        "headline",
        "news",
        "closes",
        "changes",
        "ivts",
        "regime",
        "window",
        "windows",
        "rolling_rates",
        "episodes",
        "all_history",
        "measured",
        "events",
        "persistence",
        "distance",
        "expected",
        "provisional",
        "series",
        "quality",
    ]
    assert {"name", "day", "since", "borderline", "band"} <= set(published["regime"])
    assert {"p50", "p95", "p99"} == set(published["window"]["ivts_percentiles"])
    assert {"ivts", "vix", "vix3m"} == set(published["window"]["percentile_ranks"])
    assert list(published["rolling_rates"]) == ["30", "60", "90"]


def test_values(analysis):
    """The last session by hand: 21.56 / 19.86 = 1.085599…, changes from the session before."""
    published = _published(analysis)
    assert published["as_of"] == "2020-01-14"
    assert published["built_at"] == "2026-03-01T01:30:00Z"
    assert published["closes"] == {"vix": 21.56, "vix3m": 19.86, "spy": 92.92}
    assert published["ivts"] == 1.085599
    changes = published["changes"]
    assert (changes["previous_session"], changes["vix"], changes["vix3m"]) == ("2020-01-13", -0.44, -0.84)
    assert (changes["spy"], changes["spy_return"]) == (1.92, 0.021099)  # 92.92 / 91 − 1
    assert (changes["vix_return"], changes["vix3m_return"]) == (-0.02, -0.04058)  # −0.44 / 22, −0.84 / 20.7
    assert changes["ivts"] == 0.022797  # 1.0855992 − 1.0628019
    assert published["regime"] == {
        "name": "backwardation",
        "day": 3,
        "since": "2020-01-10",
        "borderline": False,
        "band": "stress",
        "slope": 0.185599,  # from 18 / 20 = 0.9, five ratios earlier
        "slope_sessions": 5,
        "threshold": 1.0,
        "distance": -1.7,
        "distance_return": -0.07885,
    }
    assert published["expected"] == {"next_session": "2026-03-02", "publication": "2026-03-02T23:30:00Z"}


def test_window_and_history(analysis):
    """Six ratios, four of them in backwardation, one gap."""
    published = _published(analysis)
    window = published["window"]
    assert (window["name"], window["n_sessions"], window["n_backwardation"]) == ("2y", 6, 4)
    assert (window["backwardation_rate"], window["complete"]) == (0.666667, False)
    assert (window["vix_min"], window["vix_max"], window["vix_max_session"]) == (17, 24, "2020-01-10")
    assert (window["vix3m_max"], window["vix3m_max_session"]) == (21, "2020-01-09")
    assert window == published["windows"][3]
    assert published["all_history"] == {
        "first_session": "2020-01-06",
        "last_session": "2020-01-14",
        "n_sessions": 6,
        "n_backwardation": 4,
        "backwardation_rate": 0.666667,
        "n_gaps": 1,
        "gaps": ["2020-01-09"],
    }


def test_recent_is_newest_first_and_the_list_oldest_first(analysis):
    """The list holds all of them and more; the open one runs from the close before it, 101, to 92.92."""
    episodes = _published(analysis)["episodes"]
    listed = json.loads(to_json(build_episode_list(analysis, sample=True)))
    assert episodes["recent"] == [
        {key: each[key] for key in episodes["recent"][0]} for each in listed["episodes"][::-1]
    ]
    assert (listed["sample"], listed["as_of"]) == (True, "2020-01-14")
    assert episodes["recent"][0] == {
        "first_session": "2020-01-10",
        "last_session": "2020-01-14",
        "n_sessions": 3,
        "max_ivts": 1.165049,  # 24 / 20.6
        "max_session": "2020-01-10",
        "spy_return": -0.08,  # 92.92 / 101 − 1
        "spy_return_within": 0.032444,  # 92.92 / 90 − 1
        "spy_max_drawdown": -0.108911,  # 90 / 101 − 1
        "ongoing": True,
        "suspect": False,
    }
    assert episodes["longest"] == episodes["recent"][0]
    assert (episodes["n"], episodes["mean_sessions"], episodes["n_one_session"]) == (2, 2, 1)


def test_recent_holds_as_many_as_configured():
    """Seven episodes, the two latest asked for."""
    snapshot = publish_snapshot(analyse_ratios([0.9, 1.1] * 7, recent_episodes=2))
    assert [episode.first_session for episode in snapshot.episodes.recent] == ["2020-01-23", "2020-01-21"]
    assert snapshot.episodes.n == 7


def test_series_and_quality(analysis):
    """Rows up to the as-of session, their hash by hashlib, dropped rows summed by reason."""
    published = _published(analysis)
    assert list(published["series"]) == ["vix", "vix3m", "spy"]
    vix = published["series"]["vix"]
    assert (vix["source"], vix["first_session"], vix["last_session"], vix["rows"]) == (
        "cboe_csv",
        "2020-01-06",
        "2020-01-14",
        6,
    )
    lines = (
        "2020-01-06,18.0\n2020-01-07,21.0\n2020-01-08,17.0\n"
        "2020-01-10,24.0\n2020-01-13,22.0\n2020-01-14,21.56\n"
    )
    assert vix["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    quality = published["quality"]
    assert (quality["dropped_rows"], quality["dropped_by_reason"]) == (
        6,
        {"duplicate": 1, "not_a_session": 5},
    )
    assert list(quality["dropped_by_reason"]) == ["duplicate", "not_a_session"]
    assert quality["suspect"] == [
        {
            "series": "vix3m",
            "session": "2020-01-07",
            "close": 20.0,
            "reason": "same as the close before, although VIX moved by +16.7%",
        }
    ]


def test_events(analysis):
    """The declared week: peak 24 on the 10th, the fund from 101 to 90."""
    (event,) = _published(analysis)["events"]
    assert event == {
        "id": "week",
        "name": "A week",
        "first": "2020-01-06",
        "last": "2020-01-10",
        "vix_before": None,
        "vix_peak": 24.0,
        "vix_peak_session": "2020-01-10",
        "spy_drawdown": -0.108911,
        "spy_peak_session": "2020-01-09",
        "spy_trough_session": "2020-01-10",
        "n_sessions": 4,
        "n_backwardation": 2,
        "longest_run": 1,
        "ratio_complete": True,
    }


def test_undefined_is_null():
    """One session without a benchmark close: nulls, no zeros, no NaN."""
    closes = make_closes([None, 18.0], [None, 20.0], [100.0, None])
    analysis = analyse_panel(build_panel(closes, **ROLES, as_of=None))
    published = _published(analysis, expected=None)
    assert published["closes"]["spy"] is None
    assert set(published["changes"].values()) == {None}
    assert set(published["rolling_rates"].values()) == {None}
    assert published["regime"]["slope"] is None
    assert published["expected"] is None
    assert published["episodes"] == {
        "n": 0,
        "mean_sessions": None,
        "median_sessions": None,
        "longest": None,
        "n_one_session": 0,
        "n_five_or_more": 0,
        "n_returns": 0,
        "mean_spy_return": None,
        "median_spy_return": None,
        "share_negative": None,
        "mean_spy_return_first": None,
        "share_negative_first": None,
        "n_longer": 0,
        "mean_spy_return_within": None,
        "share_negative_within": None,
        "recent": [],
    }
    assert published["measured"]["correlation_same_day"] is None
    assert published["measured"]["forward_returns"][0]["mean_all"] is None
    assert "NaN" not in to_json(publish_snapshot(analysis))


def test_at_most_ten_gaps_newest_first():
    """Twelve gaps: the count is true, the list is cut."""
    history = publish_snapshot(analyse_ratios([0.9, *[None] * 12, 0.9])).all_history
    assert (history.n_gaps, len(history.gaps)) == (12, 10)
    assert history.gaps[0] == "2020-01-22"
    assert history.gaps == tuple(sorted(history.gaps, reverse=True))


def test_the_snapshot_itself_is_rounded(analysis):
    """Readers of the object and of the file see the same digits."""
    snapshot = publish_snapshot(analysis)
    assert snapshot.ivts == 1.085599
    assert json.loads(to_json(snapshot))["regime"]["slope"] == snapshot.regime.slope


def test_rounded_reaches_into_records_tuples_and_mappings():
    """A third has six places wherever it stands; what is no float stays as it is."""
    found = rounded(({"30": 1 / 3, "60": None}, Percentiles(p50=1 / 3, p95=-1e-9, p99=None), 7, "a"))
    assert found == ({"30": 0.333333, "60": None}, Percentiles(p50=0.333333, p95=0.0, p99=None), 7, "a")


def test_instants_are_utc(analysis):
    """20:30 in New York in winter is 01:30 UTC; an instant without a zone is refused."""
    new_york = dt.datetime(2026, 2, 28, 20, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert publish_snapshot(analysis, built_at=new_york).built_at == "2026-03-01T01:30:00Z"
    with pytest.raises(ValueError, match="no time zone"):
        publish_snapshot(analysis, built_at=dt.datetime(2026, 2, 28))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0.0"),
        (-0.0000001, "0.0"),
        (0.1234567, "0.123457"),
        (1 / 3, "0.333333"),
        (float("nan"), "null"),
        (np.float64(2.5), "2.5"),
        (3, "3"),
        (True, "true"),
        (None, "null"),
        ("Größe", '"Größe"'),
        ({"b": (1.0, -0.0), "a": []}, '{\n  "b": [\n    1.0,\n    0.0\n  ],\n  "a": []\n}'),
    ],
)
def test_to_json(value, text):
    """Six places, no negative zero, no NaN, declared order, a newline at the end."""
    assert to_json(value) == text + "\n"


def test_to_json_refuses_infinity():
    """JSON has no word for it."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": float("inf")})


def test_number_has_no_negative_zero():
    """The sign bit is gone."""
    assert not np.signbit(number(-0.0))
    assert not np.signbit(number(-1e-9))


def test_rows_dropped_later_are_not_counted() -> None:
    """Of three dropped rows one is dated later, and an unreadable one has no date: 3 - 1 + 1."""
    days = (dt.date(2024, 1, 1), dt.date(2024, 1, 15), dt.date(2024, 2, 19))
    origin = SeriesOrigin(
        source="cboe_csv", dropped={"not_a_session": 3, "unreadable": 1}, dropped_days={"not_a_session": days}
    )
    quality = describe_quality((), {"vix": origin}, pd.Timestamp("2024-02-16"))
    assert (quality.dropped_rows, quality.dropped_by_reason) == (3, {"not_a_session": 2, "unreadable": 1})
