"""A site without the benchmark: nothing of SPY stored, or less of it than of the ratio."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.command import ivts
from tests.conftest import BUILT_AT, Share, share_data
from tests.stored import read_closes

from ivts_site.store import read_provenance, write_transaction

ARCHIVE = ("--set", "archive.days=true", "--set", "archive.episodes=true", "--set", "research.draws=100")


def without(data: Path, folder: Path) -> Path:
    """Copy a store and leave SPY out of it."""
    shutil.copytree(data, folder)
    shutil.rmtree(folder / "closes/spy")
    tree = json.loads((folder / "provenance.json").read_text())
    del tree["series"]["spy"]
    (folder / "provenance.json").write_text(json.dumps(tree))
    return folder


def ended(data: Path, folder: Path) -> Path:
    """Copy a store in which SPY ends 30 sessions before the ratio."""
    without(data, folder)
    frame = read_closes(data, "spy").iloc[:-30]
    entry = read_provenance(data).series["spy"]
    provenance = read_provenance(folder)
    entries = {
        **provenance.series,
        "spy": replace(entry, rows=len(frame), last_session=frame.index[-1].date()),
    }
    write_transaction(folder, {"spy": frame}, replace(provenance, series=entries))
    return folder


@pytest.fixture(scope="module")
def short(share: Share) -> Path:
    """Sample closes of eight months."""
    return share_data(share, "short-data", "sample.first_session=2025-05-01")


@pytest.mark.parametrize("make", [without, ended])
def test_the_site_is_built_without_the_benchmark(short: Path, tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    """The ratio and its days are those of the whole store; what needs SPY is null or n/a."""
    data = make(short, tmp_path / "data")
    result = ivts("build", "--data-dir", data, "--out", tmp_path / "site", "--built-at", BUILT_AT, *ARCHIVE)
    assert result.code == 0, result.err
    whole = json.loads(ivts("snapshot", "--data-dir", short, "--built-at", BUILT_AT).out)
    shown = json.loads((tmp_path / "site/api/v1/snapshot.json").read_text())
    assert (shown["as_of"], shown["ivts"]) == (whole["as_of"], whole["ivts"])
    assert shown["closes"]["spy"] is None
    for name in ("index.html", "research/index.html", f"day/{shown['as_of']}/index.html"):
        text = (tmp_path / "site" / name).read_text()
        assert ">nan" not in text.lower()
        assert ">None" not in text
