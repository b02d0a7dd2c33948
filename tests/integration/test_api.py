"""The published files as a reader finds them: on a served site built from sample closes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import feedparser
import frictionless
import jsonschema
import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.command import ONE_CHART, ivts
from tests.markup import Page
from tests.panels import analyse_panel, make_panel
from tests.ranged import RangedHTTP
from tests.served import Served, serve
from tests.stored import THROUGH, store_sample
from tests.view_states import config

from ivts_site.analytics.history import build_history
from ivts_site.pipeline.schema import PUBLISHED, columns_schema, json_schema
from ivts_site.published.tables import history_table, to_parquet
from ivts_site.store import Reason

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "templates" / "examples"
ADDRESS = "https://example.org/"
FEEDS = ("feed", "flips")


@pytest.fixture(scope="module")
def served(sample_site: Path) -> Iterator[Served]:
    """The sample site on the program's own server."""
    with serve(sample_site) as found:
        yield found


def document(site: Path, name: str) -> Any:
    return json.loads((site / "api/v1" / name).read_text("utf-8"))


def example(name: str, served: Served) -> str:
    """An example program of the page, led to the served site."""
    text = (EXAMPLES / name).read_text("utf-8")
    assert ADDRESS in text
    return text.replace(ADDRESS, served.url)


def run(*command: str, text: str = "") -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


# ------------------------------------------------------------------------------------------- index, schemas


def test_the_index_is_true(sample_site: Path) -> None:
    """Every published file is in it, with its size and the hash of its bytes; folders with their count."""
    folder = sample_site / "api/v1"
    index = document(sample_site, "index.json")
    listed = {each["path"]: each for each in index["files"]}
    flat = {path.name for path in folder.iterdir() if path.is_file()}
    stamped = {each["path"]: each for each in index["stamped"]}
    assert set(stamped) == {"snapshot.json", "status.json"}
    wanted = {name for name in flat if not name.endswith(".schema.json")} - {"index.json", *stamped}
    assert set(listed) == wanted
    for name, entry in stamped.items():
        assert entry["description"], name
        assert (folder / entry["schema"]).is_file(), name
    for name, entry in listed.items():
        body = (folder / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(body), hashlib.sha256(body).hexdigest()), name
        assert entry["description"], name
        assert (folder / entry["schema"]).is_file(), name
    folders = {each["path"].partition("/")[0]: each for each in index["folders"]}
    assert set(folders) == {path.name for path in folder.iterdir() if path.is_dir()}
    for name, entry in folders.items():
        inside = sorted(path.stem for path in (folder / name).iterdir())
        assert (entry["n_files"], entry["first"], entry["last"]) == (len(inside), inside[0], inside[-1])
    assert (index["sample"], index["as_of"]) == (True, document(sample_site, "snapshot.json")["as_of"])
    assert index["documentation"] == f"{ADDRESS}api/"
    assert "Cboe" in index["licence"]


def described(site: Path) -> list[tuple[str, str]]:
    """Every JSON file of the API, each day of the archive among them, with its schema."""
    folder, index = site / "api/v1", document(site, "index.json")
    pairs = [(each["path"], each["schema"]) for each in (*index["stamped"], *index["files"])]
    for each in index["folders"]:
        inside = (folder / each["path"].partition("/")[0]).iterdir()
        pairs += [(path.relative_to(folder).as_posix(), each["schema"]) for path in sorted(inside)]
    return [("index.json", "index.schema.json"), *(pair for pair in pairs if pair[0].endswith(".json"))]


def test_every_json_meets_its_schema(archive_site: Path, whole: bool) -> None:
    """By an independent validator, as published and strictly: with the keys of this version and no others."""
    pairs, base = described(archive_site), f"{config().site.base_url}api/v1/"
    assert len(pairs) > 300
    validators: dict[str, list[jsonschema.Draft202012Validator]] = {}
    for number, (path, schema) in enumerate(pairs):
        if number % 5 and "/" in path and not whole:
            continue  # a day of the archive: the other validator reads them all
        if schema not in validators:
            published, name = document(archive_site, schema), schema.removesuffix(".schema.json")
            assert published["$id"] == f"{base}{schema}"
            shape = PUBLISHED.get(name)
            strict = json_schema(shape, strict=True) if shape else columns_schema(strict=True)
            validators[schema] = [jsonschema.Draft202012Validator(each) for each in (published, strict)]
        for validator in validators[schema]:
            assert list(validator.iter_errors(document(archive_site, path))) == [], path


AJV = """
const [folder, ...pairs] = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const Ajv = require("ajv/dist/2020");
const ajv = new Ajv({strict: true, allowUnionTypes: true, validateFormats: false});
const read = (name) => JSON.parse(require("fs").readFileSync(`${folder}/${name}`, "utf-8"));
const known = {};
for (const [path, schema] of pairs) {
  known[schema] ??= ajv.compile(read(schema));
  if (!known[schema](read(path))) console.log(path, ajv.errorsText(known[schema].errors));
}
"""


@pytest.mark.skipif(
    not (ROOT / "node_modules/ajv").is_dir() or not shutil.which("node"), reason="ajv comes with npm"
)
def test_another_validator_finds_no_fault(archive_site: Path) -> None:
    """Ajv, strict about the schemas themselves, reads every file."""
    order = json.dumps([str(archive_site / "api/v1"), *described(archive_site)])
    done = subprocess.run(
        ["node", "-e", AJV], input=order, capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == ""


# ------------------------------------------------------------------------------------------- three forms


def test_csv_and_json_hold_equal_values(sample_site: Path) -> None:
    """Cell by cell over the whole history and all episodes, read by the standard library alone."""
    history = document(sample_site, "history.json")
    columns = {
        **{name: history[name] for name in ("session", "ivts", "regime", "regime_day", "episode", "suspect")},
        **{f"rate_{n}": rates for n, rates in history["rolling_rates"].items()},
        "sample": [True] * history["n_sessions"],
    }
    rows = list(csv.DictReader(io.StringIO((sample_site / "api/v1/history.csv").read_text("utf-8"))))
    assert set(rows[0]) == set(columns)
    assert len(rows) == history["n_sessions"] > 4000
    for name, values in columns.items():
        assert [row[name] for row in rows] == [_cell(value) for value in values], name
    episodes = document(sample_site, "episodes.json")["episodes"]
    listed = list(csv.DictReader(io.StringIO((sample_site / "api/v1/episodes.csv").read_text("utf-8"))))
    assert [row["first_session"] for row in listed] == [each["first_session"] for each in episodes]
    for row, each in zip(listed, episodes, strict=True):
        assert {name: row[name] for name in each if name in row} == {
            name: _cell(value) for name, value in each.items() if name in row
        }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_history_and_snapshot_agree(sample_site: Path) -> None:
    """The last session, all counts and all episodes are those of the snapshot."""
    history, snapshot = document(sample_site, "history.json"), document(sample_site, "snapshot.json")
    assert history["ivts"][-1] == snapshot["ivts"]
    assert history["session"][-1] == snapshot["as_of"]
    assert (history["regime"][-1], history["regime_day"][-1]) == (
        snapshot["regime"]["name"],
        snapshot["regime"]["day"],
    )
    assert {n: rates[-1] for n, rates in history["rolling_rates"].items()} == snapshot["rolling_rates"]
    total = snapshot["all_history"]
    assert (history["n_sessions"], history["regime"].count("backwardation")) == (
        total["n_sessions"],
        total["n_backwardation"],
    )
    episodes = document(sample_site, "episodes.json")["episodes"]
    counted = pd.Series(history["episode"]).value_counts(sort=False)
    assert counted.to_dict() == {each["first_session"]: each["n_sessions"] for each in episodes}


def test_every_csv_of_a_sample_says_so_in_every_row(sample_site: Path) -> None:
    """Wherever a table is offered: a file passed on without its page cannot be taken for market data."""
    files = sorted(sample_site.rglob("*.csv"))
    assert len(files) >= 11
    for file in files:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
        assert rows, file
        assert {row["sample"] for row in rows} == {"true"}, file


def test_every_column_of_every_csv_is_explained(sample_site: Path) -> None:
    """The page lists the files and their columns in order, each with a meaning."""
    page = (sample_site / "api/index.html").read_text("utf-8")
    for file in sorted(sample_site.rglob("*.csv")):
        path = file.relative_to(sample_site).as_posix()
        part = page.partition(f'<a href="../{path}">{path}</a></h3>')[2].partition("</details>")[0]
        told = re.findall(r"<code>(\w+)</code></th><td[^>]*>(.+?)</td>", part)
        columns = file.read_text("utf-8").partition("\n")[0].split(",")
        assert [name for name, _ in told] == columns[:-1], path
        assert columns[-1] == "sample"


# ------------------------------------------------------------------------------------------- examples


def test_pandas_example(served: Served, sample_site: Path) -> None:
    """It runs as printed; its last line counts the last year's sessions in backwardation."""
    printed = run(sys.executable, "-W", "error", "-", text=example("frame.py", served))
    history = document(sample_site, "history.json")
    year = history["session"][-1][:4]
    flags = [
        regime == "backwardation"
        for day, regime in zip(history["session"], history["regime"], strict=True)
        if day.startswith(year)
    ]
    last = printed.rstrip().splitlines()[-1].split()
    assert (last[0], int(last[1])) == (year, sum(flags))
    assert float(last[2]) == pytest.approx(sum(flags) / len(flags), abs=1e-6)


def test_columns_example(served: Served, sample_site: Path) -> None:
    """It runs as printed; lowest, middle and highest ratio of the last year, by the standard library."""
    printed = run(sys.executable, "-W", "error", "-", text=example("columns.py", served))
    history = document(sample_site, "history.json")
    year = history["session"][-1][:4]
    pairs = zip(history["session"], history["ivts"], strict=True)
    ratios = [ratio for day, ratio in pairs if day.startswith(year)]
    label, *found = printed.rstrip().splitlines()[-1].split()
    wanted = (min(ratios), statistics.median(ratios), max(ratios))
    assert label == year
    assert [float(each) for each in found] == pytest.approx(wanted, abs=1e-6)


def test_plain_columns_are_those_of_the_csv(sample_site: Path) -> None:
    """Pandas and polars make the table of the CSV file from them, column by column."""
    body = (sample_site / "api/v1/history-columns.json").read_bytes()
    table = pd.read_csv(sample_site / "api/v1/history.csv")
    pd.testing.assert_frame_equal(pd.read_json(io.BytesIO(body)), table)
    frame = pl.DataFrame(json.loads(body), infer_schema_length=None)
    assert frame.columns == list(table)
    assert (
        frame["episode"].to_list()
        == table["episode"].astype(object).where(table["episode"].notna(), None).to_list()
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_javascript_example(served: Served, sample_site: Path) -> None:
    """It runs as printed, as a module."""
    printed = run("node", "--input-type=module", "-", text=example("fetch.mjs", served)).splitlines()
    history = document(sample_site, "history.json")
    inverted = [
        day
        for day, regime in zip(history["session"], history["regime"], strict=True)
        if regime == "backwardation"
    ]
    assert printed[0] == f"{len(inverted)} of {history['n_sessions']} last {inverted[-1]}"
    assert printed[1].split() == [str(history[key][-1]) for key in ("session", "ivts", "regime")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_curl_example(served: Served, sample_site: Path) -> None:
    """It runs as printed: the snapshot, then the last five rows."""
    printed = run("sh", text=example("curl.sh", served))
    snapshot = (sample_site / "api/v1/snapshot.json").read_text("utf-8")
    rows = (sample_site / "api/v1/history.csv").read_text("utf-8").splitlines()[-5:]
    assert printed == snapshot + "\n".join(rows) + "\n"


def test_duckdb_example_reads_by_ranges(served: Served, sample_site: Path) -> None:
    """The program as printed, with a reader of byte ranges in the place of the extension that it downloads.

    What is proven: the SQL is right, the server answers ranges, and DuckDB's Parquet reader works on a file
    of which it gets nothing but ranges.
    """
    served.asked.clear()
    with duckdb.connect() as connection:
        connection.register_filesystem(RangedHTTP())
        program = example("query.py", served).replace("duckdb.sql(", "connection.sql(")
        found: dict[str, Any] = {"connection": connection}
        exec(program.replace("print(longest)", "rows = longest.fetchall()"), found)
        connection.unregister_filesystem("http")
    episodes = document(sample_site, "episodes.json")["episodes"]
    wanted = sorted(episodes, key=lambda each: (-each["n_sessions"], each["first_session"]))[:5]
    assert [(str(day), n, highest) for day, n, highest in found["rows"]] == [
        (each["first_session"], each["n_sessions"], each["max_ivts"]) for each in wanted
    ]
    reads = [asked for method, path, asked in served.asked if method == "GET" and path.endswith(".parquet")]
    assert reads
    assert all(asked.startswith("bytes=") for asked in reads)


def test_a_query_fetches_a_part_of_a_long_history(tmp_path: Path) -> None:
    """170 years of sessions with closes: a question about two columns leaves half of the file where it is."""
    noise = np.random.default_rng(5).random((3, 43_000))
    panel = make_panel(*(10 + 20 * noise).tolist(), start="1858-01-04")
    analysis = analyse_panel(panel)
    history = build_history(analysis, sample=False, raw_closes=True)
    body = to_parquet(history_table(history), history)
    (tmp_path / "history.parquet").write_bytes(body)
    with serve(tmp_path) as served, duckdb.connect() as connection:
        connection.register_filesystem(RangedHTTP())
        connection.execute("SET disable_parquet_prefetching = true")
        (found,) = connection.execute(
            f"SELECT count(*), max(regime_day) FROM '{served.url}history.parquet' WHERE regime = 'contango'"
        ).fetchall()
        connection.unregister_filesystem("http")
    calm = analysis.signal[~analysis.signal["backwardation"]]
    assert found == (len(calm), calm["regime_day"].max())
    spans = [asked.removeprefix("bytes=").split("-") for method, _, asked in served.asked if method == "GET"]
    fetched = np.zeros(len(body), dtype=bool)
    for first, last in spans:
        fetched[int(first) : int(last) + 1] = True
    assert 0 < fetched.sum() < len(body) / 2, (fetched.sum(), len(body))


# ------------------------------------------------------------------------------------------- feeds, sharing


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_of_the_site(name: str, served: Served, sample_site: Path) -> None:
    """Both forms parse without a complaint and say the same; every link leads to a page of the site."""
    parsed = feedparser.parse((sample_site / f"{name}.xml").read_bytes())
    assert parsed.bozo is False
    document_ = json.loads((sample_site / f"{name}.json").read_text("utf-8"))
    assert [entry.id for entry in parsed.entries] == [item["id"] for item in document_["items"]]
    assert len(parsed.entries) == {"feed": 30, "flips": 50}[name]
    for entry in parsed.entries:
        assert entry.link.startswith(ADDRESS)
        path = entry.link.removeprefix(ADDRESS)
        assert (sample_site / path / "index.html").is_file(), path
    history = document(sample_site, "history.json")
    newest = parsed.entries[0].id.rpartition("/")[2]
    if name == "feed":
        assert newest == history["session"][-1]
    else:
        assert history["regime_day"][history["session"].index(newest)] == 1


def test_provisional_sessions_make_no_entry(sample_data: Path, tmp_path: Path) -> None:
    """The newest session is stored, but not final: feeds, history and badge end before it."""
    data = store_sample(tmp_path / "data", sample_data, held=Reason.EARLY)
    site = build(data, tmp_path / "site", *ONE_CHART)
    assert document(site, "snapshot.json")["provisional"] is not None
    assert document(site, "history.json")["session"][-1] == THROUGH.isoformat()
    newest = json.loads((site / "feed.json").read_text("utf-8"))["items"][0]
    assert newest["id"].endswith(THROUGH.isoformat())
    assert f"{THROUGH.day} Nov 2025" in json.loads((site / "badge.json").read_text("utf-8"))["message"]
    # no settlements of futures are stored either: no page of theirs, and nothing that leads to it
    assert not list(site.rglob("*futures*/")) + list(site.glob("api/v1/futures.[jcp]*"))
    assert 'href="futures/"' not in (site / "index.html").read_text("utf-8")


def build(data: Path, out: Path, *more: str, at: str = "2026-01-02T00:00:00Z", studies: bool = False) -> Path:
    done = ivts("build", "--data-dir", data, "--out", out, "--built-at", at, *more, studies=studies)
    assert done.code == 0, done.err
    return out


def test_a_file_without_news_stays_as_it_is(sample_data: Path, sample_site: Path, tmp_path: Path) -> None:
    """Built a month later from the same closes: the instant of the build is in three files alone."""
    other = build(sample_data, tmp_path / "site", at="2026-02-02T12:34:56Z", studies=True)
    paths = {path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file()}
    assert paths == {
        path.relative_to(sample_site).as_posix() for path in sample_site.rglob("*") if path.is_file()
    }
    changed = {path for path in paths if (other / path).read_bytes() != (sample_site / path).read_bytes()}
    assert changed == {"index.html", "api/v1/snapshot.json", "api/v1/status.json"}


def test_every_page_names_the_feeds_and_the_data(sample_site: Path) -> None:
    """Feed autodiscovery in the head, links to data and feeds in the foot, on pages of each kind."""
    for name in ("index.html", "methodology/index.html", "api/index.html", "404.html"):
        page = Page((sample_site / name).read_text("utf-8"))
        root = {"index.html": "", "404.html": "/"}.get(name, "../")
        alternates = {x["href"]: x["type"] for x in page.all("link") if x["rel"] == "alternate"}
        assert alternates == {
            f"{root}{feed}.{kind}": f"application/{media}+{kind}"
            for feed in (*FEEDS, "futures-flips")
            for kind, media in (("xml", "atom"), ("json", "feed"))
        }
        links = {a.get("href") for a in page.all("a")}
        assert {f"{root}api/", f"{root}api/#feeds"} <= links, name


def linked(site: Path, name: str) -> dict[str, dict[str, Any]]:
    """Linked data of a page, by type."""
    scripts = [json.loads(script) for script in Page((site / name).read_text("utf-8")).scripts]
    (graph,) = [script["@graph"] for script in scripts if "@graph" in script]
    return {each["@type"]: each for each in graph}


def test_dataset_has_what_search_engines_ask_for(sample_site: Path) -> None:
    """Google's required and recommended keys; every download exists as it is told; dates are the data's."""
    data, snapshot = linked(sample_site, "api/index.html")["Dataset"], document(sample_site, "snapshot.json")
    assert 50 <= len(data["description"]) <= 5_000
    for key in ("name", "url", "identifier", "license", "creator", "keywords", "measurementTechnique"):
        assert data[key], key
    assert data["isAccessibleForFree"] is True
    assert snapshot["as_of"][:4] not in data["name"] + data["description"]  # both last
    kinds = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    downloads = {each["contentUrl"].removeprefix(ADDRESS): each for each in data["distribution"]}
    assert {"api/v1/history.csv", "api/v1/history.parquet"} <= set(downloads)
    for path, each in downloads.items():
        body = (sample_site / path).read_bytes()
        assert each["encodingFormat"] == kinds[path.rpartition(".")[2]]
        assert each["contentSize"] == f"{len(body)} B"
        assert each["sha256"] == hashlib.sha256(body).hexdigest()
    total = snapshot["all_history"]
    assert data["temporalCoverage"] == f"{total['first_session']}/{total['last_session']}"
    assert data["dateModified"] == snapshot["as_of"]


def test_one_license_everywhere(sample_site: Path) -> None:
    """Page, index, data set and package name the one that the settings name."""
    name = config().publish.license
    package = json.loads((sample_site / "datapackage.json").read_text("utf-8"))
    assert [each["name"] for each in package["licenses"]] == [name]
    assert linked(sample_site, "api/index.html")["Dataset"]["license"] == package["licenses"][0]["path"]
    assert name in package["licenses"][0]["path"]
    assert name in document(sample_site, "index.json")["licence"]
    for page in ("index.html", "api/index.html"):
        assert name in (sample_site / page).read_text("utf-8")


def test_package_describes_every_table(sample_site: Path) -> None:
    """Each file with its size and SHA-256; each column of a CSV by name, type and meaning."""
    package = json.loads((sample_site / "datapackage.json").read_text("utf-8"))
    files = [*sample_site.rglob("*.csv"), *sample_site.rglob("*.parquet")]
    tables = {path.relative_to(sample_site).as_posix() for path in files}
    assert {each["path"] for each in package["resources"]} == tables >= {"api/v1/history.parquet"}
    for each in package["resources"]:
        body = (sample_site / each["path"]).read_bytes()
        assert (each["bytes"], each["hash"]) == (len(body), f"sha256:{hashlib.sha256(body).hexdigest()}")
        if each["format"] == "csv":
            (heading, *_) = csv.reader(io.StringIO(body.decode()))
            assert [field["name"] for field in each["schema"]["fields"]] == heading
            assert all(field["description"] for field in each["schema"]["fields"])
    kinds = {
        field["name"]: field["type"]
        for each in package["resources"]
        if each["path"] == "api/v1/history.csv"
        for field in each["schema"]["fields"]
    }
    assert kinds["session"] == kinds["episode"] == "date"
    assert (kinds["ivts"], kinds["regime"], kinds["regime_day"]) == ("number", "string", "integer")
    assert kinds["suspect"] == kinds["sample"] == "boolean"


def test_the_package_is_valid(sample_site: Path) -> None:
    """By the library of those who wrote the form: the descriptor, and every row of every table."""
    report = frictionless.validate(str(sample_site / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])


def test_questions_are_those_of_the_page(sample_site: Path) -> None:
    """Every question that search engines are told stands on the page."""
    graph = linked(sample_site, "guide/index.html")
    assert set(graph) == {"FAQPage", "BreadcrumbList"}
    asked = [each["name"] for each in graph["FAQPage"]["mainEntity"]]
    html = unescape((sample_site / "guide/index.html").read_text("utf-8"))
    assert len(asked) == 15
    assert [question for question in asked if question not in html.partition("</main>")[0]] == []


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R on this machine")
def test_r_example(served: Served, sample_site: Path, tmp_path: Path) -> None:
    """It runs as printed; its last line counts the last year's sessions in backwardation."""
    (tmp_path / "history.R").write_text(example("history.R", served))
    history = document(sample_site, "history.json")
    year = history["session"][-1][:4]
    pairs = zip(history["session"], history["regime"], strict=True)
    n = sum(regime == "backwardation" for day, regime in pairs if day.startswith(year))
    last = run("Rscript", str(tmp_path / "history.R")).rstrip().splitlines()[-1].split()
    assert (last[1], float(last[2])) == (year, n)


def test_badge_and_card(sample_site: Path) -> None:
    """Both forms of the badge say the same; the card has the size that its meta elements tell."""
    badge = json.loads((sample_site / "badge.json").read_text("utf-8"))
    picture = ET.fromstring((sample_site / "badge.svg").read_bytes())
    assert picture.get("aria-label") == f"{badge['label']}: {badge['message']}"
    page = Page((sample_site / "index.html").read_text("utf-8"))
    told = {m["property"]: m["content"] for m in page.all("meta") if "property" in m}
    body = (sample_site / told["og:image"].removeprefix(ADDRESS)).read_bytes()
    assert (int.from_bytes(body[16:20]), int.from_bytes(body[20:24])) == (1200, 630)
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
