"""The published JSON Schemas: current, valid, and able to refuse."""

from __future__ import annotations

import copy
import functools
import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
from tests.panels import EXPECTED, analyse_ratios, publish_snapshot

from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.pipeline.schema import PUBLISHED, json_schema, main
from ivts_site.published.episode import EpisodeList
from ivts_site.published.serialize import to_json
from ivts_site.published.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "static" / "schema"
CASES = {
    "mixed": [0.9, 1.1, None, 1.2, 0.95, 1.0, 1.1],
    "one session": [0.9],
    "all contango": [0.9] * 100,
    "all backwardation": [1.1] * 100,
}


schema_of = functools.cache(json_schema)


def _published(ratios, expected=EXPECTED):
    return json.loads(to_json(publish_snapshot(analyse_ratios(ratios), expected=expected)))


def _errors(document, published=Snapshot, *, strict=True):
    schema = schema_of(published, strict=strict)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return list(jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(document))


def test_files_are_those_generated_from_the_types(tmp_path):
    """`python -m ivts_site.pipeline.schema static/schema` has nothing to change."""
    main(tmp_path)
    made, kept = (
        {path.name: path.read_text("utf-8") for path in folder.iterdir()} for folder in (tmp_path, FOLDER)
    )
    assert made == kept


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)
def test_schemas_are_valid(published):
    """Draft 2020-12, titled; every key is required, and readers are told to expect more of them."""
    schema = schema_of(published)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == published.__name__
    for part in (schema, *schema.get("$defs", {}).values()):
        assert set(part["required"]) == set(part["properties"])
        assert "additionalProperties" not in part


@pytest.mark.parametrize("ratios", CASES.values(), ids=CASES)
def test_published_files_validate(ratios):
    """Snapshot and episode list of every kind of history."""
    assert not _errors(_published(ratios))
    assert not _errors(_published(ratios, expected=None))
    episodes = build_episode_list(analyse_ratios(ratios), sample=True)
    assert not _errors(json.loads(to_json(episodes)), EpisodeList)


def test_docstrings_become_descriptions():
    """A reader of the schema learns what a key means."""
    schema = schema_of(Snapshot)
    assert schema["properties"]["as_of"]["description"] == "Last session the page speaks about."
    assert schema["$defs"]["Closes"]["properties"]["vix"]["description"] == (
        "Front index close, index points."
    )


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_key_is_described(name):
    """Keys without words would be blank cells on the page; inherited ones have the words of their base."""
    schema = schema_of(PUBLISHED[name])
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


WRONG = [
    {"as_of": "banana"},
    {"as_of": "2026-13-01"},
    {"built_at": "2026-02-27 23:30"},
    {"ivts": -5},
    {"window.backwardation_rate": 7},
    {"window.vix_max": 0},
    {"window.percentile_ranks.vix": 1.2},
    {"regime.name": "sideways"},
    {"regime.day": 0},
    {"episodes.n": -1},
    {"changes.vix_return": -1.5},
    {"schema_version": "2.0"},
    {"series.vix.sha256": "x"},
]
"""Values of the right type that no site can publish."""
MORE = {"new_key": 1, "schema_version": "1.7", "regime.new_key": "x", "windows.0.new_key": None}


def with_values(document, values):
    """Return a copy with the values at these paths."""
    found = copy.deepcopy(document)
    for path, value in values.items():
        *way, last = path.split(".")
        place = found
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[last] = value
    return found


def test_wrong_values_are_refused_and_new_keys_are_not():
    """What a pinned schema must do: see that a value is impossible, and live with the next 1.x."""
    document = _published(CASES["mixed"])
    for values in WRONG:
        assert _errors(with_values(document, values), strict=False), values
    assert not _errors(with_values(document, MORE), strict=False)
    assert _errors(with_values(document, MORE))


AJV = """
const Ajv = require("ajv/dist/2020");
const cases = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const ajv = new Ajv({strict: true, allowUnionTypes: true, validateFormats: false});
process.stdout.write(JSON.stringify(cases.map(([schema, documents]) => {
  const valid = ajv.compile(schema);
  return documents.map((each) => valid(each));
})));
"""


def by_ajv(cases):
    """Return what another validator says of documents against their schema."""
    done = subprocess.run(
        ["node", "-e", AJV], input=json.dumps(cases), capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(
    not (ROOT / "node_modules/ajv").is_dir() or not shutil.which("node"), reason="ajv comes with npm"
)
def test_another_validator_agrees():
    """Ajv compiles every schema in strict mode, and refuses and accepts the same snapshots."""
    document = _published(CASES["mixed"])
    schemas = [schema_of(each) for each in PUBLISHED.values()]
    assert by_ajv([[schema, []] for schema in schemas]) == [[] for _ in schemas]
    spoilt = [with_values(document, values) for values in WRONG]
    (told,) = by_ajv([[schema_of(Snapshot), [document, with_values(document, MORE), *spoilt]]])
    assert told == [True, True, *(False for _ in spoilt)]


def test_regimes_are_one_enumeration():
    """Whatever file names a regime lists the same two words."""
    lists = {
        tuple(sorted(each["enum"]))
        for published in PUBLISHED.values()
        for each in _dictionaries(schema_of(published))
        if "enum" in each and "contango" in each["enum"]
    }
    assert lists == {("backwardation", "contango")}


def test_sessions_and_instants_have_a_form():
    """No key that is named for a session, or ends in `_at`, is just any text."""
    for published in PUBLISHED.values():
        schema = schema_of(published)
        for part in (schema, *schema.get("$defs", {}).values()):
            for key, told in part["properties"].items():
                text = json.dumps(told)
                if key.endswith(("session", "_at")) and '"string"' in text:
                    assert '"pattern"' in text, (part["title"], key)


def _dictionaries(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _dictionaries(each)
