"""The hedge vectors, and both implementations of the calculators behind one call."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.data.make_hedge_vectors import VECTORS

from ivts_site.analytics import hedge
from ivts_site.errors import HedgeInputError

SCRIPT = Path(__file__).resolve().parents[1] / "static/js/hedge.js"
Case = dict[str, Any]
CALCULATORS = {name for name, found in vars(hedge).items() if hasattr(found, "__wrapped__")}
"""Functions of the reference."""
ON_THE_PAGE = CALCULATORS - {"build_scenarios", "carry_payoff", "measure_aftermath", "size_hedge"}
"""Functions that the script has too; the others are of the command line alone."""


def is_on_the_page(case: Case) -> bool:
    """Whether the script takes a case: the page has shorts alone, alerts and hedge factors of its own."""
    given, notional = case["given"], case["given"].get("notional")
    signed = case["function"] in {"measure_position", "measure_drift"}  # their notional may be a long's
    signed = signed and isinstance(notional, int | float) and not 0 <= notional <= 1e15
    long = signed or given.get("side", "short") != "short"
    return case["function"] in ON_THE_PAGE and not long and not {"shares", "allow_outside"} & given.keys()


def shown(found: Any, expected: Any) -> Any:
    """Of a result of the reference what the script has too: numbers that no page shows are left out there."""
    if not isinstance(expected, dict) or not isinstance(found, dict) or not found:
        return expected
    return {key: shown(found[key], value) for key, value in expected.items() if key in found}


RUN = """
(cases) => cases.map(({ name, given }) => {
  try {
    return { result: globalThis.ivtsHedge[name](given) };
  } catch (error) {
    if (!(error instanceof globalThis.ivtsHedge.HedgeInputError)) throw error;
    return { error: error.field, message: error.message };
  }
})
"""
"""Results and refusals of some cases, in JavaScript; NaN and Infinity travel as the words for them."""
TO_NUMBERS = """
(key, value) => (value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value)
"""
TO_WORDS = """
(key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)
"""


@cache
def vectors() -> dict[str, Any]:
    """The file, parsed."""
    loaded: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return loaded


def run_python(cases: Sequence[Case]) -> list[Case]:
    """What the reference functions give: `result`, or `error` and `message`."""
    return [_run(case) for case in cases]


def run_script(cases: Sequence[Case]) -> list[Case]:
    """What the script gives in one node process, or in a browser where node is not installed; snake case."""
    asked = json.dumps(
        [{"name": _camel(c["function"]), "given": _renamed(c["given"], _camel)} for c in cases]
    )
    answer = _in_node(asked) if shutil.which("node") else _in_browser(asked)
    return [_renamed(each, _snake) for each in json.loads(answer)]


def differences(found: Any, expected: Any, tolerance: float, place: str = "") -> list[str]:
    """Where two results differ by more than `tolerance`, relative; a zero by more than it."""
    if isinstance(expected, dict):
        if not isinstance(found, dict) or found.keys() != expected.keys():
            return [f"{place}: {found} has other keys than {expected}"]
        return [d for k in expected for d in differences(found[k], expected[k], tolerance, f"{place}.{k}")]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{place}: {found} has another length than {expected}"]
        pairs = zip(found, expected, strict=True)
        return [d for i, (a, b) in enumerate(pairs) for d in differences(a, b, tolerance, f"{place}[{i}]")]
    if isinstance(expected, bool | str) or expected is None or isinstance(found, bool | str) or found is None:
        same = found is expected or (isinstance(expected, str) and found == expected)
        return [] if same else [f"{place}: {found!r} is not {expected!r}"]
    close = math.isclose(found, expected, rel_tol=tolerance, abs_tol=0 if expected else tolerance)
    return [] if close else [f"{place}: {found!r} is not {expected!r}"]


def _run(case: Case) -> Case:
    given = {name: _number(value) for name, value in case["given"].items()}
    try:
        found = getattr(hedge, case["function"])(**given)
    except HedgeInputError as error:
        return {"error": error.field, "message": error.message}
    if dataclasses.is_dataclass(found):
        return {"result": {f.name: plain(getattr(found, f.name)) for f in dataclasses.fields(found)}}
    return {"result": plain(found)}


def plain(value: Any) -> Any:
    """Tuples as lists."""
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return [_number(each) for each in value]
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def _in_node(asked: str) -> str:
    program = f"""
      require({json.dumps(str(SCRIPT))});
      const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'), {TO_NUMBERS});
      console.log(JSON.stringify(({RUN})(cases), {TO_WORDS}));
    """
    node = subprocess.run(
        ["node", "-e", program], input=asked, capture_output=True, text=True, timeout=60, check=False
    )
    assert node.returncode == 0, node.stderr
    return node.stdout


def _in_browser(asked: str) -> str:
    from playwright.sync_api import sync_playwright

    browser = next(path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.add_script_tag(content=SCRIPT.read_text("utf-8"))
        call = f"(text) => JSON.stringify(({RUN})(JSON.parse(text, {TO_NUMBERS})), {TO_WORDS})"
        answer: str = page.evaluate(call, asked)
    return answer


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def _renamed(value: Any, rename: Any) -> Any:
    """Rename the keys of a result, and the field that an error names."""
    if isinstance(value, dict):
        named = {rename(key): _renamed(item, rename) for key, item in value.items()}
        return {**named, "error": rename(named["error"])} if "error" in named else named
    return [_renamed(item, rename) for item in value] if isinstance(value, list) else value
