"""The README is true: its generated parts are current, its commands and files exist."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.docs.reference import README, with_blocks

from ivts_site.config import Config

ROOT = README.parent


def test_generated_parts_are_current() -> None:
    """`make docs` would change nothing."""
    text = README.read_text("utf-8")
    assert with_blocks(text) == text


def test_every_key_of_the_shipped_configuration_is_documented() -> None:
    """The reference lists each group and key that config.yaml uses."""
    text = README.read_text("utf-8")
    tree = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    for group, value in tree.items():
        assert group in Config.model_fields
        for key in value if group not in ("series", "sources") else ("<key>",):
            assert f"`{group}.{key}" in text, f"{group}.{key}"


def test_make_targets_of_the_readme_exist() -> None:
    """Every `make TARGET` in the README is a target with a help text."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`?make ([a-z-]+)", README.read_text("utf-8"))) <= targets | {"and"}


def test_files_of_the_readme_exist() -> None:
    """Paths and pictures that the README names are in the repository."""
    text = README.read_text("utf-8")
    named = set(re.findall(r"\]\(([^)#:]+)\)", text)) | set(
        re.findall(r"`((?:src|static|templates|tests)/[^`*<]+)`", text)
    )
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_repository_ships_its_ground_files() -> None:
    """Licence, changelog, settings and the CI entry are where they are expected."""
    for name in ("LICENSE", "CHANGELOG.md", "config.yaml", ".ci/run", "Makefile", "package-lock.json"):
        assert (ROOT / name).is_file(), name
    assert Path(ROOT / ".ci/run").stat().st_mode & 0o111


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
@pytest.mark.parametrize(
    ("instant", "acts"),
    [
        ("2026-02-28T00:37Z", True),  # Friday, 19:37 in New York
        ("2026-07-01T23:37Z", True),  # 19:37 in summer
        ("2026-07-01T10:07Z", True),  # 06:07, as on a host half an hour off
        ("2026-02-27T23:37Z", False),  # 18:37
        ("2026-03-01T00:37Z", False),  # Saturday evening
        ("2026-02-28T11:37Z", True),  # Saturday, 06:37
        ("2026-03-01T11:37Z", False),  # Sunday morning
    ],
)
def test_the_line_of_cron_acts_twice_a_session(tmp_path: Path, instant: str, acts: bool, zone: str) -> None:
    """After publication and once more, in either state of the clocks; a failed build is not checked."""
    [line] = re.findall(r"^37 \* \* \* \*  (.*)$", README.read_text("utf-8"), re.M)
    command = line.replace("\\%", "%").replace("/path/to/site", str(tmp_path))
    calls = tmp_path / "calls"
    seconds = int(dt.datetime.fromisoformat(instant).timestamp())
    tools = {
        "date": f'exec /usr/bin/env -i TZ="$TZ" PATH=/usr/bin:/bin date -d @{seconds} "$@"',
        "make": f'echo "$@" >> {calls}',
    }
    for name, body in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TZ": zone}
    subprocess.run(["sh", "-c", command], env=env, check=True)
    made = calls.read_text().splitlines() if calls.exists() else []
    wanted = ["fetch", "build ARGS=--no-sample SITE_URL=https://vix.example/", "check"]
    assert made == (wanted if acts else [])
