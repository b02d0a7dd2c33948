"""The document of the studies and its rounding; settings and simulated series of the studies."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.panels import analyse_ratios, publish_snapshot
from tests.studies import research_of

from ivts_site.analytics.studies import RESEARCH, STUDIES
from ivts_site.config import load_config
from ivts_site.errors import ConfigError
from ivts_site.published.serialize import rounded, to_json
from ivts_site.sample import simulate_closes, simulate_optional_series

CONFIG = Path(__file__).parents[2] / "config.yaml"
WEEKDAYS = pd.bdate_range("2009-09-18", periods=4000)


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    value: float | None
    name: str


def test_every_float_of_a_record_is_rounded_once() -> None:
    """Six places, no negative zero, in parts and tuples too; counts, text, flags and None stay."""
    inner = Inner(value=0.12345678, name="1.23456789")
    found = rounded((inner, (1.0, 2.00000049, -0.0000001), 3, True, None, np.float64(0.9999996)))
    assert found == (Inner(value=0.123457, name="1.23456789"), (1.0, 2.0, 0.0), 3, True, None, 1.0)
    assert math.copysign(1, found[1][2]) == 1
    assert type(found[3]) is bool


def test_the_document_is_what_the_studies_publish_by_rank() -> None:
    """A study is there because its module is: its keys follow those of the studies before it.

    Studies that were added since may stand anywhere among these.
    """
    head = ["schema_version", "sample", "as_of", "labels", "window", "method"]
    shipped = ["returns", "events", "survival", "persistence", "thresholds", "curve", "volatility"]
    shipped += ["claims", "verdicts", "overlay"]
    found = [field.name for field in fields(RESEARCH)]
    assert found[: len(head)] == head
    assert [name for name in found[len(head) :] if name in shipped] == shipped
    ranks = [module.RANK for module in STUDIES]
    assert ranks == sorted(set(ranks))


RATE = re.compile(r"_rates?$|^share_(?!.*interval)|per_year|^annual_|^turnover$")
CASES = {"share_up": "n_sessions", "share_negative_within": "n_longer"}


def rates(part: Any) -> Iterator[tuple[str, float | None, float]]:
    """Every rate below a part of a document: its key, its value, and of how many cases it is.

    What is told by the year has as many cases as there are years, so that less than one are too few.
    """
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, dict | list):
            yield from rates(value)
        elif key == "value" and "denominator" in part:
            yield key, value, part["denominator"]
        elif isinstance(key, str) and RATE.search(key) and key != "backwardation_rate":
            yearly = not key.startswith("share_")
            yield key, value, 0 if yearly else part[CASES.get(key, "n_returns")]


@pytest.mark.parametrize("n", [3, 15, 130])
def test_a_young_record_publishes_no_rate_of_a_handful(n: int) -> None:
    """After days, weeks and half a year: null below five cases and, of yearly figures, below a year.

    `backwardation_rate` is a number whatever the count: the first version of the API says so.
    """
    rng = np.random.default_rng(4)
    ratios = np.round(0.99 + 0.03 * rng.standard_normal(n), 4).tolist()
    analysis = analyse_ratios(ratios, np.round(100 + rng.standard_normal(n).cumsum(), 2).tolist())
    published = json.loads(to_json(publish_snapshot(analysis))), json.loads(to_json(research_of(analysis)))
    found = [each for document in published for each in rates(document)]
    assert {key for key, value, cases in found if (value is None) != (cases < 5)} == set()
    assert {"value", "share_up", "share_negative", "flips_per_year"} <= {key for key, *_ in found}
    assert published[1]["overlay"] is None
    assert any(value is not None for _, value, _ in found) == (n > 3)
    for length, rate in published[0]["rolling_rates"].items():
        assert (rate is None) == (n < int(length))


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("research.bands=[1.0, 0.9]", "research.bands: must rise"),
        ("research.block_factor=1", "research.block_factor"),
        ("research.level=1", "research.level"),
        ("research.draws=10", "research.draws"),
        ("research.overlay.backwardation=1.5", "research.overlay.backwardation"),
        ("research.overlay.costs=[5, 0]", "costs: must rise"),
        ("research.thresholds=[{entry: 0.9, exit: 1.0}]", "exit: must not be above entry"),
        ("research.tenors=[{series: vix, days: 30}, {series: vix, days: 31}]", "given twice"),
        ("research.tail_index=vix", "must be two series that are not tenors"),
        ("research.bandz=[1.0]", "bands"),
    ],
)
def test_a_wrong_setting_is_named(override: str, says: str) -> None:
    """With its path and what is wrong."""
    with pytest.raises(ConfigError, match=r"research") as caught:
        load_config(CONFIG, [override])
    assert says in str(caught.value)


def test_the_shipped_settings_are_the_defaults() -> None:
    """What config.yaml spells out is what holds without it, but for the tenors."""
    research = load_config(CONFIG).research
    usual = type(research)(tenors=research.tenors)
    assert research == usual
    assert [(point.series, point.days) for point in research.tenors] == [
        ("vix9d", 9),
        ("vix", 30),
        ("vix3m", 93),
        ("vix6m", 184),
    ]


def test_further_simulated_indices() -> None:
    """Near the official ones in level and spread, within their ranges; a prefix gives a prefix."""
    closes, indices = simulate_closes(WEEKDAYS), simulate_optional_series(WEEKDAYS)
    assert indices["vvix"].median() == pytest.approx(92, abs=6)
    assert indices["skew"].median() == pytest.approx(131, abs=6)
    assert indices["vvix"].between(50, 300).all()
    assert indices["skew"].between(80, 250).all()
    assert np.corrcoef(np.log(indices["vvix"]), np.log(closes["vix"]))[0, 1] > 0.25
    pd.testing.assert_frame_equal(simulate_optional_series(WEEKDAYS[:500]), indices.iloc[:500])
    other = simulate_optional_series(WEEKDAYS, seed=1)
    assert not other.equals(indices)


def test_further_tenors_change_no_other_column() -> None:
    """The ratio's closes are those of a simulation without the further tenors."""
    plain = simulate_closes(WEEKDAYS[:300])
    more = simulate_closes(WEEKDAYS[:300], tenors={"vix": 30, "vix3m": 93, "vix9d": 9, "vix6m": 184})
    pd.testing.assert_frame_equal(more[["vix", "vix3m", "spy"]], plain)
