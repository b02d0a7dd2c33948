"""The index of the published files: made from the files, true to the byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ivts_site.published.index import build_index
from ivts_site.published.serialize import to_json

ROOT = Path(__file__).parents[2]
SCHEMAS = {file.name: file.read_bytes() for file in (ROOT / "static/schema").iterdir()}
FOLDER_SCHEMA = (
    b'{"description": "One evening.\\n\\nMore.", "properties": {"schema_version": {"examples": ["1.3"]}}}'
)


def index_of(files: dict[str, bytes]) -> dict[str, object]:
    index = build_index(
        files | SCHEMAS,
        sample=True,
        as_of="2020-01-14",
        licence="Free.",
        documentation="https://example.org/api/",
    )
    return json.loads(to_json(index))


def test_files_are_described_by_their_types_and_bytes() -> None:
    """Sizes and hashes by hand; the first paragraph of the type's docstring; schemas not listed."""
    bodies = {"status.json": b"{}", "research.json": b"{}", "history.parquet": b"PAR1", "history.csv": b"a\n"}
    index = index_of(bodies)
    assert [each["path"] for each in index["files"]] == ["history.csv", "history.parquet", "research.json"]
    csv, parquet, research = index["files"]
    assert {key: research[key] for key in ("media_type", "bytes", "sha256", "schema", "schema_version")} == {
        "media_type": "application/json",
        "bytes": 2,
        "sha256": hashlib.sha256(b"{}").hexdigest(),
        "schema": "research.schema.json",
        "schema_version": "1.0",
    }
    assert index["stamped"] == [
        {
            "path": "status.json",
            "description": (
                "How old the closes are, from the dates of stored rows and the trading calendar alone."
            ),
            "schema": "status.schema.json",
            "schema_version": "1.0",
        }
    ]
    assert (csv["media_type"], csv["bytes"], csv["schema"]) == ("text/csv", 2, "history.schema.json")
    assert parquet["sha256"] == hashlib.sha256(b"PAR1").hexdigest()
    assert csv["description"].endswith("episode. As a table.")
    assert (index["sample"], index["as_of"], index["licence"]) == (True, "2020-01-14", "Free.")


def test_a_folder_is_one_entry() -> None:
    """Thousands of files of one kind are summed up, with the names of the first and the last."""
    files = {f"evening/2020-01-{day:02}.json": b"{}" for day in (6, 7, 8)}
    index = index_of({**files, "evening.schema.json": FOLDER_SCHEMA, "evening-notes.json": b"{}"})
    assert index["folders"] == [
        {
            "path": "evening/{name}.json",
            "description": "One evening.",
            "n_files": 3,
            "first": "2020-01-06",
            "last": "2020-01-08",
            "schema": "evening.schema.json",
            "schema_version": "1.3",
        }
    ]


def test_a_file_without_a_schema_says_so() -> None:
    """Null is not the empty text: there is no schema."""
    (entry,) = index_of({"other.json": b"{}"})["files"]
    assert (entry["schema"], entry["schema_version"], entry["description"]) == (None, None, "")


def test_an_unknown_kind_of_file_is_an_error_of_the_program() -> None:
    """A new kind needs its media type first."""
    with pytest.raises(KeyError, match="xlsx"):
        index_of({"history.xlsx": b""})
