"""The page's own scripts: small, strict, and without numbers of the subject."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from itertools import chain
from pathlib import Path

import pytest
import yaml

from ivts_site.publish import assets

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
BUDGET, LATE_BUDGET = 10_500, 16_500
"""Bytes after gzip of the front page's own scripts: those of the first load, and all of them."""

FORBIDDEN = (
    r"\beval\(",
    r"new Function\(",
    r"\binnerHTML\b",
    r"\bouterHTML\b",
    r"insertAdjacentHTML",
    r"document\.write",
    r"setAttribute\('style'",
    r"setAttribute\('on",
    r"cssText",
    r"\bon\w+=",
    r"https?://",
)
"""What a strict policy would block, what could turn data into markup, and other origins."""


@pytest.fixture(params=SCRIPTS, ids=lambda path: path.name)
def script(request: pytest.FixtureRequest) -> str:
    """Text of each script."""
    return Path(request.param).read_text("utf-8")


def test_the_scripts_are_those_that_are_published() -> None:
    """A script that nothing bundles would be dead."""
    assert {path.stem for path in SCRIPTS} == {
        *assets.SCRIPTS,
        *assets.LATE_SCRIPTS,
        *chain(*assets.PAGE_SCRIPTS.values()),
        "theme",
    }


def packed(*names: str) -> int:
    """Return the bytes of some bundles after gzip."""
    pytest.importorskip("minify", reason="no wheel of tdewolff-minify: scripts keep their long names")
    made = assets.collect_assets(ROOT)
    bodies = [made.files[made.named[name].path] for name in names]
    return sum(len(gzip.compress(body, compresslevel=6, mtime=0)) for body in bodies)


def test_the_scripts_of_the_first_load_keep_the_budget() -> None:
    """What every visit loads takes at most its budget after gzip, as published."""
    assert packed("theme.js", "site.js", "front.js") <= BUDGET


def test_all_scripts_of_the_front_page_keep_the_budget() -> None:
    """Those of the first load and those fetched on intent together, as published; Plotly is not ours."""
    assert packed("theme.js", "site.js", "front.js", "live.js") <= LATE_BUDGET


def test_the_blocking_script_is_tiny() -> None:
    """What runs before the first paint is below half a kilobyte after gzip."""
    assert len(gzip.compress((ROOT / "static/js/theme.js").read_bytes(), mtime=0)) < 500


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_nothing_that_a_strict_policy_forbids(script: str, pattern: str) -> None:
    """No evaluated text, no markup from strings, no style attributes, no inline handlers, no other origin."""
    assert re.search(pattern, script) is None


def test_scripts_are_strict_and_leave_no_global_names(script: str) -> None:
    """Each script is one function in strict mode."""
    code = re.sub(r"^/\*.*?\*/\s*", "", script, flags=re.S)
    assert code.startswith("(() => {\n  'use strict';\n")
    assert code.rstrip().endswith("})();")


def test_scripts_hold_no_numbers_of_the_subject(script: str) -> None:
    """Thresholds, bands and window lengths come with the figure, never from the script."""
    settings = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    bands = [band["upto"] for band in settings["ratio"]["bands"] if "upto" in band]
    numbers = {f"{value:g}" for value in (*bands, *settings["ratio"]["borderline"])} - {"1"}
    assert not {number for number in re.findall(r"\d+\.\d+", script) if f"{float(number):g}" in numbers}
    assert not re.search(r"'(?:\d+[my])'", script)


def test_scripts_parse(script: str) -> None:
    """A syntax error would silence the whole bundle."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the browser tests run the scripts all the same")
    checked = subprocess.run(
        [node, "--check", "-"], input=script, capture_output=True, text=True, timeout=30, check=False
    )
    assert checked.returncode == 0, checked.stderr
