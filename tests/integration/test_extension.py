"""One of each kind is added to a copy of the repository, as the README tells a newcomer, and builds.

What is added lies under `tests/architecture/added/`; otherwise only entries of YAML files change.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tests.command import NO_ARCHIVE
from tests.extension import ADDED, ADDITIONS, CONFIG, Addition, Entry
from tests.fixtures.vendor import SPY, VIX3M, Vendor, chart_json, document, index_csv
from tests.markup import Node, parse

if TYPE_CHECKING:
    from tests.conftest import Share

ROOT = Path(__file__).parents[2]
LINKED = (
    *("node_modules", "benchmarks", ".github", ".ci", ".gitignore", "pyproject.toml", "LICENSE"),
    *("package.json", "package-lock.json", "requirements.txt", "requirements-dev.txt"),
)
COPIED = (
    *("src", "templates", "static", "tests", "docs", CONFIG),
    *("README.md", "CHANGELOG.md", "Makefile"),
)
DAYS = [day for n in range(90) if (day := dt.date(2025, 7, 7) + dt.timedelta(n)).weekday() < 5]
FRONT = [round(16.75 + 0.25 * (i % 17), 2) for i in range(len(DAYS))]
ADDRESS = ("--set", "site.base_url=https://vix.example/")


class Copy:
    """A copy of the repository in which programs run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_the_repository(cls, folder: Path) -> Copy:
        """Fill a folder with what builds and tests need."""
        folder.mkdir(exist_ok=True)
        for name in COPIED:
            if (ROOT / name).is_dir():
                # what is compiled comes along: else every program of the copy begins by compiling all
                left_out = shutil.ignore_patterns("*.egg-info", "*-pytest-*.pyc")
                shutil.copytree(ROOT / name, folder / name, ignore=left_out)
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, folder)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        return cls(folder)

    def add(self, addition: Addition) -> None:
        """Add one more of a kind."""
        for file in addition.files:
            shutil.copy(ADDED / file, self.folder / file)
        for entry in addition.entries:
            self.change(entry.file, lambda tree, entry=entry: _enter(tree, entry))

    def change(self, file: str, edit: Callable[[Any], None]) -> None:
        """Edit what a YAML file holds."""
        tree = self.yaml(file)
        edit(tree)
        (self.folder / file).write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")

    def yaml(self, file: str) -> Any:
        """What a YAML file holds."""
        return yaml.safe_load((self.folder / file).read_text("utf-8"))

    def run(self, *args: object) -> None:
        """Run a module of the copy, which must not fail."""
        done = subprocess.run(
            [sys.executable, "-m", *map(str, args)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"

    def page(self, path: str = "") -> Node:
        """A page of the site built in the copy."""
        return parse((self.folder / "site" / path / "index.html").read_text("utf-8"))

    def json(self, path: str) -> dict[str, object]:
        """A JSON file of that site."""
        return json.loads((self.folder / "site" / path).read_text("utf-8"))


def _enter(tree: Any, entry: Entry) -> None:
    for key in entry.path.split("."):
        tree = tree[key]
    if isinstance(tree, list):
        tree.insert(entry.place, entry.value)
    else:
        tree |= entry.value


def extend(folder: Path) -> None:
    """Add one more of each kind to a copy, make its schemas anew, fetch and build."""
    copy = Copy.of_the_repository(folder)
    for addition in ADDITIONS.values():
        copy.add(addition)
    copy.run("ivts_site.pipeline.schema", "static/schema")
    with Vendor() as vendor:
        rows = [f"{day},{close}" for day, close in zip(DAYS, FRONT, strict=True)]
        back = [(day, close + 1) for day, close in zip(DAYS, FRONT, strict=True)]
        vendor.answers |= {
            "/daily/VIX-D.csv": document("\n".join(["Day,Last", *rows, ""])),
            VIX3M: document(index_csv(back)),
            SPY: document(chart_json("SPY", [(day, 600.0 + i) for i, day in enumerate(DAYS)])),
        }
        alone = ("--set", "series.vix3m.back_history=null", "--set", "http.attempts=1")
        copy.run("ivts_site", "fetch", "-q", "--now", "2025-10-04T12:00:00Z", *hosts(copy, vendor), *alone)
    copy.run("ivts_site", "build", "-q", "--built-at", "2025-10-04T12:00:00Z", *ADDRESS, *NO_ARCHIVE)


def hosts(copy: Copy, vendor: Vendor) -> list[str]:
    """Options that put the test's vendor in the place of every vendor of the settings, whoever added it."""
    addresses = [
        f"sources.{name}.{key}={vendor.url}"
        for name, settings in copy.yaml(CONFIG)["sources"].items()
        for key in settings
        if key.endswith("_url")
    ]
    return [option for address in addresses for option in ("--set", address)]


@pytest.fixture(scope="session")
def extended(share: Share) -> Copy:
    """The copy with one more of each kind and its site; made once for all test processes."""
    return Copy(share("extended", extend))


def test_an_added_section_is_on_the_page(extended: Copy) -> None:
    """First among the sections, as the settings say, with its fact filled in and its entry in the contents.

    3 October is the 65th weekday from 7 July 2025 on: 64 mod 17 = 13, so that the VIX stands at
    16.75 + 0.25 × 13 = 20.00 and VIX3M at 21.00, which is a ratio of 0.9524.
    """
    page = extended.page("guide")
    contents = [link.text() for link in page.all("nav", "contents")[0].all("a")]
    assert contents[contents.index("Three terms") + 1] == "Words used here"
    assert (
        page.find("glossary").text()
        == "Words used here Today's ratio is 0.9524. CloseThe last value of a session."
    )


def test_an_added_chart_is_on_the_page_and_in_its_files(extended: Copy) -> None:
    """The first of the tabs, with its picture, its figure as JSON and its table as CSV, explained.

    By hand: 19.75 / 20.75 = 0.9518 and 20 / 21 = 0.9524 on the last two sessions, so the change is +0.0006.
    """
    tabs = [tab.attributes["data-tab"] for tab in extended.page().all("section", "tabpanel")]
    assert tabs[0] == "ratio-change"
    [chart] = [
        part for part in extended.page().all("figure") if part.attributes["id"] == "chart-ratio-change"
    ]
    assert "On 3 October 2025 the ratio changed by +0.0006." in chart.text()
    assert chart.all("svg")
    figure = extended.json("charts/ratio-change.json")
    assert figure["data"][0]["y"][-1] == 0.06  # type: ignore[index]
    with (extended.folder / "site/charts/ratio-change.csv").open(encoding="utf-8") as file:
        assert list(csv.DictReader(file))[-1] == {"session": "2025-10-03", "change": "0.0006"}
    assert "Change of the ratio from the close before" in extended.page("api").text()


def test_an_added_source_is_asked_and_named(extended: Copy) -> None:
    """The series is stored from it; the page and the JSON say so."""
    snapshot = extended.json("api/v1/snapshot.json")
    assert snapshot["series"]["vix"]["source"] == "exchange_csv"  # type: ignore[index]
    assert snapshot["closes"]["vix"] == 20.0  # type: ignore[index]
    assert "VIX: Exchange" in extended.page().all("footer")[0].text()


def test_an_added_rule_is_among_the_news(extended: Copy) -> None:
    """VIX closed at 20.00; see the section."""
    news = {each["id"]: each["text"] for each in extended.json("api/v1/snapshot.json")["news"]}  # type: ignore[attr-defined]
    assert news["round-number"] == "VIX closed at exactly 20"


def test_an_added_study_is_on_the_page_in_the_json_and_in_the_schema(extended: Copy) -> None:
    """By its rank after the volatility study; its section has the words of the YAML and the picture.

    13 weeks have 13 Mondays, of which Labor Day, 1 September, is no session: 12.
    """
    document = extended.json("api/v1/research.json")
    keys = list(document)
    assert keys[keys.index("volatility") + 1] == "weekdays"
    monday = document["weekdays"][0]  # type: ignore[index]
    assert (monday["name"], monday["n_sessions"]) == ("Monday", 12)
    schema = extended.json("api/v1/research.schema.json")
    jsonschema.Draft202012Validator(schema).validate(document)
    assert "weekdays" in schema["required"]  # type: ignore[operator]
    assert schema["$defs"]["Weekday"]["properties"]["n_sessions"]["description"] == (  # type: ignore[index]
        "Sessions of the history on that day."
    )
    section = extended.page("research").find("weekdays")
    assert section.text().startswith("Does the day of the week matter?")
    [figure] = section.all("figure")
    assert figure.all("svg")
    assert re.search(r"The median is highest on (Mon|Tues|Wednes|Thurs|Fri)days\.", figure.text())


@pytest.fixture(scope="module")
def referenced(extended: Copy) -> Copy:
    """The copy, its references made anew."""
    extended.run("tests.docs.generate", "--no-picture")
    return extended


CONCERNED = (
    *("tests/docs", "tests/golden"),
    *("tests/unit/test_research_shape.py", "tests/unit/test_content_site.py"),
)

ALL = ("tests/unit", "tests/golden", "tests/docs", "tests/integration/test_fetch.py")


@pytest.mark.whole
@pytest.mark.parametrize("tests", [CONCERNED, ALL])
def test_no_test_count_or_golden_file_breaks(referenced: Copy, tests: tuple[str, ...]) -> None:
    """The tests of the copy pass with one more of each kind."""
    referenced.run("pytest", "-q", "-p", "no:playwright", "-p", "no:cacheprovider", *tests)


@pytest.mark.whole
def test_the_checks_pass(referenced: Copy) -> None:
    """Settings, content, closes, and the site with its schemas and references."""
    referenced.run("ivts_site", "check", "-q", "--now", "2025-10-04T12:00:00Z", *ADDRESS)


def test_what_is_removed_is_gone(extended: Copy, tmp_path: Path) -> None:
    """Without the files of a section and a chart, and without their names in config.yaml, the site builds."""
    copy = Copy.of_the_repository(tmp_path)
    copy.change(CONFIG, lambda tree: tree["page"]["sections"].remove("users"))
    copy.change(CONFIG, lambda tree: tree["page"]["charts"].remove("distribution"))
    (tmp_path / "templates/content/users.yaml").unlink()
    (tmp_path / "src/ivts_site/charts/distribution.py").unlink()
    data = ("--data-dir", extended.folder / "data")
    copy.run("ivts_site", "build", "-q", "--built-at", "2025-10-04T12:00:00Z", *data, *NO_ARCHIVE)
    assert copy.page().all("section", "tabpanel")
    assert "chart-distribution" not in (tmp_path / "site/index.html").read_text("utf-8")
    assert "Who uses it" not in copy.page().text()
    assert not (tmp_path / "site/charts/distribution.json").exists()
