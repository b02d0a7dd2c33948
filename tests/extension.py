"""What one more of each kind takes; its files lie in `tests/architecture/added/`, as if in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ADDED = Path(__file__).parent / "architecture/added"
CONFIG = "config.yaml"


@dataclass(frozen=True)
class Entry:
    """Keys for a mapping of a YAML file, or an item for a list, in the place where it should stand."""

    file: str
    path: str
    """Keys from the top of the file, with dots between them."""
    value: object
    place: int = 0


@dataclass(frozen=True)
class Addition:
    """What one more of a kind takes: new files, and entries in YAML files that are there."""

    files: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def touched(self) -> int:
        """Files made or changed by hand."""
        return len({*self.files, *(entry.file for entry in self.entries)})


WEEKDAYS = {
    "id": "weekdays",
    "title": "Does the day of the week matter?",
    "lead": "The median ratio of each day of the week.",
}
ADDITIONS = {
    "section": Addition(("templates/content/glossary.yaml",), (Entry(CONFIG, "page.sections", "glossary"),)),
    "chart": Addition(
        ("src/ivts_site/charts/ratio_change.py",), (Entry(CONFIG, "page.charts", "ratio-change", place=1),)
    ),
    "source": Addition(
        ("src/ivts_site/sources/exchange_csv.py",),
        (
            Entry(CONFIG, "sources", {"exchange": {"base_url": "https://exchange.example"}}),
            Entry(CONFIG, "series.vix.sources", {"adapter": "exchange_csv", "symbol": "VIX-D"}),
        ),
    ),
    "news rule": Addition(("src/ivts_site/words/news/round_number.py",)),
    "study": Addition(
        ("src/ivts_site/analytics/studies/weekdays.py", "src/ivts_site/charts/studies/weekdays.py"),
        (Entry("templates/content/research.yaml", "studies", {"weekdays": WEEKDAYS}),),
    ),
}
