"""The shape of the code: layers, doors, sizes, and what a build may import."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import plotly
from tests.command import FEW_DRAWS, NO_ARCHIVE

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src/ivts_site").rglob("*.py"))


def modules_after(code: str) -> set[str]:
    """Names of the modules a fresh process has loaded after running `code`."""
    script = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_layers_are_kept() -> None:
    """import-linter finds no upward import and no second door to the network or the calendar."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_imports_no_heavy_library() -> None:
    """`--help` answers at once because commands import what they need when they run."""
    loaded = modules_after("import ivts_site.cli")
    assert not loaded & {
        "pandas",
        "numpy",
        "plotly",
        "pyarrow",
        "pydantic",
        "jinja2",
        "requests",
        "exchange_calendars",
    }


def test_hedge_commands_do_without_pandas(tmp_path: Path) -> None:
    """All calculators: numpy and pandas would take longer than all the rest of a command."""
    closes = tmp_path / "closes.csv"
    closes.write_text("".join(f"2026-01-0{day},{100 + day}{day % 3}\n" for day in range(1, 8)))
    price = ["--notional", "10000", "--price", "2500"]
    runs = [
        ["size", "--spot-value", "10000", "--hedge", "0.5", "--entry", "2500", "--price", "2000"],
        ["scenario", "--spot-value", "10000", "--entry", "2500"],
        ["funding", *price, "--rate", "0.0001"],
        ["basis", "--spot", "50000", "--forward", "51000", "--days", "90"],
        ["liquidation", "--entry", "50000", "--leverage", "10", "--maintenance", "0.005"],
        ["position", "--fill", "50000:1000", "--coins", "1", "--price", "2500", "--hedge", "0.5"],
        ["beta", str(closes), str(closes), "--value", "100"],
    ]
    calls = "; ".join(f"cli(['hedge', *{run!r}], standalone_mode=False)" for run in runs)
    loaded = modules_after(f"from ivts_site.cli import cli; {calls}")
    assert not loaded & {"numpy", "pandas", "pyarrow", "pydantic", "plotly"}


def test_a_build_imports_neither_calendar_nor_network(archive_data: Path, tmp_path: Path) -> None:
    """A build needs no clock, no calendar or network library, and not Plotly's objects."""
    args = ["build", "--data-dir", f"{archive_data}", "--out", f"{tmp_path}/site", *NO_ARCHIVE, *FEW_DRAWS]
    loaded = modules_after(f"from ivts_site.cli import cli; cli({args!r}, standalone_mode=False)")
    assert "pandas" in loaded
    assert not loaded & {"exchange_calendars", "requests", "plotly.graph_objs", "matplotlib", "scipy"}


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_are_short() -> None:
    """No body over 70 lines, and nine in ten at most 25; modules are as long as their subject."""
    lengths = {
        f"{path.name}:{node.lineno} {node.name}": body_lines(node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert [name for name, length in lengths.items() if length > 70] == []
    assert sum(length > 25 for length in lengths.values()) <= len(lengths) / 10


def test_public_functions_say_what_they_return() -> None:
    """Every public function and class of the product has a docstring."""
    missing = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert missing == []


def test_the_plotly_bundle_is_the_one_that_plotly_py_carries() -> None:
    """Npm's pinned version, its lock file and the installed plotly.py agree on the plotly.js version."""
    manifest = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    from plotly.offline import get_plotlyjs_version

    version = get_plotlyjs_version()
    assert manifest["dependencies"]["plotly.js-basic-dist-min"] == version, plotly.__version__
    assert lock["packages"]["node_modules/plotly.js-basic-dist-min"]["version"] == version
