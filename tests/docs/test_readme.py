"""The README is true: its generated parts are current, its commands and files exist."""

from __future__ import annotations

import re
from pathlib import Path

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
