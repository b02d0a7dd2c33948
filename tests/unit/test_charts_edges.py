"""Charts of unusual histories: every one is drawn, and its sentences stay right."""

from __future__ import annotations

import functools
import json
import re
from xml.etree import ElementTree as ET

import plotly.graph_objects as go
import pytest
from tests.panels import analyse_ratios

from ivts_site.analytics.results import Analysis
from ivts_site.charts import BUILDERS, Options, build_charts
from ivts_site.charts.axes import date_axis, value_axis
from ivts_site.charts.labels import text_width
from ivts_site.model import Chart

HISTORIES = {
    "one session": ([0.93],),
    "one session above": ([1.2],),
    "two sessions": ([0.93, 1.05],),
    "all contango": ([0.9, 0.91, 0.92] * 30,),
    "all backwardation": ([1.1, 1.2, 1.05] * 30,),
    "one episode": ([0.9] * 20 + [1.1] + [0.9] * 20,),
    "open episode": ([0.9] * 20 + [1.1, 1.2],),
    "gap before today": ([0.9, 1.02, None, None, 0.95],),
    "without benchmark": ([0.9, 1.1, 0.95, 1.2], [None, None, None, 100.0]),
    "all alike": ([0.9] * 200,),
    "exactly one": ([1.0] * 5,),
    "four months": ([0.9, 0.97, 1.02] * 28,),
    "one year": ([0.9, 0.97, 1.02] * 87,),
    "thirteen years": ([0.9, 0.97, 1.02, 0.85] * 850,),
}


def charts_of(analysis: Analysis) -> dict[str, Chart]:
    """All charts by id."""
    return {c.id: c for c in build_charts(analysis, tuple(BUILDERS), Options(raw_closes=True, sample=False))}


@functools.cache
def charts_in(history: str) -> dict[str, Chart]:
    """All charts of a history by id."""
    return charts_of(analyse_ratios(*HISTORIES[history]))


@pytest.mark.parametrize("history", HISTORIES)
def test_every_history_is_drawn_and_told(history: str) -> None:
    """JSON without NaN that is a figure to Plotly, markup that parses, sentences without leftovers."""
    for chart in charts_in(history).values():
        json.dumps(chart.figure, allow_nan=False)
        go.Figure(data=chart.figure["data"], layout=chart.figure["layout"])  # or Plotly does not know a key
        ET.fromstring(chart.svg)
        assert not re.search(r"\bnan\b|None|NaT|\b1 (sessions|episodes)\b|  |\.\.|\(\)", chart.summary), (
            chart.summary
        )
        assert re.fullmatch(r"[A-Z0-9].*\.", chart.summary), chart.summary
        for axis in (a for key, a in chart.figure["layout"].items() if re.match("[xy]axis", key)):
            assert axis["range"][0] < axis["range"][1]
            if axis.get("type") != "date":
                assert len(set(axis["ticktext"])) == len(axis["ticktext"]), (chart.id, axis["ticktext"])


def test_summary_of_the_episodes_counts_none_one_and_many() -> None:
    """The sentence agrees with the number, and undefined returns are called so."""
    told = {name: charts_in(name)["spy-backwardation"].summary for name in HISTORIES}
    assert told["all contango"].startswith("There is no inversion in the stored history from")
    assert told["one episode"].startswith("There is 1 inversion in the stored history")
    assert "It lasted 1 session." in told["one episode"]
    assert "The one defined SPY return was 0.0" in told["one episode"]
    assert "No SPY return is defined" in told["all backwardation"]
    assert told["four months"].startswith("There are 28 inversions")


def test_spy_returns_are_worded_with_sign_and_count() -> None:
    """Two episodes by hand: 100 → 90 (−10%) and 90 → 99 (+10%); two are too few for a share."""
    analysis = analyse_ratios([0.9, 1.1, 0.9, 1.1, 0.9], [100.0, 90.0, 90.0, 99.0, 99.0])
    summary = charts_of(analysis)["spy-backwardation"].summary
    assert "averaged 0.0%, with a median of 0.0%, and was negative in 1 of 2 inversions." in summary


def test_an_open_episode_is_ongoing_in_the_table() -> None:
    """The latest row has no end yet."""
    table = charts_in("open episode")["spy-backwardation"].table
    assert table.rows[0][:3] == ("3 Feb 2020", "ongoing", "2")


def test_rolling_rates_say_what_is_too_short() -> None:
    """41 sessions: the rate over 30 is there, those over 60 and 90 are not."""
    summary = charts_in("one episode")["rolling-rate"].summary
    # One session in backwardation among the last 30: 3.3%.
    assert "3.3% over the last 30 sessions" in summary
    assert "too short for the rate over 60 and 90 sessions" in summary


def test_signal_and_distribution_of_one_session() -> None:
    """One reading has no range and no percentiles; dates are told as one day, counts in the singular."""
    charts = charts_in("one session")
    assert charts["signal"].summary.endswith("day 1 since 6 Jan 2020. No earlier ratio is stored.")
    assert "No earlier session with both is stored." in charts["term-structure"].summary
    assert (
        "In all stored history, on 6 Jan 2020, 1 session has a ratio, too few for percentiles."
        in charts["distribution"].summary
    )
    assert "percentile" not in charts["distribution"].description
    assert "p95" not in charts["distribution"].svg
    assert "1 of 1 session (100.0%) was at or below it." in charts["distribution"].summary


def test_single_points_are_seen() -> None:
    """A line of one point is drawn as a marker, in figure and picture; longer ones are bare lines."""
    for history, mode in (("one session", "lines+markers"), ("two sessions", "lines")):
        charts = charts_in(history)
        for id_, lines in (("signal", slice(0, 2)), ("term-structure", slice(0, 2))):
            assert {trace["mode"] for trace in charts[id_].figure["data"][lines]} == {mode}
            marks = charts[id_].svg.count('r="3"')
            ends = 1 if id_ == "signal" else 0  # the latest close of the benchmark has a dot of that size
            assert marks == (2 if mode == "lines+markers" else 0) + ends, (history, id_)
    # of 30 sessions, the rate over 30 has one value, those over 60 and 90 none
    rates = charts_of(analyse_ratios([0.9, 1.1] * 15))["rolling-rate"].figure["data"]
    assert [trace["mode"] for trace in rates] == ["lines+markers", "lines", "lines"]


def test_lengths_are_told_without_needless_decimals() -> None:
    """Episodes of 1 and 3 sessions: 2 in the mean and in the median; of 1 and 2: 1.5."""
    even = charts_of(analyse_ratios([0.9, 1.1, 0.9, 1.1, 1.1, 1.1, 0.9]))["spy-backwardation"].summary
    assert "They lasted 2 sessions on average; the median was 2." in even
    odd = charts_of(analyse_ratios([0.9, 1.1, 0.9, 1.1, 1.1, 0.9]))["spy-backwardation"].summary
    assert "They lasted 1.5 sessions on average; the median was 1.5." in odd


def test_calendar_ticks_suit_the_span() -> None:
    """Weeks, half months, months, quarters and years; the first label names its year."""
    import pandas as pd

    end = pd.Timestamp("2026-02-27")
    spans = {20: "16 Feb", 90: "15 Jan", 365: "Sep", 730: "Jul", 4000: "2020", 6000: "2020"}
    for days, label in spans.items():
        axis = date_axis(end - pd.Timedelta(days=days), end)
        assert any(text.startswith(label) for text in axis["ticktext"]), (days, axis["ticktext"])
        assert re.search(r"\d{4}$", axis["ticktext"][0])
        assert axis["range"][0] <= axis["tickvals"][0] <= axis["tickvals"][-1] <= axis["range"][1]


def test_value_ticks_have_the_decimals_of_their_step() -> None:
    """A step of 0.05 shows two decimals, one of 50 none, one of 0.005 three."""
    assert value_axis(0.78, 1.02, places=2)["ticktext"][:2] == ["0.80", "0.85"]
    assert value_axis(480, 700)["ticktext"][0] == "500"
    assert value_axis(0.981, 1.004, places=2)["ticktext"][0] == "0.985"


def test_text_width_is_generous_for_wide_letters() -> None:
    """Pictographs and East Asian letters count for more than Latin ones."""
    assert text_width("📈") > text_width("漢") - 1 > text_width("W") > text_width("a") > text_width("i")
