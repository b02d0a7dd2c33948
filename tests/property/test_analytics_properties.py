"""What holds for every analysis: no look-ahead, no scale, bounded statistics."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.panels import (
    ROLES,
    EventWindow,
    analyse_panel,
    assert_same,
    publish_snapshot,
)
from tests.sampled import examples

from ivts_site.analytics.distribution import build_histogram
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.errors import IvtsError
from ivts_site.panel import build_panel
from ivts_site.published.serialize import to_json

CENTS = st.one_of(st.none(), st.integers(1997, 2003), st.integers(1500, 2600))
HISTORY = st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=1, max_size=40)
EVENTS = (
    EventWindow(id="a", name="A", first=dt.date(2019, 12, 3), last=dt.date(2019, 12, 20)),
    EventWindow(id="b", name="B", first=dt.date(2019, 12, 15), last=dt.date(2020, 2, 1)),
    EventWindow(id="c", name="C", first=dt.date(2019, 1, 1), last=dt.date(2019, 12, 5)),
)
SHORT = {"rolling_sessions": (2, 5), "forward_sessions": (1, 3)}


def closes_of(rows) -> dict[str, pd.Series]:
    """Series by key of rows of cents on business days."""
    days = pd.bdate_range("2019-12-02", periods=len(rows), unit="us").rename("session")
    columns = zip(*rows, strict=True)
    return {
        key: pd.Series([np.nan if c is None else c / 100 for c in column], index=days, dtype=float).dropna()
        for key, column in zip(("vix", "vix3m", "spy"), columns, strict=True)
    }


def build(closes, as_of=None):
    """Panel, or None where the closes make none."""
    try:
        return build_panel(closes, **ROLES, as_of=as_of)
    except IvtsError:
        return None


def publish(panel):
    """Both JSON files of a panel."""
    analysis = analyse_panel(panel, EVENTS, **SHORT)
    snapshot = publish_snapshot(analysis)
    return to_json(snapshot), to_json(build_episode_list(analysis, sample=False))


@examples(0.3)
@given(HISTORY, st.data())
def test_truncated_input_equals_as_of(rows, data):
    """The analysis and the published text as of D are those of the data that end at D: no look-ahead."""
    closes = closes_of(rows)
    day = data.draw(st.sampled_from(list(pd.bdate_range("2019-12-02", periods=len(rows)))))
    truncated, as_of = build({key: s.loc[:day] for key, s in closes.items()}), build(closes, day.date())
    if as_of is None:
        assert truncated is None or truncated.as_of < day
        return
    assert_same(analyse_panel(truncated, EVENTS, **SHORT), analyse_panel(as_of, EVENTS, **SHORT))
    assert publish(truncated) == publish(as_of)


@examples(0.3)
@given(HISTORY, HISTORY)
def test_later_rows_change_nothing(rows, later):
    """Whatever follows the as-of session, the text is the same."""
    panel = build(closes_of(rows))
    assume(panel is not None)
    assert publish(panel) == publish(build(closes_of(rows + later), panel.as_of.date()))


def test_later_rows_would_be_seen():
    """The comparison above can fail: without as-of, a later row changes the text."""
    rows = [(2000, 2100, 100), (2200, 2100, 101)]
    assert publish(build(closes_of(rows))) != publish(build(closes_of([*rows, (2300, 2100, 99)])))


@examples(0.3)
@given(HISTORY, st.sampled_from([0.25, 2.0, 8.0, 3.7, 0.913]))
def test_scaling_both_indices_changes_nothing_of_the_ratio(rows, factor):
    """Ratio, regimes, spells, episodes, rates, percentiles and ranks have no unit."""
    closes = closes_of(rows)
    plain = build(closes)
    assume(plain is not None)
    scaled = build(closes | {key: closes[key] * factor for key in ("vix", "vix3m")})
    one, other = (analyse_panel(panel, **SHORT) for panel in (plain, scaled))
    for name in ("signal", "spells", "episodes", "rolling_rates"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), rtol=1e-12)
    assert one.histogram.counts.tolist() == other.histogram.counts.tolist()
    for left, right in zip(one.windows, other.windows, strict=True):
        for part in ("ivts_percentiles", "percentile_ranks"):
            one_part, other_part = (dataclasses.astuple(getattr(window, part)) for window in (left, right))
            assert one_part == pytest.approx(other_part, rel=1e-12)
        assert (left.ivts_min, left.ivts_max) == pytest.approx((right.ivts_min, right.ivts_max), rel=1e-12)
        assert (left.n_sessions, left.n_backwardation) == (right.n_sessions, right.n_backwardation)
    assert one.measured.ivts_max_session == other.measured.ivts_max_session
    assert one.measured.ivts_min_session == other.measured.ivts_min_session
    assert (one.regime.name, one.regime.band, one.regime.borderline) == (
        other.regime.name,
        other.regime.band,
        other.regime.borderline,
    )
    assert [s.session for s in one.suspects] == [s.session for s in other.suspects]


@examples(0.3)
@given(HISTORY)
def test_statistics_are_bounded(rows):
    """Rates and ranks are shares, percentiles rise, longer windows hold shorter ones."""
    panel = build(closes_of(rows))
    assume(panel is not None)
    analysis = analyse_panel(panel, **SHORT)
    for window in analysis.windows:
        assert 0 <= window.backwardation_rate <= 1
        assert all(0 < rank <= 1 for rank in dataclasses.astuple(window.percentile_ranks))
        ratios = (window.ivts_min, *dataclasses.astuple(window.ivts_percentiles), window.ivts_max)
        assert list(ratios) == sorted(ratios)
        assert window.backwardation_rate == window.n_backwardation / window.n_sessions
    counts = [window.n_sessions for window in analysis.windows]
    assert counts == sorted(counts)
    assert counts[-1] == len(analysis.signal)
    assert len(analysis.gaps) + len(analysis.signal) <= len(panel.closes)


@examples(0.3)
@given(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=50))
def test_histogram_counts_every_ratio_once(ratios):
    """Counts add up; edges are rising hundredths that enclose all ratios and hold 1.00."""
    histogram = build_histogram(np.array(ratios))
    assert histogram.counts.sum() == len(ratios)
    assert histogram.edges[0] < min(ratios) + 1e-9
    assert max(ratios) <= histogram.edges[-1] + 1e-9
    np.testing.assert_array_equal(histogram.edges, np.round(histogram.edges, 2))
    assert (np.diff(histogram.edges) > 0).all()
    assert 1.0 in histogram.edges
