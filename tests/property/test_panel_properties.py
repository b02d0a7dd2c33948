"""What holds for every panel that is built."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import ROLES
from tests.sampled import examples

from ivts_site.errors import PanelError
from ivts_site.panel import build_panel

SESSIONS = pd.bdate_range("2019-12-02", periods=15, unit="us").rename("session")
PLACES = st.sets(st.integers(0, 14))


def _closes(front, back, benchmark):
    chosen = {"vix": front, "vix3m": back, "spy": benchmark}
    every = pd.Series(np.arange(10.0, 25.0), index=SESSIONS)
    return {key: every.iloc[sorted(places)] for key, places in chosen.items()}


@examples(0.3)
@given(PLACES, PLACES, PLACES)
def test_panel_holds_what_is_stored_and_nothing_else(front, back, benchmark):
    """Union of sessions up to the last one of front and back; the benchmark decides on none."""
    common = front & back
    closes = _closes(front, back, benchmark)
    try:
        panel = build_panel(closes, **ROLES, as_of=None)
    except PanelError:
        assert not common
        return
    assert panel.as_of == SESSIONS[max(common)]
    places = sorted(place for place in front | back | benchmark if place <= max(common))
    assert list(panel.closes.index) == list(SESSIONS[places])
    for column, key in (("front", "vix"), ("back", "vix3m"), ("benchmark", "spy")):
        stored = panel.closes[column].dropna()
        pd.testing.assert_series_equal(
            stored, closes[key].loc[: panel.as_of], check_names=False, check_freq=False
        )
