"""kill -9 at random instants of a fetch or a build, 200 with `--whole`: the previous or the new state."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from tests.command import FEW_DRAWS, NO_ARCHIVE, ivts
from tests.fixtures.feed import FRED, PATHS, addresses, fallback, serve, sound, truth, upto
from tests.fixtures.vendor import Vendor

from ivts_site.store import locked_store, read_log, read_store

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("vix", "vix3m", "spy")
FETCHES, BUILDS = {True: 140, False: 4}, {True: 52, False: 2}  # and in test_archive.py
"""How many are killed with `--whole`, and without."""


def run_and_kill(arguments: list[str], start: Path, work: Path, kept: Path, tries: int) -> list[float]:
    """Run a command `tries` times from the same start and kill each; what is left is in `kept`/number."""
    kept.mkdir()
    task = {"arguments": arguments, "start": start, "work": work, "kept": kept, "tries": tries, "seed": 9}
    command = [sys.executable, "-m", "tests.kill_runs", json.dumps(task, default=str)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": "src:."},
    )
    shares: list[float] = json.loads(done.stdout)
    assert len(shares) == tries
    return shares


def state(data: Path) -> tuple[Any, ...]:
    """Everything stored, as a reader finds it."""
    closes, provenance = read_store(data, KEYS)
    rows = {
        key: [*zip(frame.index, frame["close"], frame["source"], strict=True)]
        for key, frame in closes.items()
    }
    return rows, provenance, read_log(data, "revisions"), read_log(data, "quarantine")


def test_fetches(tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: bool) -> None:
    """A fetch that adds sessions, revises one and records both: all of it or nothing, and no leftovers."""
    n_fetches = FETCHES[whole]
    rows = truth(dt.date(2024, 6, 3), dt.date(2025, 11, 25), 31)
    days = [day for day, _ in rows["vix"]]
    now = {"then": f"{days[-2]}T23:59:00-05:00", "now": f"{days[-1]}T23:59:00-05:00"}
    with Vendor() as vendor:
        settings = [x for item in addresses(vendor) for x in ("--set", item)]
        serve(vendor, {key: upto(found, days[-2]) for key, found in rows.items()})
        first = ivts("fetch", "--data-dir", tmp_path / "old", "--now", now["then"], *settings)
        assert first.code == 0, first.err
        serve(vendor, rows)
        day, close = rows["vix"][40]
        changed = [
            *rows["vix"][:40],
            (day, round(close + 0.01, 2)),
            *rows["vix"][41:],
            (dt.date(2030, 1, 2), 9.0),
        ]
        vendor.answers[PATHS["vix"]] = sound("vix", changed)
        vendor.answers[FRED] = fallback({**rows, "vix": changed})
        arguments = ["fetch", "--data-dir", str(tmp_path / "work"), "--now", now["now"], *settings]
        shares = run_and_kill(arguments, tmp_path / "old", tmp_path / "work", tmp_path / "kept", n_fetches)
        (tmp_path / "old").rename(tmp_path / "work")
        old = state(tmp_path / "work")
        assert ivts(*arguments).code == 0
    new = state(tmp_path / "work")
    assert [len(log) for log in new[2:]] == [1, 1]
    assert old != new
    found, n_writing = [], 0
    for number in range(n_fetches):
        data = tmp_path / "kept" / str(number)
        n_writing += any(data.glob(".pending*"))
        now_there = state(data)
        assert now_there in (old, new), f"a mix in try {number}, killed after {shares[number]:.3f} of a run"
        found.append("new" if now_there == new else "old")
        with locked_store(data):
            assert not list(data.glob(".pending*"))
            assert state(data) == now_there
    with capsys.disabled():
        click.echo(
            f"\nFetches killed: {n_fetches}, {n_writing} of them while writing; "
            f"{found.count('old')} old, {found.count('new')} new"
        )
    assert set(found) == {"old", "new"} or not whole


def site(folder: Path) -> str:
    """A hash over names and bytes of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.whole  # with the archive, and with more to write, in test_archive.py
def test_builds(archive_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: bool) -> None:
    """A build over an older site: every file of the one or of the other, and the next build cleans up."""
    n_builds = BUILDS[whole]
    common = ["--data-dir", str(archive_data), "--built-at", "2026-01-02T00:00:00Z", *NO_ARCHIVE, *FEW_DRAWS]
    for name, as_of in (("old", ["--as-of", "2025-12-30"]), ("new", [])):
        made = ivts("build", *common, *as_of, "--out", tmp_path / name / "site")
        assert made.code == 0, made.err
    old, new = (site(tmp_path / name / "site") for name in ("old", "new"))
    assert old != new
    arguments = ["build", *common, "--out", str(tmp_path / "work" / "site")]
    shares = run_and_kill(arguments, tmp_path / "old", tmp_path / "work", tmp_path / "kept", n_builds)
    found = []
    for number in range(n_builds):
        folder = tmp_path / "kept" / str(number)
        there = site(folder / "site")
        assert there in (old, new), f"a mix in try {number}, killed after {shares[number]:.3f} of a run"
        found.append("new" if there == new else "old")
    with_leftovers = [path.parent for path in (tmp_path / "kept").glob("*/.site.new-*")]
    for folder in with_leftovers[:2]:
        assert ivts("build", *common, "--out", folder / "site").code == 0
        assert [path.name for path in folder.iterdir() if path.name != ".site.lock"] == ["site"]
        assert site(folder / "site") == new
    with capsys.disabled():
        click.echo(
            f"\nBuilds killed: {n_builds}, {len(with_leftovers)} of them while writing; "
            f"{found.count('old')} old, {found.count('new')} new"
        )
    assert "old" in found or not whole
