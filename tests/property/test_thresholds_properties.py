"""Thresholds against a walk over the rows, and against the definition's episodes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import analyse_panel
from tests.property.test_spells_properties import LAST, ROWS, panel_of
from tests.sampled import examples
from tests.thresholds import ThresholdRules, find_episodes, measure_thresholds

HUNDREDTHS = st.integers(85, 115)
RATIOS = st.lists(st.integers(85, 115), max_size=60)


def walk(ratios: list[int], entry: int, exit_: int, least: int) -> list[tuple[int, int]]:
    """Episodes by one walk, in whole hundredths."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for place, value in enumerate([*ratios, 0]):
        if begun is None and value > entry:
            begun = place
        elif begun is not None and value <= exit_:
            found.append((begun, place - 1))
            begun = None
    return [pair for pair in found if pair[1] - pair[0] + 1 >= least]


@examples(0.3)
@given(RATIOS, HUNDREDTHS, HUNDREDTHS, st.integers(1, 6))
def test_episodes_equal_a_walk(ratios, one, other, least):
    """Any two thresholds, any least length; ratios on the thresholds are common."""
    entry, exit_ = max(one, other), min(one, other)
    rules = ThresholdRules(entry=entry / 100, exit=exit_ / 100, min_sessions=least)
    first, last = find_episodes(np.array(ratios, dtype=float) / 100, rules)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == walk(ratios, entry, exit_, least)


@examples(0.3)
@given(ROWS, LAST)
def test_the_definition_is_one_of_the_settings(rows, last):
    """Entry and exit at 1.0 and one session at least: the definition's episodes, to the last figure."""
    analysis = analyse_panel(panel_of([*rows, last]))
    rules = ThresholdRules(entry=1.0, exit=1.0, min_sessions=1)
    ivts, benchmark = analysis.signal["ivts"], analysis.panel.closes["benchmark"]
    ends = zip(("first_session", "last_session"), find_episodes(ivts.to_numpy(), rules), strict=True)
    for name, at in ends:
        assert ivts.index[at].tolist() == analysis.episodes[name].tolist()
    found, summary = measure_thresholds(ivts, benchmark, rules), analysis.episode_summary
    assert found.n == summary.n
    assert found.n_sessions == int(analysis.signal["backwardation"].sum())
    pd.testing.assert_series_equal(
        pd.Series([found.mean_sessions, found.median_sessions, found.mean_spy_return, found.flips_per_year]),
        pd.Series(
            [
                summary.mean_sessions,
                summary.median_sessions,
                summary.mean_spy_return,
                analysis.measured.flips_per_year,
            ],
            dtype=float,
        ),
    )


@examples(0.3)
@given(RATIOS, HUNDREDTHS, st.integers(0, 20), st.integers(1, 6))
def test_a_lower_exit_only_lengthens(ratios, entry, lower, least):
    """Every session inside stays inside when the exit is lowered."""
    values = np.array(ratios, dtype=float) / 100
    covered = [
        set().union(*(range(a, b + 1) for a, b in zip(*find_episodes(values, rules), strict=True)))
        for rules in (
            ThresholdRules(entry=entry / 100, exit=exit_ / 100, min_sessions=least)
            for exit_ in (entry, entry - lower)
        )
    ]
    assert covered[0] <= covered[1]
