"""What one more of a kind touches; `tests/integration/test_extension.py` adds and builds it."""

from __future__ import annotations

from pathlib import Path

from tests.extension import ADDED, ADDITIONS

ROOT = Path(__file__).parents[2]


def test_few_files_are_touched() -> None:
    """A section, chart or source is a file and lines of the settings; a rule is one file, a study three."""
    touched = {kind: addition.touched for kind, addition in ADDITIONS.items()}
    assert touched == {"section": 2, "chart": 2, "source": 2, "news rule": 1, "study": 3}


def test_each_file_lies_in_the_folder_where_it_belongs_and_is_new() -> None:
    """All that is under `added/` is named, its folder is there, and nothing of that name."""
    named = sorted(file for addition in ADDITIONS.values() for file in addition.files)
    there = (path for path in ADDED.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert named == sorted(path.relative_to(ADDED).as_posix() for path in there)
    assert [file for file in named if not (ROOT / file).parent.is_dir() or (ROOT / file).exists()] == []
