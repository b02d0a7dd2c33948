"""A study more: a module and a few lines of text, in a copy of the program; nothing else is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.command import NO_ARCHIVE
from tests.markup import parse

ROOT = Path(__file__).parents[2]
MODULE = '''
"""How many closes of the fund are stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivts_site.analytics.study_input import StudyInput

RANK = 65


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the study publishes."""

    counted: int
    """Closes of the fund."""


def measure(study: StudyInput) -> Counted:
    """Count them."""
    return Counted(counted=int((~np.isnan(study.close)).sum()))
'''
SECTION = """
  counted:
    id: counted
    title: How much is stored
    lead: See the file.
"""


def test_a_study_is_a_module_and_its_text(sample_data: Path, tmp_path: Path) -> None:
    """It is published by its rank, described in the schema, and has a section of its own on the page."""
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    for name in ("templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "config.yaml", tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "src/ivts_site/analytics/studies/counted.py").write_text(MODULE, "utf-8")
    text = tmp_path / "templates/content/research.yaml"
    text.write_text(text.read_text("utf-8").rstrip() + SECTION, "utf-8")

    def run(*args: str) -> None:
        subprocess.run(
            [sys.executable, "-m", *args],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
            check=True,
        )

    run("ivts_site", "build", "-q", "--data-dir", str(sample_data), "--out", "site", *NO_ARCHIVE)
    document = json.loads((tmp_path / "site/api/v1/research.json").read_text("utf-8"))
    keys = list(document)
    assert keys[keys.index("volatility") + 1] == "counted"
    assert document["counted"] == document["window"]["n_sessions"]  # simulated closes have no gaps
    page = parse((tmp_path / "site/research/index.html").read_text("utf-8"))
    sections = {section.attributes["id"]: section.text() for section in page.all("section", "later")}
    assert sections["counted"] == "How much is stored See the file."
    run("ivts_site.pipeline.schema", "schema")
    schema = json.loads((tmp_path / "schema/research.schema.json").read_text("utf-8"))
    assert schema["properties"]["counted"]["description"] == "Closes of the fund."
    assert "counted" in schema["required"]
