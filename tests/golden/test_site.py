"""The site built from sample closes, against the files kept beside this test.

`.venv/bin/python -m pytest tests/golden --update-golden` writes them anew; read the difference before it
is committed. A section, study or chart that was added since is no difference. Kept is content alone: the
numbers (`snapshot.json`), the words of a page of each kind, the ends of every table (`rows.txt`) and the
list of paths. How pages look is kept in `screens`, and `make same` tells of every byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "site"
SKIPPED = {"script", "style", "svg"}
FLIP = "2025-08-04"
"""First session of an episode of the sample closes."""
BETWEEN = " · "
"""What parts the entries of a line of links."""


class _Words(HTMLParser):
    """Visible text, one block a line, each with the sections and the entry of the contents that it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, tuple[int, ...]]] = [("", ())]
        self.parts: list[int] = []
        self.n_parts = self.skipped = self.contents = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in SKIPPED
        self.contents += tag == "nav" and ("class", "contents") in attrs
        if self._is_part(tag):
            self.n_parts += 1
            self.parts.append(self.n_parts)
        if re.fullmatch(r"h\d|p|li|tr|dt|dd|section|div|figure|summary|caption|header|footer|nav|th|td", tag):
            self.lines.append(("", tuple(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in SKIPPED
        if self._is_part(tag):
            self.parts.pop()
        self.contents -= tag == "nav" and self.contents > 0

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            line, parts = self.lines[-1]
            self.lines[-1] = (line + data, parts)

    def _is_part(self, tag: str) -> bool:
        return tag == "section" or (tag == "li" and self.contents > 0)


def words(html: str, kept: str | None = None) -> str:
    """The text a reader sees, without markup and pictures.

    A section, or an entry of the contents or of a line of links, that begins with a line which `kept` does
    not have has been added since: it is left out.
    """
    parser = _Words()
    parser.feed(html)
    lines = [(line, parts) for raw, parts in parser.lines if (line := " ".join(raw.split()))]
    known = {line for line, _ in lines} if kept is None else set(kept.splitlines())
    first = {part: line for line, parts in reversed(lines) for part in parts}
    added = {part for part, line in first.items() if line not in known}
    entries = {entry for line in known for entry in line.split(BETWEEN)}
    left = (line for line, parts in lines if not added.intersection(parts))
    return "".join(
        f"{BETWEEN.join(x for x in line.split(BETWEEN) if x in entries) or line}\n" for line in left
    )


def main_part(page: Path) -> str:
    """A page without what all pages share: that is in `index.txt`."""
    return page.read_text("utf-8").partition("<main")[2].partition(">")[2].partition("</main>")[0]


def rows(site: Path) -> dict[str, str]:
    """Of each CSV file its length, its columns, and its first, middle and last row."""
    found = {}
    for file in sorted(site.rglob("*.csv")):
        head, *body = file.read_text("utf-8").splitlines()
        chosen = [body[0], body[len(body) // 2], body[-1]]
        name = str(file.relative_to(site))
        found[name] = "\n".join([f"{name}: {len(body)} rows", head, *chosen, "", ""])
    return found


def paths(site: Path) -> list[str]:
    """Every path, without the hashes in the names of assets and without Plotly, which has two origins."""
    files = (file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file())
    names = (re.sub(r"[.][0-9a-f]{12}[.]", ".", name) for name in files)
    return sorted(name for name in names if not name.startswith("assets/plotly"))


def hold(name: str, make: Callable[[str | None], str], update_golden: bool) -> None:
    """Compare what is made, but for what has been added, with a kept file; or write the file anew."""
    if update_golden:
        HERE.mkdir(exist_ok=True)
        (HERE / name).write_text(make(None), "utf-8")
    kept = (HERE / name).read_text("utf-8")
    assert make(kept) == kept


def test_the_tracker_says_what_it_said(sample_site: Path, update_golden: bool) -> None:
    """The same closes, settings and texts give the words last looked at."""
    page = (sample_site / "index.html").read_text("utf-8")
    hold("index.txt", lambda kept: words(page, kept), update_golden)


@pytest.mark.parametrize("name", ["research", "hedge"])
def test_pages_of_today_say_what_they_said(name: str, sample_site: Path, update_golden: bool) -> None:
    """The studies and the lab."""
    page = main_part(sample_site / name / "index.html")
    hold(f"{name}.txt", lambda kept: words(page, kept), update_golden)


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
    page = main_part(archive_site / path)
    hold(f"{name}.txt", lambda kept: words(page, kept), update_golden)


def test_the_numbers_are_as_they_were(sample_site: Path, update_golden: bool) -> None:
    """Those of the page, the ends of every table, and the files there are; charts may have been added."""
    snapshot = (sample_site / "api/v1/snapshot.json").read_text("utf-8")
    hold("snapshot.json", lambda _: snapshot, update_golden)
    tables, files = rows(sample_site), paths(sample_site)

    def kept_rows(kept: str | None) -> str:
        return "".join(text for name, text in tables.items() if kept is None or f"{name}: " in kept)

    def kept_paths(kept: str | None) -> str:
        known = files if kept is None else kept.splitlines()
        charts = (re.fullmatch(r"charts/(.+)[.]json", path) for path in set(files).difference(known))
        added = "|".join(re.escape(chart[1]) for chart in charts if chart) or "(?!)"
        of_added = re.compile(rf"(charts|embed|assets)/({added})\b")
        return "".join(f"{path}\n" for path in files if path in known or not of_added.match(path))

    hold("rows.txt", kept_rows, update_golden)
    hold("paths.txt", kept_paths, update_golden)


def test_an_added_section_is_no_change_and_a_changed_one_is() -> None:
    """By hand: one section more with its entry in the contents, one less, another heading, another text."""
    page = '<nav class="contents"><li>A</li><li>B</li></nav><section><h2>A</h2><p>One.</p></section>{}'
    more = "<section><h2>B</h2><p>Two.</p><section><h3>A</h3></section></section>"
    kept = "A\nA\nOne.\n"
    assert words(page.format(more), kept) == kept
    assert words(page.format(more)) == "A\nB\nA\nOne.\nB\nTwo.\nA\n"
    assert words(page.format("").replace("A", "C"), kept) != kept
    assert words(page.format("<p>Three.</p>"), kept) != kept
    assert words(more, kept) != kept
    links = "<p>A · {}C</p>"
    assert words(links.format("B · "), "A · C\n") == words(links.format("")) == "A · C\n"
    assert words(links.format(""), "A · B · C\n") == "A · C\n"
    assert words(links.format("B · ")) == "A · B · C\n"
