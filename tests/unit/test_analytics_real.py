"""Recorded closes: what is known of them from elsewhere."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from tests.panels import ROLES, EventWindow, analyse_panel, assert_same, publish_snapshot
from tests.recorded import recorded_closes
from tests.shared import needs_shared

from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.returns import forward_returns
from ivts_site.panel import build_panel
from ivts_site.published.serialize import to_json

pytestmark = needs_shared

EVENTS = tuple(
    EventWindow(id=name, name=name, first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last))
    for name, first, last in (
        ("2008", "2008-09-01", "2009-03-31"),
        ("2015", "2015-08-17", "2015-09-30"),
        ("2018-02", "2018-02-01", "2018-02-28"),
        ("2018-q4", "2018-10-01", "2018-12-31"),
        ("2020", "2020-02-20", "2020-04-30"),
        ("2022", "2022-01-03", "2022-10-31"),
        ("2024", "2024-08-01", "2024-08-31"),
        ("2025", "2025-04-01", "2025-04-30"),
    )
)


@pytest.fixture(scope="module")
def closes() -> dict[str, pd.Series]:
    """What a fetch stores."""
    return recorded_closes()


@pytest.fixture(scope="module")
def analysis(closes):
    """Everything stored, as of 2026-02-27."""
    return analyse_panel(build_panel(closes, **ROLES, as_of=dt.date(2026, 2, 27)), EVENTS)


def test_history(analysis):
    """4,587 sessions, 467 in backwardation, no gap; the ratio's extremes."""
    assert (len(analysis.signal), int(analysis.signal["backwardation"].sum())) == (4587, 467)
    assert len(analysis.gaps) == 0
    measured = analysis.measured
    assert (round(measured.ivts_min, 4), measured.ivts_min_session) == (0.7104, "2012-03-16")
    assert (round(measured.ivts_max, 4), measured.ivts_max_session) == (1.4309, "2008-10-24")
    assert (measured.front.min, measured.front.max) == (9.14, 82.69)
    assert measured.front.first_session == "1990-01-02"


def test_longest_episode(analysis):
    """63 sessions, 2008-09-11 to 2008-12-09; 125 episodes, half of which last one session."""
    assert analysis.episode_summary.n == 125
    longest = analysis.episode_summary.longest
    assert (longest.first_session, longest.last_session) == ("2008-09-11", "2008-12-09")
    assert longest.n_sessions == 63
    assert analysis.episode_summary.n_one_session / analysis.episode_summary.n == pytest.approx(0.5, abs=0.01)


def test_goldens_to_a_millionth(analysis, closes):
    """The snapshot's episodes against a loop over the joined closes, and against figures counted apart.

    These are: 467 sessions, 125 episodes, mean length 3.736, median 1; SPY −2.3613 % on average, median
    −1.8685 %; highest ratio 1.430922.
    """
    frame = pd.DataFrame({key: closes[key] for key in ("vix", "vix3m", "spy")}).loc["2007-12-03":]
    whole, first, later, lengths = [], [], [], []
    start = before = None
    for _, row in frame.iterrows():
        inverted = row["vix"] > row["vix3m"]
        if inverted and start is None:
            start, length = before, 0
            first.append(row["spy"] / start["spy"] - 1)
            opened = row["spy"]
        if not inverted and start is not None:
            whole.append(before["spy"] / start["spy"] - 1)
            lengths.append(length)
            if length > 1:
                later.append(before["spy"] / opened - 1)
            start = None
        length = length + 1 if start is not None else 0
        before = row
    assert start is None
    found = json.loads(to_json(publish_snapshot(analysis)))["episodes"]
    assert (found["n"], sum(lengths), found["n_longer"]) == (125, 467, len(later))
    assert (found["mean_sessions"], found["median_sessions"]) == (3.736, 1)
    for key, values in {"": whole, "_first": first, "_within": later}.items():
        assert found[f"mean_spy_return{key}"] == pytest.approx(np.mean(values), abs=1e-6)
        share = found[f"share_negative{key}"]
        assert share == pytest.approx(np.mean([each < 0 for each in values]), abs=1e-6)
    assert found["median_spy_return"] == pytest.approx(np.median(whole), abs=1e-6)
    assert (found["mean_spy_return"], found["median_spy_return"]) == (-0.023613, -0.018685)
    assert found["longest"]["max_ivts"] == 1.430922


def test_february_2026(analysis):
    """19.86 / 21.56 = 0.921150, contango."""
    assert round(analysis.ivts, 6) == 0.92115
    assert analysis.regime.name == "contango"
    assert analysis.window.n_sessions == 502
    assert analysis.window.first_session == "2024-02-28"


def test_march_2020(closes):
    """VIX 82.69, in backwardation since 2020-02-24, and nothing later is known."""
    analysis = analyse_panel(build_panel(closes, **ROLES, as_of=dt.date(2020, 3, 16)))
    assert analysis.panel.closes["front"].iloc[-1] == 82.69
    assert analysis.regime.name == "backwardation"
    assert (analysis.regime.day, analysis.regime.since) == (16, "2020-02-24")
    assert analysis.episodes["ongoing"].iloc[-1]


def test_equal_closes_are_contango(analysis):
    """On 2015-09-17 both indices closed at the same value."""
    day = analysis.signal.loc["2015-09-17"]
    assert day["ivts"] == 1.0
    assert not day["backwardation"]


def test_the_repeated_close_of_may_2010_is_suspect(analysis):
    """VIX3M repeats 26.37 while the VIX rose by almost eight points; it stays in the statistics."""
    suspect = next(s for s in analysis.suspects if s.session == "2010-05-06")
    assert (suspect.series, suspect.close) == ("vix3m", 26.37)
    episodes = analysis.episodes.set_index("first_session")
    assert episodes.loc["2010-05-06", "suspect"]
    assert round(episodes.loc["2010-05-06", "max_ivts"], 4) >= 1.2438


def test_the_largest_true_moves_are_not_suspect(analysis):
    """2018-02-05, 2020-03-16 and 2024-08-05 were real."""
    suspects = {s.session for s in analysis.suspects}
    assert not suspects & {"2018-02-05", "2020-03-16", "2024-08-05"}
    assert len(suspects) < 5


def test_changes_of_the_ratio_do_not_lead(golden):
    """+0.91 with the same day's change of the VIX, about 0 with the next day's."""
    assert round(golden.measured.correlation_same_day, 2) == 0.91
    assert abs(golden.measured.correlation_next_day) < 0.05


@pytest.mark.parametrize(
    ("event", "peak", "session"),
    [
        ("2015", 40.74, "2015-08-24"),
        ("2018-02", 37.32, "2018-02-05"),
        ("2018-q4", 36.07, "2018-12-24"),
        ("2020", 82.69, "2020-03-16"),
        ("2022", 36.45, "2022-03-07"),
        ("2024", 38.57, "2024-08-05"),
        ("2025", 52.33, "2025-04-08"),
    ],
)
def test_peaks_of_events(analysis, event, peak, session):
    """Highest closes as the vendor's own announcements have them."""
    found = next(e for e in analysis.events if e.id == event)
    assert (found.vix_peak, found.vix_peak_session) == (peak, session)
    assert found.ratio_complete


def test_events_by_other_means(analysis, closes):
    """2020: 43 sessions in one run; the fall of SPY by pandas. 2008: 104 of 146 sessions."""
    found = {event.id: event for event in analysis.events}
    spy = closes["spy"].loc["2020-02-20":"2020-04-30"]
    assert found["2020"].spy_drawdown == pytest.approx((spy / spy.cummax() - 1).min())
    assert found["2020"].spy_trough_session == "2020-03-23"
    assert (found["2020"].longest_run, found["2020"].n_backwardation) == (43, 43)
    assert found["2008"].vix_peak == 80.86
    assert (found["2008"].n_backwardation, found["2008"].n_sessions) == (104, 146)
    # SPY 127.99 on 2 Sep 2008 (the highest close within the window), 68.11 on 9 Mar 2009
    assert round(found["2008"].spy_drawdown, 3) == -0.468
    assert found["2008"].spy_trough_session == "2009-03-09"


@pytest.fixture(scope="module")
def golden(closes):
    """Closes of 2009-09-18 … 2025-11-12, the range of the figures computed elsewhere."""
    cut = {key: series.loc["2009-09-18":"2025-11-12"] for key, series in closes.items()}
    return analyse_panel(build_panel(cut, **ROLES, as_of=None))


def test_counts_of_the_golden_range(golden):
    """4,064 sessions, 312 above 1, 97 episodes; shares that last longer than k sessions."""
    assert (len(golden.signal), int(golden.signal["backwardation"].sum())) == (4064, 312)
    lengths = golden.episodes["n_sessions"]
    assert len(lengths) == 97
    longer = [round(100 * float((lengths > k).mean()), 1) for k in (1, 2, 3, 5, 10, 20)]
    assert longer == [51.5, 28.9, 20.6, 13.4, 4.1, 2.1]


@pytest.mark.parametrize(
    ("horizon", "everything", "backwardation", "deep"),
    [
        (5, (0.25, 4059), (0.86, 312), (0.06, 1141)),
        (21, (1.06, 4043), (2.89, 311), (0.55, 1137)),
        (63, (3.11, 4001), (7.13, 311), (1.53, 1112)),
    ],
)
def test_forward_returns_of_the_golden_range(golden, horizon, everything, backwardation, deep):
    """Mean SPY return in percent and number of starts, to 0.01 percentage points."""
    forward = next(f for f in golden.measured.forward_returns if f.horizon == horizon)
    assert (forward.mean_all * 100, forward.n_all) == (pytest.approx(everything[0], abs=0.01), everything[1])
    assert forward.mean_backwardation * 100 == pytest.approx(backwardation[0], abs=0.01)
    assert forward.n_backwardation == backwardation[1]
    returns = forward_returns(golden.panel.closes["benchmark"].to_numpy(), horizon)
    low = returns[golden.signal["ivts"].to_numpy() <= 0.85]
    low = low[~np.isnan(low)]
    assert (low.mean() * 100, len(low)) == (pytest.approx(deep[0], abs=0.01), deep[1])


@pytest.mark.parametrize("day", ["2009-09-18", "2011-08-08", "2020-02-28", "2020-04-24", "2024-02-29"])
def test_no_look_ahead(closes, day):
    """Data that end on the day give the analysis and the text of that as-of day."""
    truncated = build_panel({key: s.loc[:day] for key, s in closes.items()}, **ROLES, as_of=None)
    as_of = build_panel(closes, **ROLES, as_of=dt.date.fromisoformat(day))
    texts = []
    for panel in (truncated, as_of):
        analysis = analyse_panel(panel, EVENTS)
        snapshot = publish_snapshot(analysis, expected=None)
        texts.append(to_json(snapshot) + to_json(build_episode_list(analysis, sample=False)))
    assert_same(analyse_panel(truncated, EVENTS), analyse_panel(as_of, EVENTS))
    assert texts[0] == texts[1]
