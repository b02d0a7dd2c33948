"""The studies within a build: what is kept, what makes them anew, optional series missing or damaged."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import os
import shutil
from pathlib import Path

import pytest
from tests.stored import read_closes, store_sample
from tests.view_states import config

from ivts_site.analytics.results import Analysis, analyze
from ivts_site.config import Config
from ivts_site.model import Role
from ivts_site.panel import build_panel
from ivts_site.pipeline import fingerprint
from ivts_site.pipeline import research as module
from ivts_site.pipeline.inputs import Inputs, load_inputs, optional_keys
from ivts_site.pipeline.research import CACHE, current_research
from ivts_site.published.serialize import to_lines
from ivts_site.store import Provenance, SeriesProvenance, read_provenance, write_transaction
from ivts_site.store.cache import KEPT, read_cached, write_cached

AS_OF = dt.date(2013, 3, 1)
FURTHER = ("vix9d", "vix6m", "vvix", "skew")


def quick(**changed: object) -> Config:
    """The shipped settings with few draws and no interval."""
    settings = config()
    few = {"draws": 100, "min_blocks": 1000, "persistence_first": 20000, "overlay": {"random_draws": 5}}
    research = type(settings.research).model_validate(settings.research.model_dump() | few | changed)
    return settings.model_copy(update={"research": research})


def analyse_inputs(settings: Config, inputs: Inputs, as_of: dt.date = AS_OF) -> Analysis:
    roles = {
        name: Role(key=getattr(settings.ratio, name), label=getattr(settings.ratio, name).upper())
        for name in ("front", "back", "benchmark")
    }
    panel = build_panel(inputs.closes, **roles, as_of=as_of)
    return analyze(panel, rules=settings.ratio, statistics=settings.statistics, events=())


def text_of(root: Path, data: Path, settings: Config | None = None, as_of: dt.date = AS_OF) -> str:
    settings = settings or quick()
    inputs = load_inputs(settings, data)
    analysis = analyse_inputs(settings, inputs, as_of)
    return to_lines(current_research(settings, root=root, inputs=inputs, analysis=analysis))


def entries(root: Path) -> list[Path]:
    return sorted((root / CACHE).iterdir())


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    """A copy of the sample data that may be spoilt."""
    return Path(shutil.copytree(sample_data, tmp_path / "data"))


@pytest.fixture(scope="module")
def kept(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that keeps results, after one build of the sample data."""
    folder = tmp_path_factory.mktemp("kept")
    text_of(folder, sample_data)
    return folder


@pytest.fixture
def root(kept: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(kept, tmp_path / "root"))


def test_kept_results_are_used(data: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is studied and no optional series is read; the text is the same."""
    first = text_of(root, data)
    assert len(entries(root)) == 1

    def fail(*_: object) -> None:
        raise AssertionError("done again")

    monkeypatch.setattr(module, "measure_all", fail)
    monkeypatch.setattr("ivts_site.pipeline.inputs._read_optional", fail)
    assert text_of(root, data) == first
    assert len(entries(root)) == 1


def test_the_text_is_that_of_a_build_without_anything_kept(data: Path, root: Path) -> None:
    """Kept or made, in one folder or another."""
    assert text_of(root, data) == text_of(root / "another", data)


@pytest.mark.parametrize("settings", [{"seed": 5}, {"bands": (0.9, 1.0)}, {"overlay": {"contango": 0.1}}])
def test_other_settings_are_another_result(data: Path, root: Path, settings: dict) -> None:
    """Each setting of the studies is part of the key."""
    text_of(root, data)
    text_of(root, data, quick(**settings))
    assert len(entries(root)) == 2


def test_other_horizons_labels_sessions_are_another_result(data: Path, root: Path) -> None:
    """Settings outside their section, names on the page, the as-of session."""
    settings = quick()
    text_of(root, data)
    horizons = settings.statistics.model_copy(update={"forward_sessions": (5, 10)})
    assert json.loads(text_of(root, data, settings.model_copy(update={"statistics": horizons})))
    series = settings.series | {"vix9d": settings.series["vix9d"].model_copy(update={"label": "Nine"})}
    assert '"Nine"' in text_of(root, data, settings.model_copy(update={"series": series}))
    text_of(root, data, as_of=dt.date(2013, 3, 4))
    assert len(entries(root)) == 4


@pytest.mark.parametrize("key", ["spy", "vix", "skew"])
def test_one_other_close_is_another_result(data: Path, root: Path, key: str) -> None:
    """A close of the ratio, of the benchmark or of an optional series."""
    before = text_of(root, data)
    frame = read_closes(data, key)
    frame.loc["2012-06-01", "close"] *= 1.5
    write_transaction(data, {key: frame}, read_provenance(data))
    assert text_of(root, data) != before
    assert len(entries(root)) == 2


def test_other_code_is_another_result(data: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed program never takes what the former one kept."""
    text_of(root, data)
    monkeypatch.setattr(module, "program_fingerprint", lambda *_: "other")
    text_of(root, data)
    assert len(entries(root)) == 2


def test_program_is_every_file_of_the_studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more in one file."""
    package = Path(shutil.copytree(fingerprint.PACKAGE, tmp_path / "package"))
    folders = ("analytics", "published")
    before = fingerprint.program_fingerprint(*folders)
    monkeypatch.setattr(fingerprint, "PACKAGE", package)
    assert fingerprint.program_fingerprint(*folders) == before
    for name in (
        "analytics/groups.py",
        "analytics/bootstrap.py",
        "published/numbers.py",
        "published/serialize.py",
        "analytics/studies/overlay.py",
    ):
        text = (package / name).read_text("utf-8")
        (package / name).write_text(text + "#", "utf-8")
        assert fingerprint.program_fingerprint(*folders) != before
        (package / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-40],
        lambda body: body[:100],
        lambda _: b"",
        lambda body: body.replace(b"0.", b"1.", 1),
    ],
)
def test_a_damaged_entry_is_made_anew(data: Path, root: Path, spoil) -> None:
    """Cut, emptied or altered: found by its own digest, replaced by the right one."""
    first = text_of(root, data)
    (entry,) = entries(root)
    whole = entry.read_bytes()
    entry.write_bytes(spoil(whole))
    assert text_of(root, data) == first
    assert entry.read_bytes() == whole


def test_a_folder_that_cannot_be_written_keeps_nothing(data: Path, root: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be; the result is there all the same."""
    (tmp_path / ".cache").write_text("in the way", "utf-8")
    assert text_of(tmp_path, data) == text_of(root, data)


def test_entries_used_longest_ago_are_forgotten(tmp_path: Path) -> None:
    """The newest and those read of late stay; nothing else is left behind."""
    for number in range(KEPT + 2):
        write_cached(tmp_path, f"{number:02}", b"body")
        os.utime(tmp_path / f"{number:02}", ns=(number * 10**9, number * 10**9))
    assert read_cached(tmp_path, "00") is None
    assert read_cached(tmp_path, "02") == b"body"
    write_cached(tmp_path, "last", b"body")
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == sorted(["02", *(f"{number:02}" for number in range(4, KEPT + 2)), "last"])


def test_an_entry_that_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    """A folder stands where the entry belongs."""
    (tmp_path / "key").mkdir()
    write_cached(tmp_path, "key", b"body")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert read_cached(tmp_path, "key") is None


def test_all_optional_series_are_in_the_sample(data: Path, tmp_path: Path) -> None:
    """Every part of the document has something to show."""
    document = json.loads(text_of(tmp_path, data))
    assert document["sample"] is True
    assert [tenor["key"] for tenor in document["curve"]["tenors"]] == ["vix9d", "vix", "vix3m", "vix6m"]
    assert [index["key"] for index in document["curve"]["indices"]] == ["vvix", "skew"]
    assert len(document["claims"]) == 17
    assert len(document["curve"]["ratios"]) == 3


@pytest.mark.parametrize("key", FURTHER)
def test_a_series_that_is_not_stored_drops_out(data: Path, tmp_path: Path, key: str) -> None:
    """Its folder is gone: no error, no trace of it."""
    shutil.rmtree(data / "closes" / key)
    document = json.loads(text_of(tmp_path, data))
    assert key not in {each["key"] for each in (*document["curve"]["tenors"], *document["curve"]["indices"])}


def test_a_damaged_optional_series_drops_out_with_a_warning(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The page does without it; damage in a series of the ratio is an error elsewhere."""
    part = next((data / "closes/vvix").glob("2012.parquet"))
    part.write_bytes(part.read_bytes()[:-50])
    with caplog.at_level(logging.WARNING):
        document = json.loads(text_of(tmp_path, data))
    assert [index["key"] for index in document["curve"]["indices"]] == ["skew"]
    assert "vvix is left out" in caplog.text


def test_closes_outside_their_range_are_left_out(data: Path, tmp_path: Path) -> None:
    """A range that cuts the highest closes off lowers the highest of the window."""
    settings = quick()
    high = json.loads(text_of(tmp_path, data))["curve"]["indices"][1]["high"]
    series = settings.series | {"skew": settings.series["skew"].model_copy(update={"range": (80, high - 1)})}
    document = json.loads(text_of(tmp_path, data, settings.model_copy(update={"series": series})))
    assert document["curve"]["indices"][1]["high"] < high


def test_provisional_closes_of_an_optional_series_are_left_out(sample_data: Path, tmp_path: Path) -> None:
    """A mark on its last close: that session has none."""
    from ivts_site.store import ProvisionalMark, Reason

    folder = store_sample(tmp_path / "stored", sample_data)
    known = read_provenance(folder)
    frame = read_closes(sample_data, "skew").loc["2025-01-02":"2025-11-26"].assign(source="cboe_csv")
    through = frame.index[-1].date()
    entry = dataclasses.replace(
        known.series["vix"],
        first_session=frame.index[0].date(),
        last_session=through,
        rows=len(frame),
        provisional={
            through: ProvisionalMark(
                reason=Reason.EARLY, seen_at=dt.datetime(2025, 11, 26, 22, tzinfo=dt.UTC)
            )
        },
    )
    _store(folder, frame, known, entry)
    document = json.loads(text_of(tmp_path, folder, as_of=through))
    assert document["curve"]["indices"][0]["today"] is None
    _store(folder, frame, known, dataclasses.replace(entry, provisional={}))
    document = json.loads(text_of(tmp_path, folder, as_of=through))
    assert document["curve"]["indices"][0]["today"] == frame["close"].iloc[-1]


def _store(folder: Path, frame, known: Provenance, entry: SeriesProvenance) -> None:
    series = dict(known.series) | {"skew": entry}
    write_transaction(folder, {"skew": frame}, Provenance(series=series, calendar=known.calendar))


def test_series_that_are_not_declared_are_not_read() -> None:
    """Without its entry under `series`, a tenor is no further series; neither are those of the ratio."""
    settings = quick()
    assert optional_keys(settings) == FURTHER
    fewer = {key: value for key, value in settings.series.items() if key != "vix6m"}
    assert optional_keys(settings.model_copy(update={"series": fewer})) == ("vix9d", "vvix", "skew")


def test_the_site_holds_the_document_and_its_schema(sample_site: Path) -> None:
    """Published beside its schema, described in the index, and valid."""
    import jsonschema

    schema = json.loads((sample_site / "api/v1/research.schema.json").read_text("utf-8"))
    document = json.loads((sample_site / "api/v1/research.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    index = json.loads((sample_site / "api/v1/index.json").read_text("utf-8"))
    assert "research.json" in json.dumps(index)
    assert document["method"]["draws"] == 2000
