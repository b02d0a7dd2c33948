"""A store that an older version wrote: read, brought up to date by one fetch, and then left alone."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
import stamina
from tests.command import ONE_CHART, Result, ivts
from tests.fixtures.feed import addresses, calendar, serve
from tests.fixtures.make_landed import BUILT_AT, EARLY, LANDED, STOOD_IN, rows, site_addresses
from tests.fixtures.vendor import Vendor
from tests.stored import read_closes

from ivts_site.store import read_log, read_provenance

ARCHIVE = ("--set", "archive.days=true", "--set", "archive.episodes=true", *ONE_CHART)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the landed store."""
    return Path(shutil.copytree(LANDED / "data", tmp_path / "data"))


def built(data: Path, site: Path, *options: str) -> dict[str, list[str]]:
    result = ivts("build", "--data-dir", data, "--out", site, "--built-at", BUILT_AT, *ARCHIVE, *options)
    assert result.code == 0, result.err
    return site_addresses(site)


def fetch(vendor: Vendor, data: Path, now: str) -> Result:
    settings = [part for each in addresses(vendor) for part in ("--set", each)]
    return ivts("fetch", "--data-dir", data, "--now", now, *settings)


def tree(data: Path) -> dict[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


def test_the_landed_store_is_what_it_should_be(data: Path) -> None:
    """A close of the stand-in, an early close of each series, a revision without a word of who confirmed."""
    vix = read_closes(data, "vix")
    assert vix["source"][vix["source"] == "fred_csv"].index.date.tolist() == [STOOD_IN]
    entries = read_provenance(data).series
    assert {key: [*entry.provisional] for key, entry in entries.items()} == {key: [EARLY] for key in entries}
    assert all(entry.ranges == () and entry.held == {} for entry in entries.values())
    (revision,) = read_log(data, "revisions")
    assert (revision["series"], "confirmed_by" in revision) == ("vix3m", False)


def test_a_site_built_from_it_keeps_every_address(data: Path, tmp_path: Path) -> None:
    """Ids in the feeds and pages of sessions and episodes are those of the landed build."""
    landed = json.loads((LANDED / "addresses.json").read_text())
    assert landed["pages"]
    assert built(data, tmp_path / "site") == landed


def test_one_fetch_brings_it_up_to_date(data: Path, tmp_path: Path) -> None:
    """Nothing is refused; the next fetch changes nothing; addresses of the sessions before are the same."""
    before = {key: read_closes(data, key)["close"] for key in ("vix", "vix3m", "spy")}
    sound = rows(EARLY)
    sound["vix3m"][9] = (sound["vix3m"][9][0], 18.22)  # as revised
    august = [day.date() for day in calendar(dt.date(2025, 8, 1), dt.date(2025, 8, 29)).labels]
    fred = {**sound, "vix3m": [*((day, 20.5) for day in august), *sound["vix3m"]]}
    with Vendor() as vendor, stamina.set_testing(True, attempts=2):
        serve(vendor, sound, fred=fred)
        first = fetch(vendor, data, "2025-12-02T19:00:00-05:00")
        assert (first.code, first.err.startswith("Stored new data")) == (0, True), first.err
        after = tree(data)
        second = fetch(vendor, data, "2025-12-02T21:00:00-05:00")
        assert second.code == 0, second.err
    assert tree(data) == after
    vix, vix3m = read_closes(data, "vix"), read_closes(data, "vix3m")
    assert set(vix["source"]) == {"cboe_csv"}
    assert vix["close"].tolist() == [close for _, close in sound["vix"]]
    assert vix3m.index.date.tolist()[: len(august)] == august
    assert vix3m["close"].iloc[len(august) :].tolist() == before["vix3m"].tolist()
    entries = read_provenance(data).series
    assert {
        key: ([*entry.provisional], bool(entry.ranges)) for key, entry in entries.items()
    } == dict.fromkeys(entries, ([], True))
    assert len(read_log(data, "revisions")) == 1
    landed = json.loads((LANDED / "addresses.json").read_text())
    assert built(data, tmp_path / "site", "--as-of", "2025-12-01") == landed


def test_early_closes_are_known_before_and_after_a_fetch(data: Path, tmp_path: Path) -> None:
    """The Friday after Thanksgiving, 13:00 in New York and 150 minutes by the calendar, then the store."""

    def told() -> str:
        built(data, tmp_path / "site", "--as-of", "2025-12-01", "--set", "archive.days=false")
        items = json.loads((tmp_path / "site/feed.json").read_text())["items"]
        return next(each["date_published"] for each in items if each["id"].endswith("session/2025-11-28"))

    assert read_provenance(data).early_closes is None
    assert told() == "2025-11-28T20:30:00Z"
    with Vendor() as vendor, stamina.set_testing(True, attempts=2):
        serve(vendor, rows(EARLY))
        assert fetch(vendor, data, "2025-12-02T19:00:00-05:00").code == 0
    assert read_provenance(data).early_closes == {
        dt.date(2025, 11, 28): dt.datetime(2025, 11, 28, 18, tzinfo=dt.UTC)
    }
    assert told() == "2025-11-28T20:30:00Z"
