"""The published JSON Schemas: current, valid, and able to refuse."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from tests.panels import BUILT_AT, EXPECTED, ORIGINS, RESEARCH, analyse_ratios

from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.snapshot import build_snapshot
from ivts_site.pipeline.schema import PUBLISHED, json_schema, main, schema_files
from ivts_site.published.episode import EpisodeList
from ivts_site.published.serialize import to_json
from ivts_site.published.snapshot import Snapshot

FOLDER = Path(__file__).resolve().parents[2] / "static" / "schema"
CASES = {
    "mixed": [0.9, 1.1, None, 1.2, 0.95, 1.0, 1.1],
    "one session": [0.9],
    "all contango": [0.9] * 100,
    "all backwardation": [1.1] * 100,
}


def _published(ratios, expected=EXPECTED):
    snapshot = build_snapshot(
        analyse_ratios(ratios),
        built_at=BUILT_AT,
        sample=False,
        origins=ORIGINS,
        research=RESEARCH,
        expected=expected,
    )
    return json.loads(to_json(snapshot))


def _errors(document, published=Snapshot):
    return list(jsonschema.Draft202012Validator(json_schema(published)).iter_errors(document))


def test_files_are_those_generated_from_the_types(tmp_path):
    """`python -m ivts_site.pipeline.schema static/schema` has nothing to change."""
    main(tmp_path / "schema")
    for name, text in schema_files().items():
        assert (FOLDER / name).read_text("utf-8") == text
        assert (tmp_path / "schema" / name).read_text("utf-8") == text


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)
def test_schemas_are_valid(published):
    """Draft 2020-12, titled, and every key is required."""
    schema = json_schema(published)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == published.__name__
    for part in (schema, *schema.get("$defs", {}).values()):
        assert set(part["required"]) == set(part["properties"])
        assert part["additionalProperties"] is False


@pytest.mark.parametrize("ratios", CASES.values(), ids=CASES)
def test_published_files_validate(ratios):
    """Snapshot and episode list of every kind of history."""
    assert not _errors(_published(ratios))
    assert not _errors(_published(ratios, expected=None))
    episodes = build_episode_list(analyse_ratios(ratios), sample=True)
    assert not _errors(json.loads(to_json(episodes)), EpisodeList)


def test_docstrings_become_descriptions():
    """A reader of the schema learns what a key means."""
    schema = json_schema(Snapshot)
    assert schema["properties"]["as_of"]["description"] == "Last session the page speaks about."
    assert schema["$defs"]["Closes"]["properties"]["vix"]["description"] == (
        "Front index close, index points."
    )


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_key_is_described(name):
    """Keys without words would be blank cells on the page; inherited ones have the words of their base."""
    schema = json_schema(PUBLISHED[name])
    for part in (schema, *schema.get("$defs", {}).values()):
        for key, described in part["properties"].items():
            # the generator leaves out what repeats the words of the type itself
            within = schema["$defs"][described["$ref"].rpartition("/")[2]] if "$ref" in described else {}
            assert described.get("description") or within.get("description"), (part["title"], key)
            if part["title"] == "EpisodeOutcome" and key == "ongoing":
                assert described["description"] == "Whether it contains the as-of session."


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("as_of"),
        lambda d: d.update(schema_version="2.0"),
        lambda d: d.update(ivts="0.92"),
        lambda d: d.update(ivts=None),
        lambda d: d["closes"].pop("spy"),
        lambda d: d["regime"].update(extra=1),
        lambda d: d["regime"].update(day=1.5),
        lambda d: d["windows"][0].update(n_sessions=None),
        lambda d: d["episodes"]["recent"][0].update(ongoing="yes"),
    ],
)
def test_spoilt_documents_are_refused(spoil):
    """Missing, unknown, null or mistyped keys at every depth."""
    document = copy.deepcopy(_published(CASES["mixed"]))
    spoil(document)
    assert _errors(document)


def test_generation_leaves_the_types_alone():
    """The build does not pay for the schema's options."""
    json_schema(Snapshot)
    assert not hasattr(Snapshot, "__pydantic_config__")
