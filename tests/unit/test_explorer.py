"""The threshold explorer on the page: the definition's figures, and the bounds of its dials."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.archive_pages import core_of, pages_of, render
from tests.markup import Node, parse
from tests.view_states import STATES, analysis_of, config

from ivts_site.words.today import dial_edges


def explorer_of(name: str = "contango-long", threshold: float | None = None, **changed: Any) -> Node:
    """The explorer on the page of all inversions, where given with another threshold or other settings."""
    known = {key: value for key, value in STATES[name].items() if key != "sample"}
    core = core_of(analysis_of(**known), **changed)
    if threshold is not None:
        regime = dataclasses.replace(core.snapshot.regime, threshold=threshold)
        core = dataclasses.replace(core, snapshot=dataclasses.replace(core.snapshot, regime=regime))
    return parse(render(pages_of(core)["episodes/"], core)).find("explorer")


def figures_of(part: Node) -> dict[str, tuple[str, str, str]]:
    """Label, the definition's figure and the one that the script replaces, by key."""
    found = [(line, *line.all("td")) for line in part.all("tbody")[0].all("tr")]
    return {
        yours.attributes["data-out"]: (line.all("th")[0].text(), own.text(), yours.text())
        for line, own, yours in found
    }


def test_figures_of_the_definition() -> None:
    """One episode of four sessions among 484, and what the closes around it give."""
    part = explorer_of()
    shown = figures_of(part)
    assert all(own == yours for _, own, yours in shown.values())
    assert {key: pair[:2] for key, pair in shown.items()} == {
        "n": ("Inversions", "1"),
        "rate": ("Backwardation rate", "0.8%"),  # 4 / 484
        "mean": ("Mean length, sessions", "4.0"),
        "median": ("Median length, sessions", "4.0"),
        # closes 400 + 20 sin(i / 5) for i = 399, before it, and 403, its last: 382.35 / 380.96 - 1 = 0.36%
        "spy": ("Mean SPY return", "+0.4%"),
        # up and down once between 8 January 2024 and 13 November 2025: 675 days
        "flips": ("Flips a year", "1.1"),
    }
    assert "8 January 2024 to 13 November 2025" in part.all("caption")[0].text()
    assert part.attributes["data-src"] == "../charts/signal.json"


def test_an_undefined_figure_says_so() -> None:
    """Without an episode there is no mean to show."""
    shown = figures_of(explorer_of("no-episodes"))
    assert [shown[key][1] for key in ("n", "mean", "spy", "flips")] == ["0", "n/a", "n/a", "n/a"]


@pytest.mark.parametrize(
    ("threshold", "value", "low", "high"),
    [
        (1.0, "1.00", "0.8", "1.3"),
        (0.955, "0.955", "0.8", "1.3"),
        (0.75, "0.75", "0.75", "1.3"),
        (1.5, "1.50", "0.8", "1.5"),
    ],
)
def test_dials_hold_the_threshold(threshold: float, value: str, low: str, high: str) -> None:
    """Entry and exit open at the configured threshold, whose value always lies within their bounds."""
    assert dial_edges(threshold) == {"value": value, "low": low, "high": high}
    inputs = explorer_of(threshold=threshold).all("input")
    shown = [tuple(each.attributes[name] for name in ("value", "min", "max")) for each in inputs]
    assert shown == [(value, low, high)] * 4 + [("1", "1", "30")] * 2


def test_without_the_series_there_is_nothing_to_move() -> None:
    """A site without the main chart's figure shows the definition alone."""
    settings = config()
    page = settings.page.model_copy(update={"charts": settings.page.charts[1:]})
    part = explorer_of(settings=settings.model_copy(update={"page": page}))
    assert "data-src" not in part.attributes
    assert part.all("input") == []
    assert len(part.all("tbody")[0].all("tr")) == 6
