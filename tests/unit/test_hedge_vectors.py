"""The hedge vectors: made by their script, shaped as published, and met by the reference functions."""

from __future__ import annotations

import copy

import jsonschema
import pytest
from tests.data import make_hedge_vectors
from tests.hedge_cases import differences, run_python, vectors

from ivts_site.analytics import hedge
from ivts_site.published.hedge import VECTORS_SCHEMA

CASES = vectors()["cases"]
RESULTS = [case for case in CASES if "expected" in case]
REFUSALS = [case for case in CASES if "error" in case]
FUNCTIONS = sorted({case["function"] for case in CASES})


def test_the_file_is_what_its_script_makes() -> None:
    """`python -m tests.data.make_hedge_vectors` would change nothing."""
    assert make_hedge_vectors.VECTORS.read_text("utf-8") == make_hedge_vectors.text()


def test_every_function_has_vectors_of_both_kinds() -> None:
    """Each public calculator is tried with results and with inputs that it must refuse; no id comes twice."""
    calculators = {name for name in hedge.__all__ if name.islower() and name != "select_row"}
    assert {case["function"] for case in RESULTS} == calculators
    assert {case["function"] for case in REFUSALS} == calculators
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("title", "key", "value"),
    [
        ("inverse_pnl: 15,000 contracts from 750 to 800: +1.25 coin", "coin", 1.25),
        ("measure_position: synthetic dollar: 10 coin, 100,000 short, 10,000 to 9,000", "pnl_coin", 10 / 9),
        ("measure_position: synthetic dollar: 10 coin, 100,000 short, 10,000 to 9,000", "value", 100_000),
        ("measure_position: one coin, half hedged, price doubled: 100,000", "net_exposure", 100_000),
        ("measure_position: one coin, half hedged, price doubled: 100,000", "entry_formula", 150_000),
        ("measure_funding: 0.01 % every 8 hours: 10.95 % a year", "annual_simple", 0.1095),
        ("measure_funding: 0.01 % every 8 hours: 10.95 % a year", "intervals_per_year", 1095),
    ],
)
def test_the_vectors_hold_the_specified_values(title: str, key: str, value: float) -> None:
    """Values that the specification prints, typed here by hand."""
    (case,) = (each for each in RESULTS if each["id"] == title)
    assert case["expected"][key] == pytest.approx(value, rel=1e-12)


def test_the_vectors_hold_the_specified_liquidation_and_scenarios() -> None:
    """50,000 / 0.905 = 55,248.62; −20 % of 10,000 costs 2,000, 1,000 and nothing."""
    found = {case["id"]: case["expected"] for case in RESULTS}
    assert round(found["liquidation_isolated: 50,000 at 10x, 0.5 %: 55,248.62"]["price"], 2) == 55248.62
    fall = found["build_scenarios: 10,000 falls by 20 %: unhedged, half, in full"]
    assert fall["change"] == [[-2000], [-1000], [0]]


def test_the_file_has_the_published_shape() -> None:
    """The schema in api/v1/hedge.json is valid, takes the file, and refuses spoilt ones."""
    jsonschema.Draft202012Validator.check_schema(VECTORS_SCHEMA)
    validator = jsonschema.Draft202012Validator(VECTORS_SCHEMA)
    validator.validate(vectors())
    for spoil in (
        lambda d: d.pop("tolerance"),
        lambda d: d["cases"][0].pop("expected"),
        lambda d: d["cases"][0].update(error="price"),
        lambda d: d["cases"][0]["expected"].update(pnlCoin=1),
        lambda d: d["cases"][0].update(note="x"),
    ):
        spoilt = copy.deepcopy({**vectors(), "cases": CASES[:1]})
        spoil(spoilt)
        assert not validator.is_valid(spoilt)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_reference_meets_the_vectors(function: str) -> None:
    """Every result to a part in a thousand million."""
    cases = [case for case in RESULTS if case["function"] == function]
    for case, found in zip(cases, run_python(cases), strict=True):
        assert differences(found.get("result", found), case["expected"], vectors()["tolerance"]) == [], case


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_reference_refuses_what_it_must(function: str) -> None:
    """Every refusal names the input that was spoilt, and says something about it."""
    cases = [case for case in REFUSALS if case["function"] == function]
    for case, found in zip(cases, run_python(cases), strict=True):
        assert found.get("error") == case["error"], (case, found)
        assert found["message"]
