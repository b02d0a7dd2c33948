"""The threshold explorer as worded: the definition's figures, and the bounds of its dials."""

from __future__ import annotations

import dataclasses

import pytest
from tests.view_states import charts, content, site_of, state

from ivts_site.view.explorer import build_explorer
from ivts_site.view.figures import build_figures
from ivts_site.view.types import ExplorerView
from ivts_site.words.names import Names

LABELS = Names(front="VIX", back="VIX3M", benchmark="SPY", front_horizon="30-day", back_horizon="3-month")


def explorer_at(threshold: float) -> ExplorerView:
    snapshot = state("contango-long")
    regime = dataclasses.replace(snapshot.regime, threshold=threshold)
    main, tabs = build_figures(charts(), snapshot, ("VIX", "VIX3M"), raw_closes=False)
    snapshot = dataclasses.replace(snapshot, regime=regime)
    return build_explorer(snapshot, content().explorer, (main, *tabs), LABELS)


def test_figures_of_the_definition() -> None:
    """One episode of four sessions among 484, and what the closes around it give."""
    view = site_of(state("contango-long")).page.explorer
    rows = {key: (label, text) for key, label, text in view.rows}
    assert rows["n"] == ("Episodes", "1")
    assert rows["rate"] == ("Backwardation rate", "0.8\u202f%")  # 4 / 484
    assert rows["mean"][1] == rows["median"][1] == "4.0"
    # closes 400 + 20 sin(i / 5) for i = 399, before it, and 403, its last: 382.35 / 380.96 - 1 = 0.36 %
    assert rows["spy"] == ("Mean SPY return", "+0.4\u202f%")
    # up and down once between 8 January 2024 and 13 November 2025: 675 days
    assert rows["flips"] == ("Flips a year", "1.1")
    assert view.span == "8 January 2024 to 13 November 2025"
    assert view.source == "charts/signal.json"


def test_an_undefined_figure_says_so() -> None:
    """Without an episode there is no mean to show."""
    rows = {key: text for key, _, text in site_of(state("no-episodes")).page.explorer.rows}
    assert (rows["n"], rows["mean"], rows["spy"], rows["flips"]) == ("0", "n/a", "n/a", "0.0")


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (1.0, ("1.00", "0.8", "1.3")),
        (0.955, ("0.955", "0.8", "1.3")),
        (0.75, ("0.75", "0.75", "1.3")),
        (1.5, ("1.50", "0.8", "1.5")),
    ],
)
def test_dials_hold_the_threshold(threshold: float, expected: tuple[str, str, str]) -> None:
    """Entry and exit open at the configured threshold, whose value always lies within their bounds."""
    entry, exit_, least = explorer_at(threshold).dials
    assert (entry.value, entry.low, entry.high) == expected
    assert (exit_.value, exit_.low, exit_.high) == expected
    assert (least.name, least.value, least.low) == ("min", "1", "1")


def test_without_the_series_there_is_nothing_to_move() -> None:
    """A site without the main chart's figure shows the definition alone."""
    view = build_explorer(state("contango-long"), content().explorer, (), LABELS)
    assert view.source == ""
    assert len(view.rows) == 6
