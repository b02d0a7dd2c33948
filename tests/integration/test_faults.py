"""Every fault on every series: exit code, message, stored data, and that no wrong number is published.

Which tests show what becomes of each of the fifty faults is in `tests/architecture/test_fault_index.py`.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stamina
from tests.command import Result, ivts
from tests.fixtures.feed import (
    FRED,
    PATHS,
    Row,
    addresses,
    ratio_alone,
    serve,
    sound,
    spoilt,
    truth,
    upto,
)
from tests.fixtures.vendor import Vendor
from tests.sampled import sample, spread
from tests.shared import Mirror, needs_shared
from tests.stored import read_closes

from ivts_site.config import load_config
from ivts_site.store import read_log, read_provenance

ROOT = Path(__file__).parents[2]
SERIES = ("vix", "vix3m", "spy")


@dataclass(frozen=True)
class Expected:
    """What a fault does.

    Attributes
    ----------
    message : str
        Pattern found in what is said.
    refused : bool
        Whether the answer is no use: the fallback gives the new session; the fund has none, and is late.
    late : bool
        Whether the new session is missing in the answer, so that the page stays on the one before.
    quarantined : str
        Rule under which rows are recorded.
    revised : int
        Stored closes that change, each with an entry, where no second source contradicts.
    """

    message: str = ""
    refused: bool = False
    late: bool = False
    quarantined: str = ""
    revised: int = 0


# 429 asks to wait longer than the cap, hang and slow outlast the deadline: none of them is waited for.
FAULTS: dict[str, Expected] = {
    "403": Expected("HTTP 403", refused=True),
    "404": Expected("HTTP 404", refused=True),
    "429": Expected("HTTP 429", refused=True),
    "500": Expected("HTTP 500", refused=True),
    "503once": Expected(),
    "hang": Expected("no answer in time|no complete answer", refused=True),
    "slow": Expected("longer than http.deadline_seconds|no complete answer|no answer in time", refused=True),
    "drop": Expected("dropped|no answer in time", refused=True),
    "html": Expected("a web page instead of data", refused=True),
    "sentence": Expected("text instead of data|not valid JSON", refused=True),
    "empty": Expected("empty|not valid JSON", refused=True),
    "truncated": Expected("middle of a row|not valid JSON", refused=True),
    "badlength": Expected("before the body was complete", refused=True),
    "badjson": Expected("middle of a row|not valid JSON", refused=True),
    "gzipbomb": Expected("larger than", refused=True),
    "redirect": Expected(),
    "loop": Expected("redirects", refused=True),
    "header": Expected("unknown header|lack 'date' or 'close'", refused=True),
    "extracolumn": Expected(),
    "usdates": Expected(),
    "bom": Expected(),
    "crlf": Expected(),
    "shuffled": Expected(),
    "duplicates": Expected(),
    "conflict": Expected("different closes for the same session", quarantined="conflict"),
    "negative": Expected("outside the possible range", quarantined="impossible"),
    "zero": Expected("|outside the possible range", quarantined="impossible"),
    "text": Expected("1 unreadable row", quarantined="unreadable: no number"),
    "nan": Expected("|1 unreadable row", quarantined="unreadable: no number"),
    "stale": Expected("before the stored closes, which are kept", late=True),
    "intraday": Expected("dated in the future", quarantined="future"),
    "holiday": Expected(),
    "future": Expected("dated in the future", quarantined="future"),
    "revised": Expected("|close revised from", revised=1),
    "massrevised": Expected("changes .* the whole history moved by the factor 1.0100", refused=True),
    "short": Expected("before the stored closes, which are kept", late=True),
    "holes": Expected("stored closes that the answer lacks"),
}
# The chart of the fund says "no value" with a zero or an empty price: a missing value is no bad row.
SILENT = {("spy", "zero"), ("spy", "nan")}


def tree(data: Path) -> dict[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


def unconditional(clean: Path, data: Path) -> Path:
    """Copy a store whose next requests are answered in full."""
    shutil.copytree(clean, data)
    text = (data / "provenance.json").read_text()
    (data / "provenance.json").write_text(re.sub(r'"(etag|last_modified)": ".*"', r'"\1": ""', text))
    return data


def numbers(data: Path, *as_of: str) -> dict[str, Any]:
    """The snapshot without what it says of its making: sources, rows left out, what is expected next."""
    result = ivts("snapshot", "--data-dir", data, "--built-at", "2026-03-01T00:00:00Z", *as_of)
    assert result.code == 0, result.err
    found = json.loads(result.out)
    quality = {name: value for name, value in found["quality"].items() if not name.startswith("dropped")}
    apart = {"series", "expected", "provisional"}
    return {name: value for name, value in found.items() if name not in apart} | {"quality": quality}


class Scene:
    """A store one session behind, and what a sound fetch makes of it.

    Attributes
    ----------
    behind, ahead : Path
        The store before and after the newest session.
    before, newest : str
        The last session of each.
    """

    def __init__(self, behind: Path, ahead: Path, before: str, newest: str) -> None:
        self.behind, self.ahead, self.before, self.newest = behind, ahead, before, newest

        self._known: dict[object, dict[str, Any]] = {}

    @functools.cached_property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """Sound numbers by session."""
        return {
            self.before: numbers(self.ahead, "--as-of", self.before),
            self.newest: numbers(self.ahead),
        }

    def numbers_of(self, data: Path, *as_of: str) -> dict[str, Any]:
        """The numbers of a store, made once for the same closes and marks: most faults leave the same."""
        closes = {name: body for name, body in tree(data).items() if name.startswith("closes/")}
        marks = [
            (key, repr(entry.provisional), repr(entry.held))
            for key, entry in read_provenance(data).series.items()
        ]
        made_of = (*sorted(closes.items()), *marks, *as_of)
        if made_of not in self._known:
            self._known[made_of] = numbers(data, *as_of)
        return self._known[made_of]

    @functools.cached_property
    def stored(self) -> dict[str, pd.Index]:
        """The sessions before the fetch, by series."""
        return {key: read_closes(self.behind, key).index for key in SERIES}

    @functools.cached_property
    def sound(self) -> dict[str, pd.Series]:
        """The closes after a sound fetch, by series."""
        return {key: read_closes(self.ahead, key)["close"] for key in SERIES}

    def check(self, data: Path, key: str, fault: str, result: Result, said: str) -> None:
        """Hold the outcome of a fetch with a fault against what is expected of it."""
        wanted = FAULTS[fault]
        assert result.code == 0, said
        assert re.search(wanted.message, said), said
        revised = wanted.revised if key == "spy" else 0  # FRED contradicts a change of the others
        held = read_provenance(data).series[key].held
        assert len(held) == wanted.revised - revised
        self._check_records(data, key, fault, revised)
        self._check_closes(data, key, revised)
        if not revised:
            self._check_numbers(data, key, wanted.late or (wanted.refused and key == "spy"))

    def _check_records(self, data: Path, key: str, fault: str, revised: int) -> None:
        wanted = FAULTS[fault]
        aside = read_log(data, "quarantine")
        assert {entry["series"] for entry in aside} <= {key}
        rules = {entry["rule"] for entry in aside}
        expects = wanted.quarantined and (key, fault) not in SILENT
        assert rules == ({wanted.quarantined} if expects else set())
        assert len(read_log(data, "revisions")) == revised
        doubted = {entry["session"] for entry in read_log(data, "disagreements")}
        assert doubted <= {entry["session"] for entry in read_log(data, "revisions")}

    def _check_numbers(self, data: Path, key: str, late: bool) -> None:
        if late and key == "spy":
            # both indices have the newest session: it is shown without a close of the fund
            assert self.numbers_of(data)["closes"]["spy"] is None
            assert self.numbers_of(data, "--as-of", self.before) == self.numbers[self.before]
            return
        found = self.numbers_of(data)
        assert found["as_of"] == (self.before if late else self.newest)
        assert found == self.numbers[found["as_of"]]

    def _check_closes(self, data: Path, key: str, n_revised: int) -> None:
        """Every stored close is the sound one but for the listed revisions, and no stored session is lost."""
        revisions = read_log(data, "revisions")
        assert [entry["series"] for entry in revisions] == [key] * len(revisions)
        for each in SERIES:
            found, sound = read_closes(data, each)["close"], self.sound[each]
            assert self.stored[each].isin(found.index).all()
            assert found.index.isin(sound.index).all()
            changed = found.index[(found != sound[found.index]).to_numpy()]
            listed = [entry for entry in revisions if entry["series"] == each]
            assert [f"{day:%Y-%m-%d}" for day in changed] == [entry["session"] for entry in listed]
            assert [entry["old"] for entry in listed] == sound[changed].tolist()
            assert {entry["kind"] for entry in listed} <= {"revision"}
        assert len(revisions) in (0, n_revised)


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


# Generated closes, everywhere -------------------------------------------------------------------------

BEFORE, NEWEST = dt.date(2025, 11, 25), dt.date(2025, 11, 26)
ROWS_OF = truth(dt.date(2024, 1, 2), dt.date(2025, 11, 28), 23)
THEN, NOW = "2025-11-26T12:00:00Z", "2025-11-27T12:00:00Z"


def rows(last: dt.date) -> dict[str, list[Row]]:
    return {key: upto(found, last) for key, found in ROWS_OF.items()}


def fetch(vendor: Vendor, data: Path, now: str, *options: str) -> Result:
    settings = [x for item in addresses(vendor) for x in ("--set", item)]
    return ivts("fetch", "--data-dir", data, "--now", now, *settings, *options)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("generated")
    with Vendor() as vendor:
        serve(vendor, rows(BEFORE))
        assert fetch(vendor, folder / "behind", THEN).code == 0
        shutil.copytree(folder / "behind", folder / "ahead")
        serve(vendor, rows(NEWEST))
        assert fetch(vendor, folder / "ahead", NOW).code == 0
    return Scene(folder / "behind", folder / "ahead", f"{BEFORE}", f"{NEWEST}")


@pytest.mark.parametrize(("key", "fault"), spread(SERIES, [*FAULTS]))
def test_fault(
    generated: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, fault: str
) -> None:
    """A fault in the file of one series, the others being sound."""
    data = unconditional(generated.behind, tmp_path / "data")
    with Vendor() as vendor, caplog.at_level(logging.INFO, logger="ivts_site"):
        serve(vendor, rows(NEWEST))
        vendor.answers[PATHS[key]] = spoilt(fault, key, rows(NEWEST)[key])
        result = fetch(vendor, data, NOW)
    generated.check(data, key, fault, result, result.err + caplog.text)


NINE_PATH = PATHS["vix"].replace("VIX_", "VIX9D_")


NINE = ("--set", "series.vix9d={label: VIX9D, sources: [{adapter: cboe_csv, symbol: VIX9D}]}")


def nine(last: dt.date) -> list[Row]:
    """Closes of a series that the ratio does not need."""
    return [(day, round(close - 1.5, 2)) for day, close in rows(last)["vix"]]


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store one session behind that holds the further series too."""
    data = tmp_path_factory.mktemp("further") / "data"
    with Vendor() as vendor:
        serve(vendor, rows(BEFORE))
        vendor.answers[NINE_PATH] = sound("vix", nine(BEFORE))
        assert fetch(vendor, data, THEN, *NINE).code == 0
    return data


@pytest.mark.parametrize("fault", sample(FAULTS, 4))
def test_fault_of_a_further_series(
    generated: Scene, further: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """The ratio's series are stored as without it; the fault is told, and its own closes stay right."""
    data = unconditional(further, tmp_path / "data")
    with Vendor() as vendor, caplog.at_level(logging.INFO, logger="ivts_site"):
        serve(vendor, rows(NEWEST))
        vendor.answers[NINE_PATH] = spoilt(fault, "vix", nine(NEWEST))
        result = fetch(vendor, data, NOW, *NINE)
    assert result.code == 0, result.err
    assert generated.numbers_of(data) == generated.numbers[generated.newest]
    wanted, before, true = FAULTS[fault], nine(BEFORE), dict(nine(NEWEST))
    assert re.search(wanted.message, caplog.text)
    stored = [(day.date(), close) for day, close in read_closes(data, "vix9d")["close"].items()]  # type: ignore[attr-defined]
    assert {day for day, _ in before} <= {day for day, _ in stored}
    assert len([day for day, close in stored if true[day] != close]) == wanted.revised
    if wanted.refused:
        assert stored == before
        assert "vix9d: nothing fetched" in caplog.text


def test_further_series_are_asked_last_and_not_compared_when_they_fail(
    generated: Scene, tmp_path: Path
) -> None:
    """One that hangs must not use up time before the ratio's series have answered."""
    data = unconditional(generated.behind, tmp_path / "data")
    settings = load_config(ROOT / "config.yaml", ()).model_dump(mode="json")["series"]
    compared = settings["vix9d"] | {"check_against": [{"adapter": "fred_csv", "symbol": "VXDCLS"}]}
    override = json.dumps({"vix9d": compared} | {key: settings[key] for key in SERIES})
    with Vendor() as vendor:
        serve(vendor, rows(NEWEST))
        vendor.answers[NINE_PATH] = spoilt("hang", "vix", [])
        assert fetch(vendor, data, NOW, "--set", f"series={override}").code == 0
        asked = [path for path in vendor.paths if path in {NINE_PATH, *PATHS.values()}]
    assert asked[:3] == [*PATHS.values()]
    assert set(asked[3:]) == {NINE_PATH}
    assert not [path for path in vendor.paths if "VXDCLS" in path]


@pytest.mark.parametrize("fault", sample(("html", "403", "empty", "truncated"), 4))
def test_fault_everywhere(generated: Scene, tmp_path: Path, fault: str) -> None:
    """With every vendor failing front and back are named, nothing changes, and the page is still built."""
    data = unconditional(generated.behind, tmp_path / "data")
    before = tree(data)
    with Vendor() as vendor:
        vendor.answers = {path: spoilt(fault, key, rows(NEWEST)[key]) for key, path in PATHS.items()}
        vendor.answers[FRED] = spoilt(fault, "vix", rows(NEWEST)["vix"])
        result = fetch(vendor, data, NOW)
    assert result.code == 3
    assert all(f"- {key}: " in result.err for key in ("vix", "vix3m"))
    assert tree(data) == before
    built = ivts("build", "--data-dir", data, "--out", tmp_path / "site", "--built-at", NOW)
    assert built.code == 0, built.err
    assert f"closes through {BEFORE}" in built.err


def test_a_fault_and_the_fallback_failing(generated: Scene, tmp_path: Path) -> None:
    """Without a fallback an index is refused: exit 3, one sentence with both reasons."""
    data = unconditional(generated.behind, tmp_path / "data")
    before = tree(data)
    with Vendor() as vendor:
        serve(vendor, rows(NEWEST), fred={})
        vendor.answers[PATHS["vix"]] = spoilt("html", "vix", rows(NEWEST)["vix"])
        result = fetch(vendor, data, NOW)
    assert result.code == 3
    assert re.search("vix: cboe_csv: a web page .*; fred_csv: HTTP 404", result.err)
    assert tree(data) == before


def test_first_fetch_of_a_fallback_alone(tmp_path: Path) -> None:
    """With nothing stored the fallback's history is taken, and replaced when the trusted one is back."""
    with Vendor() as vendor:
        serve(vendor, rows(BEFORE))
        vendor.answers[PATHS["vix"]] = spoilt("403", "vix", [])
        assert fetch(vendor, tmp_path / "data", THEN).code == 0
        assert set(read_closes(tmp_path / "data", "vix")["source"]) == {"fred_csv"}
        serve(vendor, rows(NEWEST))
        assert fetch(vendor, tmp_path / "data", NOW).code == 0
    closes = read_closes(tmp_path / "data", "vix")
    assert set(closes["source"]) == {"cboe_csv"}
    assert closes["close"].tolist() == [close for _, close in rows(NEWEST)["vix"]]
    assert read_log(tmp_path / "data", "revisions") == ()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system sets its zone otherwise")
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_zone_of_the_machine(
    generated: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """The same fetch in another zone stores the same bytes."""
    data = tmp_path / "data"
    shutil.copytree(generated.behind, data)
    with Vendor() as vendor, monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        serve(vendor, rows(NEWEST))
        assert fetch(vendor, data, NOW).code == 0
    time.tzset()
    found, sound = (
        {name: body for name, body in tree(folder).items() if name.startswith("closes/")}
        for folder in (data, generated.ahead)
    )
    assert found == sound


@pytest.mark.parametrize(("clock", "stored"), [("15:00", False), ("16:15", True), ("18:30", True)])
def test_row_of_a_session_in_progress(generated: Scene, tmp_path: Path, clock: str, stored: bool) -> None:
    """Today's row is no data before the close, and provisional after it: the file was made the day before."""
    data = unconditional(generated.behind, tmp_path / "data")
    begun = {key: [*found[:-1], (NEWEST, found[-1][1] * 1.08)] for key, found in rows(NEWEST).items()}
    with Vendor() as vendor:
        serve(vendor, begun, fred=rows(BEFORE), modified="Tue, 25 Nov 2025 22:05:11 GMT")
        result = fetch(vendor, data, f"{NEWEST}T{clock}:00-05:00")
    assert result.code == 0, result.err
    assert read_closes(data, "vix").index[-1].date() == (NEWEST if stored else BEFORE)
    assert generated.numbers_of(data)["as_of"] == f"{BEFORE}"


# The recorded history, with the faults of its own server ----------------------------------------------

TARGETS = {"vix": "/VIX_", "vix3m": "/VIX3M_", "spy": "/SPY"}
MIRROR_FAULTS = sorted(set(FAULTS) - {"holes"})


def fetch_recorded(mirror: Mirror, data: Path, now: str, fault: str = "") -> Result:
    # silence and dripping are what time-outs are for; everything else gets all the time it needs
    quick = dict.fromkeys(("hang", "drop", "badlength"), (0.5, 3))
    read, deadline = (quick | {"slow": (20, 2)}).get(fault, (20, 60))
    bounds = (f"read_timeout_seconds={read}", f"deadline_seconds={deadline}", "max_retry_after_seconds=0.01")
    settings = [*ratio_alone(), *mirror.overrides, *(f"http.{bound}" for bound in bounds)]
    return ivts("fetch", "--data-dir", data, "--now", now, *(x for s in settings for x in ("--set", s)))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("recorded")
    with Mirror(as_of="2026-02-26") as mirror:
        assert fetch_recorded(mirror, folder / "behind", "2026-02-27T12:00:00Z").code == 0
        shutil.copytree(folder / "behind", folder / "ahead")
        mirror.show()
        assert fetch_recorded(mirror, folder / "ahead", "2026-02-28T12:00:00Z").code == 0
    return Scene(folder / "behind", folder / "ahead", "2026-02-26", "2026-02-27")


@needs_shared
@pytest.mark.whole  # the generated closes above have the same faults in every run
@pytest.mark.parametrize(("key", "fault"), spread(SERIES, MIRROR_FAULTS))
def test_recorded_fault(
    recorded: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, fault: str
) -> None:
    """Each fault of the recording's server on each series."""
    data = unconditional(recorded.behind, tmp_path / "data")
    with Mirror(faults=[f"{TARGETS[key]}={fault}"]) as mirror, caplog.at_level(logging.INFO, "ivts_site"):
        result = fetch_recorded(mirror, data, "2026-02-28T12:00:00Z", fault)
    recorded.check(data, key, fault, result, result.err + caplog.text)
