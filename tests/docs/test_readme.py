"""The README and docs/ are true: generated parts are current, commands and files exist, links hold."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.docs.reference import DOCS, README, references

from ivts_site.config import Config

ROOT = README.parent


PAGES = {path.name: path.read_text("utf-8") for path in (README, *sorted(DOCS.glob("*.md")))}


def test_generated_parts_are_current() -> None:
    """`make docs` would change nothing."""
    assert [path.name for path, text in references() if PAGES[path.name] != text] == []


def test_every_key_of_the_shipped_configuration_is_documented() -> None:
    """The reference lists each group and key that config.yaml uses."""
    tree = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    for group, value in tree.items():
        assert group in Config.model_fields
        for key in value if group not in ("series", "sources") else ("<key>",):
            assert f"`{group}.{key}" in PAGES["settings.md"], f"{group}.{key}"


def test_the_readme_can_be_read_in_one_sitting() -> None:
    """Under 200 lines; what is longer is under docs/, and every page of it is linked."""
    assert len(PAGES["README.md"].splitlines()) < 200
    assert {name for name in PAGES if f"(docs/{name})" not in PAGES["README.md"]} == {"README.md"}


@pytest.mark.parametrize("name", PAGES)
def test_make_targets_exist(name: str) -> None:
    """Every `make TARGET` is a target with a help text."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    text = PAGES[name]
    named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", text, re.M)
    assert set(named) <= targets


def test_the_folder_to_look_at_is_nobody_elses() -> None:
    """`make sample` refuses a folder with stored closes; git ignores it, and `make clean` removes it."""
    [folder] = re.findall(r"^make build ARGS=.*--out ([a-z-]+)", PAGES["README.md"], re.M)
    recipes = (ROOT / "Makefile").read_text("utf-8")
    assert folder not in re.findall(r"--out ([a-z-]+)", recipes)
    assert f"/{folder}/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    [removed] = re.findall(r"^\trm -rf (.*)$", recipes, re.M)
    assert folder in removed.split()


@pytest.mark.parametrize("name", PAGES)
def test_files_and_links_exist(name: str) -> None:
    """Paths and pictures are in the repository, and a link to a heading has its heading there."""
    folder = README.parent if name == "README.md" else DOCS
    for link in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        target = (folder / path).resolve() if path else folder / name
        assert target.exists(), link
        headings = (
            {
                re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
                for heading in re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
            }
            if anchor
            else set()
        )
        assert not anchor or anchor in headings, link
    paths = re.findall(r"`((?:src|static|templates|tests|docs|config|\.github)/[^`*<\s]+)`", PAGES[name])
    assert [path for path in paths if "NAME" not in path and not (ROOT / path).exists()] == []


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
    [line] = re.findall(r"^37 \* \* \* \*  (.*)$", PAGES["README.md"], re.M)
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
