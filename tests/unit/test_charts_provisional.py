"""A provisional ratio on the main chart: marked and named, never counted."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.panels import analyse_ratios

from ivts_site.analytics.results import Analysis
from ivts_site.charts import BUILDERS, Options, build_charts
from ivts_site.model import Chart, ProvisionalRatio
from ivts_site.published.tables import to_csv

RATIOS = [0.9, 0.97, 1.02, 0.95] * 40


def charts_of(analysis: Analysis, held: ProvisionalRatio | None = None) -> dict[str, Chart]:
    """All charts by id."""
    options = Options(raw_closes=False, sample=False, provisional=held)
    return {chart.id: chart for chart in build_charts(analysis, tuple(BUILDERS), options)}


def shown(chart: Chart) -> tuple[object, ...]:
    """All of a chart that a reader gets."""
    words = (chart.title, chart.description, chart.summary, chart.key, chart.table.caption)
    return (*words, chart.figure, chart.svg, chart.table.rows, to_csv(chart.table, sample=False))


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """Enough sessions for the short ranges."""
    return analyse_ratios(RATIOS)


@pytest.mark.parametrize(("ivts", "role"), [(1.31, "backwardation"), (0.84, "contango"), (1.0, "contango")])
def test_it_is_a_ring_at_its_session(analysis: Analysis, ivts: float, role: str) -> None:
    """In the color of the regime it would have, within the axes of every range, and told in words."""
    day = analysis.panel.as_of.date() + dt.timedelta(days=3)
    chart = charts_of(analysis, ProvisionalRatio(session=day, ivts=ivts, regime=role))["signal"]
    [ring] = [trace for trace in chart.figure["data"] if trace["name"] == "provisional"]
    assert (ring["x"], ring["y"]) == ([day.isoformat()], [ivts])
    assert ring["marker"]["symbol"] == "circle-open"
    assert ring["meta"]["role"] == role
    meta = chart.figure["layout"]["meta"]
    for name, axes in meta["axes"].items():
        low, high = axes["yaxis.range"]
        assert low <= ivts <= high, name
        assert axes["xaxis.range"][1] >= day.isoformat(), name
    assert chart.svg.count("<circle") == 3  # the ends of both lines and the ring
    assert f"A provisional ratio of {ivts:.4f}" in chart.summary
    assert [mark.mark for mark in chart.key][-1] == "ring"


def test_it_is_in_no_count_table_or_download(analysis: Analysis) -> None:
    """Ranges, table and CSV end with the last final session, and the other charts do not change at all."""
    day = analysis.panel.as_of.date() + dt.timedelta(days=1)
    held = ProvisionalRatio(session=day, ivts=1.31, regime="backwardation")
    plain, marked = charts_of(analysis), charts_of(analysis, held)
    before, after = plain.pop("signal"), marked.pop("signal")
    assert list(map(shown, plain.values())) == list(map(shown, marked.values()))
    assert to_csv(before.table, sample=False) == to_csv(after.table, sample=False)
    assert (before.table.columns, before.table.rows) == (after.table.columns, after.table.rows)
    assert before.figure["layout"]["meta"]["ranges"] == after.figure["layout"]["meta"]["ranges"]


def test_without_one_nothing_is_said(analysis: Analysis) -> None:
    """No ring, no key, no sentence."""
    chart = charts_of(analysis)["signal"]
    assert "provisional" not in str(chart.figure) + chart.summary + chart.svg
    assert "ring" not in [mark.mark for mark in chart.key]
