"""The site built from sample closes, against the files kept beside this test.

`.venv/bin/python -m pytest tests/golden --update-golden` writes them anew; read the difference before it
is committed. Kept is content alone: the numbers (`snapshot.json`), the words of a page of each kind, the
ends of every table (`rows.txt`) and the list of paths. How pages look is kept in `screens`, and `make same`
tells of every byte.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "site"
SKIPPED = {"script", "style", "svg"}
FLIP = "2025-08-04"
"""First session of an episode of the sample closes."""


class _Words(HTMLParser):
    """Visible text, one block a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.depth += tag in SKIPPED
        if re.fullmatch(r"h\d|p|li|tr|dt|dd|section|div|figure|summary|caption|header|footer|nav|th|td", tag):
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in SKIPPED

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.lines[-1] += data


def words(html: str) -> str:
    """The text a reader sees, without markup and pictures."""
    parser = _Words()
    parser.feed(html)
    return "\n".join(line for raw in parser.lines if (line := " ".join(raw.split()))) + "\n"


def main_words(page: Path) -> str:
    """The text of a page without what all pages share: that is in `index.txt`."""
    return words(page.read_text("utf-8").partition("<main")[2].partition(">")[2].partition("</main>")[0])


def rows(site: Path) -> str:
    """Of each CSV file its length, its columns, and its first, middle and last row."""
    text = ""
    for file in sorted(site.rglob("*.csv")):
        head, *body = file.read_text("utf-8").splitlines()
        chosen = [body[0], body[len(body) // 2], body[-1]]
        text += "\n".join([f"{file.relative_to(site)}: {len(body)} rows", head, *chosen, "", ""])
    return text


def paths(site: Path) -> str:
    """Every path, without the hashes in the names of assets and without Plotly, which has two origins."""
    files = (file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file())
    names = (re.sub(r"[.][0-9a-f]{12}[.]", ".", name) for name in files)
    return "".join(f"{name}\n" for name in sorted(names) if not name.startswith("assets/plotly"))


def hold(name: str, made: str, update_golden: bool) -> None:
    """Compare with a kept file, or write it anew."""
    if update_golden:
        HERE.mkdir(exist_ok=True)
        (HERE / name).write_text(made, "utf-8")
    assert made == (HERE / name).read_text("utf-8")


def test_the_tracker_says_what_it_said(sample_site: Path, update_golden: bool) -> None:
    """The same closes, settings and texts give the words last looked at."""
    hold("index.txt", words((sample_site / "index.html").read_text("utf-8")), update_golden)


@pytest.mark.parametrize("name", ["research", "hedge"])
def test_pages_of_today_say_what_they_said(name: str, sample_site: Path, update_golden: bool) -> None:
    """The studies and the lab."""
    hold(f"{name}.txt", main_words(sample_site / name / "index.html"), update_golden)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("day", f"day/{FLIP}/index.html"),
        ("year", f"history/{FLIP[:4]}/index.html"),
        ("episode", f"episodes/{FLIP}/index.html"),
    ],
)
def test_pages_of_the_past_say_what_they_said(
    name: str, path: str, archive_site: Path, update_golden: bool
) -> None:
    """A session, its year, and the episode that began with it."""
    hold(f"{name}.txt", main_words(archive_site / path), update_golden)


def test_the_numbers_are_as_they_were(sample_site: Path, update_golden: bool) -> None:
    """Those of the page, the ends of every table, and the files there are."""
    hold("snapshot.json", (sample_site / "api/v1/snapshot.json").read_text("utf-8"), update_golden)
    hold("rows.txt", rows(sample_site), update_golden)
    hold("paths.txt", paths(sample_site), update_golden)
