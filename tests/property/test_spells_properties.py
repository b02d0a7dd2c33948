"""Spells, episodes and rates against a walk over the rows, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import ROLES, analyse_panel, slow_episodes, slow_spells
from tests.sampled import examples

from ivts_site.analytics.spells import count_days, number_spells
from ivts_site.model import Panel

# Closes a few cents apart: ties, exact equality and flips are common. Missing ones too.
CENTS = st.one_of(st.none(), st.integers(1997, 2003), st.integers(1500, 2600))
ROWS = st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=0, max_size=40)
LAST = st.tuples(st.integers(1990, 2010), st.integers(1990, 2010), CENTS)


def panel_of(rows) -> Panel:
    """Panel of rows of cents on business days; its last row has a front and a back."""
    days = pd.bdate_range("2019-12-02", periods=len(rows), unit="us").rename("session")
    values = np.array([[np.nan if c is None else c / 100 for c in row] for row in rows])
    closes = pd.DataFrame(values, index=days, columns=["front", "back", "benchmark"])
    return Panel(closes=closes, as_of=days[-1], **ROLES)


@examples(0.3)
@given(ROWS, LAST)
def test_episodes_equal_a_walk_over_the_rows(rows, last):
    """Every column of every episode, gaps and missing closes included."""
    panel = panel_of([*rows, last])
    found = analyse_panel(panel).episodes.drop(columns="suspect")
    expected = pd.DataFrame(slow_episodes(panel), columns=found.columns).astype(found.dtypes)
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-12)


@examples(0.3)
@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_days_and_numbers_equal_a_walk(flags):
    """Position in the run and number of the run."""
    numbers = number_spells(np.array(flags))
    assert (count_days(numbers).tolist(), numbers.tolist()) == slow_spells(flags)


@examples(0.3)
@given(ROWS, LAST)
def test_spells_partition_the_defined_sessions(rows, last):
    """Each session belongs to the one spell whose ends enclose it; neighbors differ; the last is ongoing."""
    analysis = analyse_panel(panel_of([*rows, last]))
    spells, signal = analysis.spells, analysis.signal
    assert spells["n_sessions"].sum() == len(signal)
    for number, spell in spells.iterrows():
        inside = signal.loc[spell["first_session"] : spell["last_session"]]
        assert (inside["spell"] == number).all()
        assert (inside["backwardation"] == spell["backwardation"]).all()
        assert inside["regime_day"].tolist() == list(range(1, spell["n_sessions"] + 1))
    flags = spells["backwardation"].to_numpy()
    assert (flags[1:] != flags[:-1]).all()
    assert spells["ongoing"].tolist() == [False] * (len(spells) - 1) + [True]
    assert (signal["backwardation"] == (signal["ivts"] > 1.0)).all()


@examples(0.3)
@given(ROWS, LAST, st.data())
def test_gaps_never_break_a_spell(rows, last, data):
    """A row without a ratio put in anywhere changes neither days nor spells nor lengths."""
    rows = [*rows, last]
    place = data.draw(st.integers(0, len(rows) - 1))
    gap = data.draw(st.sampled_from([(None, 2000, None), (2000, None, None), (None, None, None)]))
    plain, gapped = (analyse_panel(panel_of(r)) for r in (rows, [*rows[:place], gap, *rows[place:]]))
    for column in ("ivts", "backwardation", "regime_day", "spell"):
        assert plain.signal[column].tolist() == gapped.signal[column].tolist()
    assert plain.spells["n_sessions"].tolist() == gapped.spells["n_sessions"].tolist()
    pd.testing.assert_frame_equal(
        plain.rolling_rates.reset_index(drop=True), gapped.rolling_rates.reset_index(drop=True)
    )


@examples(0.3)
@given(ROWS, LAST, st.sampled_from([1, 2, 3, 7]))
def test_rolling_rates_equal_a_walk(rows, last, n):
    """The share of the last n flags, undefined before there are n; always in [0, 1]."""
    analysis = analyse_panel(panel_of([*rows, last]), rolling_sessions=(n,))
    flags = analysis.signal["backwardation"].tolist()
    expected = [np.nan if i + 1 < n else sum(flags[i + 1 - n : i + 1]) / n for i in range(len(flags))]
    rates = analysis.rolling_rates[n]
    np.testing.assert_allclose(rates, expected, atol=1e-15)
    assert rates.dropna().between(0, 1).all()


@examples(0.3)
@given(ROWS, LAST)
def test_outcomes_are_bounded(rows, last):
    """Drawdown at most 0 and at most the return; a one-session episode has no return within."""
    episodes = analyse_panel(panel_of([*rows, last])).episodes
    assert (episodes["spy_max_drawdown"].dropna() <= 0).all()
    known = episodes.dropna(subset=["spy_return", "spy_max_drawdown"])
    assert (known["spy_max_drawdown"] <= known["spy_return"]).all()
    single = episodes.loc[episodes["n_sessions"] == 1, "spy_return_within"].dropna()
    assert (single == 0).all()
    assert (episodes["max_ivts"] > 1).all()
