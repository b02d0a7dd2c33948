"""The page on data and feeds: made from index, schemas and example programs, and from nothing else."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any

import pytest
from tests.markup import Page, assert_sound
from tests.view_states import ASSETS, ROOT, STATES, TEMPLATES, config, content, core_of, state

from ivts_site.analytics.studies.survival import SurvivalPoint
from ivts_site.charts import draw_badge
from ivts_site.model import Asset, Column, Table
from ivts_site.pipeline.api import badge_json, lay_out_api
from ivts_site.pipeline.schema import PUBLISHED, json_schema
from ivts_site.published.history import History
from ivts_site.published.index import build_index, read_schemas
from ivts_site.published.serialize import to_json
from ivts_site.render import Page as RenderPage
from ivts_site.render import build_renderer
from ivts_site.words.api import code_words, count_keys, meaning, schema_parts, summary, type_words

SCHEMAS = {file.name: file.read_bytes() for file in (ROOT / "static/schema").iterdir()}
FILES = {f"{name}.json": b"{}" for name in PUBLISHED if name != "day"} | {
    "history-columns.json": b"{}",
    "history.csv": b"a" * 1_499,
    "history.parquet": b"a" * 1_500_000,
    "day/2020-01-06.json": b"{}",
    "day/2020-01-07.json": b"{}",
}
TABLES = {
    "charts/thing.csv": Table(
        file=(
            Column(name="session", values=[]),
            Column(name="rate_30", values=[], key="rolling_rates"),
            Column(name="interval_low", values=[], about="Lower end.", key="interval"),
            Column(name="own", values=[], about="Its `own` words."),
        ),
        records=(History, SurvivalPoint),
    )
}
TODAY = f"contango {STATES['contango-long']['front'][-1] / 20:.4f}, 13 Nov 2025"
"""The 484th business day from 8 January 2024; the back close is always 20."""
BASE = "https://vix.example/site/"


def page_of(name: str = "contango-long", *, calendar: bool = True, **changed: Any) -> str:
    settings = config()
    site = settings.site.model_copy(update={"base_url": BASE} | changed)
    core, files = core_of(state(name), settings=settings.model_copy(update={"site": site})), FILES | SCHEMAS
    index = build_index(files, sample=False, as_of="2020-01-07", licence="Free & open.", documentation=BASE)
    made = lay_out_api(
        core,
        index,
        len(to_json(index)),
        read_schemas(files),
        calendar="calendar.ics" if calendar else "",
        tables=TABLES,
        tabular={},
    )
    assets = ASSETS | {"api.css": Asset(path="assets/api.css", integrity="sha384-AAAA")}
    page = RenderPage(path="api/", template="api.html", make=lambda: made)
    return build_renderer(TEMPLATES, assets, core.site)(page).decode()


@pytest.fixture(scope="module")
def html() -> str:
    return page_of()


def test_markup_is_sound(html: str) -> None:
    """Tags nest, ids are unique, what is pointed at exists, headings rise by one."""
    assert_sound(html)


def test_every_file_is_listed_with_its_size_and_schema(html: str) -> None:
    """1,499 bytes are 1 kB, 1,500,000 are 1.5 MB; a folder leads to its newest file."""
    rows = re.findall(r"<tr><th scope=\"row\"><a href=\"v1/([^\"]+)\">([^<]+)</a>(.*?)</tr>", html)
    listed = {path: (label, unescape(re.sub(r"<[^>]+>", " ", rest)).split()) for path, label, rest in rows}
    wanted = {name for name in FILES if "/" not in name} | {"index.json", "day/2020-01-07.json"}
    assert set(listed) == wanted
    assert listed["history.csv"][1][-3:] == ["1", "kB", "schema"]
    assert listed["history.parquet"][1][-3:] == ["1.5", "MB", "schema"]
    assert listed["research.json"][1][-3:] == ["2", "bytes", "schema"]
    assert "bytes" not in listed["snapshot.json"][1]  # every build changes it
    label, words = listed["day/2020-01-07.json"]
    assert label == "day/{name}.json"
    assert " ".join(words).endswith("2 files, 2020-01-06 to 2020-01-07 schema")
    links = {a["href"] for a in Page(html).all("a")}
    assert {f"v1/{name}" for name in SCHEMAS} <= links


def test_every_key_of_every_type_is_explained(html: str) -> None:
    """The tables hold each key that a schema has, with the docstring that the type has for it."""
    page = Page(html)
    for name, published in PUBLISHED.items():
        schema = json_schema(published)
        parts = [schema, *schema.get("$defs", {}).values()]
        assert sorted(schema_parts(schema)) == sorted(part["title"] for part in parts)
        for part in parts:
            assert f"type-{name}-{part['title'].lower()}" in page.ids()
            for key, described in part["properties"].items():
                words = meaning(described, schema)
                assert words, (name, key)
                assert f"<code>{key}</code></th>" in html
                assert str(code_words(words)) in html
                if "description" in described:
                    assert words == described["description"]


def test_columns_of_a_csv_are_explained(html: str) -> None:
    """By the key of the record that a column holds, after words of its own."""
    part = html.partition('id="columns-charts-thing"')[2]
    found = re.findall(r"<code>(\w+)</code></th><td[^>]*>(.*?)</td>", part)
    assert [name for name, _ in found] == ["session", "rate_30", "interval_low", "own"]
    told = dict(found)
    assert told["session"] == "Sessions, ISO dates."
    assert told["rate_30"].startswith("Backwardation rate of the last n sessions with a defined ratio, by n;")
    assert told["interval_low"].startswith("Lower end. Greenwood&#39;s variance on the log(−log) scale;")
    assert told["own"] == "Its <code>own</code> words."


def test_types_are_worded() -> None:
    """By hand, from a schema with every construct that the generator uses."""
    schema: dict[str, Any] = {
        "title": "Thing",
        "description": "A `thing`.\n\nMore.",
        "properties": {
            "a": {"type": "number"},
            "b": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "c": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            "d": {"type": "object", "additionalProperties": {"type": "string"}},
            "e": {"enum": ["x", "y"], "type": "string"},
            "f": {"const": "1.0", "type": "string"},
            "g": {"type": "boolean", "description": "Says `so`, <b>\n    not</b>."},
            "h": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]},
            "i": {"type": "object", "additionalProperties": True},
        },
        "$defs": {"Part": {"title": "Part", "properties": {"z": {"type": "number"}}}},
    }
    parts = schema_parts(schema)
    assert list(parts) == ["Thing", "Part"]
    assert [str(type_words(part, "thing")) for part in parts["Thing"]["properties"].values()] == [
        "number",
        "whole number or null",
        'list of <a href="#type-thing-part">Part</a>',
        "text by name",
        "<code>x</code> or <code>y</code>",
        "<code>1.0</code>",
        "true or false",
        "list of number, text",
        "any value by name",
    ]
    assert code_words(summary(schema)) == "A <code>thing</code>."
    assert (
        code_words(meaning(schema["properties"]["g"], schema))
        == "Says <code>so</code>, &lt;b&gt; not&lt;/b&gt;."
    )
    assert count_keys(parts) == "10 keys"


def test_examples_carry_the_address_of_the_site(html: str) -> None:
    """A reader can copy them as they stand."""
    programs = [
        unescape(each) for each in re.findall(r'aria-label="Example for.*?<code>(.*?)</code>', html, re.S)
    ]
    assert len(programs) == len(content().api.examples)
    assert all(BASE in program for program in programs)
    assert not any("example.org" in program for program in programs)


def test_feeds_and_badge_are_shown(html: str) -> None:
    """All four feed files, the calendar, the picture with its words, the address for shields.io escaped."""
    links = {a["href"] for a in Page(html).all("a")}
    assert {f"../{name}.{kind}" for name in ("feed", "flips") for kind in ("xml", "json")} <= links
    assert "../calendar.ics" in links
    assert "calendar.ics" not in page_of(calendar=False)
    (picture,) = Page(html).all("img")
    assert picture["src"] == "../badge.svg"
    assert picture["alt"] == f"VIX / VIX3M: {TODAY}"
    assert "url=https%3A%2F%2Fvix.example%2Fsite%2Fbadge.json" in html


def test_badge_json_is_what_shields_reads() -> None:
    """The four keys of the endpoint form, version 1; simulated closes are called so."""
    words = badge_json(content(), state("contango-long"))
    assert words == {
        "schemaVersion": 1,
        "label": "VIX / VIX3M",
        "message": TODAY,
        "color": "0b6b5b",
    }
    assert badge_json(content(), state("sample"))["message"].startswith("SAMPLE DATA contango ")
    assert badge_json(content(), state("backwardation-ongoing"))["color"] == "b3261e"


def test_badge_picture() -> None:
    """Well-formed, named, each text within its half, the color that of the regime."""
    picture = draw_badge("VIX / <VIX3M>", "contango 0.92 & more", "contango")
    root = ET.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("aria-label") == root.findtext(f"{space}title") == "VIX / <VIX3M>: contango 0.92 & more"
    left, right = root.iter(f"{space}text")
    assert (left.text, right.text) == ("VIX / <VIX3M>", "contango 0.92 & more")
    width, edge = int(root.get("width", "")), int(right.get("x", "")) - 7
    assert int(left.get("x", "")) + int(left.get("textLength", "")) == edge - 7
    assert int(right.get("x", "")) + int(right.get("textLength", "")) == width - 7
    assert b'fill="#0b6b5b"' in picture
    assert b'fill="#b3261e"' in draw_badge("a", "b", "backwardation")


def test_linked_data_name_the_page(html: str) -> None:
    """The way from the tracker page, with the page's own canonical address at its end."""
    (script,) = Page(html).scripts
    data, crumbs = json.loads(script)["@graph"]
    assert (data["@type"], data["url"]) == ("Dataset", f"{BASE}api/")
    assert [(each["name"], each["item"]) for each in crumbs["itemListElement"]] == [
        ("VIX term structure", BASE),
        ("Data and feeds", f"{BASE}api/"),
    ]
    assert [x["href"] for x in Page(html).all("link") if x["rel"] == "canonical"] == [f"{BASE}api/"]
