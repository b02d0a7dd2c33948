"""The charts' figures: their numbers are the analysis's, plain JSON, small, and safe whatever the labels."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import ImageFont
from tests.panels import BACK, BENCHMARK, FRONT, analyse_panel, analyse_ratios, make_panel

from ivts_site.analytics.results import Analysis
from ivts_site.charts import BUILDERS, Options, build_charts, build_scale
from ivts_site.charts.export import sent_figure
from ivts_site.charts.theme import COLOURS, MARGIN, SAMPLE_MARK
from ivts_site.errors import ConfigError
from ivts_site.model import Chart, Column, Table
from ivts_site.published.tables import to_csv

STATIC = Path(__file__).parents[2] / "static" / "css"
IDS = ("signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate")


def charts_of(analysis: Analysis, **options: bool) -> dict[str, Chart]:
    """All charts by id."""
    chosen = {"raw_closes": False, "sample": False} | options
    return {chart.id: chart for chart in build_charts(analysis, IDS, Options(**chosen))}


@pytest.fixture(scope="module")
def long_analysis() -> Analysis:
    """A history of 4,136 sessions: a slow ratio with bursts above one, and a walk for the benchmark."""
    rng = np.random.default_rng(7)
    n = 4136
    noise = rng.normal(0, 0.02, n)
    bursts = np.convolve(rng.random(n) < 0.006, np.exp(-np.arange(15) / 4), mode="full")[:n] * 0.3
    back = np.round(18 + np.cumsum(rng.normal(0, 0.1, n)) * 0.2, 2).clip(10)
    front = np.round(back * (0.88 + noise + bursts), 2)
    bench = np.round(100 * np.exp(np.cumsum(rng.normal(0.0004, 0.01, n))), 2)
    return analyse_panel(make_panel(front.tolist(), back.tolist(), bench.tolist(), start="2009-09-18"))


@pytest.fixture(scope="module")
def long_charts(long_analysis: Analysis) -> dict[str, Chart]:
    """The charts of the long history."""
    return charts_of(long_analysis)


def packed(text: str) -> int:
    """Size as a host sends it."""
    return len(gzip.compress(text.encode(), 9))


def test_marks_without_a_name_in_the_picture_have_one_beside_it(long_charts: dict[str, Chart]) -> None:
    """Shaded spans of charts in tabs are named in the key; the main chart says what its red is."""
    keys = {id_: [(item.mark, item.label) for item in chart.key] for id_, chart in long_charts.items()}
    band = ("band", "backwardation")
    assert keys["signal"] == [("ring", "suspect close")]
    assert "▲ backwardation" in long_charts["signal"].svg
    assert keys["term-structure"] == [band]
    shaded = {
        id_
        for id_, chart in long_charts.items()
        if id_ != "signal" and any(trace.get("fill") == "toself" for trace in chart.figure["data"])
    }
    assert {id_ for id_, key in keys.items() if band in key} == shaded


def test_charts_are_found_by_id_and_named_when_another_is_asked_for() -> None:
    """Order is the caller's; all unknown ids are reported at once with the nearest known one."""
    analysis = analyse_ratios([0.9, 1.1])
    assert set(IDS) <= set(BUILDERS)
    chosen = build_charts(analysis, ("distribution", "signal"), Options(raw_closes=False, sample=False))
    assert [chart.id for chart in chosen] == ["distribution", "signal"]
    with pytest.raises(ConfigError) as caught:
        build_charts(analysis, ("signals", "nonsense"), Options(raw_closes=False, sample=False))
    assert len(caught.value.problems) == 2
    assert "did you mean 'signal'" in caught.value.problems[0]
    assert all(known in caught.value.problems[1] for known in IDS)


def test_figures_are_plain_json_for_the_basic_bundle(long_charts: dict[str, Chart]) -> None:
    """Only scatter and bar, no template, no typed arrays, no NaN; every trace and mark names its role."""
    for chart in long_charts.values():
        figure = json.loads(json.dumps(chart.figure, allow_nan=False))
        assert {trace["type"] for trace in figure["data"]} <= {"scatter", "bar"}
        assert all(isinstance(trace["y"], list) for trace in figure["data"])
        assert "x" in figure["data"][0]
        assert "template" not in figure["layout"]
        assert figure["layout"]["margin"] == {**MARGIN, "pad": 0}
        roles = [trace["meta"]["role"] for trace in figure["data"]]
        roles += [item["name"] for key in ("shapes", "annotations") for item in figure["layout"].get(key, [])]
        assert set(roles) <= set(COLOURS)
        axes = [a for key, a in figure["layout"].items() if re.match("[xy]axis", key)]
        assert all("range" in axis and len(axis["tickvals"]) == len(axis["ticktext"]) for axis in axes)


def test_signal_shows_the_analysis(long_analysis: Analysis, long_charts: dict[str, Chart]) -> None:
    """Ratio, closes, benchmark, spells and episodes of the figure are those of the analysis."""
    ratio, price, shade, *_, last = long_charts["signal"].figure["data"]
    closes = long_analysis.panel.closes
    assert ratio["x"] == [f"{session:%Y-%m-%d}" for session in closes.index]
    assert ratio["y"] == [round(a / b, 4) for a, b in zip(closes["front"], closes["back"], strict=True)]
    assert price["y"] == closes["benchmark"].tolist()
    assert ratio["meta"]["front"] == closes["front"].tolist()
    assert "x" not in price
    starts = [0, *(np.flatnonzero(np.diff(closes["front"] > closes["back"])) + 1).tolist()]
    assert [start for start, _ in ratio["meta"]["spells"]] == starts
    assert [bool(flag) for _, flag in ratio["meta"]["spells"]] == [
        closes["front"].iloc[i] > closes["back"].iloc[i] for i in starts
    ]
    assert shade["x"][::6] == [
        f"{d:%Y-%m-%d}T12" for d in long_analysis.episodes["first_session"] - np.timedelta64(1, "D")
    ]
    assert len(shade["x"]) == 6 * len(long_analysis.episodes) - 1
    assert (last["x"], last["y"]) == ([ratio["x"][-1]], [ratio["y"][-1]])


def test_the_ratio_is_not_sent_but_can_be_divided(long_charts: dict[str, Chart]) -> None:
    """What is sent of the main chart lacks the ratio alone, and its closes give every value of it."""
    whole = long_charts["signal"].figure
    sent = sent_figure(whole)
    ratio, *others = sent["data"]
    meta = ratio["meta"]
    assert "y" not in ratio
    divided = [front / back for front, back in zip(meta["front"], meta["back"], strict=True)]
    assert divided == pytest.approx(whole["data"][0]["y"], abs=5.1e-5)
    assert {**ratio, "y": whole["data"][0]["y"]} == whole["data"][0]
    assert (others, sent["layout"]) == (whole["data"][1:], whole["layout"])
    for id_ in set(long_charts) - {"signal"}:
        assert sent_figure(long_charts[id_].figure) == long_charts[id_].figure


def test_rates_are_drawn_in_per_cent(long_analysis: Analysis, long_charts: dict[str, Chart]) -> None:
    """Lines, ticks and hover of the rolling rates share the text's unit, with a narrow space before it."""
    figure = long_charts["rolling-rate"].figure
    for trace, column in zip(figure["data"], long_analysis.rolling_rates, strict=True):
        wanted = [None if np.isnan(rate) else 100 * rate for rate in long_analysis.rolling_rates[column]]
        assert [y is None for y in trace["y"]] == [rate is None for rate in wanted]
        known = [(y, rate) for y, rate in zip(trace["y"], wanted, strict=True) if rate is not None]
        assert all(abs(y - rate) <= 5.1e-4 for y, rate in known)
        assert trace["hovertemplate"].endswith("%{y:.1f}%<extra></extra>")
    axis = figure["layout"]["yaxis"]
    assert axis["ticktext"] == [f"{tick:.0f}%" for tick in axis["tickvals"]]


def test_ranges_fit_what_they_show(long_analysis: Analysis, long_charts: dict[str, Chart]) -> None:
    """Each range names its sessions, and its axes hold every value in them."""
    figure = long_charts["signal"].figure
    meta, ratio = figure["layout"]["meta"], figure["data"][0]
    assert meta["default_range"] == "2y"
    assert list(meta["ranges"]) == [window.name for window in long_analysis.windows]
    for window in long_analysis.windows:
        first, last = meta["ranges"][window.name]
        assert (first, last) == (window.first_session, window.last_session)
        shown = [y for x, y in zip(ratio["x"], ratio["y"], strict=True) if first <= x <= last]
        assert len(shown) == window.n_sessions
        axes = meta["axes"][window.name]
        low, high = axes["yaxis.range"]
        assert low < min(shown)
        assert max(shown) < high
        assert low < 1.0 < high
        assert axes["xaxis.range"][0] < first
        assert axes["xaxis.range"][1] > last
        assert set(meta["narrow_axes"][window.name]["xaxis.tickvals"]) <= set(axes["xaxis.tickvals"])
        assert len(meta["narrow_axes"][window.name]["xaxis.tickvals"]) <= 6
    assert figure["layout"]["xaxis"]["range"] == meta["axes"]["2y"]["xaxis.range"]


def test_gaps_stay_gaps() -> None:
    """A session without a ratio is there with null, in the figure and as a break in the picture."""
    analysis = analyse_ratios([0.9, 0.91, None, 0.93, 0.94])
    chart = charts_of(analysis)["signal"]
    ratio = chart.figure["data"][0]
    assert ratio["y"] == [0.9, 0.91, None, 0.93, 0.94]
    assert ratio["connectgaps"] is False
    assert ratio["meta"]["front"][2] is None
    path = re.search(r'<path class="s-ink"[^>]* d="([^"]*)"', chart.svg)
    assert path is not None
    assert path[1].count("M") == 2


def test_spells_count_sessions_with_gaps_by_position() -> None:
    """A gap shifts positions in the figure; the spell after it starts at its own place."""
    ratio = charts_of(analyse_ratios([0.9, None, 0.95, 1.1, 1.2]))["signal"].figure["data"][0]
    assert ratio["meta"]["spells"] == [[0, 0], [3, 1]]


def test_suspect_sessions_are_ringed() -> None:
    """A repeated back close under a moving front is marked in the chart and told in the summary."""
    panel = make_panel([18.0, 18.0, 24.0, 18.0], [20.0, 20.5, 20.5, 20.1])
    chart = charts_of(analyse_panel(panel))["signal"]
    rings = [trace for trace in chart.figure["data"] if trace["name"] == "suspect close"]
    assert rings[0]["x"] == ["2020-01-08"]
    assert "1 session of the stored history rests on a suspect close" in chart.summary
    that_day = charts_of(analyse_panel(make_panel([18.0, 18.0, 24.0], [20.0, 20.5, 20.5])))["signal"]
    dots = [
        trace["marker"]["symbol"]
        for each in (chart, that_day)
        for trace in each.figure["data"]
        if trace["name"] == "latest" and trace["yaxis"] == "y"
    ]
    assert dots == ["circle", "circle-open"]


def test_distribution_bars_add_up_and_change_color_at_the_threshold(long_analysis: Analysis) -> None:
    """All sessions of the window are in a bar, those above the threshold in the other color."""
    figure = charts_of(long_analysis)["distribution"].figure
    sums = {trace["meta"]["role"]: sum(trace["y"]) for trace in figure["data"]}
    window = long_analysis.window
    assert sums["backwardation"] == window.n_backwardation
    assert sums["contango"] == window.n_sessions - window.n_backwardation
    assert all(
        x > 1 for trace in figure["data"] if trace["meta"]["role"] == "backwardation" for x in trace["x"]
    )


@pytest.mark.parametrize("plot_px", [240, 272, 680, 992])
def test_distribution_labels_do_not_overlap(long_analysis: Analysis, plot_px: int) -> None:
    """Boxes of the labels, measured in another typeface, are apart at phone and desk widths."""
    layout = charts_of(long_analysis)["distribution"].figure["layout"]
    low, high = layout["xaxis"]["range"]
    font, height = ImageFont.load_default(12), 200 - MARGIN["t"] - MARGIN["b"]  # .duo .plot on a phone
    boxes = []
    for note in layout["annotations"]:
        if note["xref"] != "x":
            continue
        width = font.getlength(re.sub("<.*?>", "", note["text"]))
        x = (note["x"] - low) / (high - low) * plot_px + note["xshift"]
        left = x - width if note["xanchor"] == "right" else x
        top = (1 - note["y"]) * height
        boxes.append((left, top, left + width, top + 13))
        assert -MARGIN["l"] <= left
        assert left + width <= plot_px + MARGIN["r"]
    assert len(boxes) == 5
    assert not any(_meet(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_episode_bars_carry_every_defined_return(long_analysis: Analysis) -> None:
    """The bars are the episodes' returns in percent at their first sessions, both signs in one color."""
    _, _, bars = charts_of(long_analysis)["spy-backwardation"].figure["data"]
    found = list(zip(bars["x"], bars["y"], strict=True))
    episodes = long_analysis.episodes
    wanted = [
        (f"{first:%Y-%m-%d}", pytest.approx(100 * value, abs=5.1e-5))
        for first, value in zip(episodes["first_session"], episodes["spy_return"], strict=True)
        if not np.isnan(value)
    ]
    assert found == wanted
    assert min(bars["y"]) < 0 < max(bars["y"])
    assert bars["meta"]["role"] == "ink"


def test_csv_holds_closes_only_where_allowed(long_analysis: Analysis, long_charts: dict[str, Chart]) -> None:
    """Derived series by default; the three closes as named columns when they are switched on."""
    derived = {
        "signal": ["session", "ivts", "regime", "regime_day"],
        "term-structure": ["session", "ivts", "front_above_back"],
        "distribution": ["above", "upto", "sessions"],
        "rolling-rate": ["session", "rate_30", "rate_60", "rate_90"],
    }
    allowed = charts_of(long_analysis, raw_closes=True)
    for id_, columns in derived.items():
        rows = list(csv.reader(io.StringIO(to_csv(long_charts[id_].table, sample=False))))
        assert rows[0] == columns
        extra = ["vix", "vix3m", "spy"] if id_ in ("signal", "term-structure") else []
        assert next(csv.reader(io.StringIO(to_csv(allowed[id_].table, sample=False)))) == columns + extra
    rows = list(csv.DictReader(io.StringIO(to_csv(long_charts["signal"].table, sample=False))))
    assert len(rows) == 4136
    assert (
        sum(row["regime"] == "backwardation" for row in rows) == long_analysis.signal["backwardation"].sum()
    )
    raw = list(csv.DictReader(io.StringIO(to_csv(allowed["signal"].table, sample=False))))
    assert [float(row["vix"]) for row in raw] == long_analysis.panel.closes["front"].tolist()


def test_figures_with_closes_are_marked(long_charts: dict[str, Chart]) -> None:
    """A chart whose figure repeats a series' closes says so; the others hold none of them."""
    assert {id_ for id_, chart in long_charts.items() if chart.raw_closes} == {
        "signal",
        "term-structure",
        "spy-backwardation",
    }


def test_cells_are_written_one_way() -> None:
    """By hand: six places, no negative zero, what is undefined is empty, quotes where a text needs them."""
    values = [1 / 3, -1e-9, None, 2, True, False, "a,b"]
    table = Table(file=(Column(name="n", values=range(7)), Column(name="it", values=values)))
    cells = ["0.333333", "0.0", "", "2", "true", "false", '"a,b"']
    rows = [f"{n},{cell}" for n, cell in enumerate(cells)]
    assert to_csv(table, sample=False).splitlines() == ["n,it", *rows]
    assert to_csv(table, sample=True).splitlines() == ["n,it,sample", *(f"{row},true" for row in rows)]
    with pytest.raises(ValueError, match="undefined is None"):
        to_csv(Table(file=(Column(name="it", values=[float("nan")]),)), sample=False)


def test_rolling_csv_leaves_undefined_rates_empty(long_charts: dict[str, Chart]) -> None:
    """The first 29 sessions have no rate over 30."""
    rows = list(csv.DictReader(io.StringIO(to_csv(long_charts["rolling-rate"].table, sample=False))))
    assert [row["rate_30"] == "" for row in rows[:31]] == [True] * 29 + [False] * 2


def test_tables_are_short_and_square(long_charts: dict[str, Chart]) -> None:
    """At most 60 rows, each with a cell a column."""
    for chart in long_charts.values():
        assert len(chart.table.rows) <= (60 if chart.id == "distribution" else 25)
        assert {len(row) for row in chart.table.rows} == {len(chart.table.columns)}


def test_sizes_stay_within_the_budget(long_charts: dict[str, Chart]) -> None:
    """Pictures together leave room on the page; figures are small beside Plotly itself (gzip)."""
    pictures = "".join(chart.svg for chart in long_charts.values())
    assert packed(pictures) <= 16_000
    limits = dict(zip(IDS, (60_000, 40_000, 40_000, 4_000, 30_000), strict=True))
    for id_, chart in long_charts.items():
        assert packed(json.dumps(chart.figure, separators=(",", ":"))) <= limits[id_], id_


def test_same_analysis_gives_the_same_charts(long_analysis: Analysis, long_charts: dict[str, Chart]) -> None:
    """Built twice, everything is equal, the order of keys in the JSON included."""
    again = charts_of(long_analysis)
    for id_, chart in long_charts.items():
        assert dataclasses.asdict(again[id_]) == dataclasses.asdict(chart)
        assert json.dumps(again[id_].figure) == json.dumps(chart.figure)


def test_samples_say_so_everywhere() -> None:
    """Figure, picture, description and summary of every chart name simulated data; real ones do not."""
    analysis = analyse_ratios([0.9, 1.1, 0.95])
    for chart in charts_of(analysis, sample=True).values():
        notes = [note["text"] for note in chart.figure["layout"]["annotations"]]
        assert SAMPLE_MARK in notes
        assert SAMPLE_MARK in chart.svg
        assert chart.description.startswith("SAMPLE DATA")
        assert chart.summary.startswith("SAMPLE DATA")
    assert "SAMPLE DATA" in build_scale(analysis, sample=True)
    for chart in charts_of(analysis).values():
        assert "SAMPLE" not in chart.svg + json.dumps(chart.figure) + chart.summary


def test_colors_and_margins_equal_the_style_sheets() -> None:
    """Figures carry the light tokens, and the pictures' box has the figures' margins."""
    tokens = (STATIC / "tokens.css").read_text(encoding="utf-8").split("}")[0]
    light = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", tokens))
    assert {role: light[role] for role in COLOURS} == dict(COLOURS)
    box = re.search(r"\.pic \{(.*?)\}", (STATIC / "chart.css").read_text(encoding="utf-8"), re.S)
    assert box is not None
    top, right, bottom, left = (MARGIN[side] for side in "trbl")
    assert f"margin: {top}px {right}px {bottom}px {left}px;" in box[1]
    assert f"height: calc(100% - {top + bottom}px);" in box[1]
    assert f"width: calc(100% - {left + right}px);" in box[1]


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    'A & B\'s "quoted"',
    "نسبة التقلب",
    "\u202eevil\u202c",
    "📈 VIX",
    "%{customdata[0]} <b>",
    "]]>\x00\x07",
)


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_never_open_markup(label: str) -> None:
    """Series names of the configuration stay text in pictures, notes and hover templates."""
    panel = make_panel([18.0, 22.0, 19.0], [20.0, 20.0, 20.0])
    roles = {
        key: dataclasses.replace(role, label=label)
        for key, role in (("front", FRONT), ("back", BACK), ("benchmark", BENCHMARK))
    }
    analysis = analyse_panel(dataclasses.replace(panel, **roles))
    plain = re.sub("[\x00-\x1f\u202a-\u202e]", "", label)
    charts = charts_of(analysis)
    for chart in charts.values():
        root = ET.fromstring(chart.svg)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            *("svg", "title", "desc", "g", "line", "path", "circle", "text")
        }
        for text in _plotly_texts(chart.figure):
            assert not re.sub(r"<br>|</?extra>", "", text).count("<")
            assert not re.search(r"%\{(?!y|customdata\[[0-3]\]|customdata\})", text)
            assert "\u202e" not in text
    ends = [e.text for e in ET.fromstring(charts["term-structure"].svg).iter() if e.text]
    assert ends.count(plain) == 2
    hover = charts["term-structure"].figure["data"][0]["hovertemplate"]
    assert "%{customdata" not in hover


def _plotly_texts(figure: Any) -> list[str]:
    notes = [note["text"] for note in figure["layout"]["annotations"]]
    return notes + [t[k] for t in figure["data"] for k in ("name", "hovertemplate") if k in t]
