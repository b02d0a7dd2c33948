"""The site's own editorial files: complete, well linked, and right where they state history."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import re
import typing
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pydantic import BaseModel
from tests import shared

from ivts_site.content import (
    FACTS,
    Content,
    Section,
    load_content,
    substitute_facts,
)
from ivts_site.content.text import MARKDOWN
from ivts_site.published.snapshot import Snapshot

ROOT = Path(__file__).parents[2]
RECORDED = shared.DATA / "cdn.cboe.com" / "api" / "global" / "us_indices" / "daily_prices"
METHODOLOGY_PAGE = {"methodology", "terms", "corrections"}
Place = tuple[str, str, bool]


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the content as published, placeholders unfilled."""
    return load_content(ROOT / "templates" / "content")


def is_markdown(model: type[BaseModel], field: str) -> bool:
    """Tell whether a field, optional ones too, holds Markdown."""
    info = model.model_fields[field]
    optional = (getattr(part, "__metadata__", ()) for part in typing.get_args(info.annotation))
    return MARKDOWN in info.metadata or any(MARKDOWN in metadata for metadata in optional)


def texts(part: object, place: str, *, markdown: bool = False) -> list[Place]:
    """List every string below a part with its place and whether it is Markdown."""
    if isinstance(part, BaseModel):
        model = type(part)
        return [
            found
            for name in model.model_fields
            for found in texts(getattr(part, name), f"{place}.{name}", markdown=is_markdown(model, name))
        ]
    if isinstance(part, dict):
        return [found for key, item in part.items() for found in texts(item, f"{place}.{key}")]
    if isinstance(part, tuple):
        return [
            found for i, item in enumerate(part) for found in texts(item, f"{place}.{i}", markdown=markdown)
        ]
    return [(place, part, markdown)] if isinstance(part, str) else []


def anchors(content: Content, files: set[str]) -> set[str]:
    """Collect the ids of some files."""
    places = [found for name in files for found in texts(getattr(content, name), name)]
    return {text for place, text, _ in places if place.endswith(".id")}


def leaf_keys(kind: object, path: str = "") -> set[str]:
    """List the key paths of a published dataclass; items of a tuple or optional value count as its own."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return {key for name, hint in hints.items() for key in leaf_keys(hint, f"{path}.{name}".lstrip("."))}
    inner = [found for arg in typing.get_args(kind) for found in leaf_keys(arg, path) if found != path]
    return set(inner) or {path}


def test_every_quoted_fact_is_known(content: Content) -> None:
    """The quoted facts are facts, and every file that should quote measurements does."""
    files = set()
    for part in (*Content.model_fields, *content.sections):
        found = content.sections[part] if part in content.sections else getattr(content, part)
        quoted = {name for _, text, _ in texts(found, part) for name in re.findall(r"(?<!\{)\{(\w+)\}", text)}
        assert quoted <= FACTS.keys()
        files |= {part} if quoted else set()
    assert {"head", "definitions", "tips", "questions", "faq", "methodology", "terms", "corrections"} <= files


def test_filled_content_has_no_brace_left(content: Content) -> None:
    """With all facts given, no placeholder survives."""
    filled = substitute_facts(content, dict.fromkeys(FACTS, "1"))
    left = [
        place
        for name in Content.model_fields
        for place, text, _ in texts(getattr(filled, name), name)
        if "{" in text
    ]
    assert left == []


def test_no_measured_share_is_typed(content: Content) -> None:
    """Per cent signs in prose come with facts; the exceptions are arithmetic and dated history."""
    typed = {
        number
        for name in Content.model_fields
        for place, text, _ in texts(getattr(content, name), name)
        for number in re.findall(r"[\d.]+(?=\s?%)", text)
    }
    of_the_lab = {"1", "1.5", "2", "20", "99", "100"}  # moves, alerts, and what venues' pages say
    assert typed == {"8.7", "115.6", "5.8", "56.5"} | of_the_lab


def test_lists_hold_what_the_page_promises(content: Content) -> None:
    """Three definitions; at least three points of how it works, four users, eight tips and so on."""
    assert len(content.definitions.items) == 3
    least = {"how": 3, "users": 4, "tips": 8, "questions": 4, "faq": 15}
    assert {name: n for name, n in least.items() if len(content.sections[name].items) < n} == {}
    table = content.sections["products"].table
    assert table is not None
    assert {row.cells[0] for row in table.rows} >= {"VXX", "VIXY", "UVXY", "SVXY", "VX futures"}
    assert len(content.events.events) >= 10


@pytest.mark.parametrize("name", ["faq", "questions"])
def test_answers_are_two_to_five_sentences(content: Content, name: str) -> None:
    """An answer is neither a word nor an essay."""
    facts = {**dict.fromkeys(FACTS, "1"), "regime_answer": "No: below.", "regime_held": "Since 1."}
    filled = substitute_facts(content.section(name), facts)
    assert isinstance(filled, Section)
    counts = {item.id: len(re.findall(r"[.!?](?=\s|$)", item.text)) for item in filled.items}
    assert {key: n for key, n in counts.items() if not 2 <= n <= 5} == {}


def test_markdown_makes_prose(content: Content) -> None:
    """No indentation slip turns a paragraph into a code block, and no raw HTML waits to be dropped."""
    parser = MarkdownIt("commonmark", {"html": False})
    wrong = [
        place
        for name in Content.model_fields
        for place, text, markdown in texts(getattr(content, name), name)
        if markdown and ({t.type for t in parser.parse(text)} & {"code_block", "heading_open"} or "<" in text)
    ]
    assert wrong == []


def test_links_lead_to_anchors_that_exist(content: Content) -> None:
    """Each `#id` is on the same page; each `methodology/#id` and `research/#id` on that page."""
    here = anchors(
        content, {name for name in Content.model_fields if name not in METHODOLOGY_PAGE | {"more"}}
    )
    there = anchors(content, METHODOLOGY_PAGE) | {"suspect-closes", "held-revisions"}  # lists of the view
    studies = anchors(content, {"research"})
    dead = []
    for name in sorted(set(Content.model_fields) - {"more"}):
        own = there if name in METHODOLOGY_PAGE else here
        for place, text, _ in texts(getattr(content, name), name):
            for page, anchor in re.findall(r"\]\(([a-z/]*)#([a-z0-9-]+)\)", text):
                known = {"methodology/": there, "research/": studies}.get(page, own)
                dead += [] if anchor in known else [f"{place}: #{anchor}"]
    assert dead == []


def test_every_published_key_has_a_term(content: Content) -> None:
    """The glossary covers each key of the snapshot, and names none that is not published."""
    published = {re.sub(r"^windows\b", "window", key) for key in leaf_keys(Snapshot)}
    explained = [key for term in content.terms.terms for key in term.json_keys]
    assert len(explained) == len(set(explained))
    unexplained = {key for key in published if not any(f"{key}.".startswith(f"{own}.") for own in explained)}
    assert unexplained == set()
    assert [own for own in explained if not any(f"{key}.".startswith(f"{own}.") for key in published)] == []


@cache
def column(index: str, name: str) -> dict[dt.date, float]:
    """Read one column of a recorded Cboe file."""
    with (RECORDED / f"{index}_History.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {dt.datetime.strptime(row["DATE"], "%m/%d/%Y").date(): float(row[name]) for row in rows}  # noqa: DTZ007


def between(values: dict[dt.date, float], first: str, last: str) -> dict[dt.date, float]:
    """Keep the days of a closed interval of ISO dates."""
    return {day: v for day, v in values.items() if first <= day.isoformat() <= last}


def peak(values: dict[dt.date, float]) -> tuple[str, float]:
    """Return day and value of the maximum."""
    day = max(values, key=lambda d: values[d])
    return day.isoformat(), values[day]


def ratios() -> dict[dt.date, float]:
    """Divide the recorded VIX by the recorded VIX3M where both exist."""
    front, back = column("VIX", "CLOSE"), column("VIX3M", "CLOSE")
    return {day: front[day] / back[day] for day in back if day in front}


@shared.needs_shared
def test_intraday_values_are_the_recorded_ones(content: Content) -> None:
    """Each typed intraday value is that day's HIGH in Cboe's file and lies above the close."""
    for event in content.events.events:
        for value in event.intraday:
            assert column(value.series, "HIGH")[value.session] == value.value
            assert column(value.series, "CLOSE")[value.session] < value.value


@shared.needs_shared
@pytest.mark.parametrize(
    ("id_", "day", "close"),
    [
        ("event-2008", "2008-11-20", 80.86),
        ("event-2010", "2010-05-20", 45.79),
        ("event-2011", "2011-08-08", 48.00),
        ("event-2015", "2015-08-24", 40.74),
        ("event-2018-february", "2018-02-05", 37.32),
        ("event-2018-december", "2018-12-24", 36.07),
        ("event-2020", "2020-03-16", 82.69),
        ("event-2022", "2022-03-07", 36.45),
        ("event-2024", "2024-08-05", 38.57),
        ("event-2025", "2025-04-08", 52.33),
    ],
)
def test_each_window_holds_its_peak(content: Content, id_: str, day: str, close: float) -> None:
    """The declared window contains the known highest VIX close of the event."""
    event = next(event for event in content.events.events if event.id == id_)
    assert peak(between(column("VIX", "CLOSE"), str(event.first), str(event.last))) == (day, close)


@shared.needs_shared
@pytest.mark.parametrize(
    ("first", "last"),
    [("2011-07-27", "2011-08-30"), ("2020-02-24", "2020-04-23"), ("2025-04-02", "2025-04-24")],
)
def test_runs_named_in_the_events_are_whole(first: str, last: str) -> None:
    """The ratio is above 1 throughout the named run and not on the sessions around it."""
    ratio = ratios()
    days = sorted(ratio)
    run = between(ratio, first, last)
    start, end = days.index(min(run)), days.index(max(run))
    assert min(run.values()) > 1
    assert (min(run).isoformat(), max(run).isoformat()) == (first, last)
    assert max(ratio[days[start - 1]], ratio[days[end + 1]]) <= 1


@shared.needs_shared
def test_other_dated_statements_hold() -> None:
    """The typed history of events, corrections and questions, against the recorded files."""
    close, back = column("VIX", "CLOSE"), column("VIX3M", "CLOSE")
    crash, eve, tie = dt.date(2010, 5, 6), dt.date(2010, 5, 5), dt.date(2015, 9, 17)
    assert peak(close) == ("2020-03-16", 82.69)
    assert (back[eve], back[crash], close[crash]) == (26.37, 26.37, 32.80)
    assert round(close[crash] / back[crash], 4) == 1.2438
    assert close[tie] == back[tie] == 21.14
    assert peak(between(close, "2015-01-01", "2015-12-31")) == ("2015-08-24", 40.74)
    assert max(between(ratios(), "2022-01-01", "2022-12-31").values()) < 1.03


@shared.needs_shared
def test_record_rises_are_the_recorded_ones() -> None:
    """In points +24.86 on 2020-03-16; in percent +115.6 on 2018-02-05, which was +20.01 points."""
    close = column("VIX", "CLOSE")
    days = sorted(close)
    points = {day: close[day] - close[before] for before, day in pairwise(days)}
    shares = {day: close[day] / close[before] - 1 for before, day in pairwise(days)}
    assert (peak(points)[0], round(peak(points)[1], 2)) == ("2020-03-16", 24.86)
    assert (peak(shares)[0], round(peak(shares)[1], 3)) == ("2018-02-05", 1.156)
    assert round(points[dt.date(2018, 2, 5)], 2) == 20.01
    assert peak(between(points, "1990-01-01", "2018-12-31"))[0] == "2018-02-05"


@shared.needs_shared
def test_the_shorter_ratio_crosses_three_times_as_often() -> None:
    """VIX9D/VIX crosses 1 about three times as often as VIX/VIX3M on the sessions of both."""
    nine, front, back = (column(index, "CLOSE") for index in ("VIX9D", "VIX", "VIX3M"))
    days = sorted(nine.keys() & front.keys() & back.keys())
    assert (days[0].isoformat(), days[-1].isoformat()) == ("2011-01-04", "2026-02-27")
    short = [nine[day] > front[day] for day in days]
    usual = [front[day] > back[day] for day in days]
    flips = [sum(a != b for a, b in pairwise(side)) for side in (short, usual)]
    assert flips[0] / flips[1] == pytest.approx(3, abs=0.3)
