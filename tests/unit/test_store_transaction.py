"""All files of a fetch or none: kills at every step, full disks, two runs at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from tests.stored import read_closes
from tests.unit.test_store_files import VIX, WRITTEN, closes, tree

from ivts_site.errors import DataError, StoreError, UsageError
from ivts_site.store import (
    Provenance,
    locked_store,
    read_provenance,
    read_store,
    reading,
    recover,
    write_transaction,
)
from ivts_site.store import transaction as module

OLD = {"vix": VIX, "spy": closes({"2024-12-31": 586.08}, "cboe_chart")}
NEW = {
    "vix": pd.concat([VIX, closes({"2025-01-03": 16.13})]),
    "spy": pd.concat([OLD["spy"], closes({"2025-01-02": 584.64}, "cboe_chart")]),
}


class Killed(BaseException):
    """Stands for a process that ends here and now."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_transaction(tmp_path / "data", OLD, Provenance())
    return tmp_path / "data"


def state(data: Path) -> str:
    frames, provenance = read_store(data, ["vix", "spy"])
    for name, expected, origin in (("old", OLD, Provenance()), ("new", NEW, WRITTEN)):
        if all(frames[key].equals(expected[key]) for key in expected) and provenance == origin:
            return name
    return "a mix"


def kill_after(monkeypatch: pytest.MonkeyPatch, n_steps: int) -> None:
    """Let every step that changes the disk count, and end the process before step `n_steps`."""
    left = [n_steps]

    def counted(step: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object, **options: object) -> object:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return step(*arguments, **options)

        return run

    steps = [(Path, name) for name in ("open", "mkdir", "replace", "rename")]
    for owner, name in [*steps, (os, "fsync"), (module.shutil, "rmtree")]:
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


def test_killed_at_every_step(data: Path, tmp_path: Path) -> None:
    """Wherever the process ends, the next reader finds the old or the new state, whole, and no leftovers."""
    seen = []
    for step in range(200):
        copy = tmp_path / str(step)
        subprocess.run(["cp", "-r", str(data), str(copy)], check=True)
        with pytest.MonkeyPatch.context() as patch, locked_store(copy):
            kill_after(patch, step)
            try:
                write_transaction(copy, NEW, WRITTEN)
            except Killed:
                finished = False
            else:
                finished = True
        seen.append(state(copy))
        with locked_store(copy):
            assert state(copy) == seen[-1]
        assert [path.name for path in copy.glob(".*")] == [".lock"]
        if finished:
            break
    assert finished
    assert set(seen) == {"old", "new"}
    assert seen == sorted(seen, reverse=True)


def test_the_provenance_moves_last(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It marks the state of the folder for readers, who see it change when all else is there."""
    moved, replace = [], Path.replace

    def noted(path: Path, target: Path) -> Path:
        moved.append(path.name)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    entry = {
        "series": "vix",
        "session": "2025-01-03",
        "value": "0",
        "rule": "impossible",
        "source": "cboe_csv",
    }
    write_transaction(data, NEW, WRITTEN, {"quarantine": [entry]})
    assert sorted(moved[:-1]) == ["2025.parquet", "2025.parquet", "quarantine.jsonl"]
    assert moved[-1] == "provenance.json"


def test_a_reader_alone_finishes_a_committed_run(data: Path) -> None:
    """A build after a killed fetch sees the new state without another fetch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_roll_forward", lambda _: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            write_transaction(data, NEW, WRITTEN)
    assert (data / module.COMMITTED).is_dir()
    assert read_closes(data, "vix").equals(NEW["vix"])
    assert read_provenance(data) == WRITTEN


def test_a_reader_overtaken_by_a_fetch_reads_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that ends between two files of a reader does not leave it with a mix."""
    read, calls = reading.read_parts, []

    def slow(folder: Path, key: str, digests: Mapping[str, str] | None) -> pd.DataFrame:
        calls.append(key)
        frame = read(folder, key, digests)
        if len(calls) == 1:
            write_transaction(data, NEW, WRITTEN)
        return frame

    monkeypatch.setattr(reading, "read_parts", slow)
    assert state(data) == "new"
    assert calls == ["vix", "spy", "vix", "spy"]


def test_a_reader_does_not_blame_a_file_that_was_just_replaced(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged read is only an error if nothing was written meanwhile; endless writing is one too."""
    origins = iter([WRITTEN, Provenance()] * 10)

    def torn(folder: Path, key: str, digests: Mapping[str, str] | None) -> pd.DataFrame:
        write_transaction(folder, {}, next(origins))
        raise StoreError("a part", "is damaged")

    monkeypatch.setattr(reading, "read_parts", torn)
    with pytest.raises(StoreError, match="changed while it was read"):
        read_closes(data, "vix")


def test_an_unfinished_run_is_invisible(data: Path) -> None:
    """Files that were staged and not committed are never read, and removed by the next run."""
    (data / module.STAGING / "closes/vix").mkdir(parents=True)
    (data / module.STAGING / "closes/vix/2025.parquet").write_bytes(b"half")
    (data / ".last-run.json.4711.tmp").write_bytes(b"half")
    assert state(data) == "old"
    recover(data)
    assert not (data / module.STAGING).exists()
    assert not [*data.glob(".*.tmp")]
    assert state(data) == "old"


def test_full_disk(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot be written nothing changes, and the message says so."""
    before = tree(data)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UsageError, match=r"cannot write to the data folder \(No space left on device\)"):
        write_transaction(data, NEW, WRITTEN)
    assert tree(data) == before
    assert [path.name for path in data.glob(".*")] == [".lock"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the place of the folder is a usage error, not a traceback."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(UsageError, match="is not a folder"):
        write_transaction(tmp_path / "data", NEW, WRITTEN)


HOLD = """
import sys, pathlib
from ivts_site.store import locked_store
with locked_store(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_at_once(data: Path) -> None:
    """The second run gives up with the first one's process number; afterwards the folder is free."""
    command = [sys.executable, "-c", HOLD, str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match=f"process {other.pid}"), locked_store(data, wait_seconds=0.2):
            pass
        assert state(data) == "old"
        other.communicate()
    assert write_transaction(data, NEW, WRITTEN)
