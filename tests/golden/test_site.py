"""The site built from sample closes, against the files kept beside this test.

`.venv/bin/python -m pytest tests/golden --update-golden` writes them anew; read the difference before it
is committed. Kept are the numbers (`snapshot.json`), the words of the tracker page (`index.txt`) and one
line for each file of the site (`tree.txt`: path, and a hash of what depends neither on Plotly's origin nor on
the version of the tool that shortens scripts).
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "site"
SKIPPED = {"script", "style", "svg"}


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


def tree(site: Path) -> str:
    """Path and hash of each file; the hashes of scripts and Plotly's origin are masked."""
    lines = []
    for path in sorted(p for p in site.rglob("*") if p.is_file()):
        name = path.relative_to(site).as_posix()
        if name.startswith("assets/plotly"):
            continue
        if name.endswith(".png"):  # its bytes follow the version of the drawing library
            lines.append(f"{'-' * 16}  {name}")
            continue
        if name.endswith(".js") and name.startswith("assets/"):
            lines.append(f"{'-' * 16}  {re.sub(r'[.][0-9a-f]{12}[.]', '.', name)}")
            continue
        body = (
            re.sub(rb"assets/plotly[^\"]*|sha384-[^\"]*|[.][0-9a-f]{12}[.]js", b"-", path.read_bytes())
            if name.endswith("html")
            else (path.read_bytes())
        )
        lines.append(f"{hashlib.sha256(body).hexdigest()[:16]}  {name}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", ["snapshot.json", "index.txt", "tree.txt"])
def test_the_site_is_as_it_was(name: str, sample_site: Path, update_golden: bool) -> None:
    """The same closes, settings and templates give the numbers, words and files last looked at."""
    made = {
        "snapshot.json": lambda: (sample_site / "api/v1/snapshot.json").read_text("utf-8"),
        "index.txt": lambda: words((sample_site / "index.html").read_text("utf-8")),
        "tree.txt": lambda: tree(sample_site),
    }[name]()
    if update_golden:
        HERE.mkdir(exist_ok=True)
        (HERE / name).write_text(made, "utf-8")
    assert made == (HERE / name).read_text("utf-8")
